"""Rows of eSMS: a fixed number with a rented short code, so that both ways are there."""

import base64
import hashlib
from dataclasses import replace

from channels.contract import Acknowledgement, ReceiptState
from channels.errors import Blocked, QuotaSpent, Refused, Throttled, Unauthorised, Unreachable
from tests.channels.conftest import Delivery, Reply
from tests.channels.contract.case import RESIDENT, Case
from tests.channels.contract.cases.sms import OWN, TOKEN, built, without_token

API, SECRET, MO = "made-up-api-key", "made-up-secret-key", "made-up-mo-key"
PROOF = {"token": TOKEN}


def received(sender: str, words: str, message_id: str = "7001", key: str = MO) -> Delivery:
    query = {"sender": sender, "content": f"HD {words}" if words else "HD", "serviceNumber": "8041", "keyword": "HD"}
    query |= {"cpid": "12", "smsid": message_id, "receiverTime": "20261121181650"}
    signed = query["cpid"] + query["smsid"] + query["content"] + query["receiverTime"] + key
    query["sign"] = base64.b64encode(hashlib.md5(signed.encode()).digest()).decode()
    return Delivery({}, b"", {**query, **PROOF})


def report(status: str, good: int = 0, bad: int = 0) -> Delivery:
    query = {"SMSID": "s-1", "SendStatus": status, "SendSuccess": str(good), "SendFailed": str(bad)}
    query |= {"TotalReceiver": "1", "TotalPrice": "850", "RequestId": "101-1795284023", "phonenumber": "84912345678"}
    return Delivery({}, b"", {**query, **PROOF}, status=True)


def forged(delivery: Delivery) -> dict[str, Delivery]:
    found = without_token(delivery)
    if not delivery.status:
        found |= {
            "signed with another key": received(RESIDENT, "words", key="another-key"),
            "no signature": replace(delivery, query={k: v for k, v in delivery.query.items() if k != "sign"}),
            "other words": replace(delivery, query={**delivery.query, "content": "HD others"}),
        }
    return found


def code(number: str, words: str = "refused") -> Reply:
    return Reply(200, {"CodeResult": number, "ErrorMessage": words})


def proven(body: bytes) -> Delivery:
    """It never posts; whatever a body holds, the query alone is read."""
    return replace(report("2"), body=body)


CASE = Case(
    build=lambda url: built(
        "esms", url, api_key=API, secret_key=SECRET, short_code="8041", mo_key=MO, webhook_token=TOKEN
    ),
    secrets=(API, SECRET, MO, TOKEN),
    chat=RESIDENT,
    message=lambda words, message_id: received("84912345678", words, message_id),
    forged=forged,
    signed=proven,
    unknown=report("7"),  # waits for the operator
    broken=Delivery({}, b"", {"SMSID": "s-1", **PROOF}, status=True),
    unreadable=received("84912345678", ""),
    taken=lambda count: Reply(200, {"CodeResult": "100", "CountRegenerate": 0, "SMSID": f"s-{count}"}),
    said=lambda request: str(request.json()["Content"]),
    answers={
        "a wrong key": (code("101"), Unauthorised),
        "our address is not on their list": (code("140"), Unauthorised),
        "no balance": (code("103"), QuotaSpent),
        "no template": (code("146"), Refused),
        "the brand is unknown to that operator": (code("177"), Refused),
        "blocked there": (code("99", "phone 0912345678"), Blocked),
        "a code of next year": (code("999"), Unreachable),
        "too fast": (Reply(429, b"", {"Retry-After": "9"}), Throttled),
    },
    under_200=(Reply(200, {"error": "Invalid request"}), Refused),
    reports=(
        (report("5", good=1), ReceiptState.DELIVERED),
        (report("4"), ReceiptState.FAILED),
    ),
    acknowledged=Acknowledgement(
        b"<ClientResponse><Message></Message><Smsid>1001</Smsid><Receiver>84912345678</Receiver></ClientResponse>",
        "text/xml; charset=utf-8",
    ),
    by_phone=received,
    own=OWN,
)
