"""SMS, outward: rows of messages and of answers, over real HTTP to stand-ins for the phone and for Kannel."""

import base64
import json
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from channels.contract import (
    Attachment,
    AttachmentKind,
    Button,
    Outbound,
    OutboundFile,
    OutboundKind,
    Receipt,
    ReceiptState,
)
from channels.errors import Refused, SendError, Throttled, Unauthorised, Uncertain, Unreachable
from channels.sms.adapter import Sms, build
from channels.sms.gateway import wire_ref
from channels.sms.kannel import Settings as KannelSettings
from channels.sms.render import texts_of
from channels.sms.smsgate import Settings as SmsGateSettings
from channels.text import plain, sms_parts

KEY, PASSWORD, HOOK = "testkey1", "made-up-password", "made-up-hook-password"
RESIDENT = "+84912345678"
ADDRESS = "https://ward.example/webhooks/bnt/sms"


def smsgate(url: str, **more: Any) -> Sms:
    return build(
        SmsGateSettings(
            name="sms", gateway="smsgate", api_url=url + "/3rdparty/v1", username="ward", password=PASSWORD,
            signing_key=KEY, own_numbers=("0901000111",), **more,
        )
    )  # fmt: skip


def kannel(url: str, **more: Any) -> Sms:
    return build(
        KannelSettings(
            name="sms", gateway="kannel", api_url=url, username="ward", password=PASSWORD, sender="8088",
            webhook_password=HOOK, **more,
        )
    )  # fmt: skip


def message(text: str = "Hồ sơ đã tiếp nhận ạ", **more: Any) -> Outbound:
    return Outbound(**{"ref": "out-0001", "chat": RESIDENT, "text": text} | more)


PENDING = {"id": "out-0001", "state": "Pending", "recipients": []}


async def test_the_phone_gets_our_reference_one_recipient_and_its_password(
    stand_in: Any, reply: Any, nothing_secret_logged: Any
) -> None:
    channel = smsgate(stand_in.url, sim=2, device_id="dev1")
    stand_in.will(reply(status=202, body=PENDING))
    sent = await channel.send(message(buttons=((Button("Nhận", "/nhan"),),)))
    assert sent.message_ids == ("out-0001",)
    (request,) = stand_in.requests
    assert (request.method, request.path) == ("POST", "/3rdparty/v1/messages?skipPhoneValidation=true")
    assert request.headers["Authorization"] == "Basic " + base64.b64encode(f"ward:{PASSWORD}".encode()).decode()
    assert request.json() == {
        "id": "out-0001",
        "textMessage": {"text": "Ho so da tiep nhan a\n1. Nhan"},
        "phoneNumbers": [RESIDENT],
        "withDeliveryReport": True,
        "ttl": 86400,
        "simNumber": 2,
        "deviceId": "dev1",
    }
    nothing_secret_logged(PASSWORD, KEY)
    await channel.close()


async def test_marks_are_kept_where_the_office_wants_them(stand_in: Any, reply: Any) -> None:
    channel = smsgate(stand_in.url, diacritics=True)
    stand_in.will(reply(status=202, body=PENDING))
    await channel.send(message())
    assert stand_in.requests[0].json()["textMessage"] == {"text": "Hồ sơ đã tiếp nhận ạ"}
    await channel.close()


REFUSED_HERE = [
    pytest.param({"chat": "VIETTEL"}, id="to a brand"),
    pytest.param({"chat": "191"}, id="to a service number"),
    pytest.param({"chat": "19001234"}, id="to a hotline"),
    pytest.param({"chat": "02583822222"}, id="to a landline"),
    pytest.param({"chat": "0901000111"}, id="to ourselves"),
    pytest.param({"text": ""}, id="nothing"),
    pytest.param({"text": " \n"}, id="white space"),
    pytest.param({"text": "a" * (4 * 918 + 1)}, id="more than four messages of six parts, plain"),
    pytest.param({"text": "😀" + "a" * (4 * 402)}, id="more than four messages, because of an emoji"),
    pytest.param({"kind": OutboundKind.EDIT, "message_id": "1"}, id="an edit"),
    pytest.param({"attachments": (OutboundFile(AttachmentKind.PHOTO, url="https://a.example/1"),)}, id="a picture"),
]


@pytest.mark.parametrize(
    ("words", "most"),
    [
        pytest.param("Mời ông bà tới quầy số 9. " * 60, 918, id="GSM-7, cut at sentences"),
        pytest.param("không dấu cách" + "a" * 1500, 918, id="one endless word"),
        pytest.param("Mang theo giấy tờ 😀. " * 60, 402, id="an emoji makes every part dearer"),
    ],
)
def test_a_long_text_is_several_messages_and_loses_nothing(words: str, most: int) -> None:
    texts = texts_of(Outbound(ref="r", chat="+84912000001", text=words), 6, diacritics=False)
    assert len(texts) > 1
    assert all(sms_parts(text).count <= 6 for text in texts)
    assert all(len(text) <= most for text in texts)
    assert "".join("".join(texts).split()) == "".join(plain(words).split())


@pytest.mark.parametrize("changes", REFUSED_HERE)
@pytest.mark.parametrize("make", [smsgate, kannel])
async def test_what_must_not_or_cannot_go_out_is_refused_before_the_gateway(
    *, changes: dict[str, Any], make: Any, stand_in: Any
) -> None:
    channel = make(stand_in.url) if make is smsgate else kannel(stand_in.url, own_numbers=("0901000111",))
    with pytest.raises(Refused) as caught:
        await channel.send(message(**changes))
    assert stand_in.requests == []
    assert not re.search(r"\d{7}", str(caught.value))
    await channel.close()


async def test_the_longest_text_that_fits_goes_out_and_a_press_needs_nothing(stand_in: Any, reply: Any) -> None:
    channel = smsgate(stand_in.url)
    stand_in.will(reply(status=202, body=PENDING))
    await channel.send(message("ạ" * 918))
    assert (await channel.send(message(kind=OutboundKind.ANSWER_PRESS))).message_ids == ()
    assert len(stand_in.requests) == 1
    await channel.close()


PHONE_ANSWERS = [
    pytest.param({"status": 202, "body": PENDING}, None, id="taken"),
    pytest.param({"status": 409, "body": {"message": "duplicate id"}}, None, id="taken before: the second try of one"),
    pytest.param({"status": 401, "body": {"message": "Unauthorized"}}, Unauthorised, id="a wrong password"),
    pytest.param({"status": 400, "body": {"message": f"invalid {RESIDENT}"}}, Refused, id="not understood"),
    pytest.param({"status": 404, "body": "<html>"}, Refused, id="a wrong address"),
    pytest.param({"status": 429, "headers": {"Retry-After": "9"}}, Throttled, id="too fast"),
    pytest.param({"status": 503, "body": {"message": "queue"}}, Unreachable, id="the phone's queue is full"),
    pytest.param({"status": 502, "body": "<html>"}, Unreachable, id="a proxy"),
    pytest.param({"status": 302, "headers": {"Location": "/login"}}, Unreachable, id="sent elsewhere"),
    pytest.param({"cut": True}, Unreachable, id="the answer is lost, and a second try is safe"),
]


@pytest.mark.parametrize(("answer", "error"), PHONE_ANSWERS)
async def test_answers_of_the_phone(
    *,
    answer: dict[str, Any],
    error: type[SendError] | None,
    stand_in: Any,
    reply: Any,
    nothing_secret_logged: Any,
) -> None:
    channel = smsgate(stand_in.url)
    stand_in.will(reply(**answer))
    if error is None:
        assert (await channel.send(message())).message_ids == ("out-0001",)
    else:
        with pytest.raises(SendError) as caught:
            await channel.send(message())
        assert type(caught.value) is error
        assert not re.search(r"\d{7}|tiep nhan|made-up", str(caught.value))
    nothing_secret_logged(PASSWORD, KEY, RESIDENT, "tiep nhan")
    await channel.close()


EVENTS = ["sms:received", "mms:received", "sms:sent", "sms:delivered", "sms:failed"]


async def test_the_phone_is_told_its_webhooks_and_the_order_once(stand_in: Any, reply: Any) -> None:
    channel = smsgate(stand_in.url)
    created = reply(status=201, body={})
    stand_in.will(reply(body=[{"id": "other"}]), *[created] * 5, reply(body={}))
    await channel.prepare(ADDRESS)
    hooks = [request.json() for request in stand_in.requests if request.method == "POST"]
    assert [hook["event"] for hook in hooks] == EVENTS
    assert {hook["url"] for hook in hooks} == {ADDRESS}
    assert len({hook["id"] for hook in hooks}) == len(EVENTS)
    assert max(len(hook["id"]) for hook in hooks) <= 36
    order = stand_in.requests[-1]
    assert (order.method, order.path) == ("PATCH", "/3rdparty/v1/settings")
    assert order.json() == {"messages": {"processing_order": "FIFO"}}

    before = len(stand_in.requests)
    stand_in.will(reply(body=hooks), reply(status=405, body={"message": "old app"}))
    await channel.prepare(ADDRESS)
    assert [request.method for request in stand_in.requests[before:]] == ["GET", "PATCH"]

    stand_in.will(reply(body=hooks))
    assert await channel.whoami() == "SMSGate at 127.0.0.1, 5 webhooks"
    await channel.close()


async def test_phones_of_one_account_do_not_take_each_others_webhooks(stand_in: Any, reply: Any) -> None:
    ids: list[set[str]] = []
    for device in ("dev1", "dev2"):
        channel = smsgate(stand_in.url, device_id=device, callback_url="https://lan.example/sms")
        stand_in.will(reply(body=[]), *(reply(status=201, body={}) for _ in EVENTS), reply(body={}))
        await channel.prepare(ADDRESS)
        hooks = [request.json() for request in stand_in.requests[-1 - len(EVENTS) : -1]]
        assert {(hook["deviceId"], hook["url"]) for hook in hooks} == {(device, "https://lan.example/sms")}
        ids.append({hook["id"] for hook in hooks})
        await channel.close()
    assert not ids[0] & ids[1]


async def test_without_an_address_it_is_said_that_nothing_can_arrive(
    stand_in: Any, reply: Any, caplog: pytest.LogCaptureFixture
) -> None:
    for channel, answers in ((smsgate(stand_in.url), [reply(body={})]), (kannel(stand_in.url), [])):
        caplog.clear()
        stand_in.will(*answers)
        await channel.prepare("")
        assert "PUBLIC_URL" in caplog.text
        await channel.close()


# ------------------------------------------------------------------------------------------------------------ Kannel

TAKEN = {"status": 202, "body": "0: Accepted for delivery"}


async def test_kannel_gets_everything_but_the_words_in_headers(
    stand_in: Any, reply: Any, nothing_secret_logged: Any
) -> None:
    channel = kannel(stand_in.url, smsc="sim1")
    await channel.prepare(ADDRESS)
    stand_in.will(reply(**TAKEN))
    assert (await channel.send(message())).message_ids == ("out-0001",)
    (request,) = stand_in.requests
    assert (request.method, request.path) == ("POST", "/cgi-bin/sendsms")
    assert request.body.decode() == "Ho so da tiep nhan a"
    headers = request.headers
    assert headers["Content-Type"] == "text/plain; charset=UTF-8"
    assert (headers["X-Kannel-Username"], headers["X-Kannel-Password"]) == ("ward", PASSWORD)
    assert (headers["X-Kannel-From"], headers["X-Kannel-To"]) == ("8088", RESIDENT)
    assert (headers["X-Kannel-Coding"], headers["X-Kannel-SMSC"], headers["X-Kannel-DLR-Mask"]) == ("0", "sim1", "31")
    assert "Authorization" not in headers
    nothing_secret_logged(PASSWORD, HOOK)
    await channel.close()


@pytest.mark.parametrize(
    ("text", "diacritics", "coding"),
    [
        pytest.param("Hồ sơ", False, "0", id="marks off: seven bits"),
        pytest.param("Hồ sơ", True, "2", id="marks on: UCS-2, or Kannel writes question marks"),
        pytest.param("Ho so {1} €", True, "0", id="what GSM-7 can write stays seven bits"),
        pytest.param("Hồ sơ 👍", False, "2", id="an emoji is never seven bits"),
    ],
)
async def test_kannel_is_told_the_coding(
    *, text: str, diacritics: bool, coding: str, stand_in: Any, reply: Any
) -> None:
    channel = kannel(stand_in.url, diacritics=diacritics)
    stand_in.will(reply(**TAKEN))
    await channel.send(message(text))
    assert stand_in.requests[0].headers["X-Kannel-Coding"] == coding
    assert "X-Kannel-DLR-Url" not in stand_in.requests[0].headers  # nobody said where reports could go
    await channel.close()


@pytest.mark.parametrize("ref", ["out-0001", "0198aaaa-0000-7000-8000-000000000001", "a b%d&c/ñ", "x" * 100])
async def test_a_report_comes_back_by_the_address_kannel_was_given(
    *, ref: str, stand_in: Any, reply: Any, deliver: Any, delivery: Any
) -> None:
    channel = kannel(stand_in.url, callback_url="http://127.0.0.1:18080/sms")
    stand_in.will(reply(**TAKEN))
    sent = await channel.send(message(ref=ref))
    address = stand_in.requests[0].headers["X-Kannel-DLR-Url"]
    assert HOOK not in address

    # As Kannel does: its escapes filled in, nothing else touched.
    escapes = {"%d": "1", "%F": "f1", "%A": "ACK%2F"}
    called = urlsplit(re.sub("|".join(escapes), lambda found: escapes[found[0]], address))
    query = {key: values[0] for key, values in parse_qs(called.query).items()}
    assert called.path == "/sms/status"
    result = await deliver(channel, delivery({}, b"", query, status=True))
    (receipt,) = result.events
    assert isinstance(receipt, Receipt)
    assert (receipt.state, receipt.ref, receipt.reason) == (ReceiptState.DELIVERED, wire_ref(ref), "ACK/")
    assert sent.message_ids == (receipt.message_id,)
    assert query["mark"] not in json.dumps(receipt.raw)

    other = await deliver(channel, delivery({}, b"", {**query, "ref": "another"}, status=True))
    assert (other.answer.status, other.events) == (401, [])
    not_a_report = await deliver(channel, delivery({}, b"", {**query, "from": RESIDENT, "text": "x"}))
    assert (not_a_report.answer.status, not_a_report.events) == (401, [])
    await channel.close()


KANNEL_ANSWERS = [
    pytest.param(TAKEN, None, id="taken"),
    pytest.param({"status": 202, "body": "3: Queued for later delivery"}, None, id="taken while the link is down"),
    pytest.param({"status": 403, "body": "Authorization failed for sendsms"}, Unauthorised, id="a wrong password"),
    pytest.param({"status": 403, "body": "Not routable. Do not try again."}, Refused, id="no way to that number"),
    pytest.param({"status": 400, "body": "Sender missing and no global set, rejected"}, Refused, id="not understood"),
    pytest.param({"status": 404, "body": "Unknown request."}, Refused, id="a wrong address"),
    pytest.param({"status": 503, "body": "Temporal failure, try again later."}, Unreachable, id="later"),
    pytest.param({"status": 200, "body": "<html>welcome</html>"}, Unreachable, id="another server"),
    pytest.param({"status": 504}, Uncertain, id="a proxy lost it"),
    pytest.param({"cut": True}, Uncertain, id="the answer is lost, and a second try could send twice"),
]


@pytest.mark.parametrize(("answer", "error"), KANNEL_ANSWERS)
async def test_answers_of_kannel(
    *,
    answer: dict[str, Any],
    error: type[SendError] | None,
    stand_in: Any,
    reply: Any,
    nothing_secret_logged: Any,
) -> None:
    channel = kannel(stand_in.url)
    stand_in.will(reply(**answer))
    if error is None:
        await channel.send(message())
    else:
        with pytest.raises(SendError) as caught:
            await channel.send(message())
        assert type(caught.value) is error
    nothing_secret_logged(PASSWORD, HOOK, RESIDENT, "tiep nhan")
    await channel.close()


async def test_kannel_is_asked_whether_the_password_is_good(stand_in: Any, reply: Any) -> None:
    channel = kannel(stand_in.url)
    stand_in.will(reply(status=400, body="Missing receiver number, rejected"))
    assert await channel.whoami() == "Kannel at 127.0.0.1, sending as 8088"
    assert "X-Kannel-To" not in stand_in.requests[0].headers
    stand_in.will(reply(status=403, body="Authorization failed for sendsms"))
    with pytest.raises(Unauthorised):
        await channel.whoami()
    await channel.close()


async def test_a_gateway_that_is_not_there(nobody: str) -> None:
    for channel in (smsgate(nobody), kannel(nobody)):
        with pytest.raises(Unreachable) as caught:
            await channel.send(message())
        assert not isinstance(caught.value, Uncertain)
        with pytest.raises(Refused):
            await channel.fetch(Attachment(AttachmentKind.PHOTO))
        assert [batch async for batch in channel.poll()] == []
        await channel.close()
