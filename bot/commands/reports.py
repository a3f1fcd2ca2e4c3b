"""The weekly report by chat: what departments hand in, and how a person finishes it."""

from datetime import date, timedelta

from bot import calendar_page, day_words, figures_said, times, weekly, weekly_sent
from bot.context import Context
from bot.registry import Audience, command
from config.office import Department
from tickets import acts, outbox, rights
from tickets.acts import ActKind
from tickets.errors import DomainError, NotAllowed
from tickets.folding import fold
from tickets.models import Part, Priority, ReportRun, Role
from tickets.reports import handed_in, periods
from tickets.reports import weekly as calendar_of_reports
from tickets.reports.weekly import Rhythm, Week

# Folded and squeezed, as staff type them behind /baocao; the first is what we print.
PARTS = {
    Part.STEERING: ("chidao", "chidaodieuhanh", "steering"),
    Part.PUBLICITY: ("tuyentruyen", "publicity"),
    Part.RESULTS: ("ketqua", "results"),
    Part.DIFFICULTIES: ("khokhan", "vuongmac", "difficulties"),
    Part.PROPOSALS: ("dexuat", "kiennghi", "proposals"),
}
_PART = {word: part for part, words in PARTS.items() for word in words}
_WORDS = {*_PART, "khongco", "so", "sua", "ky", "dagui", "xem", "ngay"}
_AGREED = ("ok", "dongy", "duoc", "yes")
_LONGEST = 3  # words: "chỉ đạo điều"
_MOST_DIGITS = 9


class NoWeeklyReport(DomainError):
    """The office file says nothing of one."""

    text = "weekly.none"


@command("baocao", "báo cáo", "report", audience=Audience.STAFF, free_text=True)
async def report(ctx: Context) -> None:
    """/baocao alone: how this week stands; khokhan, dexuat… WORDS hands in; so, xem, sua, ky, dagui do the rest."""
    word, rest = _first(ctx.args)
    if not ctx.args.strip():
        await _status(ctx)
    elif word in _PART:
        await _hand_in(ctx, _PART[word], rest)
    elif word == "khongco":
        await _hand_in(ctx, Part.NOTHING, "-")
    elif word == "so":
        await _number(ctx, rest)
    elif word == "sua":
        await _finish(ctx, rest)
    elif word == "ky":
        await _sign(ctx, rest)
    elif word == "ngay" and _is_choice(ctx, rest):
        await _day(ctx, rest)
    elif word == "dagui":
        await _sent(ctx)
    elif word == "xem":
        await _show(ctx, rest)
    else:
        await _show(ctx, ctx.args)


def _first(text: str) -> tuple[str, str]:
    """The keyword a line begins with, in one to three words, and the rest of it as it was written."""
    for length in range(_LONGEST, 0, -1):
        parts = text.split(maxsplit=length)
        word = "".join(fold(one) for one in parts[:length]).rstrip(",.:;")
        if len(parts) >= length and word in _WORDS:
            return word, parts[length] if len(parts) > length else ""
    return "", text


async def _known(ctx: Context) -> Rhythm:
    known = await weekly.rhythm(ctx.desk)
    if known is None:
        raise NoWeeklyReport
    return known


async def _counted_in(ctx: Context) -> tuple[Week, bool]:
    found = calendar_of_reports.counted_in(ctx.desk.policy.calendar, await _known(ctx), ctx.now)
    if found is None:
        raise NoWeeklyReport
    return found


async def _closed_week(ctx: Context) -> Week:
    """The report a supervisor finishes: this week's, until the next one has begun to close."""
    calendar, known = ctx.desk.policy.calendar, await _known(ctx)
    monday = calendar_of_reports.monday_of(ctx.now.astimezone(calendar.zone).date())
    this = calendar_of_reports.week(calendar, known, monday)
    if this is None or ctx.now < this.close - timedelta(days=1):
        last = calendar_of_reports.before(calendar, known, monday)
        this = last if last is not None else this
    if this is None:
        raise NoWeeklyReport
    return this


async def _status(ctx: Context) -> None:
    week, _ = await _counted_in(ctx)
    said = await handed_in.texts(ctx.desk.policy.office, week.monday)
    missing = await weekly.missing(ctx.desk, week)
    names = [one.name for one in ctx.desk.office.departments if one.id in missing]
    lines = [
        ctx.word(
            "weekly.status",
            close=times.moment(ctx.desk, ctx.language, week.close, ctx.now),
            deliver=times.moment(ctx.desk, ctx.language, week.deliver, ctx.now),
        )
    ]
    lines += [
        ctx.word("weekly.status_part", part=ctx.word(f"weekly.part_{part}"), count=len(said.get(part, ())))
        for part in PARTS
    ]
    lines.append(ctx.word("weekly.missing", departments="; ".join(names)) if names else ctx.word("weekly.all_in"))
    lines.append(ctx.word("weekly.how"))
    buttons = []
    if rights.at_least(ctx.officer, Role.LEAD):
        buttons.append([(ctx.word("weekly.button_draft"), "/baocao xem")])
    await ctx.answer("\n".join(lines), buttons=buttons)


def _department(ctx: Context, text: str) -> tuple[Department | None, str]:
    """For whom somebody writes: `van-phong: words` names it; else it is the one their areas belong to."""
    departments = ctx.desk.office.departments
    head, colon, rest = text.partition(":")
    named = next((one for one in departments if colon and fold(head.strip()) in (one.id, fold(one.name))), None)
    mine = [one for one in departments if set(ctx.officer.areas) & set(one.areas)]
    if named is not None:
        if not rights.at_least(ctx.officer, Role.SUPERVISOR) and ctx.officer.areas and named not in mine:
            raise NotAllowed
        return named, rest.strip()
    return (mine[0] if mine else None), text


async def _hand_in(ctx: Context, part: Part, text: str) -> None:
    week, late = await _counted_in(ctx)
    department, words = _department(ctx, text)
    if not words.strip():
        await ctx.say("weekly.how")
        return
    await handed_in.say(
        ctx.desk.policy.office,
        week.monday,
        part,
        department.id if department else "",
        words.strip(),
        ctx.officer,
        ctx.now,
        late=late,
    )
    await ctx.say(
        "weekly.taken_late" if late else "weekly.taken",
        part=ctx.word(f"weekly.part_{part}"),
        department=department.name if department else ctx.desk.policy.name,
        close=times.moment(ctx.desk, ctx.language, week.close, ctx.now),
    )


async def _number(ctx: Context, text: str) -> None:
    """so MODEL [CODE] NUMBER."""
    department, rest = _department(ctx, text)
    words = rest.split()
    models = {one.id: one for one in ctx.desk.office.models}
    model = models.get(words[0]) if words else None
    number = words[-1].replace(".", "") if len(words) > 1 else ""
    code = words[1] if len(words) == 3 else ""  # noqa: PLR2004 - model, code, number
    sound = number.isascii() and number.isdigit() and len(number) <= _MOST_DIGITS and len(words) in (2, 3)
    if model is None or not sound or (code and ctx.desk.catalogue.procedure(code) is None):
        await ctx.say("weekly.number_how", models=", ".join(models) or "–")
        return
    week, late = await _counted_in(ctx)
    await handed_in.count(
        ctx.desk.policy.office,
        week.monday,
        model.id,
        code,
        department.id if department else "",
        int(number),
        ctx.officer,
        ctx.now,
        late=late,
    )
    await ctx.say(
        "weekly.counted_late" if late else "weekly.counted",
        model=model.name,
        code=code or ctx.word("weekly.whole_model"),
        number=number,
        close=times.moment(ctx.desk, ctx.language, week.close, ctx.now),
    )


def _supervisor(ctx: Context) -> None:
    if not rights.at_least(ctx.officer, Role.SUPERVISOR):
        raise NotAllowed


async def _finish(ctx: Context, text: str) -> None:
    """sua PART WORDS: the words of the person who finishes the report stand instead of what was handed in."""
    _supervisor(ctx)
    word, words = _first(text)
    if word not in _PART or not words.strip():
        await ctx.say("weekly.finish_how")
        return
    week = await _closed_week(ctx)
    await handed_in.put_in_place(ctx.desk.policy.office, week.monday, _PART[word], words.strip(), ctx.officer, ctx.now)
    draft = [[(ctx.word("weekly.button_draft"), "/baocao xem")]]
    await ctx.say("weekly.finished", part=ctx.word(f"weekly.part_{_PART[word]}"), buttons=draft)


async def _sign(ctx: Context, text: str) -> None:
    _supervisor(ctx)
    chosen = fold(text).strip(". ")
    if chosen not in weekly_sent.SIGNERS:
        buttons = [[one] for one in weekly_sent.signing(ctx.desk, ctx.language)]
        await ctx.say("weekly.sign_how", buttons=buttons)
        return
    week = await _closed_week(ctx)
    office = ctx.desk.policy.office
    await handed_in.put_in_place(office, week.monday, Part.SIGNED_BY, chosen, ctx.officer, ctx.now)
    signer = ctx.word(f"weekly.signer_{chosen}")
    await _noted(ctx, "weekly.act_sign", signer=signer, week=calendar_page.one_day(ctx.desk, ctx.language, week.monday))
    await _show(ctx, "")


def _is_choice(ctx: Context, text: str) -> bool:
    """Whether "ngày …" speaks of the day of the report: "báo cáo ngày 20/11" asks for the report of that day."""
    if not rights.at_least(ctx.officer, Role.SUPERVISOR):
        return False
    if "".join(fold(text).split()) in _AGREED:
        return True
    day = _day_said(ctx, text)
    return day is not None and day > ctx.now.astimezone(ctx.desk.policy.calendar.zone).date()


def _day_said(ctx: Context, text: str) -> date | None:
    try:
        days = day_words.understand(text, ctx.now.astimezone(ctx.desk.policy.calendar.zone).date()).days
    except DomainError:
        return None
    return days[0] if len(days) == 1 else None


async def _day(ctx: Context, text: str) -> None:
    """ngay ok, or ngay DAY: on which day the report is made whose usual day is off."""
    calendar, known = ctx.desk.policy.calendar, await _known(ctx)
    day = _day_said(ctx, text)
    if day is None:
        week = calendar_of_reports.to_ask(calendar, known, ctx.now)
        if week is None:
            await ctx.say("weekly.day_nothing")
            return
        day = week.deliver.astimezone(calendar.zone).date()
    monday = calendar_of_reports.monday_of(day)
    usual = calendar_of_reports.week(calendar, known, monday)
    choice = calendar_of_reports.days_to_choose(calendar, monday, ctx.now)
    if usual is None or usual.close <= ctx.now or day not in choice:
        days = "; ".join(calendar_page.one_day(ctx.desk, ctx.language, one) for one in choice)
        await ctx.say("weekly.day_how", days=days or "–")
        return
    await handed_in.put_in_place(ctx.desk.policy.office, monday, Part.DAY, day.isoformat(), ctx.officer, ctx.now)
    await _noted(ctx, "weekly.act_day", day=calendar_page.one_day(ctx.desk, ctx.language, day))
    week = calendar_of_reports.week(calendar, await _known(ctx), monday)
    if week is None:
        raise NoWeeklyReport
    await ctx.answer(ctx.word("weekly.day_noted", **weekly_sent.moments(ctx.desk, ctx.language, week, ctx.now)))
    await weekly_sent.tell_day(ctx.desk, week, ctx.now, "weekly.day_told", but=ctx.officer)


async def _sent(ctx: Context) -> None:
    _supervisor(ctx)
    week = await _closed_week(ctx)
    await ReportRun.get_or_create(
        office=ctx.desk.policy.office, week=week.monday, step="sent", defaults={"due": week.deliver, "at": ctx.now}
    )
    await _noted(ctx, "weekly.act_sent", week=calendar_page.one_day(ctx.desk, ctx.language, week.monday))
    await ctx.say("weekly.noted_sent")


async def _noted(ctx: Context, key: str, **values: str) -> None:
    """What a supervisor decided about the report stands in the office's log."""
    what = ctx.word(key, **values)
    await acts.note(ctx.officer.office, ctx.officer, ActKind.REPORT, ctx.now, what=what)


async def _show(ctx: Context, text: str) -> None:
    """The draft of the week to finish, or the report of any period named."""
    if not rights.at_least(ctx.officer, Role.LEAD):
        raise NotAllowed
    if text.strip():
        period = periods.meant(text, ctx.now, figures_said.zone(ctx.desk))
        made = await weekly.of_period(ctx.desk, period, ctx.now)
    else:
        week = await _closed_week(ctx)
        if week.close < ctx.now - timedelta(days=6):  # the week to finish is over: the one that runs is meant
            week, _ = await _counted_in(ctx)
        made = await weekly.of_week(ctx.desk, week, ctx.now)
    attachments = await weekly_sent.kept(ctx.desk, await weekly_sent.printed(ctx.desk, made), ctx.now)
    supervisor = rights.at_least(ctx.officer, Role.SUPERVISOR) and made.week is not None
    buttons = weekly_sent.finishing(ctx.desk, ctx.language, made) if supervisor else ()
    await outbox.put(
        office=ctx.row.office,
        channel=ctx.row.channel,
        chat=ctx.row.chat,
        now=ctx.now,
        text=weekly_sent.summary(ctx.desk, ctx.language, made),
        buttons=[[list(one) for one in line] for line in buttons],
        attachments=attachments,
        priority=Priority.ANSWER,
    )
