"""What does each chat of an emulated network show, message by message?"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sandbox.bell import Bell

Json = dict[str, Any]


@dataclass(frozen=True)
class Button:
    """One button as a person sees it, and what the network does when it is pressed."""

    text: str
    data: str | None = None
    url: str | None = None


@dataclass
class Message:
    """One message of one chat; `author` is None when the bot wrote it."""

    id: str
    chat: str
    author: str | None
    text: str
    at: datetime
    name: str = ""
    keyboard: list[list[Button]] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    reply_to: str | None = None
    edited: bool = False
    deleted: bool = False
    raw: Json = field(default_factory=dict)
    more: Json = field(default_factory=dict)

    @property
    def buttons(self) -> list[str]:
        """The texts of the buttons, from left to right and down."""
        return [button.text for row in self.keyboard for button in row]

    def shown(self) -> Json:
        """The message as the control door prints it."""
        entry: Json = {
            "message_id": self.id,
            "text": self.text,
            "buttons": self.buttons,
            "attachments": [dict(attachment) for attachment in self.attachments],
            "reply_to": self.reply_to,
            "edited": self.edited,
            "at": self.at.isoformat(),
        }
        if self.keyboard:
            entry["keyboard"] = [
                [{"text": b.text} | ({"url": b.url} if b.url else {}) for b in row] for row in self.keyboard
            ]
        if self.author is not None:
            entry |= {"from": self.author, "name": self.name}
        return entry | self.more


@dataclass
class Chat:
    """The messages of one chat in order, also those deleted since."""

    messages: list[Message] = field(default_factory=list)
    places: dict[str, int] = field(default_factory=dict)
    version: int = 0


class Conversations:
    """All chats of one network; every change rings the bell."""

    def __init__(self) -> None:
        self.bell = Bell()
        self._chats: defaultdict[str, Chat] = defaultdict(Chat)

    def add(self, message: Message) -> Message:
        """Appends a message to its chat."""
        chat = self._chats[message.chat]
        chat.places[message.id] = len(chat.messages)
        chat.messages.append(message)
        self.changed(message.chat)
        return message

    def changed(self, chat: str) -> None:
        """Says that a message of the chat was altered in place."""
        self._chats[chat].version += 1
        self.bell.ring()

    def version(self, chat: str) -> int:
        """A number that grows with every change of the chat."""
        return self._chats[chat].version if chat in self._chats else 0

    def names(self) -> list[str]:
        """The chats in which something was ever said."""
        return list(self._chats)

    def count(self, chat: str) -> int:
        """How many messages the chat ever held."""
        return len(self._chats[chat].messages) if chat in self._chats else 0

    def find(self, chat: str, message_id: str) -> Message | None:
        """The message, or None when it never was there or was deleted."""
        place = self._chats[chat].places.get(message_id) if chat in self._chats else None
        if place is None:
            return None
        message = self._chats[chat].messages[place]
        return None if message.deleted else message

    def seen(self, chat: str, after: str | None = None, *, own: bool = False) -> list[Message]:
        """What the bot sent to the chat, in order; with `own` also what people said there.

        `after` leaves out everything up to and including that message; KeyError when the chat never had it.
        """
        if chat not in self._chats:
            if after is not None:
                raise KeyError(after)
            return []
        start = 0 if after is None else self._chats[chat].places[after] + 1
        return [m for m in self._chats[chat].messages[start:] if not m.deleted and (own or m.author is None)]

    async def until(self, chat: str, predicate: Callable[[Message], bool], seconds: float) -> Message:
        """Waits for a message of the bot in this chat that satisfies `predicate`, and returns the first such one.

        Raises TimeoutError when `seconds` have passed, which tells what the chat did show.
        """

        looked_at = -1

        def look() -> Message | None:
            # The bell rings for every chat of the network: most rings are about another one.
            nonlocal looked_at
            if looked_at == self.version(chat):
                return None
            looked_at = self.version(chat)
            return next((m for m in self.seen(chat) if predicate(m)), None)

        found = await self.bell.until(look, seconds)
        if found is None:
            shown = "\n".join(f"  [{m.id}] {m.text!r} {m.buttons}" for m in self.seen(chat)) or "  nothing"
            raise TimeoutError(f"no such message in chat {chat} within {seconds} s; it shows:\n{shown}")
        return found


def now() -> datetime:
    """The present moment, UTC."""
    return datetime.now(UTC)
