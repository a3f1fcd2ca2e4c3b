"""Pictures sent together, which networks bring one by one: kept as one message, and sent on as one."""

from datetime import datetime, timedelta

from bot import live_cards
from bot.context import Context
from tickets import outbox, rows
from tickets.models import InboxRow, Message, OutboxKind, OutboxRow, OutboxState, Ticket

# How long a message with part of an album waits for the rest: Telegram brings ten pictures within a second.
HOLD = timedelta(seconds=1.5)


async def joined(ctx: Context) -> bool:
    """Add a further part of an album to the message its first part became. False when there is no such message."""
    row = ctx.row
    if not row.album:
        return False
    first = await rows.first(
        InboxRow,
        'office = $1 AND channel = $2 AND chat = $3 AND album = $4 AND "user" = $5 AND id < $6 ORDER BY id',
        [row.office, row.channel, row.chat, row.album, row.user, row.id],
    )
    if first is None:
        return False
    message = await rows.first(Message, "inbox_id = $1", [first.id])
    if message is None:
        # the first part was answered already: nine more pictures need no nine more answers
        return ctx.staff is not None
    # whoever claims the ticket just now reads the message too: one of us must see what the other did
    await rows.find(Ticket, "id = $1 FOR UPDATE", [message.ticket_id])
    message = await Message.get(id=message.id)
    text = "\n".join(part for part in (message.text, row.text) if part)
    attachments = [*message.attachments, *row.attachments]
    await Message.filter(id=message.id).update(text=text, attachments=attachments)
    await _carry_on(ctx, message, row)
    await live_cards.refresh(ctx.desk, await Ticket.get(id=message.ticket_id), ctx.now)
    return True


async def _carry_on(ctx: Context, message: Message, row: InboxRow) -> None:
    """Those who get the first part get this one with it, or after it when that has left already."""
    told = await rows.find(
        OutboxRow,
        "message_id = $1 AND kind = 'message' AND attachments <> '[]' ORDER BY id",
        [message.id],
    )
    for one in {(each.channel, each.chat): each for each in told}.values():
        grown = OutboxRow.filter(id=one.id, state=OutboxState.QUEUED)
        if await grown.update(attachments=[*one.attachments, *row.attachments]):
            continue
        await outbox.put(
            office=one.office,
            channel=one.channel,
            chat=one.chat,
            now=ctx.now,
            text=row.text,
            attachments=row.attachments,
            kind=OutboxKind.MESSAGE,
            message_id=message.id,
            ticket=await Ticket.get(id=one.ticket_id) if one.ticket_id else None,
            hold=HOLD,
        )


async def hold(row: InboxRow, now: datetime) -> datetime | None:
    """Keep what the first part of an album caused until the rest is there. Returns until when, None for no album."""
    if not row.album:
        return None
    message = await rows.first(Message, "inbox_id = $1", [row.id])
    if message is not None:
        waits = OutboxRow.filter(message_id=message.id, state=OutboxState.QUEUED, kind=OutboxKind.MESSAGE)
        await waits.exclude(attachments=[]).update(due_at=now + HOLD)
    return now + HOLD
