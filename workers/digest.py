"""The digests of each working day: when the office opens, and shortly before it closes; each once, late if need be."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog
from tortoise.transactions import in_transaction

from bot import calendar_page, digest, logs, notices
from bot.context import Buttons
from tickets import hours, outbox, roster, schedule
from tickets.hours import NoWorkingTime
from tickets.models import Role, Staff

if TYPE_CHECKING:
    from bot.wiring import App, Desk

log = structlog.get_logger(__name__)

MORNING, CLOSING = "morning_digest", "closing_digest"
SAID_LATE = timedelta(minutes=15)  # after this the message says when it should have come
_FIRST_LOOK_BACK = timedelta(days=1)
_MONDAY = 0

Words = Callable[["Desk", Staff, digest.Office], tuple[str, Buttons] | None]


async def send_digests(app: "App", desk: "Desk", now: datetime) -> int:
    """Send what is due at `now` and nobody has sent. Returns how many people were told.

    A digest missed while the program was off is sent once when it is back, as long as the office is open that day.
    """
    told = 0
    for name, due in _plan(desk, now):
        try:
            with outbox.touched() as chats:
                async with in_transaction():
                    if await schedule.take(desk.policy.office, name, due, now):
                        told += await _send(desk, name, due, now)
        except Exception:
            reference = logs.reference()
            app.metrics.failures.labels("digest").inc()
            log.exception("a digest could not be sent", reference=reference, office=desk.policy.office, digest=name)
            continue
        for chat in chats:
            app.jobs.ring_delivery(chat)
    return told


def _plan(desk: "Desk", now: datetime) -> list[tuple[str, datetime]]:
    """What should have been sent by now, today. Nothing while the office is closed."""
    calendar = desk.policy.calendar
    try:
        if not hours.is_open(calendar, now):
            return []
        opening, closing = hours.opening_today(calendar, now), hours.closing_today(calendar, now)
    except NoWorkingTime:
        return []
    if opening is None or closing is None:
        return []
    before = closing - timedelta(minutes=desk.policy.closing_digest.minutes)
    if now >= before:  # a program that was off all day says only the later one
        return [(CLOSING, before)]
    return [(MORNING, opening)]


async def _send(desk: "Desk", name: str, due: datetime, now: datetime) -> int:
    policy = desk.policy
    since = await schedule.last(policy.office, MORNING, CLOSING, before=due) or due - _FIRST_LOOK_BACK
    office = await digest.load(policy.office, since, now, due if now - due > SAID_LATE else None)
    people = await roster.load(policy.office, desk.channels)
    told = 0
    for staff, contact in people.reached([one for one in people.staff if one.on_duty]):
        words = _words(desk, name, staff)
        said = words(desk, staff, office) if words is not None else None
        text, buttons = said or ("", [])
        if name == MORNING and staff.role is not Role.MEMBER:
            text = "\n".join(filter(None, [text, await _warning(desk, staff, due)]))
        if text:
            await notices.to_staff(staff, now, text, buttons=buttons, contact=contact)
            told += 1
    return told


def _words(desk: "Desk", name: str, staff: Staff) -> Words | None:
    if staff.role.value in desk.policy.digest_to:
        return digest.morning if name == MORNING else digest.closing
    return digest.personal if name == MORNING else None


async def _warning(desk: "Desk", staff: Staff, due: datetime) -> str:
    """Once a week, to those who can do something about it: the coming year has no confirmed calendar."""
    if due.astimezone(desk.policy.calendar.zone).weekday() != _MONDAY or staff.role is Role.LEAD:
        return ""
    return await calendar_page.unconfirmed(desk, staff.language, due)
