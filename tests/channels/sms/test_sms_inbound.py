"""SMS, inward: rows of what the phone app and Kannel bring, and the events they become."""

import base64
import hashlib
import hmac
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from channels.contract import Inbound, InboundKind, Receipt, ReceiptState, SenderClass
from channels.errors import Unverified
from channels.sms.adapter import Sms, build
from channels.sms.kannel import Settings as KannelSettings
from channels.sms.smsgate import Settings as SmsGateSettings

PAYLOADS = Path(__file__).parent / "payloads"
NOW = 1795284023
KEY, PASSWORD, HOOK = "testkey1", "made-up-password", "made-up-hook-password"
HANOI = timezone(timedelta(hours=7))
RESIDENT = "+84912345678"


def smsgate(**more: Any) -> Sms:
    settings = SmsGateSettings(
        name="sms", gateway="smsgate", api_url="http://127.0.0.1:9", username="ward", password=PASSWORD,
        signing_key=KEY, own_numbers=("0901000111",), **more,
    )  # fmt: skip
    return build(settings, clock=lambda: NOW)


def kannel(**more: Any) -> Sms:
    settings = KannelSettings(
        name="sms", gateway="kannel", api_url="http://127.0.0.1:9", username="ward", password=PASSWORD,
        sender="8088", webhook_password=HOOK, own_numbers=("0901000222",), **more,
    )  # fmt: skip
    return build(settings)


def signed(body: bytes, at: int = NOW, key: str = KEY) -> dict[str, str]:
    mac = hmac.new(key.encode(), body + str(at).encode(), hashlib.sha256).hexdigest()
    return {"X-Timestamp": str(at), "X-Signature": mac}


def basic(password: str = HOOK, user: str = "kannel") -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


def said(text: str, message_id: str, chat: str = RESIDENT, **more: Any) -> Inbound:
    at = datetime(2026, 11, 21, 18, 16, 50, tzinfo=HANOI)
    basis = Inbound("KEY", InboundKind.MESSAGE, chat, chat, text=text, message_id=message_id, sent_at=at)
    return replace(basis, **more)


MACHINE: dict[str, Any] = {"sender": SenderClass.MACHINE}
UNREADABLE: dict[str, Any] = {"kind": InboundKind.UNSUPPORTED}


def became(state: ReceiptState, reason: str = "") -> Receipt:
    return Receipt("KEY", state, ref="out-0001", message_id="out-0001", reason=reason)


SMSGATE_ROWS = [
    pytest.param("received", [said("Tôi muốn hỏi về hộ khẩu ạ", "6f00aa11")], id="a resident writes"),
    pytest.param(
        "received_old_app",
        [said("Toi hoi ve ho khau", "6f00aa13", sent_at=datetime(2026, 1, 2, 8, 0, tzinfo=HANOI))],
        id="an older app says phoneNumber only",
    ),
    pytest.param(
        "received_brand",
        [said("Goi cuoc cua ban sap het han", "6f00aa14", "VIETTEL", **MACHINE)],
        id="a brand, never answered",
    ),
    pytest.param(
        "received_short_code", [said("Ma OTP la 000000", "6f00aa15", "191", **MACHINE)], id="a service number"
    ),
    pytest.param("received_hotline", [said("Tong dai", "6f00aa1a", "19001234", **MACHINE)], id="a hotline"),
    pytest.param(
        "received_own_number", [said("vong lap", "6f00aa16", "+84901000111", **MACHINE)], id="our own SIM: a loop"
    ),
    pytest.param(
        "received_old_number",
        [said("so cu", "6f00aa17", "+84381234567", sent_at=None)],
        id="a number of before 2018, a time without a zone",
    ),
    pytest.param("received_empty", [said("", "6f00aa18", **UNREADABLE)], id="an empty SMS"),
    pytest.param(
        "mms", [said("Ảnh hố ga", "6f00aa19", **UNREADABLE)], id="a picture message, of which only the subject comes"
    ),
    pytest.param("sent", [became(ReceiptState.SENT)], id="sent, in three parts"),
    pytest.param("delivered", [became(ReceiptState.DELIVERED)], id="delivered"),
    pytest.param("failed", [became(ReceiptState.FAILED, "RESULT_ERROR_NO_SERVICE")], id="failed"),
    pytest.param("cancelled", [became(ReceiptState.FAILED, "cancelled")], id="cancelled on the phone"),
    pytest.param("ping", [], id="a sign of life"),
    pytest.param(
        "wrong_types", [said("7", "12", "unknown", sent_at=None, **MACHINE)], id="every field of a wrong type"
    ),
]


@pytest.mark.parametrize(("file", "expected"), SMSGATE_ROWS)
async def test_the_phone_brings(
    file: str, expected: list[Any], deliver: Any, delivery: Any, nothing_secret_logged: Any
) -> None:
    channel = smsgate()
    body = (PAYLOADS / f"smsgate_{file}.json").read_bytes()
    result = await deliver(channel, delivery(signed(body), body))
    assert [replace(event, event_id="KEY") for event in result.without_raw()] == expected
    assert result.answer.status == 200
    json.dumps([event.raw for event in result.events])

    again = await deliver(
        channel, delivery({key.lower(): value for key, value in signed(body, NOW + 60).items()}, body)
    )
    assert [event.event_id for event in again.events] == [event.event_id for event in result.events]

    changed = body.replace(b'"event"', b'"evenT"')
    forged = [
        delivery({}, body),
        delivery(signed(body), changed),
        delivery(signed(body, key="testkey2"), body),
        delivery(signed(body, NOW - 301), body),
        delivery(signed(body, NOW + 301), body),
        delivery({**signed(body), "X-Timestamp": "²"}, body),
        delivery({**signed(body), "X-Timestamp": ""}, body),
        delivery({**signed(body), "X-Signature": "ñ\udcff"}, body),
    ]
    for attempt in forged:
        refused = await deliver(channel, attempt)
        assert (refused.answer.status, refused.events, refused.kept_unread) == (401, [], [])
    nothing_secret_logged(KEY, PASSWORD)
    await channel.close()


def test_the_signature_of_the_vector() -> None:
    body = (
        '{"deviceId":"d","event":"sms:received","id":"e","payload":{"message":"Xin chào ạ"},"webhookId":"w"}'
    ).encode()
    mac = "a43cee29a63472ab4688392fbd5712d842b178e5bbfe23c02c34524ff367db94"
    smsgate().verify({"X-Timestamp": "1795284023", "X-Signature": mac}, body, {}, False)
    with pytest.raises(Unverified):
        smsgate().verify({"X-Timestamp": "1795284023", "X-Signature": mac.replace("a", "b", 1)}, body, {}, False)


async def event_ids(channel: Sms, *files: str) -> list[str]:
    found = []
    for file in files:
        body = (PAYLOADS / f"smsgate_{file}.json").read_bytes()
        found += [event.event_id for event in channel.parse({}, body, {}, False)]
    return found


async def test_one_message_in_two_envelopes_is_one_and_the_same_words_later_are_another() -> None:
    first, twice, later = await event_ids(
        smsgate(), "received", "received_again_new_envelope", "received_same_words_later"
    )
    assert first == twice
    assert first != later


async def test_reports_of_several_parts_are_one_and_of_several_states_are_not() -> None:
    ids = await event_ids(smsgate(), "sent", "delivered", "delivered", "failed")
    assert len(set(ids)) == 3


AT = datetime.fromtimestamp(NOW, UTC)


def mo(text: str, digit: str, chat: str = RESIDENT, **more: Any) -> Inbound:
    message_id = f"3b0c1f6e-0000-4000-8000-00000000000{digit}"
    basis = Inbound(f"mo:{message_id}", InboundKind.MESSAGE, chat, chat, text=text, message_id=message_id, sent_at=AT)
    return replace(basis, **more)


def report(state: ReceiptState, bits: int, reason: str = "") -> Receipt:
    return Receipt(f"dlr:out-0001:{bits}", state, ref="out-0001", message_id="out-0001", reason=reason)


KANNEL_ROWS = [
    pytest.param(
        "post", [mo("Xin chào,  tôi hỏi & hỏi +1%\nvề hộ khẩu ạ 😀", "a")], id="by POST, inner spaces and signs kept"
    ),
    pytest.param("get", [mo("Xin chào, tôi hỏi về hộ khẩu ạ", "a")], id="by GET"),
    pytest.param("post_long", [mo("ạ" * 1500, "b")], id="1,500 letters"),
    pytest.param("brand", [mo("Khuyen mai", "c", "VIETTEL", **MACHINE)], id="a brand, never answered"),
    pytest.param("foreign_prefix", [mo("so viet kieu 00", "d")], id="written with 0084"),
    pytest.param("own_sender", [mo("vong lap", "e", "0901000222", **MACHINE)], id="our own SIM: a loop"),
    pytest.param("without_id", [mo("thieu ma", "", event_id="HASH", message_id="")], id="a post-url without %I"),
    pytest.param("empty", [mo("", "f", **UNREADABLE)], id="an empty SMS"),
    pytest.param("report_accepted", [report(ReceiptState.SENT, 8, "ACK/")], id="the network took it"),
    pytest.param("report_buffered", [report(ReceiptState.SENT, 4)], id="the handset is off"),
    pytest.param("report_delivered", [report(ReceiptState.DELIVERED, 1)], id="delivered"),
    pytest.param("report_failed", [report(ReceiptState.FAILED, 2)], id="failed"),
    pytest.param("report_rejected", [report(ReceiptState.FAILED, 16, "NACK/no SMSC")], id="rejected"),
    pytest.param("report_expired", [report(ReceiptState.FAILED, 34)], id="expired, which is failed with another bit"),
    pytest.param("report_nothing", [], id="a report that says nothing"),
]


@pytest.mark.parametrize(("file", "expected"), KANNEL_ROWS)
async def test_kannel_brings(
    file: str, expected: list[Any], deliver: Any, delivery: Any, nothing_secret_logged: Any
) -> None:
    channel = kannel()
    request = json.loads((PAYLOADS / f"kannel_{file}.json").read_text())
    body, query, status = request["body"].encode(), request["query"], request.get("status", False)

    async def bring(proof: dict[str, str], query: dict[str, str]) -> Any:
        return await deliver(channel, delivery({**request["headers"], **proof}, body, query, status))

    result = await bring(basic(), query)
    found = result.without_raw()
    if file == "without_id":
        found = [replace(event, event_id="HASH") for event in found]
    assert found == expected
    assert (result.answer.status, result.answer.body) == (200, b"")

    by_token = await bring({}, {**query, "token": HOOK})
    assert [event.event_id for event in by_token.events] == [event.event_id for event in result.events]
    assert HOOK not in json.dumps([event.raw for event in by_token.events])

    for proof, asked in (
        ({}, query),
        (basic("wrong"), query),
        (basic(user="someone"), query),
        ({"Authorization": "Basic %%%"}, query),
        ({"Authorization": f"Bearer {HOOK}"}, query),
        ({}, {**query, "token": ""}),
        ({}, {**query, "mark": "0" * 32}),
    ):
        refused = await bring(proof, asked)
        assert (refused.answer.status, refused.events, refused.kept_unread) == (401, [], [])
    nothing_secret_logged(HOOK, PASSWORD)
    await channel.close()


@pytest.mark.parametrize(
    ("query", "headers", "body", "status"),
    [
        pytest.param({"id": "x"}, {}, b"words", False, id="a message from nobody"),
        pytest.param({"ref": "out-0001"}, {}, b"", True, id="a report without its state"),
        pytest.param({"st": "1"}, {}, b"", True, id="a report about nothing"),
        pytest.param({"ref": "out-0001", "st": "-1"}, {}, b"", True, id="a state that is no number"),
    ],
)
async def test_requests_of_kannel_that_cannot_be_read(
    *, query: dict[str, str], headers: dict[str, str], body: bytes, status: bool, deliver: Any, delivery: Any
) -> None:
    result = await deliver(kannel(), delivery({**headers, **basic()}, body, query, status))
    assert (result.answer.status, result.events) == (400, [])


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        pytest.param("text/plain; charset=UTF-16BE", "Hộ khẩu".encode("utf-16-be"), id="UCS-2 without mo-recode"),
        pytest.param("text/plain; charset=martian", "Hộ khẩu".encode(), id="a charset nobody knows"),
        pytest.param("", "Hộ khẩu".encode(), id="no charset"),
    ],
)
def test_charsets(content_type: str, body: bytes) -> None:
    (event,) = kannel().parse({"Content-Type": content_type}, body, {"from": RESIDENT, "id": "1"}, False)
    assert isinstance(event, Inbound)
    assert event.text == "Hộ khẩu"
