"""Who hears of time running out, and what the program does by itself when a time has come."""

from datetime import datetime
from typing import TYPE_CHECKING

from bot import late, notices, times
from tickets import lifecycle
from tickets.deadlines import WARN, Step
from tickets.models import Alert, Contact, EventKind, Staff, Status, Ticket
from tickets.roster import Reached

if TYPE_CHECKING:
    from bot.wiring import Desk


async def announce(desk: "Desk", ticket: Ticket, step: Step, people: Reached, now: datetime) -> int:
    """Tell one step of the ladder to those it is meant for, each once (P12). Returns how many were told now.

    Where nobody can be reached the step is kept as announced to nobody, so that it is not tried every minute; `doctor`
    reports it. `ticket` needs the people around it fetched.
    """
    if not people:
        await Alert.get_or_create(
            ticket=ticket, promise=step.promise, step=step.key, due=step.due, staff=None, defaults={"at": now}
        )
    told = 0
    for staff, contact in people:
        alert, fresh = await Alert.get_or_create(
            ticket=ticket, promise=step.promise, step=step.key, due=step.due, staff=staff, defaults={"at": now}
        )
        if fresh and not await _hears_it_now(ticket, step, staff, now):
            await tell(desk, ticket, alert, staff, contact, now)
            told += 1
    return told


async def tell(
    desk: "Desk",
    ticket: Ticket,
    alert: Alert,
    staff: Staff,
    contact: Contact,
    now: datetime,
    *,
    instead_of: Staff | None = None,
) -> None:
    """The card of one alert to one person, and the event that they were told. `instead_of`: whom it did not reach."""
    text, buttons = late.card(desk, ticket, staff, alert.promise, alert.step, alert.due, now)
    if instead_of is not None:
        text = f"{text}\n{desk.texts.say(staff.language, 'alert.instead_of', name=instead_of.name)}"
    row = await notices.to_staff(staff, now, text, ticket=ticket, buttons=buttons, contact=contact)
    if row is not None:
        await Alert.filter(id=alert.id).update(outbox_id=row.id)
    await lifecycle.record(
        ticket, EventKind.ALERTED, now, promise=alert.promise, step=alert.step, to=staff.id, alert=alert.id
    )


async def _hears_it_now(ticket: Ticket, step: Step, staff: Staff, now: datetime) -> bool:
    """Whether `staff` is told of another step of the same broken promise in this very moment.

    After a night, or where one person stands in for a missing one, several steps fall due together; once is enough.
    """
    same = Alert.filter(ticket=ticket, promise=step.promise, due=step.due, staff=staff, at=now)
    return step.key != WARN and await same.exclude(step__in=[step.key, WARN]).exists()


async def ask_expired(desk: "Desk", ticket: Ticket, now: datetime) -> None:
    """The resident did not say which area is meant: reception takes it."""
    await lifecycle.route(desk.policy, ticket, desk.policy.reception, now, by="timeout")
    await notices.received(desk, ticket, now)
    await notices.routed(desk, ticket, now)


async def close_resolved(desk: "Desk", now: datetime) -> int:
    """Close what was resolved long enough ago, but for what somebody works on right now. Returns how many."""
    due = Ticket.filter(
        office=desk.policy.office, status=Status.RESOLVED, resolved_at__lt=now - desk.policy.close_after
    )
    old = await due.order_by("id").limit(200).select_for_update(skip_locked=True)
    for ticket in old:
        await lifecycle.close(ticket, now)
        await notices.refresh_cards(desk, ticket, now)
    return len(old)


async def wake_snoozed(desk: "Desk", now: datetime) -> int:
    """Hand back what was put aside until now. Returns how many."""
    due = (
        await Ticket.filter(office=desk.policy.office, status=Status.SNOOZED, snoozed_until__lte=now)
        .order_by("id")
        .limit(200)
        .select_for_update(skip_locked=True)
        .prefetch_related("assignee")
    )
    for ticket in due:
        was = ticket.snoozed_until or now
        await lifecycle.resume(desk.policy, ticket, now)
        if ticket.assignee is not None:
            language = ticket.assignee.language
            text = desk.texts.say(language, "staff.woken", number=ticket.number)
            late_note = times.said_late(desk, language, was, now)
            await notices.to_staff(ticket.assignee, now, f"{text} {late_note}".rstrip(), ticket=ticket)
        await notices.refresh_cards(desk, ticket, now)
    return len(due)
