"""A resident blocks us in the middle of something: nothing waits for them any more, and their officer knows it."""

from datetime import datetime
from typing import TYPE_CHECKING

from bot import cards, dialogs, notices
from tickets import lifecycle, queries
from tickets.models import Contact, InboxRow, Status

if TYPE_CHECKING:
    from bot.wiring import Desk


async def left(desk: "Desk", row: InboxRow, now: datetime) -> bool:
    """Note that a private chat takes no messages any more. Returns whether it was somebody we know."""
    contact = await Contact.get_or_none(office=row.office, channel=row.channel, user=row.user)
    if contact is None:
        return False
    await stopped(desk, contact, now, told=False)
    return True


async def stopped(desk: "Desk", contact: Contact, now: datetime, *, told: bool) -> None:
    """Words that waited for a choice are placed, a ticket whose area was being asked for goes to reception.

    Whoever has a ticket of theirs hears that an answer will not arrive, unless they were `told` already.
    """
    await Contact.filter(id=contact.id).update(reachable=False)
    contact.reachable = False
    if contact.staff_id is not None:
        return
    await dialogs.drop(desk, now, channel=contact.channel, chat=contact.chat)
    for ticket in await queries.live_of_contact(contact):
        if ticket.contact_id != contact.id:
            continue  # they write about this one on another network
        if ticket.status is Status.NEW:
            await lifecycle.route(desk.policy, ticket, desk.policy.reception, now, by="timeout")
            await notices.routed(desk, ticket, now)
            continue
        fresh = await queries.reload(ticket)
        if fresh.assignee is not None and not told:
            language = fresh.assignee.language
            name = cards.masked(desk, fresh.contact, language)
            text = desk.texts.say(language, "staff.resident_left", number=ticket.number, name=name)
            await notices.to_staff(fresh.assignee, now, text, ticket=fresh)
        await notices.refresh_cards(desk, fresh, now)
