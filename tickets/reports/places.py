"""Which tổ dân phố a ticket comes from: as staff say, else as the resident's own words name it."""

import re
from collections.abc import Mapping
from datetime import datetime

from tortoise import connections
from tortoise.expressions import F, Q

from tickets.folding import fold
from tickets.models import Staff, Ticket, TicketPlace

# Small units below the ward, as people write them without diacritics; a bare "tổ 5" may be anything.
_KINDS = {
    "to dan pho": "tdp",
    "tdp": "tdp",
    "to dp": "tdp",
    "khu pho": "khu-pho",
    "kp": "khu-pho",
    "thon": "thon",
    "buon": "buon",
    "bon": "bon",
    "khom": "khom",
    "ap": "ap",
}
KINDS = tuple(dict.fromkeys(_KINDS.values()))
_NAMED = re.compile(rf"\b({'|'.join(sorted(_KINDS, key=len, reverse=True))})\s*(?:so\s*)?0*(\d{{1,3}})\b")
_PUT = """
INSERT INTO ticket_place (ticket_id, place, staff_id, at) VALUES ($1, $2, $3, $4)
ON CONFLICT (ticket_id) DO UPDATE SET place = excluded.place, staff_id = excluded.staff_id, at = excluded.at
WHERE ticket_place.staff_id IS NULL OR excluded.staff_id IS NOT NULL
"""
_BARE = re.compile(r"\s*(?:to\s*)?0*(\d{1,3})\s*")


def named(words: str) -> str:
    """The place `words` name first, as `tdp-5`; empty when none."""
    found = _NAMED.search(fold(words))
    return f"{_KINDS[found[1]]}-{found[2]}" if found else ""


def said_by_staff(words: str) -> str:
    """As `named`; a number alone is that of a tổ dân phố."""
    bare = _BARE.fullmatch(fold(words))
    return f"tdp-{bare[1]}" if bare else named(words)


async def put(ticket: Ticket, place: str, staff: Staff | None, now: datetime) -> None:
    """Keep where a ticket comes from. What is read in words never overrules staff, whoever comes first."""
    values = [ticket.id, place, staff.id if staff is not None else None, now]
    await connections.get("default").execute_query(_PUT, values)


async def note(office: str, now: datetime, limit: int = 500) -> int:
    """Read the words of tickets nobody has looked at since the resident wrote last. Returns how many were read."""
    unread = Q(place__ticket_id__isnull=True) | Q(
        place__place="", place__staff_id__isnull=True, last_resident_at__gt=F("place__at")
    )
    tickets = await Ticket.filter(unread, office=office).order_by("-id").limit(limit)
    for ticket in tickets:
        await put(ticket, named(ticket.folded), None, now)
    return len(tickets)


async def of(office: str) -> Mapping[int, str]:
    """The place of every ticket that has one, by the ticket's id."""
    rows = await TicketPlace.filter(ticket__office=office).exclude(place="").values_list("ticket_id", "place")
    return {int(ticket): str(place) for ticket, place in rows}
