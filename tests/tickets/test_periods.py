"""Which days do people mean?"""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from tickets.reports.periods import PeriodUnclear, days, meant

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
NOW = datetime(2026, 11, 21, 3, tzinfo=UTC)  # Saturday, ten in the morning


@pytest.mark.parametrize(
    ("said", "first", "last", "kind"),
    [
        pytest.param("", date(2026, 11, 16), date(2026, 11, 22), "week", id="nothing: this week"),
        pytest.param("TUẦN NÀY", date(2026, 11, 16), date(2026, 11, 22), "week", id="in capitals"),
        pytest.param("tuan truoc", date(2026, 11, 9), date(2026, 11, 15), "week", id="without diacritics"),
        pytest.param("hôm nay", date(2026, 11, 21), date(2026, 11, 21), "day", id="today"),
        pytest.param("hôm qua", date(2026, 11, 20), date(2026, 11, 20), "day", id="yesterday"),
        pytest.param("tháng 10", date(2026, 10, 1), date(2026, 10, 31), "month", id="a month of this year"),
        pytest.param("tháng 12", date(2025, 12, 1), date(2025, 12, 31), "month", id="a month to come: last year's"),
        pytest.param("tháng 2/2024", date(2024, 2, 1), date(2024, 2, 29), "month", id="a leap February"),
        pytest.param("quý 4/2025", date(2025, 10, 1), date(2025, 12, 31), "quarter", id="a quarter across nothing"),
        pytest.param("năm trước", date(2025, 1, 1), date(2025, 12, 31), "year", id="last year"),
        pytest.param("20/11", date(2026, 11, 20), date(2026, 11, 20), "day", id="a day"),
        pytest.param("25/12", date(2025, 12, 25), date(2025, 12, 25), "day", id="a day to come: last year's"),
        pytest.param("từ 1/11 đến 20/11", date(2026, 11, 1), date(2026, 11, 20), "span", id="from and to"),
        pytest.param("2026-11-16..2026-11-22", date(2026, 11, 16), date(2026, 11, 22), "week", id="a whole week"),
        pytest.param("last month", date(2026, 10, 1), date(2026, 10, 31), "month", id="in English"),
    ],
)
def test_what_is_meant(said: str, first: date, last: date, kind: str) -> None:
    found = meant(said, NOW, VIETNAM)
    assert (found.first, found.last, found.kind) == (first, last, kind)
    assert meant(found.code, NOW, VIETNAM) == found


@pytest.mark.parametrize(
    "said",
    [
        "31/02",
        "tháng 13",
        "quý 5",
        "20/11 1/11",
        "abc",
        "99999/9",
        "nam 99999",
        "1/1/1999",
        "ngay 0",
        "1/1 2/1 3/1",
    ],
)
def test_what_nobody_can_mean(said: str) -> None:
    with pytest.raises(PeriodUnclear):
        meant(said, NOW, VIETNAM)


def test_days_begin_at_midnight_of_the_office_not_of_the_machine() -> None:
    found = days(date(2026, 11, 20), date(2026, 11, 20), VIETNAM)
    assert (found.start, found.end) == (datetime(2026, 11, 19, 17, tzinfo=UTC), datetime(2026, 11, 20, 17, tzinfo=UTC))


def test_a_day_on_which_the_clock_is_set_back_has_twenty_five_hours() -> None:
    found = days(date(2026, 10, 25), date(2026, 10, 25), ZoneInfo("Europe/Berlin"))
    assert (found.end - found.start).total_seconds() == 25 * 3600


def test_a_running_period_is_counted_until_now_and_one_to_come_not_at_all() -> None:
    week, later = meant("", NOW, VIETNAM), days(date(2027, 1, 1), date(2027, 1, 2), VIETNAM)
    assert (week.until(NOW), later.until(NOW)) == (NOW, later.start)
