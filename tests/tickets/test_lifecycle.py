"""Do tickets move as the table allows, for those who may, once, and with an event for each move?"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import asyncpg
import pytest
from tortoise.transactions import in_transaction

from tests.tickets.conftest import MONDAY_8, Ward
from tickets import lifecycle
from tickets.errors import (
    AlreadyClaimed,
    AlreadyYours,
    DomainError,
    NotAllowed,
    NothingToSay,
    NotYourArea,
    NotYours,
    UnknownArea,
    WrongState,
)
from tickets.models import Direction, Event, EventKind, Message, Role, Staff, Status, Ticket

Move = Callable[[Ward, Ticket, Staff], Awaitable[Any]]


def _claim(ward: Ward, ticket: Ticket, staff: Staff) -> Awaitable[Any]:
    return lifecycle.claim(ward.policy, ticket, staff, MONDAY_8)


def _release(ward: Ward, ticket: Ticket, staff: Staff) -> Awaitable[Any]:
    return lifecycle.release(ward.policy, ticket, staff, MONDAY_8)


def _wait(ward: Ward, ticket: Ticket, staff: Staff) -> Awaitable[Any]:
    return lifecycle.wait(ward.policy, ticket, staff, MONDAY_8)


def _snooze(ward: Ward, ticket: Ticket, staff: Staff) -> Awaitable[Any]:
    return lifecycle.snooze(ward.policy, ticket, staff, MONDAY_8 + timedelta(hours=2), MONDAY_8)


def _resume(ward: Ward, ticket: Ticket, _: Staff) -> Awaitable[Any]:
    return lifecycle.resume(ward.policy, ticket, MONDAY_8)


def _resolve(ward: Ward, ticket: Ticket, staff: Staff) -> Awaitable[Any]:
    return lifecycle.resolve(ward.policy, ticket, staff, MONDAY_8)


def _reopen(ward: Ward, ticket: Ticket, staff: Staff) -> Awaitable[Any]:
    return lifecycle.reopen(ward.policy, ticket, MONDAY_8, staff=staff)


def _close(_: Ward, ticket: Ticket, __: Staff) -> Awaitable[Any]:
    return lifecycle.close(ticket, MONDAY_8)


def _transfer(ward: Ward, ticket: Ticket, staff: Staff) -> Awaitable[Any]:
    return lifecycle.transfer(ward.policy, ticket, "dat-dai", staff, MONDAY_8)


def _reply(ward: Ward, ticket: Ticket, staff: Staff) -> Awaitable[Any]:
    return lifecycle.reply(ward.policy, ticket, staff, "Dạ vâng", [], MONDAY_8)


@pytest.mark.parametrize(
    ("path", "ends", "events"),
    [
        pytest.param([_claim], Status.CLAIMED, [EventKind.CLAIMED], id="claimed"),
        pytest.param([_claim, _release], Status.OPEN, [EventKind.CLAIMED, EventKind.RELEASED], id="released again"),
        pytest.param([_claim, _wait], Status.WAITING, [EventKind.CLAIMED, EventKind.WAITING], id="waiting"),
        pytest.param(
            [_claim, _wait, _resume],
            Status.CLAIMED,
            [EventKind.CLAIMED, EventKind.WAITING, EventKind.RESUMED],
            id="back from waiting",
        ),
        pytest.param([_claim, _snooze], Status.SNOOZED, [EventKind.CLAIMED, EventKind.SNOOZED], id="put aside"),
        pytest.param([_claim, _resolve], Status.RESOLVED, [EventKind.CLAIMED, EventKind.RESOLVED], id="resolved"),
        pytest.param(
            [_claim, _resolve, _close],
            Status.CLOSED,
            [EventKind.CLAIMED, EventKind.RESOLVED, EventKind.CLOSED],
            id="closed",
        ),
        pytest.param(
            [_claim, _resolve, _reopen],
            Status.CLAIMED,
            [EventKind.CLAIMED, EventKind.RESOLVED, EventKind.REOPENED, EventKind.ASSIGNED],
            id="reopened, back to its owner on duty",
        ),
        pytest.param([_transfer], Status.OPEN, [EventKind.TRANSFERRED], id="transferred unclaimed"),
        pytest.param([_reply], Status.CLAIMED, [EventKind.CLAIMED, EventKind.REPLIED], id="answering claims"),
    ],
)
async def test_a_path_through_the_table(ward: Ward, path: list[Move], ends: Status, events: list[EventKind]) -> None:
    staff = await ward.staff("Mai")
    ticket = await ward.ticket()
    for move in path:
        await move(ward, ticket, staff)
    assert (await Ticket.get(id=ticket.id)).status is ends
    happened = [event.kind for event in await Event.filter(ticket=ticket).order_by("id")]
    assert happened == [EventKind.OPENED, EventKind.ROUTED, *events]


@pytest.mark.parametrize(
    ("path", "refused", "error"),
    [
        pytest.param([], _wait, WrongState, id="nobody waits for a resident without having the ticket"),
        pytest.param([], _resolve, WrongState, id="an unclaimed ticket is not resolved"),
        pytest.param([_claim], _claim, AlreadyYours, id="claiming twice"),
        pytest.param([_claim, _resolve], _wait, WrongState, id="a resolved ticket waits for nobody"),
        pytest.param([_claim, _resolve], _reply, WrongState, id="a resolved ticket is reopened before it is answered"),
        pytest.param([_claim, _resolve, _close], _reopen, WrongState, id="a closed ticket stays closed"),
        pytest.param([_claim, _resolve, _close], _claim, WrongState, id="a closed ticket is not claimed"),
        pytest.param([_claim], _close, WrongState, id="only what is resolved is closed"),
    ],
)
async def test_a_move_that_is_not_in_the_table(
    ward: Ward, path: list[Move], refused: Move, error: type[DomainError]
) -> None:
    staff = await ward.staff("Mai")
    ticket = await ward.ticket()
    for move in path:
        await move(ward, ticket, staff)
    before = await Ticket.get(id=ticket.id)
    with pytest.raises(error):
        async with in_transaction():
            await refused(ward, ticket, staff)
    assert (await Ticket.get(id=ticket.id)).status is before.status


@pytest.mark.parametrize(
    ("role", "areas", "move", "error"),
    [
        pytest.param(Role.MEMBER, ("dat-dai",), _claim, NotYourArea, id="a member without the area claims"),
        pytest.param(Role.LEAD, ("dat-dai",), _claim, NotYourArea, id="a lead of another area claims"),
        pytest.param(Role.MEMBER, ("ho-tich",), _resolve, NotYours, id="a colleague resolves what another has"),
        pytest.param(Role.MEMBER, ("ho-tich",), _reply, NotYours, id="a colleague answers what another has"),
        pytest.param(Role.MEMBER, ("ho-tich",), _release, NotYours, id="a colleague releases what another has"),
    ],
)
async def test_those_who_may_not(
    ward: Ward, role: Role, areas: tuple[str, ...], move: Move, error: type[DomainError]
) -> None:
    owner = await ward.staff("Mai")
    other = await ward.staff("Nam", role, areas)
    ticket = await ward.ticket()
    if move is not _claim:
        await lifecycle.claim(ward.policy, ticket, owner, MONDAY_8)
    with pytest.raises(error):
        await move(ward, ticket, other)


async def test_staff_who_left_may_nothing(ward: Ward) -> None:
    gone = await ward.staff("Mai")
    gone.active = False
    with pytest.raises(NotAllowed):
        await lifecycle.claim(ward.policy, await ward.ticket(), gone, MONDAY_8)


async def test_the_second_claim_names_the_first_claimant(ward: Ward) -> None:
    mai, nam = await ward.staff("Mai"), await ward.staff("Nam")
    ticket = await ward.ticket()
    await lifecycle.claim(ward.policy, ticket, mai, MONDAY_8)
    with pytest.raises(AlreadyClaimed) as refused:
        await lifecycle.claim(ward.policy, ticket, nam, MONDAY_8)
    assert refused.value.values == {"number": ticket.number, "winner": "Mai"}


async def test_of_many_claims_at_once_one_wins_and_the_others_learn_who(ward: Ward) -> None:
    """P6, with as many transactions at once as the pool gives; the event log agrees with the row."""
    everybody = [await ward.staff(f"Cán bộ {number}") for number in range(60)]
    ticket = await ward.ticket()

    async def try_it(staff: Staff) -> str:
        mine = await Ticket.get(id=ticket.id)
        try:
            async with in_transaction():
                await lifecycle.claim(ward.policy, mine, staff, MONDAY_8)
        except AlreadyClaimed as refused:
            return str(refused.values["winner"])
        return "won"

    outcomes = Counter(await asyncio.gather(*(try_it(staff) for staff in everybody)))
    claimed = await Ticket.get(id=ticket.id).prefetch_related("assignee")
    assert claimed.assignee is not None
    assert outcomes == {"won": 1, claimed.assignee.name: 59}
    assert await Event.filter(ticket=ticket, kind=EventKind.CLAIMED).count() == 1


async def test_numbers_are_given_once_and_without_gaps_by_office(ward: Ward) -> None:
    contact = await ward.resident()

    async def open_one() -> int:
        async with in_transaction():
            return (await ward.ticket(contact=contact)).number

    numbers = await asyncio.gather(*(open_one() for _ in range(20)))
    assert sorted(numbers) == list(range(1, 21))


async def test_waiting_for_the_resident_stops_both_clocks(ward: Ward) -> None:
    staff = await ward.staff("Mai")
    ticket = await ward.ticket()  # due 08:30 and one working day after 08:00
    await lifecycle.claim(ward.policy, ticket, staff, MONDAY_8)
    await lifecycle.wait(ward.policy, ticket, staff, MONDAY_8 + timedelta(minutes=10))
    await lifecycle.resume(ward.policy, ticket, MONDAY_8 + timedelta(minutes=70))
    assert ticket.first_reply_due == MONDAY_8 + timedelta(minutes=90)
    assert ticket.paused_at is None


async def test_reopening_makes_the_promises_anew(ward: Ward) -> None:
    staff = await ward.staff("Mai")
    ticket = await ward.ticket()
    await lifecycle.claim(ward.policy, ticket, staff, MONDAY_8)
    await lifecycle.resolve(ward.policy, ticket, staff, MONDAY_8)
    later = MONDAY_8 + timedelta(days=3)
    await lifecycle.reopen(ward.policy, ticket, later)
    assert ticket.first_reply_due == later + timedelta(minutes=30)
    assert ticket.resolve_due is not None
    assert ticket.resolve_due > later


async def test_reopening_leaves_a_ticket_to_all_when_its_owner_is_off_duty(ward: Ward) -> None:
    staff = await ward.staff("Mai")
    ticket = await ward.ticket()
    await lifecycle.claim(ward.policy, ticket, staff, MONDAY_8)
    await lifecycle.resolve(ward.policy, ticket, staff, MONDAY_8)
    await Staff.filter(id=staff.id).update(on_duty=False)
    await lifecycle.reopen(ward.policy, ticket, MONDAY_8)
    assert (ticket.status, ticket.assignee_id) == (Status.OPEN, None)


async def test_transfer_keeps_the_promise_of_a_first_answer(ward: Ward) -> None:
    staff = await ward.staff("Mai")
    ticket = await ward.ticket()
    promised = ticket.first_reply_due
    await lifecycle.transfer(ward.policy, ticket, "dat-dai", staff, MONDAY_8 + timedelta(minutes=20), "nhầm phần")
    assert (ticket.area, ticket.first_reply_due) == ("dat-dai", promised)
    event = await Event.get(ticket=ticket, kind=EventKind.TRANSFERRED)
    assert (event.reason, event.data["before"], event.data["area"]) == ("nhầm phần", "ho-tich", "dat-dai")


async def test_an_unknown_area_is_refused(ward: Ward) -> None:
    staff = await ward.staff("Mai")
    with pytest.raises(UnknownArea):
        await lifecycle.transfer(ward.policy, await ward.ticket(), "mat-trang", staff, MONDAY_8)


async def test_a_ticket_taken_before_it_was_routed_belongs_to_reception(ward: Ward) -> None:
    staff = await ward.staff("Thu", areas=("tiep-nhan",))
    ticket = await ward.ticket(area="")
    await lifecycle.claim(ward.policy, ticket, staff, MONDAY_8)
    assert ticket.area == "tiep-nhan"


async def test_a_note_is_kept_and_is_no_reply(ward: Ward) -> None:
    staff = await ward.staff("Mai")
    ticket = await ward.ticket()
    await lifecycle.note(ward.policy, ticket, staff, "hỏi lại phòng Kinh tế", MONDAY_8)
    assert (await Message.get(ticket=ticket)).direction is Direction.NOTE
    assert (await Ticket.get(id=ticket.id)).first_replied_at is None


async def test_an_empty_reply_is_refused(ward: Ward) -> None:
    staff = await ward.staff("Mai")
    with pytest.raises(NothingToSay):
        await lifecycle.reply(ward.policy, await ward.ticket(), staff, "  ", [], MONDAY_8)


async def test_the_event_log_cannot_be_rewritten(ward: Ward) -> None:
    ticket = await ward.ticket()
    with pytest.raises(asyncpg.RaiseError, match="append-only"):
        await Event.filter(ticket=ticket).update(reason="khác")
    with pytest.raises(asyncpg.RaiseError, match="append-only"):
        await Event.filter(ticket=ticket).delete()
