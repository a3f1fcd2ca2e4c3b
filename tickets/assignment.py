"""Who is given a ticket where the office file lets the program choose: fair, under a cap, and free of races.

Choosing happens under the office's duty lock, and the ticket changes by one conditional UPDATE: of two workers each
sees what the other gave, nobody gets more than the cap, and because going off duty takes the same lock nobody who is
going is given anything behind their back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from tortoise import connections

from tickets import clocks, duty, hours, reaching, rights, rows
from tickets.lifecycle import record
from tickets.models import Contact, EventKind, Role, Staff, Status, Ticket
from tickets.policy import Policy

CLAIM, ROUND_ROBIN, LEAST_BUSY, FORMER = "none", "round_robin", "least_busy", "former_owner"
LOOKED_AT = 200  # waiting tickets for which somebody is looked for at a time
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Hand:
    """Somebody who could be given a ticket: `held` is in hand now, `turn` when the program last gave them one here."""

    staff: Staff
    contact: Contact
    held: int
    turn: datetime = _NEVER


@dataclass(frozen=True, slots=True)
class Given:
    """A ticket was put into somebody's hands, and why: `round_robin`, `least_busy` or `former_owner`."""

    staff: Staff
    contact: Contact
    why: str


def choose(mode: str, hands: Sequence[Hand], cap: int | None) -> Hand | None:
    """Whose it is among those who have room: who waited longest for one, or who holds least (then who waited longest).

    None when nobody has room.
    """
    free = [one for one in hands if cap is None or one.held < cap]
    if mode == LEAST_BUSY:
        return min(free, key=lambda one: (one.held, one.turn, one.staff.id), default=None)
    return min(free, key=lambda one: (one.turn, one.staff.id), default=None)


async def at_once(policy: Policy, ticket: Ticket, now: datetime) -> Given | None:
    """Give a ticket that has just come into the queue of its area to somebody, if the area does that and somebody can.

    `ticket` then is what the database has.
    """
    if not _assigning(policy, ticket.area, now) or ticket.assignee_id is not None or ticket.status is not Status.OPEN:
        return None
    await duty.lock(policy.office)
    return await _give(policy, ticket, now)


async def next_waiting(policy: Policy, now: datetime, passed: set[int]) -> tuple[Ticket, Given] | None:
    """The ticket that waits longest, urgent ones first, for which there is somebody now, in their hands.

    `passed` are the ids for which there is nobody; it grows, so that a caller who asks again does not ask in vain.
    """
    areas = [area for area in policy.areas if _assigning(policy, area, now)]
    if not areas:
        return None
    waiting = [
        "office = $1 AND status = 'open' AND assignee_id IS NULL AND area = ANY($2) AND id <> ALL($3)",
        "ORDER BY urgent DESC, opened_at, id",
    ]
    values = [policy.office, areas, list(passed)]
    if len(passed) >= LOOKED_AT or await rows.first(Ticket, " ".join(waiting), values) is None:
        return None
    await duty.lock(policy.office)
    full: set[str] = set()
    # A ticket somebody is changing this moment is theirs; whoever frees it looks again.
    found = await rows.find(Ticket, f"{' '.join(waiting)} LIMIT {LOOKED_AT} FOR UPDATE SKIP LOCKED", values)
    for ticket in found:
        desk = policy.desk(ticket.area)
        if desk not in full:
            given = await _give(policy, ticket, now)
            if given is not None:
                return ticket, given
            rule = policy.duty(ticket.area)
            if choose(rule.assign, await _hands(policy, ticket.area, now, set()), rule.cap) is None:
                full.add(desk)
        passed.add(ticket.id)
    return None


def _assigning(policy: Policy, area: str, now: datetime) -> bool:
    """Whether the program gives tickets of `area` to people now: at night nobody is given anything."""
    return bool(area) and policy.duty(area).assign != CLAIM and hours.is_open(policy.calendar_of(area), now)


async def _give(policy: Policy, ticket: Ticket, now: datetime) -> Given | None:
    """Under the lock: choose, change the ticket, write down why."""
    rule = policy.duty(ticket.area)
    hands = await _hands(policy, ticket.area, now, await _gave_back(ticket))
    chosen, why = await _former(ticket, hands, rule.cap), FORMER
    if chosen is None:
        chosen, why = choose(rule.assign, hands, rule.cap), rule.assign
    if chosen is None:
        return None
    taken = await rows.change(
        ticket,
        "status = 'open' AND assignee_id IS NULL",
        status=Status.CLAIMED,
        assignee_id=chosen.staff.id,
        claimed_at=now,
        ask_until=None,
    )
    if not taken:
        return None
    await connections.get("default").execute_query(
        "INSERT INTO turn (office, area, staff_id, at) VALUES ($1, $2, $3, clock_timestamp())"
        " ON CONFLICT (office, area, staff_id) DO UPDATE SET at = excluded.at",
        [policy.office, policy.desk(ticket.area), chosen.staff.id],
    )
    await record(ticket, EventKind.ASSIGNED, now, reason=why, to=chosen.staff.id, auto=True, held=chosen.held)
    await clocks.settle(policy, ticket)
    return Given(chosen.staff, chosen.contact, why)


async def _hands(policy: Policy, area: str, now: datetime, without: set[int]) -> list[Hand]:
    """Those on duty whose work the area is, whom a message reaches.

    Where the roster of the area names some of them for now, only those. Leads of everything are no workers of each
    area: they are meant when they name it among their own.
    """
    staff = await rows.find(Staff, "office = $1 AND active AND on_duty ORDER BY id", [policy.office])
    meant = [
        one
        for one in staff
        if one.role.rank < Role.SUPERVISOR.rank and one.areas and rights.has_area(policy, one, area)
    ]
    planned = await duty.planned_now(policy, area, now)
    if planned:
        meant = [one for one in staff if one.id in planned and rights.has_area(policy, one, area)] or meant
    meant = [one for one in meant if one.id not in without]
    if not meant:
        return []
    ids = [one.id for one in meant]
    contacts = await reaching.of_staff(ids)
    counted = await connections.get("default").execute_query_dict(
        "SELECT staff.id,"
        " (SELECT count(*) FROM ticket WHERE assignee_id = staff.id AND status = 'claimed') AS held,"
        " (SELECT at FROM turn WHERE turn.staff_id = staff.id AND turn.office = $2 AND turn.area = $3) AS last"
        " FROM staff WHERE id = ANY($1)",
        [ids, policy.office, policy.desk(area)],
    )
    state = {row["id"]: (int(row["held"]), row["last"] or _NEVER) for row in counted}
    return [Hand(one, contacts[one.id], *state[one.id]) for one in meant if one.id in contacts]


async def _gave_back(ticket: Ticket) -> set[int]:
    """Those who put this very ticket back into the queue: it is not given to them again."""
    found = await connections.get("default").execute_query_dict(
        "SELECT DISTINCT staff_id FROM event"
        " WHERE ticket_id = $1 AND kind = 'released' AND staff_id IS NOT NULL AND NOT data ? 'before'",
        [ticket.id],
    )
    return {row["staff_id"] for row in found}


async def _former(ticket: Ticket, hands: Sequence[Hand], cap: int | None) -> Hand | None:
    """Who had the earlier matter that this one goes on from, if they are at work and have room."""
    if ticket.previous_id is None:
        return None
    earlier = await rows.first(Ticket, "id = $1", [ticket.previous_id])
    if earlier is None or earlier.assignee_id is None or earlier.area != ticket.area:
        return None
    return next((one for one in hands if one.staff.id == earlier.assignee_id and (cap is None or one.held < cap)), None)
