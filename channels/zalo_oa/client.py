"""How the OpenAPI is called: its own header for the token, errors under HTTP 200, one renewal for a bad token."""

import hashlib
import hmac
import json
import logging
import random
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from channels.contract import File
from channels.errors import (
    Blocked,
    ChatGone,
    PackageTooLow,
    QuotaSpent,
    Refused,
    SendError,
    Throttled,
    TooLong,
    Unauthorised,
    Uncertain,
    Unreachable,
    WindowClosed,
)
from channels.http_client import outcome_of, throttled
from channels.payload import mapping, string
from channels.text import line
from channels.trace import redact
from channels.zalo_oa.settings import Settings
from channels.zalo_oa.tokens import Tokens, number

log = logging.getLogger(__name__)

TOO_FAST, EXPIRED_FILE, BAD_PARAMETER, NOT_SUPPORTED, NIGHT = -32, -100, -201, -233, -234
_TOKEN = {-216, -220, 401, -401}
_VIETNAM = timedelta(hours=7)

# What each code means for the message, in Zalo's words as others wrote them down (read 2026-11). The same number has
# had different texts over the years; a code that is not here is taken as final.
_BY_CODE: dict[int, type[SendError]] = {
    -200: Unreachable,
    -204: Unauthorised,
    -205: Unauthorised,
    -209: Unauthorised,
    -210: TooLong,
    -211: QuotaSpent,
    -212: Unauthorised,
    -213: Blocked,
    -217: Blocked,
    -218: QuotaSpent,
    -219: Unauthorised,
    -221: Unauthorised,
    -223: Unauthorised,
    -224: PackageTooLow,
    -227: Blocked,
    -230: WindowClosed,
    -232: WindowClosed,
    -235: PackageTooLow,
    -237: ChatGone,
    -242: Unauthorised,
    -244: Blocked,
    -320: QuotaSpent,
    -321: QuotaSpent,
    -403: ChatGone,
}
# For the administrator: what to do about those that only they can mend.
_REMEDY = {
    -204: "the Official Account is disabled",
    -205: "there is no such Official Account",
    -209: "the app is not activated: developers.zalo.me, app settings",
    -212: "the app is not linked to the Official Account product: developers.zalo.me",
    -219: "the app was removed or disabled",
    -221: "the Official Account is not verified",
    -223: "the Official Account has not let this app in: `tohotro zalo-oa connect`",
    -224: "the package of the Official Account does not include this; buy or renew one in the OA console",
    -235: "this kind of Official Account may not do that",
    -242: "appsecret_proof is wrong: app_secret does not belong to this app",
    -320: "no Zalo Cloud Account is linked",
    -321: "the Zalo Cloud Account has no funds",
}


class Refusal(Exception):
    """An error code of the API, for the few callers who know better than the table what follows from it."""

    def __init__(self, code: int, error: SendError) -> None:
        super().__init__(code)
        self.code = code
        self.error = error


class Client:
    """The OpenAPI of one account. `http` is closed by whoever made it."""

    def __init__(self, http: httpx.AsyncClient, settings: Settings, tokens: Tokens) -> None:
        self._http = http
        self._api_url = settings.api_url
        self._night_ends = settings.night_ends
        self._tokens = tokens
        self._app_secret = settings.app_secret.get_secret_value()

    async def get(self, path: str, data: Mapping[str, Any] | None = None) -> Any:
        """The `data` of an answer; parameters travel as one JSON in the query. Raises `Refusal`, `SendError`."""
        params = {"data": json.dumps(data, ensure_ascii=False, separators=(",", ":"))} if data is not None else {}
        return await self._call("GET", path, repeatable=True, params=params)

    async def post(self, path: str, body: Mapping[str, Any], *, repeatable: bool = False) -> Any:
        """As `get`. `repeatable`: nothing happens twice if the same is asked again."""
        return await self._call("POST", path, repeatable=repeatable, json=body)

    async def upload(self, path: str, file: File) -> Any:
        """As `get`. The name must have its ending, or Zalo answers without data."""
        return await self._call("POST", path, repeatable=True, files={"file": (file.name, file.content, file.mime)})

    async def _call(self, method: str, path: str, *, repeatable: bool, **request: Any) -> Any:
        token = await self._tokens.access()
        try:
            return await self._once(method, path, token, repeatable, request)
        except Refusal as refusal:
            if refusal.code not in _TOKEN:
                raise
        token = await self._tokens.renewed(token)
        return await self._once(method, path, token, repeatable, request)

    async def _once(self, method: str, path: str, token: str, repeatable: bool, request: Mapping[str, Any]) -> Any:
        proof = hmac.new(self._app_secret.encode(), token.encode(), hashlib.sha256).hexdigest()
        with outcome_of(path, repeatable=repeatable):
            response = await self._http.request(
                method,
                self._api_url + path,
                headers={"access_token": token, "appsecret_proof": proof},  # the proof is ignored unless asked for
                **request,
            )
        return self._data(path, response, token)

    def _data(self, path: str, response: httpx.Response, token: str) -> Any:
        answer = _object(response)
        if "error" not in answer:
            raise _senseless(path, response)
        code = number(answer["error"])
        if code == 0 and string(answer["error"]).strip() in ("0", ""):
            return answer.get("data")
        said = redact(line(string(answer.get("message"))), (token, self._app_secret))
        raise Refusal(code, error_of(code, f"{path}: {code} {said}".strip(), self._night_ends))


def error_of(code: int, detail: str, night_ends: int) -> SendError:
    """What `code` means for the message it refused. `night_ends`: o'clock in Vietnam."""
    if code == TOO_FAST:
        return Throttled(random.uniform(2, 6), detail)  # noqa: S311 - spreads load
    if code == NIGHT:
        return Throttled(_until_morning(datetime.now(UTC), night_ends), detail)
    if code in _TOKEN:
        return Unauthorised(f"{detail}: a token just renewed is not accepted")
    remedy = _REMEDY.get(code)
    return _BY_CODE.get(code, Refused)(f"{detail}: {remedy}" if remedy else detail)


def _until_morning(now: datetime, night_ends: int) -> float:
    """Seconds until such messages may leave again."""
    local = now + _VIETNAM
    morning = local.replace(hour=night_ends, minute=0, second=0, microsecond=0)
    return ((morning if morning > local else morning + timedelta(days=1)) - local).total_seconds()


def _object(response: httpx.Response) -> dict[str, Any]:
    try:
        return mapping(json.loads(response.content))
    except (ValueError, RecursionError):
        return {}


def _senseless(path: str, response: httpx.Response) -> SendError:
    """For an answer without a code: written by a proxy or a broken server."""
    status = response.status_code
    if status == httpx.codes.TOO_MANY_REQUESTS:
        return throttled(response, path, 5)
    kind = Uncertain if status in (httpx.codes.GATEWAY_TIMEOUT, httpx.codes.OK) else Unreachable
    return kind(f"{path}: HTTP {status} without an answer of the API")
