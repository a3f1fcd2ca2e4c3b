"""What staff say without a command: an answer to a resident's message is relayed, anything else stays here (P10)."""

from datetime import timedelta

from bot import cards, current, dialogs, files, notices, signs, strays
from bot.context import Context
from bot.meant import answered
from channels.contract import InboundKind
from tickets import lifecycle, queries, rights, rows
from tickets.models import InboxRow, Message, OutboxRow, Staff, Ticket

JUST_NOW = timedelta(minutes=1)  # an answer so fresh its colleagues may not have read


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
        choices = await current.choices_for(ctx)
        await ctx.say("staff.not_sent" if ctx.replies else "staff.not_sent_typed", buttons=choices)


def _shows_words(ctx: Context, row: OutboxRow) -> bool:
    """Whether answering `row` is speaking to the resident.

    It is so for the resident's own words, in a private chat and in the ticket's topic; in a private chat also for the
    card that quotes them. In a group, people answer a card to talk about it with each other, so there it never is.
    """
    return row.ticket_id is not None and (row.message_id is not None or (row.card and not ctx.row.group))


async def relay(
    ctx: Context, ticket: Ticket, text: str, *, source: InboxRow | None = None, knowingly: bool = False
) -> None:
    """Send words and papers of an officer to the resident of `ticket`, and show them that they are on their way.

    `source`: the message of theirs they stand in, when it is not the one being handled. A colleague's answer of a
    moment ago, which they cannot have seen, is shown first; `knowingly`: they have seen it.
    """
    officer, said = ctx.officer, source or ctx.row
    unclaimed = ticket.assignee_id is None
    rights.require_ticket(ctx.desk.policy, officer, "reply", ticket)
    if await strays.settled(ctx, ticket):
        return
    if not knowingly and await _crosses(ctx, ticket):
        return
    message = await lifecycle.reply(ctx.desk.policy, ticket, officer, text, said.attachments, ctx.now, inbox_id=said.id)
    if unclaimed:
        await notices.claimed(ctx.desk, ticket, officer, ctx.now)
    await notices.replied(ctx.desk, ticket, message, officer, ctx.now)
    name = cards.masked(ctx.desk, ticket.contact, ctx.language)
    await signs.taken(ctx, ticket, said, "staff.reply_on_its_way", name=name)
    await current.remember(ctx, ticket)
    target = ctx.desk.channels.get(ticket.contact.channel)
    papers = [files.attachment_of(one) for one in said.attachments]
    large = [one for one in papers if target is not None and files.is_too_large(ctx.desk, target, one)]
    if large:
        await ctx.say("files.not_carried", count=len(large), size=max(one.size for one in large) // 2**20)


async def _crosses(ctx: Context, ticket: Ticket) -> bool:
    """Ask before words go out that a colleague's answer has just overtaken. Of two at once the second waits here."""
    await rows.find(Ticket, "id = $1 FOR UPDATE", [ticket.id])
    last = await rows.first(
        Message,
        "ticket_id = $1 AND direction = 'out' AND author_id IS NOT NULL ORDER BY id DESC",
        [ticket.id],
    )
    if last is None or last.author_id == ctx.officer.id or ctx.now - last.at > JUST_NOW:
        return False
    colleague = await Staff.get(id=last.author_id)
    buttons = [
        [(ctx.word("button.send_all_the_same"), f"/guicho {ticket.number} {ctx.row.id}")],
        [(ctx.word("button.do_not_send"), "/huy")],
    ]
    await ctx.say(
        "staff.just_answered",
        number=ticket.number,
        who=colleague.name,
        words=cards.excerpt(last.text, cards.SHORT),
        buttons=buttons,
    )
    return True
