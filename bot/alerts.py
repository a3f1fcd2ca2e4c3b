"""Who hears of time running out, and what the program does by itself when a time has come."""

from datetime import datetime
from typing import TYPE_CHECKING

from bot import cards, notices, times
from bot.context import Buttons
from tickets import hours, lifecycle, queries, rights, routing
from tickets.deadlines import WARN
from tickets.models import Alert, Contact, EventKind, Role, Staff, Status, Ticket
from tickets.people import reach

if TYPE_CHECKING:
    from bot.wiring import Desk


async def announce(
    desk: "Desk", ticket: Ticket, promise: str, step: str, role: str, due: datetime, now: datetime
) -> int:
    """Tell the people of one step of the ladder, each once (P12). Returns how many were told now.

    `promise` is "first_reply" or "resolve", `step` the step's key, `role` whom it is meant for. Where nobody can be
    reached the step is kept as announced to nobody, so that it is not tried every minute; `doctor` reports it.
    """
    ticket = await queries.reload(ticket)
    people = await _meant(desk, ticket, role)
    if not people and not await Alert.exists(ticket=ticket, promise=promise, step=step, due=due):
        await Alert.create(ticket=ticket, promise=promise, step=step, due=due, at=now)
    told = 0
    for staff, contact in people:
        alert, fresh = await Alert.get_or_create(
            ticket=ticket, promise=promise, step=step, due=due, staff=staff, defaults={"at": now}
        )
        if not fresh or await _hears_it_now(ticket, promise, step, due, staff, now):
            continue
        text, buttons = _words(desk, ticket, staff, promise, step, due, now)
        await notices.to_staff(staff, now, text, ticket=ticket, buttons=buttons, contact=contact)
        await lifecycle.record(ticket, EventKind.ALERTED, now, promise=promise, step=step, to=staff.id, alert=alert.id)
        told += 1
    return told


async def _hears_it_now(ticket: Ticket, promise: str, step: str, due: datetime, staff: Staff, now: datetime) -> bool:
    """Whether `staff` is told of another step of the same broken promise in this very moment.

    After a night, or where one person stands in for a missing one, several steps fall due together; once is enough.
    """
    same = Alert.filter(ticket=ticket, promise=promise, due=due, staff=staff, at=now).exclude(step=step)
    return step != WARN and await same.exclude(step=WARN).exists()


async def _meant(desk: "Desk", ticket: Ticket, role: str) -> list[tuple[Staff, Contact]]:
    """The assignee's step falls to the area's staff while nobody has claimed the ticket."""
    if role != "assignee":
        return await routing.superiors(desk.policy, ticket.area, role)
    if ticket.assignee is not None:
        where = await reach(ticket.assignee)
        return [(ticket.assignee, where)] if where is not None else []
    staff = await Staff.filter(office=desk.policy.office, active=True, on_duty=True).order_by("id")
    serving = [one for one in staff if routing.serves(desk.policy, one, ticket.area)]
    return [(one, where) for one in serving if (where := await reach(one)) is not None]


def _words(
    desk: "Desk", ticket: Ticket, staff: Staff, promise: str, step: str, due: datetime, now: datetime
) -> tuple[str, Buttons]:
    say = desk.texts.say
    language = staff.language
    kind = "warn" if step == WARN else "late"
    over = hours.elapsed(desk.policy.calendar, due, now) if due < now else due - due
    text = say(
        language,
        f"alert.{kind}_{promise}",
        number=ticket.number,
        area=cards.area_name(desk, ticket.area, language),
        owner=ticket.assignee.name if ticket.assignee else say(language, "card.nobody"),
        due=times.moment(desk, language, due, now),
        over=times.length(desk, language, over),
        words=cards.excerpt(ticket.subject, 120),
    )
    return text, [_buttons(desk, ticket, staff)]


def _buttons(desk: "Desk", ticket: Ticket, staff: Staff) -> list[tuple[str, str]]:
    """What this person may do about it."""
    say, number = desk.texts.say, ticket.number
    buttons = [(say(staff.language, "button.show"), f"/xem {number}")]
    if ticket.assignee_id != staff.id and rights.at_least(staff, Role.LEAD):
        buttons.insert(0, (say(staff.language, "button.assign"), f"/phancong {number}"))
    if ticket.assignee_id is None:
        buttons.insert(0, (say(staff.language, "button.claim"), f"/nhan {number}"))
    return buttons


async def ask_expired(desk: "Desk", ticket: Ticket, now: datetime) -> None:
    """The resident did not say which area is meant: reception takes it."""
    await lifecycle.route(desk.policy, ticket, desk.policy.reception, now, by="timeout")
    await notices.received(desk, ticket, now)
    await notices.routed(desk, ticket, now)


async def close_resolved(desk: "Desk", now: datetime) -> int:
    """Close what was resolved long enough ago. Returns how many."""
    old = await Ticket.filter(
        office=desk.policy.office, status=Status.RESOLVED, resolved_at__lt=now - desk.policy.close_after
    ).limit(200)
    for ticket in old:
        await lifecycle.close(ticket, now)
        await notices.refresh_cards(desk, ticket, now)
    return len(old)


async def wake_snoozed(desk: "Desk", now: datetime) -> int:
    """Hand back what was put aside until now. Returns how many."""
    due = (
        await Ticket.filter(office=desk.policy.office, status=Status.SNOOZED, snoozed_until__lte=now)
        .limit(200)
        .prefetch_related("assignee")
    )
    for ticket in due:
        await lifecycle.resume(desk.policy, ticket, now)
        if ticket.assignee is not None:
            language = ticket.assignee.language
            await notices.to_staff(
                ticket.assignee, now, desk.texts.say(language, "staff.woken", number=ticket.number), ticket=ticket
            )
        await notices.refresh_cards(desk, ticket, now)
    return len(due)
