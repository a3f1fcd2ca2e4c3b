"""Kannel: one header-only POST per message to its sendsms, MO and delivery reports as GET or POST to us.

Facts from Kannel 1.4.5, run and read, 2026. Its answer to sendsms holds no message id, so ours travels in the dlr-url.
The sms-service that brings MO must have `max-messages = 0` (our answer is not for the resident), `mo-recode = true` on
the smsbox, and one of

    post-url = "http://kannel:PASSWORD@HOST/webhooks/OFFICE/CHANNEL?id=%I&from=%q&to=%Q&ts=%T&smsc=%i"
    get-url  = the same with &text=%b
"""

import base64
import binascii
import hashlib
import hmac
import logging
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.message import Message
from typing import Literal
from urllib.parse import urlencode, urlsplit

import httpx
from pydantic import Field, SecretStr, field_validator

from channels.contract import About, Acknowledgement, Event, Receipt, ReceiptState
from channels.errors import Malformed, Refused, Unreachable, Unverified
from channels.http_client import failure_of, new_client, outcome_of, senseless
from channels.payload import header, same
from channels.sms import settings as common
from channels.sms.gateway import TOKEN, digest, masked, numbers_of, received
from channels.text import gsm7_units, line, storable

log = logging.getLogger(__name__)

SENDSMS = "/cgi-bin/sendsms"
DELIVERED, FAILED, BUFFERED, ACCEPTED, REJECTED = 1, 2, 4, 8, 16  # bits of a report; 34 is expired, 66 unknown
ALL_REPORTS = 31
_ACCEPTED_BODY = re.compile(rb"\s*[03]:")  # "0: Accepted for delivery", "3: Queued for later delivery"


class Settings(common.Settings):
    """One sendsms-user of a Kannel of our own, with a modem or an operator's line behind it."""

    gateway: Literal["kannel"] = "kannel"
    api_url: str = Field(description="http://HOST:13013 (its /cgi-bin/sendsms is added)")
    username: str = Field(min_length=1, description="of the sendsms-user")
    password: SecretStr = Field(description="that user's password")
    sender: str = Field(min_length=1, description="the number or name that residents see")
    webhook_username: str = Field("kannel", min_length=1, description="user name in its post-url")
    webhook_password: SecretStr = Field(
        description="password in its post-url, or the last part of its path; without it anybody could post messages"
    )
    smsc: str | None = Field(None, description="smsc-id to send by")

    _secret = field_validator("webhook_password")(common.long_enough)
    _plain = field_validator("username", "sender", "smsc", "webhook_username")(common.for_a_header)


ABOUT = About(
    title="Kannel: modem 4G hoặc đường riêng của nhà mạng · a 4G modem or an operator's line",
    proof="mật khẩu; dấu riêng cho mỗi tin · a password; a mark of its own for each report",
    again="không · no",
    reports="đã gửi, đã nhận, hỏng · sent, delivered, failed",
    costs="giá SIM hoặc hợp đồng · the SIM's tariff or a contract",
    example={
        "name": "sms", "kind": "sms", "gateway": "kannel", "api_url": "http://127.0.0.1:13013", "username": "ward",
        "password": "not-a-password", "sender": "8088", "webhook_password": "not-a-password",
    },
)  # fmt: skip


def build(settings: Settings, clock: Callable[[], float]) -> "Kannel":
    """The gateway of `settings`; Kannel dates nothing."""
    del clock
    return Kannel(settings)


class Kannel:
    """One sendsms-user of one Kannel."""

    receives = True

    def __init__(self, settings: Settings) -> None:
        self.own = numbers_of(*settings.own_numbers, settings.sender)
        self._settings = settings
        self._sender = settings.sender
        self._secret = settings.webhook_password.get_secret_value()
        self._report_url = f"{settings.callback_url}/status" if settings.callback_url else ""
        url = settings.api_url
        self._url = url if urlsplit(url).path else url + SENDSMS
        self._http, self.trace = new_client(settings.password.get_secret_value(), self._secret)

    # -------------------------------------------------------------------------------------------------------- inward

    def verify(self, headers: Mapping[str, str], body: bytes, query: Mapping[str, str], status: bool) -> None:
        """Basic auth or `?token=` with the webhook's password; a report may carry the mark made for its message."""
        del body
        if status and same(query.get("mark", ""), self._mark(query.get("ref", ""))):
            return
        if same(query.get(TOKEN, ""), self._secret):
            return
        user, password = _basic(header(headers, "Authorization"))
        right_user = same(user, self._settings.webhook_username)
        if not (same(password, self._secret) and right_user):
            raise Unverified

    def _mark(self, ref: str) -> str:
        """Proof that a report's address was made by us for `ref`, without the password in Kannel's logs."""
        return hmac.new(self._secret.encode(), b"dlr:" + ref.encode(), hashlib.sha256).hexdigest()[:32]

    def parse(self, headers: Mapping[str, str], body: bytes, query: Mapping[str, str], status: bool) -> list[Event]:
        """One MO or one delivery report."""
        fields = {storable(key): storable(value) for key, value in query.items() if key not in (TOKEN, "mark")}
        if status:
            return self._report(fields)
        sender = fields.get("from") or header(headers, "X-Kannel-From")
        text = fields["text"] if "text" in fields else _decode(headers, body)
        if not sender:
            raise Malformed("a message without `from`: see post-url in the settings of Kannel")
        message_id, at = fields.get("id", ""), fields.get("ts", "")
        # Kannel's own id stays the same over its retries and restarts.
        event_id = "mo:" + (line(message_id, 100) or digest(sender, at, text)[:32])
        return [
            received(
                event_id=event_id,
                sender=sender,
                text=text,
                message_id=message_id,
                sent_at=_time(at),
                own=self.own,
                raw={**fields, "text": storable(text)},
            )
        ]

    def _report(self, fields: dict[str, str]) -> list[Event]:
        ref, bits = fields.get("ref", ""), fields.get("st", "")
        if not ref or not (bits.isascii() and bits.isdecimal() and len(bits) <= 4):  # noqa: PLR2004 - digits
            raise Malformed("a report without `ref` and `st`")
        state = _state(int(bits))
        if state is None:
            return []
        return [Receipt(f"dlr:{line(ref, 100)}:{int(bits)}", state, ref, ref, line(fields.get("why", "")), fields)]

    def acknowledge(self, body: bytes, query: Mapping[str, str], status: bool) -> Acknowledgement:
        """Nothing, as text/plain: anything else could reach the resident as an SMS."""
        del body, query, status
        return Acknowledgement()

    # ------------------------------------------------------------------------------------------------------- outward

    async def send(self, to: str, text: str, ref: str) -> str:
        """One POST; everything but the words is in headers, so that no log of URLs holds them."""
        headers = {
            "X-Kannel-From": self._sender,
            "X-Kannel-To": to,
            # Kannel does not choose: under 0 it turns what GSM-7 lacks into question marks.
            "X-Kannel-Coding": "2" if gsm7_units(text) is None else "0",
        }
        if self._settings.smsc:
            headers["X-Kannel-SMSC"] = self._settings.smsc
        if self._report_url:
            # %d, %F and %A are filled in by Kannel: state, the network's id and its words.
            ours = urlencode({"ref": ref, "mark": self._mark(ref)})
            headers["X-Kannel-DLR-Mask"] = str(ALL_REPORTS)
            headers["X-Kannel-DLR-Url"] = f"{self._report_url}?{ours}&st=%d&fid=%F&why=%A"
        response = await self._post(headers, text)
        _raise_for(response)
        return ref

    async def _post(self, headers: dict[str, str], text: str) -> httpx.Response:
        account = {
            "X-Kannel-Username": self._settings.username,
            "X-Kannel-Password": self._settings.password.get_secret_value(),
            "Content-Type": "text/plain; charset=UTF-8",
        }
        with outcome_of("sendsms"):
            return await self._http.post(self._url, content=text.encode(), headers={**account, **headers})

    async def prepare(self, webhook_url: str) -> None:
        """Remember where delivery reports go. MO is set up in Kannel's own file (see above)."""
        base = self._settings.callback_url or webhook_url
        self._report_url = f"{base}/status" if base else ""
        if not base:
            log.warning("%s: no PUBLIC_URL and no callback_url, so delivery is never reported", self._settings.name)

    async def whoami(self) -> str:
        """A message to nobody: Kannel judges the user before it misses the recipient."""
        response = await self._post({"X-Kannel-From": self._sender}, "")
        if response.status_code != httpx.codes.BAD_REQUEST:
            _raise_for(response)
        return f"Kannel at {httpx.URL(self._url).host}, sending as {self._sender}"

    async def close(self) -> None:
        """Let go of connections."""
        await self._http.aclose()


def _raise_for(response: httpx.Response) -> None:
    status, said = response.status_code, masked(line(response.text, 80))
    if status == httpx.codes.ACCEPTED or (response.is_success and _ACCEPTED_BODY.match(response.content)):
        return
    if response.is_success:
        raise Unreachable(senseless(response, "sendsms"))
    if status == httpx.codes.FORBIDDEN and "routable" in said.lower():
        raise Refused(f"sendsms: HTTP {status} {said}")
    raise failure_of(response, "sendsms", said if response.is_client_error else "", wait=10)


def _state(bits: int) -> ReceiptState | None:
    if bits & DELIVERED:
        return ReceiptState.DELIVERED
    if bits & (FAILED | REJECTED):
        return ReceiptState.FAILED
    if bits & (BUFFERED | ACCEPTED):
        return ReceiptState.SENT
    return None


def _basic(value: str) -> tuple[str, str]:
    scheme, _, encoded = value.partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        user, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return "", ""
    return user, password


def _decode(headers: Mapping[str, str], body: bytes) -> str:
    """The raw body as text. Kannel names its charset, UTF-8 with mo-recode and UTF-16BE for UCS-2 without."""
    content_type = Message()
    content_type["Content-Type"] = header(headers, "Content-Type") or "text/plain"
    charset = content_type.get_content_charset() or "utf-8"
    try:
        return body.decode(charset, "replace")
    except LookupError:
        return body.decode("utf-8", "replace")


def _time(value: str) -> datetime | None:
    """Epoch seconds (%T) as an aware UTC time."""
    if not (value.isascii() and value.isdecimal() and len(value) <= 12):  # noqa: PLR2004 - digits of an epoch
        return None
    return datetime.fromtimestamp(int(value), UTC)
