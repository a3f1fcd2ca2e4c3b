"""Telegram's updates to our events; pure.

One update is at most one event, keyed by the update's id. What the library cannot model is left out of a message
rather than taking the message with it: Telegram adds new parts several times a year.
"""

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeGuard, TypeVar

from aiogram.types import CallbackQuery, Chat, Message, User
from pydantic import AwareDatetime, BaseModel, Field, ValidationError

from channels.contract import Event, Inbound, InboundKind, SenderClass
from channels.errors import Malformed
from channels.payload import load_json
from channels.telegram import files, mentions
from channels.text import clean, line

log = logging.getLogger(__name__)

# What we ask Telegram for; business messages, channel posts and reactions never come.
WANTED = ["message", "edited_message", "callback_query", "my_chat_member"]

# What a person can send that has no words and no file for us.
_FOREIGN = ("checklist", "game", "giveaway", "live_photo", "paid_media", "poll", "rich_message", "story")

_COMMAND = re.compile(r"(/\w{1,64})@(\w+)(?=\s|$)")  # a command with the name of the bot it is for


class Member(BaseModel):
    """How somebody stands to a chat; the many rights of an administrator are of no interest."""

    status: str
    is_member: bool = False  # of somebody restricted

    @property
    def present(self) -> bool:
        return self.is_member or self.status in {"creator", "administrator", "member"}


class Membership(BaseModel):
    """A `my_chat_member` update, as little of it as is needed: aiogram's own wants every right of every kind of member,
    and one that Telegram adds or drops would hide that we came into a group.
    """

    chat: Chat
    from_user: User = Field(alias="from")
    date: AwareDatetime
    old_chat_member: Member
    new_chat_member: Member


Shape = TypeVar("Shape", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Envelope:
    """What every event of an update shares."""

    event_id: str
    channel: str
    username: str  # our own, without @; "" when not yet known
    raw: dict[str, Any]


def body(content: bytes, channel: str, username: str) -> list[Event]:
    """The events of a webhook's body. Raises `Malformed` unless it is an update."""
    return update(load_json(content), channel, username)


def is_update(data: object) -> TypeGuard[dict[str, Any]]:
    """Whether `data` is an object with an update id."""
    return isinstance(data, dict) and type(data.get("update_id")) is int


def update(data: object, channel: str, username: str) -> list[Event]:
    """The event of one storable update, if it holds one for us. `username`: our own, without @, "" when unknown.

    Raises `Malformed` for anything that is not an object with an update id.
    """
    if not is_update(data):
        raise Malformed("not an update: no update_id")
    envelope = Envelope(f"u{data['update_id']}", channel, username, data)
    event: Event | None = None
    if "message" in data:
        event = _plain(data["message"], envelope) or _read(Message, data["message"], envelope, _message)
    elif "edited_message" in data:
        event = _read(Message, data["edited_message"], envelope, _edited)
    elif "callback_query" in data:
        event = _read(CallbackQuery, data["callback_query"], envelope, _pressed)
    elif "my_chat_member" in data:
        event = _read(Membership, data["my_chat_member"], envelope, _membership)
    return [event] if event else []


# What a message of plain words in a private chat consists of, which nearly every update is. The library models some
# hundred parts of a message, which takes five times as long as everything else that is done with one.
_PLAIN = frozenset({"message_id", "from", "chat", "date", "text"})


def _plain(message: object, envelope: Envelope) -> Inbound | None:
    """The event of a person's plain words; None for anything that has another part, or looks odd in any way."""
    if not isinstance(message, dict) or message.keys() != _PLAIN:
        return None
    number, author, chat, text, date = (message[part] for part in ("message_id", "from", "chat", "text", "date"))
    if not (isinstance(author, dict) and isinstance(chat, dict) and isinstance(text, str) and type(number) is int):
        return None
    first, last = author.get("first_name"), author.get("last_name", "")
    sound = type(author.get("id")) is int and author.get("is_bot") is False and type(date) is int and text[:1] != "/"
    if not (sound and isinstance(first, str) and isinstance(last, str)):
        return None
    words, sent_at = clean(text), _moment(date, number)
    if type(chat.get("id")) is not int or chat.get("type") != "private" or not words or sent_at is None:
        return None
    return Inbound(
        envelope.event_id,
        InboundKind.MESSAGE,
        chat=str(chat["id"]),
        user=str(author["id"]),
        name=line(f"{first} {last}"),
        text=words,
        message_id=str(number),
        sent_at=sent_at,
        raw=envelope.raw,
    )


def _read(
    shape: type[Shape],
    data: object,
    envelope: Envelope,
    reader: Callable[[Shape, Envelope, bool], Inbound | None],
) -> Inbound | None:
    """`reader`'s event of `data`, without those parts of it that `shape` does not know."""
    if not isinstance(data, dict):
        return None
    try:
        return reader(shape.model_validate(data), envelope, True)
    except ValidationError as error:
        unknown = {str(problem["loc"][0]) for problem in error.errors() if problem["loc"]}
    log.warning("update %s: parts of %s not understood: %s", envelope.event_id, shape.__name__, sorted(unknown))
    try:
        readable = shape.model_validate({key: value for key, value in data.items() if key not in unknown})
    except ValidationError:
        return None
    return reader(readable, envelope, False)


def _message(
    message: Message, envelope: Envelope, whole: bool, kind: InboundKind = InboundKind.MESSAGE
) -> Inbound | None:
    """`whole` is False when parts of the message were left out as not understood."""
    if message.migrate_to_chat_id:
        return Inbound(
            envelope.event_id,
            InboundKind.MIGRATED,
            chat=str(message.chat.id),
            user=str(message.from_user.id if message.from_user else message.chat.id),
            text=str(message.migrate_to_chat_id),
            group=True,
            raw=envelope.raw,
        )
    author = message.from_user
    if author is None or message.chat.type == "channel" or message.business_connection_id:
        return None
    if message.is_automatic_forward:  # a channel's post, repeated in its discussion group
        return None
    group = _is_group(message.chat)
    attachments = files.received(message, envelope.channel)
    text = _words(message, envelope.username, group)
    if text is None:
        return None
    addressed = group and mentions.addressed(message, envelope.username)
    if not text and not attachments and not addressed:
        foreign = not whole or any(getattr(message, part) is not None for part in _FOREIGN)
        if not foreign or group or kind is InboundKind.EDITED:
            return None  # a service message, or something in a group that nobody said to us
        kind = InboundKind.UNSUPPORTED
    return Inbound(
        envelope.event_id,
        kind,
        chat=_chat(message),
        user=str(author.id),
        name=_name(author),
        text=text,
        attachments=attachments,
        message_id=str(message.message_id),
        reply_to=_answered(message),
        album=message.media_group_id or "",
        group=group,
        addressed=addressed,
        forwarded=message.forward_origin is not None,
        sender=_sender(author),
        sent_at=_moment(message.edit_date, _LAST) or _within(message.date, message.message_id),
        raw=envelope.raw,
    )


def _edited(message: Message, envelope: Envelope, whole: bool) -> Inbound | None:
    if message.location and message.location.live_period:
        return None  # a shared position that moves is edited every few seconds
    return _message(message, envelope, whole, InboundKind.EDITED)


def _pressed(press: CallbackQuery, envelope: Envelope, _whole: bool) -> Inbound | None:
    if press.message is None or not press.data:  # a button of an inline message or of a game; we make neither
        return None
    chat = press.message.chat
    return Inbound(
        envelope.event_id,
        InboundKind.PRESSED,
        chat=_chat(press.message) if isinstance(press.message, Message) else str(chat.id),
        user=str(press.from_user.id),
        name=_name(press.from_user),
        text=clean(press.data),
        message_id=id_of(envelope.raw["callback_query"]["message"]),
        group=_is_group(chat),
        sender=_sender(press.from_user),
        press_id=press.id,
        raw=envelope.raw,
    )


def _membership(change: Membership, envelope: Envelope, _whole: bool) -> Inbound | None:
    before, after = change.old_chat_member.present, change.new_chat_member.present
    if before == after or change.chat.type == "channel":
        return None
    return Inbound(
        envelope.event_id,
        InboundKind.JOINED if after else InboundKind.LEFT,
        chat=str(change.chat.id),
        user=str(change.from_user.id),
        name=_name(change.from_user),
        group=_is_group(change.chat),
        sender=_sender(change.from_user),
        sent_at=change.date,
        raw=envelope.raw,
    )


def _words(message: Message, username: str, group: bool) -> str | None:
    """What was said, without our own @name behind a command or in a group. None: said to another bot."""
    spoken = message.text or message.caption or (message.dice.emoji if message.dice else "")
    text = clean(spoken)
    command = _COMMAND.match(text)
    if command is not None:
        if group and username and command[2].lower() != username.lower():
            return None
        return command[1] + text[command.end() :]
    return mentions.without_name(text, username) if group else text


def _answered(message: Message) -> str:
    replied = message.reply_to_message
    # In a forum every message of a topic names the topic's first, a service message, as the one it answers.
    if replied is None or replied.forum_topic_created is not None:
        return ""
    return str(replied.message_id)


def id_of(message: dict[str, Any]) -> str:
    """Our name for a message of the Bot API; one shown to a single member of a group has a number of another kind."""
    if message.get("message_id"):
        return str(message["message_id"])
    return f"e{message['ephemeral_message_id']}" if message.get("ephemeral_message_id") else ""


def _chat(message: Message) -> str:
    """The chat, or the topic: a reply elsewhere has a thread id too, and only `is_topic_message` tells them apart."""
    if message.is_topic_message and message.message_thread_id:
        return f"{message.chat.id}/{message.message_thread_id}"
    return str(message.chat.id)


def _is_group(chat: Chat) -> bool:
    return chat.type in {"group", "supergroup"}


def _name(user: User) -> str:
    return line(user.full_name)


def _sender(user: User) -> SenderClass:
    return SenderClass.MACHINE if user.is_bot else SenderClass.PERSON


# Telegram's times are whole seconds. Which message of a second came first is told by its number, and a change of a
# message comes after it; so that the times alone say the order, both stand where the fraction of the second would.
_LAST = 999_999


def _moment(seconds: int | None, number: int) -> datetime | None:
    try:
        return _within(datetime.fromtimestamp(seconds, UTC), number) if seconds else None
    except (ValueError, OverflowError, OSError):
        return None


def _within(second: datetime, number: int) -> datetime:
    return second.replace(microsecond=number % (_LAST + 1))
