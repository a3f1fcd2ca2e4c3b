"""`/lich`: the office's hours and days off, shown to all of staff, changed by a supervisor, with a log of changes."""

from datetime import date

from bot import calendar_page, day_words, notices
from bot.context import Context
from bot.registry import Audience, command
from config import national_days
from tickets import acts, calendars, clocks, hours, rights
from tickets.acts import ActKind
from tickets.calendars import Change
from tickets.errors import UnknownArea
from tickets.folding import fold
from tickets.models import DayKind, Role, Staff, Ticket
from tickets.status import LIVE

OFF = ("nghi", "off")
WORK = ("lambu", "lamthem", "lamviec", "work")
FILE = ("bo", "huy", "undo")
CONFIRM = ("xacnhan", "confirm")
LOG = ("nhatky", "log")
SPOKEN = r"(\d{4}|nhatky|xacnhan \d{4}|(nghi|lambu|lamthem|lamviec|bo|huy) (\S*\d\S*|homnay|ngaymai)( .*)?)?"
SHOWN_YEARS = range(2000, 2101)
CARDS = 40  # brought up to date at once; the others are when they move


@command("lich", "lịch", "calendar", audience=Audience.STAFF, free_text=True, spoken=SPOKEN)
async def calendar(ctx: Context) -> None:
    """/lich [YEAR] shows; /lich nghi|lambu|bo DAY[..DAY] … changes; /lich xacnhan YEAR confirms; /lich nhatky logs."""
    word, _, rest = ctx.args.strip().partition(" ")
    said = fold(word)
    if not said:
        await ctx.answer(await calendar_page.overview(ctx))
    elif said.isascii() and said.isdigit() and len(said) == len("2026") and int(said) in SHOWN_YEARS:
        await ctx.answer(await calendar_page.year(ctx, int(said)))
    elif said in LOG:
        await ctx.answer(await calendar_page.log(ctx))
    elif said in (*OFF, *WORK, *FILE, *CONFIRM):
        rights.require_office(ctx.officer, "calendar")
        if said in CONFIRM:
            await _confirm(ctx, rest.strip())
        else:
            await _change(ctx, said, rest)
    else:
        await ctx.say("calendar.how")


async def _change(ctx: Context, said: str, rest: str) -> None:
    meant = day_words.understand(rest, calendar_page.today(ctx))
    area = _area(ctx, meant.area)
    made = [change for day in meant.days if (change := _change_of(ctx, said, meant, day, area)) is not None]
    if not made and meant.reason:
        made = await calendars.unexplained(ctx.desk.policy.office, meant.days, area)
    if not made:
        await ctx.say("calendar.as_it_is", days=calendar_page.days(ctx, meant.days))
        return
    reason = meant.reason or (_known_reason(made, off=said in OFF) if said not in FILE else "")
    earlier = bool(await calendars.uncounted(ctx.desk.policy.office, await calendars.newest(ctx.desk.policy.office)))
    last = await calendars.change(ctx.desk.policy, made, ctx.officer, reason, ctx.now)
    count, done = await _recount(ctx, min(one.day for one in made), last, earlier=earlier)
    lines = [calendar_page.change(ctx.desk, ctx.language, one) for one in made]
    what = "; ".join(lines)
    await acts.note(ctx.officer.office, ctx.officer, ActKind.CALENDAR, ctx.now, reason=reason, what=what)
    text = ctx.word(
        "calendar.changed" if done else "calendar.changing",
        what=what,
        reason=reason or ctx.word("calendar.no_reason"),
        count=count,
        undo=f"/lich bo {made[0].day:%d/%m/%Y}",
    )
    if not reason and said not in FILE:
        text = f"{text}\n{ctx.word('calendar.add_reason', line=f'/lich {said} {rest.strip()}')}"
    await ctx.answer(text)
    await _tell(ctx, made, reason)


def _known_reason(made: list[Change], *, off: bool) -> str:
    """Why the whole country has these days off, or works on them, where that is known: nobody need write it again."""
    known = [national_days.load().days.get(one.day) for one in made]
    notes = {one.note if one is not None and one.off is off else "" for one in known}
    return notes.pop() if len(notes) == 1 else ""


def _area(ctx: Context, said: str) -> str:
    if said and said not in ctx.desk.policy.areas:
        raise UnknownArea(area=said)
    return said


def _change_of(ctx: Context, said: str, meant: day_words.Said, day: date, area: str) -> Change | None:
    """What the line says of one day; None when it is so already."""
    policy = ctx.desk.policy
    calendar, before = policy.calendar_of(area), hours.sessions_on(policy.calendar_of(area), day)
    if said in FILE:
        written = ctx.desk.rules.written.calendar_of(area)
        return Change(day, DayKind.FILE, (), area) if before != hours.sessions_on(written, day) else None
    if said in OFF:
        if meant.sessions:  # off in these hours: what is left of the day
            after = _without(before, meant.sessions)
        else:
            after = () if meant.morning is None else calendars.part_of(calendar, day, morning=not meant.morning)
    else:
        usual = calendars.usual_sessions(calendar, day)
        halves = {True: [one for one in usual if one[0].hour < 12], False: [one for one in usual if one[0].hour >= 12]}  # noqa: PLR2004  # noon
        after = meant.sessions or (usual if meant.morning is None else tuple(halves[meant.morning]))
    if after == before:
        return None
    return Change(day, DayKind.HOURS if after else DayKind.OFF, after, area)


def _without(before: tuple[hours.Session, ...], off: tuple[hours.Session, ...]) -> tuple[hours.Session, ...]:
    """The sessions of a day less the hours in which it is closed."""
    left = list(before)
    for begins, ends in off:
        cut = []
        for opens, closes in left:
            if opens < min(begins, closes):
                cut.append((opens, min(begins, closes)))
            if max(ends, opens) < closes:
                cut.append((max(ends, opens), closes))
        left = cut
    return tuple(left)


async def _recount(ctx: Context, since: date, last: int, *, earlier: bool) -> tuple[int, bool]:
    """Bring rules and due times in line with the change whose last row is `last`, history included.

    `earlier`: a change before this one is still being counted, and this one comes behind it. Returns how many tickets
    moved, and True; where there are too many for one command, how many are to be looked at,
    and False: the worker counts them, chunk by chunk, and tells when it has finished.
    """
    rules = ctx.desk.rules
    await rules.refresh(now=True)
    rules.doubt()
    begins = calendars.begins(rules.policy.calendar, since)
    concerned = await clocks.affected(rules.policy, begins)
    if concerned > clocks.BATCH or earlier:
        return concerned, False
    moved = await clocks.mend(rules.policy, since=begins)
    await calendars.counted(rules.policy.office, last, ctx.now)
    live = Ticket.filter(id__in=moved, status__in=list(LIVE)).limit(CARDS)
    for ticket in await live:
        await notices.refresh_cards(ctx.desk, ticket, ctx.now)
    return len(moved), True


async def _tell(ctx: Context, made: list[Change], reason: str) -> None:
    """The other leads and supervisors hear what was changed, by whom and why."""
    others = (
        await Staff.filter(office=ctx.officer.office, active=True).exclude(id=ctx.officer.id).exclude(role=Role.MEMBER)
    )
    for one in others:
        what = "; ".join(calendar_page.change(ctx.desk, one.language, change) for change in made)
        text = ctx.desk.texts.say(
            one.language,
            "calendar.told",
            name=ctx.officer.name,
            what=what,
            reason=reason or ctx.desk.texts.say(one.language, "calendar.no_reason"),
        )
        await notices.to_staff(one, ctx.now, text)


async def _confirm(ctx: Context, said: str) -> None:
    """The calendar of a year has been compared with the announcement."""
    if not (said.isascii() and said.isdigit() and int(said[:4]) in SHOWN_YEARS and len(said) == len("2026")):
        await ctx.say("calendar.how")
        return
    change = Change(date(int(said), 1, 1), DayKind.YEAR)
    await calendars.change(ctx.desk.policy, [change], ctx.officer, "", ctx.now)
    what = ctx.desk.texts.say(ctx.desk.office.language, "calendar.confirmed_what", year=said)
    await acts.note(ctx.officer.office, ctx.officer, ActKind.CALENDAR, ctx.now, what=what)
    count = len(calendar_page.special(ctx, date(int(said), 1, 1), date(int(said), 12, 31)))
    await ctx.say("calendar.confirmed", year=said, count=count)
