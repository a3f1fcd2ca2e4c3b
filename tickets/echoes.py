"""What an echo of the office's own words changes: a message in doubt that arrived, or an answer given elsewhere."""

import json
from datetime import datetime
from typing import Any

from tortoise import connections

from tickets import clocks, rows
from tickets.lifecycle import record
from tickets.models import Direction, EventKind, Message, OutboxRow, Ticket
from tickets.policy import Policy


async def in_doubt(office: str, channel: str, chat: str) -> list[OutboxRow]:
    """What is leaving to a chat, or left and lost its answer, so that its network's id is not known."""
    return await rows.find(
        OutboxRow,
        "office = $1 AND channel = $2 AND chat = $3 AND kind <> 'answer_press'"
        " AND (state = 'sending' OR (state = 'queued' AND maybe_twice)) ORDER BY id",
        [office, channel, chat],
    )


async def arrived(row: OutboxRow, message_id: str, now: datetime) -> None:
    """A message in doubt was seen under this id: it is not sent again."""
    await connections.get("default").execute_query_dict(
        "UPDATE outbox SET state = 'sent', provider_ids = provider_ids || $2::jsonb, sent_at = COALESCE(sent_at, $3),"
        " lease_until = NULL, error = '' WHERE id = $1 AND state IN ('queued', 'sending') RETURNING id",
        [row.id, json.dumps([message_id]), now],
    )


async def answered_elsewhere(
    policy: Policy,
    ticket: Ticket,
    channel: str,
    text: str,
    attachments: list[dict[str, Any]],
    inbox_id: int,
    now: datetime,
) -> Message:
    """Somebody of the office answered outside the helpdesk: the resident has an answer, whoever gave it."""
    message = await keep(ticket, text, attachments, inbox_id, now)
    await rows.change(ticket, last_staff_at=now)
    await record(ticket, EventKind.REPLIED, now, message=message.id, elsewhere=channel)
    await clocks.settle(policy, ticket)
    return message


async def keep(ticket: Ticket, text: str, attachments: list[dict[str, Any]], inbox_id: int, now: datetime) -> Message:
    """Words to the resident of nobody we know by name, kept with the ticket; they change nothing else."""
    return await Message.create(
        ticket=ticket, direction=Direction.OUT, text=text, attachments=attachments, inbox_id=inbox_id, at=now
    )
