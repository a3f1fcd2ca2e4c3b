"""The words to a resident whose promised time has moved, said once for each time it came to."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot import notices, times
from tickets import lifecycle, queries
from tickets.models import EventKind, Ticket

if TYPE_CHECKING:
    from bot.wiring import Desk


async def tell(desk: "Desk", ticket_id: int, least: timedelta, now: datetime) -> bool:
    """Tell it unless another worker did, or an answer came, meanwhile. In the caller's transaction."""
    locked = await Ticket.filter(id=ticket_id).select_for_update().first()
    was = locked.told_due if locked is not None else None
    due = locked.first_reply_due if locked is not None else None
    if locked is None or was is None or due is None or locked.first_replied_at is not None:
        return False
    if due <= now or abs(due - was) < least:
        return False
    ticket = await queries.reload(locked)
    language = ticket.resident.language
    said = times.moment(desk, language, due, now)
    if due > was:
        before = times.moment(desk, language, was, now)
        await notices.to_resident(desk, ticket, now, "resident.moved_later", due=said, was=before)
    else:
        await notices.to_resident(desk, ticket, now, "resident.moved_sooner", due=said)
    await Ticket.filter(id=ticket.id).update(told_due=due)
    await lifecycle.record(ticket, EventKind.MOVED_TOLD, now, was=was.isoformat(), due=due.isoformat())
    return True
