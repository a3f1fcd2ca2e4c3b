"""Events in: store what a network told us, once, and only then let it be acknowledged (P1, P2).

In the database, or while that is away in the spool, from which it follows in order.
"""

import asyncio
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import asyncpg
import structlog
from tortoise.exceptions import OperationalError

from bot.spool import NotKeptError, Spool
from channels.contract import Attachment, Event, Inbound, Receipt, SenderClass
from channels.text import clean, is_storable, line, storable
from channels.webhooks import Busy
from tickets import inbox
from tickets.inbox import NewRow

if TYPE_CHECKING:
    from bot.wiring import App

log = structlog.get_logger(__name__)

RECEIPT = "receipt"  # the kind of a row that holds one; see `row_of`
UNKNOWN = "unknown"  # the kind of a row that holds what we do not understand

MAX_BACKLOG = 5_000  # events in memory, waiting for a commit
MAX_BATCH = 500
PATIENCE = 5.0  # seconds a commit may take before the database counts as away
_REPLAY = 1.0  # seconds between tries to empty the spool,
_ORPHANS = 10.0  # and between looks for what a process that died has left there


_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False)


@dataclass(frozen=True, slots=True)
class _Waiting:
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
        self._waiting: list[_Waiting] = []
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
        await self._keep([_unknown_row(office, channel, body, self._app.clock.now())])

    async def _keep(self, rows: list[NewRow]) -> None:
        if not rows:
            return
        waiting = _Waiting(rows, asyncio.get_running_loop().create_future())
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
                batch.append(self._waiting.pop(0))
                size += len(batch[-1].rows)
            try:
                await self._store(batch)
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
        # the kind of error only: the text of a database error can hold what a resident wrote
        log.error("events not stored", error=type(error).__name__, events=sum(len(one.rows) for one in batch))
        for one in batch:
            if not one.done.done():
                one.done.set_exception(Busy())


def _acknowledge(batch: list[_Waiting]) -> None:
    for one in batch:
        if not one.done.done():  # else whoever waited has gone
            one.done.set_result(None)


# --------------------------------------------------------------------------------------------------- events into rows


def row_of(office: str, channel: str, event: Event, now: datetime) -> NewRow:
    """The row of an event received at `now`.

    A receipt's state is in `text`, our reference in `reply_to`, the network's id in `message_id`, its reason in `name`;
    it has no chat, so the receipts of an account are handled in the order in which they came.
    """
    if isinstance(event, Receipt):
        return NewRow(
            office=office,
            channel=channel,
            event_id=_fit(event.event_id, 160),
            kind=RECEIPT,
            received_at=now,
            text=str(event.state),
            name=line(event.reason),
            message_id=_fit(event.message_id, 160),
            reply_to=_fit(event.ref, 160),
            payload=_payload(event.raw),
        )
    return NewRow(
        office=office,
        channel=channel,
        event_id=_fit(event.event_id, 160),
        kind=str(event.kind),
        received_at=now,
        chat=_fit(event.chat, 128),
        user=_fit(event.user, 128),
        name=line(event.name),
        group=event.group,
        addressed=event.addressed,
        forwarded=event.forwarded,
        machine=event.sender is SenderClass.MACHINE,
        text=clean(event.text),
        attachments=[_attachment(channel, one) for one in event.attachments],
        message_id=_fit(event.message_id, 160),
        reply_to=_fit(event.reply_to, 160),
        album=_fit(event.album, 64),
        press_id=_fit(event.press_id, 64),
        sent_at=_aware(event),
        payload=_payload(event.raw),
    )


def _unknown_row(office: str, channel: str, body: bytes, now: datetime) -> NewRow:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        said = body.decode(errors="replace")
    digest = hashlib.sha256(body).hexdigest()
    payload = _payload(said if isinstance(said, dict) else {"body": said})
    event_id = f"{UNKNOWN}:{digest}"
    return NewRow(office, channel, event_id, kind=UNKNOWN, received_at=now, payload=payload, ignored=True)


def _attachment(channel: str, one: Attachment) -> dict[str, Any]:
    values: dict[str, Any] = storable({**asdict(one), "kind": str(one.kind), "channel": one.channel or channel})
    values["name"] = line(one.name)
    return values


def _fit(name: str, limit: int) -> str:
    """An id as its column takes it; one that is too long is told apart by its digest instead."""
    if len(name) <= limit and is_storable(name):
        return name
    name = str(storable(name))
    return name if len(name) <= limit else "sha256:" + hashlib.sha256(name.encode()).hexdigest()[: limit - 7]


def _aware(event: Inbound) -> datetime | None:
    return event.sent_at if event.sent_at is not None and event.sent_at.tzinfo is not None else None


def _payload(raw: Mapping[str, Any]) -> str:
    """The provider's own words as jsonb takes them. What cannot be kept is named, because the event itself counts."""
    try:
        kept = _ENCODER.encode(raw if isinstance(raw, dict) else dict(raw))
        # encoded, U+0000 reads as an escape; words that only look like one are made storable for nothing
        return kept if "\\u0000" not in kept and is_storable(kept) else _ENCODER.encode(storable(dict(raw)))
    except (TypeError, ValueError, RecursionError) as error:
        return _ENCODER.encode({"not_kept": type(error).__name__})
