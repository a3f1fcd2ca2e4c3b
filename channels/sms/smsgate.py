"""SMS Gateway for Android: JSON over Basic auth to the phone, signed webhooks from it.

Facts from the app's source, 2026: https://github.com/capcom6/android-sms-gateway, app 1.66.2 or later.
"""

import hashlib
import hmac
import logging
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Literal

import httpx
from pydantic import Field, SecretStr, field_validator

from channels.contract import About, Acknowledgement, Event, Receipt, ReceiptState
from channels.errors import Malformed, SendError, Unreachable, Unverified
from channels.http_client import failure_of, json_object, new_client, outcome_of, senseless
from channels.payload import header, load_json, mapping, same, string
from channels.sms import settings as common
from channels.sms.gateway import digest, masked, numbers_of, received
from channels.text import line

log = logging.getLogger(__name__)

SIGNATURE_WINDOW = 300  # seconds either way; each try is signed anew, so only clocks differ
TTL = 86_400  # seconds; a phone that was off for longer must not surprise a resident with old news
_EVENTS = ("sms:received", "mms:received", "sms:sent", "sms:delivered", "sms:failed")
_STATES = {
    "sms:sent": ReceiptState.SENT,
    "sms:delivered": ReceiptState.DELIVERED,
    "sms:failed": ReceiptState.FAILED,
    "sms:cancelled": ReceiptState.FAILED,
}
_RECEIVED = ("sms:received", "mms:received")


class Settings(common.Settings):
    """One spare Android phone, or an account of the app's cloud or private server."""

    gateway: Literal["smsgate"] = "smsgate"
    api_url: str = Field(
        description="http://PHONE:8080, https://api.sms-gate.app/3rdparty/v1 or https://OWN_HOST/api/3rdparty/v1"
    )
    username: str = Field(min_length=1, description="of the app's server")
    password: SecretStr = Field(description="that user's password")
    signing_key: SecretStr = Field(
        description="key of the webhooks, in the app under Settings > Webhooks; without it a forged message looks real"
    )
    sim: int | None = Field(None, ge=1, le=3, description="which SIM sends")
    device_id: str | None = Field(
        None, max_length=21, description="which phone of the account sends (cloud and private server)"
    )

    def accounts(self) -> dict[str, str]:
        """As of every gateway; webhooks are registered per phone, so the phone too."""
        phone = f"smsgate {self.api_url} {self.device_id or ''} {self.username}"
        return {**super().accounts(), phone: f"the phone at {self.api_url}"}

    _key = field_validator("signing_key")(common.long_enough)
    _plain = field_validator("username")(common.for_a_header)


ABOUT = About(
    title="SMSGate: điện thoại Android để sẵn, có SIM · a spare Android phone with a SIM",
    proof="HMAC-SHA256",
    again="có · yes (409)",
    reports="đã gửi, đã nhận · sent, delivered",
    costs="giá SIM của nhà mạng · the SIM's own tariff",
    example={
        "name": "sms", "kind": "sms", "gateway": "smsgate", "api_url": "http://192.0.2.7:8080", "username": "ward",
        "password": "not-a-password", "signing_key": "not-a-key",
    },
)  # fmt: skip


def build(settings: Settings, clock: Callable[[], float]) -> "SmsGate":
    """The gateway of `settings`; `clock` (epoch seconds) is what signatures are dated against."""
    return SmsGate(settings, clock)


class SmsGate:
    """One phone, or one account of a cloud or private server."""

    receives = True

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.time) -> None:
        self.own = numbers_of(*settings.own_numbers)
        self._settings = settings
        self._key = settings.signing_key.get_secret_value()
        self._clock = clock
        password = settings.password.get_secret_value()
        auth = httpx.BasicAuth(settings.username, password)
        self._http, self.trace = new_client(password, self._key, auth=auth)

    # -------------------------------------------------------------------------------------------------------- inward

    def verify(self, headers: Mapping[str, str], body: bytes, query: Mapping[str, str], status: bool) -> None:
        """HMAC-SHA256 over the raw body followed by the timestamp, which must be of now."""
        del query, status
        timestamp, signature = header(headers, "X-Timestamp"), header(headers, "X-Signature")
        if not (timestamp.isascii() and timestamp.isdecimal() and len(timestamp) <= 12 and signature):  # noqa: PLR2004 - digits of an epoch
            raise Unverified
        if abs(self._clock() - int(timestamp)) > SIGNATURE_WINDOW:
            raise Unverified
        expected = hmac.new(self._key.encode(), body + timestamp.encode(), hashlib.sha256).hexdigest()
        if not same(signature.lower(), expected):
            raise Unverified

    def parse(self, headers: Mapping[str, str], body: bytes, query: Mapping[str, str], status: bool) -> list[Event]:
        """The one event of an envelope. Fields can be missing: the app leaves out what is null."""
        del headers, query, status
        envelope = load_json(body)
        if not isinstance(envelope, dict):
            raise Malformed("not an object")
        event, payload = string(envelope.get("event")), mapping(envelope.get("payload"))
        device, message_id = string(envelope.get("deviceId")), string(payload.get("messageId"))
        if event in _RECEIVED:
            return [self._received(envelope, payload, event, device, message_id)]
        state = _STATES.get(event)
        if state is None or not message_id:
            return []
        reason = string(payload.get("reason")) or ("cancelled" if event == "sms:cancelled" else "")
        # One for all parts of a long message: the app tells of each, and the first is news enough.
        event_id = f"{event}:{digest(device, message_id)[:32]}"
        return [Receipt(event_id, state, message_id, message_id, line(reason), envelope)]

    def _received(
        self, envelope: dict[str, Any], payload: dict[str, Any], event: str, device: str, message_id: str
    ) -> Event:
        # Apps before 2026 write `phoneNumber` alone.
        sender = string(payload.get("sender")) or string(payload.get("phoneNumber"))
        text = string(payload.get("message")) or string(payload.get("subject"))
        at = string(payload.get("receivedAt"))
        if not sender and not message_id:
            raise Malformed("a message from nobody")
        # `messageId` is a 32-bit hash and the envelope's id differs between two deliveries of one message, which
        # several versions of the app do make: only all of this together is a key.
        return received(
            event_id=f"{event}:{digest(device, message_id, sender, at, text)[:32]}",
            sender=sender,
            text=text,
            message_id=message_id,
            sent_at=_time(at),
            own=self.own,
            raw=envelope,
            readable=event == "sms:received",
        )

    def acknowledge(self, body: bytes, query: Mapping[str, str], status: bool) -> Acknowledgement:
        """The phone looks at the status alone."""
        del body, query, status
        return Acknowledgement()

    # ------------------------------------------------------------------------------------------------------- outward

    async def send(self, to: str, text: str, ref: str) -> str:
        """Our reference is the message's id there, so a second try is recognised and answered with 409."""
        settings = self._settings
        message: dict[str, Any] = {
            "id": ref,
            "textMessage": {"text": text},
            "phoneNumbers": [to],
            "withDeliveryReport": True,
            "ttl": TTL,
        }
        if settings.sim is not None:
            message["simNumber"] = settings.sim
        if settings.device_id is not None:
            message["deviceId"] = settings.device_id
        # The number was judged here; the phone's own tables know new blocks later than the network does.
        response = await self._request("POST", "/messages", message, {"skipPhoneValidation": "true"})
        if response.status_code != httpx.codes.CONFLICT:
            _raise_for(response, "POST /messages")
            if json_object(response) is None:
                raise Unreachable(senseless(response, "POST /messages"))  # a second try is recognised
        return ref

    async def prepare(self, webhook_url: str) -> None:
        """Register our webhooks, one per event, under fixed ids, and have replies go out first come, first served."""
        url = self._settings.callback_url or webhook_url
        if not url:
            log.warning(
                "%s: no PUBLIC_URL and no callback_url, so the phone cannot bring messages", self._settings.name
            )
        else:
            await self._register(url)
        try:
            order = {"messages": {"processing_order": "FIFO"}}  # the default is the newest first
            _raise_for(await self._request("PATCH", "/settings", order), "PATCH /settings")
        except SendError as problem:
            log.warning("%s: set the processing order to FIFO in the app (%s)", self._settings.name, problem)

    async def _register(self, url: str) -> None:
        listed = {string(hook.get("id")): hook for hook in await self._webhooks()}
        # The list is the account's, and several phones can belong to one account.
        device = digest(self._settings.device_id)[:8] + "-" if self._settings.device_id else ""
        for event in _EVENTS:
            hook = {"id": f"tohotro-{device}{event.replace(':', '-')}", "url": url, "event": event}
            if self._settings.device_id:
                hook["deviceId"] = self._settings.device_id
            if not hook.items() <= mapping(listed.get(hook["id"])).items():
                _raise_for(await self._request("POST", "/webhooks", hook), "POST /webhooks")

    async def _webhooks(self) -> list[dict[str, Any]]:
        response = await self._request("GET", "/webhooks")
        _raise_for(response, "GET /webhooks")
        try:
            hooks = load_json(response.content)
        except Malformed:
            raise Unreachable("GET /webhooks: not JSON") from None
        return [hook for hook in hooks if isinstance(hook, dict)] if isinstance(hooks, list) else []

    async def whoami(self) -> str:
        """Where the gateway is and how many webhooks it has: proves the address and the password."""
        hooks = await self._webhooks()
        return f"SMSGate at {httpx.URL(self._settings.api_url).host}, {len(hooks)} webhooks"

    async def _request(
        self, method: str, path: str, body: Any = None, params: dict[str, str] | None = None
    ) -> httpx.Response:
        # Every request here may be repeated: ids are ours, and registering twice changes nothing.
        with outcome_of(f"{method} {path}", repeatable=True):
            url = self._settings.api_url + path
            return await self._http.request(method, url, json=body, params=params)

    async def close(self) -> None:
        """Let go of connections."""
        await self._http.aclose()


def _raise_for(response: httpx.Response, what: str) -> None:
    if not response.is_success:
        raise failure_of(response, what, _said(response))


def _said(response: httpx.Response) -> str:
    try:
        return masked(line(string(mapping(load_json(response.content)).get("message"))))
    except Malformed:
        return ""


def _time(value: str) -> datetime | None:
    """ISO 8601 with the phone's offset as an aware time; None without one, as nobody could say what it means."""
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment if moment.tzinfo else None
