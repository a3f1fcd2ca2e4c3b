"""What people decide about a ticket's promises: urgency, more time, a rest of the ladder, a reminder, an apology.

All run inside the caller's transaction; `now` is an aware UTC datetime. Each is an event, from which the due times are
recomputed (docs/deadlines.md says how).
"""

from datetime import datetime, timedelta

from tickets import clocks, deadlines, hours, rights
from tickets.errors import DomainError, WrongState
from tickets.hours import Span
from tickets.lifecycle import record
from tickets.models import Event, EventKind, Staff, Status, Ticket, Urgency
from tickets.policy import Policy
from tickets.status import LIVE

_ROUTED = LIVE - {Status.NEW}
LONGEST = timedelta(days=60)  # that anybody may put a promise off at once


class NoReason(DomainError):
    """`number`: more time and apologies need a reason in words."""

    text = "late.reason_missing"


class TooFar(DomainError):
    """`number`: nobody puts a promise off as far as that."""

    text = "late.too_far"


class StaleDraft(DomainError):
    """`number`: the draft is not the last one, or what it promises has passed."""

    text = "late.draft_stale"


async def prioritise(policy: Policy, ticket: Ticket, staff: Staff, now: datetime, to: Urgency, reason: str) -> bool:
    """Make a ticket more or less pressing. Whether that changed anything."""
    rights.require_ticket(policy, staff, "priority", ticket)
    _require_live(ticket)
    return await _graded(policy, ticket, now, to, staff, reason)


async def raise_alarm(policy: Policy, ticket: Ticket, now: datetime, danger: str) -> bool:
    """The resident's later words speak of danger: the ticket is urgent from now on. Whether it was not before.

    `danger` names which, in a word of ours. Nobody's rights are asked: the program does it.
    """
    if ticket.status not in LIVE:
        raise WrongState(number=ticket.number, status=ticket.status)
    return await _graded(policy, ticket, now, Urgency.URGENT, None, danger)


async def _graded(policy: Policy, ticket: Ticket, now: datetime, to: Urgency, staff: Staff | None, reason: str) -> bool:
    await _lock(ticket)
    await ticket.refresh_from_db(fields=["urgent", "grade"])
    if ticket.urgency is to:
        return False
    urgent = to is Urgency.URGENT
    ticket.urgent, ticket.grade = urgent, 0 if urgent else to.rank
    await Ticket.filter(id=ticket.id).update(urgent=ticket.urgent, grade=ticket.grade)
    grade = Urgency.NORMAL if urgent else to
    await record(ticket, EventKind.PRIORITY, now, staff=staff, reason=reason, urgent=urgent, grade=str(grade))
    await clocks.settle(policy, ticket)
    return True


def extended_until(policy: Policy, ticket: Ticket, span: Span, now: datetime) -> datetime:
    """Until when an extension of `span`, counted from now, lasts. Raises NoWorkingTime."""
    return hours.add(policy.calendar_of(ticket.area), now, span)


async def extend(policy: Policy, ticket: Ticket, staff: Staff, until: datetime, reason: str, now: datetime) -> None:
    """Nothing about this ticket is late before `until`. Raises NoReason, TooFar, WrongState."""
    rights.require_ticket(policy, staff, "extend", ticket)
    _require_live(ticket)
    if not reason.strip():
        raise NoReason(number=ticket.number)
    if until - now > LONGEST:
        raise TooFar(number=ticket.number)
    await _lock(ticket)
    await record(ticket, EventKind.EXTENDED, now, staff=staff, reason=reason.strip(), until=until.isoformat())
    await clocks.settle(policy, ticket)


async def acknowledge(
    policy: Policy, ticket: Ticket, staff: Staff, now: datetime, span: Span | None = None
) -> datetime:
    """Somebody has seen that it is late: the ladder rests until the moment returned."""
    rights.require_ticket(policy, staff, "acknowledge", ticket)
    _require_live(ticket)
    until = hours.add(policy.calendar_of(ticket.area), now, span or policy.acknowledged_for)
    if until - now > LONGEST:
        raise TooFar(number=ticket.number)
    await _lock(ticket)
    await record(ticket, EventKind.ACKNOWLEDGED, now, staff=staff, until=until.isoformat())
    await clocks.settle(policy, ticket)
    return until


async def remind(policy: Policy, ticket: Ticket, staff: Staff, now: datetime, reason: str = "") -> None:
    """A lead asks for it. Whom to tell is the caller's affair."""
    rights.require_ticket(policy, staff, "remind", ticket)
    _require_live(ticket)
    await record(ticket, EventKind.REMINDED, now, staff=staff, reason=reason)


async def draft_apology(
    policy: Policy, ticket: Ticket, staff: Staff, reason: str, until: datetime, now: datetime
) -> Event:
    """Keep what would be said to the resident. Nothing is sent before somebody approves. Raises NoReason."""
    rights.require_ticket(policy, staff, "apologise", ticket)
    _require_live(ticket)
    if not reason.strip():
        raise NoReason(number=ticket.number)
    return await record(
        ticket, EventKind.APOLOGY_DRAFTED, now, staff=staff, reason=reason.strip(), until=until.isoformat()
    )


async def apologise(policy: Policy, ticket: Ticket, staff: Staff, draft: int, now: datetime) -> Event:
    """Approve the last draft: its new time becomes what is promised. Returns the draft. Raises StaleDraft."""
    rights.require_ticket(policy, staff, "apologise", ticket)
    _require_live(ticket)
    await _lock(ticket)
    drafts = Event.filter(ticket=ticket, kind__in=[EventKind.APOLOGY_DRAFTED, EventKind.APOLOGISED])
    last = await drafts.order_by("-id").first()
    if last is None or last.kind is not EventKind.APOLOGY_DRAFTED or last.id != draft:
        raise StaleDraft(number=ticket.number)
    if datetime.fromisoformat(last.data["until"]) <= now:
        raise StaleDraft(number=ticket.number)
    await record(
        ticket, EventKind.APOLOGISED, now, staff=staff, reason=last.reason, until=last.data["until"], draft=last.id
    )
    await Ticket.filter(id=ticket.id).update(told_due=datetime.fromisoformat(last.data["until"]))
    await clocks.settle(policy, ticket)
    return last


def new_time(policy: Policy, ticket: Ticket, now: datetime) -> datetime:
    """The time an apology promises unless a person says another: the time for an answer, anew. Raises NoWorkingTime."""
    promise = policy.promise(ticket.area, ticket.urgency)
    name: deadlines.PromiseName = "first_reply" if ticket.first_replied_at is None else "next_reply"
    return max(hours.add(policy.calendar_of(ticket.area), now, promise.span(name)), _latest(ticket, now))


def _latest(ticket: Ticket, now: datetime) -> datetime:
    """A later time that has been granted already is kept."""
    return max([now, *(due for due in (ticket.first_reply_due, ticket.next_reply_due) if due is not None)])


def _require_live(ticket: Ticket) -> None:
    if ticket.status not in _ROUTED:
        raise WrongState(number=ticket.number, status=ticket.status)


async def _lock(ticket: Ticket) -> None:
    await Ticket.filter(id=ticket.id).select_for_update().first()
