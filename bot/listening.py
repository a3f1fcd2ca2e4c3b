"""Who asks each network for news: of all processes exactly one per channel, and another within seconds when it dies.

A channel is tended by whoever holds its lock in PostgreSQL, a lock that ends with the database connection it was taken
on. Tending means: register or clear the webhook, announce the command menus, and, where the network is to be asked,
ask. Such locks need a connection of their own all the time, so not one through a pooler that lends it by transaction.
"""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import asyncpg
import structlog

from bot import logs, menus
from channels.contract import Channel, Event
from channels.errors import SendError, Throttled, Unauthorised
from channels.webhooks import Busy
from config.database import connection_arguments
from tickets.inbox import lock_key

if TYPE_CHECKING:
    from bot.intake import Intake
    from bot.wiring import App, Desk

log = structlog.get_logger(__name__)

_LOOK = 2.0  # seconds between looks at locks and at channels that stopped
_FIRST_LOOKS = 0.05  # the same while the channels are being started
_PATIENCE = 10.0  # seconds the database may take to answer
_LONGEST_PAUSE = 60.0  # seconds between tries of a channel that keeps failing
_STEADY = 120.0  # seconds after which a channel that ran counts as mended


@dataclass(slots=True)
class _Tended:
    """A channel, and how it goes with it here."""

    desk: "Desk"
    channel: Channel
    task: asyncio.Task[None] | None = None
    began: float = 0.0
    failures: int = 0
    not_before: float = 0.0  # loop time
    settled: bool = False  # tended here, or by another process, or tried in vain
    key: int = field(init=False)

    def __post_init__(self) -> None:
        self.key = lock_of(self.desk.policy.office, self.channel.name)


def lock_of(office: str, channel: str) -> int:
    """The number of the lock whose holder listens to a channel."""
    return lock_key("listening", office, channel)


async def listen(app: "App", intake: "Intake", stop: asyncio.Event, settled: asyncio.Event) -> None:
    """Tend every channel this process can get hold of, until `stop`. Outlives the loss of the database.

    Sets `settled` once each channel listens, here or elsewhere, or has failed a first time.
    """
    tended = [_Tended(desk, channel) for desk in app.desks.values() for channel in desk.channels.values()]
    if not tended:
        settled.set()
        await stop.wait()
    while not stop.is_set():
        try:
            async with _connection(app) as connection:
                await _tend(app, intake, connection, tended, stop, settled)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            log.warning("no channel is listened to while the database is away", error=str(error) or repr(error))
            await _pause(stop, _LOOK)


@contextlib.asynccontextmanager
async def _connection(app: "App") -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    connection = await asyncpg.connect(
        **connection_arguments(app.database_url),
        timeout=_PATIENCE,
        command_timeout=_PATIENCE,
        server_settings={"application_name": "tohotro listening"},
    )
    try:
        yield connection
    finally:
        connection.terminate()  # at once: the locks go with it


async def _tend(
    app: "App",
    intake: "Intake",
    connection: "asyncpg.Connection[asyncpg.Record]",
    tended: Sequence[_Tended],
    stop: asyncio.Event,
    settled: asyncio.Event,
) -> None:
    """Take locks and mind the tasks behind them. Leaving, for whatever reason, ends the tasks first."""
    now = asyncio.get_running_loop().time
    held: set[int] = set()
    try:
        while not stop.is_set():
            await connection.fetchval("SELECT 1")  # a lost connection is a lost lock: notice it soon
            for one in tended:
                if one.task and one.task.done():
                    one.not_before = now() + _failed(app, one, now())
                if one.task or now() < one.not_before:
                    continue
                if one.key not in held and await connection.fetchval("SELECT pg_try_advisory_lock($1)", one.key):
                    held.add(one.key)
                if one.key in held:
                    one.began = now()
                    one.task = asyncio.create_task(_serve(app, intake, one))
                else:
                    one.settled = True
            if not settled.is_set() and all(one.settled for one in tended):
                settled.set()
            await _pause(stop, _LOOK if settled.is_set() else _FIRST_LOOKS)
    finally:
        running = [one for one in tended if one.task]
        for one in running:
            assert one.task
            one.task.cancel()
        await asyncio.gather(*(one.task for one in running if one.task), return_exceptions=True)
        for one in running:
            one.task = None


def _failed(app: "App", one: _Tended, now: float) -> float:
    """Log why the task of `one` ended, forget the task, and return the seconds to wait before the next try."""
    assert one.task
    error = one.task.exception() if not one.task.cancelled() else None
    one.task, one.settled = None, True
    one.failures = 1 if now - one.began > _STEADY else one.failures + 1
    pause = min(_LONGEST_PAUSE, 2.0 ** (one.failures - 1)) * random.uniform(0.8, 1.2)  # noqa: S311  # spreads load
    where = {"office": one.desk.policy.office, "channel": one.channel.name, "again_in": round(pause, 1)}
    match error:
        case Throttled():
            pause = error.retry_after
            log.warning("the network asks us to wait", **where | {"again_in": pause})
        case Unauthorised():
            pause = _LONGEST_PAUSE
            log.error("the network does not accept our credentials", **where | {"again_in": pause}, detail=error.detail)
        case SendError():
            log.warning("the network cannot be asked", **where, reason=error.reason, detail=error.detail)
        case _:
            app.metrics.failures.labels("listening").inc()
            log.error("listening failed", **where, reference=logs.reference(), exc_info=error)
    return pause


async def _serve(app: "App", intake: "Intake", one: _Tended) -> None:
    """Tend one channel for ever, or until its network or we fail."""
    desk, channel = one.desk, one.channel
    address = "" if channel.polls else desk.webhook_url(channel.name)
    await channel.prepare(address)
    try:
        await channel.announce(await menus.for_all(desk, channel.name))
    except SendError as error:
        log.warning("command menus not announced", office=desk.policy.office, channel=channel.name, reason=error.reason)
    one.settled = True
    log.info(
        "listening", office=desk.policy.office, channel=channel.name, mode="polling" if channel.polls else "webhook"
    )
    if not channel.polls:
        await asyncio.Event().wait()  # keep the lock: one process has registered the webhook, that is enough
    counted = app.metrics.polled.labels(desk.policy.office, channel.name)
    async for events in channel.poll():
        storing = asyncio.ensure_future(_store(intake, desk.policy.office, channel.name, events))
        try:
            await asyncio.shield(storing)
        except asyncio.CancelledError:
            # what a network has handed out it may not hand out again: being stopped must not lose it
            await storing
            raise
        counted.inc(len(events))


async def _store(intake: "Intake", office: str, channel: str, events: list[Event]) -> None:
    while events:
        try:
            await intake.accept(office, channel, events)
        except Busy as busy:
            log.warning("events wait to be stored", office=office, channel=channel, events=len(events))
            await asyncio.sleep(busy.retry_after)
        else:
            return


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)
