"""Conversations: finding tickets again, and putting one aside."""

from datetime import timedelta

import pytest

from bot.stage import Stage
from tests.conversations.conftest import People
from tests.conversations.test_claiming import opened
from tickets.models import Status, Ticket


@pytest.mark.parametrize(
    ("query", "network"),
    [
        pytest.param("/tim KHAI SINH cháu Bảo Ngọc", "telegram", id="with marks and capitals"),
        pytest.param("tim bao ngoc", "zalo_bot", id="without marks, on Zalo"),
        pytest.param("/tim Trần Thị Tìm", "telegram", id="by the resident's name"),
    ],
)
async def test_a_ticket_is_found_by_its_words(people: People, query: str, network: str) -> None:
    mai = await people.staff("Mai Thử", network=network)
    number = await opened(people.resident("telegram", "Trần Thị Tìm"), "lam giay khai sinh cho cháu Bảo Ngọc")
    await opened(people.resident("telegram"), "khai sinh tre thi lam sao")
    await mai.says(query if network == "telegram" else f"/{query}")
    found = await mai.hears("Tìm thấy")
    assert f"#{number}" in found["text"]
    assert "tre thi" not in found["text"]


async def test_a_ticket_is_found_by_the_end_of_a_phone_number(people: People) -> None:
    mai, resident = await people.staff("Mai Thử"), people.resident("smsgate")
    number = await opened(resident, "lam khai sinh cho be can giay to gi")
    await mai.says(f"/tim {resident.id[-5:]}")
    await mai.hears("Tìm thấy", f"#{number}")


async def test_what_is_not_theirs_is_not_found(people: People) -> None:
    land = await people.staff("Hà Thử", areas="dat-dai")
    await opened(people.resident("telegram"), "lam khai sinh cho cháu Vô Hình")
    await land.says("/tim Vô Hình")
    await land.hears("Không tìm thấy")


async def test_a_ticket_put_aside_comes_back_in_time(people: People, stage: Stage) -> None:
    mai = await people.staff("Mai Thử")
    number = await opened(people.resident("telegram"), "lam khai sinh cho be can giay to gi")
    await mai.says(f"/nhan {number}")
    await mai.hears("đã nhận")
    await mai.says(f"/henlai {number} khi nào rảnh")
    await mai.hears("Hẹn lại lúc nào")
    await mai.says(f"/henlai {number} 30p")
    await mai.hears(f"#{number}", "08:30 hôm nay")
    await stage.settled()
    assert (await Ticket.get(number=number, office="phuong-thu")).status is Status.SNOOZED
    await stage.time_passes(timedelta(minutes=31))
    await mai.hears("Đến giờ hẹn", f"#{number}")
