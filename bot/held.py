"""Who floods us or is blocked: what they write is kept with one notice, and shown to staff in one piece afterwards."""

from collections import Counter
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog

from bot import cards, notices, own_models, placing, times
from bot.context import Context
from channels.contract import InboundKind
from tickets import acts, blocks, flood, inbox, lifecycle, matching, queries
from tickets.acts import ActKind
from tickets.inbox import Conversation
from tickets.models import Block, Contact, InboxRow, Message, Ticket
from tickets.privacy import mask_name

if TYPE_CHECKING:
    from bot.wiring import Desk

log = structlog.get_logger(__name__)

LONGEST = timedelta(minutes=30)  # somebody who never stops is shown to staff this often
LINES = 8  # of what was written, in the notice to staff,
_LAST = 3  # and so many of them the last ones
_LINE = 120  # characters of each
_LOOKED_AT = 20  # different messages looked at for what it is about


async def back(ctx: Context) -> bool:
    """Whether what somebody wrote is held back. The first time they are told, once."""
    contact, patience = ctx.contact, ctx.desk.policy.patience
    blocked = _blocked(contact, ctx.now)
    flooding = contact.pressure > patience.burst
    if not (blocked or flooding or contact.held_since):
        return False
    if ctx.row.kind == InboundKind.PRESSED:  # a button is no words: it works, unless it is part of the flood
        return blocked or contact.pressure >= patience.most
    waiting = await flood.hold(ctx.row, ctx.now)
    if await flood.begins(contact, ctx.now):
        log.warning(
            "a sender is held back",
            office=ctx.row.office,
            channel=ctx.row.channel,
            contact=contact.id,
            why="blocked" if blocked else "flood",
            waiting=waiting,
        )
        await (_tell_blocked(ctx) if blocked else ctx.say("group.held" if ctx.row.group else "resident.held"))
    return True


def _blocked(contact: Contact, now: datetime) -> bool:
    resident = contact.resident
    return resident is not None and resident.blocked_until is not None and resident.blocked_until > now


async def _tell_blocked(ctx: Context) -> None:
    if ctx.row.group:  # what is between somebody and the office is nobody else's business
        return
    block = await Block.filter(resident_id=ctx.contact.resident_id, lifted_at=None).order_by("-id").first()
    if block is None:
        return
    office, hotline = ctx.desk.office, ctx.desk.office.contact.hotline
    await ctx.say(
        "resident.blocked_call" if hotline else "resident.blocked",
        until=times.moment(ctx.desk, ctx.language, block.until, ctx.now),
        reason=block.reason,
        office=office.name,
        hotline=hotline or "",
    )


async def due(desk: "Desk", now: datetime) -> list[int]:
    """The ids of those who are held back and whose words may be shown now."""
    held = Contact.filter(office=desk.policy.office, held_since__isnull=False).order_by("held_since")
    return [one.id for one in await held.limit(200).prefetch_related("resident") if _is_due(desk, one, now)]


def _is_due(desk: "Desk", contact: Contact, now: datetime) -> bool:
    if _blocked(contact, now) or contact.held_since is None:
        return False
    return now >= desk.policy.patience.calm_at(contact) or now - contact.held_since >= LONGEST


async def show(desk: "Desk", contact_id: int, now: datetime) -> int:
    """Put what was held back of somebody into their ticket and tell its staff. Returns how many messages that were.

    In one transaction. Does nothing when somebody else is at their conversation: the next minute will.
    """
    contact = await Contact.filter(id=contact_id).select_for_update().first()
    if contact is None:
        return 0
    await contact.fetch_related("resident")
    if not _is_due(desk, contact, now):
        return 0
    kept = await flood.kept_from(contact)
    for chat in {row.chat for row in kept}:
        if not await inbox.lock(Conversation(contact.office, contact.channel, chat)):
            return 0
    for chat in dict.fromkeys(row.chat for row in kept):
        await _show(desk, contact, [row for row in kept if row.chat == chat], now)
    if now >= desk.policy.patience.calm_at(contact):
        await flood.ends(contact)
    else:
        await Contact.filter(id=contact.id).update(held_since=now)
    if kept:
        log.info("what was held back is shown", office=contact.office, contact=contact.id, messages=len(kept))
    return len(kept)


async def _show(desk: "Desk", contact: Contact, kept: list[InboxRow], now: datetime) -> None:
    policy, last = desk.policy, kept[-1]
    texts = list(dict.fromkeys(row.text for row in kept if row.text.strip()))
    index = await own_models.index(desk, now)
    matches = [matching.match(text, index) for text in texts[:_LOOKED_AT]]
    match = next((one for one in matches if one.urgent), next((one for one in matches if one.area), None))
    ticket, fresh = await placing.ticket_for(desk, contact, texts, now, urgent=match is not None and match.urgent)
    await flood.make_messages(ticket.id, kept[:-1])
    message = await lifecycle.resident_wrote(
        policy, ticket, contact, last.text, last.attachments, now, inbox_id=last.id
    )
    await InboxRow.filter(id=last.id).update(state="handled")
    if fresh:
        sure = match is not None and (match.decision == "route" or match.urgent) and match.area in policy.areas
        area = match.area if sure and match is not None and match.area else policy.reception
        await lifecycle.route(policy, ticket, area, now, by="matcher" if sure else "human")
        await notices.opened(desk, ticket, now, match.danger if match is not None else "")
    await _tell_staff(desk, ticket, kept, message, now)


async def _tell_staff(desk: "Desk", ticket: Ticket, kept: list[InboxRow], message: Message, now: datetime) -> None:
    ticket = await queries.reload(ticket)
    if ticket.assignee is not None:
        language = ticket.assignee.language
        counted = Counter(cards.excerpt(row.text, _LINE) for row in kept if row.text.strip())
        lines = [f"{text} (×{count})" if count > 1 else text for text, count in counted.items()]
        if len(lines) > LINES:
            lines = [*lines[: LINES - _LAST], "…", *lines[-_LAST:]]
        text = desk.texts.say(
            language,
            "staff.held_shown",
            number=ticket.number,
            name=cards.masked(desk, ticket.contact, language),
            count=len(kept),
            papers=sum(len(row.attachments) for row in kept),
            since=times.moment(desk, language, kept[0].received_at, now),
            until=times.moment(desk, language, kept[-1].received_at, now),
            lines="\n".join(lines),
        )
        await notices.to_staff(ticket.assignee, now, text, ticket=ticket, message=message)
    await notices.refresh_cards(desk, ticket, now)


async def lift_expired(desk: "Desk", now: datetime) -> int:
    """End the blocks whose time has come; whoever made one hears of it. Returns how many."""
    lifted = await blocks.lift_expired(desk.policy.office, now)
    for one in lifted:
        whom = mask_name(one.resident.name) or desk.texts.say(one.staff.language, "card.no_name")
        await acts.note(one.office, None, ActKind.UNBLOCKED, now, whom=whom)
        if one.staff.active:
            await notices.to_staff(one.staff, now, desk.texts.say(one.staff.language, "block.over", whom=whom))
    return len(lifted)
