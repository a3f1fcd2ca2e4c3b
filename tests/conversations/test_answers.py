"""Conversations in an office where a clear question about a procedure is answered at once."""

from itertools import count

import pytest

from bot.stage import Stage
from channels.text import sms_parts
from sandbox.person import Person
from tests.conversations.conftest import Helpdesk, number_of
from tickets import teaching
from tickets.models import Message, Outcome, ProcedureAnswer, Role, TaughtExample, Ticket

OFFICE = "phuong-xem"
BIRTH = "làm khai sinh cho bé cần giấy tờ gì"
_numbers = count(1)


class Neighbours:
    """People who write to the third office, on networks of its own."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.desk = stage.app.desks[OFFICE]

    def person(self, network: str = "zalo_bot", name: str = "Bà Xem") -> Person:
        number = next(_numbers)
        return self.stage.person(network, f"{number:018x}ab" if network == "zalo_bot" else f"+84917{number:06d}", name)

    async def officer(self, role: Role = Role.MEMBER) -> Person:
        return await self.stage.enrol(self.person(name="Cô Xem"), role, ["ho-tich"], self.desk)


@pytest.fixture
def neighbours(helpdesk: Helpdesk, stage: Stage) -> Neighbours:
    assert stage is helpdesk.thu
    return Neighbours(helpdesk.vi)


async def outcomes() -> list[Outcome]:
    return [one.outcome for one in await ProcedureAnswer.filter(office=OFFICE).order_by("id")]


async def test_a_clear_question_is_answered_and_is_no_ticket(neighbours: Neighbours) -> None:
    resident = neighbours.person()
    await resident.says(BIRTH)
    heard = await resident.hears("Đăng ký khai sinh", "quầy số 9", "Giấy chứng sinh", "Máy trả lời", "21/11/2026")
    assert "xác nhận với cán bộ" in heard["text"], "what is only recalled is left out, and that is said"
    assert "toàn trình" not in heard["text"]
    await resident.says("Đã đủ")
    await resident.hears("Khi cần")
    assert (await outcomes())[-1] is Outcome.ENOUGH
    assert not await Ticket.filter(office=OFFICE, subject=BIRTH).exists()


async def test_thanks_are_enough_too_and_are_counted(neighbours: Neighbours) -> None:
    resident = neighbours.person()
    begun = neighbours.stage.app.clock.now()
    await resident.says(BIRTH)
    await resident.hears("Đăng ký khai sinh")
    await resident.says("cảm ơn cán bộ nhiều")
    await resident.hears("Khi cần")
    counted = await teaching.deflections(OFFICE, begun, neighbours.stage.app.clock.now())
    assert counted["enough"] >= 1


async def test_who_asks_for_a_person_gets_the_ticket_with_their_question(neighbours: Neighbours) -> None:
    officer, resident = await neighbours.officer(), neighbours.person()
    await resident.says("sao y bằng tốt nghiệp bao nhiêu tiền một bản")
    await resident.hears("Chứng thực bản sao")
    await resident.says("Gặp cán bộ")
    number = number_of(await resident.hears("phiếu #"))
    ticket = await Ticket.get(office=OFFICE, number=number)
    assert (ticket.area, ticket.procedure_code) == ("chung-thuc", "2.000815")
    assert ticket.catalogue == neighbours.desk.catalogue.version
    assert (await outcomes())[-1] is Outcome.PERSON
    assert await Message.filter(ticket=ticket, text__contains="sao y bằng").exists()
    assert officer


async def test_who_writes_on_gets_the_ticket_with_both(neighbours: Neighbours) -> None:
    resident = neighbours.person()
    await resident.says(BIRTH)
    await resident.hears("Đăng ký khai sinh")
    await resident.says("nhưng nhà em mất giấy chứng sinh rồi thì tính sao")
    number = number_of(await resident.hears("phiếu #"))
    ticket = await Ticket.get(office=OFFICE, number=number)
    said = await Message.filter(ticket=ticket).order_by("id").values_list("text", flat=True)
    assert said == [BIRTH, "nhưng nhà em mất giấy chứng sinh rồi thì tính sao"]
    assert (await outcomes())[-1] is Outcome.WROTE_ON


async def test_by_sms_it_fits_three_parts_without_marks(neighbours: Neighbours) -> None:
    resident = neighbours.person("smsgate")
    await resident.says("lam khai sinh cho be can giay to gi")
    heard = await resident.hears("khai sinh", "May tra loi")
    assert heard["text"].isascii()
    assert sms_parts(heard["text"]).count <= 3, heard["text"]


async def test_a_danger_is_never_answered_by_a_card(neighbours: Neighbours) -> None:
    resident = neighbours.person()
    await resident.says("chồng em đang cầm dao đòi giết em, cứu với")
    await resident.hears("113", "111", "115")
    assert await Ticket.filter(office=OFFICE, urgent=True).exists()


async def test_a_complaint_hears_where_it_is_received_and_is_not_taken(neighbours: Neighbours) -> None:
    resident = neighbours.person()
    words = "tôi muốn tố cáo cán bộ nhận hối lộ"
    await resident.says(words)
    await resident.hears("không nhận qua tin nhắn", "thứ Năm hằng tuần", "nop-phan-anh-kien-nghi")
    assert not await Ticket.filter(office=OFFICE, subject=words).exists()


async def test_staff_teach_ask_why_and_confirm(neighbours: Neighbours) -> None:
    lead, resident = await neighbours.officer(Role.LEAD), neighbours.person()
    await resident.says(BIRTH + ", sđt em 0912345678")
    await resident.hears("Đăng ký khai sinh")
    await resident.says("Gặp cán bộ")
    number = number_of(await resident.hears("phiếu #"))
    await lead.hears(f"Phiếu #{number}")
    await lead.says(f"/tuvan {number}")
    await lead.hears(f"Phiếu #{number}: máy hiểu là", "Hộ tịch", "khai sinh")
    await lead.says(f"/dung {number} 9.999999")
    await lead.hears("Không có thủ tục mã 9.999999")
    await lead.says(f"/dung {number} 1.000689")
    await lead.hears("1.000689", "Máy sẽ học")
    example = await TaughtExample.get(office=OFFICE, ticket__number=number)
    assert (example.area, example.code) == ("ho-tich", "1.000689")
    assert "0912345678" not in example.text
    await lead.says("/xacnhan 1.001193")
    await lead.hears("cần xác nhận", "online_level")
    await lead.says("/xacnhan 1.001193 online_level")
    await lead.hears("Đã xác nhận", "toàn trình")
    another = neighbours.person()
    await another.says(BIRTH)
    await another.hears("Mức trực tuyến: toàn trình")
