"""Which promises have passed a step of the ladder that nobody has been told of yet, and telling it once (P12).

A few are told as cards of their own. Whoever would get more than `SINGLES` within an hour gets one digest instead, and
no second one within half an hour. What no network accepts is told to the one who stands in.
"""

import functools
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterable, Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

import structlog
from tortoise.expressions import Q
from tortoise.transactions import in_transaction

from bot import alerts, crowd, logs
from tickets import deadlines, hours, outbox, queries, roster
from tickets.deadlines import Step
from tickets.hours import Calendar, NoWorkingTime
from tickets.models import Alert, Ticket
from tickets.policy import Policy
from tickets.roster import Roster
from tickets.unaccepted import RUNNING
from workers.standing_in import stand_in

if TYPE_CHECKING:
    from bot.wiring import App, Desk

log = structlog.get_logger(__name__)

SINGLES = 5  # cards one person gets within `WINDOW`; what is more comes as a digest
WINDOW = timedelta(hours=1)


Announced = frozenset[tuple[str, str, datetime]]  # promise, step, due
Due = list[tuple[Ticket, list[Step]]]


async def announce_due(app: "App", desk: "Desk", now: datetime) -> int:
    """Tell everybody of this office what is due at `now`. Returns how many people were told, a digest counting once.

    A ticket that cannot be announced is logged and does not keep the others.
    """
    people = await roster.load(desk.policy.office, desk.channels)
    told = await stand_in(desk, people, now, partial(_done, app, desk))
    due = await _due(desk, people, now)
    crowded = await _crowded(desk, people, due, now)
    gathered: list[crowd.Gathered] = []
    for ticket, steps in due:
        meant = {one.id for step in steps for one, _ in people.meant(desk.policy, ticket, step.to)}
        if meant and meant <= crowded and not ticket.urgent:
            gathered += _of_crowd(desk.policy, people, ticket, steps)
        else:
            told += await _done(app, desk, ticket.id, partial(_announce, desk, ticket.id, people, crowded, now))
    if gathered:
        await _done(app, desk, 0, partial(crowd.gather, gathered, now))
    for staff, contact in people.reached(list(people.staff)):
        if await crowd.waits(staff):
            told += await _done(app, desk, 0, partial(crowd.digest, desk, staff, contact, now))
    return told


async def _due(desk: "Desk", people: Roster, now: datetime) -> Due:
    """Tickets with the steps nobody has been told of."""
    first_reply = Q(first_reply_warn__lte=now) | Q(first_reply_due__lte=now)
    passed = (
        await Ticket.filter(office=desk.policy.office, status__in=RUNNING)
        .filter(
            (first_reply & Q(first_replied_at__isnull=True)) | Q(next_reply_warn__lte=now) | Q(resolve_warn__lte=now)
        )
        .order_by("id")
    )
    announced = await _announced([ticket.id for ticket in passed], to_nobody=not people.contacts)
    found = [(ticket, _unannounced(desk.policy, ticket, announced[ticket.id], now)) for ticket in passed]
    return [(ticket, steps) for ticket, steps in found if steps]


async def _announced(tickets: list[int], *, to_nobody: bool = False) -> dict[int, Announced]:
    """What has been told of these tickets. What could be told to nobody counts only while there still is nobody."""
    found: defaultdict[int, set[tuple[str, str, datetime]]] = defaultdict(set)
    told = Alert.filter(ticket_id__in=tickets)
    if not to_nobody:
        told = told.filter(staff_id__isnull=False)
    for ticket, promise, step, due in await told.values_list("ticket_id", "promise", "step", "due"):
        found[ticket].add((promise, step, due))
    return defaultdict(frozenset, {ticket: frozenset(steps) for ticket, steps in found.items()})


def _unannounced(policy: Policy, ticket: Ticket, announced: Announced, now: datetime) -> list[Step]:
    """The steps to announce now, in the order in which they were passed.

    A warning is for a promise that can still be kept: once it is broken only the breach is told. While somebody has
    said that they have seen it, the ladder rests.
    """
    if ticket.quiet_until is not None and ticket.quiet_until > now:
        return []
    calendar = policy.calendar_of(ticket.area)
    try:
        if deadlines.announce_at(calendar, now, ticket.urgent) > now:
            return []
        return sorted(
            (
                step
                for step in _steps(policy, ticket, _all_day(policy.calendar.timezone) if ticket.urgent else calendar)
                if step.at <= now
                and not (step.key == deadlines.WARN and step.due <= now)
                and (step.promise, step.key, step.due) not in announced
            ),
            key=lambda step: step.at,
        )
    except NoWorkingTime:
        return []  # the office never opens again; `check` says so


def _steps(policy: Policy, ticket: Ticket, calendar: Calendar) -> Iterator[Step]:
    """Every step of the promises that still run; the ladder of an urgent ticket climbs at night too."""
    ladder = policy.ladder
    if ticket.first_replied_at is None and ticket.first_reply_due and ticket.first_reply_warn:
        yield from deadlines.climb("first_reply", ticket.first_reply_warn, ticket.first_reply_due, ladder, calendar)
    if ticket.next_reply_due and ticket.next_reply_warn:
        yield from deadlines.climb("next_reply", ticket.next_reply_warn, ticket.next_reply_due, ladder, calendar)
    if ticket.resolve_due and ticket.resolve_warn:
        yield from deadlines.climb("resolve", ticket.resolve_warn, ticket.resolve_due, ladder, calendar)


@functools.cache
def _all_day(timezone: str) -> Calendar:
    return hours.round_the_clock(timezone)


async def _crowded(desk: "Desk", people: Roster, due: Due, now: datetime) -> set[int]:
    """The ids of those for whom it is too much at once, or has been within the last hour."""
    pending = Counter(
        staff
        for ticket, steps in due
        if not ticket.urgent
        for staff, _, _ in {
            (one.id, step.promise, step.due) for step in steps for one, _ in people.meant(desk.policy, ticket, step.to)
        }
    )
    recent: Counter[int] = Counter()
    if pending:
        told = Alert.filter(staff_id__in=list(pending), at__gt=now - WINDOW, at__lte=now, digest=False)
        recent.update(await told.exclude(outbox_id=None).values_list("staff_id", flat=True))  # type: ignore[arg-type]  # Tortoise types a flat value as a tuple
    return {staff for staff, count in pending.items() if count + recent[staff] > SINGLES}


def _of_crowd(policy: Policy, people: Roster, ticket: Ticket, steps: Iterable[Step]) -> Iterator[crowd.Gathered]:
    for step in steps:
        for staff, _ in people.meant(policy, ticket, step.to):
            yield crowd.Gathered(ticket.id, step.promise, step.key, step.due, staff.id)


async def _announce(desk: "Desk", ticket_id: int, people: Roster, crowded: set[int], now: datetime) -> int:
    """One ticket, under its lock: what another worker announced, or a reply settled, meanwhile is not told again."""
    locked = await Ticket.filter(id=ticket_id, status__in=RUNNING).select_for_update().first()
    if locked is None:
        return 0
    ticket = await queries.reload(locked)
    announced = await _announced([ticket.id])
    told = 0
    for step in _unannounced(desk.policy, ticket, announced[ticket.id], now):
        meant = people.meant(desk.policy, ticket, step.to)
        alone = [one for one in meant if ticket.urgent or one[0].id not in crowded]
        if alone or not meant:
            told += await alerts.announce(desk, ticket, step, alone, now)
        left = [one for one in meant if one not in alone]
        await crowd.gather(
            [crowd.Gathered(ticket.id, step.promise, step.key, step.due, one.id) for one, _ in left], now
        )
    return told


async def _done(app: "App", desk: "Desk", ticket: int, work: Callable[[], Awaitable[int]]) -> int:
    """Do `work` in a transaction and ring for what it wrote; 0 when it failed, which is logged."""
    try:
        with outbox.touched() as chats:
            async with in_transaction():
                told = await work()
    except Exception:
        reference = logs.reference()
        app.metrics.failures.labels("deadlines").inc()
        log.exception("a promise could not be announced", reference=reference, office=desk.policy.office, ticket=ticket)
        return 0
    for chat in chats:
        app.jobs.ring_delivery(chat)
    return told
