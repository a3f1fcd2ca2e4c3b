"""`/tim`: finding a ticket again by its words, a name, the end of a phone number; `/henlai`: putting one aside."""

from bot import moments, notices, times
from bot.commands.staff import ticket_line
from bot.context import Context
from bot.registry import Audience, command
from tickets import lifecycle, queries, rights

SHORTEST = 2  # letters worth looking for


@command("tim", "tìm", "search", audience=Audience.STAFF, free_text=True)
async def search(ctx: Context) -> None:
    """/tim WORDS: tickets whose words or resident's name have them all, marks or not; digits are a phone's end."""
    rights.require_office(ctx.officer, "queue")
    words, _, page = ctx.args.partition(" trang ")
    if len(words.strip()) < SHORTEST:
        await ctx.say("staff.search_how")
        return
    number = int(page) if page.strip().isdecimal() and page.strip().isascii() and int(page[:4]) > 0 else 1
    found, count = await queries.search(ctx.desk.policy, ctx.officer, words, (number - 1) * queries.PAGE)
    if not found:
        await ctx.say("staff.search_empty", words=words.strip())
        return
    lines = [ctx.word("staff.search_head", count=count), *(ticket_line(ctx, one) for one in found)]
    buttons = [[(ctx.word("button.show_number", number=one.number), f"/xem {one.number}")] for one in found[:5]]
    more = f"/tim {words.strip()} trang {number + 1}"
    if number * queries.PAGE < count:
        buttons.append([(ctx.word("button.more"), more)])
    await ctx.answer("\n".join(lines), buttons=buttons)


@command("henlai", "hẹn lại", "snooze", audience=Audience.STAFF, ticket=True, free_text=True)
async def snooze(ctx: Context) -> None:
    """/henlai NUMBER WHEN: the ticket comes back to its owner then; the clock goes on, for it is our own decision."""
    ticket = ctx.about_ticket
    until = moments.moment(ctx.args, ctx.now, ctx.desk.policy.calendar) if ctx.args else None
    if until is None:
        await ctx.say("staff.snooze_how", number=ticket.number)
        return
    await lifecycle.snooze(ctx.desk.policy, ticket, ctx.officer, until, ctx.now)
    await notices.refresh_cards(ctx.desk, ticket, ctx.now)
    when = times.moment(ctx.desk, ctx.language, until, ctx.now)
    await ctx.say("staff.snoozed", number=ticket.number, when=when)
