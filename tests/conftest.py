"""A PostgreSQL and a Valkey of the tests' own, in a temporary folder; nothing a developer has set up is ever used."""

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

import asyncpg
import pytest
from redis.asyncio import Redis
from tortoise import connections
from tortoise.context import TortoiseContext

from config import embedded
from config.database import migrate, tortoise_config
from config.embedded import Stores

# Before anything of ours reads it. What a test wants set, it sets itself.
for _name in [name for name in os.environ if name.startswith("TOHOTRO_")]:
    del os.environ[_name]


@pytest.fixture(autouse=True)
def usual_logging() -> None:
    """The helpdesk that some tests keep running has set the level of the whole process; each test begins as usual."""
    logging.getLogger().setLevel(logging.WARNING)


@pytest.fixture(scope="session")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stores]:
    """The two servers, started once. They write no disk cache through (fsync off), so they are fast and not safe."""
    folder = tmp_path_factory.mktemp("stores")
    with embedded.start(folder, fsync=False) as started:
        # what names no stores of its own gets these, whatever an `.env` in the working folder says
        with pytest.MonkeyPatch.context() as environment:
            environment.setenv("TOHOTRO_DATA_DIR", str(folder))
            environment.setenv("TOHOTRO_DATABASE_URL", started.database_url)
            environment.setenv("TOHOTRO_REDIS_URL", started.redis_url)
            yield started


@pytest.fixture(scope="session")
async def schema(stores: Stores) -> None:
    """Our tables in the database of `stores`, made once: for a helpdesk that runs while other tests do."""
    await migrate(_own(stores))


@pytest.fixture(scope="session")
async def _rows(stores: Stores) -> str:
    connection = await asyncpg.connect(_own(stores))
    await connection.execute("CREATE DATABASE rows")
    await connection.close()
    url = stores.database_url.replace("/tohotro?", "/rows?")
    assert url != stores.database_url
    await migrate(url)
    return url


@pytest.fixture
async def database(_rows: str) -> AsyncIterator[str]:
    """Empty tables, in a database that no helpdesk uses, and Tortoise ready to use them. The value is its URL."""
    async with TortoiseContext() as context:
        await context.init(config=tortoise_config(_rows))
        link = connections.get("default")
        tables = await link.execute_query_dict(
            "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE 'tortoise%'"
        )
        # DELETE takes a millisecond where TRUNCATE takes thirty; as a replica the order of the tables does not matter
        deletes = [f'DELETE FROM "{table["name"]}"' for table in tables]
        await link.execute_script("; ".join(["SET session_replication_role = replica", *deletes, "RESET ALL"]))
        yield _rows


@pytest.fixture
async def redis_url(stores: Stores) -> str:
    """An empty queue that no helpdesk uses."""
    url = stores.redis_url.replace("?db=0", "?db=1")
    assert url != stores.redis_url
    redis: Redis = Redis.from_url(url)
    await redis.flushdb()
    await redis.aclose()
    return url


@pytest.fixture
def until() -> Callable[..., Awaitable[None]]:
    """Wait until a question, asked again and again, is answered with yes: `await until(question, seconds)`."""

    async def wait(question: Callable[[], Awaitable[object]], seconds: float = 5) -> None:
        async with asyncio.timeout(seconds):
            while not await question():  # noqa: ASYNC110 - what is asked for happens in other processes
                await asyncio.sleep(0.005)

    return wait


def _own(stores: Stores) -> str:
    if not stores.owned:
        pytest.fail("the stores were not started by these tests")
    return stores.database_url
