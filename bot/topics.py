"""The topic of a ticket in a group of staff: its address before and after it exists, its title, whose ticket it is.

A topic that is not there yet has an address all the same, the group's id and `/+` with the ticket's row: what is said
there waits, and whoever sends it makes the topic first. So nothing meant for a topic can land in the group at large.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from bot import cards
from channels.contract import group_of
from tickets import outbox, queries, routing, rows
from tickets.models import (
    Message,
    OutboxKind,
    OutboxRow,
    OutboxState,
    Staff,
    StaffChat,
    StaffChatMember,
    Status,
    Ticket,
    TicketTopic,
)

if TYPE_CHECKING:
    from bot.wiring import Desk

_PENDING = "/+"
TITLE = 100  # characters; networks cut longer ones
MADE_AT_MOST = 3  # topics of one ticket in one group: somebody deletes them on purpose
OVER = (Status.RESOLVED, Status.CLOSED)


def pending(group: str, ticket_id: int) -> str:
    """The address of a topic that is still to be made."""
    return f"{group}{_PENDING}{ticket_id}"


def awaited(chat: str) -> int | None:
    """The ticket (its row's id) whose topic is still to be made; None for any other chat."""
    _, sign, number = chat.partition(_PENDING)
    return int(number) if sign and number.isdigit() else None


async def address(ticket: Ticket, group: StaffChat) -> str:
    """Where in `group` things about `ticket` are said."""
    if not group.topics:
        return group.chat
    known = await rows.first(
        TicketTopic, 'ticket_id = $1 AND channel = $2 AND "group" = $3', [ticket.id, group.channel, group.chat]
    )
    return known.chat if known is not None and known.chat else pending(group.chat, ticket.id)


LOST = f"ticket_id = $1 AND chat = '' AND made >= {MADE_AT_MOST} ORDER BY id"


async def given_up(ticket: Ticket) -> set[int]:
    """The groups (their rows' ids) in which `ticket` has no topic any more, and so no place at all."""
    return await groups_of(ticket, await rows.find(TicketTopic, LOST, [ticket.id]))


async def groups_of(ticket: Ticket, lost: Sequence[TicketTopic]) -> set[int]:
    """The groups (their rows' ids) of topics that were `LOST`."""
    if not lost:
        return set()
    groups = await rows.find(StaffChat, "office = $1 AND active AND topics ORDER BY id", [ticket.office])
    gone = {(one.channel, one.group) for one in lost}
    return {one.id for one in groups if (one.channel, one.chat) in gone}


async def of_ticket(ticket: Ticket) -> list[TicketTopic]:
    """The topics a ticket has, in all groups."""
    return await rows.find(TicketTopic, "ticket_id = $1 AND chat <> '' ORDER BY id", [ticket.id])


async def ticket_in(office: str, channel: str, chat: str) -> Ticket | None:
    """The ticket whose topic `chat` is."""
    if chat == group_of(chat):
        return None
    known = await rows.first(TicketTopic, "office = $1 AND channel = $2 AND chat = $3", [office, channel, chat])
    return await queries.reload(await Ticket.get(id=known.ticket_id)) if known is not None else None


def title(desk: "Desk", ticket: Ticket) -> str:
    """What a topic is called: its state as a sign, number, area and owner. `ticket` needs `assignee` fetched."""
    language = desk.office.language
    said = desk.texts.say(
        language,
        f"topic.{ticket.status}",
        number=ticket.number,
        area=cards.area_name(desk, ticket.area, language),
        owner=ticket.assignee.name if ticket.assignee else "",
    )
    return said[:TITLE]


async def refresh(desk: "Desk", ticket: Ticket, now: datetime) -> None:
    """Have the topics of `ticket` named and closed or opened as it is now."""
    wanted = title(desk, ticket), ticket.status in OVER
    for topic in await of_ticket(ticket):
        if (topic.title, topic.shut) == wanted:
            continue
        waits = OutboxRow.filter(
            office=topic.office,
            channel=topic.channel,
            chat=topic.chat,
            kind=OutboxKind.TOPIC,
            state=OutboxState.QUEUED,
        )
        if not await waits.exists():
            await outbox.put(
                office=topic.office,
                channel=topic.channel,
                chat=topic.chat,
                now=now,
                kind=OutboxKind.TOPIC,
                ticket=ticket,
            )


async def show(desk: "Desk", ticket: Ticket, message: Message, to: Staff, now: datetime) -> bool:
    """Put the resident's words into the topics of `ticket`, as a group may see them; an answer to them is relayed.

    Returns whether `to` has read everything there was, and needs no copy in private.
    """
    groups = await rows.find(StaffChat, "office = $1 AND active AND topics ORDER BY id", [ticket.office])
    without = await given_up(ticket)
    ours = [one for one in groups if one.id not in without and routing.is_for(desk.policy, one, ticket.area)]
    shown = cards.hidden(message.text)
    for group in ours:
        await outbox.put(
            office=ticket.office,
            channel=group.channel,
            chat=await address(ticket, group),
            now=now,
            text=cards.said(desk, ticket, desk.office.language, message, shown),
            ticket=ticket,
            message_id=message.id,
        )
    if not ours or message.attachments or shown != message.text:
        return False
    return await StaffChatMember.exists(staff_chat_id__in=[one.id for one in ours], staff_id=to.id)
