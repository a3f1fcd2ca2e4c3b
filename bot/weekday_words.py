"""Which days of every week somebody means: "thứ 2 đến thứ 6", "t2-t6", "hằng tuần thứ hai, thứ tư", "mon-fri"."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from tickets.folding import fold

if TYPE_CHECKING:
    from bot.wiring import Desk

_NAMES = {
    **{name: day for day, name in enumerate(("hai", "ba", "tu", "nam", "sau", "bay"))},
    **{str(day + 2): day for day in range(6)},
    **{name: day for day, name in enumerate(("mon", "tue", "wed", "thu", "fri", "sat", "sun"))},
    "cn": 6,
    "chu nhat": 6,
    "chunhat": 6,
}
_VIETNAMESE = r"(?:(?:thu ?|t)(?:[2-7])|thu ?(?:hai|ba|tu|nam|sau|bay)|cn|chu ?nhat)"
_ENGLISH = r"(?:mon|tue|wed|thu|fri|sat|sun)(?:s?day|nesday|rsday|urday)?"
_DAY = rf"(?:{_VIETNAMESE}|{_ENGLISH})"
_SPAN = re.compile(rf"(?:tu )?({_DAY})(?: ?(?:-|–|\.\.|den|toi|to) ?({_DAY}|[2-7]))?")
_EVERY_WEEK = re.compile(r"(?:hang|moi|every) ?(?:tuan|week)[,:]? ?")
_LONGEST = 16  # words that name days


@dataclass(frozen=True, slots=True)
class EveryWeek:
    """Weekdays, 0 for Monday, in their order (none: every week was said and no day), and the words behind them."""

    days: tuple[int, ...]
    rest: str


def every_week(line: str) -> EveryWeek | None:
    """The weekdays `line` begins with; None when it begins with something else."""
    words = line.split()
    for length in range(min(len(words), _LONGEST), 0, -1):
        days = _days(fold(" ".join(words[:length])))
        if days is not None:
            return EveryWeek(days, " ".join(words[length:]))
    return None


def _days(folded: str) -> tuple[int, ...] | None:
    plain = _EVERY_WEEK.sub("", folded, count=1) if _EVERY_WEEK.match(folded) else folded
    if not plain:
        return ()
    found: set[int] = set()
    for part in plain.split(","):
        span = _SPAN.fullmatch(part.strip())
        if span is None:
            return None
        first, last = _number(span[1]), _number(span[2] or span[1])
        found |= set(range(first, last + 1)) if first <= last else {*range(first, 7), *range(last + 1)}
    return tuple(sorted(found))


def _number(day: str) -> int:
    """The number of a day that `_SPAN` has found: by its name, without "thứ" before it, or by its first letters."""
    for name in (day, re.sub(r"^(?:thu|t) ?", "", day), day[:3]):
        if name in _NAMES:
            return _NAMES[name]
    raise ValueError(f"{day!r} is no day of the week")


def said(desk: "Desk", language: str, days: Sequence[int]) -> str:
    """Weekdays in words, neighbours together: "thứ Hai – thứ Sáu, Chủ nhật"."""
    parts = []
    for _, run in groupby(enumerate(sorted(days)), key=lambda pair: pair[1] - pair[0]):
        numbers = [day for _, day in run]
        first, last = (desk.texts.say(language, f"time.weekday_{number}") for number in (numbers[0], numbers[-1]))
        parts.append(first if first == last else f"{first} – {last}")
    return ", ".join(parts)
