"""When the time a resident was promised has moved: they hear it once, while the office is open."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog
from tortoise import connections
from tortoise.transactions import in_transaction

from bot import logs, moved
from tickets import hours, outbox
from tickets.models import CalendarDay, DayKind, Event, EventKind, Status
from tickets.status import LIVE

if TYPE_CHECKING:
    from bot.wiring import App, Desk

log = structlog.get_logger(__name__)

AT_REST = timedelta(minutes=10)  # a slip of the pen that is undone within this time is nobody's news
AT_ONCE = 200  # residents told by one look; the others by the next, a minute later

# Urgent matters were promised no time; of a time that is past nobody wants to read.
_MOVED = """
SELECT id FROM ticket
WHERE office = $1 AND told_due IS NOT NULL AND first_replied_at IS NULL AND NOT urgent AND status = ANY($2)
  AND first_reply_due > $3 AND abs(extract(epoch FROM first_reply_due - told_due)) >= $4
ORDER BY first_reply_due, id LIMIT $5
"""
_RUNNING = sorted(LIVE - {Status.NEW, Status.WAITING})
_DECIDED = (EventKind.EXTENDED, EventKind.PRIORITY)


async def tell_moved(app: "App", desk: "Desk", now: datetime) -> int:
    """Tell those of this office whose time has moved by as much as the office file says. Returns how many."""
    least = desk.policy.tell_moved
    if least is None or not hours.is_open(desk.policy.calendar, now) or not await _at_rest(desk, now):
        return 0
    values = [desk.policy.office, _RUNNING, now, max(least.total_seconds(), 1.0), AT_ONCE]
    rows = await connections.get("default").execute_query_dict(_MOVED, values)
    ids = [int(row["id"]) for row in rows]
    fresh = Event.filter(ticket_id__in=ids, kind__in=_DECIDED, at__gt=now - AT_REST, at__lte=now)
    restless = {event.ticket_id for event in await fresh}
    told = 0
    for ticket in ids:
        if ticket not in restless:
            told += await _told(app, desk, ticket, least, now)
    return told


async def _at_rest(desk: "Desk", now: datetime) -> bool:
    """Whether the calendar was not changed just now, and every due time says what it means."""
    changed = CalendarDay.filter(office=desk.policy.office).exclude(kind=DayKind.YEAR)
    if await changed.filter(recounted_at=None).exists():
        return False
    return not await changed.filter(at__gt=now - AT_REST, at__lte=now).exists()


async def _told(app: "App", desk: "Desk", ticket: int, least: timedelta, now: datetime) -> int:
    try:
        with outbox.touched() as chats:
            async with in_transaction():
                told = await moved.tell(desk, ticket, least, now)
    except Exception:
        app.metrics.failures.labels("moved").inc()
        reference = logs.reference()
        log.exception("a resident could not be told", reference=reference, office=desk.policy.office, ticket=ticket)
        return 0
    for chat in chats:
        app.jobs.ring_delivery(chat)
    return int(told)
