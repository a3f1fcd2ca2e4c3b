"""Two hundred people on two networks claim a ticket by command at once: one wins, each hears what came of it."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

from bot.wiring import Desk
from tests.workers.conftest import MONDAY_8
from tickets import lifecycle
from tickets.models import Contact, Event, EventKind, OutboxRow, Resident, Role, Staff, Ticket
from workers.inbound import handle_conversation

Hears = Callable[..., Awaitable[None]]


async def test_one_of_two_hundred_on_two_networks_wins_and_the_others_hear_who(
    desk: Desk, ctx: dict[Any, Any], hears: Hears
) -> None:
    office = desk.policy.office
    people = []
    for number in range(200):
        staff = await Staff.create(
            office=office, name=f"Cán bộ {number}", role=Role.MEMBER, areas=["ho-tich"], created_at=MONDAY_8
        )
        where = {"channel": ("rich", "poor")[number % 2], "user": f"c{number}", "chat": f"c{number}"}
        await Contact.create(office=office, staff=staff, last_seen_at=MONDAY_8, **where)
        people.append(where)
    resident = await Resident.create(office=office, name="Bà Thử", created_at=MONDAY_8)
    contact = await Contact.create(
        office=office, channel="rich", user="ba", chat="ba", resident=resident, last_seen_at=MONDAY_8
    )
    ticket = await lifecycle.open_ticket(desk.policy, contact, resident, "Xin hỏi khai sinh", MONDAY_8)
    await lifecycle.route(desk.policy, ticket, "ho-tich", MONDAY_8, by="matcher")
    for one in people:
        await hears(one["chat"], f"/nhan {ticket.number}", channel=one["channel"])
    await asyncio.gather(*(handle_conversation(ctx, office, one["channel"], one["chat"]) for one in people))
    after = await Ticket.get(id=ticket.id).prefetch_related("assignee")
    assert after.assignee is not None
    assert await Event.filter(ticket=ticket, kind=EventKind.CLAIMED).count() == 1
    lost = desk.texts.say("vi", "error.already_claimed", number=ticket.number, winner=after.assignee.name)
    chats = [one["chat"] for one in people]
    told = Counter(await OutboxRow.filter(chat__in=chats, text=lost).values_list("chat", flat=True))
    winner = f"c{after.assignee.name.rpartition(' ')[2]}"
    assert told == {chat: 1 for chat in chats if chat != winner}
