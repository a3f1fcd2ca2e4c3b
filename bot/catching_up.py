"""Messages a webhook did not bring, read from the provider: after an outage, or when it has stopped calling us."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import structlog
from tortoise import connections

from bot import alarms, grants
from channels.contract import CatchesUp, Inbound, InboundKind
from channels.errors import SendError
from channels.webhooks import Busy
from tickets import outbox
from tickets.models import InboxRow

if TYPE_CHECKING:
    from bot.intake import Intake
    from bot.wiring import App, Desk

log = structlog.get_logger(__name__)

REACH = timedelta(days=2)  # how far back is read after a long silence; what is older, staff see in the console
_OVERLAP = timedelta(minutes=10)  # read again each time, as order is not promised
_ON_ITS_WAY = timedelta(minutes=2)  # what is younger may still be brought by the webhook: no reason for an alarm


async def catch_up(app: "App", desk: "Desk", intake: "Intake", now: datetime) -> int:
    """Read what every such channel of the office missed, and store it as if it had been brought. How many were new.

    A message the webhook should have brought long ago means that the provider no longer calls: supervisors hear it.
    """
    count = 0
    for name, channel in desk.channels.items():
        if isinstance(channel, CatchesUp):
            count += await _channel(app, desk, intake, name, channel, now)
    return count


async def _channel(app: "App", desk: "Desk", intake: "Intake", name: str, channel: CatchesUp, now: datetime) -> int:
    office, real = desk.policy.office, datetime.now(UTC)
    heard = await _last_heard(office, name)
    # Where nothing was ever brought, what was said since we were let in: the webhook was perhaps never switched on.
    begin = heard - _OVERLAP if heard is not None else await grants.let_in_at(office, name)
    if begin is None:
        return 0  # nothing of the time before us is ours
    since = max(begin, real - REACH)
    try:
        found = await channel.missed(since)
    except SendError as error:
        log.info("what was missed cannot be read", office=office, channel=name, detail=error.detail)
        return 0
    fresh = [one for one in found if not await _known(office, name, one)]
    if not fresh:
        return 0
    try:
        await intake.accept(office, name, fresh)
    except Busy:
        return 0  # next time
    log.warning("messages the webhook did not bring", office=office, channel=name, events=len(fresh))
    late = [one for one in fresh if one.sent_at is not None and real - one.sent_at > _ON_ITS_WAY]
    if any(one.kind != InboundKind.STAFF_SAID for one in late):  # whether all of ours are echoed is not promised
        await alarms.raise_once(app, desk, name, "alarm.webhook_silent", now, count=len(fresh))
    return len(fresh)


async def _last_heard(office: str, channel: str) -> datetime | None:
    """The provider's time of the newest message we have of the channel."""
    found = await connections.get("default").execute_query_dict(
        "SELECT max(sent_at) AS heard FROM inbox WHERE office = $1 AND channel = $2 AND kind <> 'receipt'"
        " AND sent_at < $3",  # one message from the future must not hide all before it
        [office, channel, datetime.now(UTC) + _OVERLAP],
    )
    heard: datetime | None = found[0]["heard"]
    return heard


async def _known(office: str, channel: str, one: Inbound) -> bool:
    """Whether we have it. That both ways give a message the same id is likely and not promised, so the same words of
    the same person in the same millisecond are the same message too.
    """
    rows = InboxRow.filter(office=office, channel=channel)
    if await rows.filter(event_id=one.event_id).exists():
        return True
    if one.kind == InboundKind.STAFF_SAID and await outbox.by_provider_id(office, channel, one.chat, one.message_id):
        return True
    if one.sent_at is None:
        return False
    return await rows.filter(chat=one.chat, sent_at=one.sent_at, text=one.text, kind=str(one.kind)).exists()
