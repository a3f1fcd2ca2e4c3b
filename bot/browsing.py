"""Looking around in the catalogue: areas by the page, and the procedures of an area by the page."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from bot.context import Buttons, Context
from config.catalogue import Procedure

PAGE = 6  # lines of a page; with the way on and a person a chat shows them without scrolling
PAGES = "trang"  # `/thutuc trang 2`


async def areas(ctx: Context, number: int = 1) -> None:
    """The areas that have procedures, a page of them; words typed instead are looked up."""
    names = [
        (ctx.desk.policy.areas[one.id].name, f"/thutuc {one.id}")
        for one in ctx.desk.catalogue.areas.values()
        if one.id in ctx.desk.policy.areas and in_force(ctx, one.id)
    ]
    shown, number, last = _page(names, number)
    await ctx.say(
        "resident.which_procedure",
        buttons=[*shown, *_further(ctx, number, last, PAGES)],
    )


async def area(ctx: Context, wanted: str, number: int = 1) -> None:
    """The procedures of an area, a page of them."""
    found = in_force(ctx, wanted)
    person = [[(ctx.word("button.person"), "/gapcanbo")]]
    if not found:
        await ctx.say("resident.no_procedure", buttons=person)
        return
    shown, number, last = _page([(one.name, f"/thutuc {one.code}") for one in found], number)
    await ctx.say("resident.procedures", buttons=[*shown, *_further(ctx, number, last, wanted), *person])


def asked(ctx: Context, words: str) -> tuple[str, int] | None:
    """What `words` ask to look around in: an area's id or `PAGES`, and a page; None when they are a question."""
    name, _, page = words.strip().partition(" ")
    if name != PAGES and name not in ctx.desk.catalogue.areas:
        return None
    page = page.strip()
    if page and not (page.isascii() and page.isdigit()):
        return None
    return name, int(page[:4] or 1)


def in_force(ctx: Context, area: str) -> list[Procedure]:
    """The procedures of an area that hold today."""
    today = ctx.now.astimezone(ZoneInfo(ctx.desk.policy.calendar.timezone)).date()
    return [one for one in ctx.desk.catalogue.of_area(area) if one.code and one.in_force(today)]


def _page(lines: Sequence[tuple[str, str]], number: int) -> tuple[Buttons, int, int]:
    """A page of lines as buttons, its number (the nearest there is) and the number of the last page."""
    last = max(1, -(-len(lines) // PAGE))
    number = min(max(number, 1), last)
    return [[line] for line in lines[(number - 1) * PAGE : number * PAGE]], number, last


def _further(ctx: Context, number: int, last: int, of: str) -> Buttons:
    ways = []
    if number > 1:
        ways.append((ctx.word("button.earlier"), f"/thutuc {of} {number - 1}"))
    if number < last:
        ways.append((ctx.word("button.further", page=number + 1, last=last), f"/thutuc {of} {number + 1}"))
    return [ways] if ways else []
