"""Rows of SMSGate."""

import hashlib
import hmac
from dataclasses import replace
from typing import Any

from channels.contract import ReceiptState
from channels.errors import Refused, Throttled, Unauthorised, Unreachable
from tests.channels.conftest import Delivery, Reply
from tests.channels.contract.case import NOW, RESIDENT, Case, as_json
from tests.channels.contract.cases.sms import OWN, built

KEY, PASSWORD = "made-up-signing-key", "made-up-password"


def signed(body: bytes, key: str = KEY, at: int = NOW) -> Delivery:
    mac = hmac.new(key.encode(), body + str(at).encode(), hashlib.sha256).hexdigest()
    return Delivery({"X-Timestamp": str(at), "X-Signature": mac}, body)


def event(kind: str, **payload: Any) -> Delivery:
    return signed(
        as_json({"deviceId": "d1", "event": kind, "id": "e1", "payload": {"simNumber": 1} | payload, "webhookId": "w"})
    )


def received(sender: str, words: str, message_id: str = "6f00aa11") -> Delivery:
    at = "2026-11-21T18:16:50.000+07:00"
    return event("sms:received", messageId=message_id, sender=sender, message=words, receivedAt=at)


def forged(delivery: Delivery) -> dict[str, Delivery]:
    return {
        "no signature": replace(delivery, headers={}),
        "another key": signed(delivery.body, key="another-key"),
        "a stale signature": signed(delivery.body, at=NOW - 301),
        "a signature of tomorrow": signed(delivery.body, at=NOW + 86_400),
        "one byte changed": replace(delivery, body=delivery.body.replace(b"d1", b"d2")),
        "written anew": replace(delivery, body=delivery.body.replace(b": ", b":")),
    }


def report(kind: str, **more: Any) -> Delivery:
    return event(kind, messageId="101-1795284023", recipient=RESIDENT, **more)


CASE = Case(
    build=lambda url: built("smsgate", url, username="ward", password=PASSWORD, signing_key=KEY),
    secrets=(KEY, PASSWORD),
    chat=RESIDENT,
    message=lambda words, message_id: received(RESIDENT, words, message_id),
    forged=forged,
    signed=signed,
    unknown=event("system:ping"),
    broken=signed(b'["sms:received"]'),
    unreadable=event("mms:received", messageId="6f00aa12", sender=RESIDENT, subject="Ảnh"),
    taken=lambda _: Reply(202, {"id": "x", "state": "Pending", "recipients": [], "states": {}}),
    said=lambda request: str(request.json()["textMessage"]["text"]),
    answers={
        "a wrong password": (Reply(401, {"message": "Unauthorized"}), Unauthorised),
        "too fast": (Reply(429, b"", {"Retry-After": "9"}), Throttled),
        "the phone's queue is full": (Reply(503, {"message": "Queue limit exceeded"}), Unreachable),
        "not understood": (Reply(400, {"message": "Invalid phone number 0912345678"}), Refused),
    },
    under_200=None,
    reports=(
        (report("sms:sent", partsCount=2, sentAt="2026-11-21T18:16:51.000+07:00"), ReceiptState.SENT),
        (report("sms:delivered", deliveredAt="2026-11-21T18:16:52.000+07:00"), ReceiptState.DELIVERED),
        (report("sms:failed", failedAt="2026-11-21T18:16:53.000+07:00", reason="RESULT_ERROR"), ReceiptState.FAILED),
    ),
    by_phone=received,
    own=OWN,
)
