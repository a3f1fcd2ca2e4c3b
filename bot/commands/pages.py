"""`/tiep` and `/truoc`: turning the page of a list by a word, where there is no button to press."""

from bot import paging
from bot.context import Context
from bot.registry import Audience, command


@command("tiep", "tiếp", "xem tiếp", "next", audience=Audience.STAFF)
async def onwards(ctx: Context) -> None:
    """The next page of the newest list in this chat."""
    await _turn(ctx, back=False)


@command("truoc", "trước", "trang trước", "back", audience=Audience.STAFF)
async def backwards(ctx: Context) -> None:
    """The page before, of the newest list in this chat."""
    await _turn(ctx, back=True)


async def _turn(ctx: Context, *, back: bool) -> None:
    line = await paging.turned(ctx, back=back)
    parsed = ctx.desk.commands.find(line, staff=True) if line is not None else None
    if parsed is None:
        await ctx.say("common.no_page")
        return
    ctx.args = parsed.args
    await parsed.command.run(ctx)
