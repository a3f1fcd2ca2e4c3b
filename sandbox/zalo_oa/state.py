"""Whom and what does the emulated Official Account know, by a clock that can be moved?"""

import secrets
import time
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sandbox.conversation import Json

FREE, WINDOW = timedelta(hours=48), timedelta(days=7)
UPLOADS_LIVE = timedelta(days=7)
CALLS_A_MINUTE = 4000


@dataclass
class Person:
    """Somebody who has met the Official Account."""

    id: str
    name: str
    follows: bool = False
    blocked: bool = False
    last_interaction: datetime | None = None
    shared: Json = field(default_factory=dict)


@dataclass
class Group:
    """A group chat of the Official Account."""

    id: str
    members: set[str] = field(default_factory=set)


@dataclass
class Upload:
    """A file that was uploaded and can be sent for some days."""

    id: str
    kind: str
    blob: Json
    expires: datetime


@dataclass
class State:
    """Everything remembered but messages and tokens."""

    oa_id: str
    name: str
    limits: bool
    package: bool = True
    people: dict[str, Person] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    uploads: dict[str, Upload] = field(default_factory=dict)
    ahead: timedelta = timedelta()
    calls: deque[float] = field(default_factory=deque)

    def now(self) -> datetime:
        """The moment by this network's clock."""
        return datetime.now(UTC) + self.ahead

    def milliseconds(self) -> str:
        """The same as Zalo writes it: text."""
        return str(int(self.now().timestamp() * 1000))

    def person(self, user: str, name: str = "") -> Person:
        """The person, made at the first meeting."""
        found = self.people.setdefault(user, Person(user, name or f"Người dùng {user[-4:]}"))
        if name:
            found.name = name
        return found

    def interacts(self, user: str, name: str = "") -> Person:
        """A word, a follow, a tap: the window begins anew."""
        found = self.person(user, name)
        found.last_interaction = self.now()
        return found

    def open(self, user: str) -> bool:
        """Whether a consultation message may go to the person."""
        found = self.people.get(user)
        return (
            found is not None and found.last_interaction is not None and self.now() - found.last_interaction <= WINDOW
        )

    def room(self) -> int:
        """Takes one call of this minute's; how many are left, negative when none was."""
        moment = time.monotonic()
        while self.calls and self.calls[0] < moment - 60:
            self.calls.popleft()
        self.calls.append(moment)
        return CALLS_A_MINUTE - len(self.calls)


def new_id() -> str:
    """The id of a message: 20 hex digits."""
    return secrets.token_hex(10)


def new_number() -> str:
    """An id of 19 digits, beyond 2^53."""
    return str(4_800_000_000_000_000_000 + secrets.randbelow(10**17))
