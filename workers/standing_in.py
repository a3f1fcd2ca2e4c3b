"""When an alert reaches nobody: it is told on another channel of the same person, or to the one who stands in."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Iterator
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from bot import alerts, crowd, reaching
from tickets import deadlines, queries, roster, unaccepted
from tickets.hours import NoWorkingTime
from tickets.models import Alert, Contact, OutboxRow, Staff, Ticket
from tickets.policy import Policy
from tickets.roster import Roster

if TYPE_CHECKING:
    from bot.wiring import Desk

_AT_ONCE = 2000  # alerts looked at in a minute; of a digest all are passed on together

Done = Callable[[int, Callable[[], Awaitable[int]]], Awaitable[int]]
Chain = list[tuple[Staff, Contact]]


async def stand_in(desk: "Desk", people: Roster, now: datetime, done: Done) -> int:
    """Pass on what no network has accepted. Returns how many people were told now.

    `done(ticket, work)` does work about one ticket (0: about many) in a transaction of its own.
    """
    lost = await unaccepted.alerts(desk.policy, now, _AT_ONCE)
    told, rows = 0, defaultdict[int, list[Alert]](list)
    for alert in lost:
        rows[alert.outbox_id or 0].append(alert)
    for same in rows.values():
        row = same[0].outbox
        if row is None or not _may_tell(desk.policy, same[0].ticket, now):
            continue
        around = await _around(desk, row, people)
        if same[0].digest:
            told += await done(0, partial(_digest, desk, same, around, now))
            continue
        for alert in same:
            told += await done(alert.ticket_id, partial(_single, desk, alert, around, now))
    return told


def _may_tell(policy: Policy, ticket: Ticket, now: datetime) -> bool:
    try:
        return deadlines.announce_at(policy.calendar_of(ticket.area), now, ticket.urgent) <= now
    except NoWorkingTime:
        return False


async def _around(desk: "Desk", row: OutboxRow, people: Roster) -> tuple[Roster, ...]:
    """Who can be told, and where: past a channel that takes nothing at all first, then as always."""
    others = set(desk.channels) - {row.channel}
    if not others or not await unaccepted.is_stuck(row):
        return (people,)
    return await roster.load(desk.policy.office, others), people


def _chain(policy: Policy, around: Collection[Roster], ticket: Ticket, step: str) -> Iterator[tuple[Staff, Contact]]:
    """Everybody who stands in, the next one first, each where they are reached best."""
    known = set()
    for people in around:
        for staff, contact in people.chain(policy, ticket.area, _role(policy, step)):
            if staff.id not in known:
                known.add(staff.id)
                yield staff, contact


async def _single(desk: "Desk", lost: Alert, around: Collection[Roster], now: datetime) -> int:
    ticket = await queries.reload(await Ticket.get(id=lost.ticket_id))
    if ticket.quiet_until is not None and ticket.quiet_until > now:
        return 0  # somebody has seen it
    if await _by_another_channel(desk, lost, now):
        return 1
    if not await Alert.filter(id=lost.id, replaced=False).update(replaced=True):
        return 0
    same = Alert.filter(ticket_id=lost.ticket_id, promise=lost.promise, step=lost.step, due=lost.due)
    told = set(await same.values_list("staff_id", flat=True))
    for staff, contact in _chain(desk.policy, around, ticket, lost.step):
        if staff.id in told:
            continue
        alert = await Alert.create(
            ticket=ticket, promise=lost.promise, step=lost.step, due=lost.due, staff=staff, at=now
        )
        await alerts.tell(desk, ticket, alert, staff, contact, now, instead_of=lost.staff)
        return 1
    return 0


async def _digest(desk: "Desk", lost: list[Alert], around: Collection[Roster], now: datetime) -> int:
    """A digest that was not accepted: what it told is kept for the next one of whoever stands in."""
    if await _by_another_channel(desk, lost[0], now):
        return 1
    ours = {one.id for one in await Alert.filter(id__in=[one.id for one in lost], replaced=False).select_for_update()}
    await Alert.filter(id__in=list(ours)).update(replaced=True)
    told = defaultdict[tuple[int, str, str, datetime], set[int | None]](set)
    same = Alert.filter(ticket_id__in=[one.ticket_id for one in lost])
    for ticket, promise, step, due, staff in await same.values_list("ticket_id", "promise", "step", "due", "staff_id"):
        told[ticket, promise, step, due].add(staff)
    gathered = []
    for one in lost:
        key = one.ticket_id, one.promise, one.step, one.due
        chain = _chain(desk.policy, around, one.ticket, one.step) if one.id in ours else iter(())
        following = next((staff for staff, _ in chain if staff.id not in told[key]), None)
        if following is not None:
            gathered.append(crowd.Gathered(*key, following.id))
    return await crowd.gather(gathered, now)


async def _by_another_channel(desk: "Desk", lost: Alert, now: datetime) -> bool:
    """Tell the same person where they are reached as well, if the message still waits where they are not."""
    row = lost.outbox
    return row is not None and await reaching.pass_on(desk, row, now) is not None


def _role(policy: Policy, step: str) -> str:
    """Whom a step is meant for, one above the assignee."""
    number = step.removeprefix("late-")
    to = policy.ladder[int(number)].to if number.isdigit() and int(number) < len(policy.ladder) else "lead"
    return "lead" if to == "assignee" else to
