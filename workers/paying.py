"""That a message left, and what it cost: recorded together, so that a month's sum is that of what left."""

from typing import TYPE_CHECKING

import structlog
from tortoise.transactions import in_transaction

from bot import costs, logs
from channels.contract import Channel, Sent
from tickets import outbox
from tickets.outbox import Left
from workers.away import is_away

if TYPE_CHECKING:
    from bot.wiring import Desk

log = structlog.get_logger(__name__)


async def left(desk: "Desk", channel: Channel, one: Left, sent: Sent) -> None:
    """Record `one`, and in the same transaction what it cost, where it did. Raises what `workers.away` knows."""
    if not costs.paid(channel, sent):
        await outbox.sent(*one)
        return
    row = one.row
    try:
        async with in_transaction():
            await outbox.sent(*one)
            await costs.count(desk, channel, row, sent)
    except Exception as error:
        if await is_away(error):
            raise
        # It has left: that must be known whatever became of the sum, or it would be sent, and paid for, again.
        reference = logs.reference()
        log.exception("what a message cost was not counted", reference=reference, office=row.office, row=row.id)
        await outbox.sent(*one)
