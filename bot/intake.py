"""Events in: store what a network told us, once, and only then let it be acknowledged (P1, P2).

In the database, or while that is away in the spool, from which it follows in order.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import asyncpg
import structlog
from tortoise.exceptions import OperationalError

from bot.event_rows import row_of, unknown_row
from bot.spool import NotKeptError, Spool
from channels.contract import Event
from channels.webhooks import Busy
from tickets import inbox
from tickets.inbox import NewRow

if TYPE_CHECKING:
    from bot.wiring import App

log = structlog.get_logger(__name__)

MAX_BACKLOG = 5_000  # events in memory, waiting for a commit
MAX_BATCH = 500
PATIENCE = 5.0  # seconds a commit may take before the database counts as away
LONGEST_WAIT = 10.0  # seconds an event may wait for the commits before its own
_REPLAY = 1.0  # seconds between tries to empty the spool,
_ORPHANS = 10.0  # and between looks for what a process that died has left there


class _Waiting(NamedTuple):
    since: float  # the loop's time
    rows: list[NewRow]
    done: asyncio.Future[None]


class Intake:
    """Stores events of all accounts of this process.

    Events that come while a commit runs are stored together by the next one; nobody waits for company.
    """

    def __init__(self, app: "App", *, max_backlog: int = MAX_BACKLOG, spool: Spool | None = None) -> None:
        """Without `spool`, events are refused while the database is away."""
        self._app = app
        self._spool = spool
        self._minding: asyncio.Task[None] | None = None
        self._max_backlog = max_backlog
        self._waiting: deque[_Waiting] = deque()
        self._backlog = 0
        self._task: asyncio.Task[None] | None = None

    def open(self) -> None:
        """Begin to bring to the database what waits in the spool. Outside any transaction."""
        if self._spool is not None and self._minding is None:
            self._spool.adopt()
            self._minding = asyncio.create_task(self._mind(self._spool), name="spool")

    async def accept(self, office: str, channel: str, events: Sequence[Event]) -> None:
        """Return once the events are durable. Raises channels.webhooks.Busy when they are not, and may be sent again.

        Not to be called inside a transaction.
        """
        if self._backlog and self._backlog + len(events) > self._max_backlog:
            log.warning("events refused, too many wait to be stored", backlog=self._backlog)
            raise Busy
        now = self._app.clock.now()
        await self._keep([row_of(office, channel, event, now) for event in events])

    async def unknown(self, office: str, channel: str, body: bytes) -> None:
        """Keep a verified body in which nothing was understood, for the day a parser is found wrong. As `accept`."""
        await self._keep([unknown_row(office, channel, body, self._app.clock.now())])

    async def _keep(self, rows: list[NewRow]) -> None:
        if not rows:
            return
        loop = asyncio.get_running_loop()
        waiting = _Waiting(loop.time(), rows, loop.create_future())
        self._waiting.append(waiting)
        self._backlog += len(waiting.rows)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._store_all(), name="intake")
        await waiting.done

    async def close(self) -> None:
        """Wait for what is being stored. Nothing may be accepted any more."""
        if self._task is not None:
            await asyncio.wait([self._task])
        if self._minding is not None:
            self._minding.cancel()
            await asyncio.wait([self._minding])
        if self._spool is not None:
            self._spool.close()

    async def _store_all(self) -> None:
        while self._waiting:
            batch: list[_Waiting] = []
            size = 0
            while self._waiting and (not batch or size + len(self._waiting[0].rows) <= MAX_BATCH):
                batch.append(self._waiting.popleft())
                size += len(batch[-1].rows)
            try:
                # Whoever brought it has given up by now and comes again; what came since is not to wait as long.
                late = asyncio.get_running_loop().time() - LONGEST_WAIT
                self._refuse([one for one in batch if one.since < late], TimeoutError())
                if fresh := [one for one in batch if one.since >= late]:
                    await self._store(fresh)
            finally:
                self._backlog -= size
                for one in batch:
                    if not one.done.done():  # the task was cancelled
                        one.done.set_exception(Busy())

    async def _store(self, batch: list[_Waiting]) -> None:
        if self._spool is not None and self._spool.pending:
            await self._put_aside(batch, None)  # behind what came before it
            return
        try:
            await self._commit([row for one in batch for row in one.rows])
        except OperationalError as error:
            # PostgreSQL refused a value. Alone, it cannot hold up the others.
            if len(batch) > 1:
                for one in batch:
                    await self._store([one])
                return
            self._refuse(batch, error)
        except Exception as error:
            await self._put_aside(batch, error)
        else:
            _acknowledge(batch)

    async def _commit(self, rows: Sequence[NewRow]) -> None:
        async with asyncio.timeout(PATIENCE):
            fresh = await inbox.store(rows)
        self._app.jobs.ring_inbound(*fresh)

    async def _put_aside(self, batch: list[_Waiting], error: Exception | None) -> None:
        """Into the spool; without one, or when that cannot be written, back to the provider."""
        if self._spool is None:
            self._refuse(batch, error or Busy())
            return
        if error is not None:
            log.warning("the database is away, events go to the spool", error=type(error).__name__)
        try:
            await self._spool.keep([row for one in batch for row in one.rows])
        except NotKeptError as full:
            log.error("the spool cannot be written", reason=str(full))  # noqa: TRY400  # its trace says nothing more
            self._refuse(batch, full)
        else:
            _acknowledge(batch)

    async def _mind(self, spool: Spool) -> None:
        """Bring what waits in the spool to the database, as soon as that is back."""
        loop = asyncio.get_running_loop()
        looked = loop.time()
        while True:
            if spool.pending:
                try:
                    count = await spool.replay(self._commit_each)
                except Exception as error:
                    log.debug("the spool waits for the database", error=type(error).__name__)
                else:
                    log.info("the spool is empty, its events are stored", events=count)
            await asyncio.sleep(_REPLAY)
            if loop.time() - looked > _ORPHANS:
                looked = loop.time()
                if taken := spool.adopt():
                    log.warning("took over the spool of a process that ended", files=taken)

    async def _commit_each(self, rows: Sequence[NewRow]) -> None:
        """Store rows of the spool. One that PostgreSQL refuses for what it holds must not keep those behind it."""
        try:
            await self._commit(rows)
        except OperationalError as error:
            if not isinstance(error.__cause__, asyncpg.DataError):
                raise  # the database is not as it should be: what was acknowledged waits until it is
            if len(rows) == 1 and self._spool is not None:
                log.error("an event of the spool cannot be stored", event=rows[0].event_id)  # noqa: TRY400  # a database error may hold what a resident wrote
                await self._spool.lay_aside(rows[0])
                return
            for row in rows:
                await self._commit_each([row])

    def _refuse(self, batch: list[_Waiting], error: Exception) -> None:
        if not batch:
            return
        # the kind of error only: the text of a database error can hold what a resident wrote
        log.error("events not stored", error=type(error).__name__, events=sum(len(one.rows) for one in batch))
        for one in batch:
            if not one.done.done():
                one.done.set_exception(Busy())


def _acknowledge(batch: list[_Waiting]) -> None:
    for one in batch:
        if not one.done.done():  # else whoever waited has gone
            one.done.set_result(None)
