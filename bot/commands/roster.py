"""`/lichtruc`: the duty roster of the areas, a day or a week of it, and changing single days."""

from datetime import date, timedelta

from bot import areas, calendar_page, day_words, guard, notices
from bot.commands.duty import absence_line
from bot.context import Context
from bot.registry import Audience, command
from tickets import duty, people, rights
from tickets.acts import ActKind
from tickets.duty import AFTERNOON, HALVES, MORNING, Plan
from tickets.errors import UnknownArea
from tickets.folding import fold
from tickets.models import Staff

AS_WRITTEN = ("bo", "nhutep", "undo")
WEEK = ("tuan", "week")
SHOWN = 7  # days


@command("lichtruc", "lịch trực", "roster", audience=Audience.STAFF, free_text=True)
async def roster(ctx: Context) -> None:
    """/lichtruc [DAY|tuan] shows; /lichtruc DAY[..DAY] [sáng|chiều] @area NAME, NAME[; reason] changes; `bo` undoes."""
    line = ctx.args.strip()
    today = calendar_page.today(ctx)
    if not line or fold(line) in WEEK:
        await _show(ctx, [today + timedelta(days=number) for number in range(SHOWN if line else 1)])
        return
    meant = day_words.understand(day_words.ranged(line), today)
    if not meant.area and not meant.reason:
        await _show(ctx, list(meant.days))
        return
    rights.require_office(ctx.officer, "roster")
    area = _area(ctx, meant.area)
    rights.require_area(ctx.desk.policy, ctx.officer, area)
    names, _, reason = meant.reason.partition(";")
    if not names.strip():
        await ctx.say("duty.roster_how")
        return
    chosen = HALVES if meant.morning is None else (MORNING if meant.morning else AFTERNOON,)
    await _change(ctx, area, list(meant.days), chosen, names.strip(), reason.strip())


async def _change(ctx: Context, area: str, days: list[date], chosen: tuple[str, ...], names: str, reason: str) -> None:
    policy = ctx.desk.policy
    meant = None
    if fold(names) not in AS_WRITTEN:
        meant = [await people.find_staff(ctx.officer.office, one.strip()) for one in names.split(",") if one.strip()]
        strangers = [one for one in meant if not rights.has_area(policy, one, area)]
        if strangers:
            await ctx.say("staff.not_their_area", name=strangers[0].name, area=policy.areas[area].name)
            return
    await duty.write(policy, area, days, chosen, meant, ctx.officer, reason, ctx.now)
    name, when, part = policy.areas[area].name, calendar_page.days(ctx, days), _halves(ctx, chosen)
    who = ", ".join(one.name for one in meant) if meant is not None else ctx.word("duty.as_written")
    what = ctx.desk.texts.say(
        ctx.desk.office.language, "duty.roster_what", area=name, days=when, halves=part, people=who
    )
    await guard.noted(ctx.officer, ctx.officer, ActKind.ROSTER, what, ctx.now, reason)
    await ctx.say("duty.roster_changed", area=name, days=when, halves=part, people=who)
    for one in meant or []:
        if one.id != ctx.officer.id:
            text = ctx.desk.texts.say(one.language, "duty.roster_yours", who=ctx.officer.name, what=what)
            await notices.to_staff(one, ctx.now, text)
    if calendar_page.today(ctx) in days:
        await guard.change(ctx.desk, ctx.now, areas=(area,))


def _area(ctx: Context, said: str) -> str:
    """The area meant; without a word, the only one of the officer."""
    if not said and len(ctx.officer.areas) == 1:
        return ctx.officer.areas[0]
    found = areas.named(ctx, said)
    if found is None:
        raise UnknownArea(area=said)
    return found


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
            lines += [_plan_line(ctx, one, names) for one in found] or [ctx.word("duty.roster_empty")]
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


def _plan_line(ctx: Context, plan: Plan, names: dict[int, str]) -> str:
    unknown = [ctx.word("duty.unknown", name=name) for name in plan.unknown]
    who = [names[one] for one in plan.people if one in names]
    return ctx.word(
        "duty.roster_line",
        area=ctx.desk.policy.areas[plan.area].name,
        half=ctx.word(f"duty.{plan.half}"),
        people=", ".join([*who, *unknown]) or ctx.word("duty.nobody"),
    )
