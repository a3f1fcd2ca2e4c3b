"""Where a row really goes, and what follows when that place is gone: a topic made, a card said anew, a group lost.

All functions here work in the caller's transaction, but for `open_topic`, which asks the network.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING

import structlog
from tortoise.expressions import Q

from bot import boards, live_cards, notices, topics
from channels.contract import Topics, group_of
from channels.errors import NothingToChange
from tickets import outbox, queries, routing, rows
from tickets.models import Message, OutboxKind, OutboxRow, OutboxState, StaffChat, Ticket, TicketTopic
from tickets.status import UNCLAIMED

if TYPE_CHECKING:
    from bot.wiring import Desk
    from channels.contract import Channel

log = structlog.get_logger(__name__)

_LEAVING = (OutboxState.QUEUED, OutboxState.SENDING)


class GivenUpError(Exception):
    """The topic of a ticket was deleted as often as it was made."""


async def known_topic(row: OutboxRow) -> TicketTopic | None:
    """The record of the topic that `row`, addressed to one still to be made, is for."""
    return await rows.first(
        TicketTopic,
        'ticket_id = $1 AND channel = $2 AND "group" = $3',
        [topics.awaited(row.chat), row.channel, group_of(row.chat)],
    )


async def open_topic(desk: "Desk", channel: "Channel", row: OutboxRow) -> tuple[str, str]:
    """Make the topic `row` waits for; returns its chat and title. Not in a transaction.

    Raises children of SendError, and GivenUpError when it was made too often.
    """
    known = await known_topic(row)
    if known is not None and known.made >= topics.MADE_AT_MOST:
        raise GivenUpError
    if not isinstance(channel, Topics):
        raise TypeError(f"{channel.name} has no topics")
    ticket = await queries.reload(await Ticket.get(id=topics.awaited(row.chat)))
    title = topics.title(desk, ticket)
    return await channel.open_topic(group_of(row.chat), title), title


async def steps(desk: "Desk", channel: "Channel", row: OutboxRow) -> AsyncIterator[Callable[[], Awaitable[None]]]:
    """The calls that bring the topic of `row` to the state of its ticket, each noted as soon as it has been made.

    They raise children of SendError. Not in a transaction.
    """
    topic = await TicketTopic.get_or_none(office=row.office, channel=row.channel, chat=row.chat)
    if topic is None or not isinstance(channel, Topics):
        return
    ticket = await queries.reload(await Ticket.get(id=topic.ticket_id))
    title, shut = topics.title(desk, ticket), ticket.status in topics.OVER
    if topic.shut and not shut:
        yield lambda: _changed(topic, channel.shut_topic(topic.chat, False), shut=False)
    if topic.title != title:
        yield lambda: _changed(topic, channel.retitle_topic(topic.chat, title), title=title)
    if shut and not topic.shut:
        yield lambda: _changed(topic, channel.shut_topic(topic.chat, True), shut=True)


async def _changed(topic: TicketTopic, call: Awaitable[None], **now: object) -> None:
    with suppress(NothingToChange):
        await call
    await TicketTopic.filter(id=topic.id).update(**now)


async def topic_opened(row: OutboxRow, chat: str, title: str, now: datetime) -> None:
    """The topic is there: what waited for it goes there."""
    known = await known_topic(row)
    if known is None:
        await TicketTopic.create(
            office=row.office,
            channel=row.channel,
            group=group_of(row.chat),
            ticket_id=topics.awaited(row.chat),
            chat=chat,
            title=title,
            made=1,
        )
    else:
        await TicketTopic.filter(id=known.id).update(chat=chat, title=title, shut=False, made=known.made + 1)
    await redirect(row, chat, now)


async def redirect(row: OutboxRow, chat: str, now: datetime) -> None:
    """Send `row` and everything that waits for the same chat to `chat`."""
    waiting = OutboxRow.filter(office=row.office, channel=row.channel, chat=row.chat, state__in=_LEAVING)
    await waiting.update(chat=chat, state=OutboxState.QUEUED, lease_until=None, due_at=now)
    outbox.touch(row.office, row.channel, chat)


async def topic_gone(desk: "Desk", row: OutboxRow, now: datetime) -> None:
    """Somebody deleted the topic: what was to be said there waits for a new one, with the card that stood in it."""
    where = {"office": row.office, "channel": row.channel, "chat": row.chat}
    topic = await TicketTopic.filter(**where).first()
    ticket_id = topic.ticket_id if topic is not None else row.ticket_id
    if ticket_id is None:
        await OutboxRow.filter(id=row.id).update(state=OutboxState.FAILED, lease_until=None, error="topic_gone")
        return
    ticket = await Ticket.get(id=ticket_id)
    anew = topics.pending(group_of(row.chat), ticket_id)
    await TicketTopic.filter(**where).update(chat="")
    waiting = OutboxRow.filter(**where, state__in=_LEAVING)
    await waiting.exclude(kind=OutboxKind.MESSAGE).update(state=OutboxState.DROPPED, lease_until=None)
    stood = (
        await OutboxRow.filter(**where, card=True, kind=OutboxKind.MESSAGE).exclude(state__in=_LEAVING).order_by("-id")
    )
    await OutboxRow.filter(id__in=[one.id for one in stood]).update(card=False)
    await redirect(row, anew, now)
    if ticket.status in topics.OVER:
        return  # what is settled gets a new topic only when something is to be said in it
    if stood and not await OutboxRow.filter(**(where | {"chat": anew}), card=True, state=OutboxState.QUEUED).exists():
        stood[0].chat = anew
        await live_cards.post_again(desk, stood[0], now)


async def no_topics(desk: "Desk", row: OutboxRow, now: datetime) -> None:
    """The group lets us make no topics: its cards stand in the group itself, and those above are told once."""
    group = group_of(row.chat)
    turned_off = await StaffChat.filter(office=row.office, channel=row.channel, chat=group, topics=True).update(
        topics=False
    )
    await redirect(row, group, now)
    if turned_off:
        await _tell_above(desk, row, "staff.group_topics_off", now)


async def given_up(desk: "Desk", row: OutboxRow, now: datetime) -> None:
    """The topic is not made any more: those above hear which ticket it was, and what the ticket brings from now on, as
    what waited, is told to its owner or, while it has none, to everybody who could take it.
    """
    where = {"office": row.office, "channel": row.channel, "chat": row.chat}
    waiting = await OutboxRow.filter(**where, state__in=_LEAVING).order_by("id")
    await OutboxRow.filter(id__in=[one.id for one in waiting]).update(
        state=OutboxState.FAILED, lease_until=None, error="topic_gone", card=False
    )
    ticket = await queries.reload(await Ticket.get(id=topics.awaited(row.chat)))
    await _tell_above(desk, row, "staff.topic_given_up", now, number=ticket.number, ticket=ticket)
    if ticket.status in UNCLAIMED:
        await live_cards.routed(desk, ticket, now)
    if ticket.assignee is None:
        return
    said = [one.message_id for one in waiting if one.message_id is not None]
    for message in await Message.filter(id__in=said).order_by("id"):
        await notices.words_in_private(desk, ticket, ticket.assignee, message, now)


async def message_gone(desk: "Desk", row: OutboxRow, now: datetime) -> None:
    """The message an edit was for has been deleted: a card, or a list of cards, is said anew."""
    original = await OutboxRow.get_or_none(id=row.edits_id)
    await outbox.sent(row, (), now)
    if original is None:
        return
    if original.board:
        await boards.say_again(original, now)
    elif original.card:
        await live_cards.post_again(desk, original, now)


async def group_lost(desk: "Desk", office: str, channel: str, chat: str, now: datetime) -> bool:
    """We are no longer in a group: nothing goes there, those above are told, and waiting cards go to each person.

    False when it was no group of ours, or is known to be lost.
    """
    where = {"office": office, "channel": channel, "chat": group_of(chat)}
    group = await StaffChat.filter(**where, active=True).first()
    if group is None or not await StaffChat.filter(id=group.id, active=True).update(active=False):
        return False
    there = OutboxRow.filter(Q(chat=group.chat) | Q(chat__startswith=f"{group.chat}/"), office=office, channel=channel)
    ids = await there.filter(card=True, state=OutboxState.QUEUED).values_list("ticket_id", flat=True)
    await there.filter(state=OutboxState.QUEUED).update(state=OutboxState.DROPPED, error="chat_gone")
    await there.filter(card=True).update(card=False)  # nothing there can be changed any more
    row = OutboxRow(**where)
    await _tell_above(desk, row, "staff.group_lost", now)
    for ticket in await Ticket.filter(id__in=[one for one in ids if one], status__in=list(UNCLAIMED)):
        await live_cards.routed(desk, ticket, now)
    return True


async def card_lost(desk: "Desk", row: OutboxRow, now: datetime) -> None:
    """A card, or a list of them, could not be brought to somebody: whoever comes next is told instead."""
    if row.kind is not OutboxKind.MESSAGE or not (row.card or row.board):
        return
    lost = OutboxRow.filter(Q(id=row.id) | Q(on_board_id=row.id), card=True)
    ids = await lost.values_list("ticket_id", flat=True)
    await lost.update(card=False)
    for ticket in await Ticket.filter(id__in=[one for one in ids if one], status__in=list(UNCLAIMED)).order_by("id"):
        await live_cards.post(desk, await queries.reload(ticket), now, instead=True)


async def _tell_above(
    desk: "Desk", row: OutboxRow, key: str, now: datetime, *, ticket: Ticket | None = None, **values: object
) -> None:
    group = await StaffChat.get_or_none(office=row.office, channel=row.channel, chat=group_of(row.chat))
    known = [desk.policy.areas[area].name for area in (group.areas if group else ()) if area in desk.policy.areas]
    area = group.areas[0] if group is not None and group.areas else desk.policy.reception
    log.warning("a staff group has changed", office=row.office, channel=row.channel, what=key.partition(".")[2])
    told = {
        staff.id: (staff, contact)
        for role in ("lead", "supervisor")
        for staff, contact in await routing.superiors(desk.policy, area, role)
    }
    for staff, contact in told.values():
        areas = ", ".join(known) or desk.texts.say(staff.language, "staff.all_areas")
        text = desk.texts.say(staff.language, key, areas=areas, **values)
        await notices.to_staff(staff, now, text, ticket=ticket, contact=contact)
