"""After the calendar was changed in chat: due times counted anew in chunks, each a transaction; told when it is done.

A chunk is at most `clocks.BATCH` tickets. Where it was interrupted it goes on, in this process or another.
"""

import time
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog
from tortoise.transactions import in_transaction

from bot import logs, notices
from tickets import calendars, clocks, outbox
from tickets.models import CalendarDay, DayKind, Staff

if TYPE_CHECKING:
    from bot.wiring import App, Desk

log = structlog.get_logger(__name__)

# Longer than any process goes without looking at the calendar, or any transaction lasts.
SETTLES = timedelta(minutes=5)
AT_A_TIME = 20.0  # seconds of one look; the next look, a minute later, goes on


async def recount(app: "App", desk: "Desk", now: datetime) -> int:
    """Bring tickets in line with changes of the calendar. Returns how many were not.

    First with those nobody has counted for; then, for some minutes, what another process worked out meanwhile with the
    calendar it knew.
    """
    moved, begun = 0, time.monotonic()
    try:
        while time.monotonic() - begun < AT_A_TIME:
            more = await _chunk(app, desk, now)
            if more is None:
                return moved + await _left_behind(desk, now)
            moved += more
    except Exception:
        app.metrics.failures.labels("recounting").inc()
        log.exception("due times could not be counted anew", reference=logs.reference(), office=desk.policy.office)
    return moved


async def _chunk(app: "App", desk: "Desk", now: datetime) -> int | None:
    """One chunk of what is left. Returns how many tickets moved; None when nothing is left, or another worker is at it.

    The newest change carries how far the counting has come: it counts for the older ones too.
    """
    await desk.rules.refresh(now=True)
    policy = desk.policy
    with outbox.touched() as chats:
        async with in_transaction():
            rows = await calendars.uncounted(policy.office, desk.rules.version, lock=True)
            if not rows:
                return None
            newest, first = rows[-1], min(row.day for row in rows)
            since = calendars.begins(policy.calendar, first)
            last, moved = await clocks.mend_some(policy, after=newest.recounted_to, since=since)
            newest.moved += len(moved)
            newest.recounted_to = last or newest.recounted_to
            await newest.save(update_fields=["moved", "recounted_to"])
            if last is None:
                await calendars.counted(policy.office, newest.id, now)
                await _tell(desk, rows, newest.moved, now)
    for chat in chats:
        app.jobs.ring_delivery(chat)
    return len(moved)


async def _tell(desk: "Desk", rows: list[CalendarDay], moved: int, now: datetime) -> None:
    for staff in await Staff.filter(id__in={row.staff_id for row in rows if row.staff_id is not None}, active=True):
        await notices.to_staff(staff, now, desk.texts.say(staff.language, "calendar.recounted", count=moved))


async def _left_behind(desk: "Desk", now: datetime) -> int:
    """Tickets something happened to since a change of the last minutes: whoever did it may not have known of it."""
    fresh = CalendarDay.filter(office=desk.policy.office, at__gt=now - SETTLES, at__lte=now).exclude(kind=DayKind.YEAR)
    changes = await fresh.order_by("at")
    if not changes:
        return 0
    since = calendars.begins(desk.policy.calendar, min(row.day for row in changes))
    moved, last = 0, 0
    while True:
        async with in_transaction():
            going_on, more = await clocks.mend_some(
                desk.policy, after=last, since=since, touched_since=changes[0].at - SETTLES
            )
        moved += len(more)
        if going_on is None:
            return moved
        last = going_on
