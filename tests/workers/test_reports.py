"""Does the weekly report come when it is due, once, to those it is for, and late once when nobody was there?"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock

import pytest
from docx import Document

from bot import weekly
from bot.wiring import App, Desk
from tests.workers.conftest import Network
from tickets import calendars
from tickets.calendars import Change
from tickets.models import CalendarDay, Contact, DayKind, OutboxRow, Part, ReportRun, Role, Staff, StoredFile
from tickets.reports import handed_in
from workers.reports import reports_due

FRIDAY = datetime(2026, 11, 27, tzinfo=UTC)
TEN, ELEVEN, FIFTEEN = (FRIDAY + timedelta(hours=hour - 7) for hour in (10, 11, 15))  # in Vietnam
WEEK = date(2026, 11, 23)
HEALTH = "van-hoa-xa-hoi"


@pytest.fixture
async def people(desk: Desk) -> dict[str, Staff]:
    """A lead of one department, a member of another, and a supervisor; each with a private chat of their name."""
    found = {}
    for name, role, areas in (
        ("lan", Role.LEAD, ["bao-tro-xa-hoi"]),
        ("mai", Role.MEMBER, ["ho-tich"]),
        ("binh", Role.SUPERVISOR, []),
    ):
        found[name] = await Staff.create(
            office=desk.policy.office, name=name, role=role, areas=areas, created_at=desk.clock.now()
        )
        await Contact.create(
            office=desk.policy.office,
            channel="rich",
            user=name,
            chat=name,
            staff=found[name],
            last_seen_at=desk.clock.now(),
        )
    return found


async def at(app: App, desk: Desk, moment: datetime) -> None:
    app.clock.set(moment)
    await reports_due(app, desk, app.clock.now())


async def told(chat: str) -> list[OutboxRow]:
    return await OutboxRow.filter(chat=chat).order_by("id")


async def test_a_friday_from_ten_to_fifteen(app: App, desk: Desk, people: dict[str, Staff]) -> None:
    await at(app, desk, TEN - timedelta(days=1))
    assert not await OutboxRow.exists()
    await at(app, desk, TEN)
    assert "chưa gửi" in (await told("lan"))[0].text
    assert "11:00" in (await told("mai"))[0].text  # nobody leads her department: whoever is on duty there
    assert not await told("binh")
    await handed_in.say(
        desk.policy.office, WEEK, Part.DIFFICULTIES, HEALTH, "Máy quét hỏng.", people["lan"], app.clock.now()
    )
    await at(app, desk, ELEVEN)
    assert len(await told("lan")) == 1  # she has handed in
    assert len(await told("mai")) == 1  # no head there: the supervisor reads it in the draft
    [draft] = await told("binh")
    assert "BẢN NHÁP" in draft.text
    assert "Chưa gửi" in draft.text
    assert [one["name"][-5:] for one in draft.attachments] == [".docx", ".xlsx"]
    await at(app, desk, FIFTEEN)
    assert "ĐẾN GIỜ GỬI" in (await told("binh"))[-1].text


async def test_the_document_says_what_was_handed_in(
    app: App, desk: Desk, people: dict[str, Staff], rich: Network
) -> None:
    await at(app, desk, TEN)
    await handed_in.say(
        desk.policy.office, WEEK, Part.DIFFICULTIES, HEALTH, "Máy quét hỏng.", people["lan"], app.clock.now()
    )
    await at(app, desk, ELEVEN)
    stored = await StoredFile.filter(name__endswith=".docx").first()
    assert stored is not None
    import io

    text = "\n".join(one.text for one in Document(io.BytesIO(stored.content)).paragraphs)
    assert "Phòng Văn hóa – Xã hội: Máy quét hỏng." in text
    assert "lúc 11 giờ 00, ngày 27/11/2026" in text


async def test_each_step_is_done_once_however_many_workers_look(app: App, desk: Desk, people: dict[str, Staff]) -> None:
    await at(app, desk, TEN - timedelta(hours=1))
    app.clock.set(ELEVEN)
    await asyncio.gather(*(reports_due(app, desk, app.clock.now()) for _ in range(4)))
    app.clock.set(FIFTEEN)
    await asyncio.gather(*(reports_due(app, desk, app.clock.now()) for _ in range(4)))
    assert len(await told("binh")) == 2
    assert await ReportRun.filter(week=WEEK).count() == 4  # begun, remind (too late to be told), close, deliver


async def test_what_was_missed_comes_once_on_the_next_working_morning_and_says_when_it_was_due(
    app: App, desk: Desk, people: dict[str, Staff]
) -> None:
    await at(app, desk, TEN - timedelta(hours=1))
    saturday = FIFTEEN + timedelta(hours=20)
    await at(app, desk, saturday)
    assert not await told("binh")  # nothing outside working hours
    monday = FIFTEEN + timedelta(days=3, hours=-7)
    for minute in range(3):
        await at(app, desk, monday + timedelta(minutes=minute))
    [late] = await told("binh")
    assert "Lẽ ra gửi lúc 11:00 thứ Sáu 27/11 và 15:00 thứ Sáu 27/11" in late.text
    for name in ("lan", "mai"):  # nobody had reminded them, so both hear that the report is closed
        [closed] = await told(name)
        assert "Nội dung gửi sau giờ này được tính vào tuần sau" in closed.text
        assert "lẽ ra lúc 10:00 thứ Sáu 27/11" in closed.text


async def test_a_reminder_missed_comes_late_while_the_report_is_open(
    app: App, desk: Desk, people: dict[str, Staff]
) -> None:
    await at(app, desk, TEN - timedelta(hours=1))
    for minute in (40, 41):
        await at(app, desk, TEN + timedelta(minutes=minute))
    [reminder] = await told("lan")
    assert "Hạn gửi 11:00" in reminder.text
    assert "lẽ ra lúc 10:00 hôm nay" in reminder.text


async def test_a_close_missed_comes_late_with_the_draft(app: App, desk: Desk, people: dict[str, Staff]) -> None:
    await at(app, desk, TEN - timedelta(hours=1))
    await at(app, desk, TEN)
    for minute in (80, 81):  # 13:40: the office is open again
        await at(app, desk, ELEVEN + timedelta(minutes=minute + 80))
    [_, closed] = await told("lan")
    assert "lẽ ra lúc 11:00 hôm nay" in closed.text
    [draft] = await told("binh")
    assert "BẢN NHÁP" in draft.text
    assert "Lẽ ra gửi lúc 11:00 hôm nay" in draft.text


async def test_a_close_missed_until_the_report_is_due_is_told_with_it(
    app: App, desk: Desk, people: dict[str, Staff]
) -> None:
    await at(app, desk, TEN - timedelta(hours=1))
    await at(app, desk, TEN)
    await at(app, desk, FIFTEEN + timedelta(minutes=1))
    assert len(await told("mai")) == 1  # she was reminded, and heads only hear of the close
    assert "lẽ ra lúc 11:00 hôm nay" in (await told("lan"))[-1].text
    [report] = await told("binh")
    assert "Lẽ ra gửi lúc 11:00 hôm nay;" in report.text
    assert "ĐẾN GIỜ GỬI" in report.text


async def test_the_question_about_a_moved_day_comes_late_and_says_so(
    app: App, desk: Desk, people: dict[str, Staff]
) -> None:
    await at(app, desk, TUESDAY - timedelta(hours=1))
    for minute in (90, 91):
        await at(app, desk, TUESDAY + timedelta(minutes=minute))
    [asked] = await told("binh")
    assert "lẽ ra lúc 07:30 hôm nay" in asked.text


async def test_after_a_month_away_only_the_last_report_is_made_up_for(
    app: App, desk: Desk, people: dict[str, Staff]
) -> None:
    await at(app, desk, TEN)
    before = len(await told("binh"))
    await at(app, desk, TEN + timedelta(days=24))  # Monday, 21 December
    later = (await told("binh"))[before:]
    assert len(later) == 1
    assert "18/12" in later[0].text


async def test_a_new_office_owes_no_report_of_the_past(app: App, desk: Desk, people: dict[str, Staff]) -> None:
    await at(app, desk, FIFTEEN + timedelta(days=3, hours=-6))
    assert not await OutboxRow.exists()


async def test_a_report_that_was_sent_is_not_asked_for_again(app: App, desk: Desk, people: dict[str, Staff]) -> None:
    await at(app, desk, TEN)
    await at(app, desk, ELEVEN)
    await ReportRun.create(office=desk.policy.office, week=WEEK, step="sent", due=FIFTEEN, at=app.clock.now())
    await at(app, desk, FIFTEEN)
    assert not any("ĐẾN GIỜ GỬI" in one.text for one in await told("binh"))


@pytest.mark.parametrize(
    ("friday", "due"),
    [
        pytest.param(
            date(2026, 4, 27), datetime(2026, 4, 29, 8, 0, tzinfo=UTC), id="Thursday and Friday off: on Wednesday"
        ),
        pytest.param(
            date(2026, 8, 17), datetime(2026, 8, 21, 8, 0, tzinfo=UTC), id="a worked Saturday changes nothing"
        ),
    ],
)
async def test_the_day_of_the_report_when_days_are_moved(
    app: App, desk: Desk, people: dict[str, Staff], friday: date, due: datetime
) -> None:
    await at(app, desk, due - timedelta(days=1))
    await at(app, desk, due - timedelta(minutes=1))
    seen = len([one for one in await told("binh") if "ĐẾN GIỜ" in one.text])
    await at(app, desk, due)
    assert (seen, len([one for one in await told("binh") if "ĐẾN GIỜ" in one.text])) == (0, 1)
    assert await ReportRun.exists(week=friday, step="deliver")


async def test_a_week_without_a_working_day_has_no_report(app: App, desk: Desk, people: dict[str, Staff]) -> None:
    tet = datetime(2026, 2, 16, 1, 0, tzinfo=UTC)
    await at(app, desk, tet)
    for day in range(7):
        await at(app, desk, tet + timedelta(days=day, hours=7))
    assert not await OutboxRow.exists()


async def test_what_comes_after_the_close_counts_next_week_and_is_marked(
    app: App,
    desk: Desk,
    people: dict[str, Staff],
    hears: Callable[..., Awaitable[None]],
    working: None,
    until: Callable[..., Awaitable[None]],
    rich: Network,
) -> None:
    app.clock.set(ELEVEN + timedelta(minutes=1))
    await hears("lan", "/baocao khokhan Thiếu giấy in")
    await until(lambda: _said(rich, "tuần sau"))
    await hears("lan", "/baocao so ngay-khong-viet 1.001193 17")
    await until(lambda: _said(rich, "17 cho Ngày không viết"))
    [row] = (await handed_in.texts(desk.policy.office, WEEK + timedelta(days=7)))[Part.DIFFICULTIES]
    assert (row.text, row.late, row.department) == ("Thiếu giấy in", True, HEALTH)
    counted = await handed_in.counts(desk.policy.office, WEEK, WEEK + timedelta(days=7))
    assert counted["ngay-khong-viet", "1.001193"] == handed_in.Counted(17, 17, late=True)


async def _said(rich: Network, part: str) -> bool:
    return any(part in text for text in rich.texts)


async def test_a_clock_that_is_set_back_brings_no_second_report(app: App, desk: Desk, people: dict[str, Staff]) -> None:
    await at(app, desk, TEN)
    for moment in (ELEVEN, FIFTEEN, FIFTEEN - timedelta(hours=1), FIFTEEN, ELEVEN, FIFTEEN + timedelta(minutes=2)):
        await at(app, desk, moment)
    assert len(await told("binh")) == 2


async def test_a_failure_is_tried_again_a_minute_later(
    app: App, desk: Desk, people: dict[str, Staff], trouble: Callable[..., Awaitable[None]]
) -> None:
    await at(app, desk, TEN)
    await at(app, desk, ELEVEN)
    await trouble("raise_exception", 1, "INSERT ON outbox", "NEW.text LIKE '%ĐẾN GIỜ GỬI%'")
    await at(app, desk, FIFTEEN)
    assert not await ReportRun.exists(step="deliver")
    await at(app, desk, FIFTEEN + timedelta(minutes=1))
    assert "ĐẾN GIỜ GỬI" in (await told("binh"))[-1].text
    assert await ReportRun.filter(step="deliver").count() == 1


TUESDAY = datetime(2026, 4, 28, 0, 30, tzinfo=UTC)  # Tuesday 28 April, 07:30: Thursday and Friday of that week are off
MAY_DAY_WEEK = date(2026, 4, 27)


async def test_the_working_day_before_a_moved_report_a_person_is_asked_once(
    app: App, desk: Desk, people: dict[str, Staff]
) -> None:
    await at(app, desk, TUESDAY - timedelta(hours=1))
    for minute in range(3):
        await at(app, desk, TUESDAY + timedelta(minutes=minute))
    [asked] = await told("binh")
    assert "thứ Sáu 01/05/2026 là ngày nghỉ" in asked.text
    assert "11:00 ngày mai" in asked.text
    assert [button[1] for line in asked.buttons for button in line] == ["/baocao ngay ok"]  # no later day is left
    for name in ("lan", "mai"):
        [heard] = await told(name)
        assert "đổi ngày" in heard.text
    assert await ReportRun.filter(week=MAY_DAY_WEEK, step="ask").count() == 1


async def test_nobody_is_asked_about_a_usual_friday(app: App, desk: Desk, people: dict[str, Staff]) -> None:
    for hour in range(0, 30, 6):
        await at(app, desk, TEN - timedelta(days=1) + timedelta(hours=hour - 6))
    assert not await ReportRun.exists(step="ask")


@pytest.mark.parametrize(
    ("line", "answer", "day"),
    [
        pytest.param(
            "/baocao ngay ok",
            "Đã ghi ngày báo cáo tuần: các phòng gửi trước 11:00 ngày mai",
            date(2026, 4, 29),
            id="agreed",
        ),
        pytest.param(
            "/baocao ngày 2/5",
            "Đã ghi ngày báo cáo tuần: các phòng gửi trước 11:00 thứ Bảy 02/05",
            date(2026, 5, 2),
            id="a working Saturday instead",
        ),
        pytest.param("/baocao ngay 30/4", "phải là ngày làm việc", None, id="a day that is off"),
    ],
)
async def test_the_day_chosen_counts(
    app: App,
    desk: Desk,
    people: dict[str, Staff],
    hears: Callable[..., Awaitable[None]],
    working: None,
    until: Callable[..., Awaitable[None]],
    rich: Network,
    line: str,
    answer: str,
    day: date | None,
) -> None:
    saturday = Change(date(2026, 5, 2), DayKind.HOURS, ((clock(7, 30), clock(11, 30)), (clock(13, 30), clock(17))))
    await calendars.change(desk.policy, [saturday], None, "bù", TUESDAY - timedelta(days=30))
    await desk.rules.refresh(now=True)
    try:
        await at(app, desk, TUESDAY - timedelta(hours=1))
        await at(app, desk, TUESDAY + timedelta(minutes=1))
        await hears("binh", line)
        await until(lambda: _said(rich, answer))
        known = await weekly.rhythm(desk)
        assert known is not None
        assert known.chosen == ({MAY_DAY_WEEK: day} if day else {})
        if day is None:
            return
        await until(lambda: _said(rich, "Ngày báo cáo tuần đã chọn"))
        close = datetime.combine(day, clock(11), desk.policy.calendar.zone)
        await at(app, desk, close - timedelta(minutes=1))
        assert not await ReportRun.exists(week=MAY_DAY_WEEK, step="close")
        await at(app, desk, close)
        assert await ReportRun.exists(week=MAY_DAY_WEEK, step="close")
    finally:
        await CalendarDay.all().delete()
        await desk.rules.refresh(now=True)


async def test_a_day_made_a_day_off_at_noon_is_asked_about_at_once_and_not_called_late(
    app: App, desk: Desk, people: dict[str, Staff]
) -> None:
    thursday = TEN - timedelta(days=1)
    await at(app, desk, thursday - timedelta(hours=1))
    await calendars.change(desk.policy, [Change(date(2026, 11, 27), DayKind.OFF)], None, "bão", app.clock.now())
    await desk.rules.refresh(now=True)
    try:
        await at(app, desk, thursday)
        [asked] = await told("binh")
        assert "thứ Sáu 27/11/2026 là ngày nghỉ" in asked.text
        assert "muộn" not in asked.text
    finally:
        await CalendarDay.all().delete()
        await desk.rules.refresh(now=True)
