"""Whom and what does the emulated Zalo Bot Platform know?"""

import secrets
import time
from dataclasses import dataclass, field
from typing import Literal

from sandbox.conversation import Json
from sandbox.zalo_bot.errors import Refusal, bad

# Free tier: 50 users per bot and 3,000 messages a month.
USERS = 50
MESSAGES = 3000
# The daily limits of testWebhook is not published; this many show that there is one.
WEBHOOK_TESTS = 10


@dataclass
class Room:
    """A chat the bot may write to."""

    id: str
    type: Literal["PRIVATE", "GROUP"]


@dataclass
class Webhook:
    """The registered webhook; an empty URL when there is none."""

    url: str = ""
    secret: str = ""
    updated_at: int = 0


@dataclass
class State:
    """Everything the emulated platform remembers, except messages and events."""

    bot: Json
    quotas: bool
    names: dict[str, str] = field(default_factory=dict)
    rooms: dict[str, Room] = field(default_factory=dict)
    webhook: Webhook = field(default_factory=Webhook)
    sent: int = 0
    tests: int = 0

    def room(self, chat_id: str | None) -> Room:
        """The chat of a call. Raises Refusal; a bot cannot write to who never wrote to it."""
        if not chat_id:
            raise bad("chat_id must not be empty")
        room = self.rooms.get(chat_id)
        if room is None:
            raise bad("chat_id is invalid")
        return room

    def charge(self, room: Room) -> None:
        """Counts a message against the quotas. Raises the 429 Refusal."""
        if not self.quotas:
            return
        served = [r.id for r in self.rooms.values() if r.type == "PRIVATE"][:USERS]
        if room.type == "PRIVATE" and room.id not in served:
            raise Refusal(429, "Quota exceeded: number of users")
        if self.sent >= MESSAGES:
            raise Refusal(429, "Quota exceeded: number of messages")
        self.sent += 1


def new_id() -> str:
    """A message id: 20 hex characters."""
    return secrets.token_hex(10)


def milliseconds() -> int:
    """The present moment in Unix milliseconds."""
    return time.time_ns() // 1_000_000
