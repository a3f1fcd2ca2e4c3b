"""Whether an error says that the database went away, rather than that something is wrong with what was asked."""

import asyncio

import asyncpg
from tortoise import connections
from tortoise.exceptions import DBConnectionError

_AWAY = (
    DBConnectionError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
)
# These may mean the same, but asyncpg also raises them for a value it cannot send.
_PERHAPS = (OSError, asyncpg.InterfaceError)
_ANSWER = 5.0  # seconds


async def is_away(error: Exception) -> bool:
    """True when `error` came of the database being gone, shutting down or full; asks it where that is in doubt."""
    if isinstance(error, _AWAY):
        return True
    if not isinstance(error, _PERHAPS):
        return False
    try:
        async with asyncio.timeout(_ANSWER):
            await connections.get("default").execute_query("SELECT 1")
    except Exception:
        return True
    return False
