"""An office that is written to by phone, notifies by brand name, and has a sum for the month."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import pytest

from bot.stage import Stage
from bot.wiring import Desk
from sandbox.person import Person
from tests.conversations.conftest import Helpdesk, People, number_of
from tickets import spending
from tickets.models import OutboxRow, OutboxState, Role, Spending
from tickets.spending import month_of

OFFICE, NUMBER, BRAND = "phuong-tin", "so", "brand"
QUESTION = "Cho hoi thu tuc dang ky khai sinh cho con can giay to gi"
LIMIT = 1000  # parts, as in the office file


@pytest.fixture
async def tin(stage: Stage, helpdesk: Helpdesk) -> AsyncIterator[Stage]:
    """That office on its own networks, its brand name with a registered text, nothing spent yet this month."""
    at = replace(helpdesk.vi, app=stage.app)
    desk = at.app.desks[OFFICE]
    at.networks.enter("twilio", desk.webhook_url(NUMBER))
    line = at.networks.networks_line()["esms"]
    said = {"ApiKey": line["api_key"], "SecretKey": line["secret_key"], "SmsType": "2"}
    [template] = desk.channels[BRAND].capabilities.templates
    async with httpx.AsyncClient(verify=False) as http:
        address = f"{line['api_url']}/MainService.svc/json/SubServicePreviewJson/"
        await http.post(address, json=said | {"Content": template})
    await Spending.all().delete()
    yield at
    at.networks.fault("esms", "clear")
    await at.settled()


class Play:
    """A resident and an officer, both by SMS, as everybody can."""

    def __init__(self, at: Stage, people: People) -> None:
        self.at = at
        self._people = people

    @property
    def desk(self) -> Desk:
        return self.at.app.desks[OFFICE]

    def _phone(self, name: str) -> Person:
        return self.at.person("twilio", self._people.resident("smsgate", name).id, name)

    async def staff(self, name: str, role: Role = Role.MEMBER) -> Person:
        return await self.at.enrol(self._phone(name), role, ["ho-tich"], self.desk)

    async def asked(self) -> tuple[Person, int]:
        """A resident whose question has become a ticket, and its number."""
        resident = self._phone("Bà Thử")
        await resident.says(QUESTION)
        return resident, number_of(await resident.hears("phieu #"))

    async def spent(self, parts: int) -> None:
        month = month_of(self.at.app.clock.now(), "Asia/Ho_Chi_Minh")
        await spending.add(OFFICE, NUMBER, month, parts, 0)

    def brand(self, resident: Person) -> list[str]:
        return [message.text for message in self.at.networks.seen("esms", resident.id)]

    def shown(self, resident: Person) -> list[str]:
        return [message.text for message in self.at.networks.seen("twilio", resident.id)]


@pytest.fixture
def play(tin: Stage, people: People) -> Play:
    return Play(tin, people)


async def test_a_notice_that_is_registered_leaves_by_the_brand_and_everything_else_by_the_number(play: Play) -> None:
    officer = await play.staff("Anh Tin")
    resident, number = await play.asked()
    await officer.says(f"nhan {number}")
    await officer.hears(f"nhan phieu #{number}")
    await play.at.settled()
    assert play.brand(resident) == [f"Da, Anh Tin dang xem viec cua ong/ba (phieu #{number}) va se tra loi tai day."]
    assert not [text for text in play.shown(resident) if "dang xem viec" in text], "never the same notice twice"
    notice = await OutboxRow.get(office=OFFICE, channel=BRAND, chat=resident.id)
    assert notice.state is OutboxState.DELIVERED, "told by eSMS at the address that ends in our secret"
    await officer.says(f"tl {number} Mang theo giay chung sinh")
    await resident.hears("Mang theo giay chung sinh")
    assert len(play.brand(resident)) == 1, "an answer never leaves by the brand"


async def test_what_the_brand_refuses_for_good_leaves_by_the_number(play: Play) -> None:
    officer = await play.staff("Anh Tin")
    resident, number = await play.asked()
    emulated: Any = play.at.networks.networks["esms"]
    registered, emulated.templates = emulated.templates, {}
    await officer.says(f"nhan {number}")
    await resident.hears("dang xem viec cua ong/ba")
    emulated.templates = registered
    assert play.brand(resident) == []


async def test_the_officer_is_told_what_an_answer_costs(play: Play) -> None:
    officer = await play.staff("Anh Tin")
    _, number = await play.asked()
    await officer.says(f"nhan {number}")
    await officer.hears(f"nhan phieu #{number}")
    await officer.says(f"tl {number} ngan")
    await officer.hears("Dang gui")
    await officer.says(f"tl {number} " + "Ong ba mang theo giay chung sinh va can cuoc cua cha me. " * 6)
    priced = await officer.hears("phan SMS")
    assert "3 phan" in priced["text"]
    assert "1.050" in priced["text"]
    assert len([text for text in play.shown(officer) if "phan SMS" in text]) == 1, "one part is not worth a word"


async def test_parts_are_counted_as_they_leave(play: Play) -> None:
    await play.asked()
    await play.at.settled()
    counted = await Spending.get(office=OFFICE, channel=NUMBER)
    rows = await OutboxRow.filter(office=OFFICE, channel=NUMBER, chat__not="").order_by("-id").limit(counted.messages)
    assert counted.messages >= 1
    assert counted.parts >= counted.messages
    assert counted.dong == counted.parts * 350
    assert all(row.state is not OutboxState.FAILED for row in rows)


async def test_the_budget_warns_once_then_holds_notices_back_but_never_answers(play: Play) -> None:
    head = await play.staff("Chi Truong", Role.SUPERVISOR)
    officer = await play.staff("Anh Tin")
    await play.spent(LIMIT * 8 // 10)
    resident, number = await play.asked()
    warned = await head.hears("Ngan sach tin nhan")
    assert "80%" in warned["text"]
    await play.spent(LIMIT)
    await officer.says(f"nhan {number}")
    await officer.hears(f"nhan phieu #{number}")
    await officer.says(f"tl {number} van tra loi nhu thuong")
    await officer.hears("Dang gui")
    await resident.hears("van tra loi nhu thuong")
    await head.hears("Da het ngan sach")
    await play.at.settled()
    before = play.shown(resident)
    await officer.says(f"doi {number}")
    await officer.hears("cho nguoi dan")
    await play.at.settled()
    assert play.shown(resident) == before, "a notice stays"
    held = await OutboxRow.filter(office=OFFICE, chat=resident.id, state=OutboxState.DROPPED).order_by("-id").first()
    assert held is not None
    assert held.error == "budget"
    told = [text for text in play.shown(head) if "gan sach tin nhan" in text]
    assert len(told) == 2, "each step is told once"
