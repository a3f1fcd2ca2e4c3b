"""Whether this process can do its work just now: database, queue, migrations."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tortoise import connections
from tortoise.exceptions import OperationalError

if TYPE_CHECKING:
    from bot.wiring import App

_PATIENCE = 3.0  # seconds; a load balancer asks every few


@dataclass(frozen=True, slots=True)
class Readiness:
    """Each "ok", or a word for what is the matter."""

    database: str
    redis: str
    migrations: str

    @property
    def ready(self) -> bool:
        return (self.database, self.redis, self.migrations) == ("ok", "ok", "ok")

    def as_dict(self) -> dict[str, bool | str]:
        return {
            "ready": self.ready,
            "database": self.database,
            "redis": self.redis,
            "migrations": self.migrations,
        }


async def readiness(app: "App") -> Readiness:
    """Ask the stores, all at once. Answers within seconds whatever state they are in."""
    applied, redis = await asyncio.gather(_asked(applied_migrations()), _asked(app.jobs.ping()))
    if isinstance(applied, str):
        return Readiness(database=applied, redis=redis if isinstance(redis, str) else "ok", migrations="unknown")
    return Readiness(
        database="ok",
        redis=redis if isinstance(redis, str) else "ok",
        migrations="ok" if isinstance(applied, int) and applied >= app.migrations else "missing",
    )


async def _asked(question: Awaitable[int | None]) -> int | str | None:
    try:
        async with asyncio.timeout(_PATIENCE):
            return await question
    except Exception:  # whatever it is, the store does not serve us now; the log has the reason elsewhere
        return "away"


async def applied_migrations() -> int:
    """How many migrations the database has seen; 0 without the tool's table."""
    try:
        rows = await connections.get("default").execute_query_dict(
            "SELECT count(*) AS seen FROM tortoise_migrations WHERE app = 'tickets'"
        )
    except OperationalError:
        return 0
    return int(rows[0]["seen"])
