"""Rows out: a message is a row before it is a request, leaves in the order of its chat, and never disappears silently.

A lease protects against a worker that died, so it is measured by the database's own clock: all workers share it, and
the demonstration, which moves the business clock by hours, cannot make a message in flight look abandoned. A row that
was never put off (due when it was made) may always leave: a machine's clock that is set back holds up nobody.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from tortoise import connections

from tickets import rows
from tickets.models import InboxRow, InboxState, OutboxKind, OutboxRow, OutboxState, Priority, Staff, Ticket

LEASE = timedelta(seconds=60)


class Chat(NamedTuple):
    """Whose messages leave in order: a chat on one account of an office."""

    office: str
    channel: str
    chat: str


class Card(NamedTuple):
    """The live card of a ticket as one chat is to see it; `buttons` as in `put`."""

    channel: str
    chat: str
    text: str
    buttons: Sequence[Sequence[Sequence[str]]]
    priority: Priority = Priority.NOTICE


_touched: ContextVar[dict[Chat, Priority] | None] = ContextVar("outbox_touched", default=None)


@contextmanager
def touched() -> Iterator[dict[Chat, Priority]]:
    """Collect the chats that `put` writes for inside the block, to ring for them after the commit, each with the most
    urgent of what it gets.
    """
    chats: dict[Chat, Priority] = {}
    token = _touched.set(chats)
    try:
        yield chats
    finally:
        _touched.reset(token)


async def put(
    *,
    office: str,
    channel: str,
    chat: str,
    now: datetime,
    text: str = "",
    buttons: Sequence[Sequence[Sequence[str]]] = (),
    attachments: Sequence[dict[str, Any]] = (),
    kind: OutboxKind = OutboxKind.MESSAGE,
    reply_to: str = "",
    press_id: str = "",
    edits: OutboxRow | None = None,
    ticket: Ticket | None = None,
    card: bool = False,
    message_id: int | None = None,
    author: Staff | None = None,
    priority: Priority = Priority.NOTICE,
    only_for: str = "",
    board: bool = False,
    hold: timedelta = timedelta(),
) -> OutboxRow:
    """Write down, in the caller's transaction, what is to be said. `buttons` are rows of (label, command).

    It leaves `hold` after `now` at the earliest; what is said in the chat meanwhile waits behind it. An EDIT overtakes
    an earlier EDIT of the same message that has not left yet.
    """
    if kind is OutboxKind.EDIT:
        if edits is None:
            raise ValueError("an EDIT needs the row it edits")
        await OutboxRow.filter(edits_id=edits.id, kind=kind, state=OutboxState.QUEUED).update(state=OutboxState.DROPPED)
    row = await rows.insert(
        OutboxRow,
        office=office,
        channel=channel,
        chat=chat,
        kind=kind,
        text=text,
        buttons=[[list(button) for button in line] for line in buttons],
        attachments=list(attachments),
        reply_to=reply_to,
        press_id=press_id,
        edits_id=edits.id if edits else None,
        ticket_id=ticket.id if ticket else None,
        card=card,
        message_id=message_id,
        author_id=author.id if author else None,
        priority=priority,
        only_for=only_for,
        board=board,
        due_at=now + hold,
        created_at=now,
    )
    _touch(row)
    return row


async def put_cards(ticket: Ticket, cards: Sequence[Card], now: datetime) -> None:
    """Write down the live card of `ticket` for every chat of `cards`, by one statement."""
    made = [
        {
            "office": ticket.office,
            "channel": card.channel,
            "chat": card.chat,
            "text": card.text,
            "buttons": [[list(button) for button in line] for line in card.buttons],
            "ticket_id": ticket.id,
            "card": True,
            "priority": card.priority,
            "due_at": now,
            "created_at": now,
        }
        for card in cards
    ]
    for row in await rows.insert_all(OutboxRow, made):
        _touch(row)


def _touch(row: OutboxRow) -> None:
    touch(row.office, row.channel, row.chat, row.priority)


def touch(office: str, channel: str, chat: str, priority: int = Priority.NOTICE) -> None:
    """Have the chat rung for after the commit, when `touched` collects."""
    chats = _touched.get()
    if chats is not None:
        where = Chat(office, channel, chat)
        chats[where] = min(chats.get(where, Priority.NOTICE), Priority(priority))


class Left(NamedTuple):
    """A message the network took, as it calls it: `sent` or the next `take` records it."""

    row: OutboxRow
    provider_ids: Sequence[str]
    at: datetime


# A receipt may have come before this; what it said is kept.
_SENT = """
UPDATE outbox SET state = CASE WHEN state IN ('queued', 'sending') THEN 'sent' ELSE state END,
                  provider_ids = provider_ids || $2::jsonb, sent_at = COALESCE(sent_at, $3), lease_until = NULL,
                  error = CASE WHEN state IN ('queued', 'sending') THEN '' ELSE error END
WHERE id = $1
"""

# One statement instead of a lock and three: two workers that choose the same row meet at its row lock, and the second
# finds the condition no longer true. The head of the chat is its oldest row that has not left; whatever keeps it (not
# yet due, in flight) keeps all behind it, but for an edit put off: what it changes has long arrived; and for a card our
# own limits hold back: it can go out later together with others. Answers to a press carry no order and expire in
# seconds: they go first. The same statement records the row that left before ($1), which it still sees in flight.
_TAKE = f"""
WITH left_before AS ({_SENT})
UPDATE outbox SET state = 'sending', lease_until = clock_timestamp() + $8::interval,
                  maybe_twice = maybe_twice OR state = 'sending',
                  attempts = attempts + (state = 'sending')::int
WHERE id = COALESCE(
        (SELECT id FROM outbox WHERE office = $4 AND channel = $5 AND chat = $6 AND kind = 'answer_press' AND id <> $1
           AND (state = 'queued' AND (due_at <= $7 OR due_at = created_at)
                OR state = 'sending' AND lease_until < clock_timestamp())
         ORDER BY id LIMIT 1),
        (SELECT id FROM outbox WHERE office = $4 AND channel = $5 AND chat = $6 AND kind <> 'answer_press' AND id <> $1
           AND state IN ('queued', 'sending')
           AND NOT ((kind IN ('edit', 'topic', 'react') OR (card OR board) AND error = '')
                    AND state = 'queued' AND due_at > $7 AND due_at <> created_at) ORDER BY id LIMIT 1))
  AND (state = 'queued' AND (due_at <= $7 OR due_at = created_at)
       OR state = 'sending' AND lease_until < clock_timestamp())
  AND (kind = 'answer_press' OR NOT EXISTS (
        SELECT 1 FROM outbox other WHERE other.office = $4 AND other.channel = $5 AND other.chat = $6 AND other.id <> $1
           AND other.kind <> 'answer_press' AND other.state = 'sending' AND other.lease_until >= clock_timestamp()))
RETURNING *
"""  # noqa: S608 - our own words
_NOTHING = 0  # the id of no row


async def take(
    office: str, channel: str, chat: str, now: datetime, lease: timedelta = LEASE, before: Left | None = None
) -> OutboxRow | None:
    """The next row of the chat, leased to the caller for `lease`; None when nothing may leave at `now`.

    A row whose lease ran out is taken again: its worker died, perhaps after sending, so it is marked `maybe_twice`.
    `before`: what just left, recorded by the same statement as by `sent`.
    """
    settled = (_NOTHING, "[]", now) if before is None else _settled(before)
    taken = await connections.get("default").execute_query_dict(_TAKE, [*settled, office, channel, chat, now, lease])
    return _row(taken[0]) if taken else None


def _settled(left: Left) -> tuple[int, str, datetime]:
    return left.row.id, json.dumps(list(left.provider_ids)), left.at


def _row(values: dict[str, Any]) -> OutboxRow:
    return rows.made(OutboxRow, values)


async def sent(row: OutboxRow, provider_ids: Sequence[str], now: datetime) -> None:
    """The network took it. Said even when the lease has run out meanwhile: it is the truth."""
    settled = _settled(Left(row, provider_ids, now))
    await connections.get("default").execute_query_dict(f"{_SENT} RETURNING id", list(settled))


async def later(
    row: OutboxRow, at: datetime, error: str, detail: str = "", *, count_attempt: bool, maybe_twice: bool = False
) -> bool:
    """Try again at `at`. False when the row is no longer ours: its lease ran out, or a receipt has settled it."""
    return await _settle(
        row,
        "state = 'queued', due_at = $5, attempts = attempts + $6::int, maybe_twice = maybe_twice OR $7",
        error,
        detail,
        [at, int(count_attempt), maybe_twice],
    )


async def failed(row: OutboxRow, error: str, detail: str = "") -> bool:
    """It will not be tried again; the caller tells whoever wrote it. False as in `later`."""
    return await _settle(row, "state = 'failed'", error, detail)


async def dropped(row: OutboxRow, error: str = "", detail: str = "") -> bool:
    """It need not be sent any more. False as in `later`."""
    return await _settle(row, "state = 'dropped'", error, detail)


async def _settle(row: OutboxRow, change: str, error: str, detail: str, values: Sequence[Any] = ()) -> bool:
    changed = await connections.get(
        "default"
    ).execute_query_dict(
        f"UPDATE outbox SET {change}, lease_until = NULL, error = $3, detail = $4"  # noqa: S608 - our own three phrases
        " WHERE id = $1 AND state = 'sending' AND lease_until = $2 RETURNING *",
        [row.id, row.lease_until, error, detail[:1000], *values],
    )
    if changed:
        fresh = _row(changed[0])
        row.state, row.attempts, row.error, row.due_at = fresh.state, fresh.attempts, fresh.error, fresh.due_at
    return bool(changed)


async def rewrite(row: OutboxRow, text: str, buttons: Sequence[Sequence[Sequence[str]]]) -> bool:
    """Put other words into a message that has not left. False when it has, or is just leaving."""
    changed = OutboxRow.filter(id=row.id, state=OutboxState.QUEUED)
    return bool(await changed.update(text=text, buttons=[[list(button) for button in line] for line in buttons]))


async def due_chats(now: datetime, limit: int) -> list[Chat]:
    """Chats whose next row may leave at `now` or was abandoned, answers first, then the longest waiting: what the
    sweep rings for.
    """
    found = await connections.get("default").execute_query_dict(
        "SELECT office, channel, chat FROM ("
        "  SELECT DISTINCT ON (office, channel, chat, kind = 'answer_press')"
        "         id, office, channel, chat, state, due_at, created_at, lease_until, priority"
        "  FROM outbox WHERE state IN ('queued', 'sending')"
        "    AND NOT ((kind IN ('edit', 'topic', 'react') OR (card OR board) AND error = '')"
        "             AND state = 'queued' AND due_at > $1 AND due_at <> created_at)"
        "  ORDER BY office, channel, chat, kind = 'answer_press', id) heads"
        " WHERE state = 'queued' AND (due_at <= $1 OR due_at = created_at)"
        "    OR state = 'sending' AND lease_until < clock_timestamp()"
        " GROUP BY office, channel, chat ORDER BY min(priority), min(id) LIMIT $2",
        [now, limit],
    )
    return [Chat(row["office"], row["channel"], row["chat"]) for row in found]


# ----------------------------------------------------------------------------------------------------------- look-ups


async def by_provider_id(office: str, channel: str, chat: str, provider_id: str) -> OutboxRow | None:
    """The row that became the message which the network calls `provider_id` in that chat."""
    if not provider_id:
        return None
    return (
        await OutboxRow.filter(office=office, channel=channel, chat=chat, provider_ids__contains=[provider_id])
        .order_by("-id")
        .first()
    )


_NUMBERS = [str(number) for number in range(1, 100)]


async def last_offer(
    office: str, channel: str, chat: str, since: datetime, again: tuple[str, ...] = ()
) -> OutboxRow | None:
    """The newest message with buttons the chat got since `since`: what a bare number chooses from.

    One that is still leaving counts: its reader may answer before we know that it arrived. One that was answered by a
    number it offered does not: a second number much later would choose again without anybody meaning it; but of a list
    one takes several, so it counts when all its commands begin as one of `again`. Newest is what arrived
    last: a list of cards waits for others, and is often written long before what its reader saw in between.
    """
    shown = (OutboxState.SENDING, OutboxState.SENT, OutboxState.DELIVERED, OutboxState.READ)
    offer = (
        await OutboxRow.filter(office=office, channel=channel, chat=chat, state__in=shown, created_at__gte=since)
        .exclude(buttons=[])
        .order_by("-sent_at", "-id")  # PostgreSQL puts first what has no such moment yet, being on its way
        .first()
    )
    if offer is None:
        return None
    commands = [command for line in offer.buttons for _, command in line]
    if again and all(command.startswith(again) for command in commands):
        return offer
    chosen = InboxRow.filter(office=office, channel=channel, chat=chat, received_at__gt=offer.due_at)
    answered = chosen.filter(state=InboxState.HANDLED, text__in=_NUMBERS[: len(commands)])
    return None if await answered.exists() else offer


async def failures(office: str, limit: int = 50) -> list[OutboxRow]:
    """What could not be sent, newest first, with the tickets it was about."""
    failed = OutboxRow.filter(office=office, state=OutboxState.FAILED)
    return await failed.order_by("-id").limit(limit).prefetch_related("ticket")


async def resend(row: OutboxRow, now: datetime) -> OutboxRow | None:
    """Say a failed message once more, as a new row, so that a gateway does not take it for a repetition.

    None when it has not failed or was sent again already: a button pressed twice sends once.
    """
    taken = await OutboxRow.filter(id=row.id, state=OutboxState.FAILED).update(state=OutboxState.DROPPED)
    if not taken:
        return None
    copy = await OutboxRow.create(
        office=row.office,
        channel=row.channel,
        chat=row.chat,
        kind=row.kind,
        text=row.text,
        buttons=row.buttons,
        attachments=row.attachments,
        reply_to=row.reply_to,
        edits_id=row.edits_id,
        ticket_id=row.ticket_id,
        card=row.card,
        board=row.board,
        message_id=row.message_id,
        author_id=row.author_id,
        priority=row.priority,
        due_at=now,
        created_at=now,
    )
    _touch(copy)
    return copy


def reference(row: OutboxRow) -> str:
    """Our name for the message at the network, the same at every try; another installation would not use it again."""
    return f"{row.id}-{int(row.created_at.timestamp())}"
