"""Conversations: the office's calendar seen and changed in chat, and what that does to promises under way."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.stage import Stage
from tests.conversations.conftest import People
from tests.conversations.test_claiming import opened
from tickets import clocks
from tickets.models import CalendarDay, Role, Ticket


@pytest.fixture(autouse=True)
async def _calendar_of_the_file(stage: Stage) -> None:
    """Days changed in an earlier conversation are the file's again."""
    await CalendarDay.all().delete()
    await stage.desk.rules.refresh(now=True)


async def ticket(number: int) -> Ticket:
    return await Ticket.get(office="phuong-thu", number=number)


async def test_a_day_off_moves_what_was_promised_and_back(people: People, stage: Stage) -> None:
    boss, lead = (
        await people.staff("Bình Thử", areas="", role=Role.SUPERVISOR),
        await people.staff("Tổ trưởng Thử", role=Role.LEAD),
    )
    await people.staff("Mai Thử")
    number = await opened(people.resident("telegram"))  # Monday 23/11 at eight, to be settled on Tuesday at 08:30
    await stage.settled()
    before = (await ticket(number)).resolve_due
    await boss.says("/lich nghi 24/11 Ngày Văn hóa Việt Nam")
    await boss.hears("thứ Ba 24/11/2026", "Đã tính lại")
    await lead.hears("Bình Thử đã đổi lịch", "24/11/2026", "Ngày Văn hóa")
    moved = await ticket(number)
    assert before is not None
    assert moved.resolve_due == before + timedelta(days=1)
    await boss.says("/lich bo 24/11")
    await boss.hears("như lịch thường")
    assert (await ticket(number)).resolve_due == before
    await boss.says("/lich nhatky")
    await boss.hears("nghỉ thứ Ba 24/11/2026", "Ngày Văn hóa Việt Nam", "Bình Thử")
    assert await clocks.differences(stage.desk.policy, [await ticket(number)]) == []


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        pytest.param("/lich nghi 31/12 chiều liên hoan cuối năm", "thứ Năm 31/12/2026 làm việc 07:30–11:30", id="half"),
        pytest.param(
            "/lich lambu 2026-11-28 trực lưu động", "thứ Bảy 28/11/2026 làm việc 07:30–11:30", id="a Saturday"
        ),
        pytest.param(
            "/lich lambu 29/11 7h30-11h tổ lưu động", "Chủ nhật 29/11/2026 làm việc 07:30–11:00", id="a Sunday"
        ),
        pytest.param("/lich nghi 1/12..2/12 bão", "thứ Ba 01/12/2026; nghỉ thứ Tư 02/12/2026", id="two days"),
        pytest.param("/lich nghi 25/11 10:00-11:30 mất điện", "làm việc 07:30–10:00, 13:30–17:00", id="some hours"),
        pytest.param("/lich nghi 28/11 nghỉ", "vốn đã như vậy", id="a Saturday is off anyway"),
        pytest.param("/lich nghi 31/02 nghỉ", "Không có ngày", id="no such day"),
        pytest.param("/lich nghi 2062-12-31 nghỉ", "ngày quá xa", id="a slip of the pen in the year"),
        pytest.param("/lich nghi 1/12..2027-02-01 nghỉ", "quá nhiều", id="two months at once"),
        pytest.param("/lich lambu 29/11 11:00-07:30 trực", "không đúng", id="a session that ends before it begins"),
        pytest.param("/lich lambu 29/11 22:00-02:00 trực", "không đúng", id="a session past midnight"),
        pytest.param("/lich lambu 29/11 07:00-09:00,08:00-10:00 trực", "chồng nhau", id="overlapping sessions"),
        pytest.param("/lich nghi 24/11", "Lý do: Ngày Văn hóa Việt Nam", id="a holiday of the country needs no reason"),
        pytest.param("/lich lambu 2027-02-06", "Lý do: không ghi", id="to work on a holiday is no holiday's reason"),
        pytest.param("/lich nghi 2026-12-30", "Lý do: không ghi", id="bare: without a reason"),
        pytest.param("/lich lambu 2026-11-28", "thứ Bảy 28/11/2026 làm việc 07:30–11:30", id="bare: a Saturday"),
        pytest.param("/lich nghi 25/11 @khong-co họp", "Không có lĩnh vực", id="an area nobody has"),
        pytest.param("/lich nghỉ", "Không có ngày", id="without a day"),
        pytest.param("/lich", "thứ Hai – thứ Sáu: 07:30–11:30, 13:30–17:00", id="the week"),
        pytest.param("/lich 2027", "TẠM TÍNH", id="a year not announced"),
        pytest.param("/lich xacnhan 2027", "Đã xác nhận lịch năm 2027", id="a year confirmed"),
        pytest.param("/lich thứ hai này nghỉ nha", "/lich nghi 31/12", id="words nobody understands"),
    ],
)
async def test_a_line_about_the_calendar(people: People, line: str, answer: str) -> None:
    boss = await people.staff("Bình Thử", areas="", role=Role.SUPERVISOR)
    await boss.says(line)
    await boss.hears(answer)


async def test_a_reason_can_be_given_afterwards(people: People) -> None:
    boss = await people.staff("Bình Thử", areas="", role=Role.SUPERVISOR)
    lead = await people.staff("Tổ trưởng Thử", role=Role.LEAD)
    await boss.says("/lich nghi 2026-12-30")
    await boss.hears("Lý do: không ghi", "Chưa ghi lý do; khi có, gõ: /lich nghi 2026-12-30 lý do")
    await lead.hears("30/12/2026", "Lý do: không ghi")
    await boss.says("/lich nghi 2026-12-30 di dời trụ sở")
    await boss.hears("nghỉ thứ Tư 30/12/2026", "Lý do: di dời trụ sở")
    await boss.says("/lich nghi 2026-12-30 thêm lần nữa")
    await boss.hears("vốn đã như vậy")
    await boss.says("/lich nhatky")
    await boss.hears("Lý do: không ghi", "Lý do: di dời trụ sở")


async def test_members_look_and_do_not_touch(people: People) -> None:
    mai = await people.staff("Mai Thử")
    await mai.says("/lich")
    await mai.hears("Giờ làm việc")
    await mai.says("/lich nghi 24/11 thích thì nghỉ")
    await mai.hears("quyền cao hơn")
    assert not await CalendarDay.exists()


async def test_an_area_has_days_of_its_own(people: People, stage: Stage) -> None:
    boss = await people.staff("Bình Thử", areas="", role=Role.SUPERVISOR)
    await boss.says("/lich nghi 24/11 @dat-dai đi đo đạc")
    await boss.hears("Đất đai")
    policy = stage.desk.policy
    tuesday = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
    from tickets.hours import is_open

    assert not is_open(policy.calendar_of("dat-dai"), tuesday)
    assert is_open(policy.calendar_of("ho-tich"), tuesday)
