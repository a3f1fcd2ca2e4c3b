"""Is everything heard that people say and send on the emulated Telegram, by polling?"""

import asyncio
import logging
from contextlib import aclosing, suppress

import pytest
from aiogram.methods import GetUpdates

from channels import errors
from channels.contract import (
    Inbound,
    InboundKind,
    OutboundFile,
)
from channels.telegram.adapter import Telegram
from sandbox.server import Sandbox
from tests.channels.telegram.network.speaking import GROUP, NETWORK, RESIDENT, STAFF, SUPERGROUP, hear, message, to


async def test_what_people_say_is_heard_in_order(network: Sandbox, channel: Telegram) -> None:
    await network.say(NETWORK, sender=RESIDENT, name="Nguyễn Văn Mẫu", start="moi_AB12")
    said = await network.say(NETWORK, sender=RESIDENT, text="Tôi muốn làm giấy khai sinh")
    await network.say(NETWORK, sender=RESIDENT, edit=said["message_id"], text="Giấy khai sinh cho cháu")
    await network.say(NETWORK, sender=RESIDENT, location=True)
    await network.say(NETWORK, sender=RESIDENT, contact=True)
    first, second, changed, place, contact = await hear(channel, 5)
    assert (first.text, first.name, first.chat, first.user, first.group) == (
        "/start moi_AB12",
        "Nguyễn Văn Mẫu",
        str(RESIDENT),
        str(RESIDENT),
        False,
    )
    assert second.message_id == said["message_id"]
    assert (changed.kind, changed.message_id, changed.text) == (
        InboundKind.EDITED,
        second.message_id,
        "Giấy khai sinh cho cháu",
    )
    assert place.attachments[0].latitude == 12.2388
    assert contact.attachments[0].phone == "+84900000000"
    assert len({event.event_id for event in (first, second, changed, place, contact)}) == 5


@pytest.mark.parametrize(
    ("kind", "beginning", "name"),
    [
        ("photo", b"\xff\xd8\xff", ".jpg"),
        ("document", b"%PDF", "to-khai.pdf"),
        ("voice", b"OggS", ".oga"),
        ("video", b"", "video.mp4"),
        ("sticker", b"RIFF", ".webp"),
    ],
)
async def test_a_file_is_fetched_and_sent_on(
    network: Sandbox, channel: Telegram, kind: str, beginning: bytes, name: str
) -> None:
    await network.say(NETWORK, sender=RESIDENT, text="Đây ạ", **{kind: True})
    await network.say(NETWORK, sender=STAFF, text="Xin chào")
    (attachment,) = (await hear(channel, 2))[0].attachments
    assert attachment.kind == kind
    file = await channel.fetch(attachment)
    assert file.content.startswith(beginning)
    assert file.name.endswith(name)
    assert len(file.content) == attachment.size
    by_reference = OutboundFile(attachment.kind, ref=attachment.ref)
    by_bytes = OutboundFile(attachment.kind, file=file)
    await channel.send(message("Giấy của người dân", STAFF, attachments=(by_reference,)))
    await channel.send(message("Giấy của người dân", STAFF, attachments=(by_bytes,)))
    shown = [attachment["kind"] for one in network.seen(NETWORK, STAFF) for attachment in one.attachments]
    assert shown == [kind, kind]


async def test_parts_of_an_album_share_its_name(network: Sandbox, channel: Telegram) -> None:
    await network.say(NETWORK, sender=RESIDENT, album=3, text="Ba trang")
    parts = await hear(channel, 3)
    assert [part.text for part in parts] == ["Ba trang", "", ""]
    assert len({part.album for part in parts}) == 1
    assert parts[0].album


async def test_a_group_is_joined_spoken_in_and_moved(network: Sandbox, channel: Telegram) -> None:
    await network.say(NETWORK, sender=STAFF, chat=GROUP, text="/cho@to_ho_tro_sandbox_bot")
    await network.say(NETWORK, sender=STAFF, chat=GROUP, text="/cho@mot_bot_khac_bot")
    sent = await channel.send(message("Phiếu 1042", GROUP))
    await network.say(NETWORK, sender=STAFF, chat=GROUP, text="/xong", reply_to=sent.message_ids[0])
    await network.say(NETWORK, sender=STAFF, chat=GROUP, migrate_to=SUPERGROUP)
    joined, queue, done, moved = await hear(channel, 4)
    assert (joined.kind, joined.group, joined.chat) == (InboundKind.JOINED, True, str(GROUP))
    assert (queue.text, queue.group) == ("/cho", True)
    assert (done.text, done.reply_to) == ("/xong", sent.message_ids[0])
    assert (moved.kind, moved.chat, moved.text) == (InboundKind.MIGRATED, str(GROUP), str(SUPERGROUP))
    with pytest.raises(errors.ChatGone) as caught:
        await channel.send(message("Còn ai không?", GROUP))
    assert caught.value.moved_to == str(SUPERGROUP)


async def test_a_poll_that_was_given_up_loses_nothing(network: Sandbox, channel: Telegram) -> None:
    async with aclosing(channel.poll()) as batches:
        waiting = asyncio.ensure_future(anext(batches))
        while not any(call["method"] == "getUpdates" for call in network.calls(NETWORK)) and not waiting.done():
            await network.say(NETWORK, sender=RESIDENT, text="Một")
            await asyncio.wait([waiting], timeout=5)
        assert [event.text for event in await waiting if isinstance(event, Inbound)] == ["Một"]
    assert [event.text for event in await hear(channel)] == ["Một"], "not confirmed, so it comes again"


async def test_a_second_poller_is_complained_of_and_survived(
    network: Sandbox, channel: Telegram, caplog: pytest.LogCaptureFixture
) -> None:
    complained = asyncio.Event()

    class Ear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if "another program polls" in record.getMessage():
                complained.set()

    ear = Ear()
    logging.getLogger("channels.telegram").addHandler(ear)
    listening = asyncio.create_task(hear(channel))
    try:
        async with to(network) as second, asyncio.timeout(10):
            while not complained.is_set():
                with suppress(errors.Unreachable):
                    await second._ask(GetUpdates(timeout=0))
                await asyncio.wait([listening], timeout=0.05)
        await network.say(NETWORK, sender=RESIDENT, text="Còn đó không?")
        assert [event.text for event in await listening] == ["Còn đó không?"]
    finally:
        logging.getLogger("channels.telegram").removeHandler(ear)
        listening.cancel()
    assert network.networks_line()[NETWORK]["token"] not in caplog.text
