"""Waiting for a resident: when they are reminded kindly, and when the ticket is given up; in working time.

What has been done is told by the ticket's events; `chase_at` of its row only says when to look again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tickets import clocks, hours
from tickets.hours import Calendar, Span
from tickets.lifecycle import record
from tickets.models import Event, EventKind, Status, Ticket
from tickets.policy import Policy

_ONE_DAY = Span(days=1)
_IN_TIME = timedelta(minutes=15)  # a reminder later than this came late: the program was not running
_BEGINS = (EventKind.WAITING, EventKind.UNMERGED)


@dataclass(frozen=True, slots=True)
class Chase:
    """What comes next for a ticket that waits: at `at` a reminder, or its end. `count` reminders came before."""

    at: datetime
    end: bool
    count: int


async def next_step(policy: Policy, ticket: Ticket) -> Chase | None:
    """The next reminder or the end, from the ticket's events; None when it does not wait, or nothing comes any more.

    Raises NoWorkingTime.
    """
    if ticket.status is not Status.WAITING or ticket.paused_at is None:
        return None
    begun = await _begun(ticket)
    since = begun.at if begun is not None else ticket.paused_at
    chased = await _chased(ticket, begun)
    moments = [one.at for one in chased]
    calendar, rule = policy.calendar_of(ticket.area), policy.waiting
    ends = _ends(policy, ticket, since, chased)
    if len(moments) < rule.reminders:
        last = moments[-1] if moments else since
        at = _in_hours(calendar, last, rule.again_after if moments else rule.remind_after)
        if ends is None or at < ends:
            return Chase(at, end=False, count=len(moments))
    return Chase(ends, end=True, count=len(moments)) if ends is not None else None


async def ends_at(policy: Policy, ticket: Ticket) -> datetime | None:
    """When a ticket that waits is given up; None: never by itself, or it does not wait."""
    if ticket.status is not Status.WAITING:
        return None
    begun = await _begun(ticket)
    since = begun.at if begun is not None else ticket.paused_at or ticket.opened_at
    return _ends(policy, ticket, since, await _chased(ticket, begun))


def _ends(policy: Policy, ticket: Ticket, since: datetime, chased: Sequence[Event]) -> datetime | None:
    """When the waiting that began at `since` ends. Who was reminded late has a working day from then all the same."""
    calendar, length = policy.calendar_of(ticket.area), policy.waiting.close_after
    if length is None:
        return None
    ends = _in_hours(calendar, since, length)
    if chased and chased[-1].data.get("late"):
        return max(ends, _in_hours(calendar, chased[-1].at, _ONE_DAY))
    return ends


async def _chased(ticket: Ticket, begun: Event | None) -> list[Event]:
    """The reminders since the waiting began."""
    after = begun.id if begun is not None else 0
    return await Event.filter(ticket_id=ticket.id, kind=EventKind.CHASED, id__gt=after).order_by("id")


async def _begun(ticket: Ticket) -> Event | None:
    return await Event.filter(ticket_id=ticket.id, kind__in=_BEGINS).order_by("-id").first()


def _in_hours(calendar: Calendar, since: datetime, span: Span) -> datetime:
    """So much working time later, and while the office is open: whole days end when it closes."""
    return hours.next_opening(calendar, hours.add(calendar, since, span))


async def look_again(ticket: Ticket, at: datetime | None) -> None:
    """Remember when something is to be done about a ticket that waits."""
    await Ticket.filter(id=ticket.id).update(chase_at=at)
    ticket.chase_at = at


async def chased(ticket: Ticket, count: int, due: datetime, now: datetime) -> None:
    """The resident has been reminded of what was `due` then, for the `count`-th time since the waiting began."""
    data: dict[str, Any] = {"late": due.isoformat()} if now - due > _IN_TIME else {}
    await record(ticket, EventKind.CHASED, now, count=count, **data)


async def give_up(policy: Policy, ticket: Ticket, now: datetime) -> bool:
    """Nothing came: the ticket is settled by the program. Whether it still waited.

    The resident's next word reopens it, as it does every resolved one.
    """
    changed = await Ticket.filter(id=ticket.id, status=Status.WAITING).update(
        status=Status.RESOLVED, resolved_at=now, chase_at=None
    )
    if not changed:
        return False
    await ticket.refresh_from_db()
    await record(ticket, EventKind.RESOLVED, now, by="silence")
    await clocks.settle(policy, ticket)
    return True
