"""Which days the whole country has off or works by exception, how sure that is, and where an office's file differs."""

import functools
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

Sure = Literal["official", "law", "provisional"]
_FILE = Path(__file__).with_name("national_days.toml")
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class NationalDay:
    """One day: off, or a Saturday that is worked; `note` says why, in Vietnamese."""

    day: date
    off: bool
    note: str
    sure: Sure


@dataclass(frozen=True, slots=True)
class NationalDays:
    """Everything known. `announced` are the years whose plan has been announced."""

    days: Mapping[date, NationalDay]
    announced: frozenset[int]
    years: frozenset[int]

    def note(self, day: date) -> str:
        """Why that day is special; empty when it is not."""
        known = self.days.get(day)
        return known.note if known is not None else ""


@functools.cache
def load() -> NationalDays:
    """The days shipped with the program. Raises ValueError when the shipped file itself is broken."""
    data = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    days = {}
    for text, row in data["days"].items():
        day = date.fromisoformat(text)
        days[day] = NationalDay(day, "off" in row, row.get("off") or row["work"], row["sure"])
    announced = frozenset(int(year) for year, about in data["years"].items() if about["announced"])
    return NationalDays(days, announced, frozenset(map(int, data["years"])))


def unlike(off: Collection[date], worked: Collection[date], since: date) -> list[str]:
    """Where an office's days off and worked Saturdays, from `since` on, differ from the country's, a sentence each.

    Years of which nothing is known are passed over; an office may have days of its own, so these are no mistakes.
    """
    known = load()
    found = []
    for one in known.days.values():
        if one.day < since:
            continue
        if one.off and one.day not in off and one.day.weekday() < _SATURDAY:
            found.append(f"{one.day} is a day off in the country ({one.note}, {one.sure}), but not in this file")
        elif not one.off and one.day not in worked:
            found.append(f"{one.day} is worked in the country ({one.note}, {one.sure}), but not in this file")
    slips = [day for day in sorted(off) if day >= since and day not in known.days and day.weekday() < _SATURDAY]
    found += [f"{day} is off in this file, but not in the country: see that it is no slip of the pen" for day in slips]
    return found


def library_differs(off: Collection[date], year: int, since: date) -> list[str]:
    """Where the `holidays` library sees `year` differently, from `since` on, a sentence each.

    A cross-check, never a source: the library reckons what is not yet announced, and knows no working Saturdays.
    """
    import holidays  # slow to import, and only asked for here

    theirs = {
        day: name
        for day, name in holidays.country_holidays("VN", years=year).items()
        if day.weekday() < _SATURDAY and day >= since
    }
    mine = {day for day in off if day.year == year and day.weekday() < _SATURDAY and day >= since}
    more = [
        f"{day} is a holiday for the holidays library ({theirs[day]}), but not here" for day in theirs.keys() - mine
    ]
    less = [f"{day} is off here, but no holiday for the holidays library" for day in mine - theirs.keys()]
    return sorted([*more, *less])
