"""Reads for lists and look-ups; nothing here changes a row."""

from collections.abc import Collection, Iterable
from datetime import datetime

from tortoise import connections
from tortoise.exceptions import DoesNotExist
from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from tickets import rights, rows
from tickets.errors import TicketNotFound
from tickets.models import Contact, Message, OutboxRow, Resident, ResidentGroup, Staff, Status, Ticket, TicketGroup
from tickets.order import in_order
from tickets.policy import Policy
from tickets.status import LIVE, UNCLAIMED

PAGE = 10
LONGEST_CHAIN = 20  # tickets merged one into the other

# One question instead of four, because every notice about a ticket asks it. PostgreSQL gives each row whole.
_WITH_PEOPLE = """
SELECT ticket.*, contact AS its_contact, resident AS its_resident, staff AS its_assignee, whole AS its_whole,
       ticket_group AS its_asking, resident_group AS its_group,
       earlier.number AS its_earlier
FROM ticket
JOIN contact ON contact.id = ticket.contact_id
JOIN resident ON resident.id = ticket.resident_id
LEFT JOIN staff ON staff.id = ticket.assignee_id
LEFT JOIN ticket AS whole ON whole.id = ticket.merged_into_id
LEFT JOIN ticket AS earlier ON earlier.id = ticket.previous_id
LEFT JOIN ticket_group ON ticket_group.ticket_id = ticket.id
LEFT JOIN resident_group ON resident_group.id = ticket_group.group_id
WHERE ticket.id = $1
"""
_AROUND = ("its_contact", "its_resident", "its_assignee", "its_whole", "its_asking", "its_group", "its_earlier")


async def ticket_by_number(policy: Policy, staff: Staff, number: int) -> Ticket:
    """The ticket `number` of this office. Raises TicketNotFound, also for a ticket of another office."""
    ticket = await Ticket.get_or_none(office=policy.office, number=number).prefetch_related(
        "contact", "assignee", "resident", "merged_into"
    )
    if ticket is None or ticket.office != staff.office:
        raise TicketNotFound(number=number)
    return ticket


async def reload(ticket: Ticket) -> Ticket:
    """The same ticket as the database has it now, with the people around it."""
    found = await connections.get("default").execute_query_dict(_WITH_PEOPLE, [ticket.id])
    if not found:
        raise DoesNotExist(Ticket)
    columns = found[0]
    around = {name: columns.pop(name) for name in _AROUND}
    fresh = rows.made(Ticket, columns)
    fresh.contact = rows.made(Contact, dict(around["its_contact"]))
    fresh.resident = rows.made(Resident, dict(around["its_resident"]))
    fresh.assignee = rows.made(Staff, dict(around["its_assignee"])) if fresh.assignee_id is not None else None
    fresh.merged_into = rows.made(Ticket, dict(around["its_whole"])) if around["its_whole"] is not None else None
    fresh.earlier_number = around["its_earlier"]
    if around["its_asking"] is not None:
        fresh.asked_in = rows.made(TicketGroup, dict(around["its_asking"]))
        fresh.asked_in.group = rows.made(ResidentGroup, dict(around["its_group"]))
    return fresh


def _visible(policy: Policy, staff: Staff, statuses: Collection[Status]) -> QuerySet[Ticket]:
    found = Ticket.filter(office=policy.office, status__in=list(statuses))
    return found.filter(Q(area__in=areas_of(policy, staff)) | Q(assignee_id=staff.id))


def areas_of(policy: Policy, staff: Staff) -> list[str]:
    """The areas whose tickets `staff` sees, '' among them for those who look after what is not routed yet."""
    return sorted(area for area in (*policy.areas, "") if rights.has_area(policy, staff, area))


async def queue(policy: Policy, staff: Staff, offset: int = 0) -> tuple[list[Ticket], int]:
    """Unclaimed tickets in the areas of `staff`, the most pressing first, then the longest wait; and the count."""
    found = _visible(policy, staff, UNCLAIMED)
    page = (
        await found.order_by("-urgent", "-grade", "opened_at", "id")
        .offset(offset)
        .limit(PAGE)
        .prefetch_related("contact")
    )
    return page, await found.count()


async def mine(staff: Staff, offset: int = 0) -> tuple[list[Ticket], int]:
    """What `staff` has claimed and not resolved, the nearest deadline first."""
    found = Ticket.filter(assignee_id=staff.id, status__in=list(LIVE))
    page = await found.order_by("resolve_due", "id").offset(offset).limit(PAGE).prefetch_related("contact")
    return page, await found.count()


async def late(policy: Policy, staff: Staff, now: datetime, offset: int = 0) -> tuple[list[Ticket], int]:
    """Tickets past a promise and not waiting for the resident, the latest first."""
    found = _visible(policy, staff, (Status.NEW, Status.OPEN, Status.CLAIMED)).filter(
        Q(first_reply_due__lt=now, first_replied_at__isnull=True) | Q(next_reply_due__lt=now) | Q(resolve_due__lt=now)
    )
    page = await found.order_by("resolve_due", "id").offset(offset).limit(PAGE).prefetch_related("contact", "assignee")
    return page, await found.count()


_PAST = """
SELECT id, count(*) OVER () AS found FROM ticket WHERE office = $1 AND resident_id = $2
  AND (area = ANY($3) OR assignee_id = $4) ORDER BY id DESC LIMIT $5 OFFSET $6
"""


async def past_of(
    policy: Policy, staff: Staff, ticket: Ticket, limit: int, offset: int
) -> tuple[list[Ticket], int, int]:
    """The tickets of this ticket's resident that `staff` may see, newest first; how many, and how many they may not."""
    rows = await connections.get("default").execute_query_dict(
        _PAST, [policy.office, ticket.resident_id, areas_of(policy, staff), staff.id, limit, offset]
    )
    every = Ticket.filter(office=policy.office, resident_id=ticket.resident_id)
    found = Ticket.filter(id__in=[row["id"] for row in rows]).order_by("-id")
    count = int(rows[0]["found"]) if rows else 0
    return await found.prefetch_related("contact", "merged_into"), count, await every.count() - count


async def channels_of(ticket: Ticket) -> list[str]:
    """The channels by which the resident of a ticket has written, by name."""
    rows = await Contact.filter(office=ticket.office, resident_id=ticket.resident_id)
    return sorted({row.channel for row in rows})


async def of_resident(resident: Resident, limit: int = 5) -> list[Ticket]:
    """The latest tickets of a resident, live ones first."""
    tickets = await Ticket.filter(resident=resident, merged_into_id__isnull=True).order_by("-id").limit(50)
    return sorted(tickets, key=lambda ticket: (ticket.status not in LIVE, -ticket.id))[:limit]


async def live_of_contact(contact: Contact) -> list[Ticket]:
    """Live tickets of the resident behind this contact, the last spoken of first."""
    if contact.resident_id is None:
        return []
    return await Ticket.filter(resident_id=contact.resident_id, status__in=list(LIVE)).order_by(
        "-last_resident_at", "-id"
    )


async def last_spoken_of(contact: Contact) -> Ticket | None:
    """The ticket a message from this contact may belong to: the live one of the resident spoken of last, else the one
    that was resolved or closed last.
    """
    if contact.resident_id is None:
        return None
    return await rows.first(
        Ticket,
        "resident_id = $1 AND merged_into_id IS NULL ORDER BY (status = ANY($2)) DESC,"
        " CASE WHEN status = ANY($2) THEN last_resident_at ELSE resolved_at END DESC, id DESC",
        [contact.resident_id, [str(status) for status in LIVE]],
    )


async def last_ended(contact: Contact) -> Ticket | None:
    """The ticket of this resident that was resolved or closed last."""
    if contact.resident_id is None:
        return None
    return await rows.first(
        Ticket,
        "resident_id = $1 AND merged_into_id IS NULL AND status IN ('resolved', 'closed')"
        " ORDER BY resolved_at DESC, id DESC",
        [contact.resident_id],
    )


async def messages(ticket: Ticket, limit: int = 10) -> list[Message]:
    """The last messages of a ticket and of those that went into it, oldest first."""
    latest = (
        await Message.filter(ticket_id__in=await family(ticket)).order_by("-id").limit(limit).prefetch_related("author")
    )
    return in_order(latest)


async def family(ticket: Ticket) -> list[int]:
    """The ids of the ticket and of all that went into it, directly or by another."""
    found = new = [ticket.id]
    while new and len(found) < LONGEST_CHAIN:
        new = [one.id for one in await Ticket.filter(merged_into_id__in=new).only("id")]
        found = [*found, *new]
    return found


async def standing(ticket: Ticket) -> Ticket:
    """The ticket in which this one's matter goes on: itself, or the last of those it was merged into."""
    for _ in range(LONGEST_CHAIN):
        if ticket.merged_into_id is None:
            break
        ticket = await reload(await Ticket.get(id=ticket.merged_into_id))
    return ticket


_LOST = """
SELECT DISTINCT said.channel, said.chat FROM outbox said LEFT JOIN outbox list ON list.id = said.on_board_id
WHERE said.ticket_id = $1 AND said.kind = 'message' AND (said.state = 'failed' OR list.state = 'failed')
"""


async def unreached(ticket: Ticket) -> list[tuple[str, str]]:
    """The chats, each with its account, to which something about the ticket could not be brought."""
    found = await connections.get("default").execute_query_dict(_LOST, [ticket.id])
    return [(one["channel"], one["chat"]) for one in found]


CARDS = "ticket_id = $1 AND card AND edits_id IS NULL ORDER BY id"


async def cards(ticket: Ticket) -> list[OutboxRow]:
    """The newest live card of a ticket in each chat that has one."""
    return newest_cards(await rows.find(OutboxRow, CARDS, [ticket.id]))


def newest_cards(found: Iterable[OutboxRow]) -> list[OutboxRow]:
    """Of the rows of `CARDS` the newest in each chat."""
    return list({(row.channel, row.chat): row for row in found}.values())
