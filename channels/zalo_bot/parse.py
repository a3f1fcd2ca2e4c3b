"""What Zalo sends, turned into events: flat or wrapped, one or several, with the fields their documents and their
live traffic disagree on.
"""

import hashlib
import json
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

from channels.contract import Attachment, AttachmentKind, Event, Inbound, InboundKind
from channels.payload import mapping, string
from channels.text import clean, line

_MILLISECONDS_FROM = 10**12  # an epoch time below is seconds: as milliseconds it would lie before 2001-09-09
_MAX_ID = 512


def updates(payload: Any) -> list[dict[str, Any]]:
    """The updates in a webhook body or in the result of getUpdates: an object, a list, `{}`, null or wrapped."""
    if isinstance(payload, dict) and "event_name" not in payload:
        if payload.get("ok") is False:
            return []
        payload = payload.get("result")
    found = payload if isinstance(payload, list) else [payload]
    return [update for update in found if isinstance(update, dict) and update]


def event(
    update: dict[str, Any], channel: str, own_ids: Collection[str], own_names: Collection[str] = ()
) -> Event | None:
    """The event in one update, None for kinds we do not know, for what nobody can be answered about, and for echoes
    of the bot itself (`own_ids`). `channel`: the name attachments carry; `own_names`: by which a group calls us.
    """
    read = _READERS.get(string(update.get("event_name")))
    message = mapping(update.get("message"))
    around = message or update  # an unsupported event may come without its message
    sender, chat = mapping(around.get("from")), mapping(around.get("chat"))
    user = _id(sender.get("id")) or _id(chat.get("id"))
    where = _id(chat.get("id")) or user
    if read is None or not where or sender.get("is_bot") is True or user in own_ids:
        return None
    text, attachments = read(message, channel)
    group = string(chat.get("chat_type")).upper() == "GROUP"
    named = group and text.startswith("@")
    text = _without_name(text, own_names) if named else text
    message_id = _id(message.get("message_id"))
    return Inbound(
        event_id=message_id or _fingerprint(update),
        kind=InboundKind.MESSAGE if text or attachments or named else InboundKind.UNSUPPORTED,
        chat=where,
        user=user,
        name=line(string(sender.get("display_name")) or string(sender.get("first_name")), 100),
        text=text,
        attachments=attachments,
        message_id=message_id,
        group=group,
        # Zalo brings a bot only what mentions it or answers it in a group (bot platform's documentation, 2026-10).
        addressed=group,
        sent_at=_time(message.get("date")),
        raw=update,
    )


def _without_name(text: str, own_names: Collection[str]) -> str:
    """What was said after our name. How Zalo writes a mention is not documented: a name we do not know is one word."""
    called = text[1:]
    known = [name for name in own_names if name and called.casefold().startswith(name.casefold())]
    rest = called[len(max(known, key=len)) :] if known else called.partition(" ")[2]
    return rest.lstrip(" ,:").strip()


_Content = tuple[str, tuple[Attachment, ...]]


def _text(message: dict[str, Any], _channel: str) -> _Content:
    return clean(string(message.get("text"))).strip(), ()


def _image(message: dict[str, Any], channel: str) -> _Content:
    # The documents call the address `photo`, live traffic `photo_url`.
    photos = [_address(message.get("photo_url")) or _address(message.get("photo"))]
    caption = clean(string(message.get("caption")) or string(message.get("text"))).strip()
    return caption, tuple(Attachment(AttachmentKind.PHOTO, channel, url) for url in photos if url)


def _sticker(message: dict[str, Any], channel: str) -> _Content:
    name, url = line(string(message.get("sticker"))), _address(message.get("url"))
    return "", (Attachment(AttachmentKind.STICKER, channel, url, name),) if name or url else ()


def _voice(message: dict[str, Any], channel: str) -> _Content:
    url = _address(message.get("voice_url"))
    return "", (Attachment(AttachmentKind.VOICE, channel, url, mime="audio/aac"),) if url else ()


def _link(message: dict[str, Any], _channel: str) -> _Content:
    words = [string(message.get(key)) for key in ("text", "caption", "link", "url")]
    return clean("\n".join(dict.fromkeys(word for word in words if word))).strip(), ()


def _unsupported(_message: dict[str, Any], _channel: str) -> _Content:
    return "", ()


_READERS = {
    "message.text.received": _text,
    "message.image.received": _image,
    "message.sticker.received": _sticker,
    "message.voice.received": _voice,
    "message.link.received": _link,  # seen by others only; its fields are a guess, so all likely ones are read
    "message.unsupported.received": _unsupported,
}


def _id(value: Any) -> str:
    """Ids are opaque: hex today, anything tomorrow."""
    return string(value).strip()[:_MAX_ID]


def _address(value: Any) -> str:
    text = string(value).strip()
    return text if text.startswith(("https://", "http://")) else ""


def _time(value: Any) -> datetime | None:
    """Epoch milliseconds (or seconds) as an aware UTC time, None when it is no time."""
    digits = string(value)
    if not digits.isascii() or not digits.isdecimal():
        return None
    number = int(digits[:20])
    try:
        return datetime.fromtimestamp(number / 1000 if number >= _MILLISECONDS_FROM else number, UTC)
    except (OverflowError, OSError, ValueError):
        return None


def _fingerprint(update: dict[str, Any]) -> str:
    """A key for an update without an id, the same whether it came flat or wrapped, by webhook or by polling."""
    body = json.dumps(update, sort_keys=True, ensure_ascii=False).encode("utf-8", "surrogatepass")
    return "sha256:" + hashlib.sha256(body).hexdigest()
