"""Rows in: stored once, in order, handled by one worker at a time, set aside after three tries."""

import asyncio
import json
from datetime import UTC, datetime, timedelta

import pytest
from tortoise.transactions import in_transaction

from tickets import inbox
from tickets.inbox import Conversation, NewRow
from tickets.models import InboxRow, InboxState

pytestmark = pytest.mark.usefixtures("database")

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
YEAR_AGO = NOW - timedelta(days=365)
AN = Conversation("o", "telegram", "an")


def row(event: str, chat: str = "an", **more: object) -> NewRow:
    values: dict[str, object] = {"office": "o", "channel": "telegram", "kind": "message", "received_at": NOW}
    return NewRow(**{**values, "event_id": event, "chat": chat, "user": chat, **more})  # type: ignore[arg-type] # a table of values


async def test_what_comes_twice_is_stored_once_within_and_across_statements() -> None:
    assert await inbox.store([row("1"), row("1"), row("2")]) == [AN]
    assert await inbox.store([row("2"), row("1")]) == []
    assert await inbox.store([row("2"), row("3", chat="binh")]) == [AN._replace(chat="binh")]
    assert await InboxRow.all().count() == 3


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"office": "p"}, id="another office may use the same id"),
        pytest.param({"channel": "zalo"}, id="another account may use the same id"),
    ],
)
async def test_an_id_is_unique_within_its_account(other: dict[str, object]) -> None:
    await inbox.store([row("1")])
    await inbox.store([row("1", **other)])
    assert await InboxRow.all().count() == 2


async def test_every_value_comes_back_as_it_went_in() -> None:
    attachments = [{"kind": "photo", "ref": "x", "latitude": None, "size": 5}]
    await inbox.store([
        row(
            "1", name="Trần Thị Mẫu", group=True, addressed=True, machine=True, text="đơn\n'\"\\ {}",
            attachments=attachments, message_id="m", reply_to="r", album="a", press_id="p", sent_at=YEAR_AGO,
            payload=json.dumps({"a": ["ở", None]}),
        )
    ])  # fmt: skip
    stored = await InboxRow.get()
    assert (stored.name, stored.group, stored.addressed, stored.machine) == ("Trần Thị Mẫu", True, True, True)
    assert stored.text == "đơn\n'\"\\ {}"
    assert (stored.attachments, stored.payload) == (attachments, {"a": ["ở", None]})
    assert (stored.message_id, stored.reply_to, stored.album, stored.press_id) == ("m", "r", "a", "p")
    assert (stored.sent_at, stored.received_at) == (YEAR_AGO, NOW)
    assert (stored.state, stored.attempts, stored.reference, stored.handled_at) == (InboxState.NEW, 0, "", None)


async def test_rows_stored_together_keep_their_order() -> None:
    await inbox.store([row(str(number), text=str(number)) for number in range(300)])
    texts = [one.text for one in await InboxRow.all().order_by("id")]
    assert texts == [str(number) for number in range(300)]


async def test_the_head_is_the_oldest_unhandled_row_of_that_conversation() -> None:
    await inbox.store([row("1"), row("2"), row("3", chat="binh")])
    first = await inbox.head(AN)
    assert first is not None
    assert first.event_id == "1"
    await inbox.handled(first, NOW)
    second = await inbox.head(AN)
    assert second is not None
    assert second.event_id == "2"
    await inbox.ignored(second, NOW)
    assert await inbox.head(AN) is None
    states = {one.event_id: one.state for one in await InboxRow.all()}
    assert states == {"1": InboxState.HANDLED, "2": InboxState.IGNORED, "3": InboxState.NEW}


async def test_a_conversation_is_held_by_one_transaction_and_others_stay_free() -> None:
    held, done = asyncio.Event(), asyncio.Event()

    async def hold() -> bool:
        async with in_transaction():
            taken = await inbox.lock(AN)
            held.set()
            await done.wait()
            return taken

    holder = asyncio.create_task(hold())
    await held.wait()
    async with in_transaction():
        assert not await inbox.lock(AN)
        assert await inbox.lock(AN._replace(chat="binh"))
        assert await inbox.lock(AN._replace(office="p"))
    done.set()
    assert await holder
    async with in_transaction():
        assert await inbox.lock(AN)


def test_names_that_run_together_have_different_locks() -> None:
    assert inbox.lock_key("inbox", "a", "bc") != inbox.lock_key("inbox", "ab", "c")
    assert -(2**63) <= inbox.lock_key("inbox", "a", "bc") < 2**63


async def test_the_third_failure_sets_a_row_aside_and_frees_those_behind_it() -> None:
    await inbox.store([row("1"), row("2")])
    poison = await inbox.head(AN)
    assert poison is not None
    assert [await inbox.tripped(poison, f"REF{number}") for number in (1, 2, 3)] == [False, False, True]
    assert not await inbox.tripped(poison, "REF4")
    [failed] = await inbox.failures("o")
    assert (failed.id, failed.attempts, failed.reference) == (poison.id, 3, "REF3")
    behind = await inbox.head(AN)
    assert behind is not None
    assert behind.event_id == "2"


async def test_a_row_set_aside_can_be_taken_back_once() -> None:
    await inbox.store([row("1")])
    poison = await inbox.head(AN)
    assert poison is not None
    for _ in range(inbox.MAX_ATTEMPTS):
        await inbox.tripped(poison, "REF")
    assert await inbox.retry(poison)
    assert not await inbox.retry(poison)
    again = await inbox.head(AN)
    assert again is not None
    assert again.attempts == 0


async def test_the_sweep_sees_each_waiting_conversation_once_the_longest_waiting_first() -> None:
    await inbox.store([row("1", chat="binh"), row("2"), row("3", chat="binh"), row("4", chat="chi")])
    first = await inbox.head(AN._replace(chat="binh"))
    assert first is not None
    await inbox.handled(first, NOW)
    assert [one.chat for one in await inbox.waiting(10)] == ["an", "binh", "chi"]
    assert [one.chat for one in await inbox.waiting(2)] == ["an", "binh"]


async def test_what_is_only_kept_for_the_record_waits_for_nobody() -> None:
    assert await inbox.store([row("1", ignored=True)]) == []
    assert await inbox.waiting(10) == []


async def test_payloads_are_forgotten_when_old_and_dealt_with() -> None:
    payload = json.dumps({"from": "a resident"})
    old = NOW - timedelta(days=31)
    await inbox.store(
        [
            row("old", received_at=old, payload=payload, ignored=True),
            row("old, still waiting", received_at=old, payload=payload),
            row("young", payload=payload, ignored=True),
        ]
    )
    assert await inbox.forget_payloads(NOW - timedelta(days=30)) == 1
    assert await inbox.forget_payloads(NOW - timedelta(days=30)) == 0
    kept = {one.event_id for one in await InboxRow.all() if one.payload}
    assert kept == {"old, still waiting", "young"}
