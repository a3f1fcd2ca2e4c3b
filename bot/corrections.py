"""An officer's words that have gone out, set right or taken back where the network lets us, and a word where not."""

from bot import reaching
from bot.context import Context
from channels.contract import InboundKind
from tickets import lifecycle, outbox, queries, rights, rows
from tickets.errors import NothingToSay
from tickets.models import (
    Direction,
    EventKind,
    InboxRow,
    Message,
    OutboxKind,
    OutboxRow,
    OutboxState,
    Priority,
    Ticket,
)


async def last_answer(ctx: Context, ticket: Ticket) -> Message | None:
    """What the officer said to the resident of `ticket` last."""
    return await rows.first(
        Message,
        "ticket_id = $1 AND direction = 'out' AND author_id = $2 ORDER BY id DESC",
        [ticket.id, ctx.officer.id],
    )


async def edited(ctx: Context) -> None:
    """The officer changed a message of theirs: an answer is set right, an edited command is not carried out again."""
    row = ctx.row
    said = await InboxRow.filter(
        office=row.office, channel=row.channel, chat=row.chat, message_id=row.message_id, kind=InboundKind.MESSAGE
    ).first()
    message = await Message.filter(inbox_id=said.id).first() if said is not None else None
    if message is None or message.direction is not Direction.OUT or message.author_id != ctx.officer.id:
        if said is not None and said.text != row.text and said.text.startswith("/") and not row.group:
            await ctx.say("staff.edited_command")
        return
    ticket = await queries.reload(await Ticket.get(id=message.ticket_id))
    await correct(ctx, ticket, message, words_of(ctx, row.text), source=row)


def words_of(ctx: Context, line: str) -> str:
    """The words for the resident in a line that may begin with a command and a number."""
    parsed = ctx.desk.commands.find(line, staff=True)
    if parsed is None:
        return line.strip()
    first, _, rest = parsed.args.partition(" ")
    return rest.strip() if first.lstrip("#").isdigit() else parsed.args.strip()


async def correct(
    ctx: Context, ticket: Ticket, message: Message, words: str, *, source: InboxRow | None = None
) -> None:
    """Put `words` in the place of an answer. `source`: the edit it comes from, if the officer edited their message.

    Raises NothingToSay for no words.
    """
    if not words:
        raise NothingToSay
    if words == message.text:
        return
    rights.require_ticket(ctx.desk.policy, ctx.officer, "reply", ticket)
    row = await _sent_row(message)
    text = ctx.desk.texts.say(
        ticket.resident.language, "resident.reply", number=ticket.number, officer=ctx.officer.name, words=words
    )
    if row is not None and row.state is OutboxState.QUEUED and await outbox.rewrite(row, text, row.buttons):
        await _changed(ctx, ticket, message, words)
        await ctx.say("staff.corrected", number=ticket.number)
    elif row is not None and row.provider_ids and _can(ctx, row, "edits"):
        await _changed(ctx, ticket, message, words)
        await outbox.put(
            office=row.office,
            channel=row.channel,
            chat=row.chat,
            now=ctx.now,
            text=text,
            kind=OutboxKind.EDIT,
            edits=row,
            ticket=ticket,
            author=ctx.officer,
            priority=Priority.ANSWER,
        )
        await ctx.say("staff.corrected", number=ticket.number)
    elif source is not None:
        again = [[(ctx.word("button.send_correction"), f"/guicho {ticket.number} {source.id}")]]
        await ctx.say("staff.cannot_correct", number=ticket.number, buttons=again)
    else:
        await _say_correction(ctx, ticket, message, words)


async def _say_correction(ctx: Context, ticket: Ticket, message: Message, words: str) -> None:
    """Where nothing sent can be changed, a correction is a message of its own."""
    await _changed(ctx, ticket, message, words)
    text = ctx.desk.texts.say(
        ticket.resident.language, "resident.correction", number=ticket.number, officer=ctx.officer.name, words=words
    )
    where = await reaching.of_resident(ctx.desk, ticket, ctx.now)
    await outbox.put(
        office=ticket.office,
        channel=where.channel,
        chat=where.chat,
        now=ctx.now,
        text=text,
        ticket=ticket,
        message_id=message.id,
        author=ctx.officer,
        priority=Priority.ANSWER,
    )
    await ctx.say("staff.corrected_anew", number=ticket.number)


async def withdraw(ctx: Context, ticket: Ticket, message: Message) -> None:
    """Take an answer back before or after it has left; where the network cannot, say what can be done instead."""
    rights.require_ticket(ctx.desk.policy, ctx.officer, "reply", ticket)
    row = await _sent_row(message)
    mark = ctx.desk.texts.say(ctx.desk.office.language, "staff.withdrawn_mark")
    waits = OutboxRow.filter(id=row.id if row else 0, state__in=[OutboxState.QUEUED, OutboxState.FAILED])
    if row is not None and await waits.update(state=OutboxState.DROPPED):
        await _changed(ctx, ticket, message, mark)
        await ctx.say("staff.withdrawn_before", number=ticket.number)
    elif row is not None and row.provider_ids and _can(ctx, row, "withdraws"):
        await _changed(ctx, ticket, message, mark)
        await outbox.put(
            office=row.office,
            channel=row.channel,
            chat=row.chat,
            now=ctx.now,
            kind=OutboxKind.WITHDRAW,
            edits=row,
            ticket=ticket,
            author=ctx.officer,
            priority=Priority.ANSWER,
        )
        await ctx.say("staff.taken_back", number=ticket.number)
    else:
        await ctx.say("staff.cannot_withdraw", number=ticket.number)


async def _sent_row(message: Message) -> OutboxRow | None:
    """The row by which an answer goes to the resident."""
    return await rows.first(
        OutboxRow, "message_id = $1 AND author_id IS NOT NULL AND kind = 'message' ORDER BY id DESC", [message.id]
    )


def _can(ctx: Context, row: OutboxRow, what: str) -> bool:
    channel = ctx.desk.channels.get(row.channel)
    able = channel is not None and bool(getattr(channel.capabilities, what))
    return able and (what != "edits" or not row.attachments)


async def _changed(ctx: Context, ticket: Ticket, message: Message, words: str) -> None:
    """The ticket keeps what stood there before, and who changed it."""
    await Message.filter(id=message.id).update(text=words, earlier_texts=[*message.earlier_texts, message.text])
    await lifecycle.record(ticket, EventKind.NOTED, ctx.now, staff=ctx.officer, message=message.id, corrected=True)
