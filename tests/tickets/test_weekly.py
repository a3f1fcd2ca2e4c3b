"""When is the weekly report due, whatever days are off?"""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from tests.tickets.conftest import MONDAY_8, Ward
from tickets.hours import Calendar
from tickets.models import Ticket
from tickets.reports import places, weekly
from tickets.reports.places import named, said_by_staff
from tickets.reports.weekly import Rhythm

WEEKDAY = ((time(7, 30), time(11, 30)), (time(13, 30), time(17, 0)))
RHYTHM = Rhythm((4, time(11)), (4, time(15)), date(2025, 8, 27))
MONDAY = date(2026, 11, 23)


def office(off: tuple[date, ...] = (), extra: dict[date, tuple[tuple[time, time], ...]] | None = None) -> Calendar:
    return Calendar("Asia/Ho_Chi_Minh", (*(WEEKDAY,) * 5, (), ()), frozenset(off), extra or {})


def local(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC) - timedelta(hours=7)


FRIDAY, THURSDAY = date(2026, 11, 27), date(2026, 11, 26)


@pytest.mark.parametrize(
    ("calendar", "remind", "close", "deliver"),
    [
        pytest.param(office(), local(27, 10), local(27, 11), local(27, 15), id="an ordinary Friday"),
        pytest.param(office((FRIDAY,)), local(26, 10), local(26, 11), local(26, 15), id="Friday off"),
        pytest.param(office((FRIDAY, THURSDAY)), local(25, 10), local(25, 11), local(25, 15), id="two days off"),
        pytest.param(
            office(extra={FRIDAY: ((time(7, 30), time(11, 30)),)}),
            local(27, 10),
            local(27, 11),
            local(27, 11, 30),
            id="a half day: at closing",
        ),
        pytest.param(
            office(extra={FRIDAY: ((time(7, 30), time(9)),)}), local(27, 8), local(27, 9), local(27, 9), id="two hours"
        ),
    ],
)
def test_the_moments_of_a_week(calendar: Calendar, remind: datetime, close: datetime, deliver: datetime) -> None:
    found = weekly.week(calendar, RHYTHM, MONDAY)
    assert found is not None
    assert (found.remind, found.close, found.deliver) == (remind, close, deliver)


def test_a_week_without_a_working_day_has_none_and_the_next_counts_both() -> None:
    calendar = office(tuple(MONDAY + timedelta(days=n) for n in range(5)))
    assert weekly.week(calendar, RHYTHM, MONDAY) is None
    after = weekly.current(calendar, RHYTHM, local(25, 9))
    assert after is not None
    assert after.monday == MONDAY + timedelta(days=7)
    start, end = weekly.span(calendar, RHYTHM, after)
    assert (start, end) == (local(20, 11), local(27, 11) + timedelta(days=7))


def test_an_office_that_never_opens_has_no_report() -> None:
    closed = Calendar("Asia/Ho_Chi_Minh", ((),) * 7)
    assert weekly.current(closed, RHYTHM, local(25, 9)) is None
    assert weekly.counted_in(closed, RHYTHM, local(25, 9)) is None


def test_weeks_follow_each_other_to_the_second_and_begin_with_the_first_day_that_counts() -> None:
    calendar = office((FRIDAY,))
    ends = datetime(2025, 8, 26, 17, tzinfo=UTC)
    monday = date(2025, 8, 25)
    while monday < date(2027, 1, 1):
        found = weekly.week(calendar, RHYTHM, monday)
        assert found is not None
        start, end = weekly.span(calendar, RHYTHM, found)
        assert start == ends
        ends, monday = end, monday + timedelta(days=7)


@pytest.mark.parametrize(
    ("at", "week", "late"),
    [
        pytest.param(local(27, 10, 59), MONDAY, False, id="a minute before the close"),
        pytest.param(local(27, 11), MONDAY + timedelta(days=7), True, id="at the close"),
        pytest.param(local(29, 20), MONDAY + timedelta(days=7), True, id="on Sunday"),
        pytest.param(local(30, 8), MONDAY + timedelta(days=7), False, id="on Monday: in good time for the next"),
    ],
)
def test_what_is_handed_in_counts_in_one_week(at: datetime, week: date, late: bool) -> None:
    found = weekly.counted_in(office(), RHYTHM, at)
    assert found is not None
    assert (found[0].monday, found[1]) == (week, late)


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ("nhà tôi ở tổ dân phố số 05, xin hỏi khai sinh", "tdp-5"),
        ("TDP 12 duong Le Loi", "tdp-12"),
        ("ở khu phố 3", "khu-pho-3"),
        ("thôn 2 xã cũ", "thon-2"),
        ("tôi cần 2 bản sao", ""),
        ("mẫu tổ 5", ""),
        ("kptt 3", ""),
    ],
)
def test_where_somebody_lives_is_read_only_where_it_is_said(words: str, place: str) -> None:
    assert named(words) == place


def test_a_number_from_staff_is_a_neighbourhood() -> None:
    assert [said_by_staff(words) for words in ("5", "tổ 07", "thôn 2", "gần chợ")] == ["tdp-5", "tdp-7", "thon-2", ""]


def test_each_office_counts_on_its_own_clock() -> None:
    tokyo = Calendar("Asia/Tokyo", (*(WEEKDAY,) * 5, (), ()))
    here, there = (weekly.week(one, RHYTHM, MONDAY) for one in (office(), tokyo))
    assert here is not None
    assert there is not None
    assert here.deliver - there.deliver == timedelta(hours=2)


async def test_what_staff_said_of_a_place_stands_whatever_is_read_later(ward: Ward) -> None:
    officer = await ward.staff("Mai Thử")
    ticket = await ward.ticket()
    await Ticket.filter(id=ticket.id).update(folded="nha o khu pho 3")
    assert await places.note("phuong-thu", MONDAY_8) == 1
    assert await places.of("phuong-thu") == {ticket.id: "khu-pho-3"}
    await places.put(ticket, "tdp-7", officer, MONDAY_8)
    await places.put(ticket, "khu-pho-3", None, MONDAY_8)
    assert await places.of("phuong-thu") == {ticket.id: "tdp-7"}
    assert await places.note("phuong-thu", MONDAY_8) == 0
