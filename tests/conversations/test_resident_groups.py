"""Conversations in a group of residents: questions to us become tickets, answered without what is private."""

import asyncio
from datetime import timedelta
from itertools import count

import pytest
from tortoise.queryset import QuerySet

from bot.stage import Stage
from sandbox.person import Person
from tests.conversations.conftest import People, number_of
from tickets.models import Contact, InboxRow, Message, ResidentGroup, Role, Ticket, TicketGroup

NETWORKS = [pytest.param(network, id=network) for network in ("telegram", "zalo_bot", "zalo_oa")]
QUESTION = "làm giấy khai sinh cho con cần những giấy gì ạ"
US = {"telegram": "@to_ho_tro_sandbox_bot ", "zalo_bot": "@Bot ", "zalo_oa": "[@5790000000000000001] "}
AREAS = "ho-tich,chung-thuc,tiep-nhan,dich-vu-cong-truc-tuyen"
_numbers = count(1)


def group_id(network: str) -> str:
    number = next(_numbers)
    names = {"telegram": str(-1003000000000 - number), "zalo_bot": f"b{number:019x}", "zalo_oa": f"g:thu{number}"}
    return names[network]


async def linked(people: People, stage: Stage, network: str, name: str = "Tổ dân phố 5") -> tuple[Person, str]:
    """A supervisor, and a group of residents linked by their code."""
    boss, group = await people.staff("Bình Thử", areas="", role=Role.SUPERVISOR), group_id(network)
    await boss.says(f"/nhomdan {name}")
    told = await boss.hears("Mã nối nhóm", name)
    code = next(word for word in str(told["text"]).split() if word.startswith("TDP-"))
    neighbour = people.resident(network, "Ông Trưởng Thử").among(group)
    await neighbour.says(US[network] + code)
    await neighbour.hears(name, "xin nhắn riêng")
    return boss, group


@pytest.mark.parametrize("network", NETWORKS)
async def test_a_question_in_the_group_is_answered_in_the_group(people: People, stage: Stage, network: str) -> None:
    _, group = await linked(people, stage, network)
    officer = await people.staff("Hà Thử", areas=AREAS)
    resident = people.resident(network, "Nguyễn Thị Mẫu").among(group)
    await resident.says(US[network] + QUESTION)
    received = await resident.hears("phiếu #", "Hộ tịch")
    number = number_of(received)
    card = await officer.hears(f"Phiếu #{number}", "Tổ dân phố 5", "hiện trong nhóm")
    assert "Nguyễn Thị" not in card["text"]
    await officer.says(f"/tl {number} Ông bà mang giấy chứng sinh và căn cước tới quầy số 9")
    answer = await resident.hears(f"#{number}", "giấy chứng sinh")
    if network == "zalo_bot":
        assert "làm giấy khai sinh" in answer["text"], (
            "where nothing can be answered by a tap, the question is repeated"
        )
    await stage.settled()
    for one in await resident.seen():
        assert "Mẫu" not in one["text"], "no name of a resident stands in the group"


@pytest.mark.parametrize("network", NETWORKS)
async def test_what_another_body_handles_is_told_in_the_group_with_its_address(
    people: People, stage: Stage, network: str
) -> None:
    _, group = await linked(people, stage, network)
    officer = await people.staff("Hà Thử", areas=AREAS)
    resident = people.resident(network).among(group)
    await resident.says(US[network] + QUESTION)
    number = number_of(await resident.hears("phiếu #", "Hộ tịch"))
    await officer.says(f"/chuyen {number} bao-hiem-xa-hoi-bao-hiem-y-te việc của bảo hiểm")
    await resident.hears(f"#{number}", "Bảo hiểm xã hội cơ sở Thử giải quyết.", "1 đường Thử", "0900 000 001")


@pytest.mark.parametrize("network", NETWORKS)
async def test_what_is_personal_is_answered_in_private_and_the_group_reads_that_it_was(
    people: People, stage: Stage, network: str
) -> None:
    _, group = await linked(people, stage, network)
    officer = await people.staff("Hà Thử", areas=AREAS)
    alone = people.resident(network, "Trần Văn Mẫu")
    await alone.says("xin chào")
    await alone.hears("Thử")
    inside = alone.among(group)
    await inside.says(US[network] + "hồ sơ khai sinh của tôi nộp hôm thứ hai, số 0912345678, sao chưa thấy kết quả")
    received = await inside.hears("phiếu #", "gửi riêng")
    number = number_of(received)
    await officer.hears(f"Phiếu #{number}", "việc riêng")
    await officer.says(f"/tl {number} Hồ sơ của ông đã xong, mời ông tới nhận")
    await alone.hears(f"#{number}", "mời ông tới nhận")
    await inside.hears(f"#{number}", "đã được trả lời riêng")
    await stage.settled()
    assert not any("tới nhận" in one["text"] or "0912345678" in one["text"] for one in await inside.seen())


@pytest.mark.parametrize("network", NETWORKS)
async def test_an_answer_that_cannot_be_brought_in_private_waits_for_the_first_private_word(
    people: People, stage: Stage, network: str
) -> None:
    _, group = await linked(people, stage, network)
    officer = await people.staff("Hà Thử", areas=AREAS)
    alone = people.resident(network, "Lê Thị Mẫu")
    inside = alone.among(group)
    await inside.says(US[network] + QUESTION)
    number = number_of(await inside.hears("phiếu #"))
    await officer.says(f"/tl {number} Căn cước của bà số 056123456789 đã có trong hồ sơ")
    await inside.hears(f"#{number}", "nhắn riêng")
    await stage.settled()
    assert not any("056123456789" in one["text"] for one in await inside.seen())
    await alone.says("tôi là người hỏi trong nhóm ạ")
    await alone.hears(f"#{number}", "056123456789")


async def test_talk_among_neighbours_is_left_alone_and_forgotten_after_its_time(people: People, stage: Stage) -> None:
    _, group = await linked(people, stage, "telegram")
    gossip = people.resident("telegram", "Bà Chuyện").among(group)
    await gossip.says("tối nay họp tổ nhé bà con")
    await stage.settled()
    rows = InboxRow.filter(chat=group, text__contains="họp tổ")
    assert await rows.count() == 1
    assert not await Contact.filter(channel="telegram", user=gossip.id).exists(), "who is not asking us is nobody to us"
    seen = len(await gossip.seen())
    await stage.time_passes(timedelta(days=6))
    await stage.settled()
    assert await rows.count() == 1
    await stage.time_passes(timedelta(days=2))
    await gone(rows)
    assert len(await gossip.seen()) == seen


async def gone(rows: QuerySet[InboxRow]) -> None:
    async with asyncio.timeout(30):
        while await rows.count():  # noqa: ASYNC110 - rows in PostgreSQL ring no bell
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("network", NETWORKS)
async def test_the_word_of_the_office_file_begins_a_question(people: People, stage: Stage, network: str) -> None:
    _, group = await linked(people, stage, network)
    await ResidentGroup.filter(chat=group).update(word="hỏi phường")
    resident = people.resident(network).among(group)
    mention = US[network] if network == "zalo_bot" else ""  # without one, Zalo brings a bot nothing of a group
    await resident.says(f"{mention}hoi phuong: {QUESTION}")
    number = number_of(await resident.hears("phiếu #"))
    said = await Message.filter(ticket__number=number, ticket__office="phuong-thu").first()
    assert said is not None
    assert said.text == QUESTION


async def test_answering_us_in_the_group_goes_on_with_the_same_ticket(people: People, stage: Stage) -> None:
    _, group = await linked(people, stage, "telegram")
    officer = await people.staff("Hà Thử", areas=AREAS)
    resident, other = people.resident("telegram").among(group), people.resident("telegram", "Ông Khác").among(group)
    await resident.says(US["telegram"] + QUESTION)
    number = number_of(await resident.hears("phiếu #"))
    await officer.says(f"/tl {number} Mời ông bà tới quầy số 9")
    answer = await resident.hears("quầy số 9")
    await resident.says("quầy mở mấy giờ vậy ạ", reply_to=answer["message_id"])
    await officer.hears(f"#{number}", "mở mấy giờ")
    await other.says("còn tôi muốn chứng thực bản sao thì sao", reply_to=answer["message_id"])
    theirs = number_of(await other.hears("phiếu #", "Chứng thực"))
    assert theirs != number, "the words of a neighbour never land in somebody else's ticket"


@pytest.mark.parametrize("network", ["telegram", "zalo_bot"])
async def test_staff_commands_show_nothing_among_residents(people: People, stage: Stage, network: str) -> None:
    _, group = await linked(people, stage, network)
    boss = await people.staff("Chánh Thử", areas="", role=Role.SUPERVISOR, network=network)
    call = US[network] if network != "telegram" else ""  # Zalo brings what names us and nothing else
    await boss.among(group).says(f"{call}/cho")
    await boss.among(group).hears("nhóm của người dân")
    await boss.among(group).says(f"{call}/batdau ho-tich")
    await boss.among(group).says("chào bà con")
    await stage.settled()
    seen = " ".join(one["text"] for one in await boss.among(group).seen())
    assert "Đang chờ" not in seen
    assert "nhận phiếu của" not in seen


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("\u202eMẫu Đảo\u202c Ngược", id="direction marks"),
        pytest.param("<b>Mẫu</b>\n@all **Đậm**", id="markup"),
        pytest.param("Mẫu " + "ạ" * 196, id="two hundred characters"),
    ],
)
@pytest.mark.parametrize("network", ["telegram", "zalo_bot"])
async def test_a_name_never_stands_in_the_group(people: People, stage: Stage, name: str, network: str) -> None:
    _, group = await linked(people, stage, network)
    officer, resident = await people.staff("Hà Thử", areas=AREAS), people.resident(network, name).among(group)
    await resident.says(US[network] + QUESTION)
    number = number_of(await resident.hears("phiếu #"))
    await officer.says(f"/tl {number} Mời ông bà tới quầy số 9")
    await resident.hears("quầy số 9")
    assert not any("Mẫu" in one["text"] for one in await resident.seen())


@pytest.mark.parametrize("network", NETWORKS)
async def test_our_name_and_nothing_else_is_answered_once_with_how_to_ask(
    people: People, stage: Stage, network: str
) -> None:
    _, group = await linked(people, stage, network)
    resident = people.resident(network).among(group)
    for _ in range(3):
        await resident.says(US[network].strip())
    await resident.hears("viết câu hỏi")
    await stage.settled()
    assert sum("xin nghe" in one["text"] for one in await resident.seen()) == 1
    assert not await TicketGroup.filter(group__chat=group).exists()


async def test_a_code_works_once_and_in_no_group_of_staff(people: People, stage: Stage) -> None:
    boss = await people.staff("Bình Thử", areas="", role=Role.SUPERVISOR)
    staff_group = people.group()
    await boss.among(staff_group).says("/batdau ho-tich")
    await boss.among(staff_group).hears("nhận phiếu của")
    await boss.says("/nhomdan Tổ dân phố 7")
    code = next(word for word in str((await boss.hears("Mã nối"))["text"]).split() if word.startswith("TDP-"))
    await boss.among(staff_group).says(f"{US['telegram']}{code}")
    await boss.among(staff_group).hears("không thể là nhóm của người dân")
    resident = people.resident("telegram").among(people.group())
    await resident.says(US["telegram"] + code)
    await resident.hears("Tổ dân phố 7")
    second = people.resident("telegram").among(people.group())
    await second.says(US["telegram"] + code)
    await second.hears("không đúng, đã dùng hoặc hết hạn")
    ticket = await Ticket.filter(group__group__name="Tổ dân phố 7").first()
    assert ticket is None


async def test_questions_are_counted_by_group_and_neighbourhood(people: People, stage: Stage) -> None:
    boss, group = await linked(people, stage, "zalo_bot", "Tổ dân phố 31")
    await people.staff("Hà Thử", areas=AREAS)
    resident = people.resident("zalo_bot").among(group)
    await resident.says(QUESTION)
    await resident.hears("phiếu #")
    await stage.settled()
    await boss.says("/thongke nhóm hôm nay")
    told = await boss.hears("Theo nhóm người dân", "Tổ dân phố 31 (zalo): nhận 1")
    assert "Chưa rõ" not in told["text"]
    await boss.says("/thongke tổ dân phố hôm nay")
    await boss.hears("Tổ dân phố 31: nhận 1")
    await boss.says("/nhomdan")
    listed = await boss.hears("Tổ dân phố 31", "1 câu hỏi")
    number = next(line.split(".")[0] for line in str(listed["text"]).splitlines() if "Tổ dân phố 31" in line)
    await boss.says(f"/bonhomdan {number}")
    await boss.hears("thôi nối nhóm Tổ dân phố 31")
    seen = len(await resident.seen())
    await resident.says(QUESTION)
    await stage.settled()
    assert len(await resident.seen()) == seen
    await boss.says("/nhatky")
    await boss.hears("nối nhóm người dân Tổ dân phố 31", "thôi nối nhóm người dân Tổ dân phố 31")


async def test_a_neighbours_forwarded_message_is_not_said_to_us(people: People, stage: Stage) -> None:
    """Telegram says so; what is forwarded to us in private is the forwarder's own question."""
    _, group = await linked(people, stage, "telegram")
    await people.staff("Hà Thử", areas=AREAS)
    resident = people.resident("telegram")
    await resident.says(QUESTION, forwarded=True)
    await resident.hears("phiếu #")
    await resident.among(group).says(US["telegram"] + QUESTION, forwarded=True)
    await stage.settled()
    assert not await Ticket.filter(group__group__chat=group).exists()
