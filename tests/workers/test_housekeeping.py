"""What time alone brings about: unanswered questions, closing, waking, forgetting."""

import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from bot.wiring import App, Desk
from tickets import inbox, lifecycle
from tickets.inbox import NewRow
from tickets.models import InboxRow, Status, StoredFile, Ticket
from workers.housekeeping import forget, tidy
from workers.inbound import handle_conversation

Hears = Callable[..., Awaitable[None]]


async def asked(desk: Desk, ctx: dict[Any, Any], hears: Hears, chat: str = "an") -> Ticket:
    """A ticket whose resident has been asked which area is meant."""
    await hears(chat, "cho tôi hỏi giấy tờ")
    await handle_conversation(ctx, desk.office.id, "rich", chat)
    return await newest()


async def newest() -> Ticket:
    ticket = await Ticket.all().order_by("-id").first()
    assert ticket
    return ticket


async def test_a_question_nobody_answers_goes_to_reception(
    app: App, desk: Desk, ctx: dict[Any, Any], hears: Hears
) -> None:
    ticket = await asked(desk, ctx, hears)
    assert ticket.status is Status.NEW
    assert ticket.ask_until
    app.clock.set(ticket.ask_until - timedelta(seconds=5))
    await tidy(app, desk, app.clock.now())
    assert (await Ticket.get()).status is Status.NEW
    app.clock.set(ticket.ask_until + timedelta(seconds=1))
    for _ in range(2):
        await tidy(app, desk, app.clock.now())
    routed = await Ticket.get()
    assert (routed.status, routed.area) == (Status.OPEN, desk.policy.reception)


async def test_what_fails_for_one_ticket_keeps_no_other(
    app: App, desk: Desk, ctx: dict[Any, Any], hears: Hears, trouble: Callable[..., Awaitable[None]]
) -> None:
    poison = await asked(desk, ctx, hears, "an")
    fine = await asked(desk, ctx, hears, "binh")
    assert fine.ask_until
    await trouble("raise_exception", on="UPDATE ON ticket", when=f"NEW.id = {poison.id}")
    app.clock.set(fine.ask_until + timedelta(minutes=1))
    await tidy(app, desk, app.clock.now())
    assert {ticket.id: ticket.status for ticket in await Ticket.all()} == {poison.id: Status.NEW, fine.id: Status.OPEN}


async def test_the_resolved_are_closed_and_the_snoozed_wake(
    app: App, desk: Desk, ctx: dict[Any, Any], hears: Hears, officer: Any
) -> None:
    tickets = []
    for chat in ("an", "binh"):
        await hears(chat, "Tôi muốn hỏi thủ tục đăng ký khai sinh cho con")
        await handle_conversation(ctx, desk.office.id, "rich", chat)
        tickets.append(await newest())
    now = desk.clock.now()
    for ticket in tickets:
        await lifecycle.claim(desk.policy, ticket, officer, now)
    await lifecycle.resolve(desk.policy, await Ticket.get(id=tickets[0].id), officer, now)
    await lifecycle.snooze(desk.policy, await Ticket.get(id=tickets[1].id), officer, now + timedelta(hours=1), now)
    app.clock.move(desk.policy.close_after + timedelta(hours=2))
    await tidy(app, desk, app.clock.now())
    assert [(await Ticket.get(id=ticket.id)).status for ticket in tickets] == [Status.CLOSED, Status.CLAIMED]


async def test_papers_and_payloads_are_forgotten_after_their_time(app: App, desk: Desk) -> None:
    now, kept = app.clock.now(), timedelta(days=app.settings.keep_raw_days)
    for age, name in ((kept + timedelta(days=1), "old"), (kept - timedelta(days=1), "young")):
        await StoredFile.create(
            office=desk.office.id, channel="rich", ref_digest=name, name=name, mime="", content=b"x", at=now - age
        )
        rows = [
            NewRow(
                desk.office.id, "rich", f"{name} {kind}", kind, now - age, payload=json.dumps({"x": 1}), ignored=True
            )
            for kind in ("message", "unknown")
        ]
        await inbox.store(rows)
    await forget(now, kept)
    assert [file.name for file in await StoredFile.all()] == ["young"]
    left = {row.event_id: bool(row.payload) for row in await InboxRow.all()}
    assert left == {"old message": False, "young message": True, "young unknown": True}
