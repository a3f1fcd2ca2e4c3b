"""Looking up a procedure by everyday words, telling as fact only what the catalogue or a person is certain of."""

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from bot import browsing, own_models
from bot.context import Buttons, Context
from config.catalogue import Procedure
from tickets import matching, teaching
from tickets.matching import Candidate

SHOWN = 3
CLEAR = 0.75  # a procedure so likely is shown without asking which
FIELDS = ("documents", "time_limit", "fee", "form", "online_level", "result")
_SHORT_FIELDS = ("documents", "time_limit", "fee")
_SHORT_LIMIT = 395  # characters: three parts of an SMS of 153, less the choices below


async def look_up(ctx: Context, words: str) -> None:
    """The procedure meant by `words`, or up to three to choose from; an area's id lists the procedures of the area."""
    catalogue = ctx.desk.catalogue
    exact = catalogue.procedure(words.strip())
    if exact is not None:
        await _show(ctx, exact)
        return
    around = browsing.asked(ctx, words)
    if around is not None:
        area, page = around
        await (browsing.areas(ctx, page) if area == browsing.PAGES else browsing.area(ctx, area, page))
        return
    likely = matching.match(words, await own_models.index(ctx.desk, ctx.now))
    found = _in_force(ctx, likely.procedures[:SHOWN])
    if found and likely.procedures[0].confidence >= CLEAR and found[0].code == likely.procedures[0].id:
        found = found[:1]
    if not found:
        await ctx.say("resident.no_procedure", buttons=_person(ctx))
        return
    if len(found) == 1:
        await _show(ctx, found[0])
        return
    choices = [[(one.name, f"/thutuc {one.code}")] for one in found]
    await ctx.say("resident.procedures", buttons=[*choices, *_person(ctx)])


def _in_force(ctx: Context, likely: tuple[Candidate, ...]) -> list[Procedure]:
    procedures = (ctx.desk.catalogue.procedure(one.id) for one in likely)
    return [one for one in procedures if one is not None and one.in_force(today(ctx))]


def today(ctx: Context) -> date:
    return ctx.now.astimezone(ZoneInfo(ctx.desk.policy.calendar.timezone)).date()


def _person(ctx: Context) -> Buttons:
    return [[(ctx.word("button.person"), "/gapcanbo")]]


async def _show(ctx: Context, procedure: Procedure) -> None:
    await ctx.answer(await card(ctx, procedure), buttons=_person(ctx))


async def card(ctx: Context, procedure: Procedure) -> str:
    """What is known of a procedure, as long as the network bears: what is not certain is left out, and that is said.

    The office's own word on fee, time, link and counter goes before the catalogue's, and counts as certain.
    """
    desk = ctx.desk
    short = _short(ctx)
    area = desk.policy.areas.get(procedure.area)
    own = desk.office.procedures.get(procedure.code or "")
    where = own.counter or own.department if own is not None else None
    where = where or ((area.counter or area.department) if area else "") or desk.policy.name
    head = "procedure.head_short" if short else "procedure.head"
    lines = [
        ctx.word(head, name=procedure.name, code=procedure.code or "", area=area.name if area else "", where=where)
    ]
    confirmed = await teaching.confirmed(desk.policy.office, procedure.code or "")
    left_out = False
    for field in _SHORT_FIELDS if short else FIELDS:
        said = getattr(own, field, None) if own is not None else None
        value = said or told(procedure, field)
        if value and (said or procedure.sure_of(field) or confirmed.get(field) == value):
            lines.append(ctx.word(f"procedure.{field}", value=value))
        elif value:
            left_out = True
    if procedure.in_person:
        lines.append(ctx.word("procedure.in_person"))
    if own is not None and own.online:
        lines.append(ctx.word("procedure.online", value=own.online))
    if area is not None and area.outside is not None:
        lines.append(ctx.word("procedure.outside", body=area.outside.name, address=area.outside.address).rstrip())
    ends = [ctx.word("procedure.confirm")] if left_out else []
    source = ", ".join(procedure.sources[:1]) if not short else ""
    ends.append(
        ctx.word("procedure.by_machine", date=f"{desk.catalogue.as_of:%d/%m/%Y}", source=source and f" ({source})")
    )
    if short:
        room = _SHORT_LIMIT - sum(len(one) + 1 for one in ends)
        return "\n".join([_cut("\n".join(lines), room), *ends])
    return "\n".join([*lines, *ends])


def told(procedure: Procedure, field: str) -> str:
    """A field in words, empty when the catalogue has nothing there."""
    value: Any = getattr(procedure, field)
    return "; ".join(value) if isinstance(value, tuple) else str(value or "")


def _short(ctx: Context) -> bool:
    """Whether every part of a message is paid for, as on SMS."""
    channel = ctx.desk.channels.get(ctx.row.channel)
    return channel is not None and not channel.capabilities.diacritics


def _cut(text: str, room: int) -> str:
    return text if len(text) <= room else text[: room - 1].rsplit(" ", 1)[0] + "…"
