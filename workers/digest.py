"""The digests of each working day: when the office opens, and shortly before it closes; each once, late if need be."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, NamedTuple

import structlog
from tortoise.transactions import in_transaction

from bot import calendar_page, digest, logs, notices, times
from bot.context import Buttons
from tickets import hours, outbox, roster, schedule
from tickets.hours import NoWorkingTime
from tickets.models import Role, Staff

if TYPE_CHECKING:
    from bot.wiring import App, Desk

log = structlog.get_logger(__name__)

MORNING, CLOSING, CALENDAR = "morning_digest", "closing_digest", "calendar_warning"
_FIRST_LOOK_BACK = timedelta(days=1)
_DAY = timedelta(days=1)


class Run(NamedTuple):
    """One digest at its time."""

    name: str
    due: datetime


@dataclass(frozen=True, slots=True)
class Said:
    """What one message to each person is made of: the digest of this moment, and what was missed before it.

    `morning` is the work of today, `closing` the look back on it, `day_before` that on the last working day whose
    closing digest nobody got. `warning`: the calendar's of this week is to be given; `warning_late` is when it was due,
    if that was another day.
    """

    now: datetime
    morning: digest.Office | None
    closing: digest.Office | None
    day_before: digest.DayBefore | None
    warning: bool = False
    warning_late: datetime | None = None


async def send_digests(app: "App", desk: "Desk", now: datetime) -> int:
    """Send what is due at `now` and nobody has sent. Returns how many people were told.

    What was missed while the program was off is said once, in the same message as the first digest after it.
    """
    current = _current(desk, now)
    if current is None:
        return 0
    told = 0
    try:
        with outbox.touched() as chats:
            async with in_transaction():
                if await schedule.take(desk.policy.office, *current, now):
                    told = await _tell(desk, await _gathered(desk, current, now))
    except Exception:
        reference = logs.reference()
        app.metrics.failures.labels("digest").inc()
        log.exception("a digest could not be sent", reference=reference, office=desk.policy.office, digest=current.name)
        return 0
    for chat in chats:
        app.jobs.ring_delivery(chat)
    return told


def _current(desk: "Desk", now: datetime) -> Run | None:
    """The last digest that should have been sent by now, today. None while the office is closed."""
    calendar = desk.policy.calendar
    try:
        if not hours.is_open(calendar, now):
            return None
    except NoWorkingTime:
        return None
    return next((run for run in reversed(_runs(desk, now)) if run.due <= now), None)


def _runs(desk: "Desk", day: datetime) -> list[Run]:
    """The digests of the office's day of `day`; none on a closed one."""
    calendar = desk.policy.calendar
    opening, closing = hours.opening_today(calendar, day), hours.closing_today(calendar, day)
    if opening is None or closing is None:
        return []
    return [Run(MORNING, opening), Run(CLOSING, closing - timedelta(minutes=desk.policy.closing_digest.minutes))]


async def _gathered(desk: "Desk", current: Run, now: datetime) -> Said:
    """Take what was missed before `current`, and read what all of it says. In the transaction that tells it."""
    office = desk.policy.office
    before = hours.working_day_before(desk.policy.calendar, current.due)
    yesterday = [run for run in (_runs(desk, before) if before else []) if await _missed(desk, run, now)]
    today = [run for run in _runs(desk, current.due) if run.due < current.due and await _missed(desk, run, now)]
    chain = [*yesterday, *today, current]
    since = await schedule.last(office, MORNING, CLOSING, before=chain[0].due) or chain[0].due - _FIRST_LOOK_BACK
    day_before = None
    if yesterday and yesterday[-1].name == CLOSING:
        due = yesterday[-1].due
        day_before = digest.DayBefore(await digest.load(office, since, due, due), since, [run.due for run in yesterday])
        since = due
    morning = closing = None
    for run in (*today, current):
        late_by = run.due if now - run.due > times.SAID_LATE else None
        loaded = await digest.load(office, since, now if run == current else run.due, now, late_by)
        morning, closing = (loaded, closing) if run.name == MORNING else (morning, loaded)
        since = run.due
    if morning is None:
        return Said(now, morning, closing, day_before)
    return Said(now, morning, closing, day_before, *await _weekly_warning(desk, current.due, now))


async def _missed(desk: "Desk", run: Run, now: datetime) -> bool:
    """Whether this one was due while the office was already served here, and nobody has sent it: then it is ours."""
    office, calendar = desk.policy.office, desk.policy.calendar
    if await schedule.last(office, MORNING, CLOSING, before=run.due) is None:
        return False
    midnight = hours.wall_moment(calendar, run.due.astimezone(calendar.zone).date(), time.min)
    said = await schedule.last(office, run.name, before=midnight + _DAY)
    if said is not None and said >= midnight:
        return False  # at another time: the hours of that day were changed afterwards
    return await schedule.take(office, *run, now)


async def _weekly_warning(desk: "Desk", due: datetime, now: datetime) -> tuple[bool, datetime | None]:
    """Whether this week's warning of a year nobody confirmed is ours to give, and when it was due if that is past.

    It goes with the first morning of the week; with a later one when the program was off then.
    """
    calendar, office = desk.policy.calendar, desk.policy.office
    local = due.astimezone(calendar.zone)
    week = (local - timedelta(days=number) for number in range(local.weekday(), -1, -1))
    first = next((opening for day in week if (opening := hours.opening_today(calendar, day)) is not None), due)
    late = due - first > times.SAID_LATE
    if late and await schedule.last(office, MORNING, CLOSING, before=first) is None:
        return False, None  # the office is served here only since
    if not await calendar_page.unconfirmed(desk, desk.office.language, due):
        return False, None
    return await schedule.take(office, CALENDAR, first, now), first if late else None


async def _tell(desk: "Desk", said: Said) -> int:
    people = await roster.load(desk.policy.office, desk.channels)
    told = 0
    for staff, contact in people.reached([one for one in people.staff if one.on_duty]):
        text, buttons = await _words(desk, staff, said)
        if text:
            await notices.to_staff(staff, said.now, text, buttons=buttons, contact=contact)
            told += 1
    return told


async def _words(desk: "Desk", staff: Staff, said: Said) -> tuple[str, Buttons]:
    """What this message says to one person; an empty text when there is nothing to say."""
    looks_after = staff.role.value in desk.policy.digest_to
    parts: list[tuple[str, Buttons] | None] = []
    if said.morning is not None:
        parts.append((digest.morning if looks_after else digest.personal)(desk, staff, said.morning))
    if looks_after and said.day_before is not None:
        parts.append(digest.day_before(desk, staff, said.day_before, said.now))
    if looks_after and said.closing is not None:
        parts.append(digest.closing(desk, staff, said.closing))
    if said.warning and staff.role not in (Role.MEMBER, Role.LEAD):
        parts.append((await _warning(desk, staff, said), ()))
    found = [part for part in parts if part is not None and part[0]]
    buttons = next((part[1] for part in reversed(found) if part[1]), ())
    return "\n".join(part[0] for part in found), buttons


async def _warning(desk: "Desk", staff: Staff, said: Said) -> str:
    """To those who can do something about it: the coming year has no confirmed calendar."""
    text = await calendar_page.unconfirmed(desk, staff.language, said.now)
    if said.warning_late is None:
        return text
    return f"{text} {times.said_late(desk, staff.language, said.warning_late, said.now)}"
