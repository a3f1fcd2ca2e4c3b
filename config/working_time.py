"""The small values an office file is written in: hours of the day, days, lengths of time, and the week they make up."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from itertools import pairwise
from types import MappingProxyType
from typing import Any

from config.mistakes import Place, Problem, did_you_mean

Session = tuple[time, time]
"""Opening and closing on one day; a closing of 00:00 is midnight at its end."""

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_FRIDAY, _SATURDAY = 4, 5
_OTHER_KEYS = ("days_off", "working_saturdays", "saturday_sessions", "extra_days")

_CLOCK = re.compile(r"(\d{1,2}):(\d{2})")
_LENGTH = re.compile(r"(?:(?P<days>\d{1,3})d)?(?:(?P<hours>\d{1,4})h)?(?:(?P<minutes>\d{1,5})m)?")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_VIETNAMESE_DATE = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
_LONGEST = 250  # working days, about a year


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of working time: minutes that were worked, or whole working days; all others are 0.

    What is promised may also be real time, by the clock and the calendar, or end the same day for what comes `until`.
    """

    minutes: int = 0
    days: int = 0
    real_minutes: int = 0
    real_days: int = 0
    until: time | None = None

    def __str__(self) -> str:
        if self.until is not None:
            return f"same day {self.until:%H:%M}"
        real = " real" if self.real_minutes or self.real_days else ""
        if self.days or self.real_days:
            return f"{self.days or self.real_days}d{real}"
        hours, minutes = divmod(self.minutes or self.real_minutes, 60)
        length = f"{hours}h{minutes}m" if hours and minutes else f"{hours}h" if hours else f"{minutes}m"
        return f"{length}{real}"


@dataclass(frozen=True, slots=True)
class WeekMoment:
    """A moment of every week on the office's clock; `day` is 0 for Monday."""

    day: int
    at: time


@dataclass(frozen=True, slots=True)
class Hours:
    """When an office works, on its own clock. `week` has the days 0 (Monday) to 6, an empty tuple when closed.

    `days_off` are closed whatever their weekday; `extra_days` are the sessions of single days (working Saturdays).
    """

    week: Mapping[int, tuple[Session, ...]]
    days_off: frozenset[date] = frozenset()
    extra_days: Mapping[date, tuple[Session, ...]] = field(default_factory=dict)


class WrittenWrong(ValueError):  # it says how the value was written
    """A value nobody can read; the message says what it is, `remedy` how to write it."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what)
        self.remedy = remedy


def clock(text: str) -> time:
    """ "07:30" as a time of day; "24:00" is midnight and comes back as 00:00. Raises WrittenWrong."""
    found = _CLOCK.fullmatch(text.strip())
    if found is None:
        raise WrittenWrong(f"{text!r} is not a time of day", "Write hours and minutes, as 07:30.")
    hour, minute = int(found[1]), int(found[2])
    if (hour, minute) == (24, 0):
        return time(0, 0)
    if hour > 23 or minute > 59:  # noqa: PLR2004  # the clock
        raise WrittenWrong(
            f"{text!r} is not a time of day", "Hours go from 00 to 23 (24:00 is midnight), minutes to 59."
        )
    return time(hour, minute)


def session(text: str) -> Session:
    """ "07:30-11:30" as opening and closing. Raises WrittenWrong."""
    parts = re.split(r"\s*[-–]\s*", text.strip())
    if len(parts) != 2:  # noqa: PLR2004  # from, to
        raise WrittenWrong(f"{text!r} is not a session", "Write opening and closing, as 07:30-11:30.")
    opens, closes = clock(parts[0]), clock(parts[1])
    midnight = closes == time(0, 0) and parts[1] == "24:00"
    if not midnight and closes <= opens:
        raise WrittenWrong(f"{text!r} ends before it begins", "Write the earlier time first, as 07:30-11:30.")
    return opens, closes


def day(text: str) -> date:
    """ "2026-11-24" as a date. Raises WrittenWrong."""
    text = text.strip()
    if _DATE.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise WrittenWrong(f"there is no day {text}", "Look at the calendar: year-month-day.") from None
    remedy = "Write year-month-day, as 2026-11-24."
    if found := _VIETNAMESE_DATE.fullmatch(text):
        remedy = f"Write year-month-day: {int(found[3]):04}-{int(found[2]):02}-{int(found[1]):02}."
    raise WrittenWrong(f"{text!r} is not a date", remedy)


def days(text: str) -> list[date]:
    """One date, or a range "2026-02-16..2026-02-20" with both ends. Raises WrittenWrong."""
    first, dots, last = text.partition("..")
    if not dots:
        return [day(text)]
    begin, end = day(first), day(last)
    if not timedelta(0) < end - begin < timedelta(days=60):
        raise WrittenWrong(
            f"{text!r} is not a range of days", "Write the first and the last day, at most two months apart."
        )
    return [begin + timedelta(days=number) for number in range((end - begin).days + 1)]


def duration(text: str) -> Duration:
    """ "30m", "1h30m" or "2d" (working days) as a length of working time. Raises WrittenWrong."""
    parts = _length(text, "Write 30m, 1h, 1h30m or 2d (working days).")
    if parts[0] and (parts[1] or parts[2]):
        raise WrittenWrong(
            f"{text!r} mixes working days with hours", "Write either whole days, as 2d, or hours, as 20h."
        )
    found = Duration(minutes=parts[1] * 60 + parts[2], days=parts[0])
    if found.days > _LONGEST or found.minutes > _LONGEST * 24 * 60:
        raise WrittenWrong(f"{text!r} is longer than a year of work", f"The longest is {_LONGEST}d.")
    return found


def promised(text: str) -> Duration:
    """As `duration`, or "12h real", "30d real" (days off count too), or "same day 15:00". Raises WrittenWrong."""
    line = text.strip().lower()
    if line.startswith(("same day ", "same-day ")):
        return Duration(until=clock(line[len("same day ") :].removeprefix("until ")))
    if line.endswith(" real"):
        length = duration(line.removesuffix(" real"))
        return Duration(real_minutes=length.minutes, real_days=length.days)
    return duration(text)


def calendar_length(text: str) -> timedelta:
    """ "7d", "48h" or "90m" by the calendar, nights and days off included. Raises WrittenWrong."""
    parts = _length(text, "Write 7d, 48h or 90m.")
    return timedelta(days=parts[0], hours=parts[1], minutes=parts[2])


def _length(text: str, remedy: str) -> tuple[int, int, int]:
    found = _LENGTH.fullmatch(text.strip().lower())
    if found is None or not found[0]:
        unit = " without a unit" if text.strip().isdigit() else ""
        raise WrittenWrong(f"{text!r} is not a length of time{unit}", remedy)
    return int(found["days"] or 0), int(found["hours"] or 0), int(found["minutes"] or 0)


def share(text: str) -> float:
    """ "75%" or "0.75" as 0.75; above 0 and at most 1. Raises WrittenWrong."""
    bare = text.strip().removesuffix("%").strip()
    try:
        value = float(bare) / (100 if text.strip().endswith("%") else 1)
    except ValueError:
        value = 0.0
    if not 0 < value <= 1:
        raise WrittenWrong(f"{text!r} is not a share of the time", "Write a percentage from 1% to 100%, as 75%.")
    return value


def stretch(text: str) -> float:
    """ "200%" or "2" as 2.0; at least 1 and at most 10. Raises WrittenWrong."""
    bare = text.strip().removesuffix("%").strip()
    try:
        value = float(bare) / (100 if text.strip().endswith("%") else 1)
    except ValueError:
        value = 0.0
    if not 1 <= value <= 10:  # noqa: PLR2004  # ten times as long is no promise any more
        raise WrittenWrong(f"{text!r} makes nothing longer", "Write a percentage from 100% to 1000%, as 200%.")
    return value


def week_moment(text: str) -> WeekMoment:
    """ "fri 15:00" as a moment of every week. Raises WrittenWrong."""
    name, _, at = text.strip().partition(" ")
    if name.lower() not in DAYS:
        raise WrittenWrong(
            f"{text!r} is not a moment of the week", f"Write a day ({', '.join(DAYS)}) and a time: fri 15:00."
        )
    return WeekMoment(DAYS.index(name.lower()), clock(at))


def hours(data: Any, place: Place, problems: list[Problem]) -> Hours | None:
    """The `hours` of an office file; None when something was wrong, which then stands in `problems`."""
    if not isinstance(data, dict):
        problems.append(Problem(place, "the hours are missing", 'Write lines such as `mon-fri: ["07:30-11:30"]`.'))
        return None
    before = len(problems)
    week: dict[int, tuple[Session, ...]] = {}
    given: dict[int, str] = {}
    for key, value in data.items():
        here = (*place, key)
        if key in _OTHER_KEYS:
            continue
        numbers = weekdays(key)
        if not numbers:
            remedy = did_you_mean(key, (*DAYS, "mon-fri", "mon-sat", *_OTHER_KEYS))
            problems.append(Problem(here, f"unknown key {key!r} in the hours", remedy, key=True))
            continue
        opened = _sessions(value, here, problems)
        for number in numbers:
            if number in given:
                what = f"the hours of {_NAMES[number]} are given twice, in {given[number]!r} and in {key!r}"
                problems.append(Problem(here, what, "Keep one of them.", key=True))
                break
            given[number], week[number] = key, opened
    if len(problems) == before and not any(week.values()):
        problems.append(Problem(place, "the office is never open", 'Write lines such as `mon-fri: ["07:30-11:30"]`.'))
    off = _dates(data.get("days_off"), (*place, "days_off"), problems)
    extra = _saturdays(data, place, week, set(off), problems)
    extra |= _extra_days(data.get("extra_days"), (*place, "extra_days"), {*off, *extra}, problems)
    if len(problems) > before:
        return None
    whole = MappingProxyType({number: week.get(number, ()) for number in range(len(DAYS))})
    return Hours(whole, frozenset(off), MappingProxyType(extra))


def hours_of_areas(data: Any, place: Place, problems: list[Problem]) -> dict[str, Hours]:
    """The `area_hours` of an office file: hours of single areas, each written like the office's own."""
    if data is None:
        return {}
    if not isinstance(data, dict):
        remedy = 'Write lines such as `dat-dai: {mon-fri: ["07:30-11:30"]}`.'
        problems.append(Problem(place, "this must be made of areas and their hours", remedy))
        return {}
    found = {area: hours(value, (*place, area), problems) for area, value in data.items()}
    return {area: one for area, one in found.items() if one is not None}


def weekdays(key: str) -> list[int]:
    """The days a key such as `mon`, `mon-fri` or `mon,wed` names; empty when it names none."""
    numbers: list[int] = []
    for part in key.lower().split(","):
        first, dash, last = (word.strip() for word in part.partition("-"))
        if first not in DAYS or (dash and last not in DAYS):
            return []
        begin, end = DAYS.index(first), DAYS.index(last if dash else first)
        if end < begin:
            return []
        numbers += range(begin, end + 1)
    return numbers


def _sessions(value: Any, place: Place, problems: list[Problem]) -> tuple[Session, ...]:
    found: list[tuple[Session, str, Place]] = []
    for where, text in _texts(value, place, problems):
        try:
            found.append((session(text), text, where))
        except WrittenWrong as error:
            problems.append(Problem(where, str(error), error.remedy))
    found.sort(key=lambda one: one[0][0])
    for (first, text, _), (second, other, where) in pairwise(found):
        if first[1] == time(0, 0) or second[0] < first[1]:
            what = f"the sessions {text} and {other} overlap"
            problems.append(Problem(where, what, "Let one end before the other begins."))
    return tuple(one[0] for one in found)


def _dates(value: Any, place: Place, problems: list[Problem]) -> dict[date, Place]:
    found: dict[date, Place] = {}
    for where, text in _texts(value, place, problems):
        try:
            found |= dict.fromkeys(days(text), where)
        except WrittenWrong as error:
            problems.append(Problem(where, str(error), error.remedy))
    return found


def _saturdays(
    data: dict[str, Any], place: Place, week: dict[int, tuple[Session, ...]], off: set[date], problems: list[Problem]
) -> dict[date, tuple[Session, ...]]:
    own = _sessions(data.get("saturday_sessions"), (*place, "saturday_sessions"), problems)
    dates = _dates(data.get("working_saturdays"), (*place, "working_saturdays"), problems)
    sessions = own or week.get(_FRIDAY, ())
    if dates and not sessions and not problems:
        what = "it is not said from when to when a working Saturday is open"
        problems.append(
            Problem((*place, "working_saturdays"), what, "Add saturday_sessions: the hours of Friday are empty.")
        )
    for one, where in dates.items():
        if one.weekday() != _SATURDAY:
            what = f"{one} is a {_NAMES[one.weekday()]}, not a Saturday"
            problems.append(Problem(where, what, "Look at the calendar; remove it or correct the date."))
        elif one in off:
            problems.append(Problem(where, f"{one} is also among days_off", "Remove it from one of the two lists."))
    return dict.fromkeys(dates, sessions)


def _extra_days(value: Any, place: Place, taken: set[date], problems: list[Problem]) -> dict[date, tuple[Session, ...]]:
    """Single days with hours of their own: half days, field work on a Sunday."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        remedy = 'Write a day and its sessions a line, as `2026-12-31: ["07:30-11:30"]`.'
        problems.append(Problem(place, "this must be made of days and their sessions", remedy))
        return {}
    found: dict[date, tuple[Session, ...]] = {}
    for key, sessions in value.items():
        here = (*place, key)
        try:
            one = day(str(key))
        except WrittenWrong as error:
            problems.append(Problem(here, str(error), error.remedy, key=True))
            continue
        if one in taken:
            what = f"{one} is also among days_off or working_saturdays"
            problems.append(Problem(here, what, "Remove it from one of the lists.", key=True))
        opened = _sessions(sessions, here, problems)
        if not opened and not any(problem.place[: len(here)] == here for problem in problems):
            problems.append(Problem(here, f"{one} has no session", "Write its hours, or put it among days_off."))
        found[one] = opened
    return found


def _texts(value: Any, place: Place, problems: list[Problem]) -> list[tuple[Place, str]]:
    if value is None:
        return []
    if isinstance(value, str):
        return [(place, value)]
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return [((*place, number), one) for number, one in enumerate(value)]
    problems.append(Problem(place, "this must be a list", 'Write it in brackets, as ["07:30-11:30", "13:30-17:00"].'))
    return []
