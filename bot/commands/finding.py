"""`/tim`: finding a ticket again by its words, a name, the end of a phone number; `/henlai`: putting one aside."""

from bot import cards, moments, notices, paging, times
from bot.commands.staff import ticket_line
from bot.context import Context
from bot.registry import Audience, command
from tickets import lifecycle, queries, rights, search

SHORTEST = 2  # letters worth looking for


@command("tim", "tìm", "search", audience=Audience.STAFF, free_text=True)
async def find(ctx: Context) -> None:
    """/tim WORDS: tickets that have all of them, marks or not; or a name, a number, a phone's end, a #tag."""
    rights.require_office(ctx.officer, "queue")
    meant = paging.asked(ctx.args)
    words = search.shortened(meant.words)
    if not words or (len(words) < SHORTEST and not words.isdigit()):
        await ctx.say("staff.search_how")
        return
    found, count = await search.search(ctx.desk.policy, ctx.officer, words, meant.offset(queries.PAGE))
    if not found:
        await ctx.say("staff.search_empty", words=cards.excerpt(meant.words, search.LONGEST))
        return
    head = paging.head(ctx, ctx.word("staff.search_head", count=count), meant.page, queries.PAGE, count)
    buttons = [[(ctx.word("button.show_number", number=one.number), f"/xem {one.number}")] for one in found[:5]]
    turns = paging.turns(ctx, f"/tim {words}", meant.page, queries.PAGE, count)
    text = "\n".join([head, *(ticket_line(ctx, one) for one in found)])
    await paging.show(ctx, text, [*buttons, turns] if turns else buttons)


@command("henlai", "hẹn lại", "snooze", audience=Audience.STAFF, ticket=True, free_text=True)
async def snooze(ctx: Context) -> None:
    """/henlai NUMBER WHEN: the ticket comes back to its owner then; the clock goes on, for it is our own decision."""
    ticket = ctx.about_ticket
    calendar = ctx.desk.policy.calendar_of(ticket.area)
    meant = moments.moment(ctx.args, ctx.now, calendar) if ctx.args else None
    if meant is None:
        await ctx.say("staff.snooze_how", number=ticket.number)
        return
    await lifecycle.snooze(ctx.desk.policy, ticket, ctx.officer, meant.at, ctx.now)
    await notices.refresh_cards(ctx.desk, ticket, ctx.now)
    when = times.moment(ctx.desk, ctx.language, meant.at, ctx.now)
    await ctx.say("staff.snooze_moved" if meant.moved else "staff.snoozed", number=ticket.number, when=when)
