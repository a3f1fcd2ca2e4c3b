"""What does the emulated phone remember: its queue, inbox, webhooks and settings?"""

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

from sandbox.conversation import Json

ZONE = timezone(timedelta(hours=7))
QUEUE_LIMIT = 1000


@dataclass
class Outgoing:
    """A message the phone was asked to send to one or more numbers."""

    id: str
    text: str
    numbers: list[str]
    report: bool
    priority: int
    state: str = "Pending"
    states: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    def move(self, state: str) -> None:
        """Enters a state now."""
        self.state = state
        self.states[state] = stamp()

    def shown(self, device: str) -> Json:
        """The message as the API prints it."""
        recipients = [
            {"phoneNumber": n, "state": "Failed" if n in self.errors else self.state}
            | ({"error": self.errors[n]} if n in self.errors else {})
            for n in self.numbers
        ]
        return {
            "id": self.id,
            "deviceId": device,
            "state": self.state,
            "isHashed": False,
            "isEncrypted": False,
            "recipients": recipients,
            "states": dict(self.states),
        }


@dataclass
class State:
    """One phone."""

    device: str = field(default_factory=lambda: secrets.token_urlsafe(15))
    number: str = "+84900000900"
    signing_key: str = field(default_factory=lambda: secrets.token_hex(4))
    messages: dict[str, Outgoing] = field(default_factory=dict)
    queue: list[Outgoing] = field(default_factory=list)
    inbox: list[Json] = field(default_factory=list)
    webhooks: dict[str, Json] = field(default_factory=dict)
    settings: Json = field(
        default_factory=lambda: {
            "messages": {"processing_order": "LIFO", "send_interval_min": None, "send_interval_max": None},
            "webhooks": {"internet_required": True, "retry_count": 15},
        }
    )
    hashes: set[str] = field(default_factory=set)

    def receive_hash(self, sender: str, text: str, at: datetime) -> tuple[str, datetime]:
        """The app's id of a received message, a 32-bit hash, and the time it was made from.

        Two equal texts in one moment would collapse in the app; here the later gets a later moment, so that what a
        person was told to say is never swallowed.
        """
        while True:
            raw = f"{sender}|{stamp(at)}|1|{text}".encode("utf-8", "replace")
            digest = hashlib.sha256(raw).hexdigest()[:8]
            if digest not in self.hashes:
                self.hashes.add(digest)
                return digest, at
            at += timedelta(milliseconds=1)


def stamp(at: datetime | None = None) -> str:
    """A moment as the app prints it: milliseconds and the phone's offset."""
    return (at or datetime.now(ZONE)).astimezone(ZONE).isoformat(timespec="milliseconds")
