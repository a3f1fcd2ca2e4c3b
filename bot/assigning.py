"""Giving what waits to those who have just got room, in the areas whose office lets the program choose."""

from datetime import datetime
from typing import TYPE_CHECKING

from bot import notices
from tickets import assignment

if TYPE_CHECKING:
    from bot.wiring import Desk


async def fill(desk: "Desk", now: datetime) -> int:
    """Give waiting tickets, the oldest first, to those on duty with room, and tell them. Returns how many.

    Called in the transaction of whatever may have given somebody room, and each minute for what nobody noticed.
    """
    if not any(desk.policy.duty(area).assign != assignment.CLAIM for area in desk.policy.areas):
        return 0
    passed: set[int] = set()
    count = 0
    while (found := await assignment.next_waiting(desk.policy, now, passed)) is not None:
        ticket, given = found
        await notices.put_into_hands(desk, ticket, given, now)
        count += 1
    return count
