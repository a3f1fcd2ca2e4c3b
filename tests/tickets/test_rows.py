"""Rows read and written past the ORM are the objects the ORM would have made of them."""

from datetime import timedelta, timezone
from typing import Any

from tests.tickets.conftest import MONDAY_8, Ward
from tickets import rows
from tickets.models import Direction, Event, EventKind, Message, OutboxKind, OutboxRow, Ticket

VIETNAM = timezone(timedelta(hours=7))


def _told(row: Any) -> dict[str, Any]:
    return {name: (type(value).__name__, value) for name, value in vars(row).items()}


async def _as_the_orm(row: Any) -> dict[str, Any]:
    return _told(await type(row).get(id=row.id))


async def test_a_row_just_stored_is_what_the_database_has(ward: Ward) -> None:
    ticket = await ward.ticket()
    event = await rows.insert(
        Event, ticket_id=ticket.id, kind=EventKind.OPENED, data={"channel": "sms", "to": [1, 2]}, at=MONDAY_8
    )
    message = await rows.insert(
        Message, ticket_id=ticket.id, direction=Direction.IN, text="Dạ", at=MONDAY_8.astimezone(VIETNAM)
    )
    for row in (event, message):
        assert _told(row) == await _as_the_orm(row)


async def test_several_stored_at_once_come_back_in_their_order_each_with_its_own(ward: Ward) -> None:
    shared = {"office": ward.policy.office, "channel": "sms", "due_at": MONDAY_8, "created_at": MONDAY_8}
    made = await rows.insert_all(
        OutboxRow, [{"chat": str(number), "buttons": [[["Nhận", f"/nhan {number}"]]], **shared} for number in range(3)]
    )
    assert [row.chat for row in made] == ["0", "1", "2"]
    assert [row.id for row in made] == sorted(row.id for row in made)
    for row in made:
        assert _told(row) == await _as_the_orm(row)
        assert row.kind is OutboxKind.MESSAGE
    made[0].provider_ids.append("7")
    assert made[1].provider_ids == []


async def test_what_is_read_past_the_orm_is_what_the_orm_reads(ward: Ward) -> None:
    ticket = await ward.ticket()
    assert await rows.change(ticket, snoozed_until=MONDAY_8.astimezone(VIETNAM))
    [found] = await rows.find(Ticket, "id = $1", [ticket.id])
    assert _told(found) == _told(ticket) == await _as_the_orm(ticket)
