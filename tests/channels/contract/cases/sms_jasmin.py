"""Rows of Jasmin."""

from urllib.parse import parse_qs, urlencode

from channels.contract import Acknowledgement, ReceiptState
from channels.errors import QuotaSpent, Refused, Unauthorised, Unreachable
from tests.channels.conftest import Delivery, Reply, Request
from tests.channels.contract.case import RESIDENT, Case
from tests.channels.contract.cases.sms import OWN, TOKEN, built, without_token

PASSWORD = "made-up-password"
PROOF = {"token": TOKEN}


def received(sender: str, words: str, message_id: str = "uuid-1") -> Delivery:
    form = {"id": message_id, "from": sender, "to": "8088", "origin-connector": "modem", "coding": "8"}
    form |= {"content": "mojibake", "binary": words.encode("utf-16-be").hex()}
    return Delivery({"Content-Type": "application/x-www-form-urlencoded"}, urlencode(form).encode(), PROOF)


def report(state: str, level: str) -> Delivery:
    form = {"id": "uuid-9", "message_status": state, "level": level, "connector": "modem"}
    return Delivery({}, urlencode(form).encode(), {"ref": "101-1795284023", **PROOF}, status=True)


def said(request: Request) -> str:
    form = {key: values[0] for key, values in parse_qs(request.body.decode(), keep_blank_values=True).items()}
    if form["coding"] == "8":
        return bytes.fromhex(form["hex-content"]).decode("utf-16-be")
    return form["content"]


CASE = Case(
    build=lambda url: built("jasmin", url, username="ward", password=PASSWORD, sender="8088", webhook_token=TOKEN),
    secrets=(PASSWORD, TOKEN),
    chat=RESIDENT,
    message=lambda words, message_id: received(RESIDENT, words, message_id),
    forged=without_token,
    signed=lambda body: Delivery({}, body, PROOF),
    unknown=report("UNKNOWN", "2"),
    broken=Delivery({}, b"id=uuid-2&content=words", PROOF),
    unreadable=received(RESIDENT, ""),
    taken=lambda count: Reply(200, f'Success "uuid-{count}"'),
    said=said,
    answers={
        "a wrong password": (Reply(403, 'Error "Authentication failure for username:ward"'), Unauthorised),
        "no balance": (Reply(403, 'Error "Cannot charge submit_sm, check RouterPB log file for details"'), QuotaSpent),
        "no route": (Reply(412, 'Error "No route found"'), Refused),
        "arguments": (Reply(400, 'Error "Argument [to] has an invalid value"'), Refused),
        "its connector is away": (Reply(500, 'Error "Cannot send submit_sm"'), Unreachable),
    },
    under_200=None,
    reports=(
        (report("ESME_ROK", "1"), ReceiptState.SENT),
        (report("DELIVRD", "2"), ReceiptState.DELIVERED),
        (report("UNDELIV", "3"), ReceiptState.FAILED),
    ),
    acknowledged=Acknowledgement(b"ACK/Jasmin"),
    by_phone=received,
    own=OWN,
)
