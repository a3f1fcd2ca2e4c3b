"""Whether a resident may be asked for a rating: while writing to them is free, and one question at a time."""

from datetime import datetime
from typing import TYPE_CHECKING

from bot import windows
from tickets.models import Contact, Dialog, Status, Ticket

if TYPE_CHECKING:
    from bot.wiring import Desk


async def may_ask(desk: "Desk", contact: Contact, now: datetime) -> bool:
    """Whether a resident may be asked for a rating: while writing to them is free, and nothing else is being asked."""
    if contact.channel not in desk.channels:
        return False
    window = windows.of(desk, contact)
    if window is not None and now >= window.free_until:
        return False
    return not await being_asked(desk, contact, now)


async def being_asked(desk: "Desk", contact: Contact, now: datetime) -> bool:
    """Whether a question is open to a resident who answers by typing a number.

    Choices offered to them meanwhile would take the number that is meant for that question.
    """
    channel = desk.channels.get(contact.channel)
    if channel is None or channel.capabilities.buttons:
        return False
    asked = Dialog.filter(office=contact.office, channel=contact.channel, chat=contact.chat, expires_at__gt=now)
    sorting = Ticket.filter(resident_id=contact.resident_id, status=Status.NEW, ask_until__gt=now)
    return await asked.exists() or await sorting.exists()
