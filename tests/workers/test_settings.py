"""The worker as a whole: it finds what nobody rang for, outlives a lost queue, and rings are never lost for good."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from arq.constants import default_queue_name
from redis.asyncio import Redis

from bot.jobs import Jobs, from_bytes, redis_settings, to_bytes
from bot.wiring import App, Desk
from tickets import inbox
from tickets.inbox import Conversation, NewRow
from tickets.models import InboxRow, InboxState, OutboxRow, OutboxState
from workers.settings import SWEEP_EVERY, sweep

Put = Callable[..., Awaitable[OutboxRow]]
Hears = Callable[..., Awaitable[None]]
Until = Callable[..., Awaitable[None]]


async def store(desk: Desk, chat: str = "an") -> None:
    row = NewRow(
        desk.office.id, "rich", f"e-{chat}", "message", desk.clock.now(), chat=chat, user=chat, text="xin chào"
    )
    await inbox.store([row])


async def idle() -> bool:
    waiting = (OutboxState.QUEUED, OutboxState.SENDING)
    return (
        not await InboxRow.filter(state=InboxState.NEW).exists()
        and not await OutboxRow.filter(state__in=waiting).exists()
    )


async def test_a_message_goes_the_whole_way_when_rung_for(rich: Any, hears: Hears, working: None, until: Until) -> None:
    begun = asyncio.get_running_loop().time()
    await hears("an", "xin chào")

    async def answered() -> bool:
        return bool(rich.sent)

    await until(answered)
    assert asyncio.get_running_loop().time() - begun < SWEEP_EVERY / 2
    await until(idle)


async def test_what_nobody_rang_for_is_found(desk: Desk, put: Put, rich: Any, working: None, until: Until) -> None:
    await store(desk)
    await put("chờ đã lâu", chat="binh")
    await until(idle)
    assert "chờ đã lâu" in rich.texts


async def test_a_flushed_queue_holds_work_up_no_longer_than_a_sweep(
    app: App, desk: Desk, ctx: dict[Any, Any], hears: Hears, working: None, until: Until
) -> None:
    redis: Redis = Redis.from_url(app.redis_url)
    for number in range(30):
        await hears(f"chat {number}", "xin chào")
    await redis.flushdb()
    await redis.aclose()
    await until(idle, SWEEP_EVERY + 3)


async def test_the_sweep_rings_only_for_offices_served_here(app: App, desk: Desk, ctx: dict[Any, Any]) -> None:
    await inbox.store([NewRow("gone", "rich", "1", "message", app.clock.now(), chat="an")])
    await sweep(ctx)
    await store(desk)
    await sweep(ctx)
    await app.jobs.close()
    probe = Jobs(app.redis_url, app.clock)
    assert await probe.depth() == 1
    await probe.close()


async def test_a_name_waits_once_however_often_somebody_rings(app: App, until: Until) -> None:
    where = Conversation("o", "rich", "an")

    async def queued(count: int) -> None:
        async def reached() -> bool:
            return await app.jobs.depth() == count

        await until(reached)

    for _ in range(3):
        app.jobs.ring_inbound(where)
        await queued(1)
    app.jobs.ring_delivery(("o", "rich", "an"))
    await queued(2)
    assert await app.jobs.rung(10) == [("in", where), ("out", ("o", "rich", "an"))]
    app.jobs.ring_delivery(("o", "rich", "an"), app.clock.now() + timedelta(milliseconds=400))
    assert await app.jobs.depth() == 0, "not before its time"
    await queued(1)


async def test_a_ring_calls_who_listens_and_leaves_a_job_where_nobody_does(app: App, until: Until) -> None:
    where = Conversation("o", "rich", "an")
    calls: list[list[tuple[str, tuple[str, ...]]]] = []
    link = Redis.from_url(app.redis_url)
    await link.delete(default_queue_name)

    async def heard() -> None:
        calls.append(await app.jobs.rung(10))

    async def listeners(count: int) -> bool:
        return int((await link.pubsub_numsub("tohotro:call:1"))[0][1]) == count

    async def queued() -> bool:
        return int(await link.zcard(default_queue_name)) > 0

    async def called() -> bool:
        return calls == [[("in", where)]]

    listening = asyncio.create_task(app.jobs.listen(heard))
    await until(lambda: listeners(1))
    app.jobs.ring_inbound(where)
    await until(called)
    assert not await queued()
    await app.jobs.listen_no_more()
    await listening
    await until(lambda: listeners(0))
    app.jobs.ring_inbound(where)
    await until(queued)
    assert await app.jobs.rung(10) == [("in", where)]
    await link.delete(default_queue_name)
    await link.aclose()


async def test_redis_away_holds_nobody_up_and_is_logged_once(app: App) -> None:
    jobs = Jobs("redis://127.0.0.1:1/0", app.clock)
    jobs.open()
    begun = asyncio.get_running_loop().time()
    for number in range(1000):
        jobs.ring_inbound(Conversation("o", "rich", str(number)))
    assert await jobs.rung(10) == []
    assert asyncio.get_running_loop().time() - begun < 1
    await jobs.close()


def test_a_job_is_json_and_nothing_else() -> None:
    job: dict[str, Any] = {"f": "deliver_chat", "a": ("o", "rich", "ă"), "k": {}, "t": None, "et": 1}
    assert from_bytes(to_bytes(job)) == {**job, "a": ["o", "rich", "ă"]}
    assert b"ValueError" in to_bytes({"r": ValueError("with somebody's words")})
    assert b"words" not in to_bytes({"r": ValueError("with somebody's words")})


def test_a_password_in_the_address_is_understood() -> None:
    settings = redis_settings("redis://u%40x:p%2Fw@host:1234/5")
    assert (settings.host, settings.port, settings.database) == ("host", 1234, 5)
    assert (settings.username, settings.password) == ("u@x", "p/w")
