"""What short messages cost: parts counted before they leave, staff told, a monthly budget that spares the answers."""

from datetime import datetime
from typing import TYPE_CHECKING

import structlog

from channels.contract import Capabilities, Channel, Sent
from channels.text import plain, sms_parts
from tickets import outbox, routing, spending
from tickets.models import Contact, OutboxKind, OutboxRow, Priority
from tickets.spending import Budget, Spent, Step, month_of

if TYPE_CHECKING:
    from bot.wiring import Desk

log = structlog.get_logger(__name__)

STOPPED = "budget"  # the error of a notice that did not leave


def parts(can: Capabilities, text: str) -> int:
    """How many parts `text` costs on a network that is paid by the part, else 0."""
    return sms_parts(text if can.diacritics else plain(text)).count if can.by_part else 0


def note(desk: "Desk", row: OutboxRow, language: str) -> str:
    """What to tell the officer whose words are in `row`: how many parts they cost; empty where that is one or none."""
    channel = desk.channels.get(row.channel)
    used = parts(channel.capabilities, row.text) if channel is not None else 0
    if channel is None or used <= 1:
        return ""
    price = channel.capabilities.part_price * used
    return desk.texts.say(language, "staff.parts_priced" if price else "staff.parts", count=used, price=_dong(price))


async def barred(desk: "Desk", channel: Channel, row: OutboxRow) -> bool:
    """Whether `row` is a notice that must stay because the month's budget is used up.

    Answers always leave, and so does everything for staff: a deadline missed for thrift would cost more.
    """
    budget = desk.office.budget
    bulk = row.kind is OutboxKind.MESSAGE and row.priority != Priority.ANSWER
    if budget is None or not bulk or not channel.capabilities.by_part:
        return False
    now = desk.clock.now()
    if _budget(desk).share(await _spent(desk, now)) < 1:
        return False
    to = Contact.filter(office=row.office, channel=row.channel, chat=row.chat, staff_id__isnull=False)
    return not await to.exists()


def paid(channel: Channel, sent: Sent) -> bool:
    """Whether a message that was taken is to be paid for."""
    return channel.capabilities.by_part and sent.parts > 0


async def count(desk: "Desk", channel: Channel, row: OutboxRow, sent: Sent) -> None:
    """Count what a message that was taken costs, in the transaction that records that it was."""
    month = month_of(desk.clock.now(), desk.policy.calendar.timezone)
    await spending.add(row.office, row.channel, month, sent.parts, channel.capabilities.part_price * sent.parts)


async def watch(desk: "Desk", row: OutboxRow) -> None:
    """Say when the budget nears its end, or is used up, once a month each."""
    if desk.office.budget is None:
        return
    now = desk.clock.now()
    month = month_of(now, desk.policy.calendar.timezone)
    budget, used = _budget(desk), await _spent(desk, now)
    share = budget.share(used)
    step = Step.STOPPED if share >= 1 else Step.WARNED if share >= budget.warn_at else None
    if step is not None and await spending.first(row.office, month, step, now):
        await _tell(desk, step, used, share, now)


def _budget(desk: "Desk") -> Budget:
    written = desk.office.budget
    return Budget() if written is None else Budget(written.sms_parts, written.dong, written.warn_at)


async def _spent(desk: "Desk", now: datetime) -> Spent:
    return await spending.spent(desk.policy.office, month_of(now, desk.policy.calendar.timezone))


async def _tell(desk: "Desk", step: Step, used: Spent, share: float, now: datetime) -> None:
    log.warning("the month's budget for messages", office=desk.policy.office, share=round(share, 2), parts=used.parts)
    key = "budget.stopped" if step is Step.STOPPED else "budget.warned"
    for staff, contact in await routing.superiors(desk.policy, desk.policy.reception, "supervisor"):
        words = desk.texts.say(
            staff.language, key, percent=round(share * 100), parts=used.parts, price=_dong(used.dong)
        )
        await outbox.put(office=staff.office, channel=contact.channel, chat=contact.chat, now=now, text=words)


def _dong(amount: int) -> str:
    return f"{amount:,}".replace(",", ".")
