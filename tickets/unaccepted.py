"""Which alerts no network has taken: refused for good, or waiting for longer than the office lets them wait."""

from datetime import datetime, timedelta

from tortoise.expressions import Q

from tickets import hours
from tickets.hours import NoWorkingTime
from tickets.models import Alert, OutboxRow, OutboxState, Status
from tickets.policy import Policy
from tickets.status import LIVE

RUNNING = sorted(LIVE - {Status.WAITING})  # while the resident is waited for the clock stands still

_LOST = (OutboxState.FAILED, OutboxState.DROPPED)


async def alerts(policy: Policy, now: datetime, limit: int, *, replaced: bool = False) -> list[Alert]:
    """Alerts of tickets that run, whose message was not accepted in time and for whom nobody stands in yet.

    With `replaced` also those for whom somebody does. The oldest first, with `ticket`, `staff` and `outbox` fetched.
    Waiting is counted in the working time of those who look after the ticket; by the clock when it is urgent.
    """
    least = timedelta(minutes=policy.stand_in_after.minutes)
    waits = Q(outbox__state=OutboxState.QUEUED, outbox__created_at__lte=now - least)
    found = Alert.filter(ticket__office=policy.office, ticket__status__in=RUNNING)
    found = found if replaced else found.filter(replaced=False)
    rows = found.filter(Q(outbox__state__in=_LOST) | waits).order_by("id").limit(limit)
    return [one for one in await rows.prefetch_related("ticket", "staff", "outbox") if _too_long(policy, one, now)]


def _too_long(policy: Policy, alert: Alert, now: datetime) -> bool:
    row = alert.outbox
    if row is None:
        return False
    if row.state in _LOST:
        return True
    calendar = policy.calendar_of(alert.ticket.area)
    if alert.ticket.urgent:
        calendar = hours.round_the_clock(calendar.timezone)
    try:
        return hours.add(calendar, row.created_at, policy.stand_in_after) <= now
    except NoWorkingTime:
        return False


async def is_stuck(row: OutboxRow) -> bool:
    """Whether the channel of a message that waits has taken nothing else since it was written."""
    same = OutboxRow.filter(office=row.office, channel=row.channel, sent_at__gte=row.created_at)
    return row.state is OutboxState.QUEUED and not await same.exists()
