"""Where the cards of a ticket stand and how they are kept true: posted for those it concerns, changed in place after.

All functions write outbox rows in the caller's transaction.
"""

from datetime import datetime
from typing import TYPE_CHECKING

import structlog

from bot import cards
from tickets import outbox, queries, routing, rows
from tickets.models import Contact, Message, OutboxKind, OutboxRow, Ticket

if TYPE_CHECKING:
    from bot.context import Buttons
    from bot.wiring import Desk

log = structlog.get_logger(__name__)


async def routed(desk: "Desk", ticket: Ticket, now: datetime, *, anew: bool = False) -> None:
    """The staff of the area get the card, each on the app they use.

    With `anew` also where an old card stands: a card changed in place rings nobody's telephone.
    """
    await post(desk, await queries.reload(ticket), now, anew=anew)


async def post(desk: "Desk", ticket: Ticket, now: datetime, *, anew: bool = False) -> None:
    """As `routed`, for a ticket read just now with the people around it."""
    audience = await routing.audience(desk.policy, ticket.area)
    words, papers = await last_words(ticket)
    places: list[tuple[str, str, str]] = [(one.channel, one.chat, desk.office.language) for one in audience.groups]
    people = list(audience.people)
    if ticket.urgent:  # a person must act now: those above hear of it with the area, not after it
        people += await routing.superiors(desk.policy, ticket.area, "lead")
        people += await routing.superiors(desk.policy, ticket.area, "supervisor")
    places += [(contact.channel, contact.chat, staff.language) for staff, contact in people]
    old = [] if anew else await queries.cards(ticket)
    shown = {(card.channel, card.chat) for card in old if _can_change(desk, card)}
    if not places:
        log.warning("nobody can be told of a ticket", office=ticket.office, ticket=ticket.number, area=ticket.area)
    looks: dict[str, tuple[str, Buttons]] = {}
    for language in dict.fromkeys(language for _, _, language in places):
        looks[language] = (
            cards.text(desk, ticket, language, now, words, papers),
            cards.buttons(desk, ticket, language),
        )
    await outbox.put_cards(
        ticket,
        [
            outbox.Card(channel, chat, *looks[language])
            for channel, chat, language in dict.fromkeys(places)
            if (channel, chat) not in shown
        ],
        now,
    )
    if shown:
        await refresh(desk, ticket, now, only=shown)


async def refresh(desk: "Desk", ticket: Ticket, now: datetime, *, only: set[tuple[str, str]] | None = None) -> None:
    """Bring every card of the ticket up to date, where the network can change a sent message."""
    ticket = await queries.reload(ticket)
    words, papers = await last_words(ticket)
    for card in await queries.cards(ticket):
        if not _can_change(desk, card) or (only is not None and (card.channel, card.chat) not in only):
            continue
        language = await _language_of(desk, card)
        await outbox.put(
            office=ticket.office,
            channel=card.channel,
            chat=card.chat,
            now=now,
            text=cards.text(desk, ticket, language, now, words, papers),
            buttons=[[list(button) for button in line] for line in cards.buttons(desk, ticket, language)],
            kind=OutboxKind.EDIT,
            edits=card,
            ticket=ticket,
            card=True,
        )


def _can_change(desk: "Desk", card: OutboxRow) -> bool:
    """Whether a sent card can be changed in place; where it cannot, news of a ticket is a new message."""
    channel = desk.channels.get(card.channel)
    return channel is not None and channel.capabilities.edits


async def _language_of(desk: "Desk", card: OutboxRow) -> str:
    contact = (
        await Contact.filter(office=card.office, channel=card.channel, chat=card.chat, staff_id__isnull=False)
        .first()
        .prefetch_related("staff")
    )
    return contact.staff.language if contact is not None and contact.staff is not None else desk.office.language


async def last_words(ticket: Ticket) -> tuple[str, int]:
    said = await rows.find(Message, "ticket_id = $1 AND direction = 'in' ORDER BY id", [ticket.id])
    papers = sum(len(one.attachments) for one in said)
    words = next((one.text for one in reversed(said) if one.text.strip()), "")
    return words, papers
