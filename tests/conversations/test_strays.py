"""Conversations: commands passed on, edited, in the wrong group; answers to settled or foreign tickets; names."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from bot.stage import Stage
from tests.conversations.conftest import People
from tests.conversations.test_claiming import opened
from tests.conversations.test_resident_groups import US, group_id
from tickets.models import Message, Role, Staff, Status, Ticket

NETWORKS = pytest.mark.parametrize("network", ["telegram", "zalo_bot"])


async def ticket(number: int) -> Ticket:
    return await Ticket.get(office="phuong-thu", number=number)


async def test_a_forwarded_command_is_not_carried_out(people: People, stage: Stage) -> None:
    mai = await people.staff("Mai Thử")
    number = await opened(people.resident("telegram"))
    await mai.does(text=f"/nhan {number}", forwarded=True)
    await mai.hears("chuyển tiếp nên không chạy")
    await stage.settled()
    assert (await ticket(number)).status is Status.OPEN


async def test_a_resident_who_forwards_a_command_has_said_words(people: People, stage: Stage) -> None:
    resident = people.resident("telegram")
    number = await opened(resident)
    await resident.does(text="/moi", forwarded=True)
    await stage.settled()
    assert await Message.filter(ticket__number=number, text="/moi").exists() or not await Ticket.exists(subject="/moi")


async def test_an_edited_command_is_not_carried_out_again(people: People, stage: Stage) -> None:
    mai = await people.staff("Mai Thử")
    first, second = await opened(people.resident("telegram")), await opened(people.resident("telegram"))
    said = await mai.says(f"/nhan {first}")
    await mai.hears("đã nhận phiếu")
    await mai.does(text=f"/nhan {second}", edit=said)
    await mai.hears("Sửa lệnh đã gõ không có tác dụng")
    await stage.settled()
    assert (await ticket(second)).status is Status.OPEN


@NETWORKS
async def test_a_command_in_a_group_that_is_not_for_it(people: People, stage: Stage, network: str) -> None:
    boss = await people.staff("Bình Thử", areas="", role=Role.SUPERVISOR, network=network)
    mai = await people.staff("Mai Thử", areas="ho-tich,dat-dai", network=network)
    number = await opened(people.resident(network), "sang ten so do dat nong nghiep can gi")
    here, there, call = group_id(network), group_id(network), "" if network == "telegram" else US[network]
    await boss.among(here).says(f"{call}/batdau ho-tich")
    await boss.among(here).hears("Hộ tịch")
    for line in (f"/nhan {number}", f"/xem {number}", f"/lichsu {number}"):
        await mai.among(here).says(call + line)
        told = await mai.among(here).hears("không phải việc của nhóm này")
        assert "nong nghiep" not in told["text"]
    for line in ("/cho", f"/xem {number}", "/tim so do"):
        await mai.among(there).says(call + line)
        await mai.among(there).hears("chưa được nối")
    await stage.settled()
    assert (await ticket(number)).status is Status.OPEN
    await mai.says(f"/nhan {number}")
    await mai.hears("đã nhận phiếu")


@NETWORKS
async def test_words_for_a_settled_ticket_are_not_lost_in_silence(
    people: People, stage: Stage, until: Callable[..., Awaitable[None]], network: str
) -> None:
    mai, resident = await people.staff("Mai Thử", network=network), people.resident(network)
    number = await opened(resident)
    await mai.says(f"/nhan {number}")
    await mai.hears("đã nhận phiếu")
    words = await mai.hears("khai sinh cho be")
    await mai.says(f"/xong {number} Dạ xong rồi ạ")
    await resident.hears("đã xong")
    if network == "telegram":
        await mai.says("Bà nhớ mang căn cước nhé", reply_to=words["message_id"])
    else:
        await mai.says(f"tl {number} Bà nhớ mang căn cước nhé")
    await mai.hears("CHƯA gửi", f"#{number}")
    if network == "telegram":
        await mai.presses("Mở lại")
    else:
        await mai.says("1")
    await mai.hears(f"mở lại phiếu #{number}" if network == "telegram" else f"#{number}")
    await mai.says(f"/tl {number} Bà nhớ mang căn cước nhé")
    await resident.hears("căn cước")
    await mai.says(f"/xong {number}")
    await mai.hears("Đã giải quyết")
    await stage.time_passes(timedelta(days=4))
    await until(lambda: Ticket.filter(office="phuong-thu", number=number, status=Status.CLOSED).exists(), 30)
    await mai.says(f"/tl {number} còn một điều nữa")
    await mai.hears("CHƯA gửi", "đã đóng")
    assert not any("còn một điều nữa" in one["text"] for one in await resident.seen())


@NETWORKS
async def test_an_answer_to_a_ticket_of_areas_lost_meanwhile(people: People, stage: Stage, network: str) -> None:
    mai, resident = await people.staff("Mai Thử", network=network), people.resident(network)
    number = await opened(resident)
    card = await mai.hears(f"Phiếu #{number}")
    await stage.settled()
    await Staff.filter(name="Mai Thử", active=True).update(areas=["dat-dai"])
    if network == "telegram":
        await mai.says("Dạ chào bà", reply_to=card["message_id"])
    else:
        await mai.says(f"tl {number} Dạ chào bà")
    await mai.hears("ngoài lĩnh vực của anh/chị")
    assert not any("chào bà" in one["text"] for one in await resident.seen())


@NETWORKS
@pytest.mark.parametrize(
    "name",
    [
        pytest.param("Nguyễn " * 40, id="forty words"),
        pytest.param("N" * 200, id="two hundred letters"),
        pytest.param("Trần\u202e Thị\u0007\n\tMẫu\u200b", id="control marks and line ends"),
    ],
)
async def test_a_residents_strange_name_stays_short_on_cards(people: People, network: str, name: str) -> None:
    mai, resident = await people.staff("Mai Thử", network=network), people.resident(network, name)
    number = await opened(resident)
    card = await mai.hears(f"Phiếu #{number}")
    assert len(card["text"]) < 260
    assert not set("\u202e\u0007\u200b\t") & set(card["text"])


@NETWORKS
async def test_a_colleagues_strange_name_is_kept_in_part(people: People, network: str) -> None:
    boss = await people.staff("Bình Thử", areas="", role=Role.SUPERVISOR, network=network)
    await boss.says(f"/moicanbo member ho-tich Lê\u0007 Thị {'Dài ' * 80}")
    code = (await boss.hears("Mã mời"))["text"].partition(": ")[2].split()[0]
    new = people.resident(network)
    await new.says(code)
    await new.hears("Lê Thị Dài Dài")
    assert len((await Staff.get(name__startswith="Lê Thị Dài", active=True)).name) <= 80
