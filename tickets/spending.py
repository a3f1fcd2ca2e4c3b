"""What a month's messages have cost, counted as they leave, and the office's budget for it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from tortoise import connections


@dataclass(frozen=True, slots=True)
class Budget:
    """How much an office wants to spend in a month; None: no limit of that kind. Warned at the share `warn_at`."""

    parts: int | None = None
    dong: int | None = None
    warn_at: float = 0.8

    def share(self, spent: "Spent") -> float:
        """How much of it is used up; 1 and more: all of it."""
        limits = ((spent.parts, self.parts), (spent.dong, self.dong))
        return max((used / limit for used, limit in limits if limit), default=0.0)


@dataclass(frozen=True, slots=True)
class Spent:
    """What left in a month, on all channels that are paid by the part."""

    messages: int = 0
    parts: int = 0
    dong: int = 0


class Step(StrEnum):
    """Of what an office is told once a month."""

    WARNED = "warned_at"
    STOPPED = "stopped_at"


def month_of(now: datetime, timezone: str) -> str:
    """The month of an office in which `now` (aware) lies, as 2026-11."""
    return f"{now.astimezone(ZoneInfo(timezone)):%Y-%m}"


async def add(office: str, channel: str, month: str, parts: int, dong: int) -> None:
    """Count one message that was taken, in the caller's transaction."""
    await connections.get("default").execute_query(
        "INSERT INTO spending (office, channel, month, messages, parts, dong) VALUES ($1, $2, $3, 1, $4, $5)"
        " ON CONFLICT (office, month, channel) DO UPDATE SET messages = spending.messages + 1,"
        " parts = spending.parts + EXCLUDED.parts, dong = spending.dong + EXCLUDED.dong",
        [office, channel, month, parts, dong],
    )


async def spent(office: str, month: str) -> Spent:
    """The sum over all channels."""
    found = await connections.get("default").execute_query_dict(
        "SELECT COALESCE(sum(messages), 0)::int AS messages, COALESCE(sum(parts), 0)::int AS parts,"
        " COALESCE(sum(dong), 0)::bigint AS dong FROM spending WHERE office = $1 AND month = $2",
        [office, month],
    )
    return Spent(**found[0])


async def first(office: str, month: str, step: Step, now: datetime) -> bool:
    """Whether this is the first time in that month; of several workers that ask at once one hears yes."""
    found = await connections.get("default").execute_query_dict(
        f"INSERT INTO spending (office, channel, month, {step}) VALUES ($1, '', $2, $3)"  # noqa: S608 - our own two words
        f" ON CONFLICT (office, month, channel) DO UPDATE SET {step} = EXCLUDED.{step}"
        f" WHERE spending.{step} IS NULL RETURNING id",
        [office, month, now],
    )
    return bool(found)
