"""Several matters in one message: the first is routed, the others are offered tickets of their own."""

from bot import notices, own_models
from bot.context import Context
from tickets import lifecycle, matching
from tickets.models import Ticket


async def needs(ctx: Context, text: str) -> list[str]:
    """The areas of this office that parts of the resident's words surely speak of, as they come; none for words in one
    part, which were understood as a whole already.
    """
    if len(matching.parts(text)) <= 1:
        return []
    index = await own_models.index(ctx.desk, ctx.now)
    found = matching.needs(text, index)[: matching.CHOICES]
    return [one.id for one in found if one.id in ctx.desk.policy.areas]


async def opened(ctx: Context, ticket: Ticket, wanted: list[str]) -> None:
    """Route a new ticket to the first of its areas, and offer a ticket for each of the others."""
    policy, now = ctx.desk.policy, ctx.now
    await lifecycle.route(policy, ticket, wanted[0], now, by="matcher")
    await notices.opened(ctx.desk, ticket, now)
    first, *others = ((area, policy.areas[area].name) for area in wanted)
    await ctx.say(
        "resident.also_asked",
        first=first[1],
        buttons=[[(ctx.word("button.also", area=name), f"/viecnua {ticket.number} {area}")] for area, name in others],
    )
