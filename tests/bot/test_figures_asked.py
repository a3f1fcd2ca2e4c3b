"""What a line about figures asks for, and whether every button's line is short enough and read back as it was meant."""

from datetime import UTC, date, datetime
from itertools import product
from zoneinfo import ZoneInfo

import pytest

from bot.figures_asked import DIMENSIONS, ORDERS, Asked, key_of, part_of, understood, value_meant
from config import catalogue
from tickets.reports import periods

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
NOW = datetime(2026, 11, 21, 5, tzinfo=UTC)
MOST = 64  # bytes of a command under a button, in Telegram


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        pytest.param("trễ hẹn tháng 10", Asked("late", period="tháng 10"), id="a figure of a month"),
        pytest.param("người xếp=p90", Asked("person", order="first_p90"), id="people by the slowest tenth"),
        pytest.param("linhvuc xep=hailong", Asked("area", order="satisfaction"), id="areas by content"),
        pytest.param("settled sort=resolve", Asked("settled", order="resolve_median"), id="English"),
        pytest.param("late area=ho-tich p2", Asked("late", part=("area", "ho-tich"), page=2), id="a part, page two"),
        pytest.param("lydo", Asked("reason"), id="reasons"),
        pytest.param("nguoi xep=blabla", Asked("person"), id="an order nobody knows is left out"),
    ],
)
def test_a_line_is_understood(line: str, meant: Asked) -> None:
    assert understood(line) == meant


def test_every_buttons_line_is_short_and_read_back() -> None:
    period = periods.days(date(2026, 11, 16), date(2026, 12, 31), ZONE)
    areas = list(catalogue.load().areas)
    for area, figure, order in product(areas, ("answered", "unclaimed", "settled"), (None, *ORDERS)):
        sort = f" xep={ORDERS[order][0]}" if order else ""
        line = f"/thongke {figure} {part_of('area', area)} {period.code}{sort} p99"
        assert len(line.encode()) <= MOST
        asked = understood(line.removeprefix("/thongke "))
        assert (asked.what, asked.order, asked.page) == (figure, order, 99)
        assert asked.part is not None
        assert value_meant(asked.part[1], areas) == area
        assert periods.meant(asked.period, NOW, ZONE) == period
    assert len({part_of(one, "x") for one in (*DIMENSIONS, "reason")}) == len(DIMENSIONS) + 1


def test_reasons_alike_to_the_eye_are_one() -> None:
    assert key_of("Sai lĩnh vực") == key_of(" sai  linh vuc") != key_of("sai người")
    assert len(f"/thongke transferred {part_of('reason', key_of('x' * 400))} 261116-261231 p99") <= MOST
