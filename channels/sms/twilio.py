"""Twilio, and every gateway that copied its API: form in, form out, a signature over address and fields.

Facts from Twilio's pages and the source of its library 9.13.0, 2026-11. Twilio itself has no two-way SMS in Vietnam:
there a registered name sends, one-way; numbers abroad and look-alikes go both ways.
"""

import base64
import hashlib
import hmac
import logging
from collections.abc import Callable, Iterator, Mapping
from typing import Literal
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

import httpx
from pydantic import Field, SecretStr, field_validator

from channels.contract import About, Acknowledgement, Event, Receipt, ReceiptState
from channels.errors import (
    Blocked,
    Malformed,
    QuotaSpent,
    Refused,
    SendError,
    TooLong,
    Unauthorised,
    Uncertain,
    Unverified,
)
from channels.http_client import failure_of, json_object, new_client, outcome_of, senseless, throttled
from channels.payload import header, same, string
from channels.sms import settings as common
from channels.sms.gateway import masked, numbers_of, received
from channels.text import line, storable

log = logging.getLogger(__name__)

_STATES = {
    "sent": ReceiptState.SENT,
    "delivered": ReceiptState.DELIVERED,
    "read": ReceiptState.READ,
    "undelivered": ReceiptState.FAILED,
    "failed": ReceiptState.FAILED,
    "canceled": ReceiptState.FAILED,
}
_TOO_FAST = ("20429", "14107", "30022")
_CODES: dict[str, type[SendError]] = {
    "20003": Unauthorised,
    "20005": Unauthorised,  # the account is suspended
    "21610": Blocked,  # the recipient wrote STOP
    "21617": TooLong,
    "30001": QuotaSpent,  # the queue is full
}
_PORTS = {"https": 443, "http": 80}


class Settings(common.Settings):
    """One account and one sender of Twilio or of a look-alike."""

    gateway: Literal["twilio"] = "twilio"
    api_url: str = Field("https://api.twilio.com", description="https://api.twilio.com, or the look-alike's address")
    account_sid: str = Field(min_length=1, pattern=r"^[A-Za-z0-9_-]+$", description="Account SID, AC…")
    auth_token: SecretStr = Field(description="Auth Token; it also signs what Twilio posts to us")
    sender: str = Field(
        min_length=1, description="the number, the registered name or the Messaging Service (MG…) that sends"
    )

    _key = field_validator("auth_token")(common.long_enough)


ABOUT = About(
    title="Twilio và các cổng tương tự · Twilio and its look-alikes",
    proof="HMAC-SHA1 (X-Twilio-Signature)",
    again="không · no",
    reports="đã gửi, đã nhận, hỏng · sent, delivered, failed",
    costs="theo bảng giá của hãng, tính từng phần · the company's price list, by the part",
    example={
        "name": "sms", "kind": "sms", "gateway": "twilio", "account_sid": "AC00000000000000000000000000000000",
        "auth_token": "not-a-token", "sender": "+15005550006",
    },
)  # fmt: skip


def build(settings: Settings, clock: Callable[[], float]) -> "Twilio":
    """The gateway of `settings`; Twilio's signatures have no date."""
    del clock
    return Twilio(settings)


class Twilio:
    """One sender of one account."""

    def __init__(self, settings: Settings) -> None:
        self.own = numbers_of(*settings.own_numbers, settings.sender)
        self.receives = bool(self.own) or settings.sender.startswith("MG")  # a name cannot be answered
        self._settings = settings
        self._key = settings.auth_token.get_secret_value()
        self._address = settings.callback_url
        self._account = f"{settings.api_url}/2010-04-01/Accounts/{settings.account_sid}"
        self._http, self.trace = new_client(self._key, auth=httpx.BasicAuth(settings.account_sid, self._key))

    # -------------------------------------------------------------------------------------------------------- inward

    def verify(self, headers: Mapping[str, str], body: bytes, query: Mapping[str, str], status: bool) -> None:
        """HMAC-SHA1 over our public address as Twilio was told it, and the fields; never over what the request says
        of itself, which a proxy rewrites and a forger chooses.
        """
        given = header(headers, "X-Twilio-Signature")
        if not given or not self._address:
            raise Unverified
        fields = parse_qsl(body.decode("utf-8", "surrogateescape"), keep_blank_values=True)
        if "bodySHA256" in query:
            if not same(query["bodySHA256"].lower(), hashlib.sha256(body).hexdigest()):
                raise Unverified
            fields = []
        signed = "".join(name + value for name, value in sorted(set(fields)))
        url = self._address + ("/status" if status else "")
        if not any(same(given, signature(self._key, one + signed)) for one in _spellings(url, query)):
            raise Unverified

    def parse(self, headers: Mapping[str, str], body: bytes, query: Mapping[str, str], status: bool) -> list[Event]:
        """One message or one state."""
        del headers
        form = dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
        fields = {storable(key): storable(value) for key, value in ({**query, **form}).items()}
        sid = line(fields.get("MessageSid") or fields.get("SmsSid") or "", 100)
        said = line(fields.get("MessageStatus") or "", 20)
        if not sid:
            raise Malformed("neither MessageSid nor SmsSid")
        if status or said:
            state = _STATES.get(said)
            reason = line(f"{said} {fields.get('ErrorCode', '')}") if state is ReceiptState.FAILED else ""
            return [Receipt(f"{sid}:{said}", state, fields.get("ref", ""), sid, reason, fields)] if state else []
        if "From" not in fields:
            raise Malformed("a message without From")
        return [
            received(
                event_id=f"mo:{sid}",
                sender=fields["From"],
                text=fields.get("Body", ""),
                message_id=sid,
                sent_at=None,
                own=self.own,
                raw=fields,
                readable=fields.get("NumMedia", "0") in ("", "0"),
            )
        ]

    def acknowledge(self, body: bytes, query: Mapping[str, str], status: bool) -> Acknowledgement:
        """TwiML that says nothing: a plain text would be sent to the resident."""
        del body, query, status
        return Acknowledgement(b'<?xml version="1.0" encoding="UTF-8"?><Response/>', "text/xml; charset=utf-8")

    # ------------------------------------------------------------------------------------------------------- outward

    async def send(self, to: str, text: str, ref: str) -> str:
        """One POST; the message's SID comes back."""
        sender = "MessagingServiceSid" if self._settings.sender.startswith("MG") else "From"
        form = {"To": to, sender: self._settings.sender, "Body": text}
        if self._address:
            form["StatusCallback"] = f"{self._address}/status?{urlencode({'ref': ref})}"
        with outcome_of("Messages"):
            response = await self._http.post(self._account + "/Messages.json", data=form)
        answer = json_object(response)
        if not response.is_success:
            raise _failure(response, answer or {})
        sid = string((answer or {}).get("sid"))
        if not sid:
            raise Uncertain(senseless(response, "Messages"))  # it may have been taken
        return sid

    async def prepare(self, webhook_url: str) -> None:
        """Remember our address, over which signatures are made. The number's own webhook is set in the console."""
        self._address = self._settings.callback_url or webhook_url
        if not self._address:
            log.warning(
                "%s: no PUBLIC_URL and no callback_url, so nothing Twilio posts can be believed", self._settings.name
            )

    async def whoami(self) -> str:
        """The account as it answers our token."""
        with outcome_of("Accounts", repeatable=True):
            response = await self._http.get(self._account + ".json")
        answer = json_object(response)
        if not response.is_success:
            raise _failure(response, answer or {})
        status = line(string((answer or {}).get("status")), 20)
        return f"{httpx.URL(self._account).host}, account {status or 'unknown'}, sending as {self._settings.sender}"

    async def close(self) -> None:
        """Let go of connections."""
        await self._http.aclose()


def signature(key: str, signed: str) -> str:
    """Twilio's: base64 of HMAC-SHA1 over the address and the sorted fields, each name before its value."""
    return base64.b64encode(
        hmac.new(key.encode(), signed.encode("utf-8", "surrogateescape"), hashlib.sha1).digest()
    ).decode()


def _spellings(url: str, query: Mapping[str, str]) -> Iterator[str]:
    """The address with and without the default port (Twilio's own validator tries both), and its query both ways."""
    parts = urlsplit(url)
    hosts = [parts.netloc]
    port = _PORTS.get(parts.scheme)
    if parts.port is None and port:
        hosts.append(f"{parts.netloc}:{port}")
    elif parts.port == port:
        hosts.append(parts.netloc.rpartition(":")[0])
    written = dict(query)
    queries = {urlencode(written), urlencode(written, quote_via=quote)}  # a space as + or as %20
    for host in hosts:
        for one in queries:
            yield urlunsplit(parts._replace(netloc=host, query=one))


def _failure(response: httpx.Response, answer: Mapping[str, object]) -> SendError:
    code = string(answer.get("code"))
    said = f"{code} {masked(line(string(answer.get('message')), 120))}".strip()
    if code in _TOO_FAST:
        return throttled(response, "Messages", 10)
    if kind := _CODES.get(code):
        return kind(f"Messages: {said}")
    if code and response.is_client_error and response.status_code not in (401, 429):
        return Refused(f"Messages: {said}")
    return failure_of(response, "Messages", said, wait=10)
