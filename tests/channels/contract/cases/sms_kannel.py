"""Rows of Kannel."""

import base64
from dataclasses import replace

from channels.contract import ReceiptState
from channels.errors import Refused, Throttled, Unauthorised, Unreachable
from tests.channels.conftest import Delivery, Reply
from tests.channels.contract.case import RESIDENT, Case
from tests.channels.contract.cases.sms import OWN, built

PASSWORD, HOOK = "made-up-password", "made-up-hook-password"


def basic(password: str, user: str = "kannel") -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


def received(sender: str, words: str, message_id: str = "3b0c1f6e-a") -> Delivery:
    headers = {"Content-Type": 'text/plain; charset="UTF-8"', **basic(HOOK)}
    return Delivery(headers, words.encode(), {"id": message_id, "from": sender, "to": "8088", "ts": "1795284023"})


def report(bits: int) -> Delivery:
    query = {"ref": "101-1795284023", "st": str(bits), "fid": "", "why": "ACK/"}
    return Delivery(basic(HOOK), b"", query, status=True)


def forged(delivery: Delivery) -> dict[str, Delivery]:
    return {
        "no password": replace(delivery, headers={}),
        "another password": replace(delivery, headers=basic("guessed")),
        "another user": replace(delivery, headers=basic(HOOK, "someone")),
        "no Basic": replace(delivery, headers={"Authorization": f"Bearer {HOOK}"}),
        "an invented mark": replace(delivery, headers={}, query={**delivery.query, "mark": "0" * 32}),
        "a wrong token": replace(delivery, headers={}, query={**delivery.query, "token": "guessed"}),
    }


CASE = Case(
    build=lambda url: built("kannel", url, username="ward", password=PASSWORD, sender="8088", webhook_password=HOOK),
    secrets=(PASSWORD, HOOK),
    chat=RESIDENT,
    message=lambda words, message_id: received(RESIDENT, words, message_id),
    forged=forged,
    signed=lambda body: Delivery(basic(HOOK), body),
    unknown=report(0),  # a report that says nothing
    broken=Delivery(basic(HOOK), b"words of nobody", {"id": "x"}),
    unreadable=received(RESIDENT, ""),
    taken=lambda _: Reply(202, "0: Accepted for delivery"),
    said=lambda request: request.body.decode(),
    answers={
        "a wrong password": (Reply(403, "Authorization failed for sendsms"), Unauthorised),
        "no way to that number": (Reply(403, "Not routable. Do not try again."), Refused),
        "not understood": (Reply(400, "Sender missing and no global set, rejected"), Refused),
        "later": (Reply(503, "Temporal failure, try again later."), Unreachable),
        "too fast": (Reply(429, b"", {"Retry-After": "9"}), Throttled),
    },
    under_200=(Reply(200, "Error: not taken"), Unreachable),
    reports=(
        (report(8), ReceiptState.SENT),
        (report(1), ReceiptState.DELIVERED),
        (report(34), ReceiptState.FAILED),
    ),
    by_phone=received,
    own=OWN,
)
