"""Does the emulated Bot API answer aiogram, a client by others, as Telegram would?"""

import io
import json
from typing import Any

import httpx
import pytest
from aiogram import Bot
from aiogram.exceptions import (
    TelegramBadRequest,
)
from aiogram.types import (
    BotCommand,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    BufferedInputFile,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaDocument,
    InputMediaPhoto,
    KeyboardButton,
    ReactionTypeEmoji,
    ReplyKeyboardMarkup,
    ReplyParameters,
)

from sandbox import Sandbox, media
from tests.sandbox.sandbox_doors import Door

HOA = 5001
GROUP = -1001234567890
PICTURE = BufferedInputFile(media.jpeg(64, 48, 7), "giay.jpg")


def keys(*texts: str) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(
        inline_keyboard=[[InlineKeyboardButton(text=text, callback_data=f"do:{text}") for text in texts]]
    )


@pytest.fixture(autouse=True)
async def _people(networks: Sandbox) -> None:
    """Two chats in which somebody has spoken."""
    await networks.say("telegram", sender=HOA, name="Hoa", text="Xin chào")
    await networks.say("telegram", sender=HOA, chat=GROUP, text="Chào cả tổ")


async def test_get_me_is_a_bot(bot: Bot) -> None:
    me = await bot.get_me()
    assert me.is_bot
    assert me.id == int(bot.token.split(":")[0])


async def test_a_sent_text_is_seen_as_the_person_sees_it(bot: Bot, door: Door) -> None:
    sent = await bot.send_message(
        HOA, "<b>Phiếu 12</b> &lt;mới&gt; 😀<i>x</i>", parse_mode="HTML", reply_markup=keys("Nhận")
    )
    assert sent.text == "Phiếu 12 <mới> 😀x"
    assert [(e.type, e.offset, e.length) for e in sent.entities or []] == [("bold", 0, 8), ("italic", 17, 1)]
    (shown,) = await door.seen("telegram", HOA)
    assert shown["message_id"] == str(sent.message_id)
    assert (shown["text"], shown["buttons"], shown["edited"]) == ("Phiếu 12 <mới> 😀x", ["Nhận"], False)


async def test_every_medium_can_be_sent_by_upload_and_by_id(bot: Bot, door: Door) -> None:
    paper = BufferedInputFile(b"some bytes", "don.pdf")
    sent = {
        "photo": await bot.send_photo(HOA, PICTURE, caption="Ảnh"),
        "document": await bot.send_document(HOA, paper),
        "voice": await bot.send_voice(HOA, BufferedInputFile(media.ogg(), "a.ogg")),
        "video": await bot.send_video(HOA, BufferedInputFile(media.mp4(), "a.mp4")),
        "sticker": await bot.send_sticker(HOA, BufferedInputFile(media.webp(), "a.webp")),
        "location": await bot.send_location(HOA, 12.25, 109.18),
        "contact": await bot.send_contact(HOA, "+84900000001", "Lan"),
    }
    assert sent["photo"].photo is not None
    assert (sent["photo"].photo[-1].width, sent["photo"].photo[-1].height) == (64, 48)
    assert sent["document"].document is not None
    again = await bot.send_document(HOA, sent["document"].document.file_id)
    assert again.document is not None
    shown = await door.seen("telegram", HOA)
    assert [entry["attachments"][0]["kind"] for entry in shown] == [*sent, "document"]
    assert shown[-1]["attachments"][0]["size"] == len(b"some bytes")
    assert shown[1]["attachments"][0]["content_type"] == "application/pdf"


async def test_files_sent_by_people_are_downloaded_byte_for_byte(bot: Bot, door: Door, http: httpx.AsyncClient) -> None:
    await door.say("telegram", sender=HOA, photo=True, text="Giấy khai sinh")
    update = (await bot.get_updates())[-1]
    assert update.message is not None
    assert update.message.photo is not None
    assert update.message.caption == "Giấy khai sinh"
    assert [size.width for size in update.message.photo] == [90, 240, 720]
    got = io.BytesIO()
    await bot.download(update.message.photo[-1], got)
    own = await door.seen("telegram", HOA, own=True)
    assert (await http.get(own[-1]["attachments"][0]["url"])).content == got.getvalue()
    assert media.picture_size(got.getvalue()) == (720, 960)


async def test_an_album_arrives_as_one_group_of_messages(bot: Bot, door: Door) -> None:
    sent = await bot.send_media_group(
        HOA, [InputMediaPhoto(media=PICTURE, caption="Hai trang"), InputMediaPhoto(media=PICTURE)]
    )
    assert len({message.media_group_id for message in sent}) == 1
    assert [entry["text"] for entry in await door.seen("telegram", HOA)] == ["Hai trang", ""]
    await door.say("telegram", sender=HOA, album=3, text="Ba trang")
    albums = {u.message.media_group_id for u in (await bot.get_updates())[-3:] if u.message}
    assert len(albums) == 1
    assert albums != {None}


async def test_an_edit_keeps_the_id_and_drops_the_buttons(bot: Bot, door: Door) -> None:
    sent = await bot.send_message(HOA, "mới", reply_markup=keys("Nhận", "Xem"))
    edited = await bot.edit_message_text("đã nhận", chat_id=HOA, message_id=sent.message_id)
    assert not isinstance(edited, bool)
    assert edited.edit_date is not None
    (shown,) = await door.seen("telegram", HOA)
    assert shown == shown | {"message_id": str(sent.message_id), "text": "đã nhận", "buttons": [], "edited": True}
    await bot.edit_message_reply_markup(chat_id=HOA, message_id=sent.message_id, reply_markup=keys("Trả"))
    assert (await door.seen("telegram", HOA))[0]["buttons"] == ["Trả"]


async def test_a_caption_is_edited_and_a_message_vanishes(bot: Bot, door: Door) -> None:
    sent = await bot.send_photo(HOA, PICTURE, caption="trước")
    await bot.edit_message_caption(chat_id=HOA, message_id=sent.message_id, caption="sau")
    assert (await door.seen("telegram", HOA))[0]["text"] == "sau"
    await bot.delete_message(HOA, sent.message_id)
    assert await door.seen("telegram", HOA) == []


async def test_replies_copies_and_forwards_point_where_they_should(bot: Bot, door: Door) -> None:
    asked = await door.say("telegram", sender=HOA, photo=True, text="Ảnh này")
    answer = await bot.send_message(HOA, "Được", reply_parameters=ReplyParameters(message_id=int(asked)))
    assert answer.reply_to_message is not None
    assert answer.reply_to_message.photo
    await bot.copy_message(GROUP, HOA, int(asked), reply_markup=keys("Nhận"))
    forwarded = await bot.forward_message(GROUP, HOA, int(asked))
    assert forwarded.forward_origin is not None
    copy, forward = await door.seen("telegram", GROUP)
    assert (copy["text"], copy["buttons"], copy["attachments"][0]["kind"]) == ("Ảnh này", ["Nhận"], "photo")
    assert forward["attachments"][0]["kind"] == "photo"
    loose = ReplyParameters(message_id=999, allow_sending_without_reply=True)
    assert (await bot.send_message(HOA, "vẫn gửi", reply_parameters=loose)).reply_to_message is None
    assert (await door.seen("telegram", HOA))[0]["reply_to"] == asked


async def test_a_group_tells_who_is_in_it(bot: Bot) -> None:
    chat = await bot.get_chat(GROUP)
    assert (chat.type, chat.is_forum) == ("supergroup", True)
    assert (await bot.get_chat(HOA)).first_name == "Hoa"
    assert await bot.get_chat_member_count(GROUP) == 2
    assert (await bot.get_chat_member(GROUP, HOA)).status == "creator"
    assert (await bot.get_chat_member(GROUP, bot.id)).status == "administrator"
    assert [a.user.id for a in await bot.get_chat_administrators(GROUP)] == [HOA, bot.id]


async def test_topics_open_are_renamed_closed_and_hold_messages(bot: Bot, door: Door) -> None:
    topic = await bot.create_forum_topic(GROUP, "Phiếu 12")
    await bot.edit_forum_topic(GROUP, topic.message_thread_id, name="Phiếu 12 (gấp)")
    inside = await bot.send_message(GROUP, "trong chủ đề", message_thread_id=topic.message_thread_id)
    assert inside.is_topic_message
    assert (await door.seen("telegram", GROUP))[-1]["thread"] == str(topic.message_thread_id)
    await door.say("telegram", sender=HOA, chat=GROUP, text="vâng", thread=topic.message_thread_id)
    heard = (await bot.get_updates())[-1].message
    assert heard is not None
    assert heard.message_thread_id == topic.message_thread_id
    await bot.close_forum_topic(GROUP, topic.message_thread_id)
    await bot.reopen_forum_topic(GROUP, topic.message_thread_id)
    await bot.delete_forum_topic(GROUP, topic.message_thread_id)
    with pytest.raises(TelegramBadRequest, match="message thread not found"):
        await bot.send_message(GROUP, "x", message_thread_id=topic.message_thread_id)


async def test_commands_are_kept_per_scope(bot: Bot) -> None:
    everyone, staff = BotCommandScopeAllPrivateChats(), BotCommandScopeChat(chat_id=GROUP)
    await bot.set_my_commands([BotCommand(command="trogiup", description="Trợ giúp")], scope=everyone)
    await bot.set_my_commands([BotCommand(command="nhan", description="Nhận phiếu")], scope=staff, language_code="vi")
    assert [c.command for c in await bot.get_my_commands(scope=everyone)] == ["trogiup"]
    assert [c.command for c in await bot.get_my_commands(scope=staff, language_code="vi")] == ["nhan"]
    assert await bot.get_my_commands(scope=staff) == []
    await bot.delete_my_commands(scope=everyone)
    assert await bot.get_my_commands(scope=everyone) == []


async def test_small_things_are_agreed_to(bot: Bot, door: Door) -> None:
    asked = await door.say("telegram", sender=HOA, text="?")
    assert await bot.send_chat_action(HOA, "typing")
    assert await bot.set_message_reaction(HOA, int(asked), [ReactionTypeEmoji(emoji="👍")])
    assert (await door.seen("telegram", HOA, own=True))[-1]["reactions"] == ["👍"]
    assert await bot.set_my_description("Tổ hỗ trợ")
    assert (await bot.get_my_description()).description == "Tổ hỗ trợ"


REFUSED = [
    pytest.param("sendMessage", {"text": "x"}, "chat_id is empty", id="a message to nobody"),
    pytest.param("sendMessage", {"chat_id": 404, "text": "x"}, "chat not found", id="a person who never wrote"),
    pytest.param(
        "sendMessage",
        {"chat_id": -100404, "text": "x"},
        "chat not found",
        id="a group without the bot",
    ),
    pytest.param("sendMessage", {"chat_id": HOA, "text": " \n"}, "message text is empty", id="a text of blanks"),
    pytest.param("sendMessage", {"chat_id": HOA, "text": "ạ" * 4097}, "message is too long", id="4097 letters"),
    pytest.param(
        "sendMessage",
        {"chat_id": HOA, "text": "<b>x", "parse_mode": "HTML"},
        "can't parse entities: Can't find end tag corresponding to start tag \"b\"",
        id="a tag that is not closed",
    ),
    pytest.param(
        "sendMessage",
        {"chat_id": HOA, "text": "ở <toolong>", "parse_mode": "HTML"},
        'can\'t parse entities: Unsupported start tag "toolong" at byte offset 4',
        id="a tag that Telegram does not know",
    ),
    pytest.param(
        "sendMessage",
        {"chat_id": HOA, "text": "a < b", "parse_mode": "HTML"},
        'can\'t parse entities: Unsupported start tag "" at byte offset 2',
        id="a bare less-than sign",
    ),
    pytest.param(
        "sendMessage",
        {
            "chat_id": HOA,
            "text": "x",
            "reply_markup": {"inline_keyboard": [[{"text": "N", "callback_data": "ạ" * 22}]]},
        },
        "BUTTON_DATA_INVALID",
        id="button data of 66 bytes",
    ),
    pytest.param(
        "sendMessage",
        {"chat_id": HOA, "text": "x", "reply_parameters": {"message_id": 999}},
        "message to be replied not found",
        id="a reply to nothing",
    ),
    pytest.param(
        "sendMessage", {"chat_id": HOA, "text": "\ud800"}, "strings must be encoded in UTF-8", id="half a pair"
    ),
    pytest.param("sendPhoto", {"chat_id": HOA}, "there is no photo in the request", id="a photo without photo"),
    pytest.param(
        "sendPhoto",
        {"chat_id": HOA, "photo": "no-such-id"},
        "wrong file identifier/HTTP URL specified",
        id="an unknown file id",
    ),
    pytest.param(
        "sendPhoto",
        {"chat_id": HOA, "photo": "http://192.0.2.1/a.jpg"},
        "failed to get HTTP URL content",
        id="a picture beyond this machine",
    ),
    pytest.param(
        "editMessageText", {"chat_id": HOA, "message_id": 99, "text": "x"}, "message to edit not found", id="no such"
    ),
    pytest.param(
        "editMessageText", {"chat_id": HOA, "message_id": 1, "text": "x"}, "message can't be edited", id="foreign"
    ),
    pytest.param(
        "deleteMessage", {"chat_id": HOA, "message_id": 99}, "message to delete not found", id="delete nothing"
    ),
    pytest.param(
        "answerCallbackQuery",
        {"callback_query_id": "1"},
        "query is too old and response timeout expired or query ID is invalid",
        id="a press that never was",
    ),
    pytest.param("getFile", {"file_id": "x"}, "invalid file_id", id="a file that never was"),
    pytest.param(
        "setMyCommands",
        {"commands": [{"command": "Nhận", "description": "x"}]},
        "BOT_COMMAND_INVALID",
        id="a command with diacritics",
    ),
    pytest.param(
        "createForumTopic",
        {"chat_id": HOA, "name": "x"},
        "the chat is not a forum",
        id="a topic in private",
    ),
    pytest.param("getChatMember", {"chat_id": GROUP, "user_id": 77}, "member not found", id="an unknown member"),
    pytest.param(
        "sendMediaGroup", {"chat_id": HOA, "media": []}, "media group must include 2-10 items", id="empty album"
    ),
    pytest.param(
        "setWebhook", {"url": "http://x.vn/"}, "bad webhook: An HTTPS URL must be provided for webhook", id="http"
    ),
    pytest.param(
        "sendMessage", {"chat_id": HOA, "text": "x", "message_thread_id": 5}, "message thread not found", id="topic"
    ),
]


@pytest.mark.parametrize(("method", "values", "reason"), REFUSED)
async def test_what_telegram_refuses_is_refused_in_its_words(
    method: str, values: dict[str, Any], reason: str, networks: Sandbox, http: httpx.AsyncClient
) -> None:
    line = networks.networks_line()["telegram"]
    body = json.dumps(values)
    answer = await http.post(
        f"{line['api_url']}/bot{line['token']}/{method}", content=body, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 400
    assert answer.json() == {"ok": False, "error_code": 400, "description": f"Bad Request: {reason}"}


async def test_an_unchanged_edit_is_not_an_edit(bot: Bot) -> None:
    sent = await bot.send_message(HOA, "như cũ", reply_markup=keys("Nhận"))
    with pytest.raises(TelegramBadRequest, match="message is not modified"):
        await bot.edit_message_text("như cũ", chat_id=HOA, message_id=sent.message_id, reply_markup=keys("Nhận"))
    await bot.edit_message_text("như cũ", chat_id=HOA, message_id=sent.message_id, reply_markup=keys("Trả"))


async def test_wrong_tokens_and_unknown_methods_are_told_apart(networks: Sandbox, http: httpx.AsyncClient) -> None:
    line = networks.networks_line()["telegram"]
    wrong = await http.get(f"{line['api_url']}/bot123:wrong/getMe")
    assert (wrong.status_code, wrong.json()["description"]) == (401, "Unauthorized")
    unknown = await http.get(f"{line['api_url']}/bot{line['token']}/sendTelepathy")
    assert (unknown.status_code, unknown.json()["description"]) == (404, "Not Found")


@pytest.mark.parametrize("way", ["query", "form", "json", "multipart"])
async def test_parameters_are_read_whatever_way_they_come(
    way: str, networks: Sandbox, http: httpx.AsyncClient, door: Door
) -> None:
    line = networks.networks_line()["telegram"]
    values = {"chat_id": str(HOA), "text": "Chào & <bạn> +1"}
    url = f"{line['api_url']}/bot{line['token']}/sendmessage"
    answer = {
        "query": lambda: http.get(url, params=values),
        "form": lambda: http.post(url, data=values),
        "json": lambda: http.post(url, json=values),
        "multipart": lambda: http.post(url, data=values, files={"extra": b"x"}),
    }[way]
    assert (await answer()).json()["ok"]
    assert (await door.seen("telegram", HOA))[-1]["text"] == values["text"]


async def test_reply_keyboards_are_seen_and_pressing_one_says_its_text(bot: Bot, door: Door) -> None:
    board = ReplyKeyboardMarkup(keyboard=[[KeyboardButton(text="Tra cứu")]], resize_keyboard=True)
    await bot.send_message(HOA, "Chọn", reply_markup=board)
    await door.say("telegram", sender=HOA, press="Tra cứu")
    heard = (await bot.get_updates())[-1].message
    assert heard is not None
    assert heard.text == "Tra cứu"


async def test_a_document_album_is_kept_together(bot: Bot, door: Door) -> None:
    papers = [InputMediaDocument(media=BufferedInputFile(bytes([n]), f"{n}.pdf")) for n in range(2)]
    await bot.send_media_group(HOA, papers)
    assert [e["attachments"][0]["name"] for e in await door.seen("telegram", HOA)] == ["0.pdf", "1.pdf"]
