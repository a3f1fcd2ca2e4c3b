"""What networks report in any order comes to the same end, and reaches only what is ours."""

from datetime import UTC, datetime, timedelta

import pytest

from tickets import outbox, receipts
from tickets.models import OutboxRow, OutboxState
from tickets.outbox import Chat

pytestmark = pytest.mark.usefixtures("database")

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
AN = Chat("o", "telegram", "an")
SOON = NOW + timedelta(seconds=30)


async def put(text: str) -> OutboxRow:
    return await outbox.put(office="o", channel="telegram", chat="an", now=NOW, text=text)


async def take(now: datetime = NOW) -> OutboxRow | None:
    return await outbox.take(*AN, now)


async def taken() -> OutboxRow:
    row = await take()
    assert row is not None
    return row


async def state(row: OutboxRow) -> OutboxState:
    return (await OutboxRow.get(id=row.id)).state


async def report(said: str, ref: str = "", message_id: str = "") -> tuple[OutboxRow | None, bool]:
    return await receipts.note(
        office="o", channel="telegram", state=said, ref=ref, message_id=message_id, reason="why", now=NOW
    )


@pytest.mark.parametrize(
    ("reports", "result"),
    [
        pytest.param(["sent", "delivered", "read"], OutboxState.READ, id="in order"),
        pytest.param(["read", "delivered", "sent"], OutboxState.READ, id="backwards"),
        pytest.param(["delivered", "delivered"], OutboxState.DELIVERED, id="twice"),
        pytest.param(["failed", "delivered"], OutboxState.DELIVERED, id="a part failed first, then all was delivered"),
        pytest.param(["delivered", "failed"], OutboxState.DELIVERED, id="a failure after the delivery is not believed"),
        pytest.param(["sent", "failed", "sent"], OutboxState.FAILED, id="accepted, then failed"),
    ],
)
async def test_receipts_in_any_order_come_to_the_same_end(reports: list[str], result: OutboxState) -> None:
    await put("1")
    row = await taken()
    await outbox.sent(row, ["m1"], NOW)
    for said in reports:
        found, _ = await report(said, ref=outbox.reference(row))
        assert found is not None
    assert await state(row) is result


async def test_a_receipt_may_come_before_the_sending_is_recorded() -> None:
    await put("1")
    row = await taken()
    assert await receipts.in_flight("o", "telegram")
    assert await report("delivered", message_id="m1") == (None, False)
    _, changed = await report("delivered", ref=outbox.reference(row))
    assert changed
    await outbox.sent(row, ["m1"], NOW)
    assert not await receipts.in_flight("o", "telegram")
    assert await state(row) is OutboxState.DELIVERED
    found, changed = await report("read", message_id="m1")
    assert found is not None
    assert changed


async def test_good_news_of_a_lost_answer_saves_sending_twice() -> None:
    await put("1")
    row = await taken()
    await outbox.later(row, SOON, "uncertain", count_attempt=True, maybe_twice=True)
    assert (await report("failed", ref=outbox.reference(row)))[1] is False
    assert (await report("delivered", ref=outbox.reference(row)))[1] is True
    assert await take(SOON) is None


@pytest.mark.parametrize(
    "ref",
    [
        pytest.param("", id="none"),
        pytest.param("{id}", id="without the time"),
        pytest.param("{id}-1", id="of another installation"),
        pytest.param("x-1", id="of another program"),
        pytest.param("9" * 30 + "-1", id="longer than any number of ours"),
        pytest.param("²-1", id="a digit that is no number"),
    ],
)
async def test_references_that_are_not_ours_find_nothing(ref: str) -> None:
    row = await put("1")
    assert await report("delivered", ref=ref.format(id=row.id)) == (None, False)


async def test_receipts_reach_only_their_own_account() -> None:
    await put("1")
    row = await taken()
    await outbox.sent(row, ["m1"], NOW)
    for office, channel in (("p", "telegram"), ("o", "sms")):
        for ref, message_id in ((outbox.reference(row), ""), ("", "m1")):
            found, _ = await receipts.note(
                office=office, channel=channel, state="read", ref=ref, message_id=message_id, reason="", now=NOW
            )
            assert found is None
    assert len(outbox.reference(row)) <= 36, "SMSGate takes no more"
