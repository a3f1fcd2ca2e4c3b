"""Rows of the Zalo Bot Platform."""

from dataclasses import replace
from typing import Any

from channels.errors import QuotaSpent, Refused, Throttled, Unauthorised, Unreachable
from channels.zalo_bot.adapter import SECRET_HEADER, build
from channels.zalo_bot.settings import Settings
from tests.channels.conftest import Delivery, Reply
from tests.channels.contract.case import Case, as_json

TOKEN, SECRET = "1459000000000000001:made-up-token", "made-up-webhook-secret"
CHAT = "9c0d4f2a7b8e1356c4d0"


def signed(body: bytes) -> Delivery:
    return Delivery({SECRET_HEADER: SECRET}, body)


def event(name: str, **message: Any) -> Delivery:
    common = {"date": 1790000000123, "chat": {"id": CHAT, "chat_type": "PRIVATE"}}
    who = {"from": {"id": CHAT, "display_name": "Nguyễn Thị Hoa", "is_bot": False}}
    return signed(as_json({"event_name": name, "message": common | who | message}))


def forged(delivery: Delivery) -> dict[str, Delivery]:
    return {
        "no secret": replace(delivery, headers={}),
        "an empty one": replace(delivery, headers={SECRET_HEADER: ""}),
        "another": replace(delivery, headers={SECRET_HEADER: SECRET + "x"}),
        "bytes that are no text": replace(delivery, headers={SECRET_HEADER: "ñ\udcff"}),
    }


def no(code: int, description: str = "refused", **more: Any) -> Reply:
    return Reply(200, {"ok": False, "description": description, "error_code": code}, **more)


CASE = Case(
    build=lambda url: build(Settings(name="zalo", token=TOKEN, secret=SECRET, mode="webhook", api_url=url)),
    secrets=(TOKEN, SECRET),
    chat=CHAT,
    message=lambda words, message_id: event(
        "message.text.received", message_id=message_id, message_type="CHAT_MESSAGE", text=words
    ),
    forged=forged,
    signed=signed,
    unknown=event("message.of.next.year", message_id="9"),
    broken=signed(b'{"event_name": "message.text.received"'),
    unreadable=event("message.unsupported.received", message_id="b0"),
    taken=lambda count: Reply(200, {"ok": True, "result": {"message_id": str(count), "date": 1790000000123}}),
    said=lambda request: str(request.json()["text"]),
    answers={
        "a wrong token": (no(401), Unauthorised),
        "the month is spent": (no(429), QuotaSpent),
        "too fast": (no(429, headers={"Retry-After": "7"}), Throttled),
        "not understood": (no(400), Refused),
        "an internal error of theirs": (no(403), Unreachable),
    },
    under_200=(no(400), Refused),
)
