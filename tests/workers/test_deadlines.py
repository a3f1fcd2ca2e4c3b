"""Late work is told once per step, only in working hours unless urgent, and not while the resident is waited for."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from bot.wiring import App, Desk
from tickets import lifecycle
from tickets.models import Alert, Contact, OutboxRow, OutboxState, Resident, Role, Staff, Status, Ticket
from workers.deadlines import announce_due

People = dict[str, Staff]
Open = Callable[..., Awaitable[Ticket]]


@pytest.fixture
async def people(desk: Desk, officer: Staff) -> People:
    """An officer, a lead and a supervisor, each in a chat of the same name."""
    found = {"officer": officer}
    for name, role in (("lead", Role.LEAD), ("supervisor", Role.SUPERVISOR)):
        values = {"office": desk.office.id, "name": name, "role": role, "areas": [], "created_at": desk.clock.now()}
        found[name] = await Staff.create(**values)
        where = {"office": desk.office.id, "channel": "rich", "user": name, "chat": name}
        await Contact.create(**where, staff=found[name], last_seen_at=desk.clock.now())
    return found


@pytest.fixture
def open_ticket(desk: Desk, officer: Staff) -> Open:
    """A ticket the officer has claimed at this moment: `await open_ticket(urgent=True)`."""
    count = 0

    async def make(**more: Any) -> Ticket:
        nonlocal count
        count += 1
        now = desk.clock.now()
        resident = await Resident.create(office=desk.office.id, created_at=now)
        where = {"office": desk.office.id, "channel": "rich", "user": f"r{count}", "chat": f"r{count}"}
        contact = await Contact.create(**where, resident=resident, last_seen_at=now)
        ticket = await lifecycle.open_ticket(desk.policy, contact, resident, "Xin hỏi khai sinh", now)
        await lifecycle.route(desk.policy, ticket, "ho-tich", now, by="matcher")
        await lifecycle.claim(desk.policy, ticket, officer, now)
        await Ticket.filter(id=ticket.id).update(**more)
        return await Ticket.get(id=ticket.id)

    return make


async def told() -> list[str]:
    """Who has been told so far, in order."""
    return [row.chat for row in await OutboxRow.filter(ticket_id__isnull=False).order_by("id")]


async def at(app: App, desk: Desk, moment: Any) -> int:
    """What is told at this moment; everything told before has arrived."""
    await OutboxRow.filter(state=OutboxState.QUEUED).update(state=OutboxState.SENT, sent_at=app.clock.now())
    app.clock.set(moment)
    return await announce_due(app, desk, app.clock.now())


async def test_nobody_is_told_before_the_warning(app: App, desk: Desk, people: People, open_ticket: Open) -> None:
    ticket = await open_ticket()
    assert ticket.first_reply_warn
    assert await at(app, desk, ticket.first_reply_warn - timedelta(seconds=5)) == 0


async def test_each_step_is_told_once_to_whom_it_concerns(
    app: App, desk: Desk, people: People, open_ticket: Open
) -> None:
    ticket = await open_ticket()
    due = ticket.first_reply_due
    assert ticket.first_reply_warn
    assert due
    for moment in (ticket.first_reply_warn, due, due + timedelta(minutes=30), due + timedelta(hours=2)):
        for _ in range(3):
            await at(app, desk, moment + timedelta(seconds=1))
    steps = [(alert.promise, alert.step) for alert in await Alert.all().order_by("id")]
    assert [step for step in steps if step[0] == "first_reply"] == [
        ("first_reply", "warn"),
        ("first_reply", "late-0"),
        ("first_reply", "late-1"),
        ("first_reply", "late-2"),
    ]
    assert (await told())[:4] == ["officer", "officer", "lead", "supervisor"]


async def test_a_breach_found_late_is_told_without_its_warning(
    app: App, desk: Desk, people: People, open_ticket: Open
) -> None:
    ticket = await open_ticket()
    assert ticket.first_reply_due
    await at(app, desk, ticket.first_reply_due + timedelta(seconds=1))
    assert await Alert.filter(step="warn", promise="first_reply").count() == 0
    assert await Alert.filter(step="late-0").count() == 1


async def test_many_workers_tell_once(app: App, desk: Desk, people: People, open_ticket: Open) -> None:
    tickets = [await open_ticket() for _ in range(4)]
    assert tickets[0].first_reply_due
    app.clock.set(tickets[0].first_reply_due + timedelta(seconds=5))
    counts = await asyncio.gather(*(announce_due(app, desk, app.clock.now()) for _ in range(6)))
    assert sum(counts) == 4
    assert await told() == ["officer"] * 4


@pytest.mark.parametrize(
    "settled",
    [
        pytest.param({"first_replied_at": "now", "resolve_warn": "later", "resolve_due": "later"}, id="answered"),
        pytest.param({"status": Status.WAITING}, id="waiting for the resident"),
        pytest.param({"status": Status.RESOLVED}, id="resolved"),
        pytest.param({"status": Status.CLOSED}, id="closed"),
    ],
)
async def test_what_is_settled_is_not_late(
    app: App, desk: Desk, people: People, open_ticket: Open, settled: dict[str, Any]
) -> None:
    times = {"now": desk.clock.now(), "later": desk.clock.now() + timedelta(days=30)}
    ticket = await open_ticket(**{key: times.get(value, value) for key, value in settled.items()})
    assert ticket.first_reply_due
    assert await at(app, desk, ticket.first_reply_due + timedelta(seconds=1)) == 0


@pytest.mark.parametrize(
    ("urgent", "count"),
    [pytest.param(False, 0, id="not outside working hours"), pytest.param(True, 1, id="unless it is urgent")],
)
async def test_nights_are_quiet(
    app: App, desk: Desk, people: People, open_ticket: Open, urgent: bool, count: int
) -> None:
    ticket = await open_ticket(urgent=urgent)
    assert ticket.first_reply_due
    midnight = ticket.first_reply_due.replace(hour=17)  # UTC: 24:00 in Vietnam
    await at(app, desk, midnight)
    assert await Alert.filter(promise="first_reply", step="late-0").count() == count
    await at(app, desk, midnight + timedelta(hours=8))  # 24 November, a holiday since 2026
    assert await Alert.filter(promise="first_reply", step="late-0").count() == count
    await at(app, desk, midnight + timedelta(hours=32))
    assert await Alert.filter(promise="first_reply", step="late-0").count() == 1


async def test_one_ticket_that_cannot_be_told_keeps_no_other(
    app: App, desk: Desk, people: People, open_ticket: Open, trouble: Callable[..., Awaitable[None]]
) -> None:
    poison, fine = await open_ticket(), await open_ticket()
    assert fine.first_reply_due
    await trouble("raise_exception", on="INSERT ON alert", when=f"NEW.ticket_id = {poison.id}")
    await at(app, desk, fine.first_reply_due + timedelta(seconds=1))
    assert {alert.ticket_id for alert in await Alert.all()} == {fine.id}
