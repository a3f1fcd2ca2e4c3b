"""What is wrong with a channel, told to supervisors in chat: once a day for each thing, in working hours."""

from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import structlog
from tortoise.transactions import in_transaction

from bot import logs, notices
from tickets import hours, outbox, routing, schedule
from tickets.models import Contact, OutboxRow, OutboxState, Staff

if TYPE_CHECKING:
    from bot.wiring import App, Desk

log = structlog.get_logger(__name__)

_BOUGHT = ("package", "quota")  # reasons for waiting that more money ends


async def raise_once(app: "App", desk: "Desk", channel: str, key: str, now: datetime, **values: Any) -> bool:
    """Tell every supervisor the sentence `key` about `channel`, unless that was done today. Whether it was said now.

    They hear of it on another channel than the one it is about, where they have one. Outside working hours it waits;
    the log has it at once.
    """
    log.error("a channel needs its administrator", office=desk.policy.office, channel=channel, what=key, **values)
    if not hours.is_open(desk.policy.calendar, now):
        return False
    local = now.astimezone(ZoneInfo(desk.policy.calendar.timezone))
    day = local.replace(hour=0, minute=0, second=0, microsecond=0)
    name = f"{key}:{channel}"[:40]
    try:
        with outbox.touched() as chats:
            async with in_transaction():
                if not await schedule.take(desk.policy.office, name, day, now):
                    return False
                for staff, where in await routing.superiors(desk.policy, "", "supervisor"):
                    text = desk.texts.say(staff.language, key, channel=channel, office=desk.policy.office, **values)
                    await notices.to_staff(staff, now, text, contact=await _besides(staff, where, channel))
    except Exception:
        app.metrics.failures.labels("alarms").inc()
        log.exception("an alarm could not be told", reference=logs.reference(), office=desk.policy.office)
        return False
    for chat in chats:
        app.jobs.ring_delivery(chat)
    return True


async def parked(app: "App", desk: "Desk", now: datetime) -> None:
    """Tell of messages that wait because a provider's package or allowance does not let them leave."""
    for reason in _BOUGHT:
        waiting = OutboxRow.filter(office=desk.policy.office, state=OutboxState.QUEUED, error=reason)
        for channel in set(await waiting.values_list("channel", flat=True)):
            count = await waiting.filter(channel=channel).count()
            await raise_once(app, desk, str(channel), f"alarm.{reason}", now, count=count)


async def _besides(staff: Staff, where: Contact, channel: str) -> Contact:
    """Where to tell somebody about `channel`: not there, if they can be reached elsewhere."""
    if where.channel != channel:
        return where
    others = Contact.filter(staff=staff, reachable=True).exclude(channel=channel).exclude(chat="")
    return await others.order_by("-last_seen_at").first() or where
