"""Words that could not be placed when they came (a flood, a block, a question left open): put into a ticket later."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from bot import notices
from tickets import conversation, lifecycle, people, queries
from tickets.models import Contact, InboxRow, Message, Ticket
from tickets.status import LIVE

if TYPE_CHECKING:
    from bot.wiring import Desk


async def ticket_for(
    desk: "Desk", contact: Contact, texts: Sequence[str], now: datetime, *, urgent: bool = False
) -> tuple[Ticket, bool]:
    """The ticket that words of `contact` belong to, reopened or opened if need be; and whether it is a new one."""
    resident = await people.resident_of(contact, now, desk.office.language)
    found = await queries.last_spoken_of(contact)
    if found is not None and found.status in LIVE:
        return found, False
    if found is not None and conversation.may_reopen(desk.policy, found, now):
        await lifecycle.reopen(desk.policy, found, now)
        await notices.reopened(desk, found, now)
        return found, False
    ticket = await lifecycle.open_ticket(
        desk.policy,
        contact,
        resident,
        texts[0] if texts else "",
        now,
        urgent=urgent,
        previous=found,
        catalogue=desk.catalogue.version,
    )
    return ticket, True


async def keep(desk: "Desk", ticket: Ticket, contact: Contact, kept: Sequence[InboxRow], now: datetime) -> Message:
    """Make stored events, one at least, the resident's words in `ticket`, each once. Returns the last of them."""
    message: Message | None = None
    for row in kept:
        known = await Message.filter(inbox_id=row.id).first()
        message = known or await lifecycle.resident_wrote(
            desk.policy, ticket, contact, row.text, row.attachments, now, inbox_id=row.id
        )
    if message is None:
        raise LookupError("no words to keep")
    return message


async def route_to_reception(desk: "Desk", ticket: Ticket, now: datetime) -> None:
    """A ticket opened late, with nobody there to ask about it."""
    await lifecycle.route(desk.policy, ticket, desk.policy.reception, now, by="timeout")
    await notices.opened(desk, ticket, now)
