"""Rows of SpeedSMS."""

from typing import Any

from channels.contract import ReceiptState
from channels.errors import QuotaSpent, Refused, Throttled, TooLong, Unauthorised, Unreachable
from tests.channels.conftest import Delivery, Reply
from tests.channels.contract.case import RESIDENT, Case, as_json
from tests.channels.contract.cases.sms import OWN, TOKEN, built, without_token

KEY = "made-up-access-token"
PROOF = {"token": TOKEN}


def brings(body: dict[str, Any]) -> Delivery:
    return Delivery({"Content-Type": "application/json"}, as_json(body), PROOF)


def received(sender: str, words: str) -> Delivery:
    return brings({"type": "sms", "phone": sender, "content": words})


def no(code: str, message: str = "refused", status: int = 200) -> Reply:
    return Reply(status, {"status": "error", "code": code, "message": message})


CASE = Case(
    build=lambda url: built("speedsms", url, access_token=KEY, webhook_token=TOKEN),
    secrets=(KEY, TOKEN),
    chat=RESIDENT,
    message=lambda words, _: received(RESIDENT.removeprefix("+"), words),  # it names its messages by nothing
    forged=without_token,
    signed=lambda body: Delivery({}, body, PROOF),
    unknown=brings({"type": "balance", "value": 3}),
    broken=brings({"type": "report", "phone": RESIDENT}),
    unreadable=received(RESIDENT, ""),
    taken=lambda count: Reply(
        200, {"status": "success", "code": "00", "data": {"tranId": 9000 + count, "totalSMS": 1, "invalidPhone": []}}
    ),
    said=lambda request: str(request.json()["content"]),
    answers={
        "our address is locked": (no("007"), Unauthorised),
        "no balance": (no("300"), QuotaSpent),
        "too long": (no("113"), TooLong),
        "no number": (no("105", "phone 0912345678 invalid"), Refused),
        "not sent to that number": (
            Reply(200, {"status": "success", "code": "00", "data": {"tranId": 1, "invalidPhone": ["84912345678"]}}),
            Refused,
        ),
        "sixty a minute": (Reply(429, b"", {"X-Rate-Limit-Reset": "31"}), Throttled),
        "an error of theirs": (no("500", status=500), Unreachable),
    },
    under_200=(no("101", "invalid parameters"), Refused),
    reports=(
        (brings({"type": "report", "tranId": 9001, "phone": RESIDENT, "status": 0}), ReceiptState.DELIVERED),
        (brings({"type": "report", "tranId": "9001", "phone": RESIDENT, "status": "65"}), ReceiptState.FAILED),
    ),
    by_phone=received,
    own=OWN,
)
