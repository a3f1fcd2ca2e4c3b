"""How a row becomes a message at its network, and what follows when it does not (P4, P7)."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import structlog
from tortoise.transactions import in_transaction

from bot import boards, costs, gone, groups, limits, logs, menus, notices, places, signs, topics, ways, windows
from channels import errors
from channels.contract import Channel, Outbound, OutboundKind, Sent
from tickets import outbox
from tickets.models import Contact, OutboxKind, OutboxRow, Priority
from tickets.outbox import Chat, Left
from workers import bending, paying
from workers.away import is_away

if TYPE_CHECKING:
    from bot.wiring import App, Desk

log = structlog.get_logger(__name__)

T = TypeVar("T")

ROWS_A_LOOK = 20  # then the next chat has its turn
_A_TURN = 15.0  # seconds after which a look makes room, whatever is left
AT_ONCE = 10  # chats of one account at a time in one process

_SEND = 20.0  # seconds a network gets for words,
_SEND_FILES = 30.0  # and for files: Zalo fetches them from us while we wait
_RECORD = 30.0  # seconds to get the outcome into a database that is away, so that nothing is sent twice for that

_A_MOMENT = 0.2  # seconds for which a limit is waited out on the spot

BACKOFF = (5, 15, 45, 120, 300, 900, 1800)  # seconds before the second, third… try; after the last: failed
_JITTER = 0.2
_ODD_TRIES = 3  # of something that fails in a way no adapter foresaw
_STOPPED = timedelta(minutes=10)  # between tries while credentials or quota bar a channel,
_STOPPED_FOR = timedelta(days=1)  # and how long that goes on
_PRESS_LIFE = timedelta(seconds=30)  # nobody looks at a pressed button any longer; Telegram refuses after some more

_A_LIST = timedelta(milliseconds=300)  # until a list that is just being handed over has left, or is back


async def deliver_chat(ctx: dict[Any, Any], office: str, channel: str, chat: str) -> None:
    """A look: send what may leave to this chat."""
    app: App = ctx["app"]
    desk = app.desks.get(office)
    if desk is None:
        return  # rows of an office no longer served here stay until it is again
    end = time.monotonic() + _A_TURN
    where = Chat(office, channel, chat)
    left: Left | None = None
    for _ in range(ROWS_A_LOOK):
        row, left = await _next(app, where, left), None
        if row is None:
            return
        left = await _deliver(app, desk, row)
        if time.monotonic() > end:
            break
    if left is not None:
        await _patiently(left.row, partial(outbox.sent, *left))
    app.jobs.ring_delivery(where)


async def _next(app: "App", chat: Chat, left: Left | None) -> OutboxRow | None:
    """Record what left, and take what may leave after it."""
    if left is None:
        return await outbox.take(*chat, app.clock.now())
    return await _patiently(left.row, lambda: outbox.take(*chat, app.clock.now(), before=left))


async def _deliver(app: "App", desk: "Desk", row: OutboxRow) -> Left | None:
    """Send one row, and record what became of it; when it simply left, that is for the caller to record, at once."""
    if row.kind is OutboxKind.ANSWER_PRESS and app.clock.now() - row.created_at > _PRESS_LIFE:
        await outbox.dropped(row, "too_late")
        return None
    error: errors.SendError
    try:
        if row.attempts > len(BACKOFF):
            raise errors.Uncertain("no worker outlived sending it")  # noqa: TRY301 - one place decides what follows
        channel = desk.channels.get(row.channel)
        if channel is None:
            raise errors.Unauthorised("the channel is off")  # noqa: TRY301 - same
        if await _no_message(app, desk, channel, row):
            return None
        await windows.check(desk, row, app.clock.now())
        message = await bending.outbound(desk, channel, row)
        if message is not None and (wait := await _wait(app, channel, row)) > 0:
            at = app.clock.now() + timedelta(seconds=wait)
            await _recorded(app, row, lambda: _held_back(row, at))
            return None
        sent = await _send(channel, message) if message else None
    except errors.SendError as raised:
        error = raised
    except Exception as unforeseen:
        reference = logs.reference()
        app.metrics.failures.labels("delivery").inc()
        log.exception("sending failed unexpectedly", reference=reference, row=row.id, **_where(row))
        error = _Odd(f"{type(unforeseen).__name__}, reference {reference}")
    else:
        return await _accepted(app, desk, channel, row, message, sent)
    await _recorded(app, row, lambda: _refused(desk, row, error))
    return None


async def _no_message(app: "App", desk: "Desk", channel: Channel, row: OutboxRow) -> bool:
    """Do what is to be done for a row that is no message, or cannot be one yet. False for any other."""
    if row.kind is OutboxKind.MENU:
        await _announce(desk, channel, row)
    elif boards.may_gather(channel.capabilities, row) and not await _gathered(app, channel, row):
        pass  # it waits for others
    elif await costs.barred(desk, channel, row):
        await _patiently(row, lambda: outbox.dropped(row, costs.STOPPED))
    elif topics.awaited(row.chat) is not None:
        await _make_topic(app, desk, channel, row)
    elif row.kind is OutboxKind.TOPIC:
        await _tend_topic(app, desk, channel, row)
    else:
        return False
    return True


async def _wait(app: "App", channel: Channel, row: OutboxRow) -> float:
    """Seconds until the network's limits, or an edit of the same message just now, let this row leave."""
    if row.kind is OutboxKind.ANSWER_PRESS:
        return 0.0  # no message
    bulk = row.priority != Priority.ANSWER
    edits = row.edits_id if row.kind is OutboxKind.EDIT else None
    where = row.office, row.channel, "" if row.kind is OutboxKind.REACT else row.chat  # a sign is no message
    age = app.clock.now() - row.created_at if row.kind in (OutboxKind.EDIT, OutboxKind.TOPIC) else None
    turns = limits.turns(channel.capabilities, *where, bulk=bulk, edits=edits, age=age)
    wait = await app.jobs.limits.take_any(turns)
    if 0 < wait <= _A_MOMENT:
        await asyncio.sleep(wait)
        wait = await app.jobs.limits.take_any(turns)
    return wait


async def _gathered(app: "App", channel: Channel, row: OutboxRow) -> bool:
    """Let other cards that wait join this one. False when it joins others, or is to wait for more of them itself."""
    if boards.saves(channel.capabilities) and (at := await boards.wait_until(row)) > app.clock.now():
        await _recorded(app, row, lambda: _held_back(row, at))
        return False
    if await boards.is_leaving(row):
        await _recorded(app, row, lambda: _held_back(row, app.clock.now() + _A_LIST))
        return False
    async with in_transaction():
        if await boards.join(row):
            return False
        await boards.gather(row, least=1 if row.due_at > row.created_at else boards.CROWD)
    return True


async def _make_topic(app: "App", desk: "Desk", channel: Channel, row: OutboxRow) -> None:
    """The topic `row` is meant for is not there yet: make it, and send there whatever waits for it."""
    known = await places.known_topic(row)
    if known is not None and known.chat:
        there = known.chat
        await _recorded(app, row, lambda: places.redirect(row, there, app.clock.now()))
        return
    if (wait := await _wait(app, channel, row)) > 0:
        at = app.clock.now() + timedelta(seconds=wait)
        await _recorded(app, row, lambda: _held_back(row, at))
        return
    try:
        async with asyncio.timeout(_SEND):
            chat, title = await places.open_topic(desk, channel, row)
    except TimeoutError as error:
        raise errors.Uncertain("no answer in time") from error
    except places.GivenUpError:
        await _recorded(app, row, lambda: places.given_up(desk, row, app.clock.now()))
    except errors.NoTopics:
        await _recorded(app, row, lambda: places.no_topics(desk, row, app.clock.now()))
    else:
        await _recorded(app, row, lambda: places.topic_opened(row, chat, title, app.clock.now()))


async def _tend_topic(app: "App", desk: "Desk", channel: Channel, row: OutboxRow) -> None:
    """Bring a topic's title and state to those of its ticket, a call at a time within the limits."""
    async for step in places.steps(desk, channel, row):
        if (wait := await _wait(app, channel, row)) > 0:
            await _recorded(app, row, partial(_held_back, row, app.clock.now() + timedelta(seconds=wait)))
            return
        try:
            async with asyncio.timeout(_SEND):
                await step()
        except TimeoutError as error:
            raise errors.Uncertain("no answer in time") from error
    await _patiently(row, lambda: outbox.sent(row, (), app.clock.now()))


async def _send(channel: Channel, message: Outbound) -> Sent:
    try:
        async with asyncio.timeout(_SEND_FILES if message.attachments else _SEND):
            return await channel.send(message)
    except TimeoutError as error:
        raise errors.Uncertain("no answer in time") from error


async def _announce(desk: "Desk", channel: Channel, row: OutboxRow) -> None:
    """The menu of one chat. Nobody waits for it, and every start announces all menus again: one try is enough."""
    try:
        async with asyncio.timeout(_SEND):
            await channel.announce((await menus.for_chat(desk, row.channel, row.chat),))
    except (errors.SendError, TimeoutError) as error:
        log.info("a menu was not announced", reason=str(error), **_where(row))
        await _patiently(row, lambda: outbox.dropped(row, "not_shown_here"))
    else:
        await _patiently(row, lambda: outbox.sent(row, (), desk.clock.now()))


async def _recorded(app: "App", row: OutboxRow, record: Callable[[], Awaitable[datetime | None]]) -> None:
    """Write the outcome down in one transaction, patiently, then ring for what it wrote and what it put off."""

    async def write() -> tuple[dict[Chat, Priority], datetime | None]:
        with outbox.touched() as chats:
            async with in_transaction():
                return chats, await record()

    chats, at = await _patiently(row, write)
    app.jobs.ring_deliveries(chats)
    if at is not None:
        app.jobs.ring_delivery((row.office, row.channel, row.chat), at)


async def _patiently(row: OutboxRow, record: Callable[[], Awaitable[T]]) -> T:
    """`record`'s result, tried again while the database is away."""
    end = time.monotonic() + _RECORD
    while True:
        try:
            return await record()
        except Exception as error:
            # The message may have left: this must not be forgotten because the database restarts.
            if time.monotonic() > end or not await is_away(error):
                raise
            log.warning("an outcome waits to be recorded", row=row.id, error=type(error).__name__)
            await asyncio.sleep(0.5)


async def _accepted(
    app: "App", desk: "Desk", channel: Channel, row: OutboxRow, message: Outbound | None, sent: Sent | None
) -> Left | None:
    """The network took it, or has nothing to show of it. Returns what nothing else follows from, to be recorded."""
    if message is None or sent is None:
        await _patiently(row, lambda: outbox.dropped(row, "not_shown_here"))
        return None
    # an edit has no message of its own
    left = Left(row, sent.message_ids if message.kind is OutboundKind.MESSAGE else (), desk.clock.now())
    if not sent.parts and not signs.wanted(row):
        return left
    await _patiently(row, partial(paying.left, desk, channel, left, sent))
    await _recorded(app, row, lambda: _followed(desk, channel, row, sent))
    return None


# --------------------------------------------- outcomes, in a transaction; each says when to look at the chat next


async def _followed(desk: "Desk", channel: Channel, row: OutboxRow, sent: Sent) -> None:
    """What follows from a message that was taken: a budget that is used up is told, its author sees that it left."""
    if costs.paid(channel, sent):
        await costs.watch(desk, row)
    await signs.moved(desk, row, desk.clock.now())


async def _refused(desk: "Desk", row: OutboxRow, error: errors.SendError) -> datetime | None:
    now = desk.clock.now()
    match error:
        case errors.Refused() | errors.NothingToChange() if row.only_for:
            # too late for one person's eyes, or not ours to choose: then for all, as before there was such a thing
            await OutboxRow.filter(id=row.id).update(only_for="")
            return await _put_off(row, error, now)
        case errors.Throttled():
            return await _put_off(row, error, now + timedelta(seconds=max(0.0, error.retry_after)))
        case errors.TopicGone() | errors.NothingToChange():
            await _nothing_there(desk, row, error, now)
            return None
        case errors.ChatGone() if error.moved_to and error.moved_to != row.chat and row.attempts < len(BACKOFF):
            return await _moved(row, error.moved_to, now)
        case errors.Unauthorised() | errors.QuotaSpent() if now - row.created_at < _STOPPED_FOR:
            log.error("a channel cannot send", reason=error.reason, detail=error.detail, **_where(row))
            return await _put_off(row, error, now + _STOPPED)
        case _Odd() if row.attempts + 1 < _ODD_TRIES:
            return await _try_again(row, error, now)
        case errors.SendError(retryable=True) if not isinstance(error, _Odd) and row.attempts < len(BACKOFF):
            return await _try_again(row, error, now)
    if isinstance(error, errors.WindowClosed):
        await windows.note_closed(desk, row, now)
    await _failed_for_good(desk, row, error, now)
    return None


async def _nothing_there(desk: "Desk", row: OutboxRow, error: errors.SendError, now: datetime) -> None:
    """What the row was for is gone, or is so already."""
    match error:
        case errors.TopicGone():
            await places.topic_gone(desk, row, now)
        case errors.MessageGone():
            await places.message_gone(desk, row, now)
        case _:
            await outbox.sent(row, (), now)


async def _failed_for_good(desk: "Desk", row: OutboxRow, error: errors.SendError, now: datetime) -> None:
    if isinstance(error, errors.Blocked | errors.ChatGone):
        found = Contact.filter(office=row.office, channel=row.channel, chat=row.chat, reachable=True).exclude(chat="")
        for contact in await found.all():
            await gone.stopped(desk, contact, now, told=row.author_id is not None)
        await places.group_lost(desk, row.office, row.channel, row.chat, now)
    await _given_up(desk, row, error, now)


async def _held_back(row: OutboxRow, at: datetime) -> datetime | None:
    """As `_put_off`, by our own limits: nothing has gone wrong."""
    return at if await outbox.later(row, at, row.error, row.detail, count_attempt=False) else None


async def _put_off(row: OutboxRow, error: errors.SendError, at: datetime) -> datetime | None:
    """Waiting that is not the message's fault costs no attempt."""
    return at if await outbox.later(row, at, error.reason, error.detail, count_attempt=False) else None


async def _try_again(row: OutboxRow, error: errors.SendError, now: datetime) -> datetime | None:
    pause = BACKOFF[row.attempts] * random.uniform(1 - _JITTER, 1 + _JITTER)  # noqa: S311 - spreads load
    at = now + timedelta(seconds=pause)
    twice = isinstance(error, errors.Uncertain)
    log.warning(
        "a message is tried again", row=row.id, reason=error.reason, detail=error.detail, seconds=pause, **_where(row)
    )
    ours = await outbox.later(row, at, error.reason, error.detail, count_attempt=True, maybe_twice=twice)
    return at if ours else None


async def _moved(row: OutboxRow, chat: str, now: datetime) -> datetime:
    """The group has a new id: its link and everything that waits for it, this row too, follow."""
    await groups.moved(row.office, row.channel, row.chat, chat, now)
    await OutboxRow.filter(id=row.id).update(
        attempts=row.attempts + 1
    )  # two ids that name each other must come to an end
    row.chat = chat
    return now


async def _given_up(desk: "Desk", row: OutboxRow, error: errors.SendError, now: datetime) -> None:
    """No failed send is silent: the log has it, `doctor` counts it, and whoever wrote the words is told."""
    if row.kind in (OutboxKind.ANSWER_PRESS, OutboxKind.REACT):
        await outbox.dropped(row, error.reason, error.detail)
        return
    if await outbox.failed(row, error.reason, error.detail):
        log.warning("a message failed", row=row.id, reason=error.reason, detail=error.detail, **_where(row))
        if await ways.by_the_other(desk, row, now) is None:
            await notices.send_failed(desk, row, now)
        await places.card_lost(desk, row, now)
        await signs.moved(desk, row, now)


def _where(row: OutboxRow) -> dict[str, str]:
    return {"office": row.office, "channel": row.channel}


class _Odd(errors.Uncertain):
    """Something failed in a way no adapter foresaw; the message may have left or not."""
