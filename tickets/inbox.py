"""Rows in: every event stored once, handled in the order of its conversation, set aside when it cannot be handled."""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from tortoise import connections

from tickets.models import InboxRow, InboxState
from tickets.rows import made

MAX_ATTEMPTS = 3  # P8: after so many tries a row is set aside


class Conversation(NamedTuple):
    """What has an order: everything one chat says to one account. The receipts of an account have the chat ''."""

    office: str
    channel: str
    chat: str


class NewRow(NamedTuple):
    """An event as it is stored: texts clean, names and ids no longer than their columns. `bot.event_rows` sees to it.

    A tuple in the order of `store`'s columns, since whole columns are what the statement takes.
    """

    office: str
    channel: str
    event_id: str
    kind: str
    received_at: datetime  # aware
    chat: str = ""
    user: str = ""
    name: str = ""
    group: bool = False
    addressed: bool = False
    forwarded: bool = False
    machine: bool = False
    text: str = ""
    attachments: tuple[dict[str, Any], ...] = ()
    message_id: str = ""
    reply_to: str = ""
    album: str = ""
    press_id: str = ""
    sent_at: datetime | None = None
    payload: str = "{}"  # JSON
    ignored: bool = False  # kept for the record only


# Raw SQL, because this is the door every message comes through: bulk_create costs twice as much and cannot say which
# rows were new. The order of the list is the order of the ids.
_STORE = """
INSERT INTO inbox (office, channel, event_id, kind, received_at, chat, "user", name, "group", addressed, forwarded,
                   machine, text, attachments, message_id, reply_to, album, press_id, sent_at, payload, state, attempts,
                   reference)
SELECT office, channel, event_id, kind, received_at, chat, "user", name, "group", addressed, forwarded, machine, text,
       attachments::jsonb, message_id, reply_to, album, press_id, sent_at, payload::jsonb,
       CASE WHEN ignored THEN 'ignored' ELSE 'new' END, 0, ''
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::text[], $7::text[], $8::text[],
            $9::bool[], $10::bool[], $11::bool[], $12::bool[], $13::text[], $14::text[], $15::text[], $16::text[],
            $17::text[], $18::text[], $19::timestamptz[], $20::text[], $21::bool[]) WITH ORDINALITY
     AS new (office, channel, event_id, kind, received_at, chat, "user", name, "group", addressed, forwarded, machine,
             text, attachments, message_id, reply_to, album, press_id, sent_at, payload, ignored, place)
ORDER BY place
ON CONFLICT (office, channel, event_id) DO NOTHING
RETURNING office, channel, chat, state
"""
_ATTACHMENTS = NewRow._fields.index("attachments")


async def store(rows: Sequence[NewRow]) -> list[Conversation]:
    """Keep `rows`, those already known excepted (P2), in one statement. Durable on return, unless in a transaction.

    Returns the conversations that have something to handle, each once. Raises Tortoise's and asyncpg's errors; then
    nothing was stored.
    """
    if not rows:
        return []
    columns: list[Sequence[Any]] = list(zip(*rows, strict=True))
    columns[_ATTACHMENTS] = [
        json.dumps(row.attachments, ensure_ascii=False) if row.attachments else "[]" for row in rows
    ]
    stored = await connections.get("default").execute_query_dict(_STORE, columns)
    fresh = (row for row in stored if row["state"] == InboxState.NEW)
    return list(dict.fromkeys(Conversation(row["office"], row["channel"], row["chat"]) for row in fresh))


async def lock(conversation: Conversation) -> bool:
    """Take the conversation until the end of the transaction; False when another worker has it."""
    taken = await connections.get("default").execute_query_dict(
        "SELECT pg_try_advisory_xact_lock($1) AS taken", [lock_key("inbox", *conversation)]
    )
    return bool(taken[0]["taken"])


def lock_key(*names: str) -> int:
    """A number for PostgreSQL's advisory locks, which take 64 signed bits."""
    digest = hashlib.blake2b("\0".join(names).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


# Of what waits, what was said first, by the network's own time; what has none follows what came before it. Only the
# oldest are compared, so that the head of a very long queue costs no more than that of a short one.
# Raw, as the partial index is only sure to be used where its condition stands in the text.
_HEAD = """
SELECT inbox.* FROM (
  SELECT id, COALESCE(sent_at, max(sent_at) OVER (ORDER BY id)) AS said_at FROM (
    SELECT id, sent_at FROM inbox
    WHERE office = $1 AND channel = $2 AND chat = $3 AND state = 'new' ORDER BY id LIMIT 20
  ) AS oldest ORDER BY said_at NULLS FIRST, id LIMIT 1
) AS first JOIN inbox USING (id)
"""


async def head(conversation: Conversation) -> InboxRow | None:
    """What is to be handled next of the conversation. Only the holder of `lock` may act on it."""
    found = await connections.get("default").execute_query_dict(_HEAD, list(conversation))
    return made(InboxRow, found[0]) if found else None


async def handled(row: InboxRow, now: datetime) -> bool:
    """The event has been dealt with. Returns whether more of its conversation waits as far as this statement sees."""
    return await _leave(row, InboxState.HANDLED, now)


async def ignored(row: InboxRow, now: datetime) -> bool:
    """The event is not for us. As `handled`."""
    return await _leave(row, InboxState.IGNORED, now)


async def _leave(row: InboxRow, state: InboxState, now: datetime) -> bool:
    found = await connections.get("default").execute_query_dict(
        "WITH left_behind AS (UPDATE inbox SET state = $5, handled_at = $6 WHERE id = $4 AND state = 'new')"
        " SELECT EXISTS (SELECT 1 FROM inbox WHERE office = $1 AND channel = $2 AND chat = $3 AND state = 'new'"
        " AND id <> $4) AS more",
        [row.office, row.channel, row.chat, row.id, str(state), now],
    )
    row.state, row.handled_at = state, now
    return bool(found[0]["more"])


async def tripped(row: InboxRow, reference: str) -> bool:
    """Handling the event failed; `reference` is the one in the log. True when that was its last try (P8)."""
    changed = await connections.get("default").execute_query_dict(
        "UPDATE inbox SET attempts = attempts + 1, reference = $2,"
        " state = CASE WHEN attempts + 1 >= $3 THEN 'failed' ELSE state END"
        " WHERE id = $1 AND state = 'new' RETURNING attempts, state",
        [row.id, reference, MAX_ATTEMPTS],
    )
    if not changed:
        return False
    row.attempts, row.state, row.reference = changed[0]["attempts"], InboxState(changed[0]["state"]), reference
    return row.state is InboxState.FAILED


async def waiting(limit: int) -> list[Conversation]:
    """Conversations with something to handle, the longest waiting first: what the sweep rings for."""
    rows = await connections.get("default").execute_query_dict(
        "SELECT office, channel, chat FROM inbox WHERE state = 'new'"
        " GROUP BY office, channel, chat ORDER BY min(id) LIMIT $1",
        [limit],
    )
    return [Conversation(row["office"], row["channel"], row["chat"]) for row in rows]


async def failures(office: str, limit: int = 50) -> list[InboxRow]:
    """What was set aside, newest first."""
    return await InboxRow.filter(office=office, state=InboxState.FAILED).order_by("-id").limit(limit)


async def retry(row: InboxRow) -> bool:
    """Take a row back that was set aside; False when it is not (any more). The caller rings for its conversation."""
    return await InboxRow.filter(id=row.id, state=InboxState.FAILED).update(state=InboxState.NEW, attempts=0) > 0


async def forget_payloads(before: datetime, limit: int = 1000) -> int:
    """Empty the providers' own payloads of events received before `before` and dealt with. Returns how many."""
    emptied = await connections.get("default").execute_query_dict(
        "UPDATE inbox SET payload = '{}' WHERE id IN (SELECT id FROM inbox WHERE received_at < $1"
        " AND state <> 'new' AND payload <> '{}' ORDER BY id LIMIT $2) RETURNING id",
        [before, limit],
    )
    return len(emptied)
