"""Do the adapter and the emulated Telegram understand each other, on good days and bad ones?"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiogram.methods import GetMyCommands, GetUpdates
from aiogram.types import BotCommandScopeChat
from aiohttp import ClientSession, web

from channels import errors
from channels.contract import (
    AttachmentKind,
    Button,
    Event,
    File,
    Inbound,
    InboundKind,
    Menu,
    Outbound,
    OutboundFile,
    OutboundKind,
)
from channels.telegram.adapter import Telegram
from channels.webhooks import receive
from sandbox import media
from sandbox.server import Sandbox, start
from tests.channels.telegram.scripted_telegram import channel_to

RESIDENT, STAFF = 700001, 700002
GROUP, SUPERGROUP = -9000001, -1009000000001
NETWORK = "telegram"


@pytest.fixture
async def network() -> AsyncIterator[Sandbox]:
    sandbox = await start(page=False)
    try:
        yield sandbox
    finally:
        await sandbox.stop()


def to(network: Sandbox, **settings: Any) -> Any:
    credentials = network.networks_line()[NETWORK]
    return channel_to(credentials["api_url"], token=credentials["token"], **settings)


@pytest.fixture
async def channel(network: Sandbox) -> AsyncIterator[Telegram]:
    async with to(network) as made:
        await made.prepare("")
        yield made


async def hear(channel: Telegram, count: int = 1) -> list[Inbound]:
    """The next `count` events, taken as a poller takes them."""
    heard: list[Event] = []
    async with asyncio.timeout(10), aclosing(channel.poll()) as batches:
        async for batch in batches:
            heard += batch
            if len(heard) >= count:
                break
    # Coming back for more is what confirms a batch; a test that listens again does not want the old ones.
    last = max(int(event.event_id.removeprefix("u")) for event in heard)
    await channel._ask(GetUpdates(offset=last + 1, timeout=0))
    return [event for event in heard if isinstance(event, Inbound)]


def message(text: str = "", chat: int = RESIDENT, **more: Any) -> Outbound:
    return Outbound(ref="r1", chat=str(chat), text=text, **more)


# ------------------------------------------------------------------------------------------------------------ inward


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


# ----------------------------------------------------------------------------------------------------------- webhook


@dataclass
class Office:
    """A web server that gives what it gets to its channel."""

    url: str = ""
    events: asyncio.Queue[Event] = field(default_factory=asyncio.Queue)
    turned_away: asyncio.Event = field(default_factory=asyncio.Event)


@asynccontextmanager
async def office(channel: Telegram) -> AsyncIterator[Office]:
    made = Office()

    async def accept(batch: list[Event]) -> None:
        for event in batch:
            made.events.put_nowait(event)

    async def hook(request: web.Request) -> web.Response:
        answer = await receive(channel, request.headers, await request.read(), request.query, False, accept)
        if answer.outcome == "unverified":
            made.turned_away.set()
        return web.Response(status=answer.status)

    app = web.Application()
    app.router.add_post("/webhooks/o/telegram", hook)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        made.url = f"http://127.0.0.1:{runner.addresses[0][1]}/webhooks/o/telegram"
        yield made
    finally:
        await runner.cleanup()


async def test_a_webhook_with_its_secret(network: Sandbox) -> None:
    async with to(network, mode="webhook") as channel, office(channel) as desk, asyncio.timeout(10):
        await channel.prepare(desk.url)
        await network.say(NETWORK, sender=RESIDENT, text="Xin chào")
        event = await desk.events.get()
        assert isinstance(event, Inbound)
        assert event.text == "Xin chào"
        forged = {"update_id": 1, "message": event.raw["message"]}
        async with ClientSession() as stranger:
            for headers in ({}, {"X-Telegram-Bot-Api-Secret-Token": "wrong-ờ"}):
                async with stranger.post(desk.url, json=forged, headers=headers) as answer:
                    assert answer.status == 401
        assert desk.events.empty()
        before = len(network.calls(NETWORK))
        await channel.prepare(desk.url)
        assert [call["method"] for call in network.calls(NETWORK)][before:] == ["getMe", "getWebhookInfo"]


async def test_a_changed_secret_is_told_to_telegram_and_nothing_is_lost(network: Sandbox) -> None:
    async with to(network, mode="webhook", secret="new_one") as channel, office(channel) as desk, asyncio.timeout(10):
        async with to(network, mode="webhook", secret="old_one") as before:
            await before.prepare(desk.url)
        await network.say(NETWORK, sender=RESIDENT, text="Xin chào")
        # The second refusal tells that Telegram has taken note of the first.
        for _ in range(2):
            await desk.turned_away.wait()
            desk.turned_away.clear()
        await channel.prepare(desk.url)
        event = await desk.events.get()
    assert isinstance(event, Inbound)
    assert event.text == "Xin chào"


async def test_back_from_webhook_to_polling(network: Sandbox) -> None:
    async with to(network, mode="webhook") as hooked:
        await hooked.prepare("http://127.0.0.1:1/webhooks/o/telegram")
        await network.say(NETWORK, sender=RESIDENT, text="Có ai không?")
    async with to(network) as polling:
        await polling.prepare("")
        assert [event.text for event in await hear(polling)] == ["Có ai không?"]


# ----------------------------------------------------------------------------------------------------------- outward

CLAIM = ((Button("Nhận", "/nhan 1042"),),)


@pytest.fixture
async def known(network: Sandbox, channel: Telegram) -> Telegram:
    """A channel to which the resident, the member of staff and the group have spoken."""
    await network.say(NETWORK, sender=RESIDENT, text="Xin chào")
    await network.say(NETWORK, sender=STAFF, chat=GROUP, text="Xin chào")
    await hear(channel, 3)
    return channel


async def test_a_card_is_shown_pressed_answered_and_changed(network: Sandbox, known: Telegram) -> None:
    (card,) = (await known.send(message("Phiếu 1042 <b>mới</b>", GROUP, buttons=CLAIM))).message_ids
    (shown,) = network.seen(NETWORK, GROUP)
    assert (shown.id, shown.text, shown.buttons) == (card, "Phiếu 1042 <b>mới</b>", ["Nhận"])
    await network.say(NETWORK, sender=STAFF, chat=GROUP, press="Nhận")
    (press,) = await hear(known)
    assert (press.kind, press.text, press.message_id, press.user) == (
        InboundKind.PRESSED,
        "/nhan 1042",
        card,
        str(STAFF),
    )
    answer = Outbound(
        ref="r2", chat=str(GROUP), kind=OutboundKind.ANSWER_PRESS, press_id=press.press_id, text="Đã nhận"
    )
    assert (await known.send(answer)).message_ids == ()
    assert network.networks[NETWORK].toasts[-1]["text"] == "Đã nhận"
    edit = message("Phiếu 1042 đã có người nhận", GROUP, kind=OutboundKind.EDIT, message_id=card)
    assert (await known.send(edit)).message_ids == (card,)
    (shown,) = network.seen(NETWORK, GROUP)
    assert (shown.text, shown.buttons, shown.edited) == ("Phiếu 1042 đã có người nhận", [], True)
    with pytest.raises(errors.NothingToChange):
        await known.send(edit)


@pytest.mark.parametrize(
    "outbound",
    [
        pytest.param(Outbound("r", str(GROUP), OutboundKind.EDIT, "x", message_id="999"), id="an edit of nothing"),
        pytest.param(Outbound("r", str(GROUP), OutboundKind.ANSWER_PRESS, press_id="1"), id="a press long forgotten"),
    ],
)
async def test_too_late_is_harmless(known: Telegram, outbound: Outbound) -> None:
    with pytest.raises(errors.NothingToChange):
        await known.send(outbound)


async def test_the_words_below_a_photo_are_changed(network: Sandbox, known: Telegram) -> None:
    photo = OutboundFile(AttachmentKind.PHOTO, file=File(media.jpeg(90, 120), "giay.jpg", "image/jpeg"))
    (number,) = (await known.send(message("Giấy", attachments=(photo,), buttons=CLAIM))).message_ids
    await known.send(message("Giấy đã xem", kind=OutboundKind.EDIT, message_id=number))
    (shown,) = network.seen(NETWORK, RESIDENT)
    assert (shown.text, shown.buttons, shown.attachments[0]["kind"]) == ("Giấy đã xem", [], "photo")


async def test_long_words_arrive_whole_and_in_order(network: Sandbox, known: Telegram) -> None:
    text = "\n\n".join(f"Đoạn {number}: " + "hồ sơ gồm có giấy tờ sau đây 😀. " * 60 for number in range(8))
    sent = await known.send(message(text, buttons=CLAIM))
    shown = network.seen(NETWORK, RESIDENT)
    assert [one.id for one in shown] == list(sent.message_ids)
    assert " ".join(one.text for one in shown).split() == text.split()
    assert [bool(one.buttons) for one in shown] == [False] * (len(shown) - 1) + [True]


async def test_an_album_a_place_and_a_contact(network: Sandbox, known: Telegram) -> None:
    photos = tuple(
        OutboundFile(AttachmentKind.PHOTO, file=File(media.jpeg(90, 120, seed), f"{seed}.jpg", "image/jpeg"))
        for seed in range(3)
    )
    sent = await known.send(message("Ba trang", attachments=photos))
    assert len(sent.message_ids) == 3
    assert [one.text for one in network.seen(NETWORK, RESIDENT)] == ["Ba trang", "", ""]
    place = OutboundFile(AttachmentKind.LOCATION, ref="geo:12.28,109.2")
    contact = OutboundFile(AttachmentKind.CONTACT, name="Bộ phận một cửa", ref="tel:+842580000000")
    await known.send(message("Mời đến", attachments=(place, contact)))
    assert [one["kind"] for shown in network.seen(NETWORK, RESIDENT)[3:] for one in shown.attachments] == [
        "location",
        "contact",
    ]


async def test_a_picture_telegram_cannot_show_arrives_as_a_document(network: Sandbox, known: Telegram) -> None:
    broken = OutboundFile(AttachmentKind.PHOTO, file=File(b"not a picture", "giay.jpg", "image/jpeg"))
    await known.send(message("Giấy", attachments=(broken,)))
    (shown,) = network.seen(NETWORK, RESIDENT)
    assert (shown.text, shown.attachments[0]["kind"]) == ("Giấy", "document")


@pytest.mark.parametrize(
    ("sides", "kinds"),
    [
        pytest.param([(960, 1280), (90, 120)], ["photo", "photo"], id="photos as large as Telegram shows them"),
        pytest.param([(90, 120), (1536, 2048), (90, 120)], ["document"] * 3, id="one is larger: all as documents"),
        pytest.param([(1296, 972)], ["document"], id="one alone, wider than Telegram keeps"),
    ],
)
async def test_a_photo_that_would_be_made_smaller_arrives_as_it_was_and_an_album_together(
    network: Sandbox, known: Telegram, sides: list[tuple[int, int]], kinds: list[str]
) -> None:
    pages = [media.jpeg(*side, seed) for seed, side in enumerate(sides)]
    photos = tuple(
        OutboundFile(AttachmentKind.PHOTO, file=File(page, f"{number}.jpg", "image/jpeg"))
        for number, page in enumerate(pages)
    )
    await known.send(message("Giấy", attachments=photos))
    shown = network.seen(NETWORK, RESIDENT)
    assert [one.attachments[0]["kind"] for one in shown] == kinds
    assert [one.attachments[0]["size"] for one in shown] == [len(page) for page in pages]
    assert [one.text for one in shown] == ["Giấy"] + [""] * (len(sides) - 1)
    albums = {one.raw.get("media_group_id") for one in shown}
    assert len(albums) == 1, "one album"


async def test_an_answer_to_a_deleted_message_is_still_said(network: Sandbox, known: Telegram) -> None:
    await known.send(message("Trả lời", reply_to="4711"))
    assert [(one.text, one.reply_to) for one in network.seen(NETWORK, RESIDENT)] == [("Trả lời", None)]


async def test_menus_per_audience(network: Sandbox, known: Telegram) -> None:
    await known.announce(
        (
            Menu("vi", (("thutuc", "Tra cứu thủ tục"),)),
            Menu("vi", (("cho", "Phiếu đang chờ"),), chat=str(GROUP)),
            Menu("vi", (("cho", "Phiếu đang chờ"),), chat="-4242"),
        )
    )
    assert [one["command"] for one in await known._ask(GetMyCommands())] == ["thutuc"]
    scope = BotCommandScopeChat(chat_id=GROUP)
    assert [one["command"] for one in await known._ask(GetMyCommands(scope=scope))] == ["cho"]
    await known.announce((Menu("vi", (), chat=str(GROUP)),))
    assert await known._ask(GetMyCommands(scope=scope)) == []


# -------------------------------------------------------------------------------------------------------- bad days


@pytest.mark.parametrize(
    ("fault", "expected", "arrived"),
    [
        pytest.param({"kind": "429", "retry_after": 7}, errors.Throttled, 0, id="too many"),
        pytest.param({"kind": "500"}, errors.Unreachable, 0, id="an error of theirs"),
        pytest.param({"kind": "down"}, errors.Unreachable, 0, id="nobody there"),
        pytest.param({"kind": "drop-answer"}, errors.Uncertain, 1, id="the answer is lost"),
        pytest.param({"kind": "timeout"}, errors.Uncertain, 0, id="no answer comes"),
        pytest.param({"kind": "blocked", "chat": RESIDENT}, errors.Blocked, 0, id="blocked"),
    ],
)
async def test_faults(
    network: Sandbox, known: Telegram, fault: dict[str, Any], expected: type[errors.SendError], arrived: int
) -> None:
    network.fault(NETWORK, times=1, **fault)
    async with to(network, answer=0.5) as channel:
        with pytest.raises(expected) as caught:
            await channel.send(message("Xin chào"))
        assert type(caught.value) is expected
        if isinstance(caught.value, errors.Throttled):
            assert caught.value.retry_after == 7
        assert len(network.seen(NETWORK, RESIDENT)) == arrived
        network.fault(NETWORK, "clear")
        await channel.send(message("Xin chào"))
    assert len(network.seen(NETWORK, RESIDENT)) == arrived + 1


async def test_the_real_limit_of_a_group_names_its_wait(known: Telegram) -> None:
    async def flood() -> None:
        for _ in range(30):
            await known.send(message("x", GROUP))

    with pytest.raises(errors.Throttled) as caught:
        await flood()
    assert 1 <= caught.value.retry_after <= 60


async def test_blocking_is_heard_and_means_blocked(network: Sandbox, known: Telegram) -> None:
    await network.say(NETWORK, sender=RESIDENT, block=True)
    (left,) = await hear(known)
    assert (left.kind, left.chat) == (InboundKind.LEFT, str(RESIDENT))
    with pytest.raises(errors.Blocked):
        await known.send(message("Có đó không?"))
    await network.say(NETWORK, sender=RESIDENT, unblock=True)
    (back,) = await hear(known)
    assert back.kind is InboundKind.JOINED
    await known.send(message("Chào mừng trở lại"))


@pytest.mark.parametrize("chat", [4711, -4711])
async def test_a_chat_nobody_knows_is_gone(known: Telegram, chat: int) -> None:
    with pytest.raises(errors.ChatGone):
        await known.send(message("Xin chào", chat))


async def test_put_out_of_the_group(network: Sandbox, known: Telegram) -> None:
    network.fault(NETWORK, "blocked", chat=GROUP)
    with pytest.raises(errors.ChatGone):
        await known.send(message("Xin chào", GROUP))


async def test_a_wrong_token_is_unauthorised(network: Sandbox) -> None:
    async with channel_to(network.networks_line()[NETWORK]["api_url"]) as stranger:
        with pytest.raises(errors.Unauthorised):
            await stranger.whoami()
        with pytest.raises(errors.Unauthorised):
            await anext(stranger.poll())
