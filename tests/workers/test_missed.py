"""What fell due while the program was off is done once it is back, late, once, and says when it should have been."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest

from bot.wiring import App, Desk
from tickets import lifecycle
from tickets.models import Contact, Event, EventKind, OutboxRow, Resident, Role, ScheduledRun, Staff, Status, Ticket
from workers.deadlines import announce_due
from workers.digest import send_digests
from workers.housekeeping import tidy

Job = Callable[[App, Desk, datetime], Awaitable[object]]


def local(text: str) -> datetime:
    """A moment of the office's clock."""
    return datetime.fromisoformat(f"{text}+07:00").astimezone(UTC)


@pytest.fixture(autouse=True)
async def _people(desk: Desk, officer: Staff) -> None:
    for name, role in (("lead", Role.LEAD), ("supervisor", Role.SUPERVISOR)):
        one = await Staff.create(office=desk.office.id, name=name, role=role, areas=[], created_at=desk.clock.now())
        where = {"office": desk.office.id, "channel": "rich", "user": name, "chat": name}
        await Contact.create(**where, staff=one, last_seen_at=desk.clock.now())


async def claimed(desk: Desk, officer: Staff) -> Ticket:
    now = desk.clock.now()
    resident = await Resident.create(office=desk.office.id, created_at=now)
    where = {"office": desk.office.id, "channel": "rich", "user": "dân", "chat": "dân"}
    contact = await Contact.create(**where, resident=resident, last_seen_at=now)
    ticket = await lifecycle.open_ticket(desk.policy, contact, resident, "Xin hỏi khai sinh", now)
    await lifecycle.route(desk.policy, ticket, "ho-tich", now, by="matcher")
    await lifecycle.claim(desk.policy, ticket, officer, now)
    return ticket


async def nothing_more(desk: Desk, ticket: Ticket, officer: Staff) -> None:
    """The ticket is late as it is."""


async def waits(desk: Desk, ticket: Ticket, officer: Staff) -> None:
    await lifecycle.wait(desk.policy, ticket, officer, desk.clock.now())


async def snoozed(desk: Desk, ticket: Ticket, officer: Staff) -> None:
    await lifecycle.snooze(desk.policy, ticket, officer, local("2026-11-23T16:00"), desk.clock.now())


@pytest.mark.parametrize(
    ("prepare", "job", "back", "chat", "said"),
    [
        pytest.param(
            nothing_more,
            send_digests,
            "2026-11-25T09:00",
            "lead",
            "(Gửi muộn: lẽ ra lúc 07:30 hôm nay",
            id="the morning digest",
        ),
        pytest.param(
            nothing_more,
            send_digests,
            "2026-11-25T07:30",
            "supervisor",
            "Bản cuối ngày thứ Hai 23/11/2026 gửi muộn (lẽ ra lúc 16:30 thứ Hai 23/11",
            id="the closing digest, after a holiday",
        ),
        pytest.param(
            nothing_more,
            send_digests,
            "2026-12-02T07:30",
            "supervisor",
            "/lich xacnhan 2027. (Gửi muộn: lẽ ra lúc 07:30 thứ Hai 30/11",
            id="the calendar's warning of a Monday",
        ),
        pytest.param(
            nothing_more,
            announce_due,
            "2026-11-25T10:00",
            "officer",
            "(hạn 08:30 thứ Hai 23/11) · Cán bộ Mẫu",
            id="the first step of the ladder",
        ),
        pytest.param(
            nothing_more,
            announce_due,
            "2026-11-25T10:00",
            "supervisor",
            "(hạn 08:30 thứ Hai 23/11)",
            id="a later step of the ladder",
        ),
        pytest.param(
            waits,
            tidy,
            "2026-11-27T09:00",
            "dân",
            "(Tin này gửi muộn, lẽ ra lúc 07:30 hôm nay; mong ông/bà thông cảm.)",
            id="the reminder to a resident we wait for",
        ),
        pytest.param(
            snoozed,
            tidy,
            "2026-11-25T08:00",
            "officer",
            "(Gửi muộn: lẽ ra lúc 16:00 thứ Hai 23/11",
            id="a ticket put aside until a time",
        ),
    ],
)
async def test_done_late_once_with_its_time_said(
    app: App,
    desk: Desk,
    officer: Staff,
    prepare: Callable[[Desk, Ticket, Staff], Awaitable[None]],
    job: Job,
    back: str,
    chat: str,
    said: str,
) -> None:
    app.clock.set(local("2026-11-23T07:30"))
    await send_digests(app, desk, app.clock.now())
    app.clock.set(local("2026-11-23T08:00"))
    ticket = await claimed(desk, officer)
    await prepare(desk, ticket, officer)
    before = await OutboxRow.all().count()
    app.clock.set(local(back))
    await job(app, desk, app.clock.now())
    texts = [row.text for row in (await OutboxRow.filter(chat=chat).order_by("id"))]
    assert len([text for text in texts if said in text]) == 1, texts
    count = await OutboxRow.all().count()
    assert count > before
    for minute in (1, 2):
        app.clock.set(local(back) + timedelta(minutes=minute))
        await job(app, desk, app.clock.now())
    assert await OutboxRow.all().count() == count


async def test_who_was_reminded_late_has_a_day_before_the_ticket_rests(app: App, desk: Desk, officer: Staff) -> None:
    app.clock.set(local("2026-11-23T08:00"))
    ticket = await claimed(desk, officer)
    await waits(desk, ticket, officer)
    app.clock.set(local("2026-12-21T09:00"))  # both reminders and the end fell due meanwhile
    for minute in range(4):
        app.clock.set(local("2026-12-21T09:00") + timedelta(minutes=minute))
        await tidy(app, desk, app.clock.now())
    assert await Event.filter(ticket=ticket, kind=EventKind.CHASED).count() == 1
    assert (await Ticket.get(id=ticket.id)).status is Status.WAITING
    app.clock.set(local("2026-12-22T16:59"))
    await tidy(app, desk, app.clock.now())
    assert (await Ticket.get(id=ticket.id)).status is Status.WAITING
    app.clock.set(local("2026-12-23T07:31"))
    await tidy(app, desk, app.clock.now())
    assert (await Ticket.get(id=ticket.id)).status is Status.RESOLVED


async def test_nothing_is_late_for_an_office_that_has_just_begun(app: App, desk: Desk) -> None:
    app.clock.set(local("2026-11-25T09:00"))
    await send_digests(app, desk, app.clock.now())
    assert await ScheduledRun.all().count() == 1
