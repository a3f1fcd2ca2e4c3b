"""Rows of Telegram."""

import json
from dataclasses import replace
from typing import Any

from channels.errors import Blocked, ChatGone, Refused, Throttled, Unauthorised, Unreachable
from channels.telegram.adapter import build
from channels.telegram.settings import Settings
from tests.channels.conftest import Delivery, Reply
from tests.channels.contract.case import Case, as_json

TOKEN, SECRET = "7000000001:AAmade-up-token", "made-up-webhook-secret"
WHO = {"id": 700001, "is_bot": False, "first_name": "Mẫu"}


def signed(body: bytes) -> Delivery:
    return Delivery({"X-Telegram-Bot-Api-Secret-Token": SECRET}, body)


def update(number: int, **parts: Any) -> Delivery:
    return signed(as_json({"update_id": number, **parts}))


def received(words: str, message_id: str) -> Delivery:
    chat = {"id": 700001, "type": "private", "first_name": "Mẫu"}
    said = {"message_id": int(message_id), "date": 1795226400, "from": WHO, "chat": chat, "text": words}
    return update(int(message_id), message=said)


def forged(delivery: Delivery) -> dict[str, Delivery]:
    header = "X-Telegram-Bot-Api-Secret-Token"
    return {
        "no secret": replace(delivery, headers={}),
        "an empty one": replace(delivery, headers={header: ""}),
        "another": replace(delivery, headers={header: SECRET + "x"}),
        "bytes that are no text": replace(delivery, headers={header: "ñ\udcff"}),
    }


def no(status: int, description: str, **parameters: Any) -> Reply:
    body = {"ok": False, "error_code": status, "description": description}
    return Reply(status, body | ({"parameters": parameters} if parameters else {}))


UNREADABLE = {
    "message_id": 66, "date": 1795226466, "from": WHO, "chat": {"id": 700001, "type": "private", "first_name": "Mẫu"},
    "story": {"chat": {"id": 700001, "type": "private", "first_name": "Mẫu"}, "id": 3},
}  # fmt: skip

CASE = Case(
    build=lambda url: build(Settings(name="telegram", token=TOKEN, secret=SECRET, mode="webhook", api_url=url)),
    secrets=(TOKEN, SECRET),
    chat="700001",
    message=received,
    forged=forged,
    signed=signed,
    unknown=update(880060, something_of_next_year={"x": 1}),
    broken=signed(b'{"update_id": 1, "message":'),
    unreadable=update(880026, message=UNREADABLE),
    taken=lambda count: Reply(
        200, {"ok": True, "result": {"message_id": count, "date": 1, "chat": {"id": 700001, "type": "private"}}}
    ),
    said=lambda request: str(json.loads(request.body)["text"]),
    answers={
        "a wrong token": (no(401, "Unauthorized"), Unauthorised),
        "too fast": (no(429, "Too Many Requests: retry after 7", retry_after=7), Throttled),
        "blocked": (no(403, "Forbidden: bot was blocked by the user"), Blocked),
        "no such chat": (no(400, "Bad Request: chat not found"), ChatGone),
        "not understood": (no(400, "Bad Request: something"), Refused),
        "an error of theirs": (no(500, "Internal Server Error"), Unreachable),
    },
    under_200=(Reply(200, {"ok": False, "error_code": 400, "description": "Bad Request: something"}), Refused),
)
