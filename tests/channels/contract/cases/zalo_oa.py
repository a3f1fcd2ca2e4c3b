"""Rows of the Zalo Official Account."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from channels.contract import ReceiptState
from channels.errors import (
    Blocked,
    ChatGone,
    PackageTooLow,
    QuotaSpent,
    Refused,
    Throttled,
    TooLong,
    Unauthorised,
    Unreachable,
    WindowClosed,
)
from channels.grants import Kept
from channels.zalo_oa.adapter import ZaloOa, build
from channels.zalo_oa.settings import Settings
from channels.zalo_oa.signature import HEADER, digest
from channels.zalo_oa.tokens import Pair, Seal
from tests.channels.conftest import Delivery, Reply
from tests.channels.contract.case import Case, as_json
from tests.channels.zalo_oa.memory_vault import MemoryVault

APP, OA, USER = "3600000000000000456", "5790000000000000001", "4800000000000000123"
APP_SECRET, OA_SECRET = "made-up-app-secret", "made-up-oa-secret"
ACCESS, REFRESH = "AT-made-up", "RT-made-up"
STAMP = "1790000002345"


def made(url: str) -> ZaloOa:
    settings = Settings(
        name="oa", app_id=APP, app_secret=APP_SECRET, oa_id=OA, oa_secret=OA_SECRET, api_url=url, oauth_url=url
    )
    now = datetime.now(UTC)
    channel = build(settings)
    channel.use(MemoryVault(Kept(Seal(settings).close(Pair(ACCESS, REFRESH)), 1, now, now + timedelta(hours=25))))
    return channel


def signed(body: bytes) -> Delivery:
    stamp = STAMP if b'"timestamp"' in body else ""
    return Delivery({HEADER: f"mac={digest(APP, body, stamp, OA_SECRET)}"}, body)


def event(name: str, **more: Any) -> Delivery:
    common = {"app_id": APP, "event_name": name, "timestamp": STAMP, "user_id_by_app": "7100000000000000789"}
    return signed(as_json(common | {"sender": {"id": USER}, "recipient": {"id": OA}} | more))


def forged(delivery: Delivery) -> dict[str, Delivery]:
    other = delivery.body.replace(b'"timestamp": "179', b'"timestamp": "180', 1)
    return {
        "no digest": replace(delivery, headers={}),
        "an empty one": replace(delivery, headers={HEADER: "mac="}),
        "by another secret": replace(delivery, headers={HEADER: digest(APP, delivery.body, STAMP, "made-up")}),
        "bytes that are no text": replace(delivery, headers={HEADER: "ñ\udcff"}),
        "another time in the body": replace(delivery, body=other),
        "the same JSON, written anew": replace(delivery, body=delivery.body.replace(b": ", b":")),
    }


def no(code: int) -> Reply:
    return Reply(200, {"error": code, "message": "refused"})


CASE = Case(
    build=made,
    secrets=(APP_SECRET, OA_SECRET, ACCESS, REFRESH),
    chat=USER,
    message=lambda words, message_id: event("user_send_text", message={"text": words, "msg_id": message_id}),
    forged=forged,
    signed=signed,
    unknown=event("event_of_next_year"),
    broken=signed(b'{"event_name": "user_send_text"'),
    unreadable=event("user_send_text"),
    taken=lambda count: Reply(200, {"error": 0, "message": "Success", "data": {"message_id": str(count)}}),
    said=lambda request: str(request.json()["message"]["text"]),
    answers={
        "nobody spoke for seven days": (no(-230), WindowClosed),
        "nobody ever spoke": (no(-232), WindowClosed),
        "too fast": (no(-32), Throttled),
        "at night": (no(-234), Throttled),
        "the package is too low": (no(-224), PackageTooLow),
        "the quota is spent": (no(-211), QuotaSpent),
        "no follower": (no(-213), Blocked),
        "restricted by the person": (no(-244), Blocked),
        "the group has ended": (no(-237), ChatGone),
        "too long": (no(-210), TooLong),
        "not understood": (no(-201), Refused),
        "a code nobody knows": (no(-999), Refused),
        "a code as text": (Reply(200, {"error": "-230", "message": "refused"}), WindowClosed),
        "sending failed": (no(-200), Unreachable),
        "the account is disabled": (no(-204), Unauthorised),
        "the app was not let in": (no(-223), Unauthorised),
    },
    under_200=(no(-233), Refused),
    reports=(
        (event("user_received_message", message={"msg_id": "77"}), ReceiptState.DELIVERED),
        (event("user_seen_message", message={"msg_ids": ["77"]}), ReceiptState.READ),
    ),
)
