"""Is a moment typed in everyday words the moment meant, and always within working time?"""

from datetime import UTC, date, datetime, time

import pytest

from bot.moments import moment
from tickets.hours import Calendar

WEEKDAY = ((time(7, 30), time(11, 30)), (time(13, 30), time(17, 0)))
CALENDAR = Calendar(
    timezone="Asia/Ho_Chi_Minh", week=(*(WEEKDAY,) * 5, (), ()), days_off=frozenset({date(2026, 11, 24)})
)
MONDAY_10 = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)  # 10:00 in Vietnam; the 24th is a holiday


@pytest.mark.parametrize(
    ("words", "local"),
    [
        pytest.param("14:00", "23 14:00", id="a clock later today"),
        pytest.param("14h", "23 14:00", id="a clock with h"),
        pytest.param("9h30", "25 07:30", id="a clock that has passed is tomorrow's, which is a holiday"),
        pytest.param("12:00", "23 13:30", id="at lunch means after lunch"),
        pytest.param("30p", "23 10:30", id="half an hour"),
        pytest.param("2h", "23 14:00", id="two hours of work, over lunch"),
        pytest.param("1h30p", "23 11:30", id="hours and minutes"),
        pytest.param("mai", "25 07:30", id="tomorrow is a holiday"),
        pytest.param("mốt", "25 07:30", id="the day after tomorrow"),
        pytest.param("mai 8:00", "25 07:30", id="tomorrow at eight, a holiday"),
        pytest.param("thứ tư 8:00", "25 08:00", id="a weekday with a clock"),
        pytest.param("t5 lúc 15h", "26 15:00", id="a weekday in short"),
        pytest.param("thứ 2", "30 07:30", id="the same weekday is next week's"),
        pytest.param("chủ nhật", "30 07:30", id="a Sunday, which is Monday"),
        pytest.param("cn 9:00", "30 07:30", id="a Sunday in short"),
        pytest.param("25/11", "25 07:30", id="a date"),
        pytest.param("26/11/2026 14:30", "26 14:30", id="a date with year and clock"),
    ],
)
def test_what_is_meant(words: str, local: str) -> None:
    found = moment(words, MONDAY_10, CALENDAR)
    assert found is not None
    day, clock = local.split()
    assert found.at.astimezone(UTC) == datetime.fromisoformat(f"2026-11-{day}T{clock}+07:00").astimezone(UTC)


@pytest.mark.parametrize(
    "words",
    [
        pytest.param("", id="nothing"),
        pytest.param("khi nào rảnh", id="no moment"),
        pytest.param("25:00", id="no clock has it"),
        pytest.param("31/2", id="no calendar has it"),
        pytest.param("22/11/2026", id="yesterday"),
        pytest.param("0p", id="no time at all"),
        pytest.param("mai gì đó", id="words behind the day"),
    ],
)
def test_what_means_nothing(words: str) -> None:
    assert moment(words, MONDAY_10, CALENDAR) is None


@pytest.mark.parametrize(
    ("words", "moved"),
    [
        pytest.param("14:00", False, id="in working hours"),
        pytest.param("2h", False, id="a length counts working time"),
        pytest.param("thứ tư", False, id="a day that is worked"),
        pytest.param("12:00", True, id="at lunch"),
        pytest.param("19h", True, id="in the evening"),
        pytest.param("mai", True, id="on a holiday"),
        pytest.param("chủ nhật", True, id="on a Sunday"),
    ],
)
def test_a_moment_that_is_moved_into_working_hours_says_so(words: str, moved: bool) -> None:
    found = moment(words, MONDAY_10, CALENDAR)
    assert found is not None
    assert found.moved is moved
