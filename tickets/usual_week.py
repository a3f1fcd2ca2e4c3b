"""Who has duty in a usual week, as somebody set it in chat over the office file: by area, weekday and half of a day."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from tickets.models import RosterWeek, Staff
from tickets.policy import Policy

Slot = tuple[str, int, str]
"""An area, a weekday (0 for Monday), and a half of the day."""


async def in_force(office: str) -> Mapping[Slot, Sequence[int]]:
    """The ids of those who have each slot that chat has changed; a slot given back to the file is not in it."""
    found: dict[Slot, list[int]] = {}
    for row in await RosterWeek.filter(office=office).order_by("id"):
        slot = row.area, row.weekday, row.half
        found.pop(slot, None)
        if row.people is not None:
            found[slot] = row.people
    return found


async def write(
    policy: Policy,
    area: str,
    weekdays: Iterable[int],
    halves: Sequence[str],
    people: Sequence[Staff] | None,
    by: Staff,
    reason: str,
    now: datetime,
) -> None:
    """Lay down who has duty on weekdays from now on, every week; `people` None: as the file says again."""
    for weekday in weekdays:
        for half in halves:
            await RosterWeek.create(
                office=policy.office,
                area=area,
                weekday=weekday,
                half=half,
                people=None if people is None else [one.id for one in people],
                staff=by,
                reason=reason,
                at=now,
            )
