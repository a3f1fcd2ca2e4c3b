"""Where the answer to a question of a residents' group goes, and what of it may stand where neighbours read it."""

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

import structlog

from bot import cards
from bot.context import Context
from tickets import outbox, queries, resident_groups
from tickets.folding import fold
from tickets.models import Contact, Message, OutboxRow, Priority, Staff, Ticket, TicketGroup
from tickets.privacy import mask_numbers, personal_numbers

if TYPE_CHECKING:
    from bot.wiring import Desk

log = structlog.get_logger(__name__)

QUESTION = 80  # characters of the question repeated where an answer cannot point at it

# What the group reads of what a resident would be told in private; everything else is not said there.
_IN_GROUP = {
    "resident.received": "group.received",
    "resident.received_reception": "group.received",
    "resident.urgent": "group.urgent",
    "resident.waiting": "group.waiting",
    "resident.outside": "group.outside",
    "resident.apology": "group.apology",
}
_RECEIVED = ("resident.received", "resident.received_reception", "resident.urgent")
# Words of somebody who speaks of their own papers, folded: what follows is nobody else's business.
_OWN_MATTER = (
    *("ho so cua", "giay cua", "don cua", "nha toi", "dat nha", "cua toi", "cua em", "cua chau", "cua con toi"),
    *("nop roi", "da nop", "chua co ket qua", "hen tra", "bi tra", "toi dau roi", "ly hon", "bao hanh", "no thue"),
)


def personal(desk: "Desk", text: str) -> bool:
    """Whether a question or answer holds what neighbours should not read: numbers of a person, or their own case."""
    folded = f" {fold(text)} "
    return _numbers(desk, text) or any(f" {words} " in folded for words in _OWN_MATTER)


def _numbers(desk: "Desk", text: str) -> bool:
    office = desk.office
    public = " ".join(
        [office.contact.hotline or "", office.contact.address or "", *(body.phone or "" for body in office.outside)]
    )
    known = set(personal_numbers(public))
    return any(number not in known for number in personal_numbers(text))


def _names(text: str, contact: Contact) -> bool:
    """Whether an answer calls the asker by their whole name."""
    name, said = (" ".join(re.findall(r"[^\W_]+", fold(words))) for words in (contact.name, text))
    return len(name.split()) > 1 and f" {name} " in f" {said} "


def takes(ticket: Ticket, key: str) -> bool:
    """Whether a sentence about `ticket` (read by `queries.reload`) is for the group it was asked in, or for nobody."""
    asked = ticket.asked_in
    if asked is None:
        return False
    return not ticket.contact.chat or key in (_RECEIVED if asked.private else _IN_GROUP)


async def said(
    desk: "Desk", ticket: Ticket, now: datetime, key: str, priority: Priority, *, more: str = "", **values: Any
) -> OutboxRow | None:
    """A sentence that `takes` is true of, in the group's own words. None when it is not said there."""
    asked = ticket.asked_in
    if asked is None:
        raise LookupError("a ticket that was asked in no group")
    own = _IN_GROUP.get(key)
    if own is None or (asked.private and key not in _RECEIVED):
        return None
    if asked.private and not ticket.urgent:
        own = "group.received_private"
    return await _to_group(desk, ticket, asked, now, own, priority=priority, more=more, **values)


async def replied(desk: "Desk", ticket: Ticket, message: Message, staff: Staff, now: datetime) -> bool:
    """Bring an officer's answer to where it was asked. False when it is to go the usual way, to the private chat.

    An answer with papers, or with what is personal, is never put into the group: the group reads that it was given.
    """
    asked = ticket.asked_in
    if asked is None:
        return False
    private = (
        asked.private
        or bool(message.attachments)
        or personal(desk, message.text)
        or _names(message.text, ticket.contact)
    )
    if not private:
        await _to_group(
            desk,
            ticket,
            asked,
            now,
            "group.reply",
            priority=Priority.ANSWER,
            author=staff,
            message=message,
            officer=staff.name,
            words=message.text,
        )
        return True
    reached = bool(ticket.contact.chat) and ticket.contact.reachable
    if not asked.told:
        key = "group.answered_privately" if reached else "group.write_to_us"
        await _to_group(desk, ticket, asked, now, key, priority=Priority.ANSWER)
    await TicketGroup.filter(ticket_id=ticket.id).update(private=True, told=True, waits=asked.waits or not reached)
    return not reached


async def _to_group(
    desk: "Desk",
    ticket: Ticket,
    asked: TicketGroup,
    now: datetime,
    key: str,
    *,
    priority: Priority,
    author: Staff | None = None,
    message: Message | None = None,
    more: str = "",
    **values: Any,
) -> OutboxRow | None:
    group = asked.group
    if not group.active:
        log.warning("an answer to a group we have left", office=ticket.office, ticket=ticket.number)
        return None
    text = desk.texts.say(desk.office.language, key, number=ticket.number, office=desk.policy.name, **values)
    text = f"{text} {more}" if more else text
    channel = desk.channels.get(group.channel)
    if channel is not None and not channel.capabilities.replies:
        question = cards.excerpt(mask_numbers(ticket.subject), QUESTION)
        text = desk.texts.say(desk.office.language, "group.about", question=question, text=text)
    return await outbox.put(
        office=ticket.office,
        channel=group.channel,
        chat=group.chat,
        now=now,
        text=text,
        reply_to=asked.asked,
        ticket=ticket,
        message_id=message.id if message is not None else None,
        author=author,
        priority=priority,
    )


async def hand_over(ctx: Context) -> None:
    """Somebody opened a private chat with us: the answers that waited for it are given now."""
    if ctx.contact.resident_id is None or ctx.contact.just_met or ctx.row.group:
        return
    for ticket, answers in await resident_groups.waiting_for(ctx.contact.resident_id):
        fresh = await queries.reload(ticket)
        for message in answers:
            await message.fetch_related("author")
            await outbox.put(
                office=ticket.office,
                channel=ctx.row.channel,
                chat=ctx.row.chat,
                now=ctx.now,
                text=ctx.word(
                    "resident.reply" if message.text else "resident.reply_papers",
                    number=ticket.number,
                    officer=message.author.name if message.author else ctx.desk.policy.name,
                    words=message.text,
                ),
                attachments=message.attachments,
                ticket=fresh,
                message_id=message.id,
                author=message.author,
                priority=Priority.ANSWER,
            )
