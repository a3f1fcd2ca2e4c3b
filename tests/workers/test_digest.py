"""The digests of a working day: once, in working hours, with what there is to say, and silence for nothing."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, time, timedelta

import pytest
from tortoise.transactions import in_transaction

from bot.wiring import App, Desk
from tickets import calendars, lifecycle, schedule
from tickets.calendars import Change
from tickets.models import CalendarDay, Contact, DayKind, OutboxRow, Resident, Role, ScheduledRun, Staff, Ticket
from workers.digest import send_digests

Told = Callable[[], Awaitable[list[tuple[str, str]]]]
Open = Callable[[], Awaitable[Ticket]]


def local(text: str) -> datetime:
    """A moment of the office's clock."""
    return datetime.fromisoformat(f"{text}+07:00").astimezone(UTC)


@pytest.fixture(autouse=True)
async def _people(desk: Desk, officer: Staff) -> None:
    for name, role in (("lead", Role.LEAD), ("supervisor", Role.SUPERVISOR)):
        one = await Staff.create(office=desk.office.id, name=name, role=role, areas=[], created_at=desk.clock.now())
        where = {"office": desk.office.id, "channel": "rich", "user": name, "chat": name}
        await Contact.create(**where, staff=one, last_seen_at=desk.clock.now())


@pytest.fixture
def open_ticket(desk: Desk) -> Open:
    count = 0

    async def make() -> Ticket:
        nonlocal count
        count += 1
        now = desk.clock.now()
        resident = await Resident.create(office=desk.office.id, created_at=now)
        where = {"office": desk.office.id, "channel": "rich", "user": f"r{count}", "chat": f"r{count}"}
        contact = await Contact.create(**where, resident=resident, last_seen_at=now)
        ticket = await lifecycle.open_ticket(desk.policy, contact, resident, "Xin hỏi khai sinh", now)
        await lifecycle.route(desk.policy, ticket, "ho-tich", now, by="matcher")
        return ticket

    return make


async def told() -> list[str]:
    return [row.chat for row in await OutboxRow.filter(ticket_id=None).order_by("chat", "id")]


async def words_to(chat: str) -> str:
    row = await OutboxRow.filter(ticket_id=None, chat=chat).order_by("-id").first()
    assert row is not None
    return row.text


async def at(app: App, desk: Desk, moment: str) -> int:
    app.clock.set(local(moment))
    return await send_digests(app, desk, app.clock.now())


async def test_nothing_to_say_is_not_said(app: App, desk: Desk) -> None:
    assert await at(app, desk, "2026-11-25T07:31") == 0
    assert await at(app, desk, "2026-11-25T16:31") == 0
    assert await told() == []


async def test_the_morning_and_before_closing_once_each(app: App, desk: Desk, open_ticket: Open) -> None:
    app.clock.set(local("2026-11-24T15:00"))
    await open_ticket()
    assert await at(app, desk, "2026-11-25T07:29") == 0
    for minute in ("07:30", "07:31", "11:00", "14:00"):
        await at(app, desk, f"2026-11-25T{minute}")
    assert await told() == ["lead", "officer", "supervisor"]
    assert "chưa ai nhận: 1" in await words_to("lead")
    assert "1 phiếu chưa ai nhận" in await words_to("officer")
    await at(app, desk, "2026-11-25T16:30")
    await at(app, desk, "2026-11-25T16:45")
    assert await told() == ["lead", "lead", "officer", "supervisor", "supervisor"]
    assert "Trước giờ nghỉ" in await words_to("supervisor")


@pytest.mark.parametrize(
    "moment",
    [
        pytest.param("2026-11-25T07:29", id="before opening"),
        pytest.param("2026-11-25T12:00", id="at lunch"),
        pytest.param("2026-11-25T17:00", id="after closing"),
        pytest.param("2026-11-28T09:00", id="on a Saturday"),
        pytest.param("2026-11-24T09:00", id="on a holiday"),
    ],
)
async def test_silence_while_the_office_is_closed(app: App, desk: Desk, open_ticket: Open, moment: str) -> None:
    app.clock.set(local("2026-11-23T09:00"))
    await open_ticket()
    assert await at(app, desk, moment) == 0


async def test_a_digest_missed_is_sent_late_once_and_says_so(app: App, desk: Desk, open_ticket: Open) -> None:
    app.clock.set(local("2026-11-23T15:00"))
    await open_ticket()
    await at(app, desk, "2026-11-25T10:20")
    assert "lẽ ra lúc 07:30" in await words_to("lead")
    assert await at(app, desk, "2026-11-25T10:21") == 0


async def test_a_closing_digest_missed_is_said_once_with_the_next_morning(
    app: App, desk: Desk, open_ticket: Open
) -> None:
    await at(app, desk, "2026-11-25T07:30")
    app.clock.set(local("2026-11-25T15:00"))
    await open_ticket()
    assert await at(app, desk, "2026-11-25T18:00") == 0  # the program is back after closing: nobody is disturbed
    assert await at(app, desk, "2026-11-26T07:30") == 3
    said = await words_to("lead")
    assert said.count("\n\n") == 0
    assert said.startswith("thứ Năm 26/11/2026: việc của tổ hỗ trợ.")
    assert "Bản cuối ngày thứ Tư 25/11/2026 gửi muộn (lẽ ra lúc 16:30 hôm qua" in said
    assert "Từ 07:30 hôm qua: mới 1, đã giải quyết 0; lúc nghỉ còn 1 phiếu chưa ai nhận, 1 quá hạn" in said
    assert "gửi muộn" not in (await words_to("officer"))
    assert await at(app, desk, "2026-11-26T07:31") == 0
    assert await at(app, desk, "2026-11-26T16:30") == 2
    assert await at(app, desk, "2026-11-27T07:30") == 3
    assert "gửi muộn" not in await words_to("lead")


async def test_a_closing_digest_missed_is_said_though_the_morning_has_nothing_to_say(
    app: App, desk: Desk, officer: Staff, open_ticket: Open
) -> None:
    await at(app, desk, "2026-11-25T07:30")
    app.clock.set(local("2026-11-25T15:00"))
    ticket = await open_ticket()
    await lifecycle.claim(desk.policy, ticket, officer, app.clock.now())
    await lifecycle.resolve(desk.policy, ticket, officer, app.clock.now())
    assert await at(app, desk, "2026-11-26T07:30") == 2
    assert "mới 1, đã giải quyết 1" in await words_to("supervisor")


async def test_a_whole_day_missed_is_said_with_the_next_morning(app: App, desk: Desk, open_ticket: Open) -> None:
    await at(app, desk, "2026-11-23T16:30")  # the next day is a holiday
    app.clock.set(local("2026-11-23T16:45"))
    await open_ticket()
    assert await at(app, desk, "2026-11-26T10:00") == 3
    said = await words_to("lead")
    assert "(Gửi muộn: lẽ ra lúc 07:30 hôm nay" in said
    assert "Bản sáng và bản cuối ngày thứ Tư 25/11/2026 gửi muộn (lẽ ra lúc 07:30 hôm qua và 16:30 hôm qua" in said
    assert "Từ 16:30 thứ Hai 23/11: mới 1" in said
    assert await at(app, desk, "2026-11-26T10:01") == 0


async def test_a_morning_missed_until_closing_is_said_with_it(app: App, desk: Desk, open_ticket: Open) -> None:
    await at(app, desk, "2026-11-23T16:30")
    app.clock.set(local("2026-11-23T16:45"))
    await open_ticket()
    await at(app, desk, "2026-11-25T07:30")
    await at(app, desk, "2026-11-25T16:30")
    assert await at(app, desk, "2026-11-26T16:35") == 3
    assert await told() == [*["lead"] * 3, *["officer"] * 2, *["supervisor"] * 3]
    said = await words_to("lead")
    assert said.index("lẽ ra lúc 07:30 hôm nay") < said.index("Trước giờ nghỉ: mới 0")
    assert "1 phiếu chưa ai nhận" in await words_to("officer")
    assert await at(app, desk, "2026-11-26T16:36") == 0


async def test_a_helpdesk_that_is_new_has_missed_nothing(app: App, desk: Desk, open_ticket: Open) -> None:
    app.clock.set(local("2026-11-25T15:00"))
    await open_ticket()
    assert await at(app, desk, "2026-11-26T07:30") == 3
    assert "gửi muộn" not in await words_to("lead")


async def test_hours_of_yesterday_changed_afterwards_bring_no_second_closing(
    app: App, desk: Desk, open_ticket: Open
) -> None:
    app.clock.set(local("2026-11-25T07:00"))
    await open_ticket()
    await at(app, desk, "2026-11-25T07:30")
    await at(app, desk, "2026-11-25T16:30")
    half = Change(date(2026, 11, 25), DayKind.HOURS, ((time(7, 30), time(11)),))
    await calendars.change(desk.policy, [half], None, "bão", app.clock.now())
    await desk.rules.refresh(now=True)
    try:
        await at(app, desk, "2026-11-26T07:30")
        assert "gửi muộn" not in await words_to("lead")
    finally:
        await CalendarDay.all().delete()
        await desk.rules.refresh(now=True)


async def test_a_working_saturday_has_its_morning(app: App, desk: Desk, open_ticket: Open) -> None:
    app.clock.set(local("2026-08-21T15:00"))
    await open_ticket()
    assert await at(app, desk, "2026-08-22T07:30") == 3


async def test_a_day_off_made_in_chat_is_silent(app: App, desk: Desk, open_ticket: Open) -> None:
    app.clock.set(local("2026-11-24T15:00"))
    await open_ticket()
    off = Change(date(2026, 11, 25), DayKind.OFF)
    await calendars.change(desk.policy, [off], None, "bão", app.clock.now())
    await desk.rules.refresh(now=True)
    try:
        assert await at(app, desk, "2026-11-25T07:30") == 0
    finally:
        await CalendarDay.all().delete()
        await desk.rules.refresh(now=True)


async def test_many_workers_send_one(app: App, desk: Desk, open_ticket: Open) -> None:
    app.clock.set(local("2026-11-24T15:00"))
    await open_ticket()
    app.clock.set(local("2026-11-25T07:30"))
    counts = await asyncio.gather(*(send_digests(app, desk, app.clock.now()) for _ in range(5)))
    assert sorted(counts) == [0, 0, 0, 0, 3]


async def test_a_clock_set_back_by_an_hour_sends_nothing_again(app: App, desk: Desk, open_ticket: Open) -> None:
    app.clock.set(local("2026-11-24T15:00"))
    await open_ticket()
    assert await at(app, desk, "2026-11-25T08:30") == 3
    assert await at(app, desk, "2026-11-25T07:30") == 0
    assert await at(app, desk, "2026-11-25T08:31") == 0


async def test_monday_warns_of_a_year_nobody_has_confirmed(app: App, desk: Desk) -> None:
    assert await at(app, desk, "2026-11-30T07:30") == 1
    assert "Lịch nghỉ năm 2027 chưa được xác nhận" in await words_to("supervisor")
    year = Change(date(2027, 1, 1), DayKind.YEAR)
    await calendars.change(desk.policy, [year], None, "", app.clock.now())
    assert await at(app, desk, "2026-12-07T07:30") == 0


async def test_the_warning_of_a_monday_missed_comes_the_next_morning_once(app: App, desk: Desk) -> None:
    await at(app, desk, "2026-11-27T07:30")
    assert await at(app, desk, "2026-12-01T07:30") == 1
    said = await words_to("supervisor")
    assert "Lịch nghỉ năm 2027 chưa được xác nhận" in said
    assert "lẽ ra lúc 07:30 hôm qua" in said
    assert await at(app, desk, "2026-12-02T07:30") == 0


async def test_work_that_fails_is_free_again(database: str) -> None:
    due = local("2026-11-25T07:30")

    async def fail() -> None:
        async with in_transaction():
            assert await schedule.take("phuong-thu", "report", due, due)
            raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await fail()
    assert await schedule.take("phuong-thu", "report", due, due + timedelta(hours=1))
    assert not await schedule.take("phuong-thu", "report", due, due)
    assert await ScheduledRun.all().count() == 1
