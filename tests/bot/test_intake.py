"""Events in: durable when acknowledged, stored together, refused rather than lost, whatever strangers write."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import cast

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tortoise import connections

from bot.clock import Clock
from bot.event_rows import RECEIPT, UNKNOWN
from bot.intake import Intake
from bot.jobs import Jobs
from bot.wiring import App
from channels.contract import Attachment, AttachmentKind, Inbound, InboundKind, Receipt, ReceiptState, SenderClass
from channels.webhooks import Busy
from tickets.models import InboxRow, InboxState

Until = Callable[..., Awaitable[None]]
Queued = Callable[[int], Awaitable[None]]

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
async def app(redis_url: str) -> AsyncIterator[App]:
    """The two parts of an App that intake asks for, real ones."""
    clock = Clock()
    jobs = Jobs(redis_url, clock)
    jobs.open()
    yield cast("App", SimpleNamespace(clock=clock, jobs=jobs))
    await jobs.close()


@pytest.fixture
async def intake(app: App) -> AsyncIterator[Intake]:
    made = Intake(app)
    yield made
    await made.close()


def said(event: str, text: str = "chào", **more: object) -> Inbound:
    values: dict[str, object] = {"kind": InboundKind.MESSAGE, "chat": "an", "user": "an", "text": text}
    return Inbound(event_id=event, **{**values, **more})  # type: ignore[arg-type] # a table of values


@pytest.fixture
def queued(app: App, until: Until) -> Callable[[int], Awaitable[None]]:
    """Wait until so many conversations have been rung for."""

    async def reached(count: int) -> bool:
        return await app.jobs.depth() == count

    return lambda count: until(lambda: reached(count))


async def test_an_event_is_stored_when_accept_returns_and_its_conversation_is_rung_for(
    intake: Intake, queued: Queued
) -> None:
    await intake.accept("o", "telegram", [said("1"), said("2", chat="binh")])
    assert {one.chat for one in await InboxRow.all()} == {"an", "binh"}
    await queued(2)


async def test_an_event_known_already_is_accepted_and_rings_for_nobody(
    app: App, intake: Intake, queued: Queued
) -> None:
    await intake.accept("o", "telegram", [said("1")])
    await queued(1)
    assert await app.jobs.rung(10) == [("in", ("o", "telegram", "an"))]
    await intake.accept("o", "telegram", [said("1")])
    await intake.accept("o", "telegram", [])
    assert await InboxRow.all().count() == 1
    await queued(0)


async def test_a_thousand_events_at_once_take_few_statements_and_keep_each_chats_order(intake: Intake) -> None:
    before = await commits()
    await asyncio.gather(
        *(
            intake.accept("o", "telegram", [said(str(number), str(number), chat=f"{number % 7}")])
            for number in range(1000)
        )
    )
    rows = await InboxRow.all().order_by("id")
    assert len(rows) == 1000
    for chat in range(7):
        numbers = [int(row.text) for row in rows if row.chat == str(chat)]
        assert numbers == sorted(numbers)
    assert await commits() - before < 50


async def commits() -> int:
    await connections.get("default").execute_query("SELECT pg_stat_force_next_flush()")
    rows = await connections.get("default").execute_query_dict(
        "SELECT pg_stat_get_db_xact_commit(oid) AS n FROM pg_database WHERE datname = current_database()"
    )
    return int(rows[0]["n"])


async def test_the_database_away_is_busy_and_nobody_is_told_that_it_was_stored(intake: Intake) -> None:
    await connections.get("default").execute_query("ALTER TABLE inbox RENAME TO inbox_away")
    try:
        results = await asyncio.gather(
            *(intake.accept("o", "telegram", [said(str(number))]) for number in range(5)), return_exceptions=True
        )
    finally:
        await connections.get("default").execute_query("ALTER TABLE inbox_away RENAME TO inbox")
    assert all(isinstance(result, Busy) for result in results)
    await intake.accept("o", "telegram", [said("1")])
    assert await InboxRow.all().count() == 1


async def test_a_database_that_does_not_answer_is_busy_after_a_while(
    database: str, intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.intake.PATIENCE", 0.2)
    other = await asyncpg.connect(database)
    try:
        async with other.transaction():
            await other.execute("LOCK TABLE inbox IN ACCESS EXCLUSIVE MODE")
            with pytest.raises(Busy):
                await intake.accept("o", "telegram", [said("1")])
    finally:
        await other.close()
    await intake.accept("o", "telegram", [said("1")])
    assert await InboxRow.all().count() == 1


async def test_what_waited_too_long_behind_a_database_that_hangs_is_brought_again(
    database: str, intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.intake.PATIENCE", 0.3)
    monkeypatch.setattr("bot.intake.LONGEST_WAIT", 0.1)
    other = await asyncpg.connect(database)
    try:
        async with other.transaction():
            await other.execute("LOCK TABLE inbox IN ACCESS EXCLUSIVE MODE")
            first = asyncio.create_task(intake.accept("o", "telegram", [said("1")]))
            await asyncio.sleep(0)
            second = asyncio.create_task(intake.accept("o", "telegram", [said("2")]))
            await asyncio.wait([first])
    finally:
        await other.close()
    results = await asyncio.gather(first, second, return_exceptions=True)
    assert [type(result) for result in results] == [Busy, Busy]
    assert not await InboxRow.exists(), "nobody was told that it is stored, and nothing is"


async def test_more_than_memory_should_hold_is_refused_and_the_rest_is_kept(app: App) -> None:
    intake = Intake(app, max_backlog=10)
    results = await asyncio.gather(
        *(intake.accept("o", "telegram", [said(str(number))]) for number in range(25)), return_exceptions=True
    )
    assert [result for result in results if result is not None and not isinstance(result, Busy)] == []
    stored = results.count(None)
    assert 10 <= stored < 25
    assert await InboxRow.all().count() == stored
    many = [said(f"many {number}") for number in range(30)]
    await intake.accept("o", "telegram", many)
    assert await InboxRow.all().count() == stored + 30, "one request larger than the backlog must not wait for ever"


async def test_who_hangs_up_loses_nothing(intake: Intake) -> None:
    waiting = asyncio.create_task(intake.accept("o", "telegram", [said("1")]))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    await intake.accept("o", "telegram", [said("2")])
    assert await InboxRow.all().count() == 2


async def test_a_receipt_becomes_a_row_without_a_chat(intake: Intake) -> None:
    await intake.accept("o", "sms", [Receipt("r1", ReceiptState.FAILED, ref="7-1", message_id="m", reason="no route")])
    row = await InboxRow.get()
    assert (row.kind, row.chat, row.text) == (RECEIPT, "", "failed")
    assert (row.reply_to, row.message_id, row.name) == ("7-1", "m", "no route")


async def test_an_event_keeps_all_its_parts(intake: Intake) -> None:
    when = datetime(2025, 11, 23, tzinfo=UTC)
    photo = Attachment(AttachmentKind.PHOTO, ref="f1", name="don.jpg", size=9)
    await intake.accept("o", "telegram", [
        said(
            "1", "e\u0302", name=" Lê \n Mẫu ", attachments=(photo,), message_id="m", reply_to="r", album="a",
            group=True, sender=SenderClass.MACHINE, press_id="p", sent_at=when, raw={"x": 1},
        )
    ])  # fmt: skip
    row = await InboxRow.get()
    assert (row.text, row.name) == ("ê", "Lê Mẫu")
    [kept] = row.attachments
    assert (kept["kind"], kept["channel"], kept["ref"], kept["size"]) == ("photo", "telegram", "f1", 9)
    assert (row.message_id, row.reply_to, row.album, row.press_id, row.group, row.machine) == (
        "m",
        "r",
        "a",
        "p",
        True,
        True,
    )
    assert (row.sent_at, row.payload) == (when, {"x": 1})


@pytest.mark.parametrize(
    "event",
    [
        pytest.param(said("1", "x" * 100_000), id="a hundred thousand characters"),
        pytest.param(said("1", "a\0b\ud800c\u202e"), id="NUL, a lone surrogate, a direction mark"),
        pytest.param(said("1", "", attachments=(Attachment(AttachmentKind.PHOTO, ref="a\0b"),)), id="only a photo"),
        pytest.param(said("e" * 500, chat="c" * 500, user="u" * 500, name="n" * 500), id="names without end"),
        pytest.param(said("1", press_id="p" * 500, album="a" * 500, reply_to="r" * 500), id="ids without end"),
        pytest.param(said("1", raw={"a\0": ["\ud800", float("nan")]}), id="a payload jsonb would refuse"),
        pytest.param(said("1", raw={"when": object()}), id="a payload that is no JSON"),
        pytest.param(said("1", sent_at=datetime(2026, 1, 1)), id="a time without zone"),  # noqa: DTZ001 - the point
    ],
)
async def test_whatever_comes_is_stored(intake: Intake, event: Inbound) -> None:
    await intake.accept("o", "telegram", [event])
    row = await InboxRow.get()
    assert "\0" not in row.text
    assert len(row.text) <= 20_000


async def test_long_ids_stay_different(intake: Intake) -> None:
    await intake.accept("o", "telegram", [said("e" * 200 + "1"), said("e" * 200 + "2")])
    assert await InboxRow.all().count() == 2


nested = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(alphabet=st.characters()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(alphabet=st.characters()), inner, max_size=3),
    max_leaves=8,
)
anything = st.text(alphabet=st.characters(), max_size=300)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=anything, name=anything, chat=anything, event=anything, raw=st.dictionaries(anything, nested, max_size=3))
async def test_no_event_is_refused_for_what_it_holds(
    intake: Intake, text: str, name: str, chat: str, event: str, raw: dict[str, object]
) -> None:
    await InboxRow.all().delete()
    await intake.accept("o", "telegram", [said(event, text, name=name, chat=chat, user=chat, raw=raw)])
    assert await InboxRow.all().count() == 1


@pytest.mark.parametrize(
    ("body", "payload"),
    [
        pytest.param(b'{"new": ["kind"]}', {"new": ["kind"]}, id="an object as it is"),
        pytest.param(b"[1]", {"body": [1]}, id="any other JSON"),
        pytest.param(b"a=b\xff", {"body": "a=b\ufffd"}, id="no JSON"),
        pytest.param(json.dumps("x\0").encode(), {"body": "x"}, id="a NUL inside"),
        pytest.param(b"[" * 100_000, None, id="brackets without end"),
    ],
)
async def test_what_nobody_understands_is_kept_and_left_alone(
    app: App, intake: Intake, body: bytes, payload: dict[str, object] | None
) -> None:
    await intake.unknown("o", "telegram", body)
    await intake.unknown("o", "telegram", body)
    row = await InboxRow.get()
    assert (row.kind, row.state) == (UNKNOWN, InboxState.IGNORED)
    assert payload is None or row.payload == payload
    assert await app.jobs.depth() == 0
