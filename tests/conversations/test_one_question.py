"""Conversations: people are asked one thing at a time, and `/huy` ends the question; the words after it are words."""

import re

import pytest

from bot.stage import Stage
from channels.text import plain
from tests.conversations.conftest import People, number_of
from tests.conversations.test_claiming import opened
from tests.conversations.test_residents import BIRTH, ticket, words_of
from tickets.models import Role, Status, Ticket

NETWORKS = pytest.mark.parametrize("network", ["telegram", "zalo_bot", "smsgate"])


@NETWORKS
async def test_a_resident_takes_back_that_there_is_one_more_matter(people: People, stage: Stage, network: str) -> None:
    await people.staff("Hà Thử")
    resident = people.resident(network)
    number = await opened(resident, BIRTH)
    await resident.says("/moi")
    await resident.hears("hỏi việc gì nữa")
    await resident.says("huy")
    await resident.hears("đã bỏ qua")
    await resident.says("à bé sinh ở trạm y tế")
    await stage.settled()
    assert (await words_of(number))[1:] == ["à bé sinh ở trạm y tế"]
    assert not await Ticket.exists(office="phuong-thu", number=number + 1)


@NETWORKS
async def test_an_officer_takes_back_a_command_that_asked_for_more(people: People, stage: Stage, network: str) -> None:
    lead, resident = await people.staff("Lan Thử", role=Role.LEAD, network=network), people.resident(network)
    number = await opened(resident, BIRTH)
    due = (await ticket(number)).first_reply_due
    await lead.says(f"giahan {number} 1d")
    await lead.hears("Vì sao gia hạn")
    await lead.says("hủy")
    await lead.hears("đã bỏ qua")
    await lead.says("vì chờ hồ sơ gốc")
    await lead.hears("chưa gửi cho ai")
    await stage.settled()
    assert (await ticket(number)).first_reply_due == due


@pytest.mark.parametrize("network", ["zalo_bot", "smsgate"])
async def test_a_number_answers_the_only_question_there_is(people: People, stage: Stage, network: str) -> None:
    """Where choices are typed, a rating is not asked for while another question waits for its number."""
    officer, resident = await people.staff("Hà Thử", network=network), people.resident(network)
    first = await opened(resident, BIRTH)
    await officer.says(f"nhan {first}")
    await officer.hears("đã nhận phiếu")
    await resident.says("/moi toi can sua lai cai ten")
    asked = await resident.hears("việc nào sau đây")
    second, choice = number_of(asked), re.findall(r"(\d)\. ho tich", plain(asked["text"]).casefold())
    await officer.says(f"xong {first}")
    await officer.hears(f"Đã giải quyết phiếu #{first}")
    done = await resident.hears(f"phiếu #{first}", "đã xong")
    assert plain("hài lòng") not in plain(done["text"])
    await resident.says(*choice)
    await resident.hears(f"phiếu #{second}", "Hộ tịch")
    assert (await ticket(second)).status is Status.OPEN
    assert (await ticket(first)).rating is None
