"""Which procedure a ticket is about, as people say it: kept in its row and told by its events."""

from datetime import datetime

from tickets import lifecycle, rights
from tickets.models import EventKind, Staff, Ticket
from tickets.policy import Policy


async def settle(
    policy: Policy, ticket: Ticket, staff: Staff, code: str, area: str, now: datetime, *, why: str
) -> tuple[bool, bool]:
    """Make `code` of `area` the procedure of a ticket; it moves there if it is elsewhere, for the reason `why`.

    Whoever has the ticket and serves that area keeps it. Returns whether it moved, and whether its owner kept it.
    """
    rights.require_ticket(policy, staff, "note", ticket)
    moves = area != ticket.area and area in policy.areas
    kept = False
    if moves:
        owner = await Staff.get_or_none(id=ticket.assignee_id) if ticket.assignee_id is not None else None
        await lifecycle.transfer(policy, ticket, area, staff, now, reason=why)
        kept = owner is not None and owner.active and rights.has_area(policy, owner, area)
        if kept and owner is not None:
            await lifecycle.assign(policy, ticket, owner, None, now)
    await Ticket.filter(id=ticket.id).update(procedure_code=code)
    await ticket.refresh_from_db()
    await lifecycle.record(ticket, EventKind.PROCEDURE, now, staff=staff, procedure=code)
    return moves, kept
