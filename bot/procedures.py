"""Looking up a procedure by everyday words, telling only what the catalogue holds as certain."""

from zoneinfo import ZoneInfo

from bot.context import Buttons, Context
from config.catalogue import Procedure
from tickets import matching

SHOWN = 3
_FIELDS = ("documents", "time_limit", "fee", "form")


async def look_up(ctx: Context, words: str) -> None:
    """The procedure meant by `words` with its certain facts, or up to three to choose from."""
    catalogue = ctx.desk.catalogue
    exact = catalogue.procedure(words.strip())
    if exact is not None:
        await _show(ctx, exact)
        return
    today = ctx.now.astimezone(ZoneInfo(ctx.desk.policy.calendar.timezone)).date()
    codes = [one.id for one in matching.match(words, ctx.desk.index).procedures[:SHOWN]]
    found = [one for code in codes if (one := catalogue.procedure(code)) is not None and one.in_force(today)]
    if not found:
        await ctx.say("resident.no_procedure", buttons=_person(ctx))
        return
    if len(found) == 1:
        await _show(ctx, found[0])
        return
    choices = [[(one.name, f"/thutuc {one.code}")] for one in found]
    await ctx.say("resident.procedures", buttons=[*choices, *_person(ctx)])


def _person(ctx: Context) -> Buttons:
    return [[(ctx.word("button.person"), "/gapcanbo")]]


async def _show(ctx: Context, procedure: Procedure) -> None:
    area = ctx.desk.policy.areas.get(procedure.area)
    lines = [
        ctx.word(
            "procedure.head",
            name=procedure.name,
            code=procedure.code or "",
            area=area.name if area else "",
            where=(area.counter or area.department) if area else ctx.desk.policy.name,
        )
    ]
    for field in _FIELDS:
        value = getattr(procedure, field)
        if value and procedure.sure_of(field):
            told = "; ".join(value) if isinstance(value, tuple) else str(value)
            lines.append(ctx.word(f"procedure.{field}", value=told))
    if procedure.recalled_fields:
        lines.append(ctx.word("procedure.confirm"))
    if area is not None and area.outside is not None:
        lines.append(ctx.word("procedure.outside", body=area.outside.name, address=area.outside.address))
    await ctx.answer("\n".join(lines), buttons=_person(ctx))
