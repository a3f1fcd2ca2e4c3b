"""Many alerts for one person: kept until the next digest, and told in one message."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from tortoise import connections
from tortoise.expressions import Subquery

from bot import late, notices
from tickets import hours
from tickets.deadlines import WARN
from tickets.models import Alert, Contact, Event, EventKind, Staff, Status, Ticket
from tickets.status import LIVE

if TYPE_CHECKING:
    from bot.wiring import Desk

BETWEEN = timedelta(minutes=30)  # digests to the same person

_INSERT = """
INSERT INTO alert (ticket_id, promise, step, due, staff_id, at, digest)
SELECT ticket, promise, step, due, staff, $6, TRUE
FROM unnest($1::bigint[], $2::text[], $3::text[], $4::timestamptz[], $5::bigint[])
    AS kept (ticket, promise, step, due, staff)
ON CONFLICT DO NOTHING
RETURNING id, ticket_id, promise, step, staff_id
"""
_BATCH = 2000


class Gathered(NamedTuple):
    """One step for one person, to be told with others."""

    ticket: int
    promise: str
    step: str
    due: datetime
    staff: int


async def gather(steps: Sequence[Gathered], now: datetime) -> int:
    """Keep steps for the next digest, each once. Returns 0: nobody is told by this."""
    for first in range(0, len(steps), _BATCH):
        part = steps[first : first + _BATCH]
        rows = await connections.get("default").execute_query_dict(_INSERT, [*map(list, zip(*part, strict=True)), now])
        events = [
            Event(
                ticket_id=row["ticket_id"],
                kind=EventKind.ALERTED,
                data={key: row[key] for key in ("promise", "step")} | {"to": row["staff_id"], "alert": row["id"]},
                at=now,
            )
            for row in rows
        ]
        await Event.bulk_create(events)
    return 0


async def waits(staff: Staff) -> bool:
    """Whether anything is kept for this person."""
    return await Alert.filter(staff=staff, digest=True, outbox_id=None, replaced=False).exists()


async def digest(desk: "Desk", staff: Staff, contact: Contact, now: datetime) -> int:
    """Tell what is kept, unless the last digest is too fresh or the office is closed. Returns 1 when it was told."""
    await Staff.filter(id=staff.id).select_for_update().first()  # of two workers the second finds nothing left
    kept = Alert.filter(staff=staff, digest=True, outbox_id=None, replaced=False)
    last = await Alert.filter(staff=staff, digest=True).exclude(outbox_id=None).order_by("-outbox_id").first()
    if last is not None:
        await last.fetch_related("outbox")
        if last.outbox is not None and timedelta() <= now - last.outbox.created_at < BETWEEN:
            return 0
    if not hours.is_open(desk.policy.calendar, now):
        return 0
    tickets = (
        await Ticket.filter(id__in=Subquery(kept.values("ticket_id")), status__in=sorted(LIVE - {Status.WAITING}))
        .order_by("id")
        .prefetch_related("assignee")
    )
    broken = [one for one in tickets if late.broken_at(one, now) is not None]
    warned = set(await kept.filter(step=WARN, due__gt=now).values_list("ticket_id", "due"))
    known = {one.id for one in broken}
    soon = [one for one in tickets if one.id not in known and any((one.id, due) in warned for due in late.running(one))]
    if not broken and not soon:
        await kept.update(replaced=True)  # settled or put off meanwhile
        return 0
    text, buttons = late.digest(desk, staff, broken, soon, now)
    row = await notices.to_staff(staff, now, text, buttons=buttons, contact=contact)
    if row is None:
        return 0
    await kept.update(outbox_id=row.id)
    return 1
