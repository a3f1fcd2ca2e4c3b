"""To which of a person's channels a message goes, and where it is said instead when the network refuses it for good."""

from datetime import datetime
from typing import TYPE_CHECKING

from bot import windows
from tickets import outbox, reaching
from tickets.models import Alert, Contact, OutboxKind, OutboxRow, OutboxState, Resident, Staff, Ticket
from tickets.reaching import Way

if TYPE_CHECKING:
    from bot.wiring import Desk

# What is certain not to have arrived and will not: said elsewhere, it is never said twice.
_NEVER_ARRIVED = ("window_closed", "blocked", "chat_gone")
_LONGEST_CHAIN = 4


async def of_resident(desk: "Desk", ticket: Ticket, now: datetime) -> Contact:
    """Where a notice about `ticket` goes, which needs `contact` and `resident` fetched.

    Where nothing is open it goes where they wrote last: that it cannot be delivered is then told to its author.
    """
    resident, usual = ticket.resident, ticket.contact
    way = _way(desk, usual)
    if not resident.preferred_channel and (way.is_open(now) or not resident.elsewhere):
        return usual
    ways = await _ways(desk, resident)
    chosen = reaching.choose(
        ways, now, usual=usual.id, preferred=resident.preferred_channel, elsewhere=resident.elsewhere
    )
    return chosen or usual


async def fall_back(desk: "Desk", row: OutboxRow, now: datetime) -> OutboxRow | None:
    """Say what has failed for good on another channel of the same person, once; None when that is not to be.

    A resident must have agreed, and only what is about a ticket of theirs follows them; staff are told wherever they
    can be reached. Called in the transaction in which `row` became failed.
    """
    if row.error not in _NEVER_ARRIVED or row.kind is not OutboxKind.MESSAGE or row.maybe_twice:
        return None
    where = Contact.filter(office=row.office, channel=row.channel, chat=row.chat)
    contact = await where.first().prefetch_related("resident", "staff")
    if contact is None:
        return None
    tried = await _tried(row)
    to: Contact | None = None
    if contact.staff is not None:
        to = await _of_staff(desk, contact.staff, tried)
    elif contact.resident is not None and row.ticket_id is not None and contact.resident.elsewhere:
        mine = await Ticket.filter(id=row.ticket_id, resident_id=contact.resident.id).exists()
        ways = [one for one in await _ways(desk, contact.resident) if one.contact.id not in tried] if mine else []
        to = reaching.choose(ways, now, usual=None, preferred=contact.resident.preferred_channel, elsewhere=True)
    if to is None:
        return None
    made = await _said_again(row, to, now)
    await OutboxRow.filter(id=row.id, state=OutboxState.FAILED).update(state=OutboxState.DROPPED)
    return made


async def pass_on(desk: "Desk", row: OutboxRow, now: datetime) -> OutboxRow | None:
    """Say what waits for a network that does not take it on another channel of the same member of staff instead.

    None when they have no other, when it may have arrived, or when it is leaving just now. In a transaction.
    """
    if row.kind is not OutboxKind.MESSAGE or row.maybe_twice:
        return None
    where = Contact.filter(office=row.office, channel=row.channel, chat=row.chat, staff_id__isnull=False)
    contact = await where.first().prefetch_related("staff")
    to = await _of_staff(desk, contact.staff, await _tried(row)) if contact is not None and contact.staff else None
    if to is None:
        return None
    still = OutboxRow.filter(id=row.id, state__in=(OutboxState.QUEUED, OutboxState.FAILED))
    if not await still.update(state=OutboxState.DROPPED):
        return None
    return await _said_again(row, to, now)


async def _said_again(row: OutboxRow, to: Contact, now: datetime) -> OutboxRow:
    made = await outbox.put(
        office=row.office,
        channel=to.channel,
        chat=to.chat,
        now=now,
        text=row.text,
        buttons=row.buttons,
        attachments=row.attachments,
        ticket=await Ticket.get_or_none(id=row.ticket_id),
        card=row.card,
        message_id=row.message_id,
        author=await Staff.get_or_none(id=row.author_id),
        priority=row.priority,
    )
    # Unique in the table: whoever else might say the same instead of the same row would fail.
    await OutboxRow.filter(id=made.id).update(instead_of=row.id)
    await Alert.filter(outbox_id=row.id).update(outbox_id=made.id)  # if this fails too, somebody else is told
    return made


async def _ways(desk: "Desk", resident: Resident) -> list[Way]:
    contacts = await Contact.filter(resident_id=resident.id).exclude(chat="")
    return [_way(desk, one) for one in contacts if one.channel in desk.channels]


def _way(desk: "Desk", contact: Contact) -> Way:
    window = windows.of(desk, contact)
    return Way(contact, window.until if window is not None else None)


async def _of_staff(desk: "Desk", staff: Staff, tried: set[int]) -> Contact | None:
    if not staff.active:
        return None
    contacts = Contact.filter(staff_id=staff.id, reachable=True, channel__in=list(desk.channels))
    contacts = contacts.exclude(chat="").exclude(id__in=list(tried))
    return await contacts.order_by("-last_seen_at", "-id").first()


async def _tried(row: OutboxRow) -> set[int]:
    """The contacts at which this message has been refused already."""
    tried: set[int] = set()
    current: OutboxRow | None = row
    for _ in range(_LONGEST_CHAIN):
        if current is None:
            break
        where = Contact.filter(office=current.office, channel=current.channel, chat=current.chat)
        tried |= {one.id for one in await where}
        current = await OutboxRow.get_or_none(id=current.instead_of) if current.instead_of is not None else None
    return tried
