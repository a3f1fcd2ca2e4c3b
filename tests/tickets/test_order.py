"""Is everything read in the order in which it was said, in whatever order it came?"""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from tortoise.transactions import in_transaction

from tests.tickets.conftest import Ward
from tickets import inbox, lifecycle, order
from tickets.inbox import Conversation, NewRow
from tickets.models import Contact, InboxRow, Ticket

pytestmark = pytest.mark.usefixtures("database")

NOON = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
AN = Conversation("o", "sms", "an")


def event(text: str, second: float | None, *, chat: str = "an", channel: str = "sms") -> NewRow:
    return NewRow(
        office="o",
        channel=channel,
        event_id=f"{channel} {chat} {text}",
        kind="message",
        received_at=NOON,
        chat=chat,
        user=chat,
        text=text,
        sent_at=None if second is None else NOON - timedelta(days=3) + timedelta(seconds=second),
    )


async def handled() -> list[str]:
    """What waits, as it is handled."""
    texts = []
    while True:
        async with in_transaction():
            row = await inbox.head(AN)
            if row is None:
                return texts
            texts.append(row.text)
            await inbox.handled(row, NOON)


@pytest.mark.parametrize(
    ("came", "expected"),
    [
        pytest.param([("a", 1), ("b", 2), ("c", 3)], "abc", id="in order"),
        pytest.param([("c", 3), ("a", 1), ("b", 2)], "abc", id="the last came first"),
        pytest.param([("a", 1), ("b", 1), ("c", 1)], "abc", id="of one moment: as they came"),
        pytest.param([("a", None), ("b", None), ("c", None)], "abc", id="no network's time: as they came"),
        pytest.param([("b", 2), ("c", None), ("a", 1)], "abc", id="one without time stays behind what it came after"),
        pytest.param([("a", None), ("c", 3), ("b", 2)], "abc", id="one without time that came first stays first"),
    ],
)
async def test_what_waits_is_handled_as_it_was_said(came: list[tuple[str, float | None]], expected: str) -> None:
    await inbox.store([event(text, second) for text, second in came])
    assert "".join(await handled()) == expected


async def test_in_a_very_long_queue_only_the_oldest_are_compared() -> None:
    await inbox.store([event(f"{number:03}", number) for number in (*range(2, 50), 1)])
    texts = await handled()
    assert texts[:3] == ["002", "003", "004"]
    assert sorted(texts) == [f"{number:03}" for number in range(1, 50)]


async def said(ward: Ward, ticket: Ticket, one: NewRow) -> None:
    await inbox.store([one])
    row = await InboxRow.get(event_id=one.event_id)
    contact = await Contact.get(id=ticket.contact_id)
    await lifecycle.resident_wrote(ward.policy, ticket, contact, one.text[0], [], NOON, inbox_id=row.id)


async def test_whatever_comes_when_later_words_have_been_handled_finds_its_place(ward: Ward) -> None:
    for number, coming in enumerate(permutations("abcd")):
        ticket = await ward.ticket()
        for text in coming:
            await said(ward, ticket, event(f"{text} {number}", ord(text)))
        assert "".join(one.text for one in await order.said(ticket)) == "abcd", f"came as {''.join(coming)}"


async def test_times_of_different_networks_are_not_compared(ward: Ward) -> None:
    ticket = await ward.ticket()
    for text, channel, second in (("a", "sms", 100), ("b", "zalo", 1), ("c", "sms", 101)):
        await said(ward, ticket, event(text, second, channel=channel))
    assert "".join(one.text for one in await order.said(ticket)) == "abc"
