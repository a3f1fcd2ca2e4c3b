"""While we wait for a resident: reminding them kindly, in working hours, and settling the ticket when nothing comes."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot import cards, live_cards, notices, times
from tickets import deadlines, queries, waiting
from tickets.models import Direction, Message, Status, Ticket

if TYPE_CHECKING:
    from bot.wiring import Desk

_ASKED = 160  # characters of what was asked for, in a reminder
_LATEST = timedelta(minutes=1)


async def due(desk: "Desk", now: datetime, limit: int) -> list[int]:
    """The ids of tickets that wait and are to be looked at now, the longest waiting first."""
    rows = Ticket.filter(office=desk.policy.office, status=Status.WAITING)
    fresh = await rows.filter(chase_at__isnull=True).order_by("id").limit(limit).values_list("id", flat=True)
    past = await rows.filter(chase_at__lte=now).order_by("chase_at").limit(limit).values_list("id", flat=True)
    return [int(row) for row in (*fresh, *past)]  # type: ignore[call-overload]  # values of one column


async def look(desk: "Desk", ticket_id: int, now: datetime) -> None:
    """Do what has fallen due for one ticket that waits, and remember when to look again. In a transaction."""
    ticket = await Ticket.filter(id=ticket_id, status=Status.WAITING).select_for_update().first()
    if ticket is None:  # the resident has written meanwhile
        return
    step = await waiting.next_step(desk.policy, ticket)
    if step is not None and step.at <= now:
        open_at = deadlines.announce_at(desk.policy.calendar_of(ticket.area), now, urgent=False)
        if open_at > now:  # the program was not running when it was due; nobody is written to at night
            await waiting.look_again(ticket, open_at)
            return
        if step.end:
            await _give_up(desk, ticket, now)
            return
        await waiting.chased(ticket, step.count + 1, step.at, now)
        await _remind(desk, ticket, step, now)
        step = await waiting.next_step(desk.policy, ticket)
    far = now + timedelta(days=366)  # nothing comes by itself any more
    await waiting.look_again(ticket, max(step.at, now + _LATEST) if step is not None else far)


async def _remind(desk: "Desk", ticket: Ticket, step: waiting.Chase, now: datetime) -> None:
    """The first reminder says what was asked for; the later ones also what happens when nothing comes; a late one when
    it was due."""
    ticket = await queries.reload(ticket)
    asked = await Message.filter(ticket_id=ticket.id, direction=Direction.OUT).exclude(text="").order_by("-id").first()
    ends = await waiting.ends_at(desk.policy, ticket)
    key = "chase.again" if step.count and ends is not None else "chase.first" if asked is not None else "chase.plain"
    await notices.to_resident(
        desk,
        ticket,
        now,
        key,
        asked=cards.excerpt(asked.text, _ASKED) if asked is not None else "",
        ends=times.moment(desk, ticket.resident.language, ends, now) if ends is not None else "",
        more=times.said_late(desk, ticket.resident.language, step.at, now, "chase.said_late"),
    )


async def _give_up(desk: "Desk", ticket: Ticket, now: datetime) -> None:
    if not await waiting.give_up(desk.policy, ticket, now):
        return
    ticket = await queries.reload(ticket)
    await notices.to_resident(desk, ticket, now, "chase.given_up")
    if ticket.assignee is not None:
        text = desk.texts.say(ticket.assignee.language, "chase.given_up_staff", number=ticket.number)
        again = [[(desk.texts.say(ticket.assignee.language, "button.reopen"), f"/molai {ticket.number}")]]
        await notices.to_staff(ticket.assignee, now, text, ticket=ticket, buttons=again)
    await live_cards.refresh(desk, ticket, now)
