"""Where the cards of a ticket stand and how they are kept true: posted for those it concerns, changed in place after.

All functions write outbox rows in the caller's transaction.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import structlog

from bot import boards, cards, topics
from channels.contract import group_of
from tickets import outbox, queries, routing, rows
from tickets.models import (
    Contact,
    Event,
    EventKind,
    Message,
    OutboxKind,
    OutboxRow,
    OutboxState,
    Priority,
    StaffChat,
    Status,
    Ticket,
    TicketTopic,
)

if TYPE_CHECKING:
    from bot.context import Buttons
    from bot.wiring import Desk

log = structlog.get_logger(__name__)


_WORDS = (
    "ticket_id = ANY(ARRAY(SELECT id FROM ticket WHERE merged_into_id = $1) || $1::bigint) AND direction = 'in'"
    " ORDER BY id"
)
_PASSED_ON = "ticket_id = $1 AND kind IN ('transferred', 'reopened', 'replied') ORDER BY id DESC LIMIT 1"


async def routed(desk: "Desk", ticket: Ticket, now: datetime, *, anew: bool = False) -> None:
    """The staff of the area get the card, each on the app they use.

    With `anew` also where an old card stands: a card changed in place rings nobody's telephone.
    """
    await post(desk, await queries.reload(ticket), now, anew=anew)


async def post(desk: "Desk", ticket: Ticket, now: datetime, *, anew: bool = False, instead: bool = False) -> None:
    """As `routed`, for a ticket read just now with the people around it.

    With `instead` only to those who have no card of it: somebody who was told of it could not be reached.
    """
    lost = {(channel, group_of(chat)) for channel, chat in await queries.unreached(ticket)} if instead else set()
    around = await _around(ticket)
    without = await topics.groups_of(ticket, around.lost)
    audience = await routing.audience(desk.policy, ticket.area, without=without, unreached=lost)
    people = [] if ticket.assignee_id is not None else list(audience.people)  # an owner is told apart from these
    if ticket.urgent:  # a person must act now: those above hear of it with the area, not after it
        people += await routing.superiors(desk.policy, ticket.area, "lead")
        people += await routing.superiors(desk.policy, ticket.area, "supervisor")
    ours: str = desk.office.language
    places = [(one.channel, await topics.address(ticket, one), ours) for one in audience.groups]
    places += [(contact.channel, contact.chat, staff.language) for staff, contact in people]
    old = [] if anew else around.cards
    shown = {(card.channel, card.chat) for card in old if instead or _can_change(desk, card)}
    if not places and ticket.assignee_id is None:
        log.warning("nobody can be told of a ticket", office=ticket.office, ticket=ticket.number, area=ticket.area)
    said = around.said
    looks: dict[tuple[str, bool], tuple[str, Buttons]] = {}
    made = []
    for channel, chat, language in dict.fromkeys(places):
        if {(channel, chat), (channel, group_of(chat))} & (shown | lost):
            continue
        short = not _changes(desk, channel)
        if (language, short) not in looks:
            looks[language, short] = _look(desk, ticket, language, now, said, short=short)
        priority = Priority.ANSWER if ticket.urgent else Priority.NOTICE  # what is urgent waits for no others
        made.append(outbox.Card(channel, chat, *looks[language, short], priority))
    await outbox.put_cards(ticket, made, now)
    if shown and not instead:
        await refresh(desk, ticket, now, only=shown)


def _look(
    desk: "Desk", ticket: Ticket, language: str, now: datetime, said: "Said", *, short: bool
) -> "tuple[str, Buttons]":
    if short:
        text = cards.short(desk, ticket, language, now, said.words, said.papers)
    else:
        text = cards.text(desk, ticket, language, now, said.words, said.papers)
    if said.passed_on is not None:
        area = cards.area_name(desk, str(said.passed_on.data.get("before", "")), language)
        text += "\n" + desk.texts.say(language, "card.passed_on", area=area, reason=said.passed_on.reason)
    return text, cards.short_buttons(desk, ticket, language) if short else cards.buttons(desk, ticket, language)


async def refresh(desk: "Desk", ticket: Ticket, now: datetime, *, only: set[tuple[str, str]] | None = None) -> None:
    """Bring every card of the ticket up to date, where the network can change a sent message, and its topics.

    A card that has not left yet is written anew instead, everywhere.
    """
    ticket = await queries.reload(ticket)
    around = await _around(ticket)
    said, standing = around.said, around.cards
    for card in standing:
        if only is not None and (card.channel, card.chat) not in only:
            continue
        if card.on_board_id is not None:
            if _can_change(desk, card):
                await boards.changed(card.on_board_id, now)
            if only is None:
                await _into_topic(desk, ticket, card, standing, said, now)
            continue
        can_change = _can_change(desk, card)
        if not can_change and card.state is not OutboxState.QUEUED:
            continue
        language = await _language_of(desk, card)
        text, buttons = _look(desk, ticket, language, now, said, short=not can_change)
        if card.state is OutboxState.QUEUED and await outbox.rewrite(card, text, buttons):
            continue
        if can_change:
            await outbox.put(
                office=ticket.office,
                channel=card.channel,
                chat=card.chat,
                now=now,
                text=text,
                buttons=[[list(button) for button in line] for line in buttons],
                kind=OutboxKind.EDIT,
                edits=card,
                ticket=ticket,
                card=True,
            )
    if any(card.on_board_id is not None or card.chat != group_of(card.chat) for card in standing):
        await topics.refresh(desk, ticket, now)


async def _into_topic(
    desk: "Desk", ticket: Ticket, listed: OutboxRow, standing: Sequence[OutboxRow], said: "Said", now: datetime
) -> None:
    """Somebody took a ticket from a list: in a group with topics it is worked on in its own, so its card goes there."""
    if ticket.assignee_id is None or ticket.status in topics.OVER:
        return
    group = await StaffChat.get_or_none(office=ticket.office, channel=listed.channel, chat=listed.chat, active=True)
    if group is None or not group.topics or group.id in await topics.given_up(ticket):
        return
    there = await topics.address(ticket, group)
    if any((card.channel, card.chat) == (group.channel, there) for card in standing):
        return
    text, buttons = _look(desk, ticket, desk.office.language, now, said, short=False)
    await outbox.put_cards(ticket, [outbox.Card(group.channel, there, text, buttons, Priority.ANSWER)], now)


async def to_owner(desk: "Desk", ticket: Ticket, where: Contact, language: str, head: str, now: datetime) -> None:
    """The card for one person under a line that says why they get it; `ticket` has the people around it."""
    said = await last_said(ticket)
    text, buttons = _look(desk, ticket, language, now, said, short=not _changes(desk, where.channel))
    # For one person, who is to act on it: it does not wait to be gathered with what anybody might take.
    card = outbox.Card(where.channel, where.chat, f"{head}\n{text}", buttons, Priority.ANSWER)
    await outbox.put_cards(ticket, [card], now)


async def post_again(desk: "Desk", card: OutboxRow, now: datetime) -> None:
    """Somebody deleted a card: it is said anew where it stood, as the ticket is now, while that matters to anybody."""
    await OutboxRow.filter(id=card.id).update(card=False)
    ticket = await queries.reload(await Ticket.get(id=card.ticket_id))
    if ticket.status is Status.CLOSED:
        return
    said = await last_said(ticket)
    look = _look(desk, ticket, await _language_of(desk, card), now, said, short=False)
    await outbox.put_cards(ticket, [outbox.Card(card.channel, card.chat, *look)], now)


def _can_change(desk: "Desk", card: OutboxRow) -> bool:
    """Whether a sent card can be changed in place; where it cannot, news of a ticket is a new message."""
    return _changes(desk, card.channel)


def _changes(desk: "Desk", name: str) -> bool:
    channel = desk.channels.get(name)
    return channel is not None and channel.capabilities.edits


async def _language_of(desk: "Desk", card: OutboxRow) -> str:
    contact = (
        await Contact.filter(office=card.office, channel=card.channel, chat=card.chat, staff_id__isnull=False)
        .first()
        .prefetch_related("staff")
    )
    return contact.staff.language if contact is not None and contact.staff is not None else desk.office.language


@dataclass(frozen=True, slots=True)
class Said:
    """What a card tells of the conversation: the resident's last words, how many files came, and why it came here."""

    words: str
    papers: int
    passed_on: Event | None


async def last_said(ticket: Ticket) -> Said:
    """What the resident said last, of this matter and what was merged into it; until the new area answers also why
    it was transferred, if a reason was given.
    """
    messages, events = await rows.together((Message, _WORDS), (Event, _PASSED_ON), values=[ticket.id])
    return _said(ticket, messages, events)


@dataclass(frozen=True, slots=True)
class _Around:
    """What the cards of a ticket are written from: the cards there are, what was said, the topics it lost."""

    cards: list[OutboxRow]
    said: Said
    lost: list[TicketTopic]


async def _around(ticket: Ticket) -> _Around:
    cards_, messages, events, lost = await rows.together(
        (OutboxRow, queries.CARDS),
        (Message, _WORDS),
        (Event, _PASSED_ON),
        (TicketTopic, topics.LOST),
        values=[ticket.id],
    )
    return _Around(queries.newest_cards(cards_), _said(ticket, messages, events), lost)


def _said(ticket: Ticket, messages: Sequence[Message], events: Sequence[Event]) -> Said:
    papers = sum(len(one.attachments) for one in messages)
    words = next((one.text for one in reversed(messages) if one.text.strip()), "")
    last = events[0] if events and ticket.status in (Status.OPEN, Status.CLAIMED) else None
    passed_on = last if last is not None and last.kind == EventKind.TRANSFERRED and last.reason else None
    return Said(words, papers, passed_on)
