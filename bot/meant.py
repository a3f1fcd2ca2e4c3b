"""Which ticket a command is about: the number typed, the message answered, or the only one in hand."""

from bot import current, topics
from bot.context import Context
from bot.registry import Command
from tickets import outbox, queries, rights
from tickets.errors import TicketNotFound
from tickets.folding import fold
from tickets.models import OutboxRow, Ticket

ITSELF = ("xem", "gop")  # what these say of a ticket merged into another is about it; the others mean the whole
_DIGITS = 9  # a longer number is no ticket number, and no integer of the database either


async def ticket_meant(ctx: Context, command: Command) -> Ticket | None:
    """The ticket, with the number taken off `ctx.args`; None when it has to be asked for.

    Raises TicketNotFound for a number this office does not have, or that `ctx.officer` may not know of.
    """
    first, _, rest = ctx.args.partition(" ") if " " in ctx.args else (ctx.args.split("\n")[0], "", "")
    digits = number_said(first)
    if digits.isascii() and digits.isdigit():
        ctx.args = rest.strip()
        if len(digits) > _DIGITS:
            raise TicketNotFound(number=digits)
        return await _known(ctx, command, await queries.ticket_by_number(ctx.desk.policy, ctx.officer, int(digits)))
    answered = await answered_ticket(ctx)
    if answered is not None:
        return await _known(ctx, command, answered)
    here = await topics.ticket_in(ctx.row.office, ctx.row.channel, ctx.row.chat)
    if here is not None:
        return await _known(ctx, command, here)
    if command.name in ("nhan", "xem"):
        return None  # taking or opening the wrong one is worse than asking
    mine, count = await queries.mine(ctx.officer)
    return await queries.reload(mine[0]) if count == 1 else await current.meant(ctx)


def number_said(word: str) -> str:
    """The digits of a ticket number as people write it: 12, #12, THT-12, with a mark of punctuation behind."""
    return fold(word).lstrip("#").removeprefix("tht-").removeprefix("tht").rstrip(".,:;")


async def answered(ctx: Context) -> OutboxRow | None:
    """Our message that this one answers or whose button was pressed."""
    provider_id = ctx.row.reply_to or (ctx.row.message_id if ctx.row.press_id else "")
    if not provider_id:
        return None
    return await outbox.by_provider_id(ctx.row.office, ctx.row.channel, ctx.row.chat, provider_id)


async def answered_ticket(ctx: Context) -> Ticket | None:
    """The ticket our answered message was about."""
    row = await answered(ctx)
    if row is None or row.ticket_id is None:
        return None
    return await queries.reload(await Ticket.get(id=row.ticket_id))


async def _known(ctx: Context, command: Command, ticket: Ticket) -> Ticket:
    """A ticket of an area that is not theirs is named, so that they can send the matter on, but not shown."""
    if ticket.office != ctx.officer.office:
        raise TicketNotFound(number=ticket.number)
    rights.require_ticket(ctx.desk.policy, ctx.officer, "see", ticket)
    return ticket if command.name in ITSELF else await queries.standing(ticket)
