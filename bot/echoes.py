"""Words of the office that come back from a provider: our own, which settles how their sending went, or an officer's.

A network that echoes says no more than which message stands in which chat. Ours is known by its id, or, while its
sending is not recorded yet, by its words; what is not ours was written in the provider's own console by somebody of
the office, and belongs to the ticket the resident is spoken with about.
"""

import unicodedata
from datetime import timedelta
from enum import Enum, auto
from typing import TYPE_CHECKING

import structlog

from bot import cards, live_cards, notices
from channels.contract import Button
from channels.text import numbered
from tickets import echoes, queries, receipts
from tickets.models import Contact, InboxRow, Message, OutboxRow, OutboxState, Ticket
from tickets.status import LIVE

if TYPE_CHECKING:
    from bot.wiring import Desk

log = structlog.get_logger(__name__)

_WAIT = timedelta(seconds=60)  # how long an echo may be ahead of our own record of the sending


class Echo(Enum):
    """What became of an echo."""

    OURS = auto()
    OFFICERS = auto()
    NOBODYS = auto()  # in a group, or to somebody without a ticket: kept as an event, and no more
    NOT_YET = auto()  # something is leaving to this chat: look again when that is recorded


async def heard(desk: "Desk", row: InboxRow) -> Echo:
    """Settle what one echo means, in the caller's transaction."""
    now = desk.clock.now()
    leaving = await OutboxRow.exists(
        office=row.office, channel=row.channel, chat=row.chat, state=OutboxState.SENDING
    )  # before looking, or it could slip through between
    found, _ = await receipts.note(
        office=row.office, channel=row.channel, state="sent", ref="", message_id=row.message_id, reason="", now=now
    )
    if found is not None:
        return Echo.OURS
    for one in await echoes.in_doubt(row.office, row.channel, row.chat):
        if row.text and _spoken(one) == _composed(row.text):
            await echoes.arrived(one, row.message_id, now)
            return Echo.OURS
    if leaving and now - row.received_at < _WAIT:
        return Echo.NOT_YET
    return Echo.NOBODYS if row.group else await _by_an_officer(desk, row)


async def _by_an_officer(desk: "Desk", row: InboxRow) -> Echo:
    contact = await Contact.get_or_none(office=row.office, channel=row.channel, user=row.user)
    ticket = await queries.last_spoken_of(contact) if contact is not None else None
    if contact is None or ticket is None:
        return Echo.NOBODYS
    if ticket.status not in LIVE:
        await echoes.keep(ticket, row.text, row.attachments, row.id, desk.clock.now())
        return Echo.OFFICERS
    message = await echoes.answered_elsewhere(
        desk.policy, ticket, row.channel, row.text, row.attachments, row.id, desk.clock.now()
    )
    await _told(desk, ticket, message)
    return Echo.OFFICERS


async def _told(desk: "Desk", ticket: Ticket, message: Message) -> None:
    """The one who has the ticket hears that somebody else answered; the cards show the new state."""
    now = desk.clock.now()
    ticket = await queries.reload(ticket)
    if ticket.assignee is not None:
        text = desk.texts.say(
            ticket.assignee.language,
            "staff.answered_elsewhere",
            number=ticket.number,
            words=cards.excerpt(message.text) or "…",
        )
        await notices.to_staff(ticket.assignee, now, text, ticket=ticket)
    await live_cards.refresh(desk, ticket, now)


def _spoken(row: OutboxRow) -> str:
    """The words of a row as they stand in a chat whose network has no buttons of its own."""
    buttons = [[Button(label, command) for label, command in line] for line in row.buttons]
    return _composed(numbered(row.text, buttons).replace("[@", "[ @"))


def _composed(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())
