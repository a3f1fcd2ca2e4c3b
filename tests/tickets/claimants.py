"""Run by test_claims.py, several at a time: members of staff who claim as fast as they can, in a process of their own.

Reads `{"staff": [ids], "ticket": id or null}` as JSON and prints what each attempt came to, as JSON: with a ticket, one
attempt each at that one; without, each goes on claiming from the queue until nothing is unclaimed.
"""

import asyncio
import json
import random
import sys
from collections import Counter
from typing import Any

import uvloop
from tortoise.context import TortoiseContext
from tortoise.transactions import in_transaction

from config.database import tortoise_config
from tests.tickets.conftest import MONDAY_8, the_policy
from tickets import lifecycle, queries
from tickets.errors import AlreadyClaimed, AlreadyYours
from tickets.models import Staff, Ticket


async def claim(staff: Staff, ticket: Ticket) -> str:
    try:
        async with in_transaction():
            await lifecycle.claim(the_policy(), ticket, staff, MONDAY_8)
    except AlreadyClaimed as lost:
        return f"lost to {lost.values['winner']}"
    except AlreadyYours:
        return "mine already"
    return f"won by {staff.name}"


async def go_on(staff: Staff) -> Counter[str]:
    came: Counter[str] = Counter()
    while True:
        page, _ = await queries.queue(the_policy(), staff)
        if not page:
            return came
        came[(await claim(staff, random.choice(page))).split(" ")[0]] += 1


async def main(url: str, told: dict[str, Any]) -> dict[str, int]:
    async with TortoiseContext() as context:
        await context.init(config=tortoise_config(url))
        people = await Staff.filter(id__in=told["staff"])
        if told["ticket"] is None:
            return dict(sum(await asyncio.gather(*map(go_on, people)), Counter()))
        ticket = await Ticket.get(id=told["ticket"])
        return dict(Counter(await asyncio.gather(*(claim(one, ticket) for one in people))))


if __name__ == "__main__":
    sys.stdout.write(json.dumps(uvloop.run(main(sys.argv[1], json.load(sys.stdin)))))
