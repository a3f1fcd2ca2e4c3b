"""`tohotro doctor`: why does it not work? Looks at everything it needs, from the files to the people."""

import asyncio
import shutil
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import typer
from redis import asyncio as redis
from redis.exceptions import RedisError
from tortoise import connections
from tortoise.context import TortoiseContext

from bot import calendar_check, exits, grants, logs, symptoms, wiring
from bot.findings import Finding, fine, notice, wrong
from bot.policies import policy_of
from bot.texts.catalog import Catalog
from channels import registry
from config import catalogue, database, embedded
from config.errors import ConfigError, StoresError
from config.office import Office, load_offices
from config.settings import Settings, environment

_PATIENCE = 3.0  # seconds for a store or the web server to answer
_CLOCK = 2.0  # seconds the clocks of the machine and the database may differ
_SCARCE, _TIGHT = 200_000_000, 2_000_000_000  # bytes of disk left

# arq writes this key every fifteen seconds while a worker lives (arq/constants.py of 0.28.0: queue name and suffix).
_SIGN_OF_LIFE = "arq:queue:health-check"


def main(*, worker: bool = False) -> int:
    """Print a line for everything looked at. Returns the exit code: 1 when something is wrong.

    `worker`: look only whether a worker lives, for the health check of a container.
    """
    logs.configure("CRITICAL")  # the lines below are the answer
    chosen = wiring.settings()

    async def told() -> bool:
        healthy = True
        async for one in _worker_alone(chosen) if worker else _everything(chosen):
            typer.echo(str(one))
            healthy = healthy and one.level != "wrong"
        return healthy

    return 0 if asyncio.run(told()) else exits.FAILED


async def _everything(chosen: Settings) -> AsyncIterator[Finding]:
    loaded = load_offices(chosen.offices, environment(), registry.schemas(), languages=Catalog.load().spoken())
    if loaded.mistakes:
        yield wrong(f"office files: {len(loaded.mistakes)} mistakes", "tohotro check")
    else:
        yield fine(f"office files: {', '.join(one.id for one in loaded.offices)}")
    yield _disk(chosen.data_dir)
    try:
        urls = addresses(chosen)
    except StoresError as error:
        yield wrong("private stores: not running", str(error))
        return
    async for one in _queue(urls[1]):
        yield one
    async for one in _database(urls[0], chosen.data_dir, loaded.offices):
        yield one
    yield await _web(chosen)


async def _worker_alone(chosen: Settings) -> AsyncIterator[Finding]:
    async for one in _queue(addresses(chosen)[1]):
        yield one


def addresses(chosen: Settings) -> tuple[str, str]:
    """Where PostgreSQL and Redis are; private ones must be running. Raises StoresError."""
    if chosen.database_url and chosen.redis_url:
        return chosen.database_url, chosen.redis_url
    stores = embedded.attach(chosen.data_dir)
    return chosen.database_url or stores.database_url, chosen.redis_url or stores.redis_url


def _disk(folder: Path) -> Finding:
    existing = next(one for one in (folder.absolute(), *folder.absolute().parents) if one.exists())
    free = shutil.disk_usage(existing).free
    what = f"disk: {free / 1e9:.1f} GB free at {existing}"
    if free < _SCARCE:
        return wrong(what, "PostgreSQL stops when it is full: free some space now")
    return notice(what, "free some space before it is full") if free < _TIGHT else fine(what)


async def _queue(url: str) -> AsyncIterator[Finding]:
    try:
        client = redis.from_url(url, socket_connect_timeout=_PATIENCE, socket_timeout=_PATIENCE)  # type: ignore[no-untyped-call]  # redis 5.3 leaves it bare
        try:
            told = await client.info()
            alive = await client.exists(_SIGN_OF_LIFE)
        finally:
            await client.aclose()
    except (RedisError, OSError, ValueError) as error:
        yield wrong(
            f"Redis at {database.shown(url)} does not answer ({type(error).__name__})",
            "see that it runs and TOHOTRO_REDIS_URL is right; nothing is lost meanwhile, but nothing is handled",
        )
        return
    server = f"Valkey {told['valkey_version']}" if "valkey_version" in told else f"Redis {told.get('redis_version')}"
    yield fine(f"queue: {server} at {database.shown(url)}")
    if told.get("maxmemory_policy") != "noeviction":
        yield notice("Redis may throw jobs away when it is full", "set its maxmemory-policy to noeviction")
    if alive:
        yield fine("workers: at least one is alive")
    else:
        yield wrong("workers: none is alive", "start `tohotro run`, or `tohotro worker`; its log says why it cannot")


async def _database(url: str, data_dir: Path, offices: tuple[Office, ...]) -> AsyncIterator[Finding]:
    try:
        await database.wait_for(url, _PATIENCE)
        missing = await database.unapplied(url)
    except ConfigError as error:
        yield wrong("PostgreSQL cannot be used", str(error))
        return
    if missing:
        yield wrong(f"database: lacks the migrations {', '.join(missing)}", "tohotro migrate")
        return
    async with TortoiseContext() as orm:
        await orm.init(config=database.tortoise_config(url))
        async for one in _clock_and_version(url):
            yield one
        now = datetime.now(UTC)
        async for one in symptoms.queues(now):
            yield one
        for office in offices:
            async for one in symptoms.channels(office, now):
                yield one
            async for one in grants.findings(url, data_dir, office):
                yield one
            async for one in symptoms.people(policy_of(office, catalogue.load()), office.channel_names, now):
                yield one
            async for one in calendar_check.findings(office, now):
                yield one


async def _clock_and_version(url: str) -> AsyncIterator[Finding]:
    begun, asked = datetime.now(UTC), time.monotonic()
    row = (
        await connections.get("default").execute_query_dict(
            "SELECT clock_timestamp() AS now, current_setting('server_version') AS version"
        )
    )[0]
    middle = begun.timestamp() + (time.monotonic() - asked) / 2
    apart = abs(row["now"].timestamp() - middle)
    yield fine(f"database: PostgreSQL {row['version'].split()[0]} at {database.shown(url)}, up to date")
    if apart > _CLOCK:
        yield wrong(
            f"clocks: this machine and the database are {apart:.0f} s apart",
            "let both follow a time server; signatures of webhooks and due times hang on it",
        )
    else:
        yield fine("clocks: this machine and the database agree")


async def _web(chosen: Settings) -> Finding:
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(chosen.http_host, chosen.http_host)  # noqa: S104  # read, not bound
    url = f"http://{host}:{chosen.http_port}/health/ready"
    if not chosen.http_port:
        return notice("web: its port is chosen anew at each start", "set TOHOTRO_HTTP_PORT to have it looked at")
    try:
        async with httpx.AsyncClient(timeout=_PATIENCE, trust_env=False) as client:
            answer = await client.get(url)
    except httpx.HTTPError as error:
        return notice(f"web: nothing answers at {url} ({type(error).__name__})", "start it, unless it runs elsewhere")
    if answer.status_code == httpx.codes.OK:
        return fine(f"web: ready at {url}")
    return wrong(f"web: not ready: {answer.text[:200]}", "see the lines above, and its log")
