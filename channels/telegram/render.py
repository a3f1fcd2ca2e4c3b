"""What we want said to the Bot API calls that say it; pure, and always plain text."""

import mimetypes
import re
from typing import Any

from aiogram.methods import (
    AnswerCallbackQuery,
    DeleteMessages,
    EditMessageCaption,
    EditMessageReplyMarkup,
    EditMessageText,
    SendAnimation,
    SendAudio,
    SendContact,
    SendDocument,
    SendLocation,
    SendMediaGroup,
    SendMessage,
    SendPhoto,
    SendSticker,
    SendVideo,
    SendVideoNote,
    SendVoice,
    SetMessageReaction,
    TelegramMethod,
)
from aiogram.types import (
    BufferedInputFile,
    EphemeralMessageParameters,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaAudio,
    InputMediaDocument,
    InputMediaPhoto,
    InputMediaVideo,
    ReactionTypeEmoji,
    ReactionTypeUnion,
    ReplyParameters,
)

from channels.contract import AttachmentKind, Button, Outbound, OutboundFile, OutboundKind, group_of
from channels.errors import Refused
from channels.telegram import files
from channels.text import split, utf16_units

# core.telegram.org/bots/api, 2026-11; lengths of text in UTF-16 units, of a button's command in bytes of UTF-8.
TEXT = 4096
CAPTION = 1024
TOAST = 200
COMMAND = 64
ALBUM = 10  # files in one media group

_ID = re.compile(r"-?[0-9]{1,20}")

Call = TelegramMethod[Any]
Draft = tuple[type[Call], dict[str, Any]]

_METHODS: dict[str, type[Call]] = {
    "photo": SendPhoto,
    "animation": SendAnimation,
    "document": SendDocument,
    "voice": SendVoice,
    "audio": SendAudio,
    "video": SendVideo,
    "video_note": SendVideoNote,
    "sticker": SendSticker,
}
_CAPTIONED = {"photo", "animation", "document", "voice", "audio", "video"}
_MEDIA = {"photo": InputMediaPhoto, "video": InputMediaVideo, "document": InputMediaDocument, "audio": InputMediaAudio}
# Documents and sound cannot share an album with anything else (core.telegram.org/bots/api#sendmediagroup).
_ALBUMS = {"photo": "seen", "video": "seen", "document": "document", "audio": "audio"}


def calls(message: Outbound) -> list[Call]:
    """The calls that carry out `message`, in order. Raises `Refused` for what Telegram would never take."""
    match message.kind:
        case OutboundKind.EDIT:
            return [_edit(message)]
        case OutboundKind.ANSWER_PRESS:
            text = message.text
            if utf16_units(text) > TOAST:
                text = split(text, TOAST - 1)[0] + "…"
            return [AnswerCallbackQuery(callback_query_id=message.press_id, text=text or None)]
        case OutboundKind.REACT:
            signs: list[ReactionTypeUnion] = [ReactionTypeEmoji(emoji=message.text)] if message.text else []
            number = _number(message.message_id)
            return [SetMessageReaction(chat_id=_chat(message), message_id=number, reaction=signs)]
        case OutboundKind.WITHDRAW:
            numbers = [_number(one) for one in message.message_id.split()]
            return [DeleteMessages(chat_id=_chat(message), message_ids=numbers)]
        case OutboundKind.MESSAGE | OutboundKind.ASK_CONTACT:
            return _message(message)


def keyboard(rows: tuple[tuple[Button, ...], ...]) -> InlineKeyboardMarkup | None:
    """The buttons below a message. Raises `Refused` for a command too long to be carried: cut, it would be another."""
    for button in (button for row in rows for button in row):
        if not 1 <= len(button.command.encode()) <= COMMAND:
            raise Refused(f"the command of a button takes 1 to {COMMAND} bytes")
    filled = [
        [InlineKeyboardButton(text=button.label, callback_data=button.command) for button in row] for row in rows if row
    ]
    return InlineKeyboardMarkup(inline_keyboard=filled) if filled else None


def caption_edit(message: Outbound) -> Call:
    """The same edit for a message whose words are the caption of a photo or file."""
    if utf16_units(message.text) > CAPTION:
        raise Refused(f"a caption takes {CAPTION} characters")
    return EditMessageCaption(
        chat_id=_chat(message),
        message_id=_number(message.message_id),
        caption=message.text,
        reply_markup=keyboard(message.buttons),
    )


def _edit(message: Outbound) -> Call:
    chat, number, markup = _chat(message), _number(message.message_id), keyboard(message.buttons)
    if not message.text.strip():
        return EditMessageReplyMarkup(chat_id=chat, message_id=number, reply_markup=markup)
    if utf16_units(message.text) > TEXT:
        raise Refused(f"an edited message takes {TEXT} characters")
    return EditMessageText(chat_id=chat, message_id=number, text=message.text, reply_markup=markup)


def _message(message: Outbound) -> list[Call]:
    """Files first, then words, so that a refused file is refused before anything was said; buttons come last."""
    markup = keyboard(message.buttons)
    place: dict[str, Any] = {"chat_id": _chat(message)}
    if thread := _thread(message.chat):
        place["message_thread_id"] = thread
    parts = split(message.text, TEXT)
    bundles = _bundles(files.as_they_are(message.attachments), last_alone=markup is not None and not parts)
    caption = ""
    if len(bundles) == 1 and len(parts) == 1 and utf16_units(parts[0]) <= CAPTION:
        kind = files.sent_as(bundles[0][0])
        if _is_file(bundles[0][0]) and kind in _CAPTIONED and (len(bundles[0]) == 1 or markup is None):
            caption = parts.pop()
    drafts = [_files(bundle, caption) for bundle in bundles]
    drafts += [(SendMessage, {"text": part}) for part in parts]
    if not drafts:
        raise Refused("nothing to send")
    if _ID.fullmatch(message.reply_to):
        drafts[0][1]["reply_parameters"] = ReplyParameters(
            message_id=int(message.reply_to), allow_sending_without_reply=True
        )
    if markup is not None:
        drafts[-1][1]["reply_markup"] = markup
    if message.only_for and message.press_id:
        # To whoever pressed, within 15 seconds; longer, or unasked, it takes an administrator of the group
        # (core.telegram.org/bots/api#ephemeral-messages-and-commands, 2026-11).
        place["ephemeral_message_parameters"] = EphemeralMessageParameters(
            receiver_user_id=_number(message.only_for), callback_query_id=message.press_id
        )
    return [method(**place, **parameters) for method, parameters in drafts]


def _bundles(attachments: tuple[OutboundFile, ...], last_alone: bool) -> list[list[OutboundFile]]:
    """Attachments by the call that carries them. `last_alone`: buttons will hang on the last, and albums take none."""
    bundles: list[list[OutboundFile]] = []
    open_albums: dict[str, list[OutboundFile]] = {}
    for file in attachments:
        family = _ALBUMS.get(files.sent_as(file), "") if _is_file(file) else ""
        if last_alone and file is attachments[-1]:
            family = ""
        album = open_albums.get(family)
        if family and album is not None and len(album) < ALBUM:
            album.append(file)
            continue
        bundles.append([file])
        if family:
            open_albums[family] = bundles[-1]
    return bundles


def _is_file(file: OutboundFile) -> bool:
    return file.kind not in {AttachmentKind.LOCATION, AttachmentKind.CONTACT}


def _files(bundle: list[OutboundFile], caption: str) -> Draft:
    first = bundle[0]
    if first.kind is AttachmentKind.LOCATION:
        place = files.place(first)
        if place is None:
            raise Refused("a place without latitude and longitude")
        return SendLocation, {"latitude": place[0], "longitude": place[1]}
    if first.kind is AttachmentKind.CONTACT:
        phone = (first.ref or first.url).removeprefix("tel:")
        if not phone:
            raise Refused("a contact without a phone number")
        return SendContact, {"phone_number": phone, "first_name": first.name or phone}
    captions = {"caption": caption} if caption else {}
    if len(bundle) == 1:
        kind = files.sent_as(first)
        return _METHODS[kind], {kind: _source(first), **captions}
    media = [_MEDIA[files.sent_as(file)](media=_source(file), **(captions if file is first else {})) for file in bundle]
    return SendMediaGroup, {"media": media}


def _source(file: OutboundFile) -> str | BufferedInputFile:
    if file.ref:
        return files.file_id(file.ref)
    if file.file is None:
        if not file.url:
            raise Refused("a file without content")
        return file.url
    if len(file.file.content) > files.UPLOAD_LIMIT:
        raise Refused(f"a file of more than {files.UPLOAD_LIMIT} bytes")
    if not file.file.content:
        raise Refused("an empty file")
    name = files.safe_name(file.name or file.file.name)
    return BufferedInputFile(file.file.content, name or f"file{mimetypes.guess_extension(file.file.mime) or ''}")


def _chat(message: Outbound) -> int:
    return _number(group_of(message.chat))


def _thread(chat: str) -> int | None:
    """The topic's id in the chat of a topic."""
    topic = chat.removeprefix(group_of(chat)).removeprefix("/")
    return _number(topic) if topic else None


def _number(text: str) -> int:
    if not _ID.fullmatch(text):
        raise Refused("not an id of Telegram")
    return int(text)
