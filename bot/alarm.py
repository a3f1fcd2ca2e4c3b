"""A resident's later words that speak of danger: their ticket cannot wait any more, and everybody hears it at once."""

from bot import notices
from bot.context import Context
from tickets import queries, steering
from tickets.matching import Match
from tickets.models import Status, Ticket
from tickets.status import LIVE


async def raised(ctx: Context, ticket: Ticket, match: Match) -> bool:
    """Make the ticket urgent if the words kept just now call for it. Whether it was not urgent before.

    A ticket not yet routed is told of by the routing that follows; every other here: the area's people and those above
    them get a new card, the owner a line, the resident the numbers to call.
    """
    if not match.urgent or ticket.status not in LIVE:
        return False
    if not await steering.raise_alarm(ctx.desk.policy, ticket, ctx.now, match.danger):
        return False
    if ticket.status is Status.NEW:
        return True
    ticket = await queries.reload(ticket)
    await notices.routed(ctx.desk, ticket, ctx.now, anew=True)
    if ticket.assignee is not None:
        owner = ticket.assignee
        text = ctx.desk.texts.say(owner.language, "staff.alarm", number=ticket.number)
        await notices.to_staff(owner, ctx.now, text, ticket=ticket)
    await notices.in_danger(ctx.desk, ticket, ctx.now, match.danger)
    return True
