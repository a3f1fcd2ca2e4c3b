"""Late work in words: the card of one alert, what can be done about it, and the digest of many."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot import cards, times
from bot.context import Buttons
from tickets import hours, rights
from tickets.deadlines import WARN
from tickets.models import Role, Staff, Status, Ticket, Urgency

if TYPE_CHECKING:
    from bot.wiring import Desk

NAMED = 8  # tickets named in a digest; the others stand in the list behind its button
WORDS = 120


def card(
    desk: "Desk", ticket: Ticket, staff: Staff, promise: str, step: str, due: datetime, now: datetime
) -> tuple[str, Buttons]:
    """What is late (or soon will be), by how long, whose turn it is, and what this person may do about it."""
    say, language = desk.texts.say, staff.language
    kind = "warn" if step == WARN else "late"
    head = say(
        language,
        f"alert.{kind}_{promise}",
        number=ticket.number,
        area=cards.area_name(desk, ticket.area, language),
        owner=ticket.assignee.name if ticket.assignee else say(language, "card.nobody"),
        due=times.moment(desk, language, due, now),
        over=times.length(desk, language, over(desk, ticket, due, now)),
        words=cards.excerpt(ticket.subject, WORDS),
    )
    mark = "" if ticket.urgency is Urgency.NORMAL else say(language, f"alert.{ticket.urgency}")
    text = f"{mark}{head}\n{say(language, f'alert.turn_{turn(ticket)}')}"
    return text, buttons(desk, ticket, staff, late=step != WARN)


def over(desk: "Desk", ticket: Ticket, due: datetime, now: datetime) -> timedelta:
    """How long a promise has been broken, in the working time of those who look after it; by the clock when urgent."""
    if due >= now:
        return timedelta()
    return now - due if ticket.urgent else hours.elapsed(desk.policy.calendar_of(ticket.area), due, now)


def turn(ticket: Ticket) -> str:
    """Whose turn it is: the resident's, or ours to take it, to answer, or to settle it."""
    if ticket.status is Status.WAITING:
        return "resident"
    if ticket.assignee_id is None:
        return "nobody"
    return "answer" if ticket.first_replied_at is None or ticket.next_reply_due is not None else "settle"


def buttons(desk: "Desk", ticket: Ticket, staff: Staff, *, late: bool) -> Buttons:
    """What this person may do about a ticket that is late, or soon will be."""
    number = ticket.number

    def button(key: str, line: str) -> tuple[str, str]:
        return desk.texts.say(staff.language, f"button.{key}"), line

    above = rights.at_least(staff, Role.LEAD)
    take, steer, rest = [], [], []
    if ticket.assignee_id is None:
        take.append(button("claim", f"/nhan {number}"))
    if above and ticket.assignee_id != staff.id:
        take.append(button("assign", f"/phancong {number}"))
        steer.append(button("remind", f"/nhac {number}"))
    if above:
        steer.append(button("extend", f"/giahan {number}"))
    if late and (above or ticket.assignee_id == staff.id):
        rest.append(button("seen", f"/daxem {number}"))
        rest.append(button("apologise", f"/xinloi {number}"))
    return [line for line in (take, steer, [*rest, button("show", f"/xem {number}")]) if line]


def digest(
    desk: "Desk", staff: Staff, broken: Sequence[Ticket], soon: Sequence[Ticket], now: datetime
) -> tuple[str, Buttons]:
    """Many tickets in one message: those late, then those that `soon` will be, and the way to all of them."""
    language, say = staff.language, desk.texts.say
    lines = _late_lines(desk, language, broken, now) if broken else []
    if soon:
        first = sorted(soon, key=lambda one: (next_due(one) or now, one.id))[:NAMED]
        lines.append(say(language, "alert.digest_soon", count=len(soon)))
        lines += [due_line(desk, language, one, now) for one in first]
        if len(soon) > len(first):
            lines.append(say(language, "alert.digest_more", count=len(soon) - len(first)))
    list_of = "/quahan" if rights.at_least(staff, Role.LEAD) else "/cuatoi"
    return "\n".join(lines), [[(say(language, "button.late_list"), list_of)]]


def _late_lines(desk: "Desk", language: str, tickets: Sequence[Ticket], now: datetime) -> list[str]:
    """How many are late, by area, and the longest late by name."""
    say = desk.texts.say
    areas: dict[str, int] = {}
    for ticket in tickets:
        areas[ticket.area] = areas.get(ticket.area, 0) + 1
    most = sorted(areas.items(), key=lambda one: (-one[1], one[0]))
    named = sorted(tickets, key=lambda one: (-one.urgency.rank, broken_at(one, now) or now, one.id))[:NAMED]
    lines = [
        say(language, "alert.digest", count=len(tickets)),
        "; ".join(f"{cards.area_name(desk, area, language)}: {count}" for area, count in most[:NAMED]),
        *(line(desk, ticket, language, now) for ticket in named),
    ]
    if len(tickets) > len(named):
        lines.append(say(language, "alert.digest_more", count=len(tickets) - len(named)))
    return lines


def due_line(desk: "Desk", language: str, ticket: Ticket, now: datetime) -> str:
    """One ticket in a list of what falls due."""
    return desk.texts.say(
        language,
        "digest.due_line",
        number=ticket.number,
        area=cards.area_name(desk, ticket.area, language),
        due=times.moment(desk, language, next_due(ticket) or now, now),
        owner=ticket.assignee.name if ticket.assignee else desk.texts.say(language, "card.nobody"),
    )


def line(desk: "Desk", ticket: Ticket, language: str, now: datetime) -> str:
    """One late ticket in a list."""
    due = broken_at(ticket, now) or now
    return desk.texts.say(
        language,
        "alert.digest_line",
        number=ticket.number,
        area=cards.area_name(desk, ticket.area, language),
        over=times.length(desk, language, over(desk, ticket, due, now)),
        owner=ticket.assignee.name if ticket.assignee else desk.texts.say(language, "card.nobody"),
    )


def broken_at(ticket: Ticket, now: datetime) -> datetime | None:
    """When the first promise was broken that still is; None while none is, or while the resident is waited for."""
    if ticket.status in (Status.WAITING, Status.RESOLVED, Status.CLOSED):
        return None
    return min((due for due in running(ticket) if due < now), default=None)


def next_due(ticket: Ticket) -> datetime | None:
    """What falls due next: the answer that is owed, else the whole matter."""
    return min(running(ticket), default=None)


def running(ticket: Ticket) -> list[datetime]:
    """When each promise that has not been kept yet falls due."""
    first = ticket.first_reply_due if ticket.first_replied_at is None else None
    return [due for due in (first, ticket.next_reply_due, ticket.resolve_due) if due is not None]
