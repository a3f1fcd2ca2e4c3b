"""After the calendar was changed in chat: what another process worked out with the old one is counted anew."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog
from tortoise.transactions import in_transaction

from bot import logs
from tickets import calendars, clocks
from tickets.models import CalendarDay, DayKind

if TYPE_CHECKING:
    from bot.wiring import App, Desk

log = structlog.get_logger(__name__)

# Longer than any process goes without looking at the calendar, or any transaction lasts.
SETTLES = timedelta(minutes=5)


async def recount(app: "App", desk: "Desk", now: datetime) -> int:
    """Bring tickets in line with changes of the last minutes. Returns how many had been left behind."""
    fresh = CalendarDay.filter(office=desk.policy.office, at__gt=now - SETTLES, at__lte=now).exclude(kind=DayKind.YEAR)
    first = await fresh.order_by("day").first()
    if first is None:
        return 0
    try:
        async with in_transaction():
            return len(await clocks.mend(desk.policy, since=calendars.begins(desk.policy.calendar, first.day)))
    except Exception:
        app.metrics.failures.labels("recounting").inc()
        log.exception("due times could not be counted anew", reference=logs.reference(), office=desk.policy.office)
        return 0
