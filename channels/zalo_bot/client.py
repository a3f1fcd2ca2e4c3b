"""How the Zalo Bot API is called: one JSON POST per method, and the answer decided on `ok`, never on the HTTP status.

Errors come under HTTP 200, the code under two spellings, and a gateway in between may answer with HTML.
"""

import json
from typing import Any

import httpx

from channels.errors import QuotaSpent, Refused, SendError, Unauthorised, Uncertain, Unreachable
from channels.http_client import READ, new_client, outcome_of, throttled, timeouts
from channels.payload import mapping
from channels.text import line
from channels.trace import redact

PHOTO_READ = 150.0  # seconds: Zalo fetches the picture itself before it answers
CODE_FORBIDDEN, CODE_TIMEOUT, CODE_QUOTA = 403, 408, 429
_BY_CODE: dict[int, type[SendError]] = {
    400: Refused,
    401: Unauthorised,
    CODE_FORBIDDEN: Unreachable,  # documented as an internal error of theirs, whatever the number suggests
    404: Refused,
    CODE_TIMEOUT: Uncertain,
    426: QuotaSpent,
    CODE_QUOTA: QuotaSpent,
}
# Only sending twice does harm; everything else may be asked again.
_ONCE = frozenset({"sendMessage", "sendPhoto", "sendSticker", "sendVoice"})


class Client:
    """One bot at `api_url`. The token is put into the request line below httpx (its `target` extension), so that no
    URL, log line or exception of httpx ever holds it.
    """

    def __init__(self, token: str, api_url: str) -> None:
        self._token = token
        self._api_url = api_url
        self._base_path = httpx.URL(api_url).raw_path.rstrip(b"/")
        self.http, self.trace = new_client(token)

    async def call(self, method: str, params: dict[str, Any] | None = None, *, read: float = READ) -> Any:
        """The `result` of `method`, None when the answer has none; `read`: seconds to wait for it.

        Raises `Unauthorised`, `QuotaSpent`, `Throttled`, `Refused`, `Unreachable` or `Uncertain`.
        """
        target = self._base_path + f"/bot{self._token}/{method}".encode()
        with outcome_of(method, repeatable=method not in _ONCE):
            response = await self.http.post(
                f"{self._api_url}/bot/{method}",
                json=params or {},
                timeout=timeouts(read),
                extensions={"target": target},
            )
        return self._result(method, response)

    async def updates(self, seconds: int) -> Any:
        """What getUpdates gives, None when nothing came within `seconds`. Raises as `call`."""
        try:
            return await self.call("getUpdates", {"timeout": seconds}, read=seconds + 10)
        except _NothingCame:
            return None

    def _result(self, method: str, response: httpx.Response) -> Any:
        try:
            envelope = json.loads(response.content)
        except (ValueError, RecursionError):
            envelope = None
        if not isinstance(envelope, dict) or not isinstance(envelope.get("ok"), bool):
            raise self._senseless(method, response)
        if envelope["ok"]:
            return envelope.get("result")
        code = _code(envelope) or (response.status_code if response.status_code >= 400 else 0)  # noqa: PLR2004 - HTTP
        if method == "getUpdates" and code == CODE_TIMEOUT:
            raise _NothingCame
        if code == CODE_QUOTA and "Retry-After" in response.headers:
            raise throttled(response, method, 5)
        said = redact(line(str(envelope.get("description") or "")), (self._token,))
        kind = _BY_CODE.get(code) or (Refused if 400 <= code < 500 else Unreachable)  # noqa: PLR2004 - HTTP
        raise kind(f"{method}: {code} {said}")

    def _senseless(self, method: str, response: httpx.Response) -> SendError:
        """For an answer without an envelope: written by a proxy or a broken server."""
        status = response.status_code
        if status == CODE_QUOTA:
            return throttled(response, method, 5)
        kind = Uncertain if status == httpx.codes.GATEWAY_TIMEOUT else Unreachable
        return kind(f"{method}: HTTP {status} without an answer of the API")

    async def close(self) -> None:
        """Let go of connections."""
        await self.http.aclose()


class _NothingCame(SendError):
    """The end of a long poll without a message: how every quiet half minute ends."""


def _code(envelope: dict[str, Any]) -> int:
    for spelling in ("error_code", "errorCode"):  # testWebhook writes the second
        value = envelope.get(spelling)
        if isinstance(value, str) and value.isdecimal():
            return int(value)
        if isinstance(value, int):
            return int(value)
    return 0


def webhook_address(info: Any) -> str:
    """The registered address in an answer of getWebhookInfo, "" when there is none."""
    url = mapping(info).get("url")
    return url if isinstance(url, str) else ""
