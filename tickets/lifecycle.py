"""How a ticket moves: open, route, claim, release, transfer, wait, snooze, resolve, reopen, close; each with its event.

Every move is one conditional UPDATE on the state it may start from, so of two people at once exactly one succeeds
and the other is told why. All functions run inside the caller's transaction and raise children of `DomainError`.
`now` is an aware UTC datetime; clocks are computed in the office's working time.
"""

from datetime import datetime
from typing import Any

from tickets import clocks, order, rights, rows
from tickets.errors import (
    AlreadyClaimed,
    AlreadyYours,
    DomainError,
    NothingToRate,
    NothingToSay,
    UnknownArea,
    WrongState,
)
from tickets.folding import fold
from tickets.models import Contact, Direction, Event, EventKind, Message, Resident, Staff, Status, Ticket
from tickets.policy import Policy
from tickets.queries import reload
from tickets.search import with_words
from tickets.status import LIVE, UNCLAIMED, sources, target

SUBJECT_LENGTH = 200

_NEXT_NUMBER = rows.Counted(
    "number",
    "INSERT INTO ticket_counter (office, last_number) VALUES ({office}, 1)"
    " ON CONFLICT (office) DO UPDATE SET last_number = ticket_counter.last_number + 1 RETURNING last_number",
)


async def record(
    ticket: Ticket, kind: EventKind, now: datetime, *, staff: Staff | None = None, reason: str = "", **data: Any
) -> Event:
    """Append one event. `data` must not hold words of residents."""
    return await rows.insert(
        Event, ticket_id=ticket.id, kind=kind, staff_id=staff.id if staff else None, reason=reason, data=data, at=now
    )


async def open_ticket(
    policy: Policy,
    contact: Contact,
    resident: Resident,
    subject: str,
    now: datetime,
    *,
    urgent: bool = False,
    previous: Ticket | None = None,
    catalogue: str = "",
) -> Ticket:
    """A new, not yet routed ticket with the next number of the office and its promises running from `now`.

    `catalogue` is the version of the list of procedures that holds for it, whatever comes later.
    """
    promised = clocks.at_opening(policy, now, urgent=urgent)
    ticket = await rows.insert(
        Ticket,
        counted=_NEXT_NUMBER,
        office=policy.office,
        resident_id=resident.id,
        contact_id=contact.id,
        subject=subject[:SUBJECT_LENGTH],
        folded=fold(f"{contact.name} {subject}"),
        urgent=urgent,
        previous_id=previous.id if previous else None,
        catalogue=catalogue,
        opened_at=now,
        last_resident_at=now,
        **promised,
    )
    await record(ticket, EventKind.OPENED, now, channel=contact.channel, urgent=urgent)
    return ticket


async def route(
    policy: Policy,
    ticket: Ticket,
    area: str,
    now: datetime,
    *,
    by: str,
    procedure_code: str = "",
    confidence: float = 0.0,
    raised: bool = False,
) -> None:
    """Give a new ticket its area. `by` says who decided: matcher, resident, timeout, human.

    `raised`: its urgency was changed before this, so that its log has to be read.
    """
    if area not in policy.areas:
        raise UnknownArea(area=area)
    promised = clocks.at_routing(policy, ticket, area)
    await _move(
        ticket,
        "route",
        area=area,
        procedure_code=procedure_code,
        routed_at=now,
        ask_until=None,
        told_due=None if ticket.urgent else promised["first_reply_due"],  # the confirmation that follows says it
        **promised,
    )
    await record(
        ticket, EventKind.ROUTED, now, area=area, by=by, procedure=procedure_code, confidence=round(confidence, 3)
    )
    if raised:
        await clocks.settle(policy, ticket)


async def claim(policy: Policy, ticket: Ticket, staff: Staff, now: datetime) -> None:
    """Make `staff` the assignee if nobody is. Raises AlreadyClaimed naming who was first, or AlreadyYours."""
    rights.require_ticket(policy, staff, "claim", ticket)
    changed = await Ticket.filter(id=ticket.id, status__in=list(sources("claim")), assignee_id=None).update(
        status=target("claim"), assignee_id=staff.id, claimed_at=now, ask_until=None
    )
    if not changed:
        raise await _why_not_claimed(ticket, staff)
    await _landed(policy, ticket, now)
    await record(ticket, EventKind.CLAIMED, now, staff=staff)


async def _why_not_claimed(ticket: Ticket, staff: Staff) -> DomainError:
    current = await reload(ticket)
    if current.status not in LIVE:
        return WrongState(number=ticket.number, status=current.status)
    if current.assignee_id == staff.id:
        return AlreadyYours(number=ticket.number)
    if current.assignee is not None:
        return AlreadyClaimed(number=ticket.number, winner=current.assignee.name)
    return WrongState(number=ticket.number, status=current.status)


async def assign(
    policy: Policy, ticket: Ticket, to: Staff, by: Staff | None, now: datetime, *, reason: str = ""
) -> None:
    """Put a ticket into somebody's hands: by a lead, or by the program when its former owner is back (`by` empty)."""
    if by is not None:
        rights.require_ticket(policy, by, "release" if ticket.assignee_id == by.id else "assign", ticket)
    await _move(ticket, "assign", assignee_id=to.id, claimed_at=now, ask_until=None)
    await _landed(policy, ticket, now)
    await record(ticket, EventKind.ASSIGNED, now, staff=by, reason=reason, to=to.id)
    await clocks.settle(policy, ticket)


async def hand_over(policy: Policy, ticket: Ticket, by: Staff, to: Staff, now: datetime, note: str = "") -> None:
    """From one pair of hands to another at the end of a shift: its state stays, waiting goes on."""
    rights.require_ticket(policy, by, "release", ticket)
    changed = await Ticket.filter(id=ticket.id, assignee_id=by.id, status__in=list(LIVE)).update(assignee_id=to.id)
    await ticket.refresh_from_db()
    if not changed:
        raise WrongState(number=ticket.number, status=ticket.status)
    await record(ticket, EventKind.HANDED_OVER, now, staff=by, reason=note, to=to.id)


async def release(policy: Policy, ticket: Ticket, staff: Staff, now: datetime, reason: str = "") -> None:
    """Back to the queue of its area."""
    rights.require_ticket(policy, staff, "release", ticket)
    await _move(ticket, "release", assignee_id=None, claimed_at=None)
    await record(ticket, EventKind.RELEASED, now, staff=staff, reason=reason)
    await clocks.settle(policy, ticket)


async def transfer(policy: Policy, ticket: Ticket, area: str, staff: Staff, now: datetime, reason: str = "") -> None:
    """To the queue of another area.

    The promise of a first answer stays as the resident was told it; the time to resolve starts anew for the new area.
    """
    rights.require_ticket(policy, staff, "transfer", ticket)
    if area not in policy.areas:
        raise UnknownArea(area=area)
    before = ticket.area
    await _move(
        ticket,
        "transfer",
        area=area,
        procedure_code="",
        assignee_id=None,
        claimed_at=None,
        ask_until=None,
        routed_at=now,
    )
    await record(ticket, EventKind.TRANSFERRED, now, staff=staff, reason=reason, before=before, area=area)
    await clocks.settle(policy, ticket)


async def wait(policy: Policy, ticket: Ticket, staff: Staff, now: datetime, reason: str = "") -> None:
    """The resident has to do something first: the clock stands still."""
    rights.require_ticket(policy, staff, "wait", ticket)
    await _move(ticket, "wait", chase_at=None)
    await record(ticket, EventKind.WAITING, now, staff=staff, reason=reason)
    await clocks.settle(policy, ticket)


async def snooze(policy: Policy, ticket: Ticket, staff: Staff, until: datetime, now: datetime) -> None:
    """Put aside until a time; unlike waiting, the clock goes on: it is our decision, not the resident's turn."""
    rights.require_ticket(policy, staff, "snooze", ticket)
    await _move(ticket, "snooze", snoozed_until=until)
    await record(ticket, EventKind.SNOOZED, now, staff=staff, until=until.isoformat())


async def resume(policy: Policy, ticket: Ticket, now: datetime) -> None:
    """From waiting or snoozed back to its assignee; the rest of the working time starts to run again."""
    await _move(ticket, "resume", snoozed_until=None)
    await record(ticket, EventKind.RESUMED, now)
    await clocks.settle(policy, ticket)


async def resolve(policy: Policy, ticket: Ticket, staff: Staff, now: datetime) -> None:
    rights.require_ticket(policy, staff, "resolve", ticket)
    await _move(
        ticket,
        "resolve",
        resolved_at=now,
        assignee_id=ticket.assignee_id or staff.id,
    )
    await record(ticket, EventKind.RESOLVED, now, staff=staff)
    await clocks.settle(policy, ticket)


async def reopen(
    policy: Policy, ticket: Ticket, now: datetime, *, staff: Staff | None = None, reason: str = ""
) -> None:
    """Back to work, with new promises from `now`, so that reopening never breaches at once.

    The former assignee gets it back when on duty and still of the area; otherwise it goes to the queue of its area.
    """
    if staff is not None:
        rights.require_ticket(policy, staff, "reopen", ticket)
    former = await Staff.get_or_none(id=ticket.assignee_id) if ticket.assignee_id else None
    await _move(
        ticket,
        "reopen",
        assignee_id=None,
        claimed_at=None,
        resolved_at=None,
        rating=None,
    )
    await record(ticket, EventKind.REOPENED, now, staff=staff, reason=reason)
    await clocks.settle(policy, ticket)
    await rows.change(ticket, told_due=None if ticket.urgent else ticket.first_reply_due)  # as the resident is told
    if former is not None and former.active and former.on_duty and rights.has_area(policy, former, ticket.area):
        await assign(policy, ticket, former, None, now, reason="former_owner")


async def close(ticket: Ticket, now: datetime) -> None:
    """The end, some days after resolving: a later word of the resident opens a new ticket that names this one."""
    await _move(ticket, "close", closed_at=now)
    await record(ticket, EventKind.CLOSED, now)


async def reply(
    policy: Policy,
    ticket: Ticket,
    staff: Staff,
    text: str,
    attachments: list[dict[str, Any]],
    now: datetime,
    *,
    inbox_id: int | None = None,
) -> Message:
    """Words for the resident. Answering a ticket nobody has is claiming it; `claim` decides a race here too.

    `inbox_id` is the event they came by: a change of it changes them, and signs under it say what became of them.
    """
    if not text.strip() and not attachments:
        raise NothingToSay
    rights.require_ticket(policy, staff, "reply", ticket)
    if ticket.status in UNCLAIMED:
        await claim(policy, ticket, staff, now)
    elif ticket.status in (Status.RESOLVED, Status.CLOSED):
        raise WrongState(number=ticket.number, status=ticket.status)
    message = await Message.create(
        ticket=ticket,
        direction=Direction.OUT,
        author=staff,
        text=text,
        attachments=attachments,
        inbox_id=inbox_id,
        at=now,
    )
    await Ticket.filter(id=ticket.id).update(last_staff_at=now, folded=with_words(ticket.folded, text))
    await ticket.refresh_from_db()
    await record(ticket, EventKind.REPLIED, now, staff=staff, message=message.id)
    await clocks.settle(policy, ticket)
    return message


async def keep_words(ticket: Ticket, staff: Staff, text: str, now: datetime) -> Message:
    """Words to the resident that answer nothing, such as an apology: kept with the ticket, and keeping no promise."""
    return await Message.create(ticket=ticket, direction=Direction.OUT, author=staff, text=text, at=now)


async def note(policy: Policy, ticket: Ticket, staff: Staff, text: str, now: datetime) -> Message:
    """Words between staff; never relayed (P10)."""
    if not text.strip():
        raise NothingToSay
    rights.require_ticket(policy, staff, "note", ticket)
    message = await Message.create(ticket=ticket, direction=Direction.NOTE, author=staff, text=text, at=now)
    await Ticket.filter(id=ticket.id).update(folded=with_words(ticket.folded, text))
    await record(ticket, EventKind.NOTED, now, staff=staff, message=message.id)
    return message


async def resident_wrote(
    policy: Policy,
    ticket: Ticket,
    contact: Contact,
    text: str,
    attachments: list[dict[str, Any]],
    now: datetime,
    *,
    inbox_id: int,
    courtesy: bool = False,
) -> Message:
    """Keep what the resident said; their word ends waiting and snoozing, and moves the answer to this contact.

    A mere `courtesy` (thanks, a greeting) starts no clock and ends no waiting: nobody owes an answer to it.
    """
    message = await rows.insert(
        Message,
        ticket_id=ticket.id,
        direction=Direction.IN,
        text=text,
        attachments=attachments,
        inbox_id=inbox_id,
        place=await order.place_of(ticket.id, inbox_id),
        at=now,
    )
    just_opened = ticket.last_resident_at == now and ticket.contact_id == contact.id
    if not just_opened or f" {fold(text)} " not in f" {ticket.folded} ":  # the words it is opened with are in it
        folded = with_words(ticket.folded, text)
        await rows.change(ticket, last_resident_at=now, contact_id=contact.id, folded=folded)
    if courtesy:
        await record(ticket, EventKind.RESIDENT_WROTE, now, message=message.id, courtesy=True)
        return message
    if ticket.status in (Status.WAITING, Status.SNOOZED):
        await resume(policy, ticket, now)
    await record(ticket, EventKind.RESIDENT_WROTE, now, message=message.id)
    if ticket.first_replied_at is not None:
        await clocks.settle(policy, ticket)
    return message


async def rate(ticket: Ticket, rating: int, now: datetime) -> None:
    """1 (poor) to 5 (very good), once resolved; a later rating replaces the earlier one."""
    if ticket.status not in (Status.RESOLVED, Status.CLOSED):
        raise NothingToRate
    await Ticket.filter(id=ticket.id).update(rating=rating)
    await record(ticket, EventKind.RATED, now, rating=rating)


async def comment(ticket: Ticket, text: str) -> None:
    """The one sentence a resident adds to their rating; a later one replaces it."""
    await Ticket.filter(id=ticket.id).update(rating_comment=text.strip())


async def _move(ticket: Ticket, move: str, **changes: Any) -> None:
    """The conditional update behind every move. Raises WrongState when the ticket has moved on meanwhile."""
    begins_in = [str(status) for status in sources(move)]
    if not await rows.change(ticket, "status = ANY($1)", [begins_in], status=target(move), **changes):
        current = await Ticket.get(id=ticket.id)
        raise WrongState(number=ticket.number, status=current.status)


async def _landed(policy: Policy, ticket: Ticket, now: datetime) -> None:
    """A ticket taken before it was routed belongs to reception from then on."""
    await ticket.refresh_from_db()
    if not ticket.area:
        await Ticket.filter(id=ticket.id).update(area=policy.reception, routed_at=now)
        await ticket.refresh_from_db()
