"""Who tells of danger hears the numbers that help and reaches a person, whatever was being talked about before."""

import pytest

from bot.stage import Stage
from sandbox.person import Person
from tests.conversations.conftest import Helpdesk, number_of
from tests.conversations.test_answers import OFFICE, Neighbours
from tickets.models import Event, EventKind, Role, Ticket


@pytest.fixture
def neighbours(helpdesk: Helpdesk, stage: Stage) -> Neighbours:
    assert stage is helpdesk.thu
    return Neighbours(helpdesk.vi)


async def ticket_of(person: Person, number: int) -> Ticket:
    return await Ticket.get(office=OFFICE, number=number, contact__chat=person.id)


DANGERS = [
    ("con bé hàng xóm bị cha dượng sờ mó, em phải báo ai bây giờ", ("111", "113"), "a child abused: 111 first"),
    ("cháy nhà rồi, còn người kẹt trong nhà, cứu hỏa đâu", ("114", "115"), "a fire"),
    ("nước lên tới mái nhà rồi, bà già kẹt trên gác, cho xuồng cứu với", ("112", "114"), "a flood"),
    ("em gái em bị lừa bán sang Campuchia, tụi nó đòi tiền chuộc", ("mua bán người", "113"), "trafficking"),
    ("em không muốn sống nữa, em uống thuốc sâu đây", ("115",), "somebody wants to die"),
]


@pytest.mark.parametrize(("words", "heard"), [pytest.param(*row[:2], id=row[2]) for row in DANGERS])
async def test_the_numbers_fit_the_danger(neighbours: Neighbours, words: str, heard: tuple[str, ...]) -> None:
    resident = neighbours.person()
    await resident.says(words)
    answer = await resident.hears("chuyển ngay tới người trực", *heard)
    places = [answer["text"].index(one) for one in heard]
    assert places == sorted(places), "what helps most stands first"
    ticket = await ticket_of(resident, number_of(answer))
    assert ticket.urgent


async def test_danger_told_in_a_ticket_already_there_makes_it_urgent_and_rings(neighbours: Neighbours) -> None:
    lead, resident = await neighbours.officer(Role.LEAD), neighbours.person()
    await resident.says("em muốn hỏi chuyện khai sinh cho con, giấy chứng sinh bị mất thì cán bộ xem giúp em")
    await resident.says("gặp cán bộ")
    number = number_of(await resident.hears("phiếu #"))
    await lead.hears(f"Phiếu #{number}")
    await resident.says("chồng em đang cầm dao rượt mẹ con em, cứu với")
    await resident.hears("chuyển ngay tới người trực", "113", "111")
    await lead.hears(f"KHẨN · Phiếu #{number}")
    ticket = await ticket_of(resident, number)
    assert ticket.urgent
    assert await Event.filter(ticket=ticket, kind=EventKind.PRIORITY, reason="violence").exists()


async def test_danger_told_while_a_procedure_is_looked_up_is_heard(neighbours: Neighbours) -> None:
    resident = neighbours.person()
    await resident.says("/thutuc")
    await resident.hears("thủ tục gì")
    await resident.says("cháy nhà rồi, còn người kẹt trong nhà, cứu hỏa đâu")
    await resident.hears("chuyển ngay tới người trực", "114")
