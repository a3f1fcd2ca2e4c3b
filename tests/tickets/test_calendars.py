"""What people change in a calendar: the last word of a day counts, an area's own over the office's, offices apart."""

import time as clock
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time

import pytest

from tests.tickets.conftest import MONDAY_8, Ward
from tests.tickets.test_hours import sessions
from tickets import calendars
from tickets.calendars import Change, Rules, SessionsWrong, overlaid
from tickets.hours import Calendar, add, is_open, opening_today, sessions_on
from tickets.models import CalendarDay, DayKind
from tickets.policy import Policy
from tickets.spans import parse_span

DAY = date(2026, 11, 25)
MORNING = sessions("07:30-11:30")
USUAL = sessions("07:30-11:30", "13:30-17:00")

OVERLAYS = [
    ([], USUAL, "nothing changed"),
    ([Change(DAY, DayKind.OFF)], (), "a day off"),
    ([Change(DAY, DayKind.HOURS, MORNING)], MORNING, "half a day"),
    ([Change(DAY, DayKind.OFF), Change(DAY, DayKind.HOURS, MORNING)], MORNING, "the last word counts"),
    ([Change(DAY, DayKind.OFF), Change(DAY, DayKind.FILE)], USUAL, "back to the file"),
    ([Change(DAY, DayKind.OFF, area="dat-dai")], USUAL, "an area's day off is not the office's"),
]


@pytest.mark.parametrize(("made", "expected"), [pytest.param(*row[:2], id=row[2]) for row in OVERLAYS])
def test_a_day_after_changes(policy: Policy, made: list[Change], expected: tuple[object, ...]) -> None:
    assert sessions_on(overlaid(policy, made).calendar, DAY) == expected


def test_an_area_follows_the_office_and_then_itself(policy: Policy) -> None:
    own = replace(policy.calendar, week=(MORNING,) * 5 + ((), ()))
    policy = replace(policy, calendars={"dat-dai": own})
    made = [Change(DAY, DayKind.OFF), Change(date(2026, 11, 26), DayKind.HOURS, USUAL, "dat-dai")]
    changed = overlaid(policy, made)
    assert sessions_on(changed.calendar_of("dat-dai"), DAY) == ()
    assert sessions_on(changed.calendar_of("dat-dai"), date(2026, 11, 26)) == USUAL
    assert sessions_on(changed.calendar_of("dat-dai"), date(2026, 11, 27)) == MORNING


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param(sessions("11:00-07:30"), id="ends before it begins"),
        pytest.param(sessions("07:30-07:30"), id="is empty"),
        pytest.param(sessions("07:00-09:00", "08:00-10:00"), id="overlap"),
        pytest.param(sessions("22:00-00:00", "23:00-23:30"), id="after midnight's end"),
        pytest.param(((time(13, 30), time(17)), (time(7, 30), time(11, 30))), id="out of order"),
    ],
)
async def test_sessions_nobody_can_keep_are_not_written(ward: Ward, wrong: tuple[tuple[time, time], ...]) -> None:
    with pytest.raises(SessionsWrong):
        await calendars.change(ward.policy, [Change(DAY, DayKind.HOURS, wrong)], None, "thử", MONDAY_8)
    assert not await CalendarDay.exists()


async def test_two_offices_in_one_process_keep_their_own_days(ward: Ward) -> None:
    other = replace(ward.policy, office="phuong-khac", calendar=Calendar("Europe/Berlin", (USUAL,) * 7))
    here, there = Rules(ward.policy), Rules(other)
    await calendars.change(ward.policy, [Change(DAY, DayKind.OFF)], None, "bão", MONDAY_8)
    assert await here.refresh(now=True)
    assert not await there.refresh(now=True)
    assert sessions_on(here.policy.calendar, DAY) == ()
    assert sessions_on(there.policy.calendar, DAY) == USUAL
    assert here.written is ward.policy


async def test_what_was_read_is_doubted_when_its_transaction_may_be_undone(ward: Ward) -> None:
    rules = Rules(ward.policy)
    await calendars.change(ward.policy, [Change(DAY, DayKind.OFF)], None, "bão", MONDAY_8)
    await rules.refresh(now=True)
    rules.doubt()
    await CalendarDay.all().delete()  # as a rollback would
    assert await rules.refresh()
    assert sessions_on(rules.policy.calendar, DAY) == USUAL


@pytest.fixture(params=["UTC", "America/New_York", "Asia/Ho_Chi_Minh", "Australia/Lord_Howe"])
def machine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The zone the machine believes in."""
    monkeypatch.setenv("TZ", request.param)
    clock.tzset()
    yield request.param
    monkeypatch.undo()
    clock.tzset()


def test_the_zone_of_the_machine_changes_nothing(policy: Policy, machine: str) -> None:
    calendar = policy.calendar
    evening = datetime(2026, 11, 25, 13, 0, tzinfo=UTC)  # 20:00 in the office
    assert not is_open(calendar, evening)
    assert add(calendar, evening, parse_span("1h")) == datetime(2026, 11, 26, 1, 30, tzinfo=UTC)
    assert add(calendar, evening, parse_span("same day 15:00")) == datetime(2026, 11, 26, 10, 0, tzinfo=UTC)
    assert opening_today(calendar, evening) == datetime(2026, 11, 25, 0, 30, tzinfo=UTC)
    assert calendars.begins(calendar, DAY) == datetime(2026, 11, 24, 17, 0, tzinfo=UTC)
