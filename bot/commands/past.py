"""`/lichsu`: everything a resident has asked, on whatever app, from one of their tickets."""

from bot import cards, paging, times
from bot.context import Context
from bot.registry import Audience, command
from tickets import queries
from tickets.models import Ticket

PAGE = 8
SUBJECT = 70  # characters


@command("lichsu", "lịch sử", "history", audience=Audience.STAFF, ticket=True, free_text=True)
async def history(ctx: Context) -> None:
    """/lichsu NUMBER [trang N]: the resident's tickets across channels, newest first; of other areas how many."""
    ticket = ctx.about_ticket
    page = paging.asked(ctx.args, number_is_page=True).page
    found, count, hidden = await queries.past_of(ctx.desk.policy, ctx.officer, ticket, PAGE, (page - 1) * PAGE)
    channels = await queries.channels_of(ticket)
    name = cards.masked(ctx.desk, ticket.contact, ctx.language)
    text = ctx.word("past.head", name=name, count=count, channels=", ".join(channels))
    lines = [paging.head(ctx, text, page, PAGE, count), *(_line(ctx, one) for one in found)]
    if hidden:
        lines.append(ctx.word("past.hidden", count=hidden))
    buttons = [[(ctx.word("button.show_number", number=one.number), f"/xem {one.number}")] for one in found[:5]]
    turns = paging.turns(ctx, f"/lichsu {ticket.number}", page, PAGE, count)
    await paging.show(ctx, "\n".join(lines), [*buttons, turns] if turns else buttons)


def _line(ctx: Context, ticket: Ticket) -> str:
    """One ticket; what was said stays out of groups."""
    into = ticket.merged_into.number if isinstance(ticket.merged_into, Ticket) else 0
    return ctx.word(
        "past.line",
        number=ticket.number,
        day=times.moment(ctx.desk, ctx.language, ticket.opened_at, ctx.now),
        channel=ticket.contact.channel,
        area=cards.area_name(ctx.desk, ticket.area, ctx.language),
        status=ctx.word("card.state_merged", into=into) if into else ctx.word(f"status.{ticket.status}"),
        words="" if ctx.row.group else cards.excerpt(ticket.subject, SUBJECT),
    )
