"""The office's calendar in words: its week, the special days to come, who changed what, and what is not yet certain."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING

from bot.context import Context
from config import national_days
from tickets import calendars, clocks, hours
from tickets.calendars import Change
from tickets.hours import Calendar, Session
from tickets.models import DayKind

if TYPE_CHECKING:
    from bot.wiring import Desk

AHEAD = timedelta(days=120)
SHOWN = 12
LOGGED = 10
WARNED_FROM = 10  # the month from which the coming year should be settled; plans were announced in October and later


def today(ctx: Context) -> date:
    """The day it is in the office."""
    return ctx.now.astimezone(ctx.desk.policy.calendar.zone).date()


async def overview(ctx: Context) -> str:
    """The week, today, what is special in the months to come, and whether the coming year is certain."""
    calendar, day = ctx.desk.policy.calendar, today(ctx)
    lines = [ctx.word("calendar.week", week=week(ctx.desk, ctx.language, calendar))]
    for area, own in sorted(ctx.desk.policy.calendars.items()):
        if own.week != calendar.week:
            name = ctx.desk.policy.areas[area].name
            lines.append(ctx.word("calendar.week_of_area", area=name, week=week(ctx.desk, ctx.language, own)))
    sessions = said(hours.sessions_on(calendar, day)) or ctx.word("calendar.closed")
    lines.append(ctx.word("calendar.today", sessions=sessions))
    coming = special(ctx, day, day + AHEAD)
    if coming:
        lines.append(ctx.word("calendar.coming"))
        lines += [await _line(ctx, one) for one in coming[:SHOWN]]
    warning = await unconfirmed(ctx.desk, ctx.language, ctx.now)
    lines += await _recounting(ctx)
    return "\n".join([*lines, *([warning] if warning else []), ctx.word("calendar.how")])


async def _recounting(ctx: Context) -> list[str]:
    """How far the worker is with counting due times anew after a change; nothing when it is done."""
    rules = ctx.desk.rules
    rows = await calendars.uncounted(rules.policy.office, await calendars.newest(rules.policy.office))
    if not rows:
        return []
    since = calendars.begins(rules.policy.calendar, min(row.day for row in rows))
    count = await clocks.affected(rules.policy, since)
    done = await clocks.affected(rules.policy, since, up_to=rows[-1].recounted_to)
    return [ctx.word("calendar.recounting", done=done, count=count)]


async def year(ctx: Context, number: int) -> str:
    """Every day of a year that is not as its weekday."""
    days_of_year = special(ctx, date(number, 1, 1), date(number, 12, 31))
    sure = number in national_days.load().announced or number in await calendars.confirmed(ctx.desk.policy.office)
    head = ctx.word("calendar.year" if sure else "calendar.year_unsure", year=number, count=len(days_of_year))
    return "\n".join([head, *[await _line(ctx, one) for one in days_of_year]])


async def log(ctx: Context) -> str:
    """Who changed what, when and why, the latest first."""
    rows = await calendars.log(ctx.desk.policy.office, LOGGED)
    if not rows:
        return ctx.word("calendar.log_empty")
    zone = ctx.desk.policy.calendar.zone
    lines = [ctx.word("calendar.log")]
    for row in rows:
        made = Change(row.day, row.kind, calendars.sessions_of(row), row.area)
        lines.append(
            ctx.word(
                "calendar.log_line",
                at=row.at.astimezone(zone).strftime("%H:%M %d/%m/%Y"),
                name=row.staff.name if row.staff else ctx.word("calendar.administrator"),
                what=change(ctx.desk, ctx.language, made),
                reason=row.reason or ctx.word("calendar.no_reason"),
            )
        )
    return "\n".join(lines)


async def unconfirmed(desk: "Desk", language: str, now: datetime) -> str:
    """What leads are told from October on while the coming year has no confirmed calendar; else nothing."""
    local = now.astimezone(desk.policy.calendar.zone).date()
    coming = local.year + 1
    if local.month < WARNED_FROM or coming in national_days.load().announced:
        return ""
    if coming in await calendars.confirmed(desk.policy.office):
        return ""
    return desk.texts.say(language, "calendar.unconfirmed", year=coming)


def special(ctx: Context, first: date, last: date) -> list[date]:
    """The days from `first` to `last` that are not worked as their weekday is."""
    calendar = ctx.desk.policy.calendar
    span = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return [day for day in span if hours.sessions_on(calendar, day) != calendar.week[day.weekday()]]


async def _line(ctx: Context, day: date) -> str:
    sessions = hours.sessions_on(ctx.desk.policy.calendar, day)
    reason = await calendars.reason(ctx.desk.policy.office, day) or national_days.load().note(day)
    return ctx.word(
        "calendar.day_hours" if sessions else "calendar.day_off",
        day=one_day(ctx.desk, ctx.language, day),
        sessions=said(sessions),
        note=f" ({reason})" if reason else "",
    )


def change(desk: "Desk", language: str, one: Change) -> str:
    """One change in words."""
    say = desk.texts.say
    if one.kind is DayKind.YEAR:
        return say(language, "calendar.change_year", year=one.day.year)
    area = f" ({desk.policy.areas[one.area].name})" if one.area in desk.policy.areas else ""
    return say(
        language,
        f"calendar.change_{one.kind}",
        day=one_day(desk, language, one.day) + area,
        sessions=said(one.sessions),
    )


def days(ctx: Context, wanted: Sequence[date]) -> str:
    """One day, or the first and last of several."""
    first, last = (one_day(ctx.desk, ctx.language, day) for day in (wanted[0], wanted[-1]))
    return first if first == last else f"{first} – {last}"


def one_day(desk: "Desk", language: str, day: date) -> str:
    """A day with its weekday, which shows a slip of the pen."""
    return f"{desk.texts.say(language, f'time.weekday_{day.weekday()}')} {day:%d/%m/%Y}"


def said(sessions: Iterable[Session]) -> str:
    """Sessions as 07:30–11:30, 13:30–17:00."""
    return ", ".join(
        f"{opens:%H:%M}–{'24:00' if f'{closes:%H%M}' == '0000' else f'{closes:%H:%M}'}" for opens, closes in sessions
    )


def week(desk: "Desk", language: str, calendar: Calendar) -> str:
    """The week with like days together; closed days are left out."""
    parts = []
    for sessions, same in groupby(range(7), key=lambda number: calendar.week[number]):
        numbers = list(same)
        if not sessions:
            continue
        first, last = (desk.texts.say(language, f"time.weekday_{number}") for number in (numbers[0], numbers[-1]))
        parts.append(f"{first if first == last else f'{first} – {last}'}: {said(sessions)}")
    return "; ".join(parts) or desk.texts.say(language, "calendar.closed")
