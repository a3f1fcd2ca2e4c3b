"""The due times a ticket's row keeps, taken from its event log; and whether all rows say what their logs say."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tortoise import connections
from tortoise.expressions import Q, Subquery
from tortoise.queryset import QuerySet

from tickets.hours import NoWorkingTime
from tickets.models import Event, EventKind, Status, Ticket
from tickets.policy import Policy
from tickets.promises import Happened, Promises, follow

Columns = dict[str, Any]

COLUMNS = (
    "first_reply_warn",
    "first_reply_due",
    "next_reply_warn",
    "next_reply_due",
    "resolve_warn",
    "resolve_due",
    "paused_at",
    "first_replied_at",
    "quiet_until",
)
BATCH = 500  # tickets whose events are held at a time

_UPDATE = (
    "UPDATE ticket SET "  # noqa: S608  # the names of our own columns
    + ", ".join(f"{name} = ${number}" for number, name in enumerate(COLUMNS, start=2))
    + " WHERE id = $1"
)


def at_opening(policy: Policy, opened_at: datetime, *, urgent: bool) -> Columns:
    """What a ticket opened at this moment is promised, before anybody knows its area."""
    return follow(policy, [Happened(EventKind.OPENED, opened_at, {"urgent": urgent})]).columns()


def at_routing(policy: Policy, ticket: Ticket, area: str) -> Columns:
    """The same once the area is known, from the opening on; of a ticket to which nothing else has happened."""
    opened = Happened(EventKind.OPENED, ticket.opened_at, {"urgent": ticket.urgent})
    return follow(policy, [opened, Happened(EventKind.ROUTED, ticket.opened_at, {"area": area})]).columns()


async def settle(policy: Policy, ticket: Ticket) -> None:
    """Bring the due times of one ticket in line with its log, in the caller's transaction. Raises NoWorkingTime."""
    found = follow(policy, (await _logs([ticket.id]))[ticket.id]).columns()
    changed = {name: value for name, value in found.items() if getattr(ticket, name) != value}
    if changed:
        await Ticket.filter(id=ticket.id).update(**changed)
        for name, value in changed.items():
            setattr(ticket, name, value)


async def told(policy: Policy, ticket: Ticket) -> Promises:
    """Everything the log says of the promises of one ticket. Raises NoWorkingTime."""
    return follow(policy, (await _logs([ticket.id]))[ticket.id])


@dataclass(frozen=True, slots=True)
class Difference:
    """A row that does not say what its log says: the columns, as stored and as recomputed."""

    ticket: int
    number: int
    columns: Mapping[str, tuple[datetime | None, datetime | None]]


async def differences(policy: Policy, tickets: Sequence[Ticket]) -> list[Difference]:
    """Compare rows with their logs."""
    logs = await _logs([ticket.id for ticket in tickets])
    found = []
    for ticket in tickets:
        try:
            columns = follow(policy, logs[ticket.id]).columns() if logs[ticket.id] else {}
        except NoWorkingTime:  # nothing can be promised; `check` says that the calendar is empty
            continue
        apart = {name: (getattr(ticket, name), value) for name, value in columns.items()}
        apart = {name: pair for name, pair in apart.items() if pair[0] != pair[1]}
        if apart:
            found.append(Difference(ticket.id, ticket.number, apart))
    return found


async def mend(policy: Policy, *, since: datetime | None = None, live: bool = False) -> list[int]:
    """Write what the logs say into the rows; returns the ids of those changed. In the caller's transaction.

    `since` leaves out tickets whose every promise fell due before it; `live` those that are resolved. The rows are
    locked, so that a move at the same moment comes wholly before or wholly after.
    """
    changed: list[int] = []
    last: int | None = 0
    while last is not None:
        last, more = await mend_some(policy, after=last, since=since, live=live)
        changed += more
    return changed


async def mend_some(
    policy: Policy,
    *,
    after: int,
    since: datetime | None = None,
    live: bool = False,
    touched_since: datetime | None = None,
) -> tuple[int | None, list[int]]:
    """The next `BATCH` tickets above the id `after`, as `mend`; `touched_since`: of those something happened to.

    Returns the id to go on from, None when there are no more, and the ids of those changed.
    """
    wanted = _affected(policy, since)
    if live:
        wanted = wanted.exclude(status__in=[Status.RESOLVED, Status.CLOSED])
    if touched_since is not None:
        wanted = wanted.filter(id__in=Subquery(Event.filter(at__gte=touched_since).values("ticket_id")))
    batch = await wanted.filter(id__gt=after).order_by("id").limit(BATCH).select_for_update()
    if not batch:
        return None, []
    rows = {ticket.id: ticket for ticket in batch}
    found = await differences(policy, batch)
    values = [
        [
            one.ticket,
            *(one.columns[name][1] if name in one.columns else getattr(rows[one.ticket], name) for name in COLUMNS),
        ]
        for one in found
    ]
    if values:
        await connections.get("default").execute_many(_UPDATE, values)
    return (batch[-1].id if len(batch) == BATCH else None), [one.ticket for one in found]


async def affected(policy: Policy, since: datetime, up_to: int | None = None) -> int:
    """How many tickets a change of the calendar from `since` on can concern; those with an id up to `up_to`."""
    wanted = _affected(policy, since)
    return await (wanted if up_to is None else wanted.filter(id__lte=up_to)).count()


def _affected(policy: Policy, since: datetime | None) -> QuerySet[Ticket]:
    wanted = Ticket.filter(office=policy.office)
    if since is None:
        return wanted
    return wanted.filter(Q(first_reply_due__gte=since) | Q(next_reply_due__gte=since) | Q(resolve_due__gte=since))


async def apart(policy: Policy) -> tuple[int, list[Difference]]:
    """How many tickets the office has, and every row that does not agree with its log."""
    count, last = 0, 0
    found: list[Difference] = []
    while batch := await Ticket.filter(office=policy.office, id__gt=last).order_by("id").limit(BATCH):
        last, count = batch[-1].id, count + len(batch)
        found += await differences(policy, batch)
    return count, found


async def _logs(tickets: Iterable[int]) -> dict[int, list[Happened]]:
    logs: defaultdict[int, list[Happened]] = defaultdict(list)
    rows = await Event.filter(ticket_id__in=list(tickets)).order_by("id").values_list("ticket_id", "kind", "at", "data")
    for ticket, kind, at, data in rows:
        logs[ticket].append(Happened(kind, at, data))
    return logs
