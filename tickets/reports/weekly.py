"""When the weekly report of an office is asked for, closes and is due, week by week on its calendar; pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from tickets.hours import Calendar, sessions_on, working_day_before

REMIND_BEFORE = timedelta(hours=1)
_WEEK = timedelta(days=7)
_LONGEST_GAP = 8  # weeks in a row without a working day that are looked through


@dataclass(frozen=True, slots=True)
class Rhythm:
    """What the plan lays down: weekday (0 is Monday) and time of the departments' and the office's report, and the day
    from which figures accumulate. `chosen` has the day a person chose for a week (by its Monday) instead."""

    departments_by: tuple[int, time]
    office_by: tuple[int, time]
    since: date
    chosen: Mapping[date, date] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Week:
    """The moments (aware) of one week's report; `monday` is its name. `moved`: not on its usual day.

    `ask` is when a person is asked about the other day, on the working day before it; None: nothing is to be asked.
    """

    monday: date
    remind: datetime
    close: datetime
    deliver: datetime
    moved: bool
    ask: datetime | None = None


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def week(calendar: Calendar, rhythm: Rhythm, monday: date) -> Week | None:
    """The moments of the week that begins on `monday`; None when nobody works in it before the report is due.

    A report due on a day off is due on the last working day before it, at the same time or at that day's closing; on
    the day a person chose where somebody did.
    """
    (first, by), (last, until) = rhythm.departments_by, rhythm.office_by
    chosen = rhythm.chosen.get(monday)
    if chosen is not None:
        first = chosen.weekday() if first >= last else min(first, chosen.weekday())
        last = chosen.weekday()
    close, close_day = _moment(calendar, monday, first, by)
    deliver, deliver_day = _moment(calendar, monday, last, until)
    if close is None or deliver is None:
        return None
    close = min(close, deliver)
    moved = close_day != rhythm.departments_by[0] or deliver_day != rhythm.office_by[0]
    ask = working_day_before(calendar, close) if moved and chosen is None else None
    return Week(monday, close - REMIND_BEFORE, close, deliver, moved, ask)


def to_ask(calendar: Calendar, rhythm: Rhythm, now: datetime) -> Week | None:
    """The week about whose day a person should have been asked by `now`, and still can be."""
    monday = monday_of(now.astimezone(calendar.zone).date())
    weeks = (week(calendar, rhythm, monday + n * _WEEK) for n in range(2))
    return next((one for one in weeks if one and one.ask and one.ask <= now < one.close), None)


def days_to_choose(calendar: Calendar, monday: date, after: datetime) -> list[date]:
    """The working days of a week that close after `after`."""
    found = []
    for number in range(7):
        day = monday + timedelta(days=number)
        at, weekday = _moment(calendar, monday, number, time(23, 59))
        if at is not None and weekday == number and at > after:
            found.append(day)
    return found


def current(calendar: Calendar, rhythm: Rhythm, now: datetime) -> Week | None:
    """The week of `now`, or the first one after it that has a report; None when the office never opens again."""
    monday = monday_of(now.astimezone(calendar.zone).date())
    weeks = (week(calendar, rhythm, monday + n * _WEEK) for n in range(_LONGEST_GAP))
    return next((one for one in weeks if one is not None), None)


def before(calendar: Calendar, rhythm: Rhythm, monday: date) -> Week | None:
    """The last week before the one of `monday` that had a report."""
    weeks = (week(calendar, rhythm, monday - n * _WEEK) for n in range(1, _LONGEST_GAP))
    return next((one for one in weeks if one is not None), None)


def counted_in(calendar: Calendar, rhythm: Rhythm, at: datetime) -> tuple[Week, bool] | None:
    """Into which week's report goes what is handed in at `at`, and whether it came too late for the week it belongs to.

    After the departments' close it goes to the next week, and is late until this week is over.
    """
    monday = monday_of(at.astimezone(calendar.zone).date())
    this = week(calendar, rhythm, monday)
    if this is not None and at < this.close:
        return this, False
    following = current(calendar, rhythm, at + _WEEK)
    return None if following is None else (following, this is not None)


def since(calendar: Calendar, rhythm: Rhythm) -> datetime:
    """The first moment that counts."""
    return datetime.combine(rhythm.since, time.min, calendar.zone).astimezone(UTC)


def span(calendar: Calendar, rhythm: Rhythm, one: Week) -> tuple[datetime, datetime]:
    """From the close of the report before until the close of this one: every event counts in exactly one week."""
    last = before(calendar, rhythm, one.monday)
    first = since(calendar, rhythm)
    start = max(first, last.close) if last is not None else first
    return min(start, one.close), one.close


def _moment(calendar: Calendar, monday: date, weekday: int, clock: time) -> tuple[datetime | None, int]:
    for back in range(weekday + 1):
        day = monday + timedelta(days=weekday - back)
        sessions = sessions_on(calendar, day)
        if sessions:
            closing = sessions[-1][1]
            at = clock if closing == time.min else min(clock, closing)
            return datetime.combine(day, at, calendar.zone).astimezone(UTC), weekday - back
    return None, weekday
