"""Which promises have passed a step of the ladder that nobody has been told of yet, and telling it once (P12)."""

from collections import defaultdict
from datetime import datetime
from typing import TYPE_CHECKING

import structlog
from tortoise.expressions import Q
from tortoise.transactions import in_transaction

from bot import alerts, logs
from tickets import deadlines, outbox
from tickets.deadlines import Due, Step
from tickets.hours import NoWorkingTime
from tickets.models import Alert, Status, Ticket
from tickets.status import LIVE

if TYPE_CHECKING:
    from bot.wiring import App, Desk

log = structlog.get_logger(__name__)

# While the resident is waited for the clock stands still; putting a ticket aside does not stop it.
_RUNNING = sorted(LIVE - {Status.WAITING})

Announced = frozenset[tuple[str, str, datetime]]  # promise, step, due


async def announce_due(app: "App", desk: "Desk", now: datetime) -> int:
    """Tell everybody of this office what is due at `now`. Returns how many people were told.

    A ticket that cannot be announced is logged and does not keep the others.
    """
    told = 0
    passed = await _passed(desk, now)
    announced = await _announced([ticket.id for ticket in passed])
    for ticket in passed:
        try:
            if _unannounced(desk, ticket, announced[ticket.id], now):
                told += await _announce(app, desk, ticket.id, now)
        except Exception:
            reference = logs.reference()
            app.metrics.failures.labels("deadlines").inc()
            log.exception(
                "a promise could not be announced", reference=reference, office=desk.policy.office, ticket=ticket.id
            )
    return told


async def _passed(desk: "Desk", now: datetime) -> list[Ticket]:
    first_reply = Q(first_reply_warn__lte=now) | Q(first_reply_due__lte=now)
    resolve = Q(resolve_warn__lte=now) | Q(resolve_due__lte=now)
    return (
        await Ticket.filter(office=desk.policy.office, status__in=_RUNNING)
        .filter((first_reply & Q(first_replied_at__isnull=True)) | resolve)
        .order_by("id")
    )


async def _announced(tickets: list[int]) -> dict[int, Announced]:
    found: defaultdict[int, set[tuple[str, str, datetime]]] = defaultdict(set)
    for alert in await Alert.filter(ticket_id__in=tickets):
        found[alert.ticket_id].add((alert.promise, alert.step, alert.due))
    return defaultdict(frozenset, {ticket: frozenset(steps) for ticket, steps in found.items()})


def _unannounced(desk: "Desk", ticket: Ticket, announced: Announced, now: datetime) -> list[Step]:
    """The steps to announce now, in the order in which they were passed.

    A warning is for a promise that can still be kept: once it is broken only the breach is told.
    """
    calendar = desk.policy.calendar
    if not (ticket.first_reply_due and ticket.first_reply_warn and ticket.resolve_due and ticket.resolve_warn):
        return []  # not routed yet: nothing was promised
    due = Due(ticket.first_reply_due, ticket.first_reply_warn, ticket.resolve_due, ticket.resolve_warn)
    answered = ticket.first_replied_at is not None
    try:
        return [
            step
            for step in deadlines.steps(due, desk.policy.ladder, calendar, answered=answered)
            if step.at <= now
            and not (step.key == deadlines.WARN and step.due <= now)
            and (step.promise, step.key, step.due) not in announced
            and deadlines.announce_at(calendar, max(step.at, now), ticket.urgent) <= now
        ]
    except NoWorkingTime:
        return []  # the office never opens again; `check` says so


async def _announce(app: "App", desk: "Desk", ticket_id: int, now: datetime) -> int:
    """One ticket, under its lock: what another worker announced, or a reply settled, meanwhile is not told again."""
    told = 0
    with outbox.touched() as chats:
        async with in_transaction():
            ticket = await Ticket.filter(id=ticket_id, status__in=_RUNNING).select_for_update().first()
            if ticket is None:
                return 0
            announced = await _announced([ticket.id])
            for step in _unannounced(desk, ticket, announced[ticket.id], now):
                told += await alerts.announce(desk, ticket, step.promise, step.key, step.to, step.due, now)
    for chat in chats:
        app.jobs.ring_delivery(chat)
    return told
