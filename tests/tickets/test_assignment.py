"""Who is given a ticket by the program: choosing as rows, and many workers at once who never give one twice."""

import asyncio
import json
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tortoise.transactions import in_transaction

from tests.tickets.conftest import MONDAY_8, Ward
from tickets import assignment, duty, handing, lifecycle
from tickets.assignment import Hand
from tickets.models import Contact, Event, EventKind, Role, Staff, Status, Ticket
from tickets.policy import Duty, Policy

ROOT = Path(__file__).parents[2]
LONG_AGO, LATELY = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 20, tzinfo=UTC)


def assigning(policy: Policy, mode: str, cap: int | None = None) -> Policy:
    return replace(policy, duties={"ho-tich": Duty(mode, cap)})


def hand(number: int, held: int, turn: datetime = LONG_AGO) -> Hand:
    return Hand(Staff(id=number), Contact(), held, turn)


@pytest.mark.parametrize(
    ("mode", "hands", "cap", "chosen"),
    [
        pytest.param("round_robin", [hand(1, 0, LATELY), hand(2, 9)], None, 2, id="who waited longest, however busy"),
        pytest.param("round_robin", [hand(1, 0, LATELY), hand(2, 5)], 5, 1, id="who waited longest is full"),
        pytest.param("least_busy", [hand(1, 3), hand(2, 1, LATELY)], None, 2, id="who holds least"),
        pytest.param("least_busy", [hand(1, 1, LATELY), hand(2, 1)], None, 2, id="equally busy: who waited longest"),
        pytest.param("least_busy", [hand(2, 1), hand(1, 1)], None, 1, id="alike in all: always the same one"),
        pytest.param("least_busy", [hand(1, 5), hand(2, 6)], 5, None, id="everybody is full"),
        pytest.param("round_robin", [], None, None, id="nobody is there"),
    ],
)
def test_choosing(mode: str, hands: list[Hand], cap: int | None, chosen: int | None) -> None:
    found = assignment.choose(mode, hands, cap)
    assert (found.staff.id if found else None) == chosen


async def test_many_workers_give_each_ticket_once_never_over_the_cap_never_to_who_went_home(
    ward: Ward, database: str
) -> None:
    people = [await ward.staff(f"Cán bộ {number}") for number in range(12)]
    tickets = [await ward.ticket() for _ in range(70)]
    flips = [one.id for one in people[:3]]

    async def process(share: list[int]) -> int:
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.tickets.givers",
            database,
            cwd=ROOT,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        out, _ = await child.communicate(json.dumps({"flips": share}).encode())
        assert child.returncode == 0
        return int(json.loads(out))

    given = sum(await asyncio.gather(process(flips[:1]), process(flips[1:2]), process(flips[2:])))
    held = {one.id: await Ticket.filter(assignee_id=one.id, status=Status.CLAIMED).count() for one in people}
    assert all(held[one] == 0 for one in flips), "who went home holds nothing"
    assert all(held[one.id] == 5 for one in people[3:]), "everybody at work is full: no more, no less"
    assert await Ticket.filter(status=Status.OPEN).count() == 70 - 9 * 5
    events = await Event.filter(kind=EventKind.ASSIGNED, ticket_id__in=[one.id for one in tickets])
    assert len(events) == given, "each gift is written down once"
    back = await Event.filter(kind=EventKind.RELEASED).count()
    assert given - back == 9 * 5


async def test_nobody_is_given_anything_behind_their_back(ward: Ward) -> None:
    policy = assigning(ward.policy, "least_busy")
    mai = await ward.staff("Mai")
    ticket = await ward.ticket()
    holding, may_end = asyncio.Event(), asyncio.Event()

    async def going_home() -> None:
        async with in_transaction():
            await duty.turn(await Staff.get(id=mai.id), MONDAY_8, on=False)
            holding.set()
            await may_end.wait()

    async def giving() -> object:
        await holding.wait()
        async with in_transaction():
            asyncio.get_running_loop().call_later(0.2, may_end.set)
            return await assignment.at_once(policy, await Ticket.get(id=ticket.id), MONDAY_8)

    _, given = await asyncio.gather(going_home(), giving())
    assert given is None


@pytest.mark.parametrize("status", [pytest.param("waiting", id="waiting"), pytest.param("snoozed", id="put aside")])
async def test_a_ticket_handed_over_keeps_its_state_and_a_word_of_the_resident_is_not_lost(
    ward: Ward, status: str
) -> None:
    mai, nam = await ward.staff("Mai"), await ward.staff("Nam")
    contact = await ward.resident()
    ticket = await ward.ticket(contact=contact)
    await lifecycle.claim(ward.policy, ticket, mai, MONDAY_8)
    if status == "waiting":
        await lifecycle.wait(ward.policy, ticket, mai, MONDAY_8)
    else:
        await lifecycle.snooze(ward.policy, ticket, mai, MONDAY_8 + timedelta(hours=2), MONDAY_8)
    seen_before = await Ticket.get(id=ticket.id)  # a worker has read it, and the hand-over commits first
    handed = await handing.everything(ward.policy, mai, MONDAY_8, by=mai, reason="absence", to=nam)
    assert [(one.id, one.status, one.assignee_id) for one in handed.given] == [(ticket.id, Status(status), nam.id)]
    await lifecycle.resident_wrote(ward.policy, seen_before, contact, "Dạ đây ạ", [], MONDAY_8, inbox_id=1)
    after = await Ticket.get(id=ticket.id)
    assert (after.status, after.assignee_id) == (Status.CLAIMED, nam.id)


async def test_released_while_the_resident_writes_it_is_open_and_not_nobodys(ward: Ward) -> None:
    mai = await ward.staff("Mai")
    contact = await ward.resident()
    ticket = await ward.ticket(contact=contact)
    await lifecycle.claim(ward.policy, ticket, mai, MONDAY_8)
    await lifecycle.wait(ward.policy, ticket, mai, MONDAY_8)
    seen_before = await Ticket.get(id=ticket.id)
    await handing.everything(ward.policy, mai, MONDAY_8, by=mai, reason="absence")
    await lifecycle.resident_wrote(ward.policy, seen_before, contact, "Dạ đây ạ", [], MONDAY_8, inbox_id=1)
    after = await Ticket.get(id=ticket.id)
    assert (after.status, after.assignee_id) == (Status.OPEN, None)


async def test_a_new_matter_that_goes_on_from_an_old_one_goes_to_the_former_owner_if_at_work(ward: Ward) -> None:
    policy = assigning(ward.policy, "round_robin")
    mai, nam = await ward.staff("Mai"), await ward.staff("Nam")
    contact = await ward.resident()
    first = await ward.ticket(contact=contact)
    await lifecycle.claim(policy, first, nam, MONDAY_8)
    await lifecycle.resolve(policy, first, nam, MONDAY_8)
    found = []
    for on in (True, False):
        await duty.turn(nam, MONDAY_8, on=on)
        later = await ward.ticket(contact=contact)
        await Ticket.filter(id=later.id).update(previous_id=first.id)
        given = await assignment.at_once(policy, await Ticket.get(id=later.id), MONDAY_8)
        assert given is not None
        found.append((given.staff.id, given.why))
    assert found == [(nam.id, "former_owner"), (mai.id, "round_robin")]


async def test_a_lead_of_everything_is_no_worker_of_each_area_and_supervisors_are_given_nothing(ward: Ward) -> None:
    policy = assigning(ward.policy, "round_robin")
    await ward.staff("Lan", role=Role.LEAD, areas=())
    await ward.staff("Bình", role=Role.SUPERVISOR, areas=())
    ticket = await ward.ticket()
    assert await assignment.at_once(policy, await Ticket.get(id=ticket.id), MONDAY_8) is None
    hoa = await ward.staff("Hoa", role=Role.LEAD, areas=("ho-tich",))
    given = await assignment.at_once(policy, await Ticket.get(id=ticket.id), MONDAY_8)
    assert given is not None
    assert given.staff.id == hoa.id
