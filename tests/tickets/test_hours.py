"""Is working time exact at every edge: lunch, closing, days off, Tết, swapped days, and clocks that jump?"""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from tickets.hours import (
    Calendar,
    NoWorkingTime,
    Session,
    Span,
    add,
    advance,
    closing_today,
    elapsed,
    is_open,
    next_opening,
    parse_span,
    round_the_clock,
    sessions_on,
)


def sessions(*texts: str) -> tuple[Session, ...]:
    """Sessions from "07:30-11:30"."""
    return tuple(
        (time.fromisoformat(opening), time.fromisoformat(closing))
        for opening, closing in (text.split("-") for text in texts)
    )


def days(first: str, last: str) -> set[date]:
    start = date.fromisoformat(first)
    return {start + timedelta(offset) for offset in range((date.fromisoformat(last) - start).days + 1)}


ORDINARY = sessions("07:30-11:30", "13:30-17:00")
# The official days off of 2026 and the Saturdays worked for them; 31 December is made a half day to have one.
OFFICE = Calendar(
    timezone="Asia/Ho_Chi_Minh",
    week=(ORDINARY,) * 5 + ((), ()),
    days_off=frozenset(
        {date(2026, 1, 1), date(2026, 1, 2), date(2026, 4, 27), date(2026, 4, 30), date(2026, 5, 1), date(2026, 8, 31)}
        | {date(2026, 9, 1), date(2026, 9, 2), date(2026, 11, 24), date(2027, 1, 1)}
        | days("2026-02-16", "2026-02-20")
    ),
    extra={
        date(2026, 1, 10): ORDINARY,
        date(2026, 8, 22): ORDINARY,
        date(2026, 11, 24): sessions("08:00-10:00"),  # worked although it is a day off
        date(2026, 12, 24): (),
        date(2026, 12, 31): sessions("07:30-11:30"),
    },
)
BERLIN_NIGHTS = Calendar("Europe/Berlin", (sessions("01:00-04:00"),) * 7)  # 29/3/2026 02:00→03:00, 25/10 03:00→02:00
BERLIN_HALVES = Calendar("Europe/Berlin", (sessions("01:30-02:30"),) * 7)
BERLIN_GAP = Calendar("Europe/Berlin", (sessions("02:00-03:00"),) * 7)
SAO_PAULO = Calendar("America/Sao_Paulo", (sessions("00:00-02:00", "22:00-00:00"),) * 7)  # jumps at midnight in 2017–18
APIA = Calendar("Pacific/Apia", (sessions("08:00-12:00"),) * 7)  # had no 30/12/2011
NEVER = Calendar("Asia/Ho_Chi_Minh", ((),) * 7)
ALWAYS = round_the_clock("Asia/Ho_Chi_Minh")


def at(calendar: Calendar, text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=calendar.zone)


def shown(moment: datetime) -> str:
    return moment.replace(tzinfo=None).isoformat(" ").removesuffix(":00")


ADDITIONS = [
    # Minutes inside a day. 2026-11-23 is a Monday; the 24th is the short day 08:00–10:00.
    (OFFICE, "2026-11-25 08:00", "30m", "2026-11-25 08:30", "inside the morning"),
    (OFFICE, "2026-11-25 07:30", "1m", "2026-11-25 07:31", "from the minute of opening"),
    (OFFICE, "2026-11-25 07:29", "1m", "2026-11-25 07:31", "a minute before opening counts from opening"),
    (OFFICE, "2026-11-25 00:00", "1h", "2026-11-25 08:30", "at midnight"),
    (OFFICE, "2026-11-25 07:30", "4h", "2026-11-25 11:30", "exactly the morning ends at lunch, not after it"),
    (OFFICE, "2026-11-25 07:30", "241m", "2026-11-25 13:31", "a minute more than the morning"),
    (OFFICE, "2026-11-25 11:29", "1m", "2026-11-25 11:30", "the last minute before lunch"),
    (OFFICE, "2026-11-25 11:29", "2m", "2026-11-25 13:31", "across lunch"),
    (OFFICE, "2026-11-25 11:30", "1m", "2026-11-25 13:31", "at the beginning of lunch"),
    (OFFICE, "2026-11-25 12:15", "15m", "2026-11-25 13:45", "within lunch"),
    (OFFICE, "2026-11-25 13:30", "15m", "2026-11-25 13:45", "at the end of lunch"),
    (OFFICE, "2026-11-25 07:30", "7h30m", "2026-11-25 17:00", "a whole day ends at its closing"),
    (OFFICE, "2026-11-25 07:30", "451m", "2026-11-26 07:31", "a minute more than a whole day"),
    (OFFICE, "2026-11-25 16:59", "1m", "2026-11-25 17:00", "the last minute of the day"),
    (OFFICE, "2026-11-25 16:59", "2m", "2026-11-26 07:31", "across the night"),
    (OFFICE, "2026-11-25 17:00", "1m", "2026-11-26 07:31", "at closing"),
    (OFFICE, "2026-11-25 23:59", "1h", "2026-11-26 08:30", "late in the evening"),
    (OFFICE, "2026-11-25 10:00", "0m", "2026-11-25 10:00", "nothing added while open"),
    (OFFICE, "2026-11-25 20:00", "0m", "2026-11-25 20:00", "nothing added while closed"),
    (OFFICE, "2026-11-25 08:00:30", "1m", "2026-11-25 08:01:30", "seconds are kept"),
    (OFFICE, "2026-11-25 16:59:30", "1m", "2026-11-26 07:30:30", "seconds are kept across the night"),
    # Weekends, days off, swapped and short days.
    (OFFICE, "2026-11-27 16:00", "2h", "2026-11-30 08:30", "across a weekend"),
    (OFFICE, "2026-11-28 10:00", "1h", "2026-11-30 08:30", "from a Saturday"),
    (OFFICE, "2026-11-29 23:00", "1h", "2026-11-30 08:30", "from a Sunday night"),
    (OFFICE, "2026-04-29 16:30", "1h", "2026-05-04 08:00", "across 30 April, 1 May and the weekend"),
    (OFFICE, "2026-04-24 17:00", "1h", "2026-04-28 08:30", "across Giỗ Tổ with its compensation day"),
    (OFFICE, "2026-02-13 16:00", "1h", "2026-02-13 17:00", "to the last closing before Tết"),
    (OFFICE, "2026-02-13 16:00", "1h30m", "2026-02-23 08:00", "across Tết"),
    (OFFICE, "2026-02-17 09:00", "30m", "2026-02-23 08:00", "written on the first day of Tết"),
    (OFFICE, "2026-08-21 16:30", "1h", "2026-08-22 08:00", "into a Saturday that is worked"),
    (OFFICE, "2026-08-22 16:30", "1h", "2026-08-24 08:00", "out of a Saturday that is worked"),
    (OFFICE, "2026-08-28 16:30", "1h", "2026-09-03 08:00", "across the swapped Monday and Quốc khánh"),
    (OFFICE, "2026-08-15 09:00", "1h", "2026-08-17 08:30", "a Saturday of the same month that is not worked"),
    (OFFICE, "2026-01-02 09:00", "10m", "2026-01-05 07:40", "a Friday swapped away"),
    (OFFICE, "2026-01-09 17:00", "10m", "2026-01-10 07:40", "the Saturday worked for it"),
    (OFFICE, "2026-11-23 16:30", "1h", "2026-11-24 08:30", "an extra session wins over the day off"),
    (OFFICE, "2026-11-24 08:00", "2h", "2026-11-24 10:00", "an extra session that is filled exactly"),
    (OFFICE, "2026-11-24 09:00", "1h30m", "2026-11-25 08:00", "out of an extra session"),
    (OFFICE, "2026-11-24 07:30", "1m", "2026-11-24 08:01", "the usual opening does not count on a special day"),
    (OFFICE, "2026-12-23 17:00", "1m", "2026-12-25 07:31", "an empty entry closes a working day"),
    (OFFICE, "2026-12-31 11:00", "1h", "2027-01-04 08:00", "out of a half day, across New Year into the next year"),
    (OFFICE, "2026-12-31 13:30", "1m", "2027-01-04 07:31", "the afternoon of a half day is closed"),
    (OFFICE, "2026-11-02 07:30", "150h", "2026-11-30 15:00", "many days at once"),
    (OFFICE, "2025-12-31 16:00", "2h", "2026-01-05 08:30", "from the year before"),
    (OFFICE, "2024-02-28 16:30", "8h", "2024-02-29 17:00", "onto 29 February"),
    (ALWAYS, "2026-02-17 23:30", "1h", "2026-02-18 00:30", "round the clock"),
    (ALWAYS, "2026-12-31 12:00", "24h", "2027-01-01 12:00", "round the clock across the year"),
    (ALWAYS, "2026-12-31 12:00", "12h", "2027-01-01 00:00", "round the clock to midnight exactly"),
    # Working days.
    (OFFICE, "2026-11-25 08:00", "1d", "2026-11-26 17:00", "one working day starts the day after"),
    (OFFICE, "2026-11-25 23:00", "1d", "2026-11-26 17:00", "the hour of the event does not matter for days"),
    (OFFICE, "2026-11-25 00:00", "1d", "2026-11-26 17:00", "nor does midnight"),
    (OFFICE, "2026-11-27 08:00", "1d", "2026-11-30 17:00", "one working day from a Friday"),
    (OFFICE, "2026-11-28 08:00", "1d", "2026-11-30 17:00", "one working day from a Saturday"),
    (OFFICE, "2026-11-29 08:00", "2d", "2026-12-01 17:00", "two working days from a Sunday"),
    (OFFICE, "2026-11-25 08:00", "5d", "2026-12-02 17:00", "five working days over a weekend"),
    (OFFICE, "2026-02-13 08:00", "1d", "2026-02-23 17:00", "one working day over Tết"),
    (OFFICE, "2026-02-11 08:00", "3d", "2026-02-23 17:00", "three working days, two before Tết"),
    (OFFICE, "2026-08-21 08:00", "1d", "2026-08-22 17:00", "the worked Saturday is a working day"),
    (OFFICE, "2026-08-20 08:00", "3d", "2026-08-24 17:00", "and counts among several"),
    (OFFICE, "2026-08-28 08:00", "2d", "2026-09-04 17:00", "over the swapped Monday and Quốc khánh"),
    (OFFICE, "2026-11-23 08:00", "1d", "2026-11-24 10:00", "a short day counts, and closes early"),
    (OFFICE, "2026-12-30 08:00", "1d", "2026-12-31 11:30", "a half day counts, and closes at noon"),
    (OFFICE, "2026-12-30 08:00", "2d", "2027-01-04 17:00", "into the next year"),
    (OFFICE, "2026-12-23 08:00", "1d", "2026-12-25 17:00", "over a day closed by an empty entry"),
    (OFFICE, "2026-01-05 08:00", "250d", "2027-01-05 17:00", "a year of working days"),
    (ALWAYS, "2026-11-25 08:00", "1d", "2026-11-27 00:00", "a day that never closes ends at midnight"),
    # Clocks that jump.
    (BERLIN_NIGHTS, "2026-03-28 01:00", "3h", "2026-03-28 04:00", "the night before summer time has three hours"),
    (BERLIN_NIGHTS, "2026-03-29 01:00", "2h", "2026-03-29 04:00", "the night of summer time has two"),
    (BERLIN_NIGHTS, "2026-03-29 01:00", "2h1m", "2026-03-30 01:01", "and a minute more falls in the next night"),
    (BERLIN_NIGHTS, "2026-10-25 01:00", "4h", "2026-10-25 04:00", "the night of winter time has four"),
    (BERLIN_HALVES, "2026-03-29 00:00", "30m", "2026-03-29 03:00", "a session that ends inside the jump ends at it"),
    (BERLIN_HALVES, "2026-03-29 00:00", "31m", "2026-03-30 01:31", "and goes on the next night"),
    (BERLIN_HALVES, "2026-10-25 00:00", "61m", "2026-10-26 01:31", "an hour shown twice closes at its first showing"),
    (BERLIN_GAP, "2026-03-28 12:00", "1m", "2026-03-30 02:01", "a session inside the jump does not take place"),
    (BERLIN_GAP, "2026-03-28 12:00", "1d", "2026-03-30 03:00", "nor does its working day"),
    (BERLIN_GAP, "2026-10-24 12:00", "60m", "2026-10-25 02:00", "an hour shown twice is open once as well as again"),
    (SAO_PAULO, "2017-10-14 23:00", "2h", "2017-10-15 02:00", "a day that begins at one o'clock"),
    (SAO_PAULO, "2018-02-17 22:00", "3h", "2018-02-18 00:00", "a day of twenty-five hours, repeated before midnight"),
    (APIA, "2011-12-29 11:00", "1h1m", "2011-12-31 08:01", "a date that never was"),
    (APIA, "2011-12-29 11:00", "1d", "2011-12-31 12:00", "a date that never was is no working day"),
]


@pytest.mark.parametrize(
    ("calendar", "start", "span", "expected"), [pytest.param(*row[:4], id=row[4]) for row in ADDITIONS]
)
def test_addition(calendar: Calendar, start: str, span: str, expected: str) -> None:
    ended = add(calendar, at(calendar, start), parse_span(span))
    assert shown(ended) == expected
    if parse_span(span).minutes:
        assert elapsed(calendar, at(calendar, start), ended) == timedelta(minutes=parse_span(span).minutes)


def test_the_hour_shown_twice_is_the_second_showing_when_the_session_lasts_until_then() -> None:
    start = at(BERLIN_NIGHTS, "2026-10-25 01:00")
    assert [add(BERLIN_NIGHTS, start, Span(minutes=minutes)).fold for minutes in (90, 150, 210)] == [0, 1, 0]


OPEN = [
    (OFFICE, "2026-11-25 07:29:59.999999", False, "a moment before opening"),
    (OFFICE, "2026-11-25 07:30", True, "at opening"),
    (OFFICE, "2026-11-25 11:29:59.999999", True, "a moment before lunch"),
    (OFFICE, "2026-11-25 11:30", False, "at lunch"),
    (OFFICE, "2026-11-25 13:30", True, "after lunch"),
    (OFFICE, "2026-11-25 17:00", False, "at closing"),
    (OFFICE, "2026-11-28 09:00", False, "Saturday"),
    (OFFICE, "2026-02-17 09:00", False, "Tết"),
    (OFFICE, "2026-08-22 09:00", True, "a worked Saturday"),
    (OFFICE, "2026-08-31 09:00", False, "the Monday it was worked for"),
    (OFFICE, "2026-11-24 09:00", True, "an extra session on a day off"),
    (OFFICE, "2026-12-31 15:00", False, "the afternoon of a half day"),
    (ALWAYS, "2026-11-25 00:00", True, "round the clock at midnight"),
    (NEVER, "2026-11-25 09:00", False, "an office that never opens"),
    (BERLIN_GAP, "2026-03-29 03:00", False, "where the clock jumped over the session"),
]


@pytest.mark.parametrize(("calendar", "moment", "expected"), [pytest.param(*row[:3], id=row[3]) for row in OPEN])
def test_open(calendar: Calendar, moment: str, expected: bool) -> None:
    assert is_open(calendar, at(calendar, moment)) is expected


OPENINGS = [
    (OFFICE, "2026-11-25 09:13", "2026-11-25 09:13", "now, while open"),
    (OFFICE, "2026-11-25 07:30", "2026-11-25 07:30", "now, at opening"),
    (OFFICE, "2026-11-25 11:30", "2026-11-25 13:30", "after lunch"),
    (OFFICE, "2026-11-25 17:00", "2026-11-26 07:30", "the next morning"),
    (OFFICE, "2026-11-27 17:00", "2026-11-30 07:30", "after the weekend"),
    (OFFICE, "2026-02-13 17:00", "2026-02-23 07:30", "after Tết"),
    (OFFICE, "2026-12-31 11:30", "2027-01-04 07:30", "in the next year"),
    (OFFICE, "2026-08-21 22:00", "2026-08-22 07:30", "on the worked Saturday"),
]


@pytest.mark.parametrize(("calendar", "moment", "expected"), [pytest.param(*row[:3], id=row[3]) for row in OPENINGS])
def test_next_opening(calendar: Calendar, moment: str, expected: str) -> None:
    assert shown(next_opening(calendar, at(calendar, moment))) == expected


CLOSINGS = [
    ("2026-11-25 09:00", "2026-11-25 17:00", "an ordinary day"),
    ("2026-11-25 20:00", "2026-11-25 17:00", "even when it is past"),
    ("2026-11-24 09:00", "2026-11-24 10:00", "a short day"),
    ("2026-11-28 09:00", None, "a Saturday"),
    ("2026-12-24 09:00", None, "a day closed by an empty entry"),
]


@pytest.mark.parametrize(("moment", "expected"), [pytest.param(*row[:2], id=row[2]) for row in CLOSINGS])
def test_closing_today(moment: str, expected: str | None) -> None:
    closing = closing_today(OFFICE, at(OFFICE, moment))
    assert (closing and shown(closing)) == expected


def test_the_day_is_the_offices_day_and_the_answer_is_in_the_zone_of_the_question() -> None:
    evening_elsewhere = datetime(2026, 11, 24, 20, 0, tzinfo=ZoneInfo("America/New_York"))  # 08:00 on the 25th there
    assert closing_today(OFFICE, evening_elsewhere) == at(OFFICE, "2026-11-25 17:00")
    utc = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)
    assert add(OFFICE, utc, Span(minutes=60)).isoformat() == "2026-11-25T02:00:00+00:00"
    assert add(OFFICE, utc, Span(days=1)).isoformat() == "2026-11-26T10:00:00+00:00"


ELAPSED = [
    ("2026-11-25 08:00", "2026-11-25 09:00", 60, "within a session"),
    ("2026-11-25 11:00", "2026-11-25 14:00", 60, "lunch is left out"),
    ("2026-11-25 11:30", "2026-11-25 13:30", 0, "lunch alone"),
    ("2026-11-25 17:00", "2026-11-26 07:30", 0, "a night"),
    ("2026-11-25 00:00", "2026-11-26 00:00", 450, "a day"),
    ("2026-02-13 17:00", "2026-02-23 07:30", 0, "Tết"),
    ("2026-08-21 17:00", "2026-08-24 07:30", 450, "a weekend with a worked Saturday"),
    ("2026-11-24 00:00", "2026-11-25 00:00", 120, "a short day"),
    ("2026-12-31 11:00", "2027-01-04 07:40", 40, "across the year"),
    ("2026-11-25 09:00", "2026-11-25 09:00", 0, "no time"),
    ("2026-11-25 10:00", "2026-11-25 09:00", 0, "backwards, when a clock was set back"),
]


@pytest.mark.parametrize(("start", "end", "minutes"), [pytest.param(*row[:3], id=row[3]) for row in ELAPSED])
def test_elapsed(start: str, end: str, minutes: int) -> None:
    assert elapsed(OFFICE, at(OFFICE, start), at(OFFICE, end)) == timedelta(minutes=minutes)


def test_a_whole_year_of_working_time() -> None:
    worked = sum(bool(sessions_on(OFFICE, day)) for day in days("2026-01-01", "2026-12-31"))
    total = elapsed(OFFICE, at(OFFICE, "2026-01-01 00:00"), at(OFFICE, "2027-01-01 00:00"))
    assert total == timedelta(minutes=(worked - 2) * 450 + 120 + 240)  # the short day and the half day


SEARCHES = [
    pytest.param(lambda moment: add(NEVER, moment, Span(minutes=1)), id="minutes"),
    pytest.param(lambda moment: add(NEVER, moment, Span(days=1)), id="days"),
    pytest.param(lambda moment: next_opening(NEVER, moment), id="opening"),
]


@pytest.mark.parametrize("search", SEARCHES)
def test_an_office_that_never_opens_is_said_so(search: Callable[[datetime], datetime]) -> None:
    with pytest.raises(NoWorkingTime, match="400 days of 2026-11-25"):
        search(at(NEVER, "2026-11-25 09:00"))


def only_on(*opened: date) -> Calendar:
    return Calendar("Asia/Ho_Chi_Minh", ((),) * 7, extra=dict.fromkeys(opened, ORDINARY))


def test_the_search_reaches_four_hundred_days_and_no_further() -> None:
    asked = at(NEVER, "2026-11-25 07:30")
    reachable, too_far = date(2026, 11, 25) + timedelta(400), date(2026, 11, 25) + timedelta(401)
    assert next_opening(only_on(reachable), asked).date() == reachable
    assert add(only_on(reachable), asked, Span(days=1)).date() == reachable
    with pytest.raises(NoWorkingTime):
        next_opening(only_on(too_far), asked)
    with pytest.raises(NoWorkingTime):
        add(only_on(reachable), asked, Span(days=2))


def test_the_end_of_all_calendars_is_said_so() -> None:
    with pytest.raises(NoWorkingTime):
        add(OFFICE, datetime(9998, 12, 1, tzinfo=UTC), Span(days=400))


SPANS = [
    ("45m", Span(minutes=45)),
    ("1h", Span(minutes=60)),
    ("1h30m", Span(minutes=90)),
    (" 8H ", Span(minutes=480)),
    ("0m", Span()),
    ("2d", Span(days=2)),
    ("90m", Span(minutes=90)),
]


@pytest.mark.parametrize(("text", "span"), SPANS, ids=[text for text, _ in SPANS])
def test_spans_are_read(text: str, span: Span) -> None:
    assert parse_span(text) == span
    assert parse_span(str(span)) == span


@pytest.mark.parametrize("text", ["", "h", "1", "-1h", "1d2h", "1m1h", "1.5h", "1 h", "ngày", "99999999999m"])
def test_other_spans_are_refused_with_the_forms(text: str) -> None:
    with pytest.raises(ValueError, match="45m, 8h, 1h30m or 2d"):
        parse_span(text)


@pytest.mark.parametrize("wrong", [{"minutes": -1}, {"days": -1}, {"minutes": 1, "days": 1}])
def test_impossible_spans_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="span"):
        Span(**wrong)


WRONG_DAYS = [
    pytest.param(sessions("11:30-07:30"), "ends before it begins", id="backwards"),
    pytest.param(sessions("07:30-07:30"), "ends before it begins", id="empty"),
    pytest.param(sessions("22:00-06:00"), "ends before it begins", id="past midnight"),
    pytest.param(sessions("07:30-11:30", "11:00-17:00"), "overlap", id="overlapping"),
    pytest.param(sessions("13:30-17:00", "07:30-11:30"), "not in order", id="unsorted"),
    pytest.param(sessions("07:30-00:00", "13:30-17:00"), "overlap", id="after midnight was reached"),
    pytest.param(sessions("07:30:30-11:30"), "whole minutes", id="seconds"),
    pytest.param(((time(7, tzinfo=UTC), time(8, tzinfo=UTC)),), "without a zone", id="times with a zone"),
]


@pytest.mark.parametrize(("wrong", "message"), WRONG_DAYS)
def test_wrong_sessions_are_refused(wrong: tuple[Session, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Calendar("UTC", (wrong,) + ((),) * 6)
    with pytest.raises(ValueError, match=message):
        Calendar("UTC", ((),) * 7, extra={date(2026, 1, 1): wrong})


def test_a_week_without_seven_days_a_naive_moment_and_a_negative_length_are_refused() -> None:
    with pytest.raises(ValueError, match="7 days"):
        Calendar("UTC", ((),) * 6)
    with pytest.raises(ValueError, match="time zone"):
        is_open(OFFICE, datetime(2026, 1, 1))  # noqa: DTZ001 - the naive moment is the mistake shown
    with pytest.raises(ValueError, match="negative"):
        advance(OFFICE, at(OFFICE, "2026-11-25 09:00"), timedelta(minutes=-1))


def test_a_calendar_keeps_its_own_copy_and_equals_its_like() -> None:
    extra = {date(2026, 11, 25): ORDINARY}
    calendar = Calendar("UTC", ((),) * 7, extra=extra)
    same = Calendar("UTC", ((),) * 7, extra=dict(extra))
    assert is_open(calendar, datetime(2026, 11, 25, 8, tzinfo=UTC))
    extra.clear()
    assert is_open(calendar, datetime(2026, 11, 25, 8, tzinfo=UTC))
    assert calendar == same
    assert hash(calendar) == hash(same)
