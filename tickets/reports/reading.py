"""Reads the event log of an office for a period, and gives the stories and figures of it."""

import asyncio
import json
from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import groupby
from operator import attrgetter

from tortoise import connections

from tickets import rights
from tickets.models import EventKind, Staff
from tickets.policy import Policy
from tickets.reports.figures import Figures, figures
from tickets.reports.story import Happening, Story, tell

# Tickets something happened to in the period, and those not settled when it began. Nothing else can count. What was not
# settled then was settled since, or is not settled now: looking among those only, the question does not grow with the
# years an office has had.
_EVENTS = """
WITH perhaps AS (
    SELECT ticket_id AS id FROM event WHERE at >= $2
    UNION SELECT id FROM ticket WHERE office = $1 AND status NOT IN ('resolved', 'closed'))
SELECT e.ticket_id, e.kind, e.at, e.staff_id, e.reason, e.data::text AS data
FROM perhaps JOIN ticket t USING (id) JOIN event e ON e.ticket_id = t.id
WHERE t.office = $1 AND e.at < $3 AND (
    EXISTS (SELECT 1 FROM event f WHERE f.ticket_id = t.id AND f.at >= $2 AND f.at < $3)
    OR (SELECT f.kind FROM event f WHERE f.ticket_id = t.id AND f.at < $2
        AND f.kind IN ('opened', 'reopened', 'resolved', 'closed', 'merged', 'unmerged')
        ORDER BY f.id DESC LIMIT 1) IN ('opened', 'reopened', 'unmerged'))
ORDER BY e.ticket_id, e.id
"""
_PLAIN = frozenset({EventKind.NOTED, EventKind.REPLIED, EventKind.ALERTED})

Wanted = Callable[[Story], bool]


async def happenings(office: str, start: datetime, end: datetime) -> list[Happening]:
    """The events before `end` of every ticket that can count from `start` on, ticket by ticket in their order."""
    rows = await connections.get("default").execute_query_dict(_EVENTS, [office, start, end])
    return [
        Happening(
            ticket=row["ticket_id"],
            kind=row["kind"],
            at=row["at"],
            staff=row["staff_id"],
            reason=row["reason"],
            data={} if row["kind"] in _PLAIN else json.loads(row["data"]),
        )
        for row in rows
    ]


def told(policy: Policy, found: Sequence[Happening], until: datetime) -> list[Story]:
    """The stories of all tickets among events that are sorted by ticket."""
    stories = (tell(policy, of_one, until) for _, of_one in groupby(found, key=attrgetter("ticket")))
    return [one for one in stories if one is not None]


async def stories_of(policy: Policy, start: datetime, end: datetime) -> list[Story]:
    """The stories until `end` of every ticket that can count in the period. Thinking is done beside the event loop."""
    found = await happenings(policy.office, start, end)
    return await asyncio.to_thread(told, policy, found, end)


async def figures_of(policy: Policy, start: datetime, end: datetime, *, wanted: Wanted | None = None) -> Figures:
    """The figures of an office from `start` until before `end` (aware); of the tickets that `wanted` lets through."""
    stories = await stories_of(policy, start, end)
    return figures([one for one in stories if wanted is None or wanted(one)], start, end)


def seen_by(policy: Policy, staff: Staff) -> Wanted:
    """Which tickets count in the figures of `staff`: all for supervisors, else their areas and their own tickets."""

    def wanted(story: Story) -> bool:
        return story.assignee == staff.id or rights.has_area(policy, staff, story.area)

    return wanted
