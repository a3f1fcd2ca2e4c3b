"""One line of a diagnosis: how bad, what, and what to do about it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

Level = Literal["fine", "notice", "wrong"]
_MARKS: dict[Level, str] = {"fine": "✔", "notice": "⚠", "wrong": "✘"}


@dataclass(frozen=True, slots=True)
class Finding:
    """In English, for an administrator. What is fine needs no remedy."""

    level: Level
    what: str
    remedy: str = ""

    def __str__(self) -> str:
        return f"{_MARKS[self.level]} {self.what}" + (f" → {self.remedy}" if self.remedy else "")


def fine(what: str) -> Finding:
    return Finding("fine", what)


def notice(what: str, remedy: str) -> Finding:
    return Finding("notice", what, remedy)


def wrong(what: str, remedy: str) -> Finding:
    return Finding("wrong", what, remedy)


def lasting(length: timedelta) -> str:
    """A length of time as people say it: 40 s, 12 min, 3 h, 2 days."""
    seconds = max(0, int(length.total_seconds()))
    for limit, unit, name in ((120, 1, "s"), (7200, 60, "min"), (172_800, 3600, "h")):
        if seconds < limit:
            return f"{seconds // unit} {name}"
    return f"{seconds // 86_400} days"
