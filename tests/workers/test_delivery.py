"""How a row becomes a message, and what follows when the network will not, cannot or does not say."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from bot.wiring import App, Desk
from channels import errors
from channels.contract import Sent
from tickets import outbox
from tickets.models import Contact, OutboxKind, OutboxRow, OutboxState, Staff, StaffChat
from workers import delivery
from workers.delivery import BACKOFF

Put = Callable[..., Awaitable[OutboxRow]]
Trouble = Callable[..., Awaitable[None]]
Until = Callable[..., Awaitable[None]]
Deliver = Callable[..., Awaitable[None]]


async def again(row: OutboxRow) -> OutboxRow:
    return await OutboxRow.get(id=row.id)


async def test_messages_leave_in_order_and_their_ids_are_kept(put: Put, deliver: Deliver, rich: Any) -> None:
    rich.script.append(Sent(("m1", "m2")))
    rows = [await put("một"), await put("hai")]
    await deliver()
    assert rich.texts == ["một", "hai"]
    assert (await again(rows[0])).provider_ids == ["m1", "m2"]
    assert [(await again(row)).state for row in rows] == [OutboxState.SENT] * 2
    assert rich.sent[0].ref == outbox.reference(rows[0])


async def test_several_jobs_for_one_chat_keep_the_order(put: Put, deliver: Deliver, rich: Any) -> None:
    for number in range(30):
        await put(str(number))
    while len(rich.sent) < 30:
        await asyncio.gather(*(deliver() for _ in range(5)))
    assert rich.texts == [str(number) for number in range(30)]


async def test_a_look_that_ends_leaves_nothing_taken_and_nothing_unrecorded(
    put: Put, deliver: Deliver, rich: Any
) -> None:
    rows = [await put(str(number)) for number in range(delivery.ROWS_A_LOOK + 5)]
    await deliver()
    assert len(rich.sent) == delivery.ROWS_A_LOOK
    states = [(await again(row)).state for row in rows]
    assert states == [OutboxState.SENT] * delivery.ROWS_A_LOOK + [OutboxState.QUEUED] * 5


@pytest.mark.parametrize("wait", [pytest.param(1.0, id="a second"), pytest.param(7200.0, id="two hours")])
async def test_being_asked_to_wait_is_obeyed_to_the_second_and_costs_no_try(
    app: App, put: Put, deliver: Deliver, rich: Any, wait: float
) -> None:
    app.clock.set(app.clock.now())
    row = await put("một")
    await put("hai")
    rich.script.append(errors.Throttled(wait))
    asked = app.clock.now()
    await deliver()
    put_off = await again(row)
    assert timedelta(seconds=wait) <= put_off.due_at - asked < timedelta(seconds=wait + 0.9)
    assert (put_off.state, put_off.attempts) == (OutboxState.QUEUED, 0)
    await deliver()
    assert rich.texts == ["một"], "nothing leaves before the time, nor overtakes"
    app.clock.move(timedelta(seconds=wait + 1))
    await deliver()
    assert rich.texts == ["một", "một", "hai"]


async def test_a_wait_ends_by_itself(put: Put, rich: Any, app: App, desk: Desk, working: None, until: Until) -> None:
    row = await put("một")
    rich.script.append(errors.Throttled(0.3))
    app.jobs.ring_delivery((desk.office.id, "rich", "an"))

    async def sent() -> bool:
        return (await again(row)).state is OutboxState.SENT

    begun = asyncio.get_running_loop().time()
    await until(sent)
    assert 0.3 <= asyncio.get_running_loop().time() - begun < 2, "rung for, not found by the sweep"


@pytest.mark.parametrize(
    ("error", "twice"),
    [
        pytest.param(errors.Unreachable("502"), False, id="not reached"),
        pytest.param(errors.Uncertain("answer lost"), True, id="perhaps reached"),
    ],
)
async def test_failures_that_may_pass_are_tried_ever_more_slowly_and_then_told(
    app: App, put: Put, deliver: Deliver, rich: Any, officer: Staff, error: Exception, twice: bool
) -> None:
    row = await put("Mời bác đến nhận", author=officer)
    rich.script.extend([error] * 20)
    pauses = []
    for _ in BACKOFF:
        await deliver()
        waiting = await again(row)
        assert waiting.state is OutboxState.QUEUED
        pauses.append((waiting.due_at - app.clock.now()).total_seconds())
        app.clock.set(waiting.due_at)
    for pause, meant in zip(pauses, BACKOFF, strict=True):
        assert 0.79 * meant - 1 < pause < 1.21 * meant
    await deliver()
    failed = await again(row)
    assert (failed.state, failed.maybe_twice, len(rich.sent)) == (OutboxState.FAILED, twice, len(BACKOFF) + 1)
    assert len({one.ref for one in rich.sent}) == 1
    assert await OutboxRow.filter(chat="officer").count() == 1


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(errors.Blocked("blocked by the user"), id="blocked"),
        pytest.param(errors.ChatGone("chat not found"), id="chat gone"),
        pytest.param(errors.Refused("message is too long"), id="refused"),
    ],
)
async def test_what_is_refused_for_good_is_never_tried_again_and_its_writer_is_told(
    app: App, desk: Desk, put: Put, deliver: Deliver, rich: Any, officer: Staff, error: errors.SendError
) -> None:
    row = await put("Mời bác đến nhận", author=officer)
    rich.script.append(error)
    await deliver()
    app.clock.move(timedelta(days=1))
    await deliver()
    failed = await again(row)
    assert (failed.state, failed.error, len(rich.sent)) == (OutboxState.FAILED, error.reason, 1)
    [notice] = await OutboxRow.filter(chat="officer")
    assert desk.texts.say("vi", f"send.{error.reason}") in notice.text
    assert any(command == f"/guilai {row.id}" for line in notice.buttons for _, command in line)


async def test_a_refusal_keeps_nobody_behind_it(put: Put, deliver: Deliver, rich: Any) -> None:
    rich.script.append(errors.Refused("no"))
    await put("một")
    await put("hai")
    await deliver()
    assert rich.texts == ["một", "hai"]


@pytest.mark.parametrize("error", [errors.Blocked(), errors.ChatGone()])
async def test_who_cannot_be_reached_is_remembered(
    app: App, desk: Desk, put: Put, deliver: Deliver, rich: Any, error: Exception
) -> None:
    where = {"office": desk.office.id, "channel": "rich", "chat": "an"}
    await Contact.create(**where, user="an", last_seen_at=app.clock.now())
    await StaffChat.create(**where, areas=[])
    rich.script.append(error)
    await put("chào")
    await deliver()
    assert not (await Contact.get()).reachable
    assert not (await StaffChat.get()).active


async def test_a_group_that_moved_takes_everything_along(
    app: App, desk: Desk, put: Put, deliver: Deliver, rich: Any
) -> None:
    await StaffChat.create(office=desk.office.id, channel="rich", chat="old", areas=[])
    rows = [await put("một", chat="old"), await put("hai", chat="old")]
    rich.script.append(errors.ChatGone("upgraded", moved_to="new"))
    await deliver("old")
    await deliver("new")
    assert [(one.chat, one.text) for one in rich.sent] == [("old", "một"), ("new", "một"), ("new", "hai")]
    assert [(await again(row)).state for row in rows] == [OutboxState.SENT] * 2
    assert (await StaffChat.get()).chat == "new"


async def test_two_groups_that_name_each_other_come_to_an_end(put: Put, deliver: Deliver, rich: Any) -> None:
    row = await put("một", chat="a")
    rich.script.extend(errors.ChatGone(moved_to=chat) for chat in ("b", "a") * 20)
    for _ in range(20):
        await deliver("a")
        await deliver("b")
    assert (await again(row)).state is OutboxState.FAILED
    assert len(rich.sent) <= len(BACKOFF) + 1


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(errors.Unauthorised("401"), id="our credentials are wrong"),
        pytest.param(errors.QuotaSpent("3000 of 3000"), id="the allowance is used up"),
    ],
)
async def test_a_barred_channel_is_tried_for_a_day_and_costs_no_try(
    app: App, put: Put, deliver: Deliver, rich: Any, officer: Staff, error: Exception
) -> None:
    row = await put("Mời bác đến nhận", author=officer)
    rich.script.extend([error] * 3)
    await deliver()
    waiting = await again(row)
    assert (waiting.state, waiting.attempts) == (OutboxState.QUEUED, 0)
    assert timedelta(minutes=9) < waiting.due_at - app.clock.now() <= timedelta(minutes=10)
    app.clock.move(timedelta(hours=23))
    await deliver()
    assert (await again(row)).state is OutboxState.QUEUED
    app.clock.move(timedelta(hours=2))
    await deliver()
    assert (await again(row)).state is OutboxState.FAILED
    assert await OutboxRow.filter(chat="officer").count() == 1


async def test_a_channel_that_is_off_keeps_its_messages(put: Put, deliver: Deliver) -> None:
    row = await put("chào", channel="off")
    await deliver(channel="off")
    waiting = await again(row)
    assert (waiting.state, waiting.error) == (OutboxState.QUEUED, "unauthorised")


async def test_a_network_that_hangs_is_uncertain(
    put: Put, deliver: Deliver, rich: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "_SEND", 0.05)
    row = await put("một")
    rich.gate.clear()
    await deliver()
    waiting = await again(row)
    assert (waiting.state, waiting.error, waiting.maybe_twice) == (OutboxState.QUEUED, "uncertain", True)


async def test_a_network_that_hangs_leaves_jobs_for_the_others(
    app: App, desk: Desk, put: Put, rich: Any, poor: Any, working: None, until: Until
) -> None:
    rich.gate.clear()
    for number in range(60):
        await put("treo", chat=f"chat {number}")
        app.jobs.ring_delivery((desk.office.id, "rich", f"chat {number}"))
    row = await put("SMS", channel="poor")
    app.jobs.ring_delivery((desk.office.id, "poor", "an"))

    async def sent() -> bool:
        return (await again(row)).state is OutboxState.SENT

    await until(sent)
    assert len(rich.sent) == delivery.AT_ONCE
    rich.gate.set()

    async def all_sent() -> bool:
        return not await OutboxRow.exclude(state=OutboxState.SENT).exists()

    await until(all_sent)


async def test_what_no_adapter_foresaw_is_tried_a_few_times_only(
    app: App, put: Put, deliver: Deliver, rich: Any
) -> None:
    row = await put("một")
    rich.script.extend([ZeroDivisionError()] * 20)
    for _ in range(10):
        await deliver()
        app.clock.move(timedelta(hours=1))
    failed = await again(row)
    assert (failed.state, failed.maybe_twice, len(rich.sent)) == (OutboxState.FAILED, True, 3)


async def test_an_answer_to_a_press_is_quick_or_not_at_all(
    app: App, put: Put, deliver: Deliver, rich: Any, officer: Staff
) -> None:
    late = await put("", kind=OutboxKind.ANSWER_PRESS, press_id="late", author=officer)
    app.clock.move(timedelta(minutes=1))
    refused = await put("Xong", kind=OutboxKind.ANSWER_PRESS, press_id="p", author=officer)
    rich.script.append(errors.Refused("query is too old"))
    await deliver()
    assert [one.press_id for one in rich.sent] == ["p"]
    assert [(await again(row)).state for row in (late, refused)] == [OutboxState.DROPPED] * 2
    assert await OutboxRow.filter(chat="officer").count() == 0, "nobody is told of that"
