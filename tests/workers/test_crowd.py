"""Many late at once, alerts that cannot be delivered, and a ladder that has nobody to climb to."""

import asyncio
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from bot import calendar_check, crowd
from bot.wiring import App, Desk
from channels import errors
from tests.workers.conftest import Network
from tickets import calendars, clocks
from tickets.calendars import Change
from tickets.models import (
    Alert,
    CalendarDay,
    Contact,
    DayKind,
    Event,
    EventKind,
    OutboxRow,
    OutboxState,
    Resident,
    Role,
    Staff,
    Status,
    Ticket,
)
from workers import recounting
from workers.deadlines import announce_due
from workers.delivery import deliver_chat
from workers.recounting import recount

MANY = 10_000


@pytest.fixture
def join(desk: Desk) -> Callable[..., Any]:
    """Somebody of staff in a chat of the same name: `await join("lead", Role.LEAD)`."""

    async def make(name: str, role: Role, areas: tuple[str, ...] = (), **more: Any) -> Staff:
        values = {"name": name, "role": role, "areas": list(areas), "created_at": desk.clock.now()}
        one = await Staff.create(office=desk.office.id, **values)
        where = {"channel": "rich", "user": name, "chat": name, "last_seen_at": desk.clock.now()}
        await Contact.create(office=desk.office.id, staff=one, **where, **more)
        return one

    return make


async def open_many(desk: Desk, count: int, *, first: int = 1, at: datetime | None = None) -> None:
    """Tickets of one resident, opened now (or `at`) and routed, with the events behind them, written in bulk."""
    now = at or desk.clock.now()
    resident = await Resident.create(office=desk.office.id, created_at=now)
    name = f"r{first}"
    where = {"office": desk.office.id, "channel": "rich", "user": name, "chat": name, "last_seen_at": now}
    contact = await Contact.create(**where, resident=resident)
    columns = clocks.at_opening(desk.policy, now, urgent=False)
    rows = [
        Ticket(
            office=desk.office.id,
            number=number,
            resident=resident,
            contact=contact,
            status=Status.OPEN,
            area="chung-thuc",
            subject="Xin hỏi sao y",
            opened_at=now,
            **columns,
        )
        for number in range(first, first + count)
    ]
    await Ticket.bulk_create(rows, batch_size=1000)
    ids = await Ticket.filter(number__gte=first).order_by("id").values_list("id", flat=True)
    for kind, data in ((EventKind.OPENED, {}), (EventKind.ROUTED, {"area": "chung-thuc"})):
        events = [Event(ticket_id=one, kind=kind, data=data, at=now) for one in ids]
        await Event.bulk_create(events, batch_size=1000)


async def told() -> list[str]:
    return [row.chat for row in await OutboxRow.all().order_by("id")]


async def test_ten_thousand_late_at_once_are_one_message_a_person(
    app: App, desk: Desk, join: Callable[..., Any]
) -> None:
    await join("lead", Role.LEAD)
    await join("supervisor", Role.SUPERVISOR)
    await open_many(desk, MANY)
    app.clock.move(timedelta(hours=3, minutes=25))
    begun = time.monotonic()
    assert await announce_due(app, desk, app.clock.now()) == 2
    assert time.monotonic() - begun < 60  # the minute it has
    assert sorted(await told()) == ["lead", "supervisor"]
    text = (await OutboxRow.get(chat="supervisor")).text
    assert "QUÁ HẠN: 10000 phiếu" in text
    assert len(text) < 2000
    app.clock.move(timedelta(minutes=1))
    assert await announce_due(app, desk, app.clock.now()) == 0
    assert len(await clocks.mend(desk.policy)) == 0


async def test_digests_to_one_person_keep_their_distance(app: App, desk: Desk, join: Callable[..., Any]) -> None:
    await join("lead", Role.LEAD)
    await open_many(desk, 8)
    app.clock.move(timedelta(minutes=95))
    assert await announce_due(app, desk, app.clock.now()) == 1
    await Ticket.filter(number__lte=6).update(next_reply_warn=app.clock.now(), next_reply_due=app.clock.now())
    app.clock.move(timedelta(minutes=10))
    assert await announce_due(app, desk, app.clock.now()) == 0
    app.clock.move(timedelta(minutes=25))
    assert await announce_due(app, desk, app.clock.now()) == 1
    assert "QUÁ HẠN: 6 phiếu" in (await OutboxRow.all().order_by("-id").first()).text  # type: ignore[union-attr]  # there is one


async def test_what_was_put_off_before_the_digest_is_not_called_late(
    app: App, desk: Desk, join: Callable[..., Any]
) -> None:
    lead = await join("lead", Role.LEAD)
    await open_many(desk, 8)
    app.clock.move(timedelta(minutes=95))
    now = app.clock.now()
    kept = [
        crowd.Gathered(one.id, "first_reply", "late-0", one.first_reply_due or now, lead.id)
        for one in await Ticket.all()
    ]
    await crowd.gather(kept, now)
    await Ticket.filter(number__lte=2).update(first_reply_due=now + timedelta(hours=1))
    contact = await Contact.get(staff=lead)
    assert await crowd.digest(desk, lead, contact, now) == 1
    text = (await OutboxRow.get(chat="lead")).text
    assert "QUÁ HẠN: 6 phiếu" in text
    assert "trễ 0 phút" not in text


async def test_many_warnings_at_once_are_one_message_that_calls_nothing_late(
    app: App, desk: Desk, join: Callable[..., Any]
) -> None:
    member = await join("member", Role.MEMBER, ("chung-thuc",))
    await open_many(desk, 8)
    await Ticket.all().update(assignee_id=member.id, status=Status.CLAIMED)
    warn, due = (await Ticket.get(number=1)).first_reply_warn, (await Ticket.get(number=1)).first_reply_due
    assert warn
    assert due
    app.clock.set(warn + timedelta(seconds=1))
    assert await announce_due(app, desk, app.clock.now()) == 1
    text = (await OutboxRow.get(chat="member")).text
    assert "Sắp đến hạn: 8 phiếu" in text
    assert "QUÁ HẠN" not in text


async def test_what_cannot_be_delivered_goes_to_the_next(app: App, desk: Desk, join: Callable[..., Any]) -> None:
    await join("lead", Role.LEAD)
    await join("supervisor", Role.SUPERVISOR)
    await open_many(desk, 1)
    app.clock.move(timedelta(minutes=95))
    await announce_due(app, desk, app.clock.now())
    assert await told() == ["lead"]
    await OutboxRow.filter(chat="lead").update(state=OutboxState.FAILED)
    for _ in range(3):
        app.clock.move(timedelta(minutes=1))
        await announce_due(app, desk, app.clock.now())
    assert await told() == ["lead", "supervisor"]


async def test_nobody_at_all_is_remembered_until_somebody_comes(app: App, desk: Desk, join: Callable[..., Any]) -> None:
    await open_many(desk, 1)
    app.clock.move(timedelta(minutes=95))
    for _ in range(2):
        assert await announce_due(app, desk, app.clock.now()) == 0
    assert await Alert.filter(staff_id=None).exists()
    await join("head", Role.HEAD)
    assert await announce_due(app, desk, app.clock.now()) == 1
    assert await told() == ["head"]


@pytest.mark.parametrize(
    ("absent", "heard_by"),
    [
        pytest.param({}, "supervisor", id="the supervisor on duty"),
        pytest.param({"supervisor": {"reachable": False}}, "head", id="the head for an unreachable supervisor"),
        pytest.param({"supervisor": {"channel": "off"}}, "head", id="the head for one whose only channel is off"),
        pytest.param(
            {"supervisor": {"reachable": False}, "head": {"chat": ""}}, "lead", id="the lead for both of them"
        ),
    ],
)
async def test_who_stands_in_for_a_supervisor(
    app: App, desk: Desk, join: Callable[..., Any], absent: dict[str, dict[str, Any]], heard_by: str
) -> None:
    for name, role in (("lead", Role.LEAD), ("supervisor", Role.SUPERVISOR), ("head", Role.HEAD)):
        one = await join(name, role)
        if name in absent:
            await Contact.filter(staff=one).update(**absent[name])
    await open_many(desk, 1)
    app.clock.move(timedelta(hours=3, minutes=25))
    await announce_due(app, desk, app.clock.now())
    step = await Alert.filter(step="late-2").prefetch_related("staff")
    assert [one.staff.name for one in step if one.staff] == [heard_by]


async def test_a_supervisor_is_told_on_the_channel_that_is_on(app: App, desk: Desk, join: Callable[..., Any]) -> None:
    boss = await join("supervisor", Role.SUPERVISOR)
    await Contact.filter(staff=boss).update(channel="off")
    earlier = desk.clock.now() - timedelta(days=9)
    where = {"office": desk.office.id, "channel": "poor", "user": "b", "chat": "b", "last_seen_at": earlier}
    await Contact.create(**where, staff=boss)
    await join("head", Role.HEAD)
    await open_many(desk, 1)
    app.clock.move(timedelta(hours=3, minutes=25))
    await announce_due(app, desk, app.clock.now())
    assert await told() == ["b"]


async def test_a_supervisor_whom_neither_of_two_channels_reaches_is_replaced(
    app: App, desk: Desk, ctx: dict[Any, Any], join: Callable[..., Any], rich: Network, poor: Network
) -> None:
    boss = await join("supervisor", Role.SUPERVISOR)
    earlier = desk.clock.now() - timedelta(days=9)
    where = {"office": desk.office.id, "channel": "poor", "user": "b", "chat": "b", "last_seen_at": earlier}
    await Contact.create(**where, staff=boss)
    await join("head", Role.HEAD)
    await open_many(desk, 1)
    app.clock.move(timedelta(hours=3, minutes=25))
    await announce_due(app, desk, app.clock.now())
    for network, chat in ((rich, "supervisor"), (poor, "b")):
        network.script.append(errors.Blocked())
        await deliver_chat(ctx, desk.office.id, network.name, chat)
    assert await told() == ["supervisor", "b"]
    app.clock.move(timedelta(minutes=1))
    await announce_due(app, desk, app.clock.now())
    assert await told() == ["supervisor", "b", "head"]


async def test_doctor_names_those_whom_no_alert_reaches(app: App, desk: Desk, join: Callable[..., Any]) -> None:
    await join("lead", Role.LEAD)
    await join("supervisor", Role.SUPERVISOR, reachable=False)
    told = [str(one) async for one in calendar_check.findings(desk.office, desk.clock.now())]
    assert any("alerts meant for supervisor go to the next above" in one for one in told)
    assert any("nobody has confirmed the calendar of 2027" in one for one in told)


async def test_what_was_worked_out_with_the_old_calendar_is_counted_anew(app: App, desk: Desk) -> None:
    await open_many(desk, 3)
    tomorrow = Change(date(2026, 11, 25), DayKind.OFF)  # the 24th is a holiday here
    await calendars.change(desk.policy, [tomorrow], None, "bão", app.clock.now())
    await desk.rules.refresh(now=True)
    try:
        assert len((await clocks.apart(desk.policy))[1]) == 3
        app.clock.move(timedelta(minutes=1))
        assert await recount(app, desk, app.clock.now()) == 3
        assert (await clocks.apart(desk.policy))[1] == []
        assert await recount(app, desk, app.clock.now()) == 0
    finally:
        await CalendarDay.all().delete()
        await desk.rules.refresh(now=True)


async def test_a_change_that_concerns_very_many_is_counted_in_chunks_and_told_at_the_end(
    app: App, desk: Desk, join: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    boss = await join("supervisor", Role.SUPERVISOR)
    await open_many(desk, 7)
    monkeypatch.setattr(clocks, "BATCH", 3)
    monkeypatch.setattr(recounting, "AT_A_TIME", 0.0)  # one look has no time for a chunk: the next ones go on
    await calendars.change(desk.policy, [Change(date(2026, 11, 25), DayKind.OFF)], boss, "bão", app.clock.now())
    try:
        assert await recount(app, desk, app.clock.now()) == 0
        monkeypatch.setattr(recounting, "AT_A_TIME", 60.0)
        await CalendarDay.all().update(recounted_to=(await Ticket.get(number=3)).id)  # a worker was killed here
        found = await asyncio.gather(*(recount(app, desk, app.clock.now()) for _ in range(2)))
        assert sum(found) == 7  # four of the rest; three, touched just now, were looked at again
        assert await told() == ["supervisor"]
        assert "Đã tính lại xong" in (await OutboxRow.get(chat="supervisor")).text
        assert (await clocks.apart(desk.policy))[1] == []
    finally:
        await CalendarDay.all().delete()
        await desk.rules.refresh(now=True)
