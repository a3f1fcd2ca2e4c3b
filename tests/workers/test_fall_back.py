"""What a network refuses for good is said on another channel of the same person, if they agreed, and never twice."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from bot.wiring import Desk
from channels import errors
from tests.workers.conftest import MONDAY_8, Network
from tickets import lifecycle
from tickets.models import Contact, OutboxRow, OutboxState, Resident, Staff, Ticket
from workers.delivery import deliver_chat

Put = Callable[..., Awaitable[OutboxRow]]


@pytest.fixture
async def ticket(desk: Desk) -> Ticket:
    """Of a resident with two channels who wrote last on the rich one."""
    resident = await Resident.create(office=desk.office.id, name="Bà Thử", created_at=MONDAY_8)
    contacts = [
        await Contact.create(
            office=desk.office.id, channel=one, user="ba", chat="ba", resident=resident, last_seen_at=MONDAY_8
        )
        for one in ("rich", "poor")
    ]
    return await lifecycle.open_ticket(desk.policy, contacts[0], resident, "Xin hỏi khai sinh", MONDAY_8)


async def deliver(ctx: dict[Any, Any], desk: Desk) -> None:
    for channel in ("rich", "poor"):
        for chat in ("ba", "officer"):
            await deliver_chat(ctx, desk.office.id, channel, chat)


@pytest.mark.parametrize(
    ("agreed", "error", "said"),
    [
        pytest.param(True, errors.WindowClosed(), ["Da xong a"], id="the window is closed, and they agreed"),
        pytest.param(True, errors.Blocked(), ["Da xong a"], id="they blocked us here, and agreed to elsewhere"),
        pytest.param(False, errors.WindowClosed(), [], id="nothing without their consent"),
        pytest.param(
            True, errors.Refused("words the network does not like"), [], id="words that no network would take"
        ),
    ],
)
async def test_a_notice_to_a_resident(
    desk: Desk,
    ctx: dict[Any, Any],
    put: Put,
    ticket: Ticket,
    officer: Staff,
    rich: Network,
    poor: Network,
    agreed: bool,
    error: errors.SendError,
    said: list[str],
) -> None:
    await Resident.all().update(elsewhere=agreed)
    row = await put("Dạ xong ạ", chat="ba", ticket=ticket, author=officer)
    rich.script.append(error)
    await deliver(ctx, desk)
    await deliver(ctx, desk)
    assert poor.texts == said
    told = [one for one in rich.texts if "chưa tới được" in one]
    assert bool(told) is not bool(said), "its author hears of it only when nobody could be reached"
    assert await OutboxRow.filter(instead_of=row.id).count() == len(said)
    state = (await OutboxRow.get(id=row.id)).state
    assert state is (OutboxState.DROPPED if said else OutboxState.FAILED), "what was said elsewhere is no failure"


async def test_each_channel_is_tried_once(
    desk: Desk, ctx: dict[Any, Any], put: Put, ticket: Ticket, officer: Staff, rich: Network, poor: Network
) -> None:
    await Resident.all().update(elsewhere=True)
    await put("Dạ xong ạ", chat="ba", ticket=ticket, author=officer)
    rich.script.append(errors.Blocked())
    poor.script.append(errors.Blocked())
    await deliver(ctx, desk)
    await deliver(ctx, desk)
    assert poor.texts == ["Da xong a"]
    assert [one for one in rich.texts if one == "Dạ xong ạ"] == ["Dạ xong ạ"]
    assert any("chưa tới được" in one for one in rich.texts), "then its author hears"


async def test_what_may_have_arrived_is_not_said_again_elsewhere(
    desk: Desk, ctx: dict[Any, Any], put: Put, ticket: Ticket, rich: Network, poor: Network
) -> None:
    await Resident.all().update(elsewhere=True)
    row = await put("Dạ xong ạ", chat="ba", ticket=ticket)
    await OutboxRow.filter(id=row.id).update(maybe_twice=True)
    rich.script.append(errors.Blocked())
    await deliver(ctx, desk)
    assert poor.texts == []


async def test_a_notice_of_another_ticket_than_theirs_follows_nobody(
    desk: Desk, ctx: dict[Any, Any], put: Put, ticket: Ticket, rich: Network, poor: Network
) -> None:
    await Resident.all().update(elsewhere=True)
    stranger = await Resident.create(office=desk.office.id, name="Ông Lạ", created_at=MONDAY_8)
    await Ticket.filter(id=ticket.id).update(resident_id=stranger.id)
    await put("Dạ xong ạ", chat="ba", ticket=ticket)
    rich.script.append(errors.Blocked())
    await deliver(ctx, desk)
    assert poor.texts == []


async def test_staff_are_told_wherever_they_can_be_reached(
    desk: Desk, ctx: dict[Any, Any], put: Put, officer: Staff, rich: Network, poor: Network
) -> None:
    await Contact.create(
        office=desk.office.id, channel="poor", user="p", chat="officer", staff=officer, last_seen_at=MONDAY_8
    )
    await put("Phiếu mới", chat="officer")
    rich.script.append(errors.Blocked())
    await deliver(ctx, desk)
    assert poor.texts == ["Phieu moi"]
    assert await OutboxRow.filter(state=OutboxState.SENT).count() == 1
