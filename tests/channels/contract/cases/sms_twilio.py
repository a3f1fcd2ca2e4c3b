"""Rows of everything Twilio-shaped."""

import base64
import hashlib
import hmac
from dataclasses import replace
from urllib.parse import parse_qs, parse_qsl, urlencode

from channels.contract import Acknowledgement, ReceiptState
from channels.errors import Blocked, Refused, Throttled, Unauthorised, Unreachable
from tests.channels.conftest import Delivery, Reply
from tests.channels.contract.case import RESIDENT, WEBHOOK, Case
from tests.channels.contract.cases.sms import OWN, built

KEY, SID = "made-up-auth-token", "AC00000000000000000000000000000000"


def signed(body: bytes, key: str = KEY, url: str = WEBHOOK, query: str = "", *, status: bool = False) -> Delivery:
    """As Twilio signs: the address with its query, then every field in the order of names."""
    address = url + ("/status" if status else "") + (f"?{query}" if query else "")
    fields = parse_qsl(body.decode("utf-8", "surrogateescape"), keep_blank_values=True)
    text = address + "".join(name + value for name, value in sorted(set(fields)))
    mac = hmac.new(key.encode(), text.encode("utf-8", "surrogateescape"), hashlib.sha1).digest()
    headers = {"X-Twilio-Signature": base64.b64encode(mac).decode(), "Host": "internal:8080"}
    return Delivery(headers, body, dict(parse_qsl(query)), status)


def received(sender: str, words: str, message_id: str = "SM01", media: str = "0") -> Delivery:
    form = {"MessageSid": message_id, "SmsSid": message_id, "AccountSid": SID, "From": sender, "To": OWN, "Body": words}
    return signed(urlencode(form | {"NumMedia": media, "SomethingNew": "of next year"}).encode())


def report(state: str, **more: str) -> Delivery:
    form = {"MessageSid": "SM09", "MessageStatus": state, "To": RESIDENT, "From": OWN, **more}
    return signed(urlencode(form).encode(), query="ref=101-1795284023", status=True)


def forged(delivery: Delivery) -> dict[str, Delivery]:
    return {
        "no signature": replace(delivery, headers={}),
        "another key": signed(delivery.body, key="another-key", status=delivery.status),
        "another address": signed(delivery.body, url="https://elsewhere.example/webhook", status=delivery.status),
        "the other path": replace(delivery, status=not delivery.status),
        "a field added": replace(delivery, body=delivery.body + b"&Body=more"),
        "a query added": replace(delivery, query={**delivery.query, "x": "1"}),
        "a field changed": replace(delivery, body=delivery.body.replace(b"MessageSid=SM", b"MessageSid=MM")),
    }


def no(status: int, code: int, words: str = "refused") -> Reply:
    return Reply(status, {"code": code, "message": words, "more_info": "", "status": status})


CASE = Case(
    build=lambda url: built("twilio", url, account_sid=SID, auth_token=KEY, sender=OWN),
    secrets=(KEY,),
    chat=RESIDENT,
    message=lambda words, message_id: received(RESIDENT, words, f"SM{message_id}"),
    forged=forged,
    signed=signed,
    unknown=report("queued"),
    broken=signed(b"Body=words"),
    unreadable=received(RESIDENT, "", "SM02", media="1"),
    taken=lambda count: Reply(201, {"sid": f"SM{count}", "status": "queued", "num_segments": "1"}),
    said=lambda request: parse_qs(request.body.decode(), keep_blank_values=True)["Body"][0],
    answers={
        "a wrong token": (no(401, 20003), Unauthorised),
        "too fast": (no(429, 20429), Throttled),
        "no number": (no(400, 21211, "The 'To' number 0912345678 is not valid"), Refused),
        "the resident wrote STOP": (no(400, 21610), Blocked),
        "an error of theirs": (no(500, 20500), Unreachable),
    },
    under_200=None,
    reports=(
        (report("sent"), ReceiptState.SENT),
        (report("delivered"), ReceiptState.DELIVERED),
        (report("undelivered", ErrorCode="30003"), ReceiptState.FAILED),
    ),
    acknowledged=Acknowledgement(b'<?xml version="1.0" encoding="UTF-8"?><Response/>', "text/xml; charset=utf-8"),
    by_phone=received,
    own=OWN,
)
