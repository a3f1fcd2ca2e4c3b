"""Conversations: resolving, rating, reopening, new matters, thanks; and time running out."""

import asyncio
from datetime import timedelta

import pytest

from bot.stage import Stage
from sandbox.person import Person
from tests.conversations.conftest import People, chooses, number_of
from tests.conversations.test_claiming import QUESTION, opened
from tickets.models import Alert, Role, Status, Ticket

NETWORKS = pytest.mark.parametrize(
    "network", [pytest.param("telegram", id="on Telegram"), pytest.param("zalo_bot", id="on Zalo")]
)


async def ticket(number: int) -> Ticket:
    return await Ticket.get(office="phuong-thu", number=number).prefetch_related("assignee")


async def is_now(number: int, status: Status) -> None:
    """Wait until the minute's work has brought a ticket there."""
    async with asyncio.timeout(30):
        while (await ticket(number)).status is not status:  # noqa: ASYNC110 - rows in PostgreSQL ring no bell
            await asyncio.sleep(0.05)


async def resolved(officer: Person, resident: Person, words: str = QUESTION) -> int:
    """A ticket from the question to its end."""
    number = await opened(resident, words)
    await officer.says(f"/xong {number}")  # not theirs yet: refused, and they learn it
    await officer.hears("chưa ai nhận")
    await officer.says(f"/tl {number} Mời ông bà tới quầy số 9")
    await resident.hears("quầy số 9" if resident.network != "smsgate" else "quay so 9")
    await officer.says(f"/xong {number}")
    await resident.hears("đã xong" if resident.network != "smsgate" else "da xong")
    return number


@pytest.mark.parametrize(
    ("network", "answer", "rating"),
    [
        pytest.param("zalo_bot", "4", 4, id="the number of stars on Zalo"),
        pytest.param("smsgate", "5", 5, id="the number of stars by SMS"),
        pytest.param("smsgate", "DANH GIA 2", 2, id="the words in capitals by SMS"),
        pytest.param("telegram", "/danhgia 3", 3, id="the command"),
    ],
)
async def test_a_rating(people: People, stage: Stage, network: str, answer: str, rating: int) -> None:
    mai, resident = await people.staff("Mai Thử"), people.resident(network)
    number = await resolved(mai, resident)
    await resident.says(answer)
    await stage.settled()
    assert (await ticket(number)).rating == rating


@NETWORKS
async def test_thanks_neither_reopen_nor_open(people: People, stage: Stage, network: str) -> None:
    mai, resident = await people.staff("Mai Thử", network=network), people.resident(network)
    number = await resolved(mai, resident)
    await resident.says("cảm ơn cháu nhiều nha")
    await resident.hears("không có chi")
    await stage.settled()
    assert (await ticket(number)).status is Status.RESOLVED
    assert not await Ticket.exists(office="phuong-thu", number=number + 1)


@NETWORKS
async def test_more_words_on_the_same_matter_reopen_it_for_its_owner(people: People, network: str) -> None:
    mai, resident = await people.staff("Mai Thử", network=network), people.resident(network)
    number = await resolved(mai, resident)
    await resident.says("sao tới quầy người ta nói thiếu giấy khai sinh của mẹ")
    await resident.hears(f"phiếu #{number}", "mở lại")
    await mai.hears(f"Phiếu #{number} được mở lại")
    await mai.hears("thiếu giấy")
    reopened = await ticket(number)
    assert reopened.assignee is not None
    assert (reopened.status, reopened.assignee.name) == (Status.CLAIMED, "Mai Thử")


@NETWORKS
async def test_a_surely_different_matter_is_a_ticket_of_its_own(people: People, stage: Stage, network: str) -> None:
    mai, resident = await people.staff("Mai Thử", network=network), people.resident(network)
    land = await people.staff("Hà Thử", areas="xay-dung", network=network)
    number = await resolved(mai, resident)
    await resident.says("xin giay phep xay dung nha o rieng le thi lam sao")
    await land.hears("Phiếu #", "Xây dựng")
    await stage.settled()
    newer = await Ticket.filter(office="phuong-thu", area="xay-dung").order_by("-id").first()
    assert newer is not None
    assert newer.number > number
    assert newer.previous_id is None, "it goes on from nothing"
    assert (await ticket(number)).status is Status.RESOLVED


@NETWORKS
async def test_not_done_is_one_press(people: People, network: str) -> None:
    mai, resident = await people.staff("Mai Thử", network=network), people.resident(network)
    number = await resolved(mai, resident)
    await chooses(resident, await resident.sees("đã xong"), "Chưa xong")
    await resident.hears("mở lại")
    await mai.hears(f"#{number}", "mở lại")


@NETWORKS
async def test_after_some_days_it_is_closed_and_words_open_anew(people: People, stage: Stage, network: str) -> None:
    mai, resident = await people.staff("Mai Thử", network=network), people.resident(network)
    number = await resolved(mai, resident)
    await stage.settled()
    await stage.time_passes(timedelta(days=4))
    await is_now(number, Status.CLOSED)
    if network == "telegram":  # elsewhere nothing sent can be changed, and a ticket that rests is no news
        await mai.sees(f"Phiếu #{number}", "Đã đóng")
    await resident.says(QUESTION)
    assert number_of(await resident.hears("đã nhận tin")) > number
    assert (await ticket(number)).status is Status.CLOSED


@NETWORKS
async def test_an_unclear_question_is_asked_back_and_reception_takes_it_in_time(
    people: People, stage: Stage, network: str
) -> None:
    desk, resident = await people.staff("Thu Thử", areas="tiep-nhan", network=network), people.resident(network)
    await resident.says("toi can sua lai cai ten")
    offer = await resident.hears("việc nào sau đây")
    assert "Khác" in f"{offer['text']} {offer['buttons']}"
    number = number_of(offer)
    await stage.settled()
    assert (await ticket(number)).status is Status.NEW
    await stage.time_passes(timedelta(minutes=11))
    await desk.hears(f"Phiếu #{number}", "Tiếp nhận")
    await resident.hears(f"#{number}", "Cán bộ tiếp nhận")


@NETWORKS
async def test_the_choice_routes_it_and_a_second_choice_changes_nothing(
    people: People, stage: Stage, network: str
) -> None:
    await people.staff("Mai Thử", network=network)
    resident = people.resident(network)
    await resident.says("toi can sua lai cai ten")
    offer = await resident.hears("việc nào sau đây")
    lines = [line for line in str(offer["text"]).splitlines() if line[:1].isdigit()]
    first, second, *_ = offer["buttons"] or [line.partition(". ")[2] for line in lines]
    await chooses(resident, offer, first)
    await resident.hears(first)
    await chooses(resident, offer, second)
    if network == "telegram":  # a number typed once more is words to the officer like any others
        await resident.hears("đã được chuyển tới bộ phận")
    await stage.settled()
    assert (await ticket(number_of(offer))).status is Status.OPEN


@NETWORKS
async def test_a_late_ticket_is_told_once_to_each_and_not_outside_hours(
    people: People, stage: Stage, network: str
) -> None:
    mai, lead = (
        await people.staff("Mai Thử", network=network),
        await people.staff("Tổ trưởng Thử", role=Role.LEAD, network=network),
    )
    boss = await people.staff("Bình Thử", areas="", role=Role.SUPERVISOR, network=network)
    number = await opened(people.resident(network))
    await stage.settled()
    await stage.time_passes(timedelta(minutes=50))
    await mai.hears("Sắp đến hạn", f"#{number}")
    await stage.time_passes(timedelta(minutes=11))
    await mai.hears("QUÁ HẠN", f"#{number}")
    await stage.settled()
    assert not any("QUÁ HẠN" in one["text"] for one in await boss.seen())
    await stage.time_passes(timedelta(minutes=31))
    await lead.hears("QUÁ HẠN", f"#{number}")
    await stage.time_passes(timedelta(hours=12))  # night
    await stage.settled()
    await stage.time_passes(timedelta(minutes=1))
    await stage.settled()
    assert not any("QUÁ HẠN" in one["text"] for one in await boss.seen())
    await stage.time_passes(timedelta(days=1, hours=12))  # the 24th is a working day in this office
    await boss.hears("QUÁ HẠN trả lời", f"#{number}")
    for _ in range(3):
        await stage.time_passes(timedelta(minutes=1))
    await stage.settled()
    told = await Alert.filter(ticket__number=number).values_list("promise", "step", "due", "staff_id")
    assert len(told) == len(set(told))


@NETWORKS
async def test_an_urgent_need_is_told_at_night_and_to_those_above_at_once(
    people: People, stage: Stage, network: str
) -> None:
    child = await people.staff("Thu Thử", areas="tre-em-gia-dinh", network=network)
    boss = await people.staff("Bình Thử", areas="", role=Role.SUPERVISOR, network=network)
    resident = people.resident(network)
    stage.app.clock.move(timedelta(hours=14))
    await resident.says("con bé 12 tuổi ở dãy trọ em bị dượng sờ mó, nó sợ không dám về phòng, em phải báo ai bây giờ")
    told = await resident.hears("113", "111")
    number = number_of(told)
    await boss.hears("KHẨN", f"#{number}")
    await child.hears("KHẨN", f"#{number}")


@pytest.mark.parametrize(
    ("words", "heard"),
    [
        pytest.param("ho tich", "Hộ tịch", id="the name of an area instead of its number"),
        pytest.param("9", "từ 1 đến", id="a number that was not offered"),
    ],
)
async def test_an_answer_to_a_choice_that_is_no_choice(people: People, words: str, heard: str) -> None:
    await people.staff("Mai Thử")
    resident = people.resident("zalo_bot")
    await resident.says("toi can sua lai cai ten")
    await resident.hears("việc nào sau đây")
    await resident.says(words)
    await resident.hears(heard)


@NETWORKS
async def test_who_comes_on_duty_sees_what_waits(people: People, network: str) -> None:
    number = await opened(people.resident(network))
    mai = await people.staff("Mai Thử", network=network)
    waiting = await mai.hears("Đang chờ người nhận", f"#{number}")
    assert f"Nhận #{number}" in f"{waiting['text']} {waiting['buttons']}"
    await mai.says("truc off")
    await mai.hears("nghỉ trực")
    await mai.says("truc on")
    await mai.hears("Đang chờ người nhận", f"#{number}")
