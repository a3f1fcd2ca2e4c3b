"""Do promises fall due in working time, stand still while the resident is awaited, and climb the ladder in order?"""

from dataclasses import astuple
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets.deadlines import Due, LadderStep, Promise, Step, announce_at, opening, shift, steps
from tickets.hours import Calendar, NoWorkingTime, Span, elapsed, is_open, parse_span, round_the_clock

ORDINARY = ((time(7, 30), time(11, 30)), (time(13, 30), time(17, 0)))
OFFICE = Calendar(
    "Asia/Ho_Chi_Minh",
    (ORDINARY,) * 5 + ((), ()),
    days_off=frozenset(date(2026, 2, day) for day in range(16, 21)),
    extra={date(2026, 8, 22): ORDINARY},
)
PROMISE = Promise(first_reply=Span(minutes=60), resolve=Span(minutes=480), warn_at=0.75)
LADDER = (
    LadderStep(Span(), "assignee"),
    LadderStep(Span(minutes=30), "lead"),
    LadderStep(Span(minutes=120), "supervisor"),
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=OFFICE.zone)


def shown(due: Due) -> list[str]:
    return [f"{moment:%d/%m %H:%M}" for moment in astuple(due)]


OPENINGS = [
    (PROMISE, "2026-11-25 08:00", ["25/11 09:00", "25/11 08:45", "26/11 08:30", "25/11 16:00"], "in the morning"),
    (PROMISE, "2026-11-25 11:00", ["25/11 14:00", "25/11 13:45", "26/11 11:30", "26/11 09:30"], "before lunch"),
    (PROMISE, "2026-11-25 22:00", ["26/11 08:30", "26/11 08:15", "27/11 08:00", "26/11 15:30"], "in the evening"),
    (PROMISE, "2026-11-27 16:30", ["30/11 08:00", "30/11 07:45", "30/11 17:00", "30/11 15:00"], "before a weekend"),
    (PROMISE, "2026-02-17 09:00", ["23/02 08:30", "23/02 08:15", "24/02 08:00", "23/02 15:30"], "during Tết"),
    (PROMISE, "2026-08-21 16:30", ["22/08 08:00", "22/08 07:45", "22/08 17:00", "22/08 15:00"], "a worked Saturday"),
    (
        Promise(Span(minutes=30), Span(days=2), 0.5),
        "2026-11-25 13:30",
        ["25/11 14:00", "25/11 13:45", "27/11 17:00", "26/11 15:15"],
        "a promise in working days is warned about by working time",
    ),
    (
        Promise(Span(minutes=30), Span(days=1), 1),
        "2026-11-25 13:30",
        ["25/11 14:00", "25/11 14:00", "26/11 17:00", "26/11 17:00"],
        "a warning at the whole time comes with the end",
    ),
]


@pytest.mark.parametrize(("promise", "opened", "expected"), [pytest.param(*row[:3], id=row[3]) for row in OPENINGS])
def test_due_times_of_a_ticket_opened(promise: Promise, opened: str, expected: list[str]) -> None:
    assert shown(opening(OFFICE, promise, at(opened))) == expected


WAITS = [
    # Opened on Wednesday 25/11 at 08:00: reply due 09:00 (warned 08:45), resolve due 26/11 08:30 (warned 25/11 16:00).
    ("25/11 08:30", "25/11 10:30", ["25/11 11:00", "25/11 10:45", "26/11 10:30", "26/11 08:30"], "within a morning"),
    ("25/11 11:30", "25/11 13:30", ["25/11 09:00", "25/11 08:45", "26/11 08:30", "25/11 16:00"], "over lunch alone"),
    ("25/11 10:00", "26/11 10:00", ["25/11 09:00", "25/11 08:45", "27/11 08:30", "26/11 16:00"], "a whole day"),
    ("25/11 10:00", "27/11 17:00", ["25/11 09:00", "25/11 08:45", "30/11 15:30", "30/11 11:30"], "over a weekend"),
    ("25/11 10:00", "28/11 09:00", ["25/11 09:00", "25/11 08:45", "30/11 15:30", "30/11 11:30"], "until a Saturday"),
    ("25/11 16:30", "26/11 07:30", ["25/11 09:00", "25/11 08:45", "26/11 09:00", "25/11 16:00"], "after the warning"),
    ("26/11 09:00", "26/11 11:00", ["25/11 09:00", "25/11 08:45", "26/11 08:30", "25/11 16:00"], "after it was late"),
    ("26/11 08:30", "26/11 11:00", ["25/11 09:00", "25/11 08:45", "26/11 08:30", "25/11 16:00"], "from the due time"),
    (
        "25/11 10:00",
        "25/11 09:00",
        ["25/11 09:00", "25/11 08:45", "26/11 08:30", "25/11 16:00"],
        "ended before it began",
    ),
]


def in_november(text: str) -> datetime:
    return datetime.strptime(text, "%d/%m %H:%M").replace(year=2026, tzinfo=OFFICE.zone)


@pytest.mark.parametrize(("since", "until", "expected"), [pytest.param(*row[:3], id=row[3]) for row in WAITS])
def test_waiting_for_the_resident(since: str, until: str, expected: list[str]) -> None:
    due = opening(OFFICE, PROMISE, at("2026-11-25 08:00"))
    assert shown(shift(OFFICE, due, in_november(since), in_november(until))) == expected


def test_a_due_time_without_working_time_before_it_is_never_brought_forward() -> None:
    # A supervisor may extend to a round time that lies outside working hours.
    evening = at("2026-11-25 20:00")
    due = Due(evening, evening, evening, evening)
    assert shift(OFFICE, due, at("2026-11-25 17:30"), at("2026-11-25 18:00")) == due


MINUTES = st.integers(0, 20_000)


@given(MINUTES, MINUTES, MINUTES)
def test_what_was_left_before_a_wait_is_left_after_it(opened: int, since: int, length: int) -> None:
    start = at("2026-02-09 00:00") + timedelta(minutes=opened)
    due = opening(OFFICE, PROMISE, start)
    waiting_from = start + timedelta(minutes=since)
    waiting_to = waiting_from + timedelta(minutes=length)
    after = shift(OFFICE, due, waiting_from, waiting_to)
    for moment, moved in zip(astuple(due), astuple(after), strict=True):
        assert moved >= moment
        if moment > waiting_from:
            assert elapsed(OFFICE, waiting_from, moment) == elapsed(OFFICE, waiting_to, moved)


def test_two_waits_are_counted_one_after_the_other() -> None:
    due = opening(OFFICE, PROMISE, at("2026-11-25 08:00"))
    due = shift(OFFICE, due, at("2026-11-25 08:30"), at("2026-11-25 09:30"))
    due = shift(OFFICE, due, at("2026-11-25 09:45"), at("2026-11-25 10:45"))
    assert shown(due)[0] == "25/11 11:00"


def test_the_ladder_of_both_promises_in_the_order_of_time() -> None:
    due = opening(OFFICE, PROMISE, at("2026-11-25 08:00"))
    climbed = [(step.promise, step.key, f"{step.at:%d/%m %H:%M}", step.to) for step in steps(due, LADDER, OFFICE)]
    assert climbed == [
        ("first_reply", "warn", "25/11 08:45", "assignee"),
        ("first_reply", "late-0", "25/11 09:00", "assignee"),
        ("first_reply", "late-1", "25/11 09:30", "lead"),
        ("first_reply", "late-2", "25/11 11:00", "supervisor"),
        ("resolve", "warn", "25/11 16:00", "assignee"),
        ("resolve", "late-0", "26/11 08:30", "assignee"),
        ("resolve", "late-1", "26/11 09:00", "lead"),
        ("resolve", "late-2", "26/11 10:30", "supervisor"),
    ]


def test_once_answered_only_resolving_is_watched() -> None:
    due = opening(OFFICE, PROMISE, at("2026-11-25 08:00"))
    assert {step.promise for step in steps(due, LADDER, OFFICE, answered=True)} == {"resolve"}


def test_the_ladder_climbs_in_working_time() -> None:
    due = opening(OFFICE, Promise(Span(minutes=60), Span(days=1)), at("2026-11-26 08:00"))
    last = steps(due, (LadderStep(parse_span("1h30m"), "supervisor"),), OFFICE, answered=True)[-1]
    assert last == Step("resolve", "late-0", at("2026-11-27 17:00"), at("2026-11-30 09:00"), "supervisor")


def test_a_warning_that_comes_with_the_breach_is_no_step() -> None:
    due = opening(OFFICE, Promise(Span(minutes=60), Span(days=1), warn_at=1), at("2026-11-25 08:00"))
    assert "warn" not in {step.key for step in steps(due, LADDER, OFFICE)}


ANNOUNCEMENTS = [
    ("2026-11-25 09:00", False, "2026-11-25 09:00", "in working hours at once"),
    ("2026-11-25 11:30", False, "2026-11-25 13:30", "at lunch, after it"),
    ("2026-11-25 17:00", False, "2026-11-26 07:30", "at closing, the next morning"),
    ("2026-11-28 09:00", False, "2026-11-30 07:30", "on a Saturday, on Monday"),
    ("2026-02-17 03:00", False, "2026-02-23 07:30", "during Tết, after it"),
    ("2026-02-17 03:00", True, "2026-02-17 03:00", "urgent, at once, at any hour"),
]


@pytest.mark.parametrize(("moment", "urgent", "expected"), [pytest.param(*row[:3], id=row[3]) for row in ANNOUNCEMENTS])
def test_nothing_is_announced_outside_working_hours_unless_urgent(moment: str, urgent: bool, expected: str) -> None:
    announced = announce_at(OFFICE, at(moment), urgent)
    assert announced == at(expected)
    assert urgent or is_open(OFFICE, announced)


def test_an_urgent_ticket_can_be_promised_round_the_clock() -> None:
    due = opening(round_the_clock(OFFICE.timezone), PROMISE, at("2026-11-28 22:30"))
    assert shown(due)[:2] == ["28/11 23:30", "28/11 23:15"]


@pytest.mark.parametrize("share", [0, -0.5, 1.01, 75])
def test_a_warning_share_outside_the_time_is_refused(share: float) -> None:
    with pytest.raises(ValueError, match="share"):
        Promise(Span(minutes=60), Span(minutes=480), share)


def test_a_promise_of_no_time_is_refused() -> None:
    with pytest.raises(ValueError, match="no time"):
        Promise(Span(), Span(minutes=480))


def test_an_office_that_never_opens_promises_nothing() -> None:
    with pytest.raises(NoWorkingTime):
        opening(Calendar("UTC", ((),) * 7), PROMISE, at("2026-11-25 08:00"))
