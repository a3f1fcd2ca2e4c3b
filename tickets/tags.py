"""Tags of tickets: put on, taken off, found by."""

from collections.abc import Sequence
from datetime import datetime

from tortoise.functions import Count

from tickets import rights
from tickets.canned import key_of
from tickets.errors import DomainError
from tickets.lifecycle import record
from tickets.models import EventKind, Staff, Ticket, TicketTag
from tickets.policy import Policy

LONGEST = 30  # characters
MOST = 10  # on one ticket


class BadTag(DomainError):
    """`said`, `longest`, `most`."""

    text = "tag.bad"


async def of(ticket: Ticket) -> list[str]:
    """The tags of a ticket as they were first written, by name."""
    return [one.name for one in await TicketTag.filter(ticket_id=ticket.id).order_by("key")]


async def change(
    policy: Policy, ticket: Ticket, staff: Staff, add: Sequence[str], drop: Sequence[str], now: datetime
) -> list[str]:
    """Put tags on a ticket and take others off. Returns those it has then. Raises BadTag."""
    rights.require_ticket(policy, staff, "note", ticket)
    for name in add:
        if not key_of(name) or len(name) > LONGEST:
            raise BadTag(said=name[:LONGEST], longest=LONGEST, most=MOST)
    before = await of(ticket)
    for name in add:
        await TicketTag.get_or_create(ticket_id=ticket.id, key=key_of(name), defaults={"name": name})
    await TicketTag.filter(ticket_id=ticket.id, key__in=[key_of(name) for name in drop]).delete()
    after = await of(ticket)
    if len(after) > MOST:
        raise BadTag(said=after[-1], longest=LONGEST, most=MOST)
    if after != before:
        await record(ticket, EventKind.TAGGED, now, staff=staff, tags=after)
    return after


async def known(policy: Policy, limit: int) -> list[str]:
    """The tags the office uses most."""
    rows = (
        await TicketTag.filter(ticket__office=policy.office)
        .annotate(count=Count("id"))
        .group_by("name")
        .order_by("-count")
        .limit(limit)
        .values_list("name", flat=True)
    )
    return [str(row) for row in rows]
