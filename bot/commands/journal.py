"""`/nhatky`: every administrative act of the office, newest first, for those who answer for it."""

from bot import acts_page, paging
from bot.context import Context
from bot.registry import Audience, command
from tickets import acts, people, rights

PAGE = 10


@command("nhatky", "nhật ký", "journal", audience=Audience.SUPERVISOR, free_text=True)
async def journal(ctx: Context) -> None:
    """/nhatky [NAME] [trang N]: who changed what about people, rules and words of the office, and why."""
    rights.require_office(ctx.officer, "journal")
    if ctx.row.group:
        await ctx.say("acts.in_private")
        return
    meant = paging.asked(ctx.args, number_is_page=True)
    who = await people.find_staff(ctx.officer.office, meant.words) if meant.words else None
    found, count = await acts.log(ctx.officer.office, PAGE, meant.offset(PAGE), staff=who)
    if not found:
        await ctx.say("acts.empty")
        return
    head = paging.head(ctx, ctx.word("acts.head", count=count), meant.page, PAGE, count)
    turns = paging.turns(ctx, f"/nhatky @{who.id}" if who is not None else "/nhatky", meant.page, PAGE, count)
    await paging.show(ctx, "\n".join([head, *(acts_page.line(ctx, one) for one in found)]), [turns] if turns else [])
