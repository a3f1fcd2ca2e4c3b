"""Which days of every week does somebody mean who types them?"""

import pytest

from bot.weekday_words import every_week

MON_FRI = (0, 1, 2, 3, 4)


@pytest.mark.parametrize(
    ("line", "days", "rest"),
    [
        pytest.param("thứ 2 đến thứ 6 sáng @ho-tich Mai", MON_FRI, "sáng @ho-tich Mai", id="as spoken"),
        pytest.param("từ thứ hai đến thứ sáu Mai", MON_FRI, "Mai", id="from … to, in words"),
        pytest.param("thu 2 den thu 6 Mai", MON_FRI, "Mai", id="without diacritics"),
        pytest.param("thứ 2-6 Mai", MON_FRI, "Mai", id="as on a door"),
        pytest.param("t2-t6 @dat-dai Mai, Nam", MON_FRI, "@dat-dai Mai, Nam", id="shortened"),
        pytest.param("T2..T6", MON_FRI, "", id="with dots, in capitals"),
        pytest.param("mon-fri Mai", MON_FRI, "Mai", id="as in the office file"),
        pytest.param("Monday to Friday Mai", MON_FRI, "Mai", id="in English"),
        pytest.param("hằng tuần thứ hai, thứ tư chiều Mai", (0, 2), "chiều Mai", id="single days"),
        pytest.param("t2, t4, t6 Mai", (0, 2, 4), "Mai", id="single days, shortened"),
        pytest.param("thứ Năm Năm Thử", (3,), "Năm Thử", id="a name that is a number too"),
        pytest.param("thu Mai", (3,), "Mai", id="an English Thursday"),
        pytest.param("thứ tư", (2,), "", id="a day and nothing else"),
        pytest.param("wednesday Mai", (2,), "Mai", id="a long English day"),
        pytest.param("chủ nhật Mai", (6,), "Mai", id="Sunday"),
        pytest.param("t7-cn Mai", (5, 6), "Mai", id="the weekend"),
        pytest.param("t7 đến t2 Mai", (0, 5, 6), "Mai", id="over the end of the week"),
        pytest.param("hằng tuần", (), "", id="every week, no day"),
        pytest.param("hàng tuần @ho-tich", (), "@ho-tich", id="every week, spelled as many do"),
    ],
)
def test_days_of_every_week(line: str, days: tuple[int, ...], rest: str) -> None:
    found = every_week(line)
    assert found is not None
    assert (found.days, found.rest) == (days, rest)


@pytest.mark.parametrize("line", ["25/11 sáng Mai", "homnay", "tuan", "mai", "Thu Hà", "2", "", "hai"])
def test_what_is_no_day_of_the_week(line: str) -> None:
    found = every_week(line)
    assert found is None or (line, found.days) == ("Thu Hà", (3,))
