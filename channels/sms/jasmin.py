"""Jasmin: one form POST per message, MO and reports as GET or POST to us; fits a province rather than a ward.

Facts from Jasmin's documentation and source, 0.12 of 2026-04. It repeats whatever is not answered `ACK/Jasmin`. In its
user's `http_mt_content`, long messages are allowed by default; the MO router's URL is our webhook with the secret as
last part of the path.
"""

import hashlib
import hmac
import logging
import re
from collections.abc import Callable, Mapping
from typing import Literal
from urllib.parse import parse_qsl, urlencode

import httpx
from pydantic import Field, SecretStr, field_validator

from channels.contract import About, Acknowledgement, Event, Receipt, ReceiptState
from channels.errors import Malformed, QuotaSpent, Refused, SendError, Unauthorised, Uncertain
from channels.http_client import failure_of, new_client, outcome_of, senseless
from channels.payload import same
from channels.sms import settings as common
from channels.sms.gateway import TOKEN, digest, masked, numbers_of, proven, received
from channels.text import gsm7_units, line, storable

log = logging.getLogger(__name__)

GSM7, UCS2 = "0", "8"  # data codings; Kannel calls the second 2
_SUCCESS = re.compile(r'\s*Success "([^"]{1,100})"')
_STATES = {
    "ESME_ROK": ReceiptState.SENT,
    "ACCEPTD": ReceiptState.SENT,
    "ENROUTE": ReceiptState.SENT,
    "DELIVRD": ReceiptState.DELIVERED,
    "EXPIRED": ReceiptState.FAILED,
    "DELETED": ReceiptState.FAILED,
    "UNDELIV": ReceiptState.FAILED,
    "REJECTD": ReceiptState.FAILED,
}
_MONEY = ("balance", "quota", "charge", "credit", "throughput")


class Settings(common.Settings):
    """One user of a Jasmin."""

    gateway: Literal["jasmin"] = "jasmin"
    api_url: str = Field(description="http://HOST:1401")
    username: str = Field(min_length=1, description="of the Jasmin user")
    password: SecretStr = Field(description="that user's password")
    sender: str = Field(min_length=1, description="the number or name that residents see")
    webhook_token: SecretStr = Field(
        description="a long word of your own; Jasmin signs nothing, so its callbacks end in it: WEBHOOK/TOKEN"
    )

    _plain = field_validator("username", "sender")(common.for_a_header)
    _token = field_validator("webhook_token")(common.for_a_path)


ABOUT = About(
    title="Jasmin: cổng SMPP của tỉnh · a province's SMPP gateway",
    proof="bí mật trong đường dẫn · a secret in the path",
    again="không · no",
    reports="đã gửi, đã nhận, hỏng · sent, delivered, failed",
    costs="theo hợp đồng SMPP · by the SMPP contract",
    example={
        "name": "sms", "kind": "sms", "gateway": "jasmin", "api_url": "http://127.0.0.1:1401", "username": "ward",
        "password": "not-a-password", "sender": "8088", "webhook_token": "not-a-token",
    },
)  # fmt: skip


def build(settings: Settings, clock: Callable[[], float]) -> "Jasmin":
    """The gateway of `settings`; Jasmin dates nothing."""
    del clock
    return Jasmin(settings)


class Jasmin:
    """One user of one Jasmin."""

    receives = True

    def __init__(self, settings: Settings) -> None:
        self.own = numbers_of(*settings.own_numbers, settings.sender)
        self._settings = settings
        self._secret = settings.webhook_token.get_secret_value()
        self._reports = settings.callback_url
        password = settings.password.get_secret_value()
        self._http, self.trace = new_client(password, self._secret)

    # -------------------------------------------------------------------------------------------------------- inward

    def verify(self, headers: Mapping[str, str], body: bytes, query: Mapping[str, str], status: bool) -> None:
        """The secret of the path; a report may carry the mark made for its message instead."""
        del headers, body
        if not (status and same(query.get("mark", ""), self._mark(query.get("ref", "")))):
            proven(query, self._secret)

    def _mark(self, ref: str) -> str:
        return hmac.new(self._secret.encode(), b"dlr:" + ref.encode(), hashlib.sha256).hexdigest()[:32]

    def parse(self, headers: Mapping[str, str], body: bytes, query: Mapping[str, str], status: bool) -> list[Event]:
        """One MO or one report, in a form or in the query."""
        del headers
        form = dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
        fields = {storable(key): storable(value) for key, value in ({**query, **form}).items()}
        fields = {key: value for key, value in fields.items() if key not in (TOKEN, "mark")}
        message_id = fields.get("id", "")
        if status or "message_status" in fields:
            return self._report(fields, message_id)
        sender = fields.get("from", "")
        if not sender:
            raise Malformed("a message without `from`")
        text = _words(fields)
        return [
            received(
                event_id="mo:" + (line(message_id, 100) or digest(sender, text)[:32]),
                sender=sender,
                text=text,
                message_id=message_id,
                sent_at=None,
                own=self.own,
                raw=fields,
            )
        ]

    def _report(self, fields: dict[str, str], message_id: str) -> list[Event]:
        ref, said = line(fields.get("ref", ""), 100), line(fields.get("message_status", ""), 40)
        if not (message_id or ref) or not said:
            raise Malformed("a report without `id` and `message_status`")
        state = _STATES.get(said) or (ReceiptState.FAILED if said.startswith("ESME_") else None)
        if state is None:  # UNKNOWN: nothing is known
            return []
        key = f"dlr:{line(message_id, 100) or ref}:{line(fields.get('level', ''), 4)}:{said}"
        reason = line(fields.get("err", "")) if state is ReceiptState.FAILED else ""
        return [Receipt(key, state, ref, message_id, f"{said} {reason}".strip(), fields)]

    def acknowledge(self, body: bytes, query: Mapping[str, str], status: bool) -> Acknowledgement:
        """Exactly this, or it comes again."""
        del body, query, status
        return Acknowledgement(b"ACK/Jasmin")

    # ------------------------------------------------------------------------------------------------------- outward

    async def send(self, to: str, text: str, ref: str) -> str:
        """One POST. What GSM-7 lacks goes as UTF-16 in hexadecimal, since Jasmin would replace it."""
        form = {
            "username": self._settings.username,
            "password": self._settings.password.get_secret_value(),
            "from": self._settings.sender,
            "to": to,
        }
        if gsm7_units(text) is None:
            form |= {"coding": UCS2, "hex-content": text.encode("utf-16-be").hex()}
        else:
            form |= {"coding": GSM7, "content": text}
        if self._reports:
            ours = urlencode({"ref": ref, "mark": self._mark(ref)})
            form |= {"dlr": "yes", "dlr-level": "3", "dlr-method": "POST", "dlr-url": f"{self._reports}/status?{ours}"}
        with outcome_of("send"):
            response = await self._http.post(self._settings.api_url + "/send", data=form)
        if response.status_code != httpx.codes.OK:
            raise _failure(response)
        found = _SUCCESS.match(response.text)
        if found is None:
            raise Uncertain(senseless(response, "send"))
        return found[1]

    async def prepare(self, webhook_url: str) -> None:
        """Remember where reports go; MO is set up in Jasmin's router."""
        self._reports = self._settings.callback_url or webhook_url
        if not self._reports:
            log.warning("%s: no PUBLIC_URL and no callback_url, so delivery is never reported", self._settings.name)

    async def whoami(self) -> str:
        """The user's balance, which is asked for with the password."""
        account = {"username": self._settings.username, "password": self._settings.password.get_secret_value()}
        with outcome_of("balance", repeatable=True):
            response = await self._http.get(self._settings.api_url + "/balance", params=account)
        if not response.is_success:
            raise _failure(response)
        return f"Jasmin at {httpx.URL(self._settings.api_url).host}, sending as {self._settings.sender}"

    async def close(self) -> None:
        """Let go of connections."""
        await self._http.aclose()


def _failure(response: httpx.Response) -> SendError:
    said = masked(line(response.text, 80))
    words = f"send: HTTP {response.status_code} {said}"
    if response.status_code == httpx.codes.FORBIDDEN:
        return (QuotaSpent if any(word in said.lower() for word in _MONEY) else Unauthorised)(words)
    if response.status_code == httpx.codes.PRECONDITION_FAILED:
        return Refused(words)  # no route
    return failure_of(response, "send", said if response.is_client_error else "", wait=10)


def _words(fields: Mapping[str, str]) -> str:
    """The text of an MO. `binary` is what came over the air and `coding` says how to read it; `content` is not
    reliably UTF-8.
    """
    if fields.get("coding") == UCS2 and "binary" in fields:
        try:
            return bytes.fromhex(fields["binary"]).decode("utf-16-be", "replace")
        except ValueError:
            pass
    return fields.get("content", "")
