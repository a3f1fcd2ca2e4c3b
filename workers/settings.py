"""The arq worker: which jobs it knows, how it polls, and what it does by the clock.

Facts about arq 0.28.0, tried on 2026-11-21: a job is not repeated after an exception or a timeout; a killed worker's
job starts again only after the largest timeout of the worker and 10 s; Redis going away ends the worker unless it is
told to retry; latency is about half the poll delay. None of this can lose anything here: a job only looks, and the
sweep looks again.
"""

import asyncio
import functools
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import structlog
from arq import cron
from arq.typing import WorkerCoroutine
from arq.worker import Worker, func
from redis.asyncio.retry import Retry
from redis.backoff import ConstantBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from bot import logs
from bot.jobs import DELIVERY, INBOUND, LOOK, MINUTE, from_bytes, redis_settings, to_bytes
from tickets import inbox, outbox
from workers.away import is_away
from workers.deadlines import announce_due
from workers.delivery import AT_ONCE, deliver_chat
from workers.digest import send_digests
from workers.housekeeping import forget, tidy
from workers.inbound import handle_conversation
from workers.lines import Kind, Lines
from workers.moved import tell_moved
from workers.recounting import recount
from workers.reports import reports_due
from workers.tending import tend

if TYPE_CHECKING:
    from bot.wiring import App

log = structlog.get_logger(__name__)

Job = Callable[..., Awaitable[None]]

SWEEP_EVERY = 5  # seconds; what nobody rang for waits no longer than this
_SWEPT = 500  # conversations and chats a sweep rings for; the next one goes on
_JOBS = 10  # at a time: a job only says that somebody should look
_POLL = 0.02  # seconds
_TIMEOUT = 120  # seconds; one row may take 20 for its files, 30 to send and 30 to record
_HANDLED_AT_ONCE = 6  # conversations; deliveries want some of the ten connections too
_ROOM = 0.25  # seconds to wait for room; then another worker has a try
_LAST = 5.0  # seconds for looks that have begun when the worker ends
_HEALTH = 15  # seconds between signs of life


def build_worker(app: "App") -> Worker:
    """A worker for `app`, to be run by the caller with `async_run` and ended with `close`; it minds no signals."""
    settings = redis_settings(app.redis_url)
    settings.retry = Retry(ConstantBackoff(0.5), 40)
    settings.retry_on_error = [RedisConnectionError, RedisTimeoutError, OSError]
    return Worker(
        functions=[
            func(_guarded(look), name=LOOK),
            func(_guarded(each_minute), name=MINUTE),
        ],
        cron_jobs=[
            cron(_guarded(sweep), name="sweep", second=set(range(0, 60, SWEEP_EVERY)), run_at_startup=True, timeout=60),
            cron(_guarded(each_minute), name="cron_each_minute", second=0),
            cron(_guarded(tend), name="tend", second=30, run_at_startup=True),
        ],
        redis_settings=settings,
        job_serializer=to_bytes,
        job_deserializer=from_bytes,
        ctx={"app": app},
        on_startup=_work_here,
        on_shutdown=_leave,
        handle_signals=False,
        max_jobs=_JOBS,
        poll_delay=_POLL,
        job_timeout=_TIMEOUT,
        keep_result=0,
        health_check_interval=_HEALTH,
        log_results=False,
    )


async def _work_here(ctx: dict[Any, Any]) -> None:
    app: App = ctx["app"]
    # The time a message has to wait for others is what counts, not how many are begun: the pool has ten connections.
    kinds = {
        INBOUND: Kind(functools.partial(_guarded(handle_conversation), ctx), _HANDLED_AT_ONCE),
        DELIVERY: Kind(functools.partial(_guarded(deliver_chat), ctx), AT_ONCE, account=True),
    }
    ctx["lines"] = Lines(kinds, _TIMEOUT)
    app.jobs.work_here(ctx["lines"])
    called = functools.partial(_guarded(_look_in), ctx, 0.0)
    ctx["listening"] = asyncio.create_task(app.jobs.listen(called), name="calls")


async def _leave(ctx: dict[Any, Any]) -> None:
    app: App = ctx["app"]
    await app.jobs.listen_no_more()
    if "listening" in ctx:
        await asyncio.wait([ctx["listening"]], timeout=_LAST)
        ctx["listening"].cancel()
    await app.jobs.leave(_LAST)


async def look(ctx: dict[Any, Any]) -> None:
    """Job: look at what was rung for elsewhere, as much of it as there is room for; other workers may have the rest."""
    await _look_in(ctx, _ROOM)


async def _look_in(ctx: dict[Any, Any], patience: float) -> None:
    """As `look`, waiting `patience` seconds for room."""
    app: App = ctx["app"]
    lines: Lines = ctx["lines"]
    room = await lines.room(INBOUND, patience)
    taken = await app.jobs.rung(room)  # also with no room: that takes the bell down
    for kind, names in taken:
        lines.look(kind, names, taken=True)
    if len(taken) == room:
        app.jobs.ring_on()


async def sweep(ctx: dict[Any, Any]) -> None:
    """Job: ring for everything that waits, whether or not anybody has (P5)."""
    app: App = ctx["app"]
    conversations = await inbox.waiting(_SWEPT)
    app.jobs.ring_inbound(*(one for one in conversations if one.office in app.desks))
    for chat in await outbox.due_chats(app.clock.now(), _SWEPT):
        if chat.office in app.desks:
            app.jobs.ring_delivery(chat)


async def each_minute(ctx: dict[Any, Any]) -> None:
    """Job: everything that happens because time has passed, in every office."""
    app: App = ctx["app"]
    for desk in app.desks.values():
        await desk.rules.refresh(now=True)
        await recount(app, desk, desk.clock.now())
        await tell_moved(app, desk, desk.clock.now())
        await tidy(app, desk, desk.clock.now())
        await send_digests(app, desk, desk.clock.now())
        await announce_due(app, desk, desk.clock.now())
        await reports_due(app, desk, desk.clock.now())
    await forget(app.clock.now(), timedelta(days=app.settings.keep_raw_days))
    await sweep(ctx)


def _guarded(job: Job) -> WorkerCoroutine:
    """`job`, whose failures go to our log under a reference; arq would log its arguments and do nothing else."""

    @functools.wraps(job)
    async def run(ctx: dict[Any, Any], *names: Any, **_: Any) -> None:
        try:
            await job(ctx, *names)
        except Exception as error:
            if await is_away(error):
                log.warning("the database is away", job=job.__name__, error=type(error).__name__)
                return
            app: App = ctx["app"]
            app.metrics.failures.labels("worker").inc()
            log.exception("a job failed", job=job.__name__, reference=logs.reference())

    return run
