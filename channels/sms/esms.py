"""eSMS.vn: JSON out, unsigned GET callbacks in, and for a rented short code MO with a signature.

Facts from the vendor's handbook (developers.esms.vn, read 2026-11). HTTP 200 says nothing: `CodeResult` does. A brand
name (SmsType 2) is one-way and sends only texts registered for it with every operator; SmsType 8 is a fixed number.
The order of the fields in `sign` is our reading of an ambiguous page, and both spellings of the hash are taken.
"""

import base64
import hashlib
import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, timezone
from typing import Any, Literal
from xml.sax.saxutils import escape

import httpx
from pydantic import Field, SecretStr, ValidationInfo, field_validator

from channels.contract import About, Acknowledgement, Event, Receipt, ReceiptState
from channels.errors import (
    Blocked,
    Malformed,
    QuotaSpent,
    Refused,
    SendError,
    Unauthorised,
    Unreachable,
    Unverified,
)
from channels.http_client import failure_of, json_object, new_client, outcome_of, senseless
from channels.payload import same, string
from channels.sms import settings as common
from channels.sms.gateway import TOKEN, masked, numbers_of, proven, received
from channels.text import gsm7_units, line, storable

log = logging.getLogger(__name__)

SERVICE = "/MainService.svc/json"
BRAND, FIXED = "2", "8"
ACCEPTED, TWICE = "100", "124"  # the second: this RequestId was taken before
REJECTED, FINISHED = "4", "5"
_CODES: dict[str, type[SendError]] = {
    "99": Blocked,
    "101": Unauthorised,
    "103": QuotaSpent,
    "140": Unauthorised,  # our address is not on their list
    "143": Unauthorised,
    **dict.fromkeys(("104", "108", "118", "146", "163", "177", "201", "300"), Refused),
}
_VIETNAM = timezone(timedelta(hours=7))


class Settings(common.Settings):
    """One account: a brand name that notifies, or a fixed number, with or without a short code that receives."""

    gateway: Literal["esms"] = "esms"
    api_url: str = Field("https://rest.esms.vn", description="base address of the API")
    api_key: SecretStr = Field(description="ApiKey of the account")
    secret_key: SecretStr = Field(description="SecretKey of the account")
    brandname: str = Field("", max_length=11, description="the registered name; empty: a fixed number of theirs sends")
    short_code: str = Field("", pattern=r"^\d{0,6}$", description="the rented short code that receives, if any")
    mo_key: SecretStr | None = Field(None, description="private key with which MO of the short code is signed, if any")
    webhook_token: SecretStr = Field(
        description="a long word of your own; reports are not signed, so our addresses end in it: WEBHOOK/TOKEN"
    )
    trial: bool = Field(False, description="let eSMS check the messages and send none (their Sandbox)")

    _token = field_validator("webhook_token")(common.for_a_path)
    _brand = field_validator("brandname")(common.for_a_header)

    @field_validator("brandname")
    @classmethod
    def _brand_has_templates(cls, value: str, info: ValidationInfo) -> str:
        if value and not info.data.get("templates"):
            raise ValueError("sends registered texts only: write them under `templates` as they were registered")
        return value


ABOUT = About(
    title="eSMS: brandname một chiều, hoặc đầu số · a one-way brand name, or a short code",
    proof="bí mật trong đường dẫn; MO có chữ ký MD5 · a secret in the path; MO signed with MD5",
    again="có, 24 giờ · yes, for 24 hours (RequestId)",
    reports="xong hoặc hỏng · finished or failed",
    costs="theo hợp đồng, tính từng phần; brandname có phí duy trì · by contract, by the part",
    example={
        "name": "brand", "kind": "sms", "gateway": "esms", "api_key": "not-a-key", "secret_key": "not-a-key",
        "brandname": "UBNDPHUONG", "templates": ["UBND phuong: ho so {so} da co ket qua."],
        "webhook_token": "not-a-token",
    },
)  # fmt: skip


def build(settings: Settings, clock: Callable[[], float]) -> "Esms":
    """The gateway of `settings`; eSMS dates nothing that must be checked."""
    del clock
    return Esms(settings)


class Esms:
    """One account."""

    def __init__(self, settings: Settings) -> None:
        self.own = numbers_of(*settings.own_numbers)
        self.receives = bool(settings.short_code)
        self._settings = settings
        self._secret = settings.webhook_token.get_secret_value()
        self._reports = settings.callback_url
        self._mo_key = settings.mo_key.get_secret_value() if settings.mo_key else ""
        self._keys = (settings.api_key.get_secret_value(), settings.secret_key.get_secret_value())
        self._http, self.trace = new_client(*self._keys, self._secret, self._mo_key)

    # -------------------------------------------------------------------------------------------------------- inward

    def verify(self, headers: Mapping[str, str], body: bytes, query: Mapping[str, str], status: bool) -> None:
        """The secret of the path, and for MO the signature too once its key is known."""
        del headers, body
        proven(query, self._secret)
        if self._mo_key and not status:
            signed = "".join(query.get(key, "") for key in ("cpid", "smsid", "content", "receiverTime"))
            digest = hashlib.md5((signed + self._mo_key).encode("utf-8", "surrogatepass"), usedforsecurity=False)
            given = query.get("sign", "")
            if not (same(given, base64.b64encode(digest.digest()).decode()) or same(given.lower(), digest.hexdigest())):
                raise Unverified

    def parse(self, headers: Mapping[str, str], body: bytes, query: Mapping[str, str], status: bool) -> list[Event]:
        """One MO or one report; both come as GET with everything in the query."""
        del headers, body
        fields = {storable(key): storable(value) for key, value in query.items() if key != TOKEN}
        if status or "SendStatus" in fields:
            return self._report(fields)
        sender, message_id = fields.get("sender", ""), line(fields.get("smsid", ""), 100)
        if not sender or not message_id:
            raise Malformed("a message without sender and smsid")
        return [
            received(
                event_id=f"mo:{message_id}",
                sender=sender,
                text=_without_keyword(fields.get("content", ""), fields.get("keyword", "")),
                message_id=message_id,
                sent_at=_time(fields.get("receiverTime", "")),
                own=self.own,
                raw=fields,
            )
        ]

    def _report(self, fields: dict[str, str]) -> list[Event]:
        ref, message_id = line(fields.get("RequestId", ""), 100), line(fields.get("SMSID", ""), 100)
        said = fields.get("SendStatus", "")
        if not (ref or message_id) or not said:
            raise Malformed("a report without SMSID and SendStatus")
        good = said == FINISHED and _count(fields.get("SendSuccess")) > 0
        bad = said == REJECTED or (said == FINISHED and not good and _count(fields.get("SendFailed")) > 0)
        if not good and not bad:
            return []
        state = ReceiptState.DELIVERED if good else ReceiptState.FAILED
        reason = "" if good else "rejected" if said == REJECTED else "not delivered"
        return [Receipt(f"dlr:{message_id or ref}:{said}:{state}", state, ref, message_id, reason, fields)]

    def acknowledge(self, body: bytes, query: Mapping[str, str], status: bool) -> Acknowledgement:
        """For MO the XML in which an answer could stand; ours goes its own way, so it is empty."""
        del body
        if status or "SendStatus" in query:
            return Acknowledgement()
        answer = (
            "<ClientResponse><Message></Message>"
            f"<Smsid>{escape(query.get('smsid', ''))}</Smsid><Receiver>{escape(query.get('sender', ''))}</Receiver>"
            "</ClientResponse>"
        )
        return Acknowledgement(answer.encode("utf-8", "replace"), "text/xml; charset=utf-8")

    # ------------------------------------------------------------------------------------------------------- outward

    async def send(self, to: str, text: str, ref: str) -> str:
        """One POST, every value a text. Our reference is the RequestId, which is taken once in 24 hours."""
        settings = self._settings
        body = {
            "ApiKey": self._keys[0],
            "SecretKey": self._keys[1],
            "Phone": to.removeprefix("+"),
            "Content": text,
            "SmsType": BRAND if settings.brandname else FIXED,
            "IsUnicode": "1" if gsm7_units(text) is None else "0",
            "RequestId": ref,
            "Sandbox": "1" if settings.trial else "0",
        }
        if settings.brandname:
            body["Brandname"] = settings.brandname
        if self._reports:
            body["CallbackUrl"] = f"{self._reports}/{self._secret}/status"
        answer = await self._call("SendMultipleMessage_V4_post_json/", body)
        code = string(answer.get("CodeResult"))
        if code == TWICE:
            return string(answer.get("SMSID")) or ref
        if code != ACCEPTED:
            raise _failure("SendMultipleMessage", code, answer)
        return string(answer.get("SMSID")) or ref

    async def _call(self, method: str, body: dict[str, str]) -> dict[str, Any]:
        what = method.partition("_")[0]
        with outcome_of(what, repeatable=True):
            response = await self._http.post(f"{self._settings.api_url}{SERVICE}/{method}", json=body)
        answer = json_object(response)
        if not response.is_success:
            raise failure_of(response, what)
        if answer is None:
            raise Unreachable(senseless(response, what))
        return answer

    async def prepare(self, webhook_url: str) -> None:
        """Remember where reports go. The short code's address is entered with eSMS by hand."""
        self._reports = self._settings.callback_url or webhook_url
        if not self._reports:
            log.warning("%s: no PUBLIC_URL and no callback_url, so delivery is never reported", self._settings.name)

    async def whoami(self) -> str:
        """The account's balance."""
        answer = await self._call("GetBalance_json", {"ApiKey": self._keys[0], "SecretKey": self._keys[1]})
        code = string(answer.get("CodeResponse")) or string(answer.get("CodeResult"))
        if code != ACCEPTED:
            raise _failure("GetBalance", code, answer)
        sender = self._settings.brandname or "a fixed number"
        return f"eSMS at {httpx.URL(self._settings.api_url).host}, sending as {sender}, balance {answer.get('Balance')}"

    async def close(self) -> None:
        """Let go of connections."""
        await self._http.aclose()


def _failure(what: str, code: str, answer: Mapping[str, Any]) -> SendError:
    """An unknown code may pass; one that is missing is an answer to a request they could not read."""
    said = masked(line(string(answer.get("ErrorMessage")) or string(answer.get("error")), 120))
    kind = _CODES.get(code) or (Refused if not code and answer.get("error") else Unreachable)
    return kind(f"{what}: {code or 'no code'} {said}".strip())


def _without_keyword(content: str, keyword: str) -> str:
    """Shared short codes want a word first (`HD …`), which is not part of what was said."""
    first, _, rest = content.strip().partition(" ")
    return rest if keyword and first.casefold() == keyword.strip().casefold() else content


def _count(value: str | None) -> int:
    return int(value) if value and value.isascii() and value.isdecimal() and len(value) < 10 else 0  # noqa: PLR2004


def _time(value: str) -> datetime | None:
    """yyyyMMddHHmmss, Vietnam's time."""
    try:
        return datetime.strptime(value, "%Y%m%d%H%M%S").replace(tzinfo=_VIETNAM)
    except ValueError:
        return None
