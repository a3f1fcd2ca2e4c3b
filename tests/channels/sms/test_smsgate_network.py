"""SMS against the emulated phone app, over real HTTP both ways."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from channels.contract import InboundKind, Outbound, Receipt, ReceiptState, SenderClass
from channels.errors import Throttled, Unauthorised, Unreachable
from channels.sms.adapter import Sms, build
from channels.sms.smsgate import Settings as SmsGateSettings
from sandbox.server import Sandbox

MAI = "+84912345678"
SMS = "smsgate"
SENT, DELIVERED, FAILED = ReceiptState.SENT, ReceiptState.DELIVERED, ReceiptState.FAILED


@pytest.fixture
async def channel(networks: Sandbox, nothing_secret_logged: Any) -> AsyncIterator[Sms]:
    line = networks.networks_line()[SMS]
    made = build(SmsGateSettings(name="sms", gateway="smsgate", **line))
    yield made
    await made.close()
    nothing_secret_logged(line["password"], line["signing_key"])


async def receipts(opened: Any, count: int) -> list[Receipt]:
    found = [await opened.next() for _ in range(count)]
    assert all(isinstance(event, Receipt) for event in found)
    return found


async def test_a_day_with_the_phone(channel: Sms, networks: Sandbox, door: Any) -> None:
    opened = await door(channel)
    await channel.prepare(opened.url)
    await channel.prepare(opened.url)
    assert await channel.whoami() == "SMSGate at 127.0.0.1, 5 webhooks"

    await networks.say(SMS, sender="0912345678", text="Tôi hỏi <hộ khẩu> & đất đai ạ")
    asked = await opened.next()
    assert (asked.chat, asked.text, asked.sender) == (MAI, "Tôi hỏi <hộ khẩu> & đất đai ạ", SenderClass.PERSON)

    sent = await channel.send(Outbound("out-1", MAI, text="Mời bà đến bộ phận Một cửa. " * 10))
    (seen,) = networks.seen(SMS, MAI)
    assert seen.text.startswith("Moi ba den bo phan Mot cua.")
    assert sent.message_ids == ("out-1",)
    # Two parts: one report of sending, two of delivery, and these count once.
    told = await receipts(opened, 3)
    assert {receipt.ref for receipt in told} == {"out-1"}
    assert {receipt.state for receipt in told} == {SENT, DELIVERED}
    assert len({receipt.event_id for receipt in told}) == 2


async def test_what_else_a_phone_receives(channel: Sms, networks: Sandbox, door: Any) -> None:
    opened = await door(channel)
    await channel.prepare(opened.url)
    await networks.say(SMS, sender="VIETTEL", text="Goi cuoc cua ban sap het han")
    brand = await opened.next()
    assert (brand.chat, brand.sender) == ("VIETTEL", SenderClass.MACHINE)
    await networks.say(SMS, sender=MAI, text="Hố ga", photo=True)
    picture = await opened.next()
    assert (picture.kind, picture.text, picture.chat) == (InboundKind.UNSUPPORTED, "Hố ga", MAI)
    await networks.say(SMS, sender=MAI, text="ok")
    await networks.say(SMS, sender=MAI, text="ok")
    first, second = await opened.next(), await opened.next()
    assert (first.text, second.text) == ("ok", "ok")
    assert first.event_id != second.event_id


async def test_a_busy_house_is_asked_again(channel: Sms, networks: Sandbox, door: Any) -> None:
    opened = await door(channel)
    await channel.prepare(opened.url)
    opened.busy = 1
    await networks.say(SMS, sender=MAI, text="còn ai không ạ")
    assert (await opened.next()).text == "còn ai không ạ"
    assert opened.outcomes == ["busy", "accepted"]


async def test_a_phone_out_of_reach_is_reported_as_failed(channel: Sms, networks: Sandbox, door: Any) -> None:
    opened = await door(channel)
    await channel.prepare(opened.url)
    networks.fault(SMS, "blocked", chat=MAI)
    await channel.send(Outbound("out-2", MAI, text="x"))
    (receipt,) = await receipts(opened, 1)
    assert (receipt.state, receipt.ref) == (FAILED, "out-2")
    assert "RESULT_ERROR" in receipt.reason


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        pytest.param({"kind": "429", "retry_after": 3}, Throttled, id="too fast"),
        pytest.param({"kind": "500", "times": 1}, Unreachable, id="an error of the app"),
        pytest.param({"kind": "down", "times": 1}, Unreachable, id="away"),
        pytest.param({"kind": "drop-answer", "times": 1}, Unreachable, id="the answer is lost"),
    ],
)
async def test_faults(*, fault: dict[str, Any], error: type[Exception], channel: Sms, networks: Sandbox) -> None:
    networks.fault(SMS, **fault)
    with pytest.raises(error) as caught:
        await channel.send(Outbound("out-3", MAI, text="y"))
    assert type(caught.value) is error
    networks.fault(SMS, "clear")
    assert (await channel.send(Outbound("out-3", MAI, text="y"))).message_ids == ("out-3",)
    # Sent once even when the first answer was lost: the phone knows our reference.
    await networks.until(SMS, MAI, lambda message: message.id == "out-3")
    assert len(networks.seen(SMS, MAI)) == 1


async def test_replies_go_out_in_the_order_they_were_given(channel: Sms, networks: Sandbox) -> None:
    await channel.prepare("")
    for number in range(5):
        await channel.send(Outbound(f"out-{number}", MAI, text=f"tin {number}"))
    await networks.until(SMS, MAI, lambda message: message.id == "out-4")
    assert [message.text for message in networks.seen(SMS, MAI)] == [f"tin {number}" for number in range(5)]


async def test_a_wrong_password(networks: Sandbox) -> None:
    line = networks.networks_line()[SMS] | {"password": "made-up-and-wrong"}
    channel = build(SmsGateSettings(name="sms", gateway="smsgate", **line))
    with pytest.raises(Unauthorised):
        await channel.whoami()
    with pytest.raises(Unauthorised):
        await channel.send(Outbound("out-4", MAI, text="x"))
    await channel.close()
