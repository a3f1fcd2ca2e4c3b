"""What stored events lead to: in order, once, nobody held up by what cannot be handled."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from bot.intake import Intake
from bot.wiring import App, Desk
from channels.contract import Receipt, ReceiptState
from tickets import inbox, outbox
from tickets.inbox import Conversation
from tickets.models import InboxRow, InboxState, Message, OutboxRow, OutboxState, Staff, Ticket
from workers import inbound
from workers.inbound import handle_conversation

Hears = Callable[..., Awaitable[None]]
Put = Callable[..., Awaitable[OutboxRow]]
Trouble = Callable[..., Awaitable[None]]
Until = Callable[..., Awaitable[None]]

QUESTION = "Tôi muốn hỏi thủ tục đăng ký khai sinh cho con"


async def states() -> list[str]:
    return [str(row.state) for row in await InboxRow.all().order_by("id")]


async def test_words_become_a_ticket_and_an_answer_that_is_rung_for(
    app: App, desk: Desk, ctx: dict[Any, Any], hears: Hears, until: Until
) -> None:
    await hears("an", QUESTION)
    await app.jobs.rung(10)
    await handle_conversation(ctx, desk.office.id, "rich", "an")
    ticket = await Ticket.get()
    assert ticket.area == "ho-tich"
    assert await states() == ["handled"]
    assert await OutboxRow.filter(chat="an", state=OutboxState.QUEUED).count() > 0

    async def rung() -> bool:
        return ("out", (desk.office.id, "rich", "an")) in await app.jobs.rung(10)

    await until(rung)


async def test_many_workers_keep_the_order_and_open_one_ticket(desk: Desk, ctx: dict[Any, Any], hears: Hears) -> None:
    words = [QUESTION, *(f"thêm chi tiết thứ {number}" for number in range(30))]  # fewer than a flood
    await hears("an", *words)
    async with asyncio.timeout(30):
        while "new" in await states():
            await asyncio.gather(*(handle_conversation(ctx, desk.office.id, "rich", "an") for _ in range(8)))
    assert await Ticket.all().count() == 1
    assert [message.text for message in await Message.all().order_by("id")] == words


async def test_a_long_queue_gives_way_after_some_rows_and_rings_for_the_rest(
    app: App, desk: Desk, ctx: dict[Any, Any], hears: Hears, until: Until
) -> None:
    await hears("an", *(f"{QUESTION} {number}" for number in range(25)))
    await handle_conversation(ctx, desk.office.id, "rich", "an")
    assert (await states()).count("handled") == inbound.ROWS_A_LOOK

    async def rung() -> bool:
        return await app.jobs.depth() > 0

    await until(rung)


async def test_a_ring_during_the_last_look_of_another_worker_is_not_lost(
    database: str, desk: Desk, hears: Hears, working: None, until: Until
) -> None:
    """The conversation is held when its message is rung for; well before the sweep it is handled all the same."""
    where = Conversation(desk.office.id, "rich", "an")
    other = await asyncpg.connect(database)
    async with asyncio.timeout(inbox_sweep := 4.0):
        assert inbox_sweep < 5
        async with other.transaction():
            await other.execute("SELECT pg_advisory_xact_lock($1)", inbox.lock_key("inbox", *where))
            await hears("an", QUESTION)
            for _ in range(20):  # long enough for the worker to have found the door closed
                await other.execute("SELECT pg_sleep(0.01)")
            assert await states() == ["new"]
        while "new" in await states():
            await other.execute("SELECT pg_sleep(0.005)")
    await other.close()


async def test_a_poison_message_is_set_aside_and_blocks_nobody(
    app: App, desk: Desk, ctx: dict[Any, Any], hears: Hears, trouble: Trouble
) -> None:
    await trouble("raise_exception")
    await hears("an", QUESTION, "poison", "và hỏi thêm")
    for _ in range(inbox.MAX_ATTEMPTS):
        assert "failed" not in await states()
        await handle_conversation(ctx, desk.office.id, "rich", "an")
    assert await states() == ["handled", "failed", "handled"]
    [failed] = await inbox.failures(desk.office.id)
    assert len(failed.reference) == 8
    assert [message.text for message in await Message.all().order_by("id")] == [QUESTION, "và hỏi thêm"]
    [apology] = [row for row in await OutboxRow.filter(chat="an") if failed.reference in row.text]
    assert apology.state is OutboxState.QUEUED


@pytest.mark.parametrize(
    "more",
    [
        pytest.param({"group": True}, id="a group"),
        pytest.param({"user": "officer"}, id="told to a member of staff in their words too"),
    ],
)
async def test_the_third_failure_speaks_in_private_chats_only(
    desk: Desk, ctx: dict[Any, Any], hears: Hears, officer: Staff, more: dict[str, Any]
) -> None:
    chat = "officer" if "user" in more else "group"
    await hears(chat, "/cho", **{"user": "officer", **more})
    row = await InboxRow.get()
    for _ in range(inbox.MAX_ATTEMPTS):
        await inbound._tripped(ctx["app"], desk, row, ValueError("made up"))
    assert await OutboxRow.filter(chat=chat).count() == (0 if more.get("group") else 1)


async def test_two_transactions_that_met_count_no_try(
    desk: Desk, ctx: dict[Any, Any], hears: Hears, trouble: Trouble
) -> None:
    await trouble("deadlock_detected", times=3)
    await hears("an", f"{QUESTION} poison")
    await handle_conversation(ctx, desk.office.id, "rich", "an")
    row = await InboxRow.get()
    assert (row.state, row.attempts) == (InboxState.HANDLED, 0)


async def test_a_database_that_shuts_down_counts_no_try(
    desk: Desk, ctx: dict[Any, Any], hears: Hears, trouble: Trouble
) -> None:
    await trouble("admin_shutdown", times=4)
    await hears("an", f"{QUESTION} poison")
    for _ in range(5):
        await handle_conversation(ctx, desk.office.id, "rich", "an")
    row = await InboxRow.get()
    assert (row.state, row.attempts) == (InboxState.HANDLED, 0)


async def test_an_event_that_takes_for_ever_is_a_failure_of_the_event(
    database: str, desk: Desk, ctx: dict[Any, Any], hears: Hears, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workers.inbound._HANDLING", 0.2)
    await hears("an", QUESTION)
    other = await asyncpg.connect(database)
    async with other.transaction():
        await other.execute("LOCK TABLE message IN ACCESS EXCLUSIVE MODE")
        for _ in range(inbox.MAX_ATTEMPTS):
            await handle_conversation(ctx, desk.office.id, "rich", "an")
    await other.close()
    assert await states() == ["failed"]


async def test_machines_are_ignored(desk: Desk, ctx: dict[Any, Any], hears: Hears) -> None:
    from channels.contract import SenderClass

    await hears("an", QUESTION, sender=SenderClass.MACHINE)
    await handle_conversation(ctx, desk.office.id, "rich", "an")
    assert await states() == ["ignored"]
    assert await OutboxRow.all().count() == 0


async def test_an_office_no_longer_served_keeps_its_rows(app: App, ctx: dict[Any, Any]) -> None:
    await inbox.store([inbox.NewRow("gone", "rich", "1", "message", app.clock.now(), chat="an")])
    await handle_conversation(ctx, "gone", "rich", "an")
    assert await states() == ["new"]


# ------------------------------------------------------------------------------------------------------------ receipts


async def test_a_receipt_that_overtakes_our_record_waits_for_it(
    app: App, desk: Desk, ctx: dict[Any, Any], put: Put
) -> None:
    where = (desk.office.id, "rich", "an")
    await put("chào")
    row = await outbox.take(*where, app.clock.now())
    assert row
    await Intake(app).accept(desk.office.id, "rich", [Receipt("r1", ReceiptState.DELIVERED, message_id="m1")])
    await handle_conversation(ctx, desk.office.id, "rich", "")
    assert await states() == ["new"]
    assert (await InboxRow.get()).attempts == 0
    await outbox.sent(row, ["m1"], app.clock.now())
    await handle_conversation(ctx, desk.office.id, "rich", "")
    assert await states() == ["handled"]
    assert (await OutboxRow.get(id=row.id)).state is OutboxState.DELIVERED


@pytest.mark.parametrize(
    "later",
    [
        pytest.param(timedelta(), id="at once when nothing is leaving"),
        pytest.param(timedelta(minutes=2), id="after a while when something is"),
    ],
)
async def test_a_receipt_for_a_message_not_ours_is_laid_aside(
    app: App, desk: Desk, ctx: dict[Any, Any], put: Put, later: timedelta
) -> None:
    await put("chào")
    if later:
        await outbox.take(desk.office.id, "rich", "an", app.clock.now())
    await Intake(app).accept(desk.office.id, "rich", [Receipt("r1", ReceiptState.DELIVERED, message_id="foreign")])
    app.clock.move(later)
    await handle_conversation(ctx, desk.office.id, "rich", "")
    assert await states() == ["handled"]


async def test_a_reported_failure_reaches_the_one_who_wrote(
    app: App, desk: Desk, ctx: dict[Any, Any], put: Put, officer: Staff
) -> None:
    await put("Mời bác đến nhận", author=officer)
    row = await outbox.take(desk.office.id, "rich", "an", app.clock.now())
    assert row
    await outbox.sent(row, ["m1"], app.clock.now())
    failed = Receipt("r1", ReceiptState.FAILED, ref=outbox.reference(row), reason="no route")
    await Intake(app).accept(desk.office.id, "rich", [failed, failed])
    await handle_conversation(ctx, desk.office.id, "rich", "")
    [notice] = await OutboxRow.filter(chat="officer")
    assert [[command.split()[0] for _, command in line] for line in notice.buttons] == [["/guilai"]]
