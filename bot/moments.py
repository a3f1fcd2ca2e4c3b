"""Which moment somebody means: "14:00", "mai", "mai 8:00", "thứ hai", "25/11 9:00", "2h", "30p"."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tickets import hours
from tickets.folding import fold
from tickets.hours import Calendar

_LENGTH = re.compile(r"(?:(\d{1,2})\s*(?:h|gio|tieng))?\s*(?:(\d{1,3})\s*(?:p|ph|phut|m))?")
A_CLOCK = 7  # hours: "7h" is when offices open, not seven hours from now
_CLOCK = re.compile(r"(\d{1,2})(?::|h|g)(\d{2})?$")
_DATE = re.compile(r"(\d{1,2})[/-](\d{1,2})(?:[/-](\d{4}))?")
_WEEKDAYS = {"hai": 0, "ba": 1, "tu": 2, "nam": 3, "sau": 4, "bay": 5, "2": 0, "3": 1, "4": 2, "5": 3, "6": 4, "7": 5}
_WEEKDAYS |= dict.fromkeys(("chu nhat", "chunhat", "cn"), 6)
_DAYS = {"hom nay": 0, "mai": 1, "ngay mai": 1, "mot": 2, "ngay mot": 2, "tomorrow": 1, "today": 0}


@dataclass(frozen=True, slots=True)
class Meant:
    """A moment in working time; `moved` when another was named, outside it."""

    at: datetime
    moved: bool = False


def moment(text: str, now: datetime, calendar: Calendar) -> Meant | None:
    """The moment meant by `text`, seen from `now` (aware), moved into working time; None when it means none.

    A length ("2h", "30p") counts working time; from seven hours on, "14h" is the clock, as people say it. A day without
    a clock means its opening; a clock that has passed today means tomorrow. Nothing lies in the past. Raises
    NoWorkingTime.
    """
    words = fold(text).strip()
    zone = ZoneInfo(calendar.timezone)
    local = now.astimezone(zone)
    span = _LENGTH.fullmatch(words)
    if span is not None and any(span.groups()) and not (int(span[1] or 0) >= A_CLOCK and span[2] is None):
        minutes = int(span[1] or 0) * 60 + int(span[2] or 0)
        return Meant(hours.add(calendar, now, hours.Span(minutes=minutes))) if minutes else None
    day, rest = _day(words, local.date())
    clock = _clock(rest) if rest else None
    if (rest and clock is None) or (day is None and clock is None):
        return None
    meant = datetime.combine(day or local.date(), clock or time.min, zone)
    if day is None and meant <= local:
        meant += timedelta(days=1)
    opening = hours.next_opening(calendar, meant)
    if opening <= now:
        return None
    return Meant(opening, opening != meant if clock else opening.astimezone(zone).date() != meant.date())


def _day(words: str, today: date) -> tuple[date | None, str]:
    """The day a text begins with, and what is left of it."""
    for name, days in sorted(_DAYS.items(), key=lambda item: -len(item[0])):
        if words == name or words.startswith(f"{name} "):
            return today + timedelta(days=days), words[len(name) :].strip()
    weekday = re.match(r"(?:(?:thu|t)\s?|(?=chu\s?nhat|cn))(chu\s?nhat|\w+)\b", words)
    if weekday is not None and weekday[1] in _WEEKDAYS:
        ahead = (_WEEKDAYS[weekday[1]] - today.weekday() - 1) % 7 + 1
        return today + timedelta(days=ahead), words[weekday.end() :].strip()
    found = _DATE.match(words)
    if found is None:
        return None, words
    rest = words[found.end() :].strip()
    for year in [int(found[3])] if found[3] else [today.year, today.year + 1]:
        try:
            meant = date(year, int(found[2]), int(found[1]))
        except ValueError:
            continue
        if meant >= today:
            return meant, rest
    return None, words


def _clock(words: str) -> time | None:
    found = _CLOCK.fullmatch(words.removeprefix("luc ").replace(" ", ""))
    if found is None:
        return None
    hour, minute = int(found[1]), int(found[2] or 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None  # noqa: PLR2004 - a day's hours and minutes
