"""Conversations: four urgencies, words of danger that come later, and promised times that move."""

from datetime import timedelta

import pytest

from bot.stage import Stage
from sandbox.person import Person
from tests.conversations.conftest import People, chooses, number_of
from tests.conversations.test_claiming import QUESTION, opened
from tickets import clocks
from tickets.models import CalendarDay, Event, EventKind, Role, Status, Ticket, Urgency
from tickets.status import LIVE

NETWORKS = pytest.mark.parametrize("network", ["telegram", "zalo_bot"])
DANGER = "cuu voi chong toi dang danh toi"


async def ticket(number: int) -> Ticket:
    return await Ticket.get(office="phuong-thu", number=number)


@pytest.mark.parametrize(
    ("line", "answer", "urgency"),
    [
        pytest.param("/uutien {number} cao sắp hết hạn hồ sơ", "ưu tiên cao", Urgency.HIGH, id="high"),
        pytest.param("/uutien {number} thấp hỏi cho biết", "chưa gấp", Urgency.LOW, id="low"),
        pytest.param("uu tien {number} khan bi doa", "nay là KHẨN", Urgency.URGENT, id="urgent, typed plainly"),
    ],
)
async def test_each_urgency_has_its_own_times(
    people: People, stage: Stage, line: str, answer: str, urgency: Urgency
) -> None:
    lead = await people.staff("Tổ trưởng Thử", role=Role.LEAD)
    number = await opened(people.resident("telegram"))
    await stage.settled()
    before = await ticket(number)
    await lead.says(line.format(number=number))
    await lead.hears(answer, f"#{number}")
    await stage.settled()
    after = await ticket(number)
    assert after.urgency is urgency
    assert before.resolve_due
    assert after.resolve_due
    later = after.resolve_due > before.resolve_due
    assert later is (urgency is Urgency.LOW)
    assert await clocks.differences(stage.desk.policy, [after]) == []


@NETWORKS
async def test_without_a_word_the_others_are_offered_as_buttons(people: People, network: str) -> None:
    lead = await people.staff("Tổ trưởng Thử", role=Role.LEAD, network=network)
    number = await opened(people.resident(network))
    await lead.says(f"/uutien {number}")
    asked = await lead.hears("gấp tới đâu")
    if network == "telegram":
        assert asked["buttons"] == ["Chưa gấp", "Ưu tiên cao", "KHẨN"]
    await chooses(lead, asked, "Ưu tiên cao")
    await lead.hears("ưu tiên cao", f"#{number}")
    await lead.says("/cho")
    await lead.hears(f"#{number}")


async def test_words_of_danger_in_a_later_message_ring_everybody_at_once(people: People, stage: Stage) -> None:
    mai = await people.staff("Mai Thử")
    boss = await people.staff("Bình Thử", areas="", role=Role.SUPERVISOR, network="zalo_bot")
    resident = people.resident("telegram")
    number = await opened(resident)
    await mai.says(f"/nhan {number}")
    await resident.hears("Mai Thử")
    await stage.settled()
    await resident.says(DANGER)
    await resident.hears("113", f"#{number}")
    await mai.hears("KHẨN", "dấu hiệu nguy hiểm", f"#{number}")
    await boss.hears("KHẨN", f"#{number}")
    await stage.settled()
    raised = await ticket(number)
    assert raised.urgent
    assert await Event.filter(ticket_id=raised.id, kind=EventKind.PRIORITY, staff_id=None).count() == 1
    assert await clocks.differences(stage.desk.policy, [raised]) == []
    await resident.says("nhanh len giup toi voi, cuu voi")
    await stage.settled()
    assert await Event.filter(ticket_id=raised.id, kind=EventKind.PRIORITY).count() == 1
    assert sum("113" in one["text"] for one in await resident.seen()) == 1


async def test_words_of_danger_in_an_edited_message_ring_everybody(people: People, stage: Stage) -> None:
    mai = await people.staff("Mai Thử")
    boss = await people.staff("Bình Thử", areas="", role=Role.SUPERVISOR, network="zalo_bot")
    resident = people.resident("telegram")
    said = await resident.says(QUESTION)
    number = number_of(await resident.hears("#"))
    await mai.says(f"/nhan {number}")
    await resident.hears("Mai Thử")
    await stage.settled()
    await resident.does(edit=said, text=DANGER)
    await resident.hears("113", f"#{number}")
    await mai.hears("KHẨN", "dấu hiệu nguy hiểm", f"#{number}")
    await boss.hears("KHẨN", f"#{number}")
    await stage.settled()
    raised = await ticket(number)
    assert raised.urgent
    assert await clocks.differences(stage.desk.policy, [raised]) == []


@pytest.mark.parametrize("edited", [False, True], ids=["in a further message", "in the first message, edited"])
async def test_words_of_danger_while_the_area_is_asked_do_not_wait_for_the_choice(
    people: People, stage: Stage, edited: bool
) -> None:
    boss = await people.staff("Bình Thử", areas="", role=Role.SUPERVISOR, network="zalo_bot")
    resident = people.resident("telegram")
    said = await resident.says("toi can sua lai cai ten")
    offer = await resident.hears("việc nào sau đây")
    number = number_of(offer)
    await stage.settled()
    assert (await ticket(number)).status is Status.NEW
    await resident.does(text=DANGER, **({"edit": said} if edited else {}))
    await resident.hears("113", f"#{number}")
    await boss.hears("KHẨN", f"#{number}")
    await stage.settled()
    raised = await ticket(number)
    assert (raised.status, raised.urgent) == (Status.OPEN, True)
    assert await Event.filter(ticket_id=raised.id, kind=EventKind.PRIORITY, staff_id=None).count() == 1
    assert await clocks.differences(stage.desk.policy, [raised]) == []
    await resident.presses(offer["buttons"][0])
    await resident.hears("đã được chuyển tới bộ phận")
    await stage.settled()
    assert (await ticket(number)).area == raised.area


@pytest.mark.parametrize(
    "closed",
    [
        pytest.param(False, id="a ticket just settled is opened again"),
        pytest.param(True, id="a closed one has a new one"),
    ],
)
async def test_danger_edited_into_the_words_of_a_settled_ticket(people: People, stage: Stage, closed: bool) -> None:
    mai = await people.staff("Mai Thử")
    boss = await people.staff("Bình Thử", areas="", role=Role.SUPERVISOR, network="zalo_bot")
    resident = people.resident("telegram")
    said = await resident.says(QUESTION)
    number = number_of(await resident.hears("#"))
    await mai.says(f"/tl {number} Dạ cần giấy chứng sinh ạ")
    await resident.hears("chứng sinh")
    await mai.says(f"/xong {number}")
    await stage.settled()
    if closed:
        await stage.time_passes(timedelta(days=9))
        await stage.settled()
    await resident.does(edit=said, text=DANGER)
    await resident.hears("113")
    await boss.hears("KHẨN")
    await stage.settled()
    last = await Ticket.filter(office="phuong-thu").order_by("-id").first()
    assert last is not None
    assert (last.urgent, last.number == number) == (True, not closed)
    assert last.status in LIVE
    await resident.does(edit=said, text=f"{DANGER}!!")  # the same danger, a slip of the pen mended
    await stage.settled()
    assert (await Ticket.filter(office="phuong-thu").order_by("-id").first()) == last
    assert sum("113" in one["text"] for one in await resident.seen()) == 1


async def test_danger_edited_into_thanks_that_belong_to_no_ticket(people: People, stage: Stage) -> None:
    boss = await people.staff("Bình Thử", areas="", role=Role.SUPERVISOR)
    resident = people.resident("telegram")
    said = await resident.says("cảm ơn nhé")
    await resident.hears("không có chi")
    await stage.settled()
    await resident.does(edit=said, text=DANGER)
    await resident.hears("113")
    await boss.hears("KHẨN")


async def test_words_of_danger_after_the_end(people: People, stage: Stage) -> None:
    mai = await people.staff("Mai Thử")
    resident = people.resident("zalo_bot")
    number = await opened(resident)
    await mai.says(f"/tl {number} Dạ cần giấy chứng sinh ạ")
    await resident.hears("chứng sinh")
    await mai.says(f"/xong {number}")
    await stage.settled()
    await resident.says(DANGER)
    await resident.hears("113")
    await stage.settled()
    last = await Ticket.filter(office="phuong-thu").order_by("-id").first()
    assert last is not None
    assert last.urgent
    assert await clocks.differences(stage.desk.policy, [last]) == []


async def quiet_calendar(stage: Stage) -> None:
    await CalendarDay.all().delete()
    await stage.desk.rules.refresh(now=True)


async def recounted(stage: Stage, boss: Person) -> None:
    """At once, or within a minute where other conversations have left very many tickets."""
    await stage.settled()
    await stage.time_passes(timedelta(minutes=1))
    await boss.hears("Đã tính lại")


async def test_a_resident_hears_once_that_the_promised_time_has_moved(people: People, stage: Stage) -> None:
    await quiet_calendar(stage)
    boss = await people.staff("Bình Thử", areas="", role=Role.SUPERVISOR)
    resident = people.resident("zalo_bot")
    stage.app.clock.move(timedelta(hours=8, minutes=50))  # 16:50, to be answered on Tuesday at 08:20
    number = await opened(resident)
    await stage.settled()
    await boss.says("/lich nghi 24/11 mất điện")
    await recounted(stage, boss)
    await stage.time_passes(timedelta(minutes=5))
    await stage.settled()
    assert not any("thay vì" in one["text"] for one in await resident.seen())  # it may be undone yet
    await stage.time_passes(timedelta(hours=38, minutes=40))  # Wednesday, 07:35
    await resident.hears(f"#{number}", "trước 08:20 hôm nay", "thay vì 08:20 hôm qua")
    for _ in range(3):
        await stage.time_passes(timedelta(minutes=1))
        await stage.settled()
    assert sum("thay vì" in one["text"] for one in await resident.seen()) == 1
    assert await Event.filter(ticket__number=number, kind=EventKind.MOVED_TOLD).count() == 1
    await quiet_calendar(stage)


async def test_what_is_undone_at_once_is_nobodys_news(people: People, stage: Stage) -> None:
    await quiet_calendar(stage)
    boss = await people.staff("Bình Thử", areas="", role=Role.SUPERVISOR)
    resident = people.resident("telegram")
    await opened(resident)
    await stage.settled()
    await boss.says("/lich nghi 23/11 mất điện")
    await boss.hears("Đã tính lại")
    await boss.says("/lich bo 23/11")
    await boss.hears("như lịch thường")
    await stage.time_passes(timedelta(minutes=11))
    await stage.settled()
    assert not any("thay vì" in one["text"] or "sớm hơn" in one["text"] for one in await resident.seen())
    await quiet_calendar(stage)


@NETWORKS
async def test_an_extension_is_told_to_the_resident_and_a_small_one_is_not(
    people: People, stage: Stage, network: str
) -> None:
    lead = await people.staff("Tổ trưởng Thử", role=Role.LEAD, network=network)
    patient, other = people.resident("telegram"), people.resident("zalo_bot")
    far, near = await opened(patient), await opened(other)
    await stage.settled()
    await lead.says(f"/giahan {far} 3h chờ tỉnh trả lời")
    await lead.hears("Đã gia hạn", f"#{far}")
    await lead.says(f"/giahan {near} 90m chờ tỉnh trả lời")
    await lead.hears("Đã gia hạn", f"#{near}")
    await stage.time_passes(timedelta(minutes=11))
    await patient.hears(f"#{far}", "trước 11:00 hôm nay", "thay vì 09:00 hôm nay")
    await stage.settled()
    assert not any("thay vì" in one["text"] for one in await other.seen())


async def test_a_shortening_that_breaches_at_once_is_not_told(people: People, stage: Stage) -> None:
    await quiet_calendar(stage)
    boss = await people.staff("Bình Thử", areas="", role=Role.SUPERVISOR)
    resident = people.resident("telegram")
    stage.app.clock.move(timedelta(days=4, hours=8, minutes=50))  # Friday 16:50: to be answered on Monday at 08:20
    number = await opened(resident)
    await stage.settled()
    await stage.time_passes(timedelta(days=2, hours=15))  # Monday 07:50
    await boss.says("/lich lambu 28/11 ghi sót")  # the Saturday was worked after all: due on it, at 08:20
    await boss.hears("Đã tính lại")
    await stage.time_passes(timedelta(minutes=20))
    await stage.settled()
    moved = await ticket(number)
    assert moved.first_reply_due
    assert moved.first_reply_due < stage.app.clock.now()
    assert not any("sớm hơn" in one["text"] for one in await resident.seen())
    await quiet_calendar(stage)
