"""What becomes of everything somebody holds when they go: all of it to a colleague, or back into the queue.

State and clocks stay as they are where it goes to a colleague; what goes back into the queue is our turn again. The
tickets are locked first: a resident who writes this moment is either heard before, and stands on the new owner's card,
or after, and is told to the new owner.
"""

from dataclasses import dataclass, field
from datetime import datetime

from tickets import clocks, rights, rows
from tickets.lifecycle import record
from tickets.models import EventKind, Staff, Status, Ticket
from tickets.policy import Policy
from tickets.status import LIVE


@dataclass(slots=True)
class Handed:
    """What was given to the colleague, and what went back into the queues of its areas."""

    given: list[Ticket] = field(default_factory=list)
    released: list[Ticket] = field(default_factory=list)

    @property
    def count(self) -> int:
        return len(self.given) + len(self.released)


async def everything(
    policy: Policy, staff: Staff, now: datetime, *, by: Staff | None, reason: str, to: Staff | None = None
) -> Handed:
    """Take all live tickets out of the hands of `staff`: to `to` where they look after the area, else to the queue.

    `by` is who wanted it, empty for the program; whether they may is the caller's question.
    """
    handed = Handed()
    held = await rows.find(
        Ticket,
        "assignee_id = $1 AND status = ANY($2) ORDER BY resolve_due, id FOR UPDATE",
        [staff.id, [str(status) for status in LIVE]],
    )
    for ticket in held:
        if to is not None and to.active and to.id != staff.id and rights.has_area(policy, to, ticket.area):
            await rows.change(ticket, assignee_id=to.id)
            await record(ticket, EventKind.HANDED_OVER, now, staff=by, reason=reason, to=to.id, before=staff.id)
            handed.given.append(ticket)
        else:
            await release(policy, ticket, staff, now, by=by, reason=reason)
            handed.released.append(ticket)
    return handed


async def release(
    policy: Policy, ticket: Ticket, owner: Staff, now: datetime, *, by: Staff | None, reason: str
) -> bool:
    """Put a ticket of `owner` back into the queue; whether it was still theirs."""
    freed = await rows.change(
        ticket,
        "assignee_id = $1 AND status = ANY($2)",
        [owner.id, [str(status) for status in LIVE]],
        status=Status.OPEN,
        assignee_id=None,
        claimed_at=None,
        snoozed_until=None,
    )
    if freed:
        # `before` says whose it was: who is back later may be given it again, unlike who put it back themselves
        await record(ticket, EventKind.RELEASED, now, staff=by, reason=reason, before=owner.id)
        await clocks.settle(policy, ticket)
    return freed
