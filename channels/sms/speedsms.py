"""SpeedSMS: one JSON POST per message, one webhook for the whole account, which is not signed and has no ids.

Facts from speedsms.vn/sms-api and its client library, read 2026-11. A secret at the end of the webhook's path stands
for the missing signature; two equal texts of one number within a minute are taken for one, as nothing else tells them
apart.
"""

import logging
from collections.abc import Callable, Mapping
from typing import Any, Literal

import httpx
from pydantic import Field, SecretStr, ValidationInfo, field_validator

from channels.contract import About, Acknowledgement, Event, Receipt, ReceiptState
from channels.errors import Malformed, QuotaSpent, Refused, SendError, Throttled, TooLong, Unauthorised, Uncertain
from channels.http_client import failure_of, json_object, new_client, outcome_of, senseless, throttled
from channels.payload import load_json, mapping, string
from channels.sms import settings as common
from channels.sms.gateway import digest, masked, numbers_of, proven, received
from channels.text import line

log = logging.getLogger(__name__)

TWO_WAY = (5, 7, 8)  # a phone with their app, a registered number, a fixed number; every other kind only sends
SAME = 60.0  # seconds within which equal words of one number are one message
ENDED = 64  # states from here on are final failures; 1 to 63 are still being tried
_REMEMBERED = 2000
_CODES: dict[str, type[SendError]] = {
    "007": Unauthorised,  # the address we call from is locked
    "008": Unauthorised,
    "009": Unauthorised,
    "113": TooLong,
    "300": QuotaSpent,
}
_TRY_AGAIN = ("500",)


class Settings(common.Settings):
    """One account and one kind of sender."""

    gateway: Literal["speedsms"] = "speedsms"
    api_url: str = Field("https://api.speedsms.vn/index.php", description="base address of the API")
    access_token: SecretStr = Field(description="from the account's page")
    sms_type: int = Field(
        8,
        ge=2,
        le=8,
        description="2 random number, 3 brand name, 4 their brand name, 5 own phone, 6 fixed, 7 own number, 8 two-way",
    )
    sender: str = Field("", description="the brand name, the number or the phone's device id", validate_default=True)
    webhook_token: SecretStr = Field(
        description="a long word of your own; nothing is signed, so the webhook entered there ends in it: WEBHOOK/TOKEN"
    )

    _token = field_validator("webhook_token")(common.for_a_path)

    @field_validator("sender")
    @classmethod
    def _brand_is_named(cls, value: str, info: ValidationInfo) -> str:
        if info.data.get("sms_type") in (3, 5, 7) and not value:
            raise ValueError("sms_type 3, 5 and 7 need it: who is the message from?")
        return value


ABOUT = About(
    title="SpeedSMS: số hai chiều hoặc brandname · a two-way number or a brand name",
    proof="bí mật trong đường dẫn · a secret in the path",
    again="không · no",
    reports="đã nhận, hỏng · delivered, failed",
    costs="theo bảng giá của hãng, tính từng phần · the company's price list, by the part",
    example={
        "name": "sms", "kind": "sms", "gateway": "speedsms", "access_token": "not-a-token",
        "webhook_token": "not-a-token",
    },
)  # fmt: skip


def build(settings: Settings, clock: Callable[[], float]) -> "SpeedSms":
    """The gateway of `settings`; `clock` (epoch seconds) tells a repetition from the same words said later."""
    return SpeedSms(settings, clock)


class SpeedSms:
    """One account."""

    def __init__(self, settings: Settings, clock: Callable[[], float]) -> None:
        self.own = numbers_of(*settings.own_numbers, settings.sender)
        self.receives = settings.sms_type in TWO_WAY
        self._settings = settings
        self._clock = clock
        self._heard: dict[str, tuple[float, str]] = {}
        self._secret = settings.webhook_token.get_secret_value()
        token = settings.access_token.get_secret_value()
        self._http, self.trace = new_client(token, self._secret, auth=httpx.BasicAuth(token, "x"))

    # -------------------------------------------------------------------------------------------------------- inward

    def verify(self, headers: Mapping[str, str], body: bytes, query: Mapping[str, str], status: bool) -> None:
        """The secret of the path."""
        del headers, body, status
        proven(query, self._secret)

    def parse(self, headers: Mapping[str, str], body: bytes, query: Mapping[str, str], status: bool) -> list[Event]:
        """A report or a message; the word for the second is not documented, so whatever has words is one."""
        del headers, query, status
        said = load_json(body)
        if not isinstance(said, dict):
            raise Malformed("not an object")
        if "content" in said:
            return [self._message(said)]
        return self._report(said) if said.get("type") == "report" else []

    def _message(self, said: dict[str, Any]) -> Event:
        sender, text = string(said.get("phone")), string(said.get("content"))
        if not sender:
            raise Malformed("a message from nobody")
        event_id = self._once(digest(sender, text)[:32])
        return received(
            event_id=event_id,
            sender=sender,
            text=text,
            message_id=event_id,
            sent_at=None,
            own=self.own,
            raw=said,
        )

    def _once(self, words: str) -> str:
        """The same id for the same words within `SAME` seconds. By the minute of the first, so that another process,
        which does not share our memory, most often gives the same.
        """
        now = self._clock()
        at, known = self._heard.get(words, (0.0, ""))
        if known and 0 <= now - at < SAME:
            return known
        if len(self._heard) > _REMEMBERED:
            self._heard = {key: one for key, one in self._heard.items() if now - one[0] < SAME}
        found = f"mo:{words}:{int(now // SAME)}"
        self._heard[words] = (now, found)
        return found

    def _report(self, said: dict[str, Any]) -> list[Event]:
        message_id, code = line(string(said.get("tranId")), 100), string(said.get("status"))
        if not message_id or not code.removeprefix("-").isdecimal():
            raise Malformed("a report without tranId and status")
        number = int(code[:6])
        if number == 0:
            return [Receipt(f"dlr:{message_id}:0", ReceiptState.DELIVERED, "", message_id, "", said)]
        if 0 < number < ENDED:
            return []
        return [Receipt(f"dlr:{message_id}:{number}", ReceiptState.FAILED, "", message_id, f"status {number}", said)]

    def acknowledge(self, body: bytes, query: Mapping[str, str], status: bool) -> Acknowledgement:
        """Only the status is looked at."""
        del body, query, status
        return Acknowledgement()

    # ------------------------------------------------------------------------------------------------------- outward

    async def send(self, to: str, text: str, ref: str) -> str:
        """One POST; there is no place for our reference."""
        del ref
        settings = self._settings
        body = {"to": [to.removeprefix("+")], "content": text, "sms_type": settings.sms_type, "sender": settings.sender}
        answer = await self._call("sms/send", "POST", body)
        data = mapping(answer.get("data"))
        if data.get("invalidPhone"):
            raise Refused("sms/send: not a number they send to")
        message_id = string(data.get("tranId"))
        if not message_id:
            raise Uncertain("sms/send: success without a tranId")
        return message_id

    async def _call(self, path: str, method: str, body: Any = None) -> dict[str, Any]:
        with outcome_of(path, repeatable=method == "GET"):
            response = await self._http.request(method, f"{self._settings.api_url}/{path}", json=body)
        answer = json_object(response)
        if response.status_code == httpx.codes.TOO_MANY_REQUESTS:
            raise self._too_fast(response, path)
        if answer is None or string(answer.get("status")) not in ("success", "error"):
            if response.is_success:
                raise Uncertain(senseless(response, path))
            raise failure_of(response, path)
        if answer["status"] == "success" and response.is_success:
            return answer
        code = string(answer.get("code"))
        said = f"{path}: {code} {masked(line(string(answer.get('message')), 120))}"
        if code in _TRY_AGAIN or response.is_server_error:
            raise failure_of(response, path, code) if not response.is_success else Uncertain(said)
        if response.status_code in (401, 403):
            raise Unauthorised(said)
        raise _CODES.get(code, Refused)(said)

    def _too_fast(self, response: httpx.Response, path: str) -> Throttled:
        """Sixty requests a minute; the header says when the minute is over, in seconds or as an epoch."""
        reset = response.headers.get("X-Rate-Limit-Reset", "")
        if not reset.isdecimal() or len(reset) > 12:  # noqa: PLR2004 - digits of an epoch
            return throttled(response, path, SAME)
        seconds = int(reset) - self._clock() if len(reset) > 6 else float(reset)  # noqa: PLR2004 - no one waits a week
        return Throttled(min(max(seconds, 1.0), 3600.0), f"{path}: HTTP 429")

    async def prepare(self, webhook_url: str) -> None:
        """Nothing to register: the account has one webhook, entered on its page."""
        if not (self._settings.callback_url or webhook_url):
            log.warning("%s: no PUBLIC_URL, so SpeedSMS has nowhere to bring messages", self._settings.name)

    async def whoami(self) -> str:
        """The account's balance."""
        data = mapping((await self._call("user/info", "GET")).get("data"))
        money = f"{line(string(data.get('balance')), 20)} {line(string(data.get('currency')), 5)}".strip()
        return f"SpeedSMS at {httpx.URL(self._settings.api_url).host}, balance {money or 'unknown'}"

    async def close(self) -> None:
        """Let go of connections."""
        await self._http.aclose()
