"""Of many who claim at once, from several processes, exactly one wins and the rest are told who (P6)."""

import asyncio
import json
import sys
from collections import Counter
from pathlib import Path

from tests.tickets.conftest import Ward
from tickets.models import Event, EventKind, Role, Staff, Status, Ticket

ROOT = Path(__file__).parents[2]
PROCESSES = 3


async def claimed_by(database: str, people: list[Staff], ticket: Ticket | None) -> Counter[str]:
    """What the attempts of `people`, spread over processes, came to."""

    async def process(some: list[Staff]) -> Counter[str]:
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.tickets.claimants",
            database,
            cwd=ROOT,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        told = {"staff": [one.id for one in some], "ticket": ticket.id if ticket else None}
        out, _ = await child.communicate(json.dumps(told).encode())
        assert child.returncode == 0
        return Counter(json.loads(out))

    shares = [people[start::PROCESSES] for start in range(PROCESSES)]
    return sum(await asyncio.gather(*map(process, shares)), Counter[str]())


async def staffed(ward: Ward, count: int) -> list[Staff]:
    return [await ward.staff(f"Cán bộ {number}", role=Role.MEMBER) for number in range(count)]


async def test_of_two_hundred_who_claim_at_once_one_wins_and_the_rest_are_told_who(ward: Ward, database: str) -> None:
    people = await staffed(ward, 200)
    ticket = await ward.ticket()
    came = await claimed_by(database, people, ticket)
    after = await Ticket.get(id=ticket.id).prefetch_related("assignee")
    assert after.assignee is not None
    winner = after.assignee.name
    assert came == {f"won by {winner}": 1, f"lost to {winner}": 199}
    assert await Event.filter(ticket=ticket, kind=EventKind.CLAIMED).values_list("staff_id", flat=True) == [
        after.assignee_id
    ]


async def test_five_hundred_tickets_and_fifty_who_claim_as_fast_as_they_can(ward: Ward, database: str) -> None:
    people = await staffed(ward, 50)
    for _ in range(500):
        await ward.ticket()
    came = await claimed_by(database, people, None)
    assert came["won"] == 500
    assert await Ticket.filter(status=Status.CLAIMED).count() == 500
    claims = await Event.filter(kind=EventKind.CLAIMED).values_list("ticket_id", "staff_id")
    assert len(claims) == 500, "no ticket was claimed twice"
    assert dict(claims) == dict(await Ticket.all().values_list("id", "assignee_id")), "the log agrees with the state"
