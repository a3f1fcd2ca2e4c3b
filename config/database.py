"""How the database is reached, waited for and migrated; also the door for Tortoise's own migration tool."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import asyncpg
from redis import asyncio as redis
from redis.exceptions import AuthenticationError, RedisError
from tortoise.connection import get_connection
from tortoise.context import TortoiseContext
from tortoise.migrations.executor import MigrationExecutor, MigrationTarget
from tortoise.migrations.schema_editor import AsyncpgSchemaEditor
from tortoise.transactions import in_transaction

from config import embedded
from config.errors import StoresError
from config.settings import Settings

log = logging.getLogger(__name__)

APP = "tickets"
_CONNECTION = "default"
_POOL = (1, 10)  # connections of one process; the private server takes 60 in all
_SCHEMES = ("postgresql", "postgres", "asyncpg")
# What may stand behind the `?`, and the argument of asyncpg it becomes. libpq calls ssl `sslmode`, and so do the URLs
# that providers of PostgreSQL hand out.
_PARAMETERS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "host": ("host", str),
    "port": ("port", int),
    "sslmode": ("ssl", str),
    "ssl": ("ssl", str),
    "minsize": ("minsize", int),
    "maxsize": ("maxsize", int),
    "application_name": ("application_name", str),
    "statement_cache_size": ("statement_cache_size", int),  # 0 behind a pooler such as PgBouncer
}
_LOCK = 7_408_511_921  # a number of ours for pg_advisory_xact_lock; any other program's will differ


def tortoise_config(url: str) -> dict[str, Any]:
    """Tortoise's configuration for a PostgreSQL URL: our models, times aware and in UTC, a pool of 1 to 10 connections.

    Raises StoresError when the URL cannot be understood; the sentence never holds its password.
    """
    minimum, maximum = _POOL
    return {
        "connections": {
            _CONNECTION: {
                "engine": "tortoise.backends.asyncpg",
                "credentials": {"minsize": minimum, "maxsize": maximum, "reset": _nothing_to_reset} | _credentials(url),
            }
        },
        "apps": {
            APP: {
                "models": ["tickets.models"],
                "default_connection": _CONNECTION,
                "migrations": "tickets.migrations",
            }
        },
        "use_tz": True,
        "timezone": "UTC",
    }


def connection_arguments(url: str) -> dict[str, Any]:
    """What asyncpg.connect takes for a single connection to a PostgreSQL URL. Raises as `tortoise_config`."""
    found = _credentials(url)
    return {name: found.get(name) for name in ("host", "port", "user", "password", "database", "ssl")}


async def _nothing_to_reset(_connection: object) -> None:
    """What a connection goes through before the next user has it. asyncpg rolls back what was left open by itself; its
    default also asks the server to drop cursors, locks and settings of the session, of which the pool's connections
    have none: a round trip for every statement and transaction (measured 2026-11-21: a fifth of the processor time).
    """


def __getattr__(name: str) -> Any:
    """`TORTOISE_ORM`, named in pyproject.toml: made only when the migration tool asks for it, as it reads settings."""
    if name != "TORTOISE_ORM":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    settings = Settings()
    return tortoise_config(settings.database_url or embedded.urls(settings.data_dir)[0])


def shown(url: str) -> str:
    """A store's address fit for a log: no password, no user."""
    parts = urlsplit(url)
    host = parse_qs(parts.query).get("host", [""])[0] or (parts.hostname or "")
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{host}{port}{parts.path}"


async def migrate(url: str) -> list[str]:
    """Bring the database to the shape the program needs and return the names of the migrations applied.

    All in one transaction under a lock: any number of processes may call it at once (each but the first finds nothing
    to do), and one that is killed leaves the database as it was. Raises StoresError when the database was migrated by a
    newer program.
    """
    config = tortoise_config(url)
    done: list[str] = []

    def note(event: str, app: str, name: str) -> None:
        if event == "apply_done":
            log.info("applied migration %s.%s", app, name)
            done.append(name)

    async with TortoiseContext() as context:
        await context.init(config=config)
        async with in_transaction(_CONNECTION) as transaction:
            await transaction.execute_query("SELECT pg_advisory_xact_lock($1)", [_LOCK])
            # inside a transaction get_connection is the transaction, for the tool's own bookkeeping as well
            connection = get_connection(_CONNECTION)
            executor = MigrationExecutor(connection, config["apps"])
            # the tool tries to read its table before it makes it, and hides the error that would spoil a transaction
            await executor.recorder.ensure_schema(AsyncpgSchemaEditor(connection, atomic=False))
            await executor.migrate([MigrationTarget(APP, "__latest__")], direction="forward", progress=note)
            _not_ahead(executor, {key.name for key in await executor.recorder.applied_migrations()})
    return done


async def unapplied(url: str) -> list[str]:
    """The migrations the program brings and the database lacks; empty when it may be used. Raises like `migrate`."""
    config = tortoise_config(url)
    async with TortoiseContext() as context:
        await context.init(config=config)
        executor = MigrationExecutor(get_connection(_CONNECTION), config["apps"])
        await executor.loader.build_graph()
        applied = {key.name for key in await executor.recorder.applied_migrations()}
        _not_ahead(executor, applied)
        return sorted(key.name for key in executor.loader.graph.nodes if key.name not in applied)


def _not_ahead(executor: MigrationExecutor, applied: set[str]) -> None:
    unknown = sorted(applied - {key.name for key in executor.loader.graph.nodes})
    if unknown:
        raise StoresError(
            f"The database was migrated by a newer version of the program (it has {', '.join(unknown)}): "
            "start that version, or restore a backup made before."
        )


async def wait_for(url: str, seconds: float) -> None:
    """Return as soon as PostgreSQL lets us in; log one line when it does not at once.

    Raises StoresError after `seconds`, or at once when waiting cannot help (a wrong password, no such database).
    """
    credentials = _credentials(url)
    arguments = {name: credentials.get(name) for name in ("host", "port", "user", "password", "database", "ssl")}

    async def ask() -> None:
        link = await asyncpg.connect(**arguments, timeout=5)
        await link.close()

    await _wait(
        "PostgreSQL",
        shown(url),
        "TOHOTRO_DATABASE_URL",
        ask,
        seconds,
        hopeless=(asyncpg.InvalidAuthorizationSpecificationError, asyncpg.InvalidCatalogNameError),
        # ClientConfigurationError is a ValueError: asyncpg could not make sense of an argument
        passing=(OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError),
    )


async def wait_for_redis(url: str, seconds: float) -> None:
    """Return as soon as Redis answers; log one line when it does not at once. Raises like `wait_for`."""
    try:
        client: redis.Redis = redis.from_url(url, socket_connect_timeout=5, socket_timeout=5)  # type: ignore[no-untyped-call]  # redis 5.3 leaves it bare
    except ValueError as error:
        raise StoresError(f"TOHOTRO_REDIS_URL cannot be understood ({error}): write redis://host:6379/0.") from None

    async def ask() -> None:
        await client.ping()

    try:
        await _wait(
            "Redis",
            shown(url),
            "TOHOTRO_REDIS_URL",
            ask,
            seconds,
            hopeless=(AuthenticationError,),
            passing=(OSError, TimeoutError, RedisError),
        )
    finally:
        await client.aclose()


async def _wait(
    store: str,
    where: str,
    variable: str,
    ask: Callable[[], Awaitable[None]],
    seconds: float,
    *,
    hopeless: tuple[type[Exception], ...],
    passing: tuple[type[Exception], ...],
) -> None:
    end, told, pause = time.monotonic() + seconds, False, 0.1
    while True:
        try:
            return await ask()
        except hopeless as error:
            raise StoresError(f"{store} at {where} refuses us ({_reason(error)}): correct {variable}.") from None
        except passing as error:
            reason = _reason(error)
        except (ValueError, TypeError) as error:
            raise StoresError(f"{variable} cannot be used ({_reason(error)}): correct it.") from None
        left = end - time.monotonic()
        if left <= 0:
            raise StoresError(
                f"{store} at {where} did not answer within {seconds:g} s ({reason}): "
                f"see that it runs and can be reached from here, or correct {variable}."
            )
        if not told:
            log.warning("waiting up to %g s for %s at %s: %s", seconds, store, where, reason)
            told = True
        await asyncio.sleep(min(pause, left))
        pause = min(pause * 2, 1.0)


def _reason(error: Exception) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__


def _credentials(url: str) -> dict[str, Any]:
    """What asyncpg needs from a URL. Tortoise's own reading of it leaves user names encoded and knows no sslmode."""
    try:
        parts = urlsplit(url)
        port, query = parts.port, parse_qs(parts.query, keep_blank_values=True)
    except ValueError:
        # not the error's own words: they may quote the part with the password
        raise _senseless("it has a bad port, bracket or character; write those of a password as %XX") from None
    if parts.scheme not in _SCHEMES:
        raise _senseless("only PostgreSQL serves")
    found: dict[str, Any] = {
        "host": unquote(parts.hostname) if parts.hostname else None,
        "port": port or 5432,
        "user": unquote(parts.username) if parts.username else None,
        "password": unquote(parts.password) if parts.password else None,
        "database": unquote(parts.path.removeprefix("/")) or None,
    }
    for name, values in query.items():
        if name not in _PARAMETERS:
            known = ", ".join(_PARAMETERS)
            raise _senseless(f"it has an unknown parameter {name!r}; known are {known}")
        target, kind = _PARAMETERS[name]
        try:
            found[target] = kind(values[-1])
        except ValueError:
            raise _senseless(f"parameter {name!r} must be a number") from None
    if not found["host"] or not found["database"]:
        raise _senseless("host and database must be named")
    return found


def _senseless(why: str) -> StoresError:
    return StoresError(
        f"TOHOTRO_DATABASE_URL cannot be understood: {why}. Write postgresql://user:password@host:5432/database."
    )
