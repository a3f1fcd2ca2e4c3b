"""Conversations: two offices in one process never see each other."""

from bot.stage import Stage
from tests.conversations.conftest import Helpdesk, People, number_of
from tests.conversations.test_claiming import QUESTION
from tickets import people as staff_room
from tickets.models import Role, Ticket

VI = "phuong-vi"


async def test_each_has_its_own_people_numbers_and_name(helpdesk: Helpdesk, stage: Stage, people: People) -> None:
    desk = stage.app.desks[VI]
    mai = await people.staff("Mai Thử")
    lan = await helpdesk.vi.enrol(helpdesk.vi.person("telegram", "990001", "Lan Ví Dụ"), Role.MEMBER, ["ho-tich"], desk)
    resident = helpdesk.vi.person("telegram", "990002", "Bà Ví Dụ")
    await resident.says(QUESTION)
    await resident.hears("UBND phường Ví Dụ")
    number = number_of(await resident.hears("đã nhận tin"))
    await lan.hears(f"Phiếu #{number}")
    assert await Ticket.filter(office=VI).count() == number
    await stage.settled()
    assert not any("Phiếu #" in one["text"] for one in await mai.seen())


async def test_an_invitation_of_one_is_nothing_in_the_other(helpdesk: Helpdesk, stage: Stage, people: People) -> None:
    code = await staff_room.invite(
        office=VI,
        role=Role.SUPERVISOR,
        areas=[],
        name="Kẻ Lạ",
        now=stage.app.clock.now(),
        valid=stage.desk.policy.code_valid,
    )
    stranger = people.resident("telegram")
    await stranger.says(code)
    await stranger.hears("mã mời không đúng")
