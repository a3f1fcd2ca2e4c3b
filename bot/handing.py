"""Who hears of it when everything somebody held goes to a colleague or back into the queue."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from bot import cards, late, notices, times
from tickets.handing import Handed
from tickets.models import Staff, Ticket

if TYPE_CHECKING:
    from bot.wiring import Desk

LISTED = 20
WORDS = 60


async def tell(desk: "Desk", handed: Handed, gone: Staff, to: Staff | None, now: datetime, note: str = "") -> None:
    """The colleague gets one list, the areas get the cards of what is in the queue again, all cards are put right."""
    if to is not None and handed.given:
        await to_taker(desk, to, gone, handed.given, now, note)
    for ticket in handed.given:
        await notices.refresh_cards(desk, ticket, now)
    for ticket in handed.released:
        await notices.released(desk, ticket, now)


async def to_taker(
    desk: "Desk", to: Staff, gone: Staff, given: Sequence[Ticket], now: datetime, note: str = ""
) -> None:
    """One list for the one who takes over, not a message a ticket."""
    say = desk.texts.say
    head = say(to.language, "handover.yours", name=gone.name, count=len(given))
    noted = [say(to.language, "handover.note", note=note)] if note else []
    mine = [[(say(to.language, "button.mine_list"), "/cuatoi")]]
    await notices.to_staff(to, now, "\n".join([head, *noted, *lines(desk, to, given, now)]), buttons=mine)


def lines(desk: "Desk", reader: Staff, tickets: Sequence[Ticket], now: datetime) -> list[str]:
    """A line a ticket, as one who takes it over must know it."""
    say, language = desk.texts.say, reader.language
    found = []
    for ticket in tickets[:LISTED]:
        broken = late.broken_at(ticket, now)
        due = broken or late.next_due(ticket) or now
        found.append(
            say(
                language,
                "handover.line_late" if broken else "handover.line",
                number=ticket.number,
                area=cards.area_name(desk, ticket.area, language),
                turn=say(language, f"alert.turn_{late.turn(ticket)}"),
                due=times.moment(desk, language, due, now),
                words=cards.excerpt(ticket.subject, WORDS),
            )
        )
    if len(tickets) > LISTED:
        found.append(say(language, "digest.more", count=len(tickets) - LISTED))
    return found
