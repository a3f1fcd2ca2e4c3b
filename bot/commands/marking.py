"""`/the`: tags on a ticket, put on and taken off by typing."""

from bot import paging
from bot.context import Context
from bot.registry import Audience, command
from tickets import tags

OFFERED = 6


@command("the", "thẻ", "tag", audience=Audience.STAFF, ticket=True, free_text=True)
async def tag(ctx: Context) -> None:
    """/the NUMBER WORD, WORD puts tags on; a word behind a minus is taken off; alone, those it has and could have."""
    ticket = ctx.about_ticket
    said = [part.strip() for part in ctx.args.split(",") if part.strip()]
    add = [" ".join(one.lstrip("+#").split()) for one in said if not one.startswith("-")]
    drop = [" ".join(one[1:].lstrip("#").split()) for one in said if one.startswith("-")]
    has = await tags.change(ctx.desk.policy, ticket, ctx.officer, add, drop, ctx.now)
    if said:
        key = "tag.has" if has else "tag.none"
        await ctx.say(key, number=ticket.number, tags=", ".join(has))
        return
    lines = [
        (one, f"/the {ticket.number} {one}") for one in await tags.known(ctx.desk.policy, OFFERED) if one not in has
    ]
    buttons = [[(f"+ {name}", line)] for name, line in lines if paging.fits(line)]
    buttons += [[(f"– {name}", line)] for name in has if paging.fits(line := f"/the {ticket.number} -{name}")]
    await ctx.say("tag.shown" if has else "tag.how", number=ticket.number, tags=", ".join(has), buttons=buttons)
