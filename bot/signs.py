"""What became of an officer's answer, as a sign under their own message where the network has such a thing.

Which answer a message of an officer became is known by the event the answer came from.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from bot.context import Context
from tickets import outbox, rows
from tickets.models import InboxRow, Message, OutboxKind, OutboxRow, OutboxState, Priority, Ticket

if TYPE_CHECKING:
    from bot.wiring import Desk

# Of the signs Telegram lets a bot set (core.telegram.org/bots/api#reactiontypeemoji, 2026-11).
TAKEN = "✍"
_SIGNS = {
    OutboxState.SENT: "👌",
    OutboxState.DELIVERED: "👍",
    OutboxState.READ: "👀",
    OutboxState.FAILED: "💔",
}


async def taken(ctx: Context, ticket: Ticket, source: InboxRow, key: str, **values: Any) -> None:
    """Show the officer that their words were taken: by a sign where it is plain which ticket they go to, else in words.

    `source` is what they said; it is plain when they answered a message, or named the number.
    """
    channel = ctx.desk.channels.get(source.channel)
    plain = source.id == ctx.row.id and (bool(source.reply_to) or str(ticket.number) in source.text)
    if channel is not None and channel.capabilities.reactions and source.message_id and plain and not ctx.row.press_id:
        await _sign(source, TAKEN, ctx.now)
    else:
        await ctx.say(key, ticket=ticket, number=ticket.number, **values)


def wanted(row: OutboxRow) -> bool:
    """Whether `row` is an answer of an officer, who may look for a sign of it."""
    return row.author_id is not None and row.message_id is not None and row.kind is OutboxKind.MESSAGE


async def moved(desk: "Desk", row: OutboxRow, now: datetime) -> None:
    """An answer of an officer has left, arrived or failed: the sign under their message says so."""
    if not wanted(row):
        return
    answer = await rows.first(Message, "id = $1", [row.message_id])
    said = await rows.first(InboxRow, "id = $1", [answer.inbox_id]) if answer is not None and answer.inbox_id else None
    channel = desk.channels.get(said.channel) if said is not None else None
    if said is None or channel is None or not channel.capabilities.reactions or not said.message_id:
        return
    state = await OutboxRow.filter(id=row.id).values_list("state", flat=True)
    sign = _SIGNS.get(OutboxState(str(state[0]))) if state else None
    if sign is not None:
        await _sign(said, sign, now)


async def _sign(said: InboxRow, sign: str, now: datetime) -> None:
    where = {"office": said.office, "channel": said.channel, "chat": said.chat}
    earlier = OutboxRow.filter(**where, kind=OutboxKind.REACT, reply_to=said.message_id, state=OutboxState.QUEUED)
    await earlier.update(state=OutboxState.DROPPED)
    await outbox.put(
        office=said.office,
        channel=said.channel,
        chat=said.chat,
        now=now,
        text=sign,
        kind=OutboxKind.REACT,
        reply_to=said.message_id,
        priority=Priority.ANSWER,
    )
