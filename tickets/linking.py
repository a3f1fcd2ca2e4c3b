"""One resident on several channels: joined by a code shown on one and typed on the other, parted again exactly.

Joining moves the contacts and tickets of one resident to the other and writes down whose everything was; nothing is
merged or deleted. Parting puts back what was moved, as it was; what came since stays with the side that began it, and
no ticket is answered on a channel of the other side.
"""

import hashlib
import re
import secrets
from datetime import datetime, timedelta
from typing import Any

from tortoise import connections

from tickets import acts, rows
from tickets.acts import ActKind
from tickets.errors import DomainError
from tickets.models import Contact, LinkCode, Resident, ResidentLink, Ticket
from tickets.people import CODE_ALPHABET, resident_of
from tickets.privacy import mask_name

CODE_PREFIX = "NK"  # nối kênh
VALID = timedelta(minutes=30)
_CODE_LENGTH = 8
_HALF = f"([{CODE_ALPHABET}]{{{_CODE_LENGTH // 2}}})"
_CODE = re.compile(rf"(?<![A-Z0-9])({CODE_PREFIX})[\s-]*{_HALF}[\s-]*{_HALF}(?![A-Z0-9])")
_LOCK = 7418  # beside the office's name: who joins or parts waits for who does so already


class LinkCodeInvalid(DomainError):
    """Wrong, used, expired or of another office: the same answer for all."""

    text = "linking.code_invalid"


class SameChannel(DomainError):
    """The code was typed where it was shown, or both are one resident already."""

    text = "linking.same"


class NothingToPart(DomainError):
    text = "linking.nothing"


def code_in(text: str) -> str | None:
    """The code somewhere in `text`, upper case and without separators; None when there is none."""
    found = _CODE.search(text.upper())
    return "".join(found.groups()) if found else None


async def make_code(contact: Contact, now: datetime) -> str:
    """A new code for the resident of `contact`, to be typed on their other channel. Earlier ones end."""
    await LinkCode.filter(contact_id=contact.id, used_at=None).update(expires_at=now)
    body = "".join(secrets.choice(CODE_ALPHABET) for _ in range(_CODE_LENGTH))
    await LinkCode.create(
        office=contact.office,
        digest=_digest(CODE_PREFIX + body),
        contact=contact,
        created_at=now,
        expires_at=now + VALID,
    )
    half = _CODE_LENGTH // 2
    return f"{CODE_PREFIX}-{body[:half]}-{body[half:]}"


async def join(contact: Contact, code: str, now: datetime, language: str = "") -> tuple[ResidentLink, Contact]:
    """The resident of `contact` is the one who was shown `code`. Returns the link and the contact it was shown to.

    Raises LinkCodeInvalid, SameChannel.
    """
    await _lock(contact.office)
    used = await LinkCode.filter(digest=_digest(code), office=contact.office, used_at=None, expires_at__gt=now).update(
        used_at=now
    )
    if not used:
        raise LinkCodeInvalid
    shown = await LinkCode.get(digest=_digest(code))
    other = await Contact.get(id=shown.contact_id)
    await contact.refresh_from_db()
    contact.resident = await Resident.get_or_none(id=contact.resident_id) if contact.resident_id else None
    if other.id == contact.id or (contact.resident_id is not None and contact.resident_id == other.resident_id):
        raise SameChannel
    nobody_yet = contact.resident_id is None
    kept, joined = await resident_of(other, now, language), await resident_of(contact, now, language)
    before = {
        "contacts": await _contacts_of(joined),
        "tickets": await _tickets_of(kept, joined),
        "nobody_yet": nobody_yet,
    }
    link = await ResidentLink.create(office=contact.office, kept=kept, joined=joined, before=before, at=now)
    await Contact.filter(resident_id=joined.id).update(resident_id=kept.id)
    await Ticket.filter(resident_id=joined.id).update(resident_id=kept.id)
    contact.resident = kept
    await acts.note(
        contact.office, None, ActKind.LINKED, now, whom=mask_name(other.name) or other.channel, channel=contact.channel
    )
    return link, other


async def part(contact: Contact, now: datetime) -> ResidentLink:
    """Undo the last joining of the resident of `contact`. Raises NothingToPart."""
    await _lock(contact.office)
    await contact.refresh_from_db()
    link = (
        await ResidentLink.filter(kept_id=contact.resident_id, undone_at=None).order_by("-id").first()
        if contact.resident_id is not None
        else None
    )
    if link is None:
        raise NothingToPart
    returning: list[int] = link.before["contacts"]
    await _put_back_tickets(link, set(returning))
    tickets = await Ticket.filter(resident_id=link.joined_id).exists()
    back = None if link.before["nobody_yet"] and not tickets else link.joined_id
    await Contact.filter(id__in=returning, resident_id=link.kept_id).update(resident_id=back)
    await ResidentLink.filter(id=link.id).update(undone_at=now)
    await contact.refresh_from_db()
    contact.resident = await Resident.get_or_none(id=contact.resident_id) if contact.resident_id else None
    first = await Contact.get(id=returning[0])
    await acts.note(
        contact.office, None, ActKind.UNLINKED, now, whom=mask_name(first.name) or first.channel, channel=first.channel
    )
    return link


async def others(contact: Contact) -> list[Contact]:
    """The other contacts of the same resident, the one used last first."""
    if contact.resident_id is None:
        return []
    found = Contact.filter(resident_id=contact.resident_id).exclude(id=contact.id)
    return await found.order_by("-last_seen_at", "-id")


async def linked(resident_id: int) -> bool:
    """Whether a resident has joined channels that can be parted."""
    return await ResidentLink.filter(kept_id=resident_id, undone_at=None).exists()


async def _put_back_tickets(link: ResidentLink, returning: set[int]) -> None:
    """Each ticket to its side: those from before as written down, those since by who opened them."""
    sides: dict[str, dict[str, Any]] = link.before["tickets"]
    for ticket in await Ticket.filter(resident_id=link.kept_id).order_by("id").select_for_update():
        known = sides.get(str(ticket.id))
        opener = known["contact"] if known is not None else await _opener(ticket)
        goes = known["resident"] == link.joined_id if known is not None else opener in returning
        # Answers go where the resident of this side wrote last, never to a channel of the other side.
        ours = (ticket.contact_id in returning) is goes
        await Ticket.filter(id=ticket.id).update(
            resident_id=link.joined_id if goes else link.kept_id,
            contact_id=ticket.contact_id if ours else opener,
        )


async def _opener(ticket: Ticket) -> int:
    """The contact whose words opened a ticket: that of its first message, else the one it has now."""
    found = await connections.get("default").execute_query_dict(
        'SELECT contact.id FROM message JOIN inbox ON inbox.id = message.inbox_id JOIN contact ON contact."user" ='
        ' inbox."user" AND contact.channel = inbox.channel AND contact.office = inbox.office'
        " WHERE message.ticket_id = $1 AND message.direction = 'in' ORDER BY message.id LIMIT 1",
        [ticket.id],
    )
    return int(found[0]["id"]) if found else ticket.contact_id


async def _contacts_of(resident: Resident) -> list[int]:
    found = await rows.find(Contact, "resident_id = $1 ORDER BY id FOR UPDATE", [resident.id])
    return [one.id for one in found]


async def _tickets_of(*residents: Resident) -> dict[str, dict[str, int]]:
    ids = [one.id for one in residents]
    found = await rows.find(Ticket, "resident_id = ANY($1) ORDER BY id FOR UPDATE", [ids])
    return {str(one.id): {"resident": one.resident_id, "contact": one.contact_id} for one in found}


async def _lock(office: str) -> None:
    await connections.get("default").execute_query("SELECT pg_advisory_xact_lock($1, hashtext($2))", [_LOCK, office])


def _digest(code: str) -> str:
    return hashlib.sha256("".join(code.split()).replace("-", "").upper().encode()).hexdigest()
