"""`/lichtruc`: the duty roster of the areas, a day or a week of it; changing single days, and every week."""

from datetime import date, timedelta
from itertools import groupby
from operator import itemgetter

from bot import areas, calendar_page, day_words, guard, notices, weekday_words
from bot.commands.duty import absence_line
from bot.context import Context
from bot.registry import Audience, command
from tickets import duty, people, rights, usual_week
from tickets.acts import ActKind
from tickets.duty import AFTERNOON, HALVES, MORNING, Named, Plan
from tickets.errors import UnknownArea
from tickets.folding import fold
from tickets.models import Staff

AS_WRITTEN = ("bo", "nhutep", "undo")
NOBODY = ("khongai", "nobody")
WEEK = ("tuan", "week")
SHOWN = 7  # days


@command("lichtruc", "lịch trực", "roster", audience=Audience.STAFF, free_text=True)
async def roster(ctx: Context) -> None:
    """/lichtruc [DAY|tuan] shows; /lichtruc DAY[..DAY] [sáng|chiều] @area NAME, NAME[; reason] changes; `bo` undoes.

    With weekdays for DAY (`thứ 2-6`, `t2-t6`) it is so every week from now on.
    """
    line = ctx.args.strip()
    today = calendar_page.today(ctx)
    if not line or fold(line) in WEEK:
        await _show(ctx, [today + timedelta(days=number) for number in range(SHOWN if line else 1)])
        return
    weekly = weekday_words.every_week(line)
    if weekly is not None:
        line = f"{today.isoformat()} {weekly.rest}"
    meant = day_words.understand(day_words.ranged(line), today)
    names, _, reason = meant.reason.partition(";")
    if weekly is not None and not (weekly.days and names.strip()):
        await _show_usual(ctx)
        return
    if not meant.area and not meant.reason:
        await _show(ctx, list(meant.days))
        return
    rights.require_office(ctx.officer, "roster")
    area = _area(ctx, meant.area)
    rights.require_area(ctx.desk.policy, ctx.officer, area)
    if not names.strip():
        await ctx.say("duty.roster_how")
        return
    chosen = HALVES if meant.morning is None else (MORNING if meant.morning else AFTERNOON,)
    named = await _named(ctx, area, names.strip())
    if not isinstance(named, Staff):
        await _change(ctx, area, weekly.days if weekly else meant.days, chosen, named, reason.strip())
        return
    await ctx.say("staff.not_their_area", name=named.name, area=ctx.desk.policy.areas[area].name)


async def _named(ctx: Context, area: str, names: str) -> list[Staff] | Staff | None:
    """Those named; None for what was written before; the first of them who does not look after `area`."""
    if fold(names) in AS_WRITTEN:
        return None
    if fold(names).replace(" ", "") in NOBODY:
        return []
    found = [await people.find_staff(ctx.officer.office, one.strip()) for one in names.split(",") if one.strip()]
    return next((one for one in found if not rights.has_area(ctx.desk.policy, one, area)), found)


async def _change(
    ctx: Context,
    area: str,
    days: tuple[date, ...] | tuple[int, ...],
    chosen: tuple[str, ...],
    meant: list[Staff] | None,
    reason: str,
) -> None:
    """Write it down: for weekdays (numbers) from now on, for days only then. Those named hear of it."""
    policy, today = ctx.desk.policy, calendar_page.today(ctx)
    weekdays, dates = [one for one in days if isinstance(one, int)], [one for one in days if isinstance(one, date)]
    if weekdays:
        await usual_week.write(policy, area, weekdays, chosen, meant, ctx.officer, reason, ctx.now)
        when = ctx.word("duty.every_week", days=weekday_words.said(ctx.desk, ctx.language, weekdays))
    else:
        await duty.write(policy, area, dates, chosen, meant, ctx.officer, reason, ctx.now)
        when = calendar_page.days(ctx, dates)
    name, part = policy.areas[area].name, _halves(ctx, chosen)
    who = ctx.word("duty.as_written" if weekdays else "duty.as_usual")
    if meant is not None:
        who = ", ".join(one.name for one in meant) or ctx.word("duty.nobody")
    what = ctx.desk.texts.say(
        ctx.desk.office.language, "duty.roster_what", area=name, days=when, halves=part, people=who
    )
    await guard.noted(ctx.officer, ctx.officer, ActKind.ROSTER, what, ctx.now, reason)
    key = "duty.roster_changed_weekly" if weekdays else "duty.roster_changed"
    await ctx.say(key, area=name, days=when, halves=part, people=who)
    for one in meant or []:
        if one.id != ctx.officer.id:
            text = ctx.desk.texts.say(one.language, "duty.roster_yours", who=ctx.officer.name, what=what)
            await notices.to_staff(one, ctx.now, text)
    if today in dates or today.weekday() in weekdays:
        await guard.change(ctx.desk, ctx.now, areas=(area,))


def _area(ctx: Context, said: str) -> str:
    """The area meant, or the one whose staff look after it; without a word, the only one of the officer."""
    if not said and len(ctx.officer.areas) == 1:
        return ctx.officer.areas[0]
    found = areas.named(ctx, said)
    if found is None:
        raise UnknownArea(area=said)
    return ctx.desk.policy.desk(found)


def _halves(ctx: Context, chosen: tuple[str, ...]) -> str:
    return ", ".join(ctx.word(f"duty.{half}") for half in chosen)


async def _show(ctx: Context, days: list[date]) -> None:
    policy = ctx.desk.policy
    staff = await Staff.filter(office=ctx.officer.office, active=True).order_by("name")
    names = {one.id: one.name for one in staff}
    lines = []
    for day in days:
        found = await duty.plans(policy, day, staff)
        if found or len(days) == 1:
            lines.append(ctx.word("duty.roster_day", day=calendar_page.days(ctx, [day])))
            lines += [_line(ctx, "duty.roster_line", one.area, one.half, one, names) for one in found] or [
                ctx.word("duty.roster_empty")
            ]
    if not lines:
        lines = [ctx.word("duty.roster_empty")]
    away_ = [one for one in await duty.expected_away(ctx.officer.office, ctx.now) if one.begun_at is not None]
    if away_:
        lines.append(ctx.word("duty.absences_head"))
        lines += [absence_line(ctx, one) for one in away_]
    present = ", ".join(one.name for one in staff if one.on_duty)
    lines.append(ctx.word("duty.present", names=present or ctx.word("duty.nobody")))
    if rights.at_least(ctx.officer, rights.OFFICE_RIGHTS["roster"]):
        lines.append(ctx.word("duty.roster_how"))
    await ctx.answer("\n".join(lines))


def _line(ctx: Context, key: str, area: str, half: str, found: Plan | Named, names: dict[int, str], **more: str) -> str:
    unknown = [ctx.word("duty.unknown", name=name) for name in found.unknown]
    who = [names[one] for one in found.people if one in names]
    return ctx.word(
        key,
        area=ctx.desk.policy.areas[area].name,
        half=ctx.word(f"duty.{half}"),
        people=", ".join([*who, *unknown]) or ctx.word("duty.nobody"),
        **more,
    )


async def _show_usual(ctx: Context) -> None:
    """The roster of a week as it is when no single day has been changed."""
    policy = ctx.desk.policy
    staff = await Staff.filter(office=ctx.officer.office, active=True).order_by("name")
    names = {one.id: one.name for one in staff}
    lines = []
    for area, slots in (await duty.usual(policy, staff)).items():
        for half in HALVES:
            week = [(slots.get((day, half)), day) for day in range(SHOWN)]
            for named, run in groupby(week, key=itemgetter(0)):
                if named is not None:
                    days = weekday_words.said(ctx.desk, ctx.language, [day for _, day in run])
                    lines.append(_line(ctx, "duty.usual_line", area, half, named, names, days=days))
    head = [ctx.word("duty.usual_head")] if lines else [ctx.word("duty.roster_empty")]
    how = [ctx.word("duty.roster_how")] if rights.at_least(ctx.officer, rights.OFFICE_RIGHTS["roster"]) else []
    await ctx.answer("\n".join([*head, *lines, *how]))
