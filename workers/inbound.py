"""What a conversation's stored events lead to: each handled once, in order, in a transaction of its own (P3, P8)."""

import asyncio
from datetime import timedelta
from enum import Enum, auto
from typing import TYPE_CHECKING, Any

import asyncpg
import structlog
from tortoise.transactions import in_transaction

from bot import acquaintance, albums, dispatch, echoes, logs, notices, signs, ways
from bot.event_rows import RECEIPT
from channels.contract import InboundKind
from tickets import inbox, outbox, receipts
from tickets.inbox import Conversation
from tickets.models import Contact, InboxRow, OutboxState, Priority
from workers.away import is_away

if TYPE_CHECKING:
    from bot.wiring import App, Desk

log = structlog.get_logger(__name__)

ROWS_A_LOOK = 20  # then the next conversation has its turn
_HANDLING = 20.0  # seconds one event may take
_APOLOGY = 5.0  # seconds
_LOOK_AGAIN = timedelta(milliseconds=20)  # while another worker has the conversation
_NEXT_TRY = timedelta(seconds=1)
_RECEIPT_WAIT = timedelta(seconds=60)  # how long a receipt may be ahead of our own record of the sending

# Two transactions met; the one that lost is done again.
_MET = (asyncpg.DeadlockDetectedError, asyncpg.SerializationError)
_MEETINGS = 5

_ANSWERED = (InboundKind.MESSAGE, InboundKind.PRESSED)  # a person who did one of these waits for an answer


class TooSlowError(Exception):
    """Handling one event took longer than any should."""


class _Came(Enum):
    """How one look at a conversation ended."""

    HANDLED = auto()
    LAST = auto()  # handled, and nothing waited behind it; what is stored later is rung for by whoever stores it
    EMPTY = auto()
    TAKEN = auto()  # by another worker
    NOT_YET = auto()
    AWAY = auto()  # the database


async def handle_conversation(ctx: dict[Any, Any], office: str, channel: str, chat: str) -> None:
    """A look: handle what is waiting in this conversation."""
    app: App = ctx["app"]
    conversation = Conversation(office, channel, chat)
    desk = app.desks.get(office)
    if desk is None:
        return  # rows of an office no longer served here stay until it is again
    await acquaintance.meet(desk, conversation)
    for _ in range(ROWS_A_LOOK):
        match await _handle_next(app, desk, conversation):
            case _Came.EMPTY | _Came.LAST:
                return
            case _Came.TAKEN:
                # whoever has it may have had the last look before our event was stored
                app.jobs.ring_inbound(conversation, after=_LOOK_AGAIN)
                return
            case _Came.NOT_YET:
                app.jobs.ring_inbound(conversation, after=_NEXT_TRY)
                return
            case _Came.AWAY:
                return
    app.jobs.ring_inbound(conversation)


async def _handle_next(app: "App", desk: "Desk", conversation: Conversation) -> _Came:
    row: InboxRow | None = None
    for _ in range(_MEETINGS):
        try:
            with outbox.touched() as chats:
                async with in_transaction():
                    if not await inbox.lock(conversation):
                        return _Came.TAKEN
                    row = await inbox.head(conversation)
                    if row is None:
                        return _Came.EMPTY
                    came = await _handle(desk, row)
            app.jobs.ring_deliveries(chats)
            if row.album:  # what waits for the rest of it
                for chat in chats:
                    app.jobs.ring_delivery(chat, app.clock.now() + albums.HOLD)
        except _MET:
            continue
        except Exception as error:
            if await is_away(error):
                log.warning("the database is away, a conversation waits", error=type(error).__name__)
                return _Came.AWAY
            return await _tripped(app, desk, row, error)
        return came
    return _Came.NOT_YET


async def _handle(desk: "Desk", row: InboxRow) -> _Came:
    now = desk.clock.now()
    try:
        async with asyncio.timeout(_HANDLING) as limit:
            if row.kind == RECEIPT:
                if not await _receipt(desk, row):
                    return _Came.NOT_YET
                ours = True
            elif row.kind == InboundKind.STAFF_SAID:
                echo = await echoes.heard(desk, row)
                if echo is echoes.Echo.NOT_YET:
                    return _Came.NOT_YET
                ours = echo is not echoes.Echo.NOBODYS
            else:
                ours = await dispatch.handle(desk, row)
    except TimeoutError as error:
        if limit.expired():
            raise TooSlowError from error
        raise
    more = await (inbox.handled if ours else inbox.ignored)(row, now)
    return _Came.HANDLED if more else _Came.LAST


async def _receipt(desk: "Desk", row: InboxRow) -> bool:
    """Note what became of a message of ours. False when its sending may still be about to be recorded."""
    now = desk.clock.now()
    leaving = await receipts.in_flight(row.office, row.channel)  # before looking, or it could slip through between
    found, changed = await receipts.note(
        office=row.office,
        channel=row.channel,
        state=row.text,
        ref=row.reply_to,
        message_id=row.message_id,
        reason=row.name,
        now=now,
    )
    if found is None:
        return not leaving or now - row.received_at > _RECEIPT_WAIT
    if changed and found.state is OutboxState.FAILED:
        log.warning(
            "the network reports a failure", office=row.office, channel=row.channel, reason=row.name, row=found.id
        )
        if await ways.by_the_other(desk, found, now) is None:
            await notices.send_failed(desk, found, now)
    if changed:
        await signs.moved(desk, found, now)
    return True


async def _tripped(app: "App", desk: "Desk", row: InboxRow | None, error: Exception) -> _Came:
    """Count the failure against the row; the third sets it aside, and the one who waits for an answer is told."""
    reference = logs.reference()
    app.metrics.failures.labels("inbound").inc()
    log.error(
        "an event could not be handled",
        reference=reference,
        office=desk.policy.office,
        row=row.id if row else None,
        kind=row.kind if row else None,
        exc_info=error,
    )
    if row is None:
        return _Came.NOT_YET
    with outbox.touched() as chats:
        async with in_transaction():
            set_aside = await inbox.tripped(row, reference)
            if set_aside and row.kind in _ANSWERED and not row.machine and not row.group:
                try:
                    # a savepoint and a limit: whatever happens here, the row must not stay in the way
                    async with asyncio.timeout(_APOLOGY), in_transaction():
                        await _apologise(desk, row, reference)
                except Exception:
                    log.exception("the sender could not be told", reference=reference)
    app.jobs.ring_deliveries(chats)
    return _Came.HANDLED if set_aside else _Came.NOT_YET


async def _apologise(desk: "Desk", row: InboxRow, reference: str) -> None:
    contact = await Contact.get_or_none(office=row.office, channel=row.channel, user=row.user).prefetch_related(
        "staff", "resident"
    )
    person = contact and (contact.staff or contact.resident)
    await outbox.put(
        office=row.office,
        channel=row.channel,
        chat=row.chat,
        now=desk.clock.now(),
        text=desk.texts.say(
            person.language if person else desk.office.language, "error.unexpected", reference=reference
        ),
        priority=Priority.ANSWER,
    )
