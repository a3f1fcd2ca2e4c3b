"""Who works when: `/truc` on and off, `/vang` away for a time, `/trahet` everything in hand back into the queue."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot import calendar_page, day_words, guard, handing, notices, times
from bot.commands.staff import show_waiting
from bot.context import Context
from bot.registry import Audience, command
from tickets import calendars, duty, hours, people, rights
from tickets import handing as hands
from tickets.acts import ActKind
from tickets.duty import AFTERNOON, MORNING
from tickets.folding import fold
from tickets.models import Absence, Staff

DUTY = {"on": True, "bat": True, "vao": True, "off": False, "tat": False, "nghi": False}
BACK = ("het", "xong", "huy", "over")
SPOKEN = r"(\d{1,2}[/.]\d\S*( .*)?|@.+|het)?"  # "vang hom nay" may be a yes without its marks

_STANDS_IN = re.compile(r"[;,]\s*(?:người\s+)?(?:thay|substitute)\s*:?\s+(?P<name>.+)$", re.IGNORECASE)


@command("truc", "trực", "duty", audience=Audience.STAFF, free_text=False, options=tuple(DUTY))
async def on_and_off(ctx: Context) -> None:
    """/truc on or off; without a word, the other of the two. Coming on duty ends an absence."""
    officer = ctx.officer
    wanted = DUTY.get(fold(ctx.args), not officer.on_duty)
    if wanted:
        for one in await duty.of_person(officer, ctx.now):
            if one.begun_at is not None:
                await duty.end(one, ctx.now)
    if await duty.turn(officer, ctx.now, on=wanted):
        what = ctx.desk.texts.say(ctx.desk.office.language, "duty.on" if wanted else "duty.off")
        await guard.noted(officer, officer, ActKind.DUTY, what, ctx.now)
    held = [] if wanted else await guard.held_by(officer)
    if held:
        buttons = guard.leaving_buttons(ctx.desk, officer)
        await ctx.say("duty.off_holding", count=len(held), buttons=buttons)
        return
    await ctx.say("staff.on_duty" if wanted else "staff.off_duty")
    if wanted and not ctx.row.group:
        await show_waiting(ctx)


@command("trahet", "trả hết", "releaseall", audience=Audience.STAFF)
async def release_all(ctx: Context) -> None:
    """Everything in my hands goes back into the queues of its areas."""
    handed = await hands.everything(ctx.desk.policy, ctx.officer, ctx.now, by=ctx.officer, reason="all")
    if not handed.count:
        await ctx.say("handover.nothing")
        return
    await handing.tell(ctx.desk, handed, ctx.officer, None, ctx.now)
    await ctx.say("duty.all_released", count=handed.count)


# ------------------------------------------------------------------------------------------------------------ absence


@command("vang", "vắng", "away", audience=Audience.STAFF, free_text=True, spoken=SPOKEN)
async def away(ctx: Context) -> None:
    """/vang DAY[..DAY] [sáng|chiều|HOURS] reason[; thay NAME]: away then; /vang het: back; with @NAME: for a colleague.

    What is in hand goes to the substitute, else back into the queue, when it begins.
    """
    line = ctx.args.strip()
    if not line:
        await _show_absences(ctx)
        return
    staff, line = await _whose(ctx, line)
    if fold(line) in BACK:
        await _back(ctx, staff)
        return
    substitute = None
    if found := _STANDS_IN.search(line):
        substitute = await people.find_staff(staff.office, found["name"].strip())
        line = line[: found.start()].strip()
    meant = day_words.understand(day_words.ranged(line), calendar_page.today(ctx))
    since, until = _span(ctx, meant)
    absence = await duty.enter(staff, since, until, ctx.now, by=ctx.officer, reason=meant.reason, substitute=substitute)
    what = f"{since.astimezone(_zone(ctx)):%d/%m %H:%M} – {until.astimezone(_zone(ctx)):%d/%m %H:%M}"
    await guard.noted(ctx.officer, staff, ActKind.ABSENCE, what, ctx.now, meant.reason)
    begun = since <= ctx.now
    await ctx.say(
        "duty.absence_entered_with" if substitute else "duty.absence_entered",
        name=staff.name,
        since=times.moment(ctx.desk, ctx.language, since, ctx.now),
        until=times.moment(ctx.desk, ctx.language, until, ctx.now),
        substitute=substitute.name if substitute else "",
    )
    if begun:
        await guard.begins(ctx.desk, absence, ctx.now)
        if staff.id == ctx.officer.id:
            await ctx.officer.refresh_from_db()
    elif staff.id != ctx.officer.id:
        text = ctx.desk.texts.say(staff.language, "duty.absence_for_you", who=ctx.officer.name, what=what)
        await notices.to_staff(staff, ctx.now, text)


async def _whose(ctx: Context, line: str) -> tuple[Staff, str]:
    """Whose absence it is: of the one who types, or with `@NAME:` in front, of a colleague."""
    if not line.startswith("@"):
        return ctx.officer, line
    name, colon, rest = line.partition(":")
    if not colon:
        name, _, rest = line.partition(" ")
    staff = await people.find_staff(ctx.officer.office, name if name[1:].isdigit() else name[1:].strip())
    if staff.id != ctx.officer.id:
        rights.require_office(ctx.officer, "absence")
        rights.require_over(ctx.desk.policy, ctx.officer, staff)
    return staff, rest.strip()


async def _back(ctx: Context, staff: Staff) -> None:
    open_ = await duty.of_person(staff, ctx.now)
    if not open_:
        await ctx.say("duty.not_away", name=staff.name)
        return
    for one in open_:
        await guard.ends(ctx.desk, one, ctx.now)
    if staff.id == ctx.officer.id:
        await ctx.officer.refresh_from_db()
    what = ctx.desk.texts.say(ctx.desk.office.language, "duty.taken_back")
    await guard.noted(ctx.officer, staff, ActKind.ABSENCE, what, ctx.now)
    await ctx.say("duty.absence_over", name=staff.name)


async def _show_absences(ctx: Context) -> None:
    lines = [ctx.word("duty.absences_head")]
    lines += [absence_line(ctx, one) for one in await duty.expected_away(ctx.officer.office, ctx.now)]
    if len(lines) == 1:
        lines = [ctx.word("duty.absences_none")]
    await ctx.answer("\n".join([*lines, ctx.word("duty.absence_how")]))


def absence_line(ctx: Context, absence: Absence) -> str:
    """Who is away, from when until when, and who stands in."""
    return ctx.word(
        "duty.absence_line_with" if absence.substitute else "duty.absence_line",
        name=absence.staff.name,
        since=times.moment(ctx.desk, ctx.language, absence.since, ctx.now),
        until=times.moment(ctx.desk, ctx.language, absence.until, ctx.now),
        substitute=absence.substitute.name if absence.substitute else "",
    )


def _span(ctx: Context, meant: day_words.Said) -> tuple[datetime, datetime]:
    """From the first moment meant to the first one after it."""
    calendar = ctx.desk.policy.calendar
    first, last = meant.days[0], meant.days[-1]
    since, until = calendars.begins(calendar, first), calendars.begins(calendar, last + timedelta(days=1))
    worked = duty.halves(calendar, first)
    if meant.sessions:
        since = hours.wall_moment(calendar, first, meant.sessions[0][0])
        until = hours.wall_moment(calendar, last, meant.sessions[-1][1])
    elif meant.morning is True and MORNING in worked:
        until = duty.halves(calendar, last).get(MORNING, worked[MORNING])[1]
    elif meant.morning is False and AFTERNOON in worked:
        since = worked[AFTERNOON][0]
    return since, until


def _zone(ctx: Context) -> ZoneInfo:
    return ctx.desk.policy.calendar.zone
