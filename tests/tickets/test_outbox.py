"""Rows out: in the order of their chat, one at a time, leased, never silently gone."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from tortoise import connections

from tickets import outbox
from tickets.models import InboxRow, InboxState, OutboxKind, OutboxRow, OutboxState, Priority
from tickets.outbox import Chat

pytestmark = pytest.mark.usefixtures("database")

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
AN = Chat("o", "telegram", "an")
SOON = NOW + timedelta(seconds=30)


async def put(text: str, chat: str = "an", **more: object) -> OutboxRow:
    return await outbox.put(office="o", channel="telegram", chat=chat, now=NOW, text=text, **more)  # type: ignore[arg-type] # a table of values


async def take(now: datetime = NOW) -> OutboxRow | None:
    return await outbox.take(*AN, now)


async def taken(now: datetime = NOW) -> OutboxRow:
    row = await take(now)
    assert row is not None
    return row


async def state(row: OutboxRow) -> OutboxState:
    return (await OutboxRow.get(id=row.id)).state


async def let_lease_run_out(row: OutboxRow) -> None:
    await connections.get("default").execute_query(
        "UPDATE outbox SET lease_until = clock_timestamp() - interval '1 second' WHERE id = $1", [row.id]
    )


# ------------------------------------------------------------------------------------------------------------- putting


async def test_the_chats_written_for_are_collected_for_the_ring_after_the_commit() -> None:
    with outbox.touched() as chats:
        await put("1")
        await put("2")
        await put("3", chat="binh")
        await put("4", chat="binh", priority=Priority.ANSWER)
    await put("5", chat="chi")
    assert chats == {AN: Priority.NOTICE, AN._replace(chat="binh"): Priority.ANSWER}, "the most urgent counts"


async def test_an_edit_overtakes_the_edit_that_has_not_left() -> None:
    card = await put("card")
    assert (await taken()).id == card.id
    await outbox.sent(card, ["m1"], NOW)
    first = await put("1", kind=OutboxKind.EDIT, edits=card)
    leaving = await taken()
    assert leaving.id == first.id
    second = await put("2", kind=OutboxKind.EDIT, edits=card)
    third = await put("3", kind=OutboxKind.EDIT, edits=card)
    assert await state(first) is OutboxState.SENDING
    assert await state(second) is OutboxState.DROPPED
    assert await state(third) is OutboxState.QUEUED


# -------------------------------------------------------------------------------------------------------------- taking


async def test_a_row_comes_back_whole() -> None:
    await put(
        "chào", buttons=[[("A", "/a"), ("B", "/b")], [("C", "/c")]], attachments=[{"kind": "photo"}], reply_to="r"
    )
    row = await taken()
    assert (row.text, row.attachments, row.reply_to) == ("chào", [{"kind": "photo"}], "r")
    assert row.buttons == [[["A", "/a"], ["B", "/b"]], [["C", "/c"]]]
    assert row.state is OutboxState.SENDING
    assert row.created_at == NOW
    assert (row.attempts, row.maybe_twice) == (0, False)


async def test_a_chat_sends_one_at_a_time_and_in_order() -> None:
    first, second = await put("1"), await put("2")
    row = await taken()
    assert row.id == first.id
    assert await take() is None
    await outbox.sent(row, ["m1"], NOW)
    assert (await taken()).id == second.id


async def test_chats_do_not_wait_for_each_other() -> None:
    await put("1")
    await put("2", chat="binh")
    assert await take()
    assert await outbox.take("o", "telegram", "binh", NOW)


async def test_what_is_put_off_keeps_those_behind_it() -> None:
    await put("1")
    await put("2")
    row = await taken()
    assert await outbox.later(row, SOON, "throttled", count_attempt=False)
    assert await take(SOON - timedelta(milliseconds=1)) is None
    again = await taken(SOON)
    assert (again.id, again.attempts, again.error) == (row.id, 0, "throttled")


async def test_a_clock_that_is_set_back_holds_up_nothing_but_what_was_put_off() -> None:
    hours_ago = NOW - timedelta(hours=6)
    first, second = await put("1"), await put("2", chat="binh")
    row = await outbox.take(*AN, hours_ago)
    assert row is not None
    assert row.id == first.id
    await outbox.later(row, hours_ago + timedelta(seconds=30), "throttled", count_attempt=False)
    assert await outbox.take(*AN, hours_ago) is None
    assert await outbox.due_chats(hours_ago, 10) == [Chat("o", "telegram", "binh")]
    assert await outbox.take("o", "telegram", "binh", hours_ago) is not None
    assert (await outbox.take(*AN, hours_ago + timedelta(seconds=30))) is not None
    assert await state(second) is OutboxState.SENDING


async def test_an_answer_to_a_press_waits_for_nothing() -> None:
    await put("1")
    row = await taken()
    await outbox.later(row, SOON, "unreachable", count_attempt=True)
    press = await put("", kind=OutboxKind.ANSWER_PRESS, press_id="p")
    assert (await taken()).id == press.id


async def test_a_hundred_workers_take_each_row_once_and_in_order() -> None:
    rows = [await put(str(number)) for number in range(20)]
    order: list[int] = []

    async def work() -> None:
        while (row := await take()) is not None:
            order.append(row.id)
            await asyncio.sleep(0)
            await outbox.sent(row, [str(row.id)], NOW)

    while len(order) < len(rows):
        await asyncio.gather(*(work() for _ in range(100)))
    assert order == [row.id for row in rows]


async def test_a_lease_that_ran_out_is_taken_again_and_marked() -> None:
    await put("1")
    dead = await taken()
    await let_lease_run_out(dead)
    again = await taken()
    assert (again.id, again.maybe_twice, again.attempts) == (dead.id, True, 1)
    assert await take() is None


async def test_moving_the_business_clock_abandons_nothing_in_flight() -> None:
    await put("1")
    await taken()
    assert await take(NOW + timedelta(days=3)) is None


async def test_who_lost_the_lease_changes_nothing_but_a_success() -> None:
    await put("1")
    slow = await taken()
    await let_lease_run_out(slow)
    new = await taken()
    assert not await outbox.later(slow, SOON, "unreachable", count_attempt=True)
    assert not await outbox.failed(slow, "refused")
    assert await state(new) is OutboxState.SENDING
    await outbox.sent(slow, ["m1"], NOW)
    assert await state(new) is OutboxState.SENT
    await outbox.sent(new, ["m2"], NOW)
    assert (await OutboxRow.get(id=new.id)).provider_ids == ["m1", "m2"]


@pytest.mark.parametrize(
    ("settle", "result"),
    [
        pytest.param("failed", OutboxState.FAILED, id="a failure"),
        pytest.param("dropped", OutboxState.DROPPED, id="a drop"),
    ],
)
async def test_what_ends_without_being_sent_frees_those_behind_it(settle: str, result: OutboxState) -> None:
    await put("1")
    second = await put("2")
    row = await taken()
    assert await getattr(outbox, settle)(row, "refused", "x" * 5000)
    settled = await OutboxRow.get(id=row.id)
    assert (settled.state, settled.error, len(settled.detail), settled.lease_until) == (result, "refused", 1000, None)
    assert row.error == "refused"
    assert (await taken()).id == second.id


# --------------------------------------------------------------------------------------------------------------- sweep


async def test_the_sweep_sees_chats_whose_first_row_may_leave() -> None:
    await put("due", chat="due")
    await put("in flight", chat="busy")
    await outbox.take("o", "telegram", "busy", NOW)
    await put("behind", chat="busy")
    await put("later", chat="later")
    later = await outbox.take("o", "telegram", "later", NOW)
    assert later
    await outbox.later(later, SOON, "throttled", count_attempt=False)
    await put("behind", chat="later")
    await put("dead", chat="dead")
    dead = await outbox.take("o", "telegram", "dead", NOW)
    assert dead
    await let_lease_run_out(dead)
    await put("", chat="busy", kind=OutboxKind.ANSWER_PRESS, press_id="p")
    found = {one.chat for one in await outbox.due_chats(NOW, 10)}
    assert found == {"due", "dead", "busy"}
    assert "later" in {one.chat for one in await outbox.due_chats(SOON, 10)}


# ------------------------------------------------------------------------------------------------------------ look-ups


async def test_a_message_is_found_again_by_each_id_the_network_gave_it() -> None:
    await put("a long one")
    row = await taken()
    await outbox.sent(row, ["m1", "m2"], NOW)
    for provider_id in ("m1", "m2"):
        found = await outbox.by_provider_id(*AN, provider_id)
        assert found is not None
        assert found.id == row.id
    assert await outbox.by_provider_id(*AN._replace(chat="binh"), "m1") is None
    assert await outbox.by_provider_id(*AN, "m") is None
    assert await outbox.by_provider_id(*AN, "") is None


async def test_a_number_chooses_from_the_newest_message_with_buttons() -> None:
    async def offer() -> str:
        found = await outbox.last_offer(*AN, NOW - timedelta(days=1))
        return found.text if found else ""

    for text in ("old offer", "offer"):
        await put(text, buttons=[[("A", "/a")]])
        await outbox.sent(await taken(), [text], NOW)
    await put("plain words")
    await outbox.sent(await taken(), ["p"], NOW)
    await put("not gone yet", buttons=[[("B", "/b")]])
    assert await offer() == "offer"
    row = await taken()
    assert await offer() == "not gone yet", "its reader may be faster than our record"
    await outbox.failed(row, "refused")
    assert await offer() == "offer"
    assert await outbox.last_offer(*AN, NOW + timedelta(seconds=1)) is None


async def test_newest_is_what_arrived_last_and_not_what_was_written_last() -> None:
    await put("a list that waits for others", buttons=[[("A", "/a")]])
    listed = await taken()
    await outbox.later(listed, SOON, "", count_attempt=False)
    await put("the morning's news", buttons=[[("B", "/b")]])
    await OutboxRow.filter(id=listed.id).update(state=OutboxState.SENT, sent_at=SOON, lease_until=None)
    await outbox.sent(await taken(), ["m"], NOW)
    found = await outbox.last_offer(*AN, NOW - timedelta(days=1))
    assert found is not None
    assert found.id == listed.id


@pytest.mark.parametrize(
    ("typed", "commands", "still"),
    [
        pytest.param("1", ["/xong 5", "/xem 5"], False, id="one of two was chosen"),
        pytest.param("3", ["/xong 5", "/xem 5"], True, id="a number that was not offered chose nothing"),
        pytest.param("1", ["/nhan 5", "/nhan 6"], True, id="of a list one takes several"),
    ],
)
async def test_a_choice_is_made_once_but_of_a_list_one_takes_several(
    typed: str, commands: list[str], still: bool
) -> None:
    await put("an offer", buttons=[[("A", command)] for command in commands])
    await outbox.sent(await taken(), ["o"], NOW)
    await InboxRow.create(
        office=AN.office,
        channel=AN.channel,
        chat=AN.chat,
        event_id=f"{typed} of {commands}",
        kind="message",
        text=typed,
        received_at=SOON,
        state=InboxState.HANDLED,
    )
    found = await outbox.last_offer(*AN, NOW - timedelta(days=1), ("/nhan ", "/xem "))
    assert (found is not None) is still


async def test_a_failed_message_is_said_again_once_under_another_reference() -> None:
    await put("reply", message_id=7)
    row = await taken()
    assert await outbox.resend(row, NOW) is None, "it is still on its way"
    await outbox.failed(row, "blocked")
    assert [one.id for one in await outbox.failures("o")] == [row.id]
    with outbox.touched() as chats:
        copies = [await outbox.resend(row, NOW) for _ in range(2)]
    assert list(chats) == [AN]
    assert copies[1] is None
    assert copies[0] is not None
    assert outbox.reference(copies[0]) != outbox.reference(row)
    again = await taken()
    assert (again.id, again.text, again.message_id, again.attempts) == (copies[0].id, "reply", 7, 0)
    assert await outbox.failures("o") == []
