"""What of a delivery outlives a database that goes, a worker that dies and a limit that holds back."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.wiring import App, Desk
from channels.contract import Rate
from tickets import outbox
from tickets.models import OutboxKind, OutboxRow, OutboxState
from workers.delivery import BACKOFF

Put = Callable[..., Awaitable[OutboxRow]]
Trouble = Callable[..., Awaitable[None]]
Until = Callable[..., Awaitable[None]]
Deliver = Callable[..., Awaitable[None]]


async def again(row: OutboxRow) -> OutboxRow:
    return await OutboxRow.get(id=row.id)


async def test_an_outcome_outlives_a_database_that_goes_away_meanwhile(
    put: Put, deliver: Deliver, rich: Any, until: Until, trouble: Trouble
) -> None:
    """The network has taken the message when our connections are cut: it is recorded as sent, and sent once."""
    row = await put("một")
    rich.gate.clear()
    job = asyncio.create_task(deliver())

    async def leaving() -> bool:
        return bool(rich.sent)

    await until(leaving)
    await trouble("admin_shutdown", times=2, on="UPDATE ON outbox", when="NEW.state = 'sent'")
    rich.gate.set()
    await job
    assert (await again(row)).state is OutboxState.SENT
    assert len(rich.sent) == 1


async def test_a_message_whose_workers_died_is_sent_again_and_marked(
    put: Put, deliver: Deliver, rich: Any, desk: Desk
) -> None:
    row = await put("một")
    dead = await outbox.take(desk.office.id, "rich", "an", desk.clock.now(), timedelta())
    assert dead
    await deliver()
    done = await again(row)
    assert (done.state, done.maybe_twice, len(rich.sent)) == (OutboxState.SENT, True, 1)


async def test_a_message_no_worker_outlives_is_given_up(put: Put, deliver: Deliver, rich: Any, desk: Desk) -> None:
    row = await put("một")
    for _ in range(len(BACKOFF) + 1):
        assert await outbox.take(desk.office.id, "rich", "an", desk.clock.now(), timedelta())
    await deliver()
    assert (await again(row)).state is OutboxState.FAILED
    assert rich.sent == []


async def test_edits_of_one_message_within_seconds_become_two_and_hold_up_nobody(
    app: App, put: Put, deliver: Deliver, rich: Any
) -> None:
    card = await put("card")
    await deliver()
    for text in ("một", "hai", "ba"):
        await put(text, kind=OutboxKind.EDIT, edits=card)
        await deliver()
    await put("a message")
    await deliver()
    assert rich.texts == ["card", "một", "a message"]
    app.clock.move(timedelta(seconds=4))
    await app.jobs._redis.flushdb()  # the limits go by real time
    await deliver()
    assert rich.texts == ["card", "một", "a message", "ba"]


async def test_what_a_limit_holds_back_costs_no_try_and_keeps_its_place(
    app: App, put: Put, deliver: Deliver, rich: Any
) -> None:
    rich.capabilities = replace(rich.capabilities, per_chat=Rate(per_second=0.2, burst=2))
    rows = [await put(str(number)) for number in range(4)]
    await deliver()
    assert rich.texts == ["0", "1"]
    held = await again(rows[2])
    assert (held.state, held.attempts, held.error) == (OutboxState.QUEUED, 0, "")
    await app.jobs._redis.flushdb()
    app.clock.move(timedelta(seconds=6))
    await deliver()
    assert rich.texts == ["0", "1", "2", "3"]
