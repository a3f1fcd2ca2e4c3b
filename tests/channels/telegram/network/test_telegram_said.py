"""Does what the adapter sends arrive on the emulated Telegram as it was meant?"""

import pytest
from aiogram.methods import GetMyCommands
from aiogram.types import BotCommandScopeChat

from channels import errors
from channels.contract import (
    AttachmentKind,
    Button,
    File,
    InboundKind,
    Menu,
    Outbound,
    OutboundFile,
    OutboundKind,
)
from channels.telegram.adapter import Telegram
from sandbox import media
from sandbox.server import Sandbox
from tests.channels.telegram.network.speaking import GROUP, NETWORK, RESIDENT, STAFF, hear, message

CLAIM = ((Button("Nhận", "/nhan 1042"),),)


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
