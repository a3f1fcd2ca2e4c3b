"""Two tickets that are one matter, and one that is two: merge, part again, split (docs/decisions/0015).

The younger goes into the older, whichever way round it was said: the number the resident was given first stays, and so
do its promises, so that nothing gains time by being merged. Nothing is moved or deleted: the younger rests, closed,
until it is parted again exactly as it was. All functions run inside the caller's transaction.
"""

from collections.abc import Sequence
from datetime import datetime

from tickets import acts, clocks, lifecycle, queries, rights
from tickets.acts import ActKind
from tickets.errors import DomainError, WrongState
from tickets.models import Direction, Event, EventKind, Message, Staff, Status, Ticket
from tickets.policy import Policy
from tickets.search import with_words
from tickets.status import LIVE, PAUSED


class SameTicket(DomainError):
    """`number`: a ticket cannot be merged into itself."""

    text = "merge.same"


class TwoResidents(DomainError):
    """`number`, `other`: what one resident says must never be answered to another."""

    text = "merge.two_residents"


class NotMerged(DomainError):
    """`number`: there is nothing to part."""

    text = "merge.not_merged"


class NothingToSplit(DomainError):
    """`number`: a ticket keeps at least one message of its resident."""

    text = "merge.nothing_to_split"


async def merge(policy: Policy, one: Ticket, other: Ticket, staff: Staff, now: datetime) -> tuple[Ticket, Ticket]:
    """Make one matter of two live tickets of one resident. Returns the one that stays and the one that went into it.

    Raises SameTicket, TwoResidents, WrongState, and what rights refuse on either.
    """
    if one.id == other.id:
        raise SameTicket(number=one.number)
    for ticket in (one, other):
        rights.require_ticket(policy, staff, "merge", ticket)
    if one.resident_id != other.resident_id:
        raise TwoResidents(number=one.number, other=other.number)
    kept, gone = sorted([await _locked(one), await _locked(other)], key=lambda ticket: ticket.id)
    for ticket in (kept, gone):
        if ticket.status not in LIVE - {Status.NEW}:
            raise WrongState(number=ticket.number, status=ticket.status)
    owed = bool({"first_reply", "next_reply"} & set((await clocks.told(policy, gone)).running))
    status, assignee = str(gone.status), gone.assignee_id
    await Ticket.filter(id=gone.id).update(
        status=Status.CLOSED, merged_into_id=kept.id, closed_at=now, assignee_id=None, chase_at=None
    )
    await lifecycle.record(gone, EventKind.MERGED, now, staff=staff, into=kept.id, status=status, assignee=assignee)
    await clocks.settle(policy, gone)
    if owed and kept.status in PAUSED:
        await lifecycle.resume(policy, kept, now)  # somebody waits for an answer: nothing of it may rest
    await lifecycle.record(kept, EventKind.ABSORBED, now, staff=staff, other=gone.id, owed=owed)
    await clocks.settle(policy, kept)
    words = with_words(kept.folded, gone.folded)
    last = max(filter(None, (kept.last_resident_at, gone.last_resident_at)), default=None)
    contact = gone.contact_id if last == gone.last_resident_at else kept.contact_id
    await Ticket.filter(id=kept.id).update(folded=words, last_resident_at=last, contact_id=contact)
    await kept.refresh_from_db()
    if kept.status is Status.OPEN and gone.assignee_id is not None:
        owner = await Staff.get(id=gone.assignee_id)
        if owner.active and rights.has_area(policy, owner, kept.area):
            await lifecycle.assign(policy, kept, owner, None, now)
    await acts.note(policy.office, staff, ActKind.MERGED, now, number=gone.number, into=kept.number)
    return await queries.reload(kept), await queries.reload(gone)


async def part(policy: Policy, ticket: Ticket, staff: Staff, now: datetime) -> tuple[Ticket, Ticket]:
    """Undo a merge: the ticket is again what it was, and its clocks go on where they stood.

    Returns the one it had been in and itself. Raises NotMerged.
    """
    rights.require_ticket(policy, staff, "merge", ticket)
    gone = await _locked(ticket)
    if gone.merged_into_id is None:
        raise NotMerged(number=ticket.number)
    kept = await Ticket.get(id=gone.merged_into_id)
    rights.require_ticket(policy, staff, "merge", kept)
    merged = await Event.filter(ticket_id=gone.id, kind=EventKind.MERGED).order_by("-id").first()
    if merged is None:
        raise NotMerged(number=ticket.number)
    status, assignee = Status(merged.data["status"]), merged.data["assignee"]
    owner = await Staff.get_or_none(id=assignee) if assignee is not None else None
    if assignee is not None and (owner is None or not owner.active):
        status, assignee = Status.OPEN, None
    await Ticket.filter(id=gone.id).update(
        status=status, assignee_id=assignee, merged_into_id=None, closed_at=None, chase_at=None
    )
    await lifecycle.record(
        gone, EventKind.UNMERGED, now, staff=staff, into=kept.id, status=str(status), assignee=assignee
    )
    await clocks.settle(policy, gone)
    await lifecycle.record(kept, EventKind.PARTED, now, staff=staff, other=gone.id)
    await clocks.settle(policy, kept)
    await acts.note(policy.office, staff, ActKind.UNMERGED, now, number=gone.number, into=kept.number)
    return await queries.reload(kept), await queries.reload(gone)


async def split(
    policy: Policy,
    ticket: Ticket,
    messages: Sequence[Message],
    staff: Staff,
    now: datetime,
    *,
    area: str,
    procedure_code: str = "",
) -> Ticket:
    """A ticket of its own for `messages`, which were another matter. Its promises run from now.

    Undone by merging it back. Raises NothingToSplit when there are none, or when nothing would be left.
    """
    rights.require_ticket(policy, staff, "merge", ticket)
    ticket = await _locked(ticket)
    if ticket.status not in LIVE - {Status.NEW}:
        raise WrongState(number=ticket.number, status=ticket.status)
    moved = [one for one in messages if one.ticket_id == ticket.id and one.direction is Direction.IN]
    said = await Message.filter(ticket_id=ticket.id, direction=Direction.IN)
    messages_left = [one for one in said if one.id not in {gone.id for gone in moved}]
    if not moved or not messages_left:
        raise NothingToSplit(number=ticket.number)
    whole = await queries.reload(ticket)
    subject = next((one.text for one in moved if one.text.strip()), "")
    new = await lifecycle.open_ticket(
        policy,
        whole.contact,
        whole.resident,
        subject,
        now,
        urgent=ticket.urgent,
        previous=ticket,
        catalogue=ticket.catalogue,
    )
    owed = [one for one in messages_left if ticket.last_staff_at is None or one.at > ticket.last_staff_at]
    ids = [one.id for one in moved]
    await lifecycle.record(ticket, EventKind.SPLIT, now, staff=staff, new=new.id, messages=ids, owed=bool(owed))
    await clocks.settle(policy, ticket)
    for one in moved:
        await Message.filter(id=one.id).update(ticket_id=new.id)
        await lifecycle.record(new, EventKind.RESIDENT_WROTE, now, message=one.id)
    await lifecycle.route(policy, new, area, now, by="human", procedure_code=procedure_code)
    await acts.note(policy.office, staff, ActKind.SPLIT, now, number=ticket.number, new=new.number)
    return await queries.reload(new)


async def _locked(ticket: Ticket) -> Ticket:
    return await Ticket.filter(id=ticket.id).select_for_update().get()
