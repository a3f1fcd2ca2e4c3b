"""Does working time agree with an oracle that walks minute by minute, for any calendar and where clocks jump?"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from tickets.hours import (
    Calendar,
    Session,
    Span,
    add,
    advance,
    closing_today,
    elapsed,
    is_open,
    next_opening,
    sessions_on,
)

# The oracle walks minute by minute and knows nothing of instants: it watches a wall clock and remembers, per date, the
# latest time it has shown. A session is open from when its opening has been reached until its closing has been.

WINDOW = timedelta(days=12)


def minutes_open(calendar: Calendar, start: datetime) -> Iterator[tuple[datetime, bool]]:
    minute = (start - timedelta(days=2)).astimezone(UTC)
    date_shown, reached = None, -1
    while minute < start + WINDOW:
        local = minute.astimezone(calendar.zone)
        now = local.hour * 60 + local.minute
        reached = max(reached, now) if local.date() == date_shown else now
        date_shown = local.date()
        yield (
            minute,
            any(
                opening.hour * 60 + opening.minute <= reached < (closing.hour * 60 + closing.minute or 1440)
                for opening, closing in sessions_on(calendar, date_shown)
            ),
        )
        minute += timedelta(minutes=1)


JUMPS = [
    ("Asia/Ho_Chi_Minh", datetime(2026, 2, 10, tzinfo=UTC)),
    ("Asia/Ho_Chi_Minh", datetime(2026, 12, 27, tzinfo=UTC)),
    ("Europe/Berlin", datetime(2026, 3, 26, tzinfo=UTC)),
    ("Europe/Berlin", datetime(2026, 10, 22, tzinfo=UTC)),
    ("America/Sao_Paulo", datetime(2017, 10, 12, tzinfo=UTC)),
    ("America/Sao_Paulo", datetime(2018, 2, 15, tzinfo=UTC)),
    ("Atlantic/Azores", datetime(2026, 10, 22, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 4, 2, tzinfo=UTC)),
    ("Pacific/Apia", datetime(2011, 12, 27, tzinfo=UTC)),
]


@st.composite
def some_sessions(draw: st.DrawFn) -> tuple[Session, ...]:
    quarters = sorted(draw(st.sets(st.integers(0, 96), max_size=6)))
    pairs = zip(quarters[::2], quarters[1::2], strict=False)
    return tuple((time(o // 4, o % 4 * 15), time(c // 4 % 24, c % 4 * 15)) for o, c in pairs)


@st.composite
def situations(draw: st.DrawFn) -> tuple[Calendar, datetime]:
    zone, around = draw(st.sampled_from(JUMPS))
    near = st.integers(-3, 14).map(lambda offset: (around + timedelta(days=offset)).date())
    calendar = Calendar(
        zone,
        tuple(draw(some_sessions()) for _ in range(7)),
        frozenset(draw(st.sets(near, max_size=3))),
        draw(st.dictionaries(near, some_sessions(), max_size=3)),
    )
    return calendar, around + timedelta(minutes=draw(st.integers(0, 6 * 1440)))


@settings(max_examples=60, deadline=None)
@given(situations(), st.integers(1, 2000), st.integers(1, 5))
def test_agrees_with_an_oracle_that_walks_minute_by_minute(
    situation: tuple[Calendar, datetime], minutes: int, count: int
) -> None:
    calendar, start = situation
    walked = list(minutes_open(calendar, start))
    later = [(minute, opened) for minute, opened in walked if minute >= start]
    opened_minutes = [minute for minute, opened in later if opened]

    assert is_open(calendar, start) is later[0][1]
    assert elapsed(calendar, start, start + WINDOW) == timedelta(minutes=len(opened_minutes))
    if opened_minutes:
        assert next_opening(calendar, start) == opened_minutes[0]
    if len(opened_minutes) >= minutes:
        assert add(calendar, start, Span(minutes=minutes)) == opened_minutes[minutes - 1] + timedelta(minutes=1)

    closings: dict[date, datetime] = {}
    for minute, opened in walked:
        if opened:
            closings[minute.astimezone(calendar.zone).date()] = minute + timedelta(minutes=1)
    today = start.astimezone(calendar.zone).date()
    assert closing_today(calendar, start) == closings.get(today)
    following = [day for day in sorted(closings) if day > today]
    # The last day of the walk may be cut short, so it only proves that it is a working day.
    if len(following) > count:
        assert add(calendar, start, Span(days=count)) == closings[following[count - 1]]


ORDINARY = ((time(7, 30), time(11, 30)), (time(13, 30), time(17, 0)))
OFFICE = Calendar(
    "Asia/Ho_Chi_Minh",
    (ORDINARY,) * 5 + ((), ()),
    days_off=frozenset({date(2026, 1, 1), date(2026, 4, 30), date(2026, 5, 1), date(2026, 11, 24), date(2027, 1, 1)}),
    extra={date(2026, 8, 22): ORDINARY, date(2026, 12, 31): ORDINARY[:1]},
)
MOMENTS = st.datetimes(datetime(2025, 1, 1), datetime(2027, 6, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds


@given(MOMENTS, st.timedeltas(timedelta(), timedelta(hours=300)), st.timedeltas(timedelta(), timedelta(hours=300)))
def test_adding_in_two_steps_is_adding_once_and_nothing_earlier_would_do(
    start: datetime, first: timedelta, second: timedelta
) -> None:
    middle = advance(OFFICE, start, first)
    end = advance(OFFICE, middle, second)
    assert end == advance(OFFICE, start, first + second)
    assert (
        elapsed(OFFICE, start, middle) + elapsed(OFFICE, middle, end) == elapsed(OFFICE, start, end) == first + second
    )
    if end > start:
        assert elapsed(OFFICE, start, end - timedelta(microseconds=1)) < first + second
