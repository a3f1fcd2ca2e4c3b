"""What is done at a set time is done once: whoever writes the row of that time does it, in the same transaction."""

from datetime import datetime

from tortoise import connections

from tickets.models import ScheduledRun

_TAKE = """
INSERT INTO scheduled_run (office, name, due_at, done_at) VALUES ($1, $2, $3, $4)
ON CONFLICT (office, name, due_at) DO NOTHING
RETURNING id
"""


async def take(office: str, name: str, due: datetime, now: datetime) -> bool:
    """Whether the work `name` that was due at `due` (aware) is ours to do: true once for all workers and for ever.

    Call it in the transaction that does the work, so that work that fails is free again.
    """
    return bool(await connections.get("default").execute_query_dict(_TAKE, [office, name, due, now]))


async def last(office: str, *names: str, before: datetime) -> datetime | None:
    """When one of these was due last, before that moment; None before the first."""
    row = await ScheduledRun.filter(office=office, name__in=names, due_at__lt=before).order_by("-due_at").first()
    return row.due_at if row is not None else None
