"""What is done each minute because time has passed: questions that expire, tickets that wake or close, old papers."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

import structlog
from tortoise.transactions import in_transaction

from bot import alerts, assigning, chasing, dialogs, guard, held, logs
from bot.event_rows import UNKNOWN
from tickets import inbox, outbox, resident_groups
from tickets.models import InboxRow, Status, StoredFile, Ticket

if TYPE_CHECKING:
    from bot.wiring import App, Desk

log = structlog.get_logger(__name__)

_A_MINUTE = 200  # tickets of one kind handled each minute and office


async def tidy(app: "App", desk: "Desk", now: datetime) -> None:
    """Everything for one office. What fails is logged, and does not keep the rest."""
    expired = await Ticket.filter(office=desk.policy.office, status=Status.NEW, ask_until__lte=now).limit(_A_MINUTE)
    for ticket in expired:
        await _step(app, desk, "ask_expired", partial(_ask_expired, desk, ticket.id, now))
    await _step(app, desk, "questions", partial(dialogs.drop, desk, now))
    await _step(app, desk, "lift_blocks", partial(held.lift_expired, desk, now))
    for contact in await held.due(desk, now):
        await _step(app, desk, "show_held", partial(held.show, desk, contact, now))
    await _step(app, desk, "forget_talk", partial(resident_groups.forget_talk, desk.policy.office, now))
    await _step(app, desk, "close_resolved", partial(alerts.close_resolved, desk, now))
    for waits in await chasing.due(desk, now, _A_MINUTE):
        await _step(app, desk, "chase", partial(chasing.look, desk, waits, now))
    await _step(app, desk, "wake_snoozed", partial(alerts.wake_snoozed, desk, now))
    await _step(app, desk, "duty_roster", partial(guard.change, desk, now))
    await _step(app, desk, "absences", partial(guard.absences, desk, now))
    await _step(app, desk, "unseen", partial(guard.unseen, desk, now))
    await _step(app, desk, "waiting", partial(assigning.fill, desk, now))


async def forget(now: datetime, kept: timedelta) -> None:
    """Delete copies of papers and payloads older than `kept`. They are kept longer nowhere else."""
    await StoredFile.filter(at__lt=now - kept).delete()
    await InboxRow.filter(kind=UNKNOWN, received_at__lt=now - kept).delete()
    await inbox.forget_payloads(now - kept)


async def _ask_expired(desk: "Desk", ticket_id: int, now: datetime) -> None:
    ticket = await Ticket.filter(id=ticket_id, status=Status.NEW, ask_until__lte=now).select_for_update().first()
    if ticket is not None:  # else the resident has answered meanwhile
        await alerts.ask_expired(desk, ticket, now)


async def _step(app: "App", desk: "Desk", name: str, work: Callable[[], Awaitable[object]]) -> None:
    try:
        with outbox.touched() as chats:
            async with in_transaction():
                await work()
    except Exception:
        reference = logs.reference()
        app.metrics.failures.labels("housekeeping").inc()
        log.exception("housekeeping failed", reference=reference, office=desk.policy.office, step=name)
        return
    for chat in chats:
        app.jobs.ring_delivery(chat)
