"""The country's days: shipped with how sure they are, in agreement with the ward files, cross-checked, warned about."""

from datetime import UTC, date, datetime

import pytest

from bot import calendar_check
from config import national_days
from tests.config.test_office_shipped import shipped

KNOWN = national_days.load()
OFF = {one.day for one in KNOWN.days.values() if one.off}
WORKED = {one.day for one in KNOWN.days.values() if not one.off}
NOVEMBER = datetime(2026, 11, 21, tzinfo=UTC)


def test_the_ward_files_agree_with_the_country() -> None:
    for office in shipped():
        since = date(2026, 1, 1)
        assert national_days.unlike(office.hours.days_off, set(office.hours.extra_days), since) == []


def test_what_is_not_announced_is_not_called_official() -> None:
    assert KNOWN.announced == {2026}
    assert {one.sure for one in KNOWN.days.values() if one.day.year == 2027} == {"law", "provisional"}
    assert all(one.day.weekday() == 5 for one in KNOWN.days.values() if not one.off)


@pytest.mark.parametrize(
    ("off", "worked", "told"),
    [
        pytest.param(OFF | {date(2026, 11, 25)}, WORKED, "2026-11-25 is off in this file", id="a slip of the pen"),
        pytest.param(OFF - {date(2026, 11, 24)}, WORKED, "2026-11-24 is a day off in the country", id="forgotten"),
        pytest.param(OFF, set(), "2026-08-22 is worked in the country", id="a working Saturday forgotten"),
    ],
)
def test_a_file_unlike_the_country(off: set[date], worked: set[date], told: str) -> None:
    assert any(told in one for one in national_days.unlike(off, worked, date(2026, 1, 1)))


def test_the_library_is_a_cross_check() -> None:
    assert national_days.library_differs(OFF, 2026, date(2026, 3, 1)) == []
    apart = national_days.library_differs(OFF, 2027, date(2026, 3, 1))
    assert [one[:10] for one in apart] == ["2027-02-04", "2027-02-11", "2027-09-03"]


@pytest.mark.parametrize(
    ("month", "warned"),
    [pytest.param(9, False, id="in September it is early"), pytest.param(10, True, id="from October on")],
)
def test_the_coming_year_is_warned_about(month: int, warned: bool) -> None:
    office = shipped()[0]
    told = " ".join(calendar_check.notices(office, NOVEMBER.replace(month=month)))
    assert ("days off of 2027 are provisional" in told) is warned


def test_a_year_without_any_day_off_is_told() -> None:
    office = shipped()[0]
    told = " ".join(calendar_check.notices(office, NOVEMBER.replace(year=2028)))
    assert "the calendar of 2028 has no day off at all" in told
