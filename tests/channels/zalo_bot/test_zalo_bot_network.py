"""Zalo Bot against the emulated platform, over real HTTP both ways."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any

import pytest

from channels.contract import AttachmentKind, Inbound, InboundKind, Outbound, OutboundFile
from channels.errors import QuotaSpent, Refused, Unauthorised, Uncertain, Unreachable
from channels.zalo_bot.adapter import ZaloBot, build
from channels.zalo_bot.settings import Settings
from sandbox.server import Sandbox

HOA = "9c0d4f2a7b8e1356c4d0"
ZALO = "zalo_bot"


@pytest.fixture
async def bot(networks: Sandbox, nothing_secret_logged: Any) -> AsyncIterator[ZaloBot]:
    line = networks.networks_line()[ZALO]
    made = build(Settings(name="zalo", token=line["token"], api_url=line["api_url"]))
    yield made
    await made.close()
    assert made.client.trace.exchanges
    nothing_secret_logged(line["token"], made._secret)


async def hears(bot: ZaloBot, count: int) -> list[Inbound]:
    """The next `count` events by polling."""
    found: list[Any] = []
    async with asyncio.timeout(10), aclosing(bot.poll()) as batches:
        async for batch in batches:
            found += batch
            if len(found) >= count:
                return found
    return found


async def test_a_day_by_polling(bot: ZaloBot, networks: Sandbox) -> None:
    assert "bot.toHoTroSandbox" in await bot.whoami()
    await bot.prepare("")
    await networks.say(ZALO, sender=HOA, name="Nguyễn Thị Hoa", text="Cho tôi hỏi thủ tục khai sinh")
    await networks.say(ZALO, sender=HOA, text="Ảnh giấy cũ", photo=True)
    await networks.say(ZALO, sender=HOA, voice=True)
    await networks.say(ZALO, sender=HOA, document=True)
    text, photo, voice, document = await hears(bot, 4)
    assert (text.text, text.name, text.chat) == ("Cho tôi hỏi thủ tục khai sinh", "Nguyễn Thị Hoa", HOA)
    assert (photo.text, photo.attachments[0].kind) == ("Ảnh giấy cũ", AttachmentKind.PHOTO)
    assert (await bot.fetch(photo.attachments[0])).mime == "image/jpeg"
    assert (await bot.fetch(voice.attachments[0])).mime == "audio/aac"
    assert document.kind is InboundKind.UNSUPPORTED

    sent = await bot.send(Outbound("r1", HOA, text="Mời ông/bà đến bộ phận Một cửa."))
    (seen,) = networks.seen(ZALO, HOA)
    assert (seen.id, seen.text) == (sent.message_ids[0], "Mời ông/bà đến bộ phận Một cửa.")
    # The picture it just sent stands in for one of ours at a public address.
    paper = OutboundFile(AttachmentKind.PHOTO, url=photo.attachments[0].ref)
    await bot.send(Outbound("r2", HOA, text="Mẫu tờ khai", attachments=(paper,)))
    shown = networks.seen(ZALO, HOA)[-1]
    assert (shown.text, shown.attachments[0]["kind"]) == ("Mẫu tờ khai", "photo")
    assert "broken" not in shown.attachments[0]


async def test_a_day_by_webhook(bot: ZaloBot, networks: Sandbox, door: Any) -> None:
    opened = await door(bot)
    await bot.prepare(opened.url)
    assert opened.outcomes == ["probe"]
    await networks.say(ZALO, sender=HOA, text="một")
    assert (await opened.next()).text == "một"
    networks.fault(ZALO, "wrapped", times=1)
    await networks.say(ZALO, sender=HOA, text="hai")
    assert (await opened.next()).text == "hai"

    opened.busy = 2
    await networks.say(ZALO, sender=HOA, text="ba")
    assert (await opened.next()).text == "ba"
    assert opened.outcomes == ["probe", "accepted", "accepted", "busy", "busy", "accepted"]

    await bot.prepare(opened.url)
    assert [call["method"] for call in networks.calls(ZALO)].count("setWebhook") == 1
    await networks.say(ZALO, sender=HOA, text="bốn", chat="nhóm tổ 4")
    group = await opened.next()
    assert (group.group, group.chat) == (True, "nhóm tổ 4")


async def test_a_forgotten_webhook_does_not_silence_polling(
    bot: ZaloBot, networks: Sandbox, door: Any, caplog: pytest.LogCaptureFixture
) -> None:
    opened = await door(bot)
    opened.busy = 1000
    await bot.prepare(opened.url)
    await networks.say(ZALO, sender=HOA, text="có ai không")
    assert [event.text for event in await hears(bot, 1)] == ["có ai không"]
    assert [call["method"] for call in networks.calls(ZALO)].count("deleteWebhook") == 1
    assert "removing the webhook" in caplog.text


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        pytest.param({"kind": "429"}, QuotaSpent, id="the month is used up"),
        pytest.param({"kind": "500", "times": 1}, Unreachable, id="an error of theirs"),
        pytest.param({"kind": "down", "times": 1}, Unreachable, id="away"),
        pytest.param({"kind": "drop-answer", "times": 1}, Uncertain, id="the answer is lost"),
        pytest.param({"kind": "blocked", "chat": HOA}, Refused, id="blocked"),
    ],
)
async def test_faults(*, fault: dict[str, Any], error: type[Exception], bot: ZaloBot, networks: Sandbox) -> None:
    await networks.say(ZALO, sender=HOA, text="x")
    networks.fault(ZALO, **fault)
    with pytest.raises(error) as caught:
        await bot.send(Outbound("r", HOA, text="y"))
    assert type(caught.value) is error
    networks.fault(ZALO, "clear")
    await bot.send(Outbound("r", HOA, text="y"))
    # Only when the answer was lost is it there twice.
    assert len(networks.seen(ZALO, HOA)) == (2 if error is Uncertain else 1)


async def test_strangers_and_wrong_tokens(bot: ZaloBot, networks: Sandbox) -> None:
    with pytest.raises(Refused):
        await bot.send(Outbound("r", "nobody-wrote-from-here", text="x"))
    other = build(Settings(name="zalo", token="1:wrong", api_url=networks.networks_line()[ZALO]["api_url"]))
    with pytest.raises(Unauthorised):
        await other.prepare("")
    await other.close()
