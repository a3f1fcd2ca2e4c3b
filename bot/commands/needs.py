"""A second matter in one message gets a ticket of its own, when the resident says so."""

from bot import notices
from bot.areas import take_area
from bot.commands.resident import own_ticket
from bot.context import Context
from bot.registry import Audience, command
from tickets import lifecycle, people
from tickets.models import Ticket


@command("viecnua", "việc nữa", "also", audience=Audience.RESIDENT, free_text=True)
async def also(ctx: Context) -> None:
    """/viecnua NUMBER AREA, typed by a button: what the message of that ticket also asked, as a ticket of AREA."""
    number, _, choice = ctx.args.partition(" ")
    first = await own_ticket(ctx, number)
    area, _ = take_area(ctx, choice)
    policy, now = ctx.desk.policy, ctx.now
    resident = await people.resident_of(ctx.contact, now, ctx.desk.office.language)
    if await Ticket.filter(previous_id=first.id, area=area, resident_id=resident.id).exists():
        await ctx.say("resident.also_there")
        return
    ticket = await lifecycle.open_ticket(
        policy, ctx.contact, resident, first.subject, now, previous=first, catalogue=ctx.desk.catalogue.version
    )
    await lifecycle.resident_wrote(policy, ticket, ctx.contact, first.subject, [], now, inbox_id=ctx.row.id)
    await lifecycle.route(policy, ticket, area, now, by="resident")
    await notices.opened(ctx.desk, ticket, now)
