"""What a short message costs is counted with the record that it left: both or neither, and it leaves once."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from bot.wiring import Desk
from channels.contract import Sent
from tests.workers.conftest import Network
from tickets.models import OutboxRow, OutboxState, Spending
from workers.delivery import deliver_chat

Put = Callable[..., Awaitable[OutboxRow]]
Trouble = Callable[..., Awaitable[None]]


async def sent(desk: Desk, ctx: dict[Any, Any], poor: Network, put: Put) -> OutboxRow:
    """A message of two parts that the network takes."""
    poor.capabilities = replace(poor.capabilities, by_part=True, part_price=300)
    poor.script.append(Sent(("p1",), parts=2))
    row = await put("chào ông", channel="poor")
    await deliver_chat(ctx, desk.office.id, "poor", "an")
    return await OutboxRow.get(id=row.id)


async def counted() -> list[tuple[int, int, int]]:
    return [(one.messages, one.parts, one.dong) for one in await Spending.all()]


async def test_what_left_is_counted_once(desk: Desk, ctx: dict[Any, Any], poor: Network, put: Put) -> None:
    row = await sent(desk, ctx, poor, put)
    assert (row.state, await counted()) == (OutboxState.SENT, [(1, 2, 600)])


@pytest.mark.parametrize(
    ("on", "when"),
    [
        pytest.param("UPDATE ON outbox", "NEW.state = 'sent'", id="before it is recorded that it left"),
        pytest.param("INSERT ON spending", "TRUE", id="between that and the sum"),
    ],
)
async def test_a_database_that_goes_away_meanwhile_leaves_no_half(
    desk: Desk, ctx: dict[Any, Any], poor: Network, put: Put, trouble: Trouble, on: str, when: str
) -> None:
    await trouble("admin_shutdown", times=2, on=on, when=when)
    row = await sent(desk, ctx, poor, put)
    assert (row.state, await counted()) == (OutboxState.SENT, [(1, 2, 600)])
    assert len(poor.sent) == 1


async def test_a_sum_that_cannot_be_written_does_not_send_the_message_again(
    desk: Desk, ctx: dict[Any, Any], poor: Network, put: Put, trouble: Trouble
) -> None:
    await trouble("raise_exception", on="INSERT ON spending", when="TRUE")
    row = await sent(desk, ctx, poor, put)
    await deliver_chat(ctx, desk.office.id, "poor", "an")
    assert (row.state, await counted()) == (OutboxState.SENT, [])
    assert len(poor.sent) == 1
