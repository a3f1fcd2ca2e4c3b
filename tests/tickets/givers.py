"""Run by test_assignment.py, several at a time: a worker that gives waiting tickets to people, in a process of its own.

Reads `{"rounds": n, "tickets": [ids], "flips": [ids of staff]}` as JSON. Gives until nothing can be given any more,
while each of `flips` goes off duty in between and everything they hold goes back. Prints how many it gave.
"""

import asyncio
import json
import sys
from typing import Any

import uvloop
from tortoise.context import TortoiseContext
from tortoise.transactions import in_transaction

from config.database import tortoise_config
from tests.tickets.conftest import MONDAY_8, the_policy
from tests.tickets.test_assignment import assigning
from tickets import assignment, duty, handing
from tickets.models import Staff


async def give_all() -> int:
    count, policy = 0, assigning(the_policy(), "round_robin", 5)
    passed: set[int] = set()
    while True:
        async with in_transaction():
            found = await assignment.next_waiting(policy, MONDAY_8, passed)
        if found is None:
            return count
        count += 1


async def go_home(staff: int) -> None:
    policy = the_policy()
    async with in_transaction():
        one = await Staff.get(id=staff)
        await duty.turn(one, MONDAY_8, on=False)
        await handing.everything(policy, one, MONDAY_8, by=one, reason="absence")


async def main(url: str, told: dict[str, Any]) -> int:
    async with TortoiseContext() as context:
        await context.init(config=tortoise_config(url))
        counts = await asyncio.gather(give_all(), give_all(), *map(go_home, told["flips"]))
        return sum(one for one in counts if one is not None) + await give_all()


if __name__ == "__main__":
    sys.stdout.write(json.dumps(uvloop.run(main(sys.argv[1], json.load(sys.stdin)))))
