"""What staff say without a command: an answer to a resident's message is relayed, anything else stays here (P10)."""

from bot import dialogs, notices
from bot.context import Context
from bot.meant import answered
from channels.contract import InboundKind
from tickets import lifecycle, queries, rights
from tickets.models import OutboxRow, Ticket


async def said(ctx: Context, text: str) -> None:
    """Relay an answer to a message that showed a resident's words; otherwise say that nothing was sent to anybody."""
    if ctx.row.kind == InboundKind.UNSUPPORTED:
        await ctx.say("error.unsupported")
        return
    answered_row = await answered(ctx)
    if answered_row is not None and _shows_words(ctx, answered_row):
        ticket = await queries.reload(await Ticket.get(id=answered_row.ticket_id))
        await relay(ctx, await queries.standing(ticket), text)
        return
    if await dialogs.answered(ctx, text):
        return
    if not ctx.row.group:  # in a group people also talk with each other
        await ctx.say("staff.not_sent" if ctx.replies else "staff.not_sent_typed")


def _shows_words(ctx: Context, row: OutboxRow) -> bool:
    """Whether answering `row` is speaking to the resident.

    In a private chat that is so for the resident's words and the card that quotes them. In a group, people answer a
    card to talk about it with each other, so there it never is.
    """
    return row.ticket_id is not None and not ctx.row.group and (row.card or row.message_id is not None)


async def relay(ctx: Context, ticket: Ticket, text: str) -> None:
    """Send words and papers of an officer to the resident of `ticket`, and say that they are on their way."""
    officer = ctx.officer
    unclaimed = ticket.assignee_id is None
    rights.require_ticket(ctx.desk.policy, officer, "reply", ticket)
    message = await lifecycle.reply(ctx.desk.policy, ticket, officer, text, ctx.row.attachments, ctx.now)
    if unclaimed:
        await notices.claimed(ctx.desk, ticket, officer, ctx.now)
    await notices.replied(ctx.desk, ticket, message, officer, ctx.now)
    await ctx.say("staff.reply_on_its_way", ticket=ticket, number=ticket.number)
