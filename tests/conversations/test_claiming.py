"""Conversations: who takes a ticket, and who is told."""

import asyncio
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.stage import Stage
from bot.texts.catalog import Catalog
from sandbox.person import Person
from tests.conversations.conftest import People, chooses, number_of
from tickets.models import Role, Staff, Status, Ticket

NETWORKS = pytest.mark.parametrize("network", ["telegram", "zalo_bot"])
LONG = ("Dạ, anh chị đã nhận phiếu này rồi, xin trả lời người dân sớm giúp. " * 4).strip()
QUESTION = "lam khai sinh cho be can giay to gi"


async def opened(resident: Person, words: str = QUESTION) -> int:
    """Ask, and read the number in the answer."""
    await resident.says(words)
    return number_of(await resident.hears("#"))


async def test_of_two_on_two_networks_one_wins_and_the_other_is_told_who(people: People) -> None:
    mai, ha = await people.staff("Mai Thử"), await people.staff("Hà Thử", network="zalo_bot")
    number = await opened(people.resident("smsgate"))
    for one in (mai, ha):
        await one.hears(f"#{number}")
    await asyncio.gather(mai.says(f"/nhan {number}"), ha.says(f"nhan {number}"))
    answers = [(await one.hears(f"#{number}", "nhận"))["text"] for one in (mai, ha)]
    won = [text for text in answers if "đã nhận phiếu" in text]
    lost = [text for text in answers if "nhận trước" in text]
    assert len(won) == len(lost) == 1
    assert ("Mai Thử" in lost[0]) or ("Hà Thử" in lost[0])


async def test_the_card_in_a_group_shows_the_owner_and_the_loser_sees_a_toast(people: People, stage: Stage) -> None:
    boss = await people.staff("Bình Thử", areas="", role=Role.SUPERVISOR)
    mai, nam = await people.staff("Mai Thử"), await people.staff("Nam Thử")
    group = people.group()
    await boss.among(group).says("/batdau ho-tich")
    await boss.among(group).hears("Hộ tịch")
    for one in (mai, nam):
        await one.among(group).says("/cuatoi")
        await one.among(group).hears("không giữ phiếu nào")
    number = await opened(people.resident("telegram"))
    await mai.among(group).sees(f"Phiếu #{number}", "Chưa ai nhận")
    await mai.among(group).presses("Nhận", wait=10)
    await mai.among(group).sees(f"Phiếu #{number}", "Mai Thử đang giải quyết")
    await stage.settled()
    toast = (await nam.among(group).does(text=f"/nhan {number}"))["message_id"]
    assert toast
    await nam.among(group).hears(f"Phiếu #{number} đã có Mai Thử nhận trước")
    private = [one["text"] for one in await nam.seen()]
    assert not any(f"Phiếu #{number}" in text for text in private), "told in the group and in private"


@pytest.fixture
def long_winded(stage: Stage, tmp_path: Path) -> Iterator[None]:
    """A language whose sentence at a claim is longer than an alert over a pressed button takes."""
    shipped = Path(__file__).parents[2] / "bot" / "texts"
    shutil.copy(shipped / "vi.toml", tmp_path / "vi.toml")
    sentence = LONG.replace('"', "'")
    (tmp_path / "xx.toml").write_text(f'[staff]\nclaimed = "#{{number}}: {sentence}"\n', encoding="utf-8")
    desks = stage.app.desks
    assert isinstance(desks, dict)
    before = stage.desk
    desks[before.policy.office] = replace(before, texts=Catalog.load(tmp_path))
    yield
    desks[before.policy.office] = before


async def test_an_answer_to_a_press_in_a_group_is_read_by_the_presser_alone_however_long(
    people: People, stage: Stage, long_winded: None
) -> None:
    boss = await people.staff("Bình Thử", areas="", role=Role.SUPERVISOR)
    mai, nam = await people.staff("Mai Thử"), await people.staff("Nam Thử")
    group = people.group()
    await boss.among(group).says("/batdau ho-tich")
    await boss.among(group).hears("Hộ tịch")
    for one in (mai, nam):
        await one.among(group).says("/cuatoi")
        await one.among(group).hears("không giữ phiếu nào")
    first, second = await opened(people.resident("telegram")), await opened(people.resident("telegram"))
    await Staff.filter(name="Mai Thử", active=True).update(language="xx")
    await mai.among(group).sees(f"Phiếu #{second}", "Chưa ai nhận")
    card = await mai.among(group).sees(f"Phiếu #{first}", "Chưa ai nhận")
    await mai.among(group).presses("Nhận", reply_to=card["message_id"])
    told = await mai.among(group).sees(f"#{first}: {LONG}")
    assert told["only_for"] == mai.id
    assert told["buttons"] == [], "it may vanish: nobody is to look for its buttons later"
    toast = await nam.among(group).presses("Nhận", wait=10)
    assert toast is not None
    assert f"đã nhận phiếu #{second}" in toast
    await stage.settled()
    said = [one for one in await nam.among(group).seen() if f"nhận phiếu #{second}" in one["text"]]
    assert said == [], "what an alert holds stands nowhere in the group"


async def test_a_card_is_claimed_by_its_button_on_zalo_by_number(people: People) -> None:
    ha = await people.staff("Hà Thử", network="zalo_bot")
    number = await opened(people.resident("telegram"))
    card = await ha.hears(f"#{number}", "1. Nhận")
    assert card["buttons"] == []
    await ha.says("1")
    await ha.hears(f"đã nhận phiếu #{number}")


@NETWORKS
async def test_release_brings_the_ticket_back_to_the_others(people: People, network: str) -> None:
    mai, nam = await people.staff("Mai Thử", network=network), await people.staff("Nam Thử", network="zalo_bot")
    number = await opened(people.resident(network))
    await mai.says(f"/nhan {number}")
    await mai.hears("đã nhận")
    await mai.says(f"/tra {number} con ốm, về sớm")
    await mai.hears("Đã trả phiếu")
    await nam.says("cho")
    assert f"#{number}" in (await nam.hears("Đang chờ người nhận"))["text"]
    ticket = await Ticket.get(number=number, office="phuong-thu")
    assert (ticket.status, ticket.assignee_id) == (Status.OPEN, None)


@NETWORKS
async def test_nobody_of_the_area_on_duty_means_the_lead_then_the_supervisor(people: People, network: str) -> None:
    mai = await people.staff("Mai Thử", network=network)
    lead = await people.staff("Tổ trưởng Thử", role=Role.LEAD, network=network)
    boss = await people.staff("Bình Thử", areas="", role=Role.SUPERVISOR, network=network)
    for one in (mai, lead):
        await one.says("/truc off")
        await one.hears("nghỉ trực")
    first = await opened(people.resident(network))
    await lead.hears(f"Phiếu #{first}")
    await lead.does(block=True)
    second = await opened(people.resident(network))
    await boss.hears(f"Phiếu #{second}")
    texts = [one["text"] for one in await mai.seen()]
    assert not any("Phiếu #" in text for text in texts)


@NETWORKS
async def test_a_supervisor_assigns_by_pressing_a_name(people: People, network: str) -> None:
    mai = await people.staff("Mai Thử", network="zalo_bot")
    boss = await people.staff("Bình Thử", areas="", role=Role.SUPERVISOR, network=network)
    number = await opened(people.resident(network))
    await boss.says(f"/phancong {number}")
    offer = await boss.hears("cho ai")
    await chooses(boss, offer, "Mai Thử")
    await mai.hears(f"Phiếu #{number}", "được giao cho anh/chị")
    await mai.hears(f"#{number}", QUESTION)


@NETWORKS
async def test_somebody_else_may_not_answer_but_a_lead_may(people: People, network: str) -> None:
    mai, nam = await people.staff("Mai Thử", network=network), await people.staff("Nam Thử", network=network)
    lead = await people.staff("Tổ trưởng Thử", role=Role.LEAD, network=network)
    resident = people.resident("zalo_bot")
    number = await opened(resident)
    await mai.says(f"/nhan {number}")
    await mai.hears("đã nhận")
    await nam.says(f"/tl {number} để tôi trả lời")
    await nam.hears("đang do người khác giữ")
    await lead.says(f"/tl {number} Dạ ông bà chờ một chút ạ")
    await resident.hears("Dạ ông bà chờ một chút ạ")
