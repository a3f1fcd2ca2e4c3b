"""A message that comes after the network has closed the chat: sent elsewhere, where the resident has agreed to that."""

from datetime import datetime
from typing import TYPE_CHECKING

from bot import notices, windows
from channels.errors import WindowClosed
from tickets import outbox
from tickets.models import Contact, OutboxKind, OutboxRow, Staff, Ticket

if TYPE_CHECKING:
    from bot.wiring import Desk


async def elsewhere(desk: "Desk", row: OutboxRow, now: datetime) -> bool:
    """Send what a closed window keeps from arriving on another channel of the same resident, who has agreed to that.

    In the transaction that gives the row up. False when there is nothing of the kind, and the author must be told.
    """
    contact = await windows.contact_of(row)
    if contact is None or row.kind is not OutboxKind.MESSAGE:
        return False
    await _note_closed(desk, contact, now)
    other = await _other(desk, contact, now)
    if other is None or not await outbox.dropped(row, WindowClosed.reason):
        return False
    author = await Staff.get_or_none(id=row.author_id) if row.author_id else None
    ticket = await Ticket.get_or_none(id=row.ticket_id) if row.ticket_id else None
    await outbox.put(
        office=row.office,
        channel=other.channel,
        chat=other.chat,
        now=now,
        text=row.text,
        buttons=row.buttons,
        attachments=row.attachments,
        ticket=ticket,
        message_id=row.message_id,
        author=author,
        priority=row.priority,
    )
    if author is not None and ticket is not None:
        key = "staff.sent_elsewhere"
        text = desk.texts.say(author.language, key, number=ticket.number, closed=row.channel, channel=other.channel)
        await notices.to_staff(author, now, text, ticket=ticket)
    return True


async def _note_closed(desk: "Desk", contact: Contact, now: datetime) -> None:
    """The network knows better than we when its window closed: lists and cards say so from now on."""
    found = windows.of(desk, contact)
    if found is not None and found.until > now and contact.window_from is not None:
        earlier = contact.window_from - (found.until - now)
        await Contact.filter(id=contact.id, window_from=contact.window_from).update(window_from=earlier)


async def _other(desk: "Desk", contact: Contact, now: datetime) -> Contact | None:
    """Where the resident agreed to be written to instead: the channel they prefer, else the one they used last."""
    resident = contact.resident
    if resident is None or not resident.elsewhere:
        return None
    others = [
        one
        for one in await Contact.filter(resident_id=resident.id, reachable=True)
        .exclude(id=contact.id)
        .exclude(chat="")
        .order_by("-last_seen_at")
        if one.channel in desk.channels and one.channel != contact.channel and not _closed(desk, one, now)
    ]
    preferred = [one for one in others if one.channel == resident.preferred_channel]
    return next(iter(preferred or others), None)


def _closed(desk: "Desk", contact: Contact, now: datetime) -> bool:
    found = windows.of(desk, contact)
    return found is not None and now >= found.until
