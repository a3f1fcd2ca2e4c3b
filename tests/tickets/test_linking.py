"""Joining a resident's channels and parting them: everything is as before, and nobody sees what is another's."""

from datetime import timedelta
from typing import Any

import pytest
from tortoise import connections
from tortoise.transactions import in_transaction

from tests.tickets.conftest import MONDAY_8, Ward
from tickets import lifecycle, linking
from tickets.linking import LinkCodeInvalid, NothingToPart, SameChannel
from tickets.models import Contact, InboxRow, Resident, Ticket

_EVERYTHING = {
    "contact": "SELECT * FROM contact ORDER BY id",
    "resident": "SELECT * FROM resident ORDER BY id",
    "ticket": "SELECT * FROM ticket ORDER BY id",
    "message": "SELECT * FROM message ORDER BY id",
    "event": "SELECT * FROM event ORDER BY id",
}


async def everything() -> dict[str, Any]:
    """All rows that say whose something is."""
    return {name: await connections.get("default").execute_query_dict(query) for name, query in _EVERYTHING.items()}


async def on(ward: Ward, channel: str, name: str = "Bà Thử") -> Contact:
    contact = await ward.resident(name)
    await Contact.filter(id=contact.id).update(channel=channel)
    return await Contact.get(id=contact.id)


async def joined(first: Contact, second: Contact) -> None:
    """`first` is shown the code, `second` types it."""
    code = await linking.make_code(first, MONDAY_8)
    async with in_transaction():
        typed_by = await Contact.get(id=second.id)
        await linking.join(typed_by, linking.code_in(f"mã: {code.lower()}") or "", MONDAY_8)


async def parted(contact: Contact) -> None:
    async with in_transaction():
        await linking.part(await Contact.get(id=contact.id), MONDAY_8)


async def wrote(ward: Ward, ticket: Ticket, contact: Contact, words: str) -> None:
    row = await InboxRow.create(
        office=contact.office,
        channel=contact.channel,
        chat=contact.chat,
        user=contact.user,
        event_id=words,
        kind="message",
        text=words,
        received_at=MONDAY_8,
        payload={},
    )
    fresh, who = await Ticket.get(id=ticket.id), await Contact.get(id=contact.id)
    await lifecycle.resident_wrote(ward.policy, fresh, who, words, [], MONDAY_8, inbox_id=row.id)


async def test_parting_restores_exactly_the_state_of_before(ward: Ward) -> None:
    one, two = await on(ward, "telegram"), await on(ward, "zalo")
    await ward.ticket(contact=one)
    await ward.ticket(contact=two)
    await ward.ticket(contact=two, area="dat-dai")
    before = await everything()
    await joined(one, two)
    assert await Ticket.filter(resident_id=one.resident_id).count() == 3
    assert (await Contact.get(id=two.id)).resident_id == one.resident_id
    await parted(two)
    assert await everything() == before


async def test_who_had_no_resident_yet_has_none_again(ward: Ward) -> None:
    one = await on(ward, "telegram")
    two = await ward.contact("Bà Thử")
    await Contact.filter(id=two.id).update(channel="zalo")
    await joined(one, await Contact.get(id=two.id))
    await parted(two)
    assert (await Contact.get(id=two.id)).resident_id is None


async def test_answers_never_go_to_the_other_side_after_parting(ward: Ward) -> None:
    one, two = await on(ward, "telegram"), await on(ward, "zalo")
    of_one, of_two = await ward.ticket(contact=one), await ward.ticket(contact=two)
    await joined(one, two)
    await wrote(ward, of_two, one, "viết từ bên kia")
    await wrote(ward, of_one, two, "và ngược lại")
    assert (await Ticket.get(id=of_two.id)).contact_id == one.id, "while joined the answer goes where they wrote last"
    await parted(one)
    for ticket, contact in ((of_one, one), (of_two, two)):
        after = await Ticket.get(id=ticket.id)
        assert (after.contact_id, after.resident_id) == (contact.id, contact.resident_id)


async def test_what_was_opened_since_stays_with_who_opened_it(ward: Ward) -> None:
    one, two = await on(ward, "telegram"), await on(ward, "zalo")
    await joined(one, two)
    since = []
    for contact in (one, two):
        ticket = await ward.ticket(contact=await Contact.get(id=contact.id))
        await wrote(ward, ticket, contact, f"mới từ {contact.channel}")
        since.append(ticket)
    await wrote(ward, since[1], one, "viết tiếp từ bên kia")
    await parted(two)
    found = [(await Ticket.get(id=ticket.id)) for ticket in since]
    assert [(one_.resident_id, one_.contact_id) for one_ in found] == [
        (one.resident_id, one.id),
        (two.resident_id, two.id),
    ]


async def test_three_channels_are_parted_in_the_order_in_which_they_came(ward: Ward) -> None:
    one, two, three = await on(ward, "telegram"), await on(ward, "zalo"), await on(ward, "sms")
    for contact in (one, two, three):
        await ward.ticket(contact=contact)
    states = [await everything()]
    await joined(one, two)
    states.append(await everything())
    await joined(three, await Contact.get(id=one.id))
    await parted(three)
    assert await everything() == states[1]
    await parted(two)
    assert await everything() == states[0]
    with pytest.raises(NothingToPart):
        await parted(two)


async def test_a_code_is_used_once_expires_and_is_for_another_channel(ward: Ward) -> None:
    one, two, three = await on(ward, "telegram"), await on(ward, "zalo"), await on(ward, "sms")
    code = linking.code_in(await linking.make_code(one, MONDAY_8)) or ""
    with pytest.raises(SameChannel):
        async with in_transaction():
            await linking.join(one, code, MONDAY_8)
    with pytest.raises(LinkCodeInvalid):
        async with in_transaction():
            await linking.join(two, code, MONDAY_8 + timedelta(minutes=31))
    async with in_transaction():
        await linking.join(two, code, MONDAY_8)
    with pytest.raises(LinkCodeInvalid):
        async with in_transaction():
            await linking.join(three, code, MONDAY_8)
    older = linking.code_in(await linking.make_code(one, MONDAY_8)) or ""
    await linking.make_code(one, MONDAY_8)
    with pytest.raises(LinkCodeInvalid):
        async with in_transaction():
            await linking.join(three, older, MONDAY_8)


async def test_the_same_name_joins_nobody(ward: Ward) -> None:
    one, two = await on(ward, "telegram", "Nguyễn Thử"), await on(ward, "zalo", "Nguyễn Thử")
    assert one.resident_id != two.resident_id
    assert await Resident.all().count() == 2


async def test_a_code_of_another_office_is_wrong(ward: Ward) -> None:
    one, two = await on(ward, "telegram"), await on(ward, "zalo")
    await Contact.filter(id=two.id).update(office="phuong-khac")
    code = linking.code_in(await linking.make_code(one, MONDAY_8)) or ""
    with pytest.raises(LinkCodeInvalid):
        async with in_transaction():
            await linking.join(await Contact.get(id=two.id), code, MONDAY_8)
