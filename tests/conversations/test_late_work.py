"""Conversations: alerts as cards, and what can be done from them: remind, extend, acknowledge, urgency, apology."""

from datetime import timedelta

import pytest

from bot.stage import Stage
from sandbox.person import Person
from tests.conversations.conftest import People, chooses
from tests.conversations.test_claiming import opened
from tickets import clocks
from tickets.models import Alert, Contact, Event, EventKind, Message, Role, Staff, Ticket

NETWORKS = pytest.mark.parametrize("network", ["telegram", "zalo_bot"])


async def ticket(number: int) -> Ticket:
    return await Ticket.get(office="phuong-thu", number=number).prefetch_related("assignee")


async def late_for_all(stage: Stage, number: int, *listeners: Person) -> None:
    """An hour and a half of nobody answering."""
    await stage.settled()
    await stage.time_passes(timedelta(minutes=95))
    for one in listeners:
        await one.hears("QUÁ HẠN trả lời", f"#{number}")
    await stage.settled()


async def told_late(person: Person, number: int) -> int:
    return sum("QUÁ HẠN" in one["text"] and f"#{number}" in one["text"] for one in await person.seen())


async def test_the_alert_is_a_card_with_everything_to_do(people: People, stage: Stage) -> None:
    mai, lead = await people.staff("Mai Thử"), await people.staff("Tổ trưởng Thử", role=Role.LEAD)
    resident = people.resident("telegram")
    number = await opened(resident)
    await late_for_all(stage, number, mai)
    card = await lead.sees("QUÁ HẠN trả lời", f"#{number}", "trễ 35 phút", "chưa ai nhận", "Đến lượt")
    assert card["buttons"] == ["Nhận", "Phân công", "Nhắc", "Gia hạn", "Đã biết", "Xin lỗi dân", "Xem"]
    await lead.presses("Nhắc")
    await lead.hears("Đã nhắc Mai Thử", f"#{number}")
    await mai.hears("Tổ trưởng Thử nhắc anh/chị", f"#{number}", "trễ")
    assert await Event.exists(ticket__number=number, kind=EventKind.REMINDED)


@NETWORKS
async def test_extending_asks_how_long_and_why(people: People, stage: Stage, network: str) -> None:
    mai, lead = (
        await people.staff("Mai Thử", network=network),
        await people.staff("Tổ trưởng Thử", role=Role.LEAD, network=network),
    )
    number = await opened(people.resident("telegram"))
    await mai.says(f"/nhan {number}")
    await late_for_all(stage, number, mai, lead)
    await chooses(lead, await lead.sees("QUÁ HẠN trả lời", f"#{number}"), "Gia hạn")
    await chooses(lead, await lead.hears("thêm bao lâu", f"#{number}"), "1 ngày làm việc")
    await lead.hears("Vì sao gia hạn")
    await lead.says("chờ trích lục từ tỉnh")
    await lead.hears("Đã gia hạn", f"#{number}", "17:00", "chờ trích lục từ tỉnh")
    await mai.hears("gia hạn phiếu", "chờ trích lục")
    extended = await ticket(number)
    assert extended.first_reply_due == extended.resolve_due
    event = await Event.get(ticket_id=extended.id, kind=EventKind.EXTENDED)
    assert event.reason == "chờ trích lục từ tỉnh"
    before = await told_late(lead, number)
    await stage.time_passes(timedelta(hours=4))
    await stage.settled()
    assert await told_late(lead, number) == before
    assert await clocks.differences(stage.desk.policy, [extended]) == []


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        pytest.param("giahan {number} 1d chờ tỉnh trả lời", "Đã gia hạn", id="all in one line"),
        pytest.param("/giahan {number} 25/11 chờ tỉnh", "17:00 thứ Tư 25/11", id="to a day"),
        pytest.param("/giahan {number} 28/11 chờ tỉnh", "chưa rõ là bao lâu", id="to a Saturday that is off"),
        pytest.param("/giahan {number} lâu lâu", "chưa rõ là bao lâu", id="in words"),
        pytest.param("/giahan {number} 400d chờ", "quá xa", id="a year and more"),
        pytest.param("/giahan {number} 0m chờ", "chưa rõ", id="by nothing"),
        pytest.param("/uutien {number} khan bị đe dọa", "nay là KHẨN", id="urgent"),
        pytest.param("/uutien {number} thuong", "vốn đã như vậy", id="ordinary already"),
        pytest.param("/uutien {number} gấp gấp", "Viết: uutien", id="an urgency nobody knows"),
        pytest.param("/daxem {number} 3h", "không báo tiếp", id="seen for three hours"),
        pytest.param("/daxem {number} hoài", "chưa rõ là bao lâu", id="seen for ever"),
        pytest.param("/xinloi {number}", "chưa trễ hẹn", id="an apology for nothing"),
        pytest.param("/xinloi {number} gui 1", "không còn dùng được", id="somebody else's draft"),
        pytest.param("/nhac {number}", "không có ai để nhắc", id="nobody to remind"),
    ],
)
async def test_a_line_about_a_ticket(people: People, line: str, answer: str) -> None:
    lead = await people.staff("Tổ trưởng Thử", role=Role.LEAD)
    number = await opened(people.resident("telegram"))
    await lead.says(line.format(number=number))
    await lead.hears(answer)


@NETWORKS
async def test_members_do_not_extend(people: People, network: str) -> None:
    mai = await people.staff("Mai Thử", network=network)
    number = await opened(people.resident(network))
    await mai.says(f"/nhan {number}")
    await mai.hears("đã nhận phiếu")
    await mai.says(f"/giahan {number} 5d thong thả")
    await mai.hears("quyền cao hơn")


@NETWORKS
async def test_seen_rests_the_ladder_for_a_time(people: People, stage: Stage, network: str) -> None:
    mai, boss = (
        await people.staff("Mai Thử", network=network),
        await people.staff("Bình Thử", areas="", role=Role.SUPERVISOR, network=network),
    )
    number = await opened(people.resident("telegram"))
    await mai.says(f"/nhan {number}")
    await stage.settled()
    await stage.time_passes(timedelta(minutes=61))
    await chooses(mai, await mai.hears("QUÁ HẠN trả lời", f"#{number}"), "Đã biết")
    await mai.hears("không báo tiếp", "11:01")
    await stage.time_passes(timedelta(minutes=119))  # 11:00: the supervisor would hear two hours after 09:00
    await stage.settled()
    assert await told_late(boss, number) == 0
    await stage.time_passes(timedelta(minutes=5))
    await boss.hears("QUÁ HẠN trả lời", f"#{number}")


async def test_what_is_answered_is_to_be_settled_by_a_time(people: People, stage: Stage) -> None:
    mai, lead = await people.staff("Mai Thử"), await people.staff("Tổ trưởng Thử", role=Role.LEAD)
    resident = people.resident("telegram")
    number = await opened(resident)
    await lead.says(f"/uutien {number} cao")
    await lead.hears("ưu tiên cao", "thời hạn tính lại, trả lời trước")
    await mai.says(f"/tl {number} Dạ bà mang giấy chứng sinh tới ạ")
    await resident.hears("giấy chứng sinh")
    await lead.says(f"/uutien {number} thuong")
    await lead.hears("bình thường", "thời hạn tính lại, giải quyết xong trước")
    await resident.says("/trangthai")
    await resident.hears("Mai Thử phụ trách, sẽ giải quyết xong trước")


async def test_many_late_at_once_are_one_message(people: People, stage: Stage) -> None:
    mai, lead = await people.staff("Mai Thử"), await people.staff("Tổ trưởng Thử", role=Role.LEAD)
    numbers = [await opened(people.resident("telegram")) for _ in range(8)]
    await stage.settled()
    await stage.time_passes(timedelta(minutes=95))
    digest = await lead.hears("QUÁ HẠN: 8 phiếu", "gộp một tin", f"#{numbers[0]}")
    assert digest["buttons"] == ["Xem danh sách"]
    await mai.hears("QUÁ HẠN: 8 phiếu")
    for _ in range(3):
        await stage.time_passes(timedelta(minutes=1))
    await stage.settled()
    assert sum("QUÁ HẠN" in one["text"] for one in await lead.seen()) == 1
    await lead.presses("Xem danh sách")
    listed = await lead.hears("Quá hạn: 8 phiếu")
    lines = [line for line in listed["text"].splitlines() if line.startswith("#")]
    assert [line.lower().count("chưa ai nhận") for line in lines] == [1] * 8
    assert await Alert.filter(ticket__number__in=numbers, digest=True, outbox_id=None).count() == 0


async def test_a_supervisor_nobody_reaches_is_replaced(people: People, stage: Stage) -> None:
    await people.staff("Mai Thử")
    boss = await people.staff("Bình Thử", areas="", role=Role.SUPERVISOR)
    head = await people.staff("Chủ tịch Thử", areas="", role=Role.HEAD)
    number = await opened(people.resident("telegram"))
    await stage.settled()
    await boss.does(block=True)
    await stage.time_passes(timedelta(minutes=181))
    await stage.settled()
    await stage.time_passes(timedelta(minutes=1))
    # the network may refuse the alert before it says that it is blocked: then the next look, each minute, replaces it
    await head.hears("QUÁ HẠN trả lời", f"#{number}", patience=75)
    await stage.settled()
    name = await Staff.get(name="Bình Thử", active=True)
    assert not await Contact.filter(staff=name, reachable=True).exists()


@NETWORKS
async def test_an_apology_is_read_and_approved_before_it_is_sent(people: People, stage: Stage, network: str) -> None:
    mai, resident = await people.staff("Mai Thử", network=network), people.resident("zalo_bot")
    number = await opened(resident)
    await mai.says(f"/nhan {number}")
    await late_for_all(stage, number, mai)
    await chooses(mai, await mai.sees("QUÁ HẠN trả lời", f"#{number}"), "Xin lỗi dân")
    await mai.hears("Vì sao phiếu", f"#{number}")
    await mai.says("máy chủ tra cứu hộ tịch bảo trì")
    draft = await mai.hears("CHƯA gửi", "máy chủ tra cứu hộ tịch bảo trì")
    await stage.settled()
    assert not any("xin lỗi" in one["text"] for one in await resident.seen())
    await chooses(mai, draft, "Gửi")
    await resident.hears("xin lỗi ông/bà", f"#{number}", "bảo trì", "trước")
    await mai.hears("Đã gửi lời xin lỗi")
    apologised = await ticket(number)
    assert apologised.first_replied_at is None  # sorry is no answer
    assert apologised.first_reply_due
    assert apologised.first_reply_due > stage.app.clock.now()
    assert await Event.filter(ticket_id=apologised.id, kind=EventKind.APOLOGISED).count() == 1
    assert await Message.filter(ticket_id=apologised.id, text__contains="xin lỗi").count() == 1
    await mai.says(f"/xinloi {number} gui 1")
    await mai.hears("không còn dùng được")


@NETWORKS
async def test_what_the_resident_writes_on_is_owed_an_answer_and_thanks_are_not(
    people: People, stage: Stage, network: str
) -> None:
    mai, resident = await people.staff("Mai Thử", network=network), people.resident("zalo_bot")
    number = await opened(resident)
    await mai.says(f"/tl {number} Dạ cần giấy chứng sinh ạ")
    await resident.hears("chứng sinh")
    await resident.says("cảm ơn cháu nhiều nha")
    await stage.settled()
    assert (await ticket(number)).next_reply_due is None
    await resident.says("mà giấy chứng sinh bị rách thì làm sao")
    await mai.hears("bị rách")
    await stage.settled()
    assert (await ticket(number)).next_reply_due is not None
    await stage.time_passes(timedelta(minutes=61))
    await mai.hears("QUÁ HẠN trả lời tiếp", f"#{number}")
    await mai.says(f"/tl {number} Dạ xin cấp lại ở bệnh viện ạ")
    await resident.hears("bệnh viện")
    await stage.settled()
    settled = await ticket(number)
    assert settled.next_reply_due is None
    assert await clocks.differences(stage.desk.policy, [settled]) == []
