"""Answers when an office is open, adds and measures working time; calendars are data, no clock is read here."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import pairwise
from types import MappingProxyType
from zoneinfo import ZoneInfo

from tickets.spans import Span, parse_span

__all__ = [
    "SEARCH_DAYS",
    "Calendar",
    "NoWorkingTime",
    "Session",
    "Span",
    "add",
    "advance",
    "closing_today",
    "elapsed",
    "is_open",
    "next_opening",
    "opening_today",
    "parse_span",
    "round_the_clock",
    "sessions_on",
    "wall_moment",
    "working_day_before",
]

Session = tuple[time, time]
"""Opening and closing on the wall clock of one day; a closing of 00:00 means midnight at the end of that day."""

SEARCH_DAYS = 400
"""No search looks further ahead than this for the next session: a longer gap is a calendar nobody filled in."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = 86_400_000_000  # microseconds, the unit of every instant inside this module
_SECOND = 1_000_000
_WEEK = 7
_LIMIT = SEARCH_DAYS * _DAY


class NoWorkingTime(ValueError):
    """The calendar has no session within `SEARCH_DAYS` of the moment asked about."""


@dataclass(frozen=True, slots=True)
class Year:
    """The sessions of one local year as instants, with what is needed to find a place in them by bisection."""

    opens: list[int]
    closes: list[int]
    worked: list[int]  # working time of the year up to the closing of each session
    days: list[int]  # ordinals of the working days
    day_closes: list[int]
    total: int


@dataclass(frozen=True)
class Calendar:
    """When an office works, by its own wall clock.

    `timezone` is an IANA name; `week` holds the sessions of Monday to Sunday; `days_off` are closed whatever their
    weekday; `extra` gives the sessions of single days (working Saturdays, half days; an empty tuple is a closed day)
    and wins over both. Raises ValueError when a day's sessions are empty, unsorted or overlap, zoneinfo's error for an
    unknown zone.
    """

    timezone: str
    week: tuple[tuple[Session, ...], ...]
    days_off: frozenset[date] = frozenset()
    extra: Mapping[date, tuple[Session, ...]] = field(default_factory=dict, hash=False)
    zone: ZoneInfo = field(init=False, repr=False, compare=False)
    _years: dict[int, Year] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "zone", ZoneInfo(self.timezone))
        # A copy nobody else can change: the years worked out below would not notice.
        object.__setattr__(self, "extra", MappingProxyType(dict(self.extra)))
        if len(self.week) != _WEEK:
            raise ValueError(f"a week has {_WEEK} days, Monday first, not {len(self.week)}")
        for weekday, sessions in enumerate(self.week):
            _check(sessions, f"weekday {weekday} (0 is Monday)")
        for day, sessions in self.extra.items():
            _check(sessions, day.isoformat())

    def year(self, number: int) -> Year:
        """Return the sessions of a local year, worked out once."""
        known = self._years.get(number)
        if known is None:
            known = self._years[number] = _work_out(self, number)
        return known


def round_the_clock(timezone: str) -> Calendar:
    """Return the calendar that never closes, for what cannot wait for office hours."""
    return Calendar(timezone, (((time.min, time.min),),) * _WEEK)


def sessions_on(calendar: Calendar, day: date) -> tuple[Session, ...]:
    """Return the sessions of one local day, earliest first; empty when the office is closed that day."""
    special = calendar.extra.get(day)
    if special is not None:
        return special
    return () if day in calendar.days_off else calendar.week[day.weekday()]


def is_open(calendar: Calendar, at: datetime) -> bool:
    """Say whether the office is open at `at` (aware); the opening minute is open, the closing minute is not."""
    instant, year, _ = _locate(calendar, at)
    position = bisect_right(year.opens, instant) - 1
    return position >= 0 and instant < year.closes[position]


def next_opening(calendar: Calendar, at: datetime) -> datetime:
    """Return the first moment at or after `at` (aware) when the office is open: `at` itself while it is open.

    The answer is in the zone of `at`. Raises NoWorkingTime.
    """
    instant, year, number = _locate(calendar, at)
    position = bisect_right(year.closes, instant)
    if position == len(year.opens):
        _, year = _following(calendar, number, instant)
        position = 0
    opening = year.opens[position]
    return at if opening <= instant else _moment(opening, at.tzinfo)


def closing_today(calendar: Calendar, at: datetime) -> datetime | None:
    """Return when the last session of the local day of `at` ends (even when that is past); None on a closed day."""
    _, year, _ = _locate(calendar, at)
    ordinal = at.astimezone(calendar.zone).toordinal()
    position = bisect_left(year.days, ordinal)
    if position == len(year.days) or year.days[position] != ordinal:
        return None
    return _moment(year.day_closes[position], at.tzinfo)


def opening_today(calendar: Calendar, at: datetime) -> datetime | None:
    """Return when the first session of the local day of `at` begins; None on a closed day. In the zone of `at`."""
    _, year, _ = _locate(calendar, at)
    first = wall_moment(calendar, at.astimezone(calendar.zone).date(), time.min)
    position = bisect_left(year.opens, _microseconds(first - _EPOCH))
    closing = closing_today(calendar, at)
    return None if closing is None else _moment(year.opens[position], at.tzinfo)


def working_day_before(calendar: Calendar, at: datetime) -> datetime | None:
    """Return when the office opened on the last working day before that of `at`; None when there is none for long."""
    day = at.astimezone(calendar.zone).date()
    for back in range(1, SEARCH_DAYS):
        opening = opening_today(calendar, wall_moment(calendar, day - timedelta(days=back), time(12)))
        if opening is not None:
            return opening.astimezone(at.tzinfo)
    return None


def wall_moment(calendar: Calendar, day: date, clock: time) -> datetime:
    """Return the first moment of `day` at which the office's wall clock shows `clock`, or jumps over it; in UTC."""
    return _moment(_instant(day.toordinal(), clock, calendar.zone), UTC)


def add(calendar: Calendar, at: datetime, span: Span) -> datetime:
    """Return when `span` has passed since `at` (aware), in the zone of `at`.

    Minutes: the earliest moment by which so many minutes were worked, so a span that fills the day ends at its closing,
    not at the next opening, and an empty span ends at `at`. Days: the term starts the day after `at` and ends at the
    closing of its last working day (Civil Code 2015, articles 147 and 148). Real days: the same, days off counted; a
    last day that is off moves on to the next working day. Real minutes pass by the clock. Raises NoWorkingTime.
    """
    if span.days:
        return _add_days(calendar, at, span.days)
    if span.real_days:
        return _add_real_days(calendar, at, span.real_days)
    if span.real_minutes:
        return _moment(_locate(calendar, at)[0] + span.real_minutes * 60 * _SECOND, at.tzinfo)
    if span.until is not None:
        return _same_day(calendar, at, span.until)
    return _add_worked(calendar, at, span.minutes * 60 * _SECOND)


def advance(calendar: Calendar, at: datetime, worked: timedelta) -> datetime:
    """Return the earliest moment by which `worked` (not negative) of working time passed since `at`, in its zone.

    Raises NoWorkingTime, and ValueError for a negative length.
    """
    length = _microseconds(worked)
    if length < 0:
        raise ValueError(f"working time cannot be negative: {worked}")
    return _add_worked(calendar, at, length)


def elapsed(calendar: Calendar, start: datetime, end: datetime) -> timedelta:
    """Return the working time between two aware moments; zero when `end` is not after `start`."""
    first, year, number = _locate(calendar, start)
    last, last_year, last_number = _locate(calendar, end)
    if last <= first:
        return timedelta()
    total = _worked_until(last_year, last) - _worked_until(year, first)
    total += sum(calendar.year(between).total for between in range(number, last_number))
    return timedelta(microseconds=total)


def _work_out(calendar: Calendar, number: int) -> Year:
    opens: list[int] = []
    closes: list[int] = []
    worked: list[int] = []
    days: list[int] = []
    day_closes: list[int] = []
    total = 0
    for ordinal in range(date(number, 1, 1).toordinal(), date(number, 12, 31).toordinal() + 1):
        day = date.fromordinal(ordinal)
        for opening, closing in sessions_on(calendar, day):
            begins = _instant(ordinal, opening, calendar.zone)
            ends = _instant(ordinal + (closing == time.min), closing, calendar.zone)
            if ends <= begins:  # the clock skipped the whole session
                continue
            opens.append(begins)
            closes.append(ends)
            total += ends - begins
            worked.append(total)
            if days and days[-1] == ordinal:
                day_closes[-1] = ends
            else:
                days.append(ordinal)
                day_closes.append(ends)
    return Year(opens, closes, worked, days, day_closes, total)


def _instant(ordinal: int, clock: time, zone: ZoneInfo) -> int:
    """The first instant at which the wall clock of that day shows `clock`, or jumps over it."""
    if ordinal > date.max.toordinal():
        raise NoWorkingTime("the calendar ends with the year 9999")
    shown = datetime.combine(date.fromordinal(ordinal), clock, zone)
    before = shown.utcoffset() or timedelta()
    after = shown.replace(fold=1).utcoffset() or timedelta()
    naive = _microseconds(shown.replace(tzinfo=UTC) - _EPOCH)
    if before >= after:  # an ordinary time, or one that is shown twice: the first showing counts
        return naive - _microseconds(before)
    low, high = naive - _microseconds(after), naive - _microseconds(before)
    while high - low > _SECOND:  # the clock jumps somewhere in (low, high]; changes of offset fall on whole seconds
        middle = (low + high) // 2 // _SECOND * _SECOND
        if _moment(middle, zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high


def _locate(calendar: Calendar, at: datetime) -> tuple[int, Year, int]:
    if at.tzinfo is None:
        raise ValueError(f"a moment needs a time zone: {at!r}")
    number = at.astimezone(calendar.zone).year
    return _microseconds(at - _EPOCH), calendar.year(number), number


def _following(calendar: Calendar, number: int, after: int) -> tuple[int, Year]:
    """The next year that has a session, which must begin within the search limit of `after`, and its number."""
    for later in range(number + 1, min(number + 3, date.max.year + 1)):  # the limit spans at most one empty year
        year = calendar.year(later)
        if year.opens:
            if year.opens[0] - after <= _LIMIT:
                return later, year
            break
    since = _moment(after, calendar.zone).date()
    raise NoWorkingTime(f"the calendar has no session within {SEARCH_DAYS} days of {since}")


def _add_worked(calendar: Calendar, at: datetime, length: int) -> datetime:
    if not length:
        return at
    instant, year, number = _locate(calendar, at)
    target = _worked_until(year, instant) + length
    cursor = instant
    while target > year.total:
        target -= year.total
        cursor = max(cursor, year.closes[-1]) if year.closes else cursor
        number, year = _following(calendar, number, cursor)
    position = bisect_left(year.worked, target)
    return _moment(year.closes[position] - (year.worked[position] - target), at.tzinfo)


def _add_days(calendar: Calendar, at: datetime, count: int) -> datetime:
    instant, year, number = _locate(calendar, at)
    position = bisect_right(year.days, at.astimezone(calendar.zone).toordinal()) + count - 1
    cursor = instant
    while position >= len(year.days):
        position -= len(year.days)
        cursor = max(cursor, year.closes[-1]) if year.closes else cursor
        number, year = _following(calendar, number, cursor)
    return _moment(year.day_closes[position], at.tzinfo)


def _add_real_days(calendar: Calendar, at: datetime, count: int) -> datetime:
    last = at.astimezone(calendar.zone).toordinal() + count
    if last > date.max.toordinal():
        raise NoWorkingTime("the calendar ends with the year 9999")
    # the day before the last one, so that the last is the first working day that counts
    return _add_days(calendar, wall_moment(calendar, date.fromordinal(last - 1), time.min).astimezone(at.tzinfo), 1)


def _same_day(calendar: Calendar, at: datetime, until: time) -> datetime:
    closing = closing_today(calendar, at)
    cut = wall_moment(calendar, at.astimezone(calendar.zone).date(), until)
    return closing if closing is not None and at < min(cut, closing) else _add_days(calendar, at, 1)


def _worked_until(year: Year, instant: int) -> int:
    position = bisect_right(year.opens, instant) - 1
    if position < 0:
        return 0
    return year.worked[position] - max(0, year.closes[position] - instant)


def _moment(instant: int, zone: tzinfo | None) -> datetime:
    return (_EPOCH + timedelta(microseconds=instant)).astimezone(zone)


def _microseconds(length: timedelta) -> int:
    return (length.days * 86_400 + length.seconds) * _SECOND + length.microseconds


def _check(sessions: tuple[Session, ...], where: str) -> None:
    for opening, closing in sessions:
        if any(clock.tzinfo or clock.second or clock.microsecond for clock in (opening, closing)):
            raise ValueError(f"{where}: sessions are wall-clock times in whole minutes, without a zone")
        if closing <= opening and closing != time.min:
            raise ValueError(f"{where}: the session {opening:%H:%M}-{closing:%H:%M} ends before it begins")
    for (_, closing), (opening, _) in pairwise(sessions):
        if closing > opening or closing == time.min:
            raise ValueError(f"{where}: sessions overlap or are not in order at {opening:%H:%M}")
