"""The five kinds of time a promise may be written in: how each is read, and when each ends, also over Tết."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tickets.test_hours import OFFICE, ORDINARY
from tickets.hours import Calendar, add, sessions_on, wall_moment
from tickets.spans import Span, parse_span


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=OFFICE.zone)


WRITTEN = [
    ("45m", Span(minutes=45), "minutes"),
    ("8h", Span(minutes=480), "hours"),
    ("1h30m", Span(minutes=90), "hours and minutes"),
    ("2d", Span(days=2), "working days"),
    ("0m", Span(), "nothing"),
    ("12h real", Span(real_minutes=720), "hours by the clock"),
    ("15m real", Span(real_minutes=15), "minutes by the clock"),
    ("1h30m real", Span(real_minutes=90), "both by the clock"),
    ("30d real", Span(real_days=30), "calendar days"),
    ("  2D  REAL ", Span(real_days=2), "capitals and blanks"),
    ("same day 15:00", Span(until=time(15)), "the same day until three"),
    ("same-day until 9:30", Span(until=time(9, 30)), "the same day with a hyphen"),
]


@pytest.mark.parametrize(("text", "span"), [pytest.param(*row[:2], id=row[2]) for row in WRITTEN])
def test_a_span_is_read_and_written_back(text: str, span: Span) -> None:
    assert parse_span(text) == span
    assert parse_span(str(span)) == span


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(text, id=text or "nothing")
        for text in ("", "3", "d", "1d2h", "-1h", "1.5h", "two days", "real", "same day", "same day 25:00", "12h fake")
    ],
)
def test_what_is_no_span_is_refused_with_the_forms(text: str) -> None:
    with pytest.raises(ValueError, match="write 45m"):
        parse_span(text)


@pytest.mark.parametrize(
    "lengths",
    [
        pytest.param({"minutes": 1, "days": 1}, id="minutes and days"),
        pytest.param({"minutes": 1, "real_minutes": 1}, id="worked and real"),
        pytest.param({"days": 1, "until": time(15)}, id="days and the same day"),
        pytest.param({"real_days": -1}, id="negative"),
    ],
)
def test_a_mixture_is_refused(lengths: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="span"):
        Span(**lengths)  # type: ignore[arg-type]  # a table of wrong values


ENDS = [
    # calendar days: the term starts the day after and ends at the closing of its last day
    ("1d real", "2026-11-25 08:00", "2026-11-26 17:00", "tomorrow"),
    ("1d real", "2026-11-25 23:59", "2026-11-26 17:00", "from late at night, tomorrow all the same"),
    ("1d real", "2026-11-26 00:00", "2026-11-27 17:00", "from midnight, the day after that day"),
    ("2d real", "2026-11-27 09:00", "2026-11-30 17:00", "a last day on Sunday moves to Monday"),
    ("3d real", "2026-11-27 09:00", "2026-11-30 17:00", "a last day on Monday stays"),
    ("1d real", "2026-11-27 09:00", "2026-11-30 17:00", "a last day on Saturday moves to Monday"),
    ("1d real", "2026-08-21 09:00", "2026-08-22 17:00", "a worked Saturday is a last day"),
    ("2d real", "2026-08-29 09:00", "2026-09-03 17:00", "a last day in the National Day's break moves behind it"),
    ("3d real", "2026-02-13 09:00", "2026-02-23 17:00", "a last day on the eve of Tết moves behind Tết"),
    ("10d real", "2026-02-13 09:00", "2026-02-23 17:00", "Tết counts inside a longer term"),
    ("30d real", "2026-02-01 09:00", "2026-03-03 17:00", "thirty days over Tết are thirty days"),
    ("7d real", "2026-12-24 09:00", "2026-12-31 11:30", "a last day of half a day ends at its noon"),
    ("8d real", "2026-12-24 09:00", "2027-01-04 17:00", "a last day on New Year moves over the weekend"),
    ("365d real", "2026-01-05 09:00", "2027-01-05 17:00", "a year"),
    # by the clock
    ("12h real", "2026-11-25 20:00", "2026-11-26 08:00", "overnight"),
    ("12h real", "2026-11-28 20:00", "2026-11-29 08:00", "on a weekend"),
    ("15m real", "2026-02-17 00:00", "2026-02-17 00:15", "at the first minute of Tết"),
    ("24h real", "2026-02-16 10:00", "2026-02-17 10:00", "a day of Tết"),
    # the same day until fifteen hundred
    ("same day 15:00", "2026-11-25 07:30", "2026-11-25 17:00", "in the morning, today"),
    ("same day 15:00", "2026-11-25 05:00", "2026-11-25 17:00", "before opening, today"),
    ("same day 15:00", "2026-11-25 12:00", "2026-11-25 17:00", "at lunch, today"),
    ("same day 15:00", "2026-11-25 14:59", "2026-11-25 17:00", "in the last minute before three, today"),
    ("same day 15:00", "2026-11-25 15:00", "2026-11-26 17:00", "at three sharp, tomorrow"),
    ("same day 15:00", "2026-11-25 16:59", "2026-11-26 17:00", "after three, tomorrow"),
    ("same day 15:00", "2026-11-25 21:00", "2026-11-26 17:00", "in the evening, tomorrow"),
    ("same day 15:00", "2026-11-27 15:30", "2026-11-30 17:00", "on Friday after three, on Monday"),
    ("same day 15:00", "2026-11-28 09:00", "2026-11-30 17:00", "on a Saturday, on Monday"),
    ("same day 15:00", "2026-08-22 14:00", "2026-08-22 17:00", "on a worked Saturday, the same day"),
    ("same day 15:00", "2026-02-13 15:30", "2026-02-23 17:00", "before Tết after three, behind Tết"),
    ("same day 15:00", "2026-02-18 10:00", "2026-02-23 17:00", "during Tết, behind it"),
    ("same day 15:00", "2026-12-31 11:00", "2026-12-31 11:30", "on half a day, at its noon"),
    ("same day 15:00", "2026-12-31 12:00", "2027-01-04 17:00", "on half a day after its closing, the next"),
    ("same day 15:00", "2026-12-24 10:00", "2026-12-25 17:00", "on a day closed by exception, the next"),
    ("same day 07:00", "2026-11-25 07:30", "2026-11-26 17:00", "a cut before opening is always past"),
    # worked time around the same edges
    ("8h", "2026-02-13 15:00", "2026-02-23 15:30", "eight hours over Tết"),
    ("1d", "2026-02-13 09:00", "2026-02-23 17:00", "one working day over Tết"),
    ("5d", "2026-08-21 09:00", "2026-08-27 17:00", "five working days with a worked Saturday"),
    ("7d", "2026-08-21 09:00", "2026-09-03 17:00", "seven working days, the swapped Monday off"),
    ("1h", "2026-08-22 16:30", "2026-08-24 08:00", "an hour from a worked Saturday's end"),
    ("2h", "2026-12-31 10:30", "2027-01-04 08:30", "two hours from half a day over New Year"),
]


@pytest.mark.parametrize(("span", "start", "end"), [pytest.param(*row[:3], id=f"{row[0]}: {row[3]}") for row in ENDS])
def test_when_a_span_ends(span: str, start: str, end: str) -> None:
    assert add(OFFICE, at(start), parse_span(span)) == at(end)


MOMENTS = st.integers(0, 366 * 24 * 60 - 1).map(lambda minute: at("2026-01-01 00:00") + timedelta(minutes=minute))


def closing(day: date) -> datetime:
    return wall_moment(OFFICE, day, sessions_on(OFFICE, day)[-1][1])


@given(MOMENTS, st.integers(1, 60))
def test_calendar_days_against_counting_them_one_by_one(start: datetime, count: int) -> None:
    day = start.astimezone(OFFICE.zone).date() + timedelta(days=count)
    while not sessions_on(OFFICE, day):
        day += timedelta(days=1)
    assert add(OFFICE, start, Span(real_days=count)) == closing(day)


@given(MOMENTS)
def test_the_same_day_against_looking_at_each_day(start: datetime) -> None:
    local = start.astimezone(OFFICE.zone)
    day = local.date()
    today = sessions_on(OFFICE, day)
    if not today or local.time() >= min(time(15), today[-1][1]):
        day += timedelta(days=1)
        while not sessions_on(OFFICE, day):
            day += timedelta(days=1)
    assert add(OFFICE, start, Span(until=time(15))) == closing(day)


def test_a_day_of_a_zone_with_summer_time_is_as_long_as_it_is() -> None:
    berlin = Calendar("Europe/Berlin", (ORDINARY,) * 7)
    evening = datetime(2026, 3, 28, 20, 0, tzinfo=berlin.zone)  # the clock jumps that night
    assert add(berlin, evening, Span(real_minutes=720)).astimezone(UTC) == datetime(2026, 3, 29, 7, 0, tzinfo=UTC)
    assert add(berlin, evening, Span(real_days=1)).astimezone(UTC) == datetime(2026, 3, 29, 15, 0, tzinfo=UTC)
