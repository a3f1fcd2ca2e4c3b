"""Several matters of one resident: which there are, and which one the next words are about."""

from bot import dialogs, matters, own_models, resident_talk
from bot.commands.resident import own_ticket
from bot.context import Context
from bot.registry import Audience, command
from tickets import lifecycle, matching, people, queries
from tickets.models import InboxRow
from tickets.status import LIVE


@command("phieu", "phiếu", "matter", audience=Audience.RESIDENT, free_text=True, options=(matters.NEW,), settles=True)
async def choose(ctx: Context) -> None:
    """/phieu: my open matters; /phieu NUMBER: the next words are about this one; /phieu moi: about a new one."""
    wanted = ctx.args.strip()
    if wanted == matters.NEW:
        await _new(ctx)
        return
    if not wanted:
        await _list(ctx)
        return
    ticket = await own_ticket(ctx, wanted)
    kept = await matters.waiting(ctx)
    if ticket.status not in LIVE:
        await ctx.say("resident.closed_matter", number=ticket.number)
        if kept:
            await _open(ctx, kept)
        return
    if kept:
        await matters.put_into(ctx, ticket, kept)
        return
    await dialogs.put(ctx, matters.CHOSEN, ticket=ticket.id)
    await ctx.say("resident.matter_chosen", number=ticket.number)


async def _list(ctx: Context) -> None:
    await dialogs.forget(ctx)
    live = await queries.live_of_contact(ctx.contact)
    if not live:
        await ctx.say("resident.no_tickets")
        return
    await ctx.say("resident.matters", buttons=matters.choices(ctx, live))


async def _new(ctx: Context) -> None:
    kept = await matters.waiting(ctx)
    if kept:
        await _open(ctx, kept)
        return
    await dialogs.put(ctx, resident_talk.NEW_MATTER)
    await ctx.say("resident.new_matter")


async def _open(ctx: Context, kept: list[InboxRow]) -> None:
    """A ticket of their own for words that waited for a choice."""
    words = " ".join(row.text for row in kept if row.text.strip())
    match = matching.match(words, await own_models.index(ctx.desk, ctx.now))
    resident = await people.resident_of(ctx.contact, ctx.now, ctx.desk.office.language)
    policy = ctx.desk.policy
    ticket = await lifecycle.open_ticket(
        policy, ctx.contact, resident, words, ctx.now, urgent=match.urgent, catalogue=ctx.desk.catalogue.version
    )
    for row in kept:
        await lifecycle.resident_wrote(policy, ticket, ctx.contact, row.text, row.attachments, ctx.now, inbox_id=row.id)
    await resident_talk.decide(ctx, ticket, match)
