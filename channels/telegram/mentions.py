"""Whether something said in a group is said to us, and the same words without our name."""

import re

from aiogram.types import Message

_COMMAND = re.compile(r"/\w{1,64}@(\w+)$")


def addressed(message: Message, username: str) -> bool:
    """Whether a message of a group names us, or answers a message of ours. `username`: our own, "" when unknown.

    A forwarded message was said to somebody else, somewhere else, whatever name stands in it.
    """
    if not username or message.forward_origin is not None:
        return False
    return _names(message, username) or _answers(message, username)


def without_name(text: str, username: str) -> str:
    """`text` without our @name, wherever it stands."""
    if not username:
        return text
    name = re.compile(rf"(?<![\w@])@{re.escape(username)}(?!\w)[ \t]*[,:]?[ \t]*", re.IGNORECASE | re.ASCII)
    return name.sub("", text).strip()


def _names(message: Message, username: str) -> bool:
    spoken = message.text or message.caption or ""
    for entity in message.entities or message.caption_entities or ():
        said = _piece(spoken, entity.offset, entity.length)
        if entity.type == "bot_command":
            command = _COMMAND.match(said)
            said = f"@{command[1]}" if command else ""
        elif entity.type == "text_mention" and entity.user is not None:
            said = f"@{entity.user.username}"
        elif entity.type != "mention":
            continue
        if said.lower() == f"@{username.lower()}":
            return True
    return False


def _piece(text: str, offset: int, length: int) -> str:
    """The part of `text` an entity marks; Telegram counts in UTF-16 units."""
    return text.encode("utf-16-le", "replace")[offset * 2 : (offset + length) * 2].decode("utf-16-le", "replace")


def _answers(message: Message, username: str) -> bool:
    replied = message.reply_to_message
    # In a forum every message of a topic names the topic's first, a service message, as the one it answers.
    if replied is None or replied.forum_topic_created is not None or replied.from_user is None:
        return False
    return (replied.from_user.username or "").lower() == username.lower()
