"""By which of the office's channels something to a resident leaves: notices by a brand name where it has the words."""

from datetime import datetime
from typing import TYPE_CHECKING

from bot.context import Buttons
from channels.text import fits
from tickets import outbox
from tickets.models import OutboxRow, Priority, Ticket

if TYPE_CHECKING:
    from bot.wiring import Desk


def for_notice(desk: "Desk", channel: str, text: str, buttons: Buttons, priority: Priority) -> str:
    """The channel for a sentence of the office to somebody on `channel`: the brand name that carries its notices, if
    one of its registered texts fits and there is nothing to choose, since nobody can answer a brand.
    """
    account = desk.channels.get(channel)
    if account is None or buttons or priority == Priority.ANSWER or not account.capabilities.notices_by:
        return channel
    brand = desk.channels.get(account.capabilities.notices_by)
    if brand is None or not fits(text, brand.capabilities.templates):
        return channel
    return brand.name


async def by_the_other(desk: "Desk", row: OutboxRow, now: datetime) -> OutboxRow | None:
    """A notice that its brand name could not carry, once more on the channel it would else have left by; None when
    `row` was on no such channel.
    """
    account = desk.channels.get(row.channel)
    if account is None or account.capabilities.receives:
        return None
    other = next((one for one in desk.channels.values() if one.capabilities.notices_by == row.channel), None)
    if other is None:
        return None
    ticket = await Ticket.get_or_none(id=row.ticket_id)
    return await outbox.put(
        office=row.office,
        channel=other.name,
        chat=row.chat,
        now=now,
        text=row.text,
        ticket=ticket,
        priority=Priority(row.priority),
    )
