"""How long a network still lets us write to somebody: said on cards and in lists, and obeyed before it is asked."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot import times
from channels.errors import WindowClosed
from tickets.models import Contact, OutboxKind, OutboxRow, Ticket

if TYPE_CHECKING:
    from bot.wiring import Desk

SOON = timedelta(hours=24)  # a window that closes within this is marked in lists


@dataclass(frozen=True, slots=True)
class Open:
    """Until when a person can be written to free of charge, and at all; `price` in đồng in between."""

    free_until: datetime
    until: datetime
    price: int


def of(desk: "Desk", contact: Contact) -> Open | None:
    """The window of one contact; None where its network has none, or nothing is known of it."""
    channel = desk.channels.get(contact.channel)
    window = channel.capabilities.window if channel is not None else None
    if window is None or contact.window_from is None:
        return None
    return Open(contact.window_from + window.free, contact.window_from + window.last, window.price)


def lines(desk: "Desk", contact: Contact, language: str, now: datetime) -> list[str]:
    """The line of a card: until when it is free, until when it is possible, or that it is over."""
    found = of(desk, contact)
    if found is None:
        return []
    key = "card.window_over" if now >= found.until else "card.window_paid" if now >= found.free_until else "card.window"
    until = times.moment(desk, language, found.until, now)
    free = times.moment(desk, language, found.free_until, now)
    return [desk.texts.say(language, key, until=until, free=free, price=found.price)]


def mark(desk: "Desk", ticket: Ticket, language: str, now: datetime) -> str:
    """What is put behind a ticket in a list when its window closes soon or is over; empty else."""
    contact = ticket.contact
    found = of(desk, contact) if isinstance(contact, Contact) else None
    if found is None or found.until - now > SOON:
        return ""
    key = "staff.window_over" if now >= found.until else "staff.window_soon"
    return " · " + desk.texts.say(language, key, until=times.moment(desk, language, found.until, now))


async def check(desk: "Desk", row: OutboxRow, now: datetime) -> None:
    """Raise WindowClosed for a message the network would refuse, without asking it."""
    channel = desk.channels.get(row.channel)
    if (
        row.kind not in (OutboxKind.MESSAGE, OutboxKind.ASK_CONTACT)
        or channel is None
        or channel.capabilities.window is None
    ):
        return
    contact = await contact_of(row)
    found = of(desk, contact) if contact is not None else None
    if found is not None and now >= found.until:
        raise WindowClosed("the last word is too long ago, by our own count")


async def contact_of(row: OutboxRow) -> Contact | None:
    """Whom a message is for, with the resident behind them; None for a group."""
    return (
        await Contact.filter(office=row.office, channel=row.channel, chat=row.chat)
        .order_by("-last_seen_at")
        .first()
        .prefetch_related("resident")
    )


async def note_closed(desk: "Desk", row: OutboxRow, now: datetime) -> None:
    """The network knows better than we when its window closed: lists and cards say so from now on."""
    contact = await contact_of(row)
    found = of(desk, contact) if contact is not None else None
    if contact is not None and found is not None and found.until > now and contact.window_from is not None:
        earlier = contact.window_from - (found.until - now)
        await Contact.filter(id=contact.id, window_from=contact.window_from).update(window_from=earlier)
