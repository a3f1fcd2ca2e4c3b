"""What is done for the weekly report because its time has come, once for each office and week, whoever looks."""

from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import structlog
from tortoise import connections
from tortoise.transactions import in_transaction

from bot import logs, weekly, weekly_sent
from tickets import hours, outbox
from tickets.models import ReportRun
from tickets.reports import places
from tickets.reports import weekly as calendar_of_reports
from tickets.reports.weekly import Rhythm, Week

if TYPE_CHECKING:
    from bot.wiring import App, Desk

log = structlog.get_logger(__name__)

ON_TIME = timedelta(minutes=5)  # what is done later is late, is only done while the office works, and says so
BEGUN = "begun"
ASK = "ask"
_CLAIM = """
INSERT INTO report_run (office, week, step, due, cut, at) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (office, week, step) DO NOTHING RETURNING id
"""

Say = Callable[[], Awaitable[object]]


async def reports_due(app: "App", desk: "Desk", now: datetime) -> None:
    """Everything of one office that is due at `now`. What fails is logged, and tried again a minute later."""
    try:
        await places.note(desk.policy.office, now)
        known = await weekly.rhythm(desk)
        if known is not None:
            await _weekly(app, desk, known, now)
    except Exception:
        reference = logs.reference()
        app.metrics.failures.labels("reports").inc()
        log.exception("the weekly report failed", reference=reference, office=desk.policy.office)


async def _weekly(app: "App", desk: "Desk", known: Rhythm, now: datetime) -> None:
    begun = await _begun(desk, now)
    await _ask(app, desk, known, now)
    for step in ("remind", "close", "deliver"):
        week = _latest(desk, known, step, now)
        if week is None:
            continue
        moment: datetime = getattr(week, step)
        late = now - moment > ON_TIME
        if moment <= begun or (late and not hours.is_open(desk.policy.calendar, now)):
            continue
        if await ReportRun.exists(office=desk.policy.office, week=week.monday, step=step):
            continue
        await _done(app, desk, week, step, now, late=late)


async def _ask(app: "App", desk: "Desk", known: Rhythm, now: datetime) -> None:
    """The working day before the report of a week whose usual day is off: a person is asked, once."""
    week = calendar_of_reports.to_ask(desk.policy.calendar, known, now)
    if week is None or week.ask is None or not hours.is_open(desk.policy.calendar, now):
        return
    if await ReportRun.exists(office=desk.policy.office, week=week.monday, step=ASK):
        return
    with outbox.touched() as chats:
        async with in_transaction():
            if await _claim(desk, week.monday, ASK, week.ask, week.close, now):
                await weekly_sent.ask_day(desk, week, now)
    for chat in chats:
        app.jobs.ring_delivery(chat)


async def _begun(desk: "Desk", now: datetime) -> datetime:
    """Since when this office has had a weekly report here: what was due before that is nobody's omission."""
    first = await ReportRun.filter(office=desk.policy.office, step=BEGUN).order_by("id").first()
    if first is not None:
        return first.at
    monday = calendar_of_reports.monday_of(now.astimezone(desk.policy.calendar.zone).date())
    await _claim(desk, monday, BEGUN, now, None, now)
    return now


def _latest(desk: "Desk", known: Rhythm, step: str, now: datetime) -> Week | None:
    """The last week in which this step is past: after a long silence only that one is made up for."""
    calendar = desk.policy.calendar
    monday = calendar_of_reports.monday_of(now.astimezone(calendar.zone).date())
    this = calendar_of_reports.week(calendar, known, monday)
    if this is not None and getattr(this, step) <= now:
        return this
    return calendar_of_reports.before(calendar, known, monday)


async def _done(app: "App", desk: "Desk", week: Week, step: str, now: datetime, *, late: bool) -> None:
    """One step: documents first, then the unique row and the messages in one transaction.

    A step whose time came so late that the next one is due goes with that: the close tells departments that were not
    reminded, the report stands for the draft of the close.
    """
    office = desk.policy.office
    overtaken = (step == "remind" and now >= week.close) or (step == "close" and now >= week.deliver)
    if step == "deliver":
        overtaken = await ReportRun.exists(office=office, week=week.monday, step="sent")
    report, documents = None, []
    if step != "remind" and not overtaken:
        report = await weekly.of_week(desk, week, now)
        documents = await weekly_sent.printed(desk, report)
    with outbox.touched() as chats:
        async with in_transaction():
            if not await _claim(desk, week.monday, step, getattr(week, step), week.close, now):
                return
            if step == "remind" and not overtaken:
                await weekly_sent.remind(desk, week, now, closed=False)
            if step == "close":
                unreminded = await _done_after(office, week.monday, "remind", week.close)
                await weekly_sent.remind(desk, week, now, closed=True, unreminded=unreminded)
            if report is not None:
                late_of = [week.close] if await _done_after(office, week.monday, "close", week.deliver) else []
                late_of += [getattr(week, step)] if late else []
                await weekly_sent.hand_out(desk, report, documents, now, step=step, late_of=late_of)
    for chat in chats:
        app.jobs.ring_delivery(chat)


async def _done_after(office: str, monday: date, step: str, moment: datetime) -> bool:
    """Whether this step was only done when the next was due, at `moment`."""
    return await ReportRun.exists(office=office, week=monday, step=step, at__gte=moment)


async def _claim(desk: "Desk", monday: date, step: str, due: datetime, cut: datetime | None, now: datetime) -> bool:
    """Whether it is ours to do. Another worker that is at it makes this wait for its commit, and then say no."""
    values = [desk.policy.office, monday, step, due, cut, now]
    return bool(await connections.get("default").execute_query_dict(_CLAIM, values))
