"""Residents look around in the catalogue by the page, and ask two things at once."""

import pytest

from bot.browsing import PAGE
from bot.stage import Stage
from tests.conversations.conftest import Helpdesk, number_of
from tests.conversations.test_answers import OFFICE, Neighbours
from tickets.models import Ticket


@pytest.fixture
def neighbours(helpdesk: Helpdesk, stage: Stage) -> Neighbours:
    assert stage is helpdesk.thu
    return Neighbours(helpdesk.vi)


async def test_thutuc_without_words_shows_the_areas_a_page_at_a_time(neighbours: Neighbours) -> None:
    resident = neighbours.person()
    await resident.says("/thutuc")
    first = await resident.hears("chọn lĩnh vực", "1. Hộ tịch", f"{PAGE}. ", "Trang sau (2/")
    assert f"{PAGE + 2}. " not in first["text"], "a page and the way on, nothing more"
    await resident.says("/thutuc trang 2")
    await resident.hears("Trang trước", "Trang sau (3/")
    await resident.says("/thutuc ho-tich")
    await resident.hears("thủ tục nào", "Đăng ký khai sinh", "Trang sau (2/")
    await resident.says("/thutuc ho-tich 99")
    await resident.hears("thủ tục nào", "Trang trước")
    await resident.says("/thutuc")
    await resident.hears("chọn lĩnh vực")
    await resident.says("sao y bằng tốt nghiệp")
    await resident.hears("Chứng thực bản sao")


async def test_two_needs_in_one_message_may_become_two_tickets(neighbours: Neighbours) -> None:
    resident = neighbours.person()
    words = "em muốn sao y bằng cấp, với lại xin giấy độc thân"
    await resident.says(words)
    number = number_of(await resident.hears("phiếu #", "Chứng thực"))
    await resident.hears("còn hỏi việc khác", "Hỏi thêm: Hộ tịch")
    await resident.says(f"/viecnua {number} ho-tich")
    second = number_of(await resident.hears("phiếu #", "Hộ tịch"))
    await resident.says(f"/viecnua {number} ho-tich")
    await resident.hears("đã có phiếu riêng")
    areas = dict(await Ticket.filter(office=OFFICE, subject=words).values_list("number", "area"))
    assert areas == {number: "chung-thuc", second: "ho-tich"}
