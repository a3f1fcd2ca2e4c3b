"""Conversations: somebody writes too much, or may not write for a time. Nothing is lost, and nobody else waits."""

import asyncio
from datetime import timedelta

import pytest

from bot.stage import Stage
from sandbox.person import Person
from tests.conversations.conftest import People, number_of
from tests.conversations.test_claiming import opened
from tickets.models import Act, Message, Role, Ticket

NETWORKS = [pytest.param(network, id=network) for network in ("telegram", "zalo_bot", "smsgate")]
MANY = 46  # the office of these conversations takes 40 at once
HELD = {"telegram": "lưu đủ", "zalo_bot": "lưu đủ", "smsgate": "luu du"}


async def flood(person: Person, count: int = MANY) -> list[str]:
    words = [f"tin nhắn số {number}" for number in range(1, count + 1)]
    for line in words:
        await person.says(line)
    return words


async def notices(person: Person, part: str) -> int:
    return sum(part in str(one["text"]) for one in await person.seen())


async def said_in(number: int) -> list[str]:
    ticket = await Ticket.get(number=number, office="phuong-thu")
    return [str(one) for one in await Message.filter(ticket=ticket).order_by("id").values_list("text", flat=True)]


@pytest.mark.parametrize("network", NETWORKS)
async def test_a_flood_is_held_back_with_one_notice_and_shown_in_one_piece_when_it_is_calm(
    people: People, stage: Stage, network: str
) -> None:
    officer = await people.staff("Ha Thu", network=network)
    resident = people.resident(network)
    number = await opened(resident)
    await officer.says(f"nhan {number}")
    await resident.hears(f"#{number}", "Ha Thu")
    words = await flood(resident)
    await stage.settled()
    assert await notices(resident, HELD[network]) == 1
    before = await said_in(number)
    assert len(before) < MANY

    await stage.time_passes(timedelta(minutes=5))
    await officer.hears(f"#{number}", f"tin nhắn số {MANY}" if network != "smsgate" else f"tin nhan so {MANY}")
    assert [line for line in await said_in(number) if line.startswith("tin nhắn")] == words
    assert await notices(resident, HELD[network]) == 1

    await resident.says("cảm ơn, tôi chỉ hỏi thêm giờ làm việc")
    await officer.hears(f"#{number}", "giờ làm việc" if network != "smsgate" else "gio lam viec")


@pytest.mark.parametrize("network", ["telegram", "zalo_bot"])
async def test_others_are_not_kept_waiting_by_a_flood(people: People, stage: Stage, network: str) -> None:
    await people.staff("Hà Thử")
    noisy, other = people.resident(network, "Ông Ồn"), people.resident(network, "Bà Chờ")
    await flood(noisy, 200)
    await other.says("làm giấy khai sinh cho con cần giấy gì ạ")
    await other.hears("#", "Hộ tịch")
    await stage.settled()


@pytest.mark.parametrize("network", ["telegram", "zalo_bot"])
async def test_a_flood_without_a_ticket_becomes_one_ticket(people: People, stage: Stage, network: str) -> None:
    await people.staff("Thu Thử", areas="tiep-nhan")
    resident = people.resident(network)
    words = await flood(resident)
    await stage.settled()
    await stage.time_passes(timedelta(minutes=6))
    await stage.settled()
    number = number_of(await resident.hears("#"))
    await shown(number, len(words))
    assert await said_in(number) == words


@pytest.mark.parametrize("network", NETWORKS)
async def test_a_block_has_a_reason_and_an_end_and_what_was_written_meanwhile_is_shown(
    people: People, stage: Stage, network: str
) -> None:
    boss = await people.staff("Binh Thu", areas="", role=Role.SUPERVISOR, network=network)
    resident = people.resident(network)
    plain = network == "smsgate"
    number = await opened(resident)
    await boss.says(f"chan {number} 2d chửi bới cán bộ")
    await boss.hears("Da chan" if plain else "Đã chặn", f"#{number}")
    await resident.says("lời thứ nhất khi bị chặn")
    await resident.says("lời thứ hai khi bị chặn")
    await resident.hears("chui boi can bo" if plain else "chửi bới cán bộ")
    await stage.settled()
    assert await notices(resident, "tam thoi chua nhan" if plain else "tạm thời chưa nhận") == 1
    assert len(await said_in(number)) == 1

    await stage.time_passes(timedelta(days=2, minutes=1))
    await boss.hears("Het han chan" if plain else "Hết hạn chặn")
    await shown(number, 3)
    assert (await said_in(number))[1:] == ["lời thứ nhất khi bị chặn", "lời thứ hai khi bị chặn"]
    kinds = await Act.filter(office="phuong-thu").order_by("-id").limit(2).values_list("kind", flat=True)
    assert list(kinds) == ["unblocked", "blocked"]


async def shown(number: int, count: int) -> None:
    async with asyncio.timeout(30):
        while len(await said_in(number)) < count:  # noqa: ASYNC110 - rows in PostgreSQL ring no bell
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("network", ["telegram", "zalo_bot"])
async def test_a_block_is_lifted_by_hand_and_only_supervisors_may(people: People, stage: Stage, network: str) -> None:
    boss = await people.staff("Bình Thử", areas="", role=Role.SUPERVISOR, network=network)
    lead, resident = await people.staff("Dũng Thử", role=Role.LEAD, network=network), people.resident("zalo_bot")
    number = await opened(resident)
    await lead.says(f"/chan {number} 2d nói nhiều")
    await lead.hears("quyền cao hơn")
    await boss.says(f"/chan {number}")
    await boss.hears("Vì sao")
    await boss.says("nói lời xúc phạm")
    await boss.hears("Đã chặn", "xúc phạm")
    await boss.says("/chan")
    await boss.hears("Đang bị chặn: 1", "xúc phạm")
    await resident.says("tôi xin lỗi")
    await resident.hears("tạm thời chưa nhận")
    await boss.says(f"/bochan {number}")
    await boss.hears("Đã bỏ chặn")
    await stage.time_passes(timedelta(minutes=1))
    await shown(number, 2)
    await boss.says(f"/bochan {number}")
    await boss.hears("không bị chặn")
