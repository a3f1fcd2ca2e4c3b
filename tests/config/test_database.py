"""Reaching, awaiting and migrating the database: any number at once, and a clear end when it stays away."""

import asyncio
import itertools
import logging
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from tortoise.context import TortoiseContext

from config import database, embedded
from config.embedded import Stores
from config.errors import ConfigError, StoresError

NUMBERS = itertools.count(1)


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stores]:
    with embedded.start(tmp_path_factory.mktemp("stores") / "data", fsync=False) as started:
        yield started


@pytest.fixture
async def empty(stores: Stores) -> str:
    """The URL of a database with nothing in it."""
    name = f"empty_{next(NUMBERS)}"
    link = await asyncpg.connect(stores.database_url)
    await link.execute(f"create database {name}")
    await link.close()
    return stores.database_url.replace("/tohotro?", f"/{name}?")


async def tables(url: str) -> set[str]:
    link = await asyncpg.connect(url)
    rows = await link.fetch("select tablename from pg_tables where schemaname = 'public'")
    await link.close()
    return {row["tablename"] for row in rows}


async def test_six_processes_migrate_at_once_and_one_does_the_work(empty: str) -> None:
    lacking = await database.unapplied(empty)
    assert lacking
    done = await asyncio.gather(*(database.migrate(empty) for _ in range(6)))
    assert sorted(done, key=len) == [[]] * 5 + [lacking]
    assert await database.unapplied(empty) == []
    assert {"ticket", "inbox", "outbox", "event"} <= await tables(empty)


async def test_a_migration_that_fails_leaves_nothing_half_done(empty: str) -> None:
    link = await asyncpg.connect(empty)
    await link.execute("create table outbox (id int)")  # stands in the way of ours
    with pytest.raises(Exception, match="already exists"):
        await database.migrate(empty)
    assert await tables(empty) == {"outbox"}
    await link.execute("drop table outbox")
    await link.close()
    assert await database.migrate(empty)


async def test_a_database_of_a_newer_program_is_left_alone(empty: str) -> None:
    await database.migrate(empty)
    link = await asyncpg.connect(empty)
    await link.execute("insert into tortoise_migrations (app, name, applied_at) values ('tickets', '9_later', now())")
    await link.close()
    for ask in (database.migrate, database.unapplied):
        with pytest.raises(StoresError, match=r"newer version of the program \(it has 9_later\).*start that version"):
            await ask(empty)


async def test_migrating_leaves_the_connections_of_the_caller_usable(empty: str) -> None:
    async with TortoiseContext() as context:
        await context.init(config=database.tortoise_config(empty))
        await database.migrate(empty)
        rows = await context.db().execute_query_dict("select current_setting('timezone') as zone")
        assert [dict(row) for row in rows] == [{"zone": "UTC"}]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        pytest.param(
            "postgresql://to:p%40ss@db.example.vn/tohotro",
            {"host": "db.example.vn", "port": 5432, "user": "to", "password": "p@ss", "database": "tohotro"},
            id="a password with an @",
        ),
        pytest.param(
            "postgres://to%40ward:x@db:6432/tohotro?sslmode=require&maxsize=4&statement_cache_size=0",
            {"user": "to@ward", "port": 6432, "ssl": "require", "maxsize": 4, "statement_cache_size": 0, "minsize": 1},
            id="as providers of PostgreSQL hand it out",
        ),
        pytest.param(
            "postgresql://postgres@/tohotro?host=/run/tohotro",
            {"host": "/run/tohotro", "user": "postgres", "password": None, "database": "tohotro"},
            id="a unix socket",
        ),
    ],
)
def test_a_url_becomes_what_asyncpg_takes(url: str, expected: dict[str, Any]) -> None:
    found = database.tortoise_config(url)["connections"]["default"]["credentials"]
    assert expected.items() <= found.items()


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        pytest.param("mysql://u:hush@h/x", "only PostgreSQL serves", id="another database"),
        pytest.param("postgresql://u:hu[sh@h:abc/x", "bad port, bracket or character", id="a password not encoded"),
        pytest.param("postgresql://u:hush@h/x?sslmod=on", "unknown parameter 'sslmod'", id="a misspelt parameter"),
        pytest.param("postgresql://u:hush@h/x?maxsize=many", "'maxsize' must be a number", id="no number"),
        pytest.param("postgresql://u:hush@h", "host and database must be named", id="no database"),
        pytest.param("/run/postgresql", "only PostgreSQL serves", id="a path"),
    ],
)
async def test_a_url_that_makes_no_sense_is_refused_without_its_password(url: str, sentence: str) -> None:
    with pytest.raises(StoresError, match=sentence) as caught:
        await database.wait_for(url, 5)
    assert "hu" not in str(caught.value).replace("cannot be understood", "")
    assert "Write postgresql://user:password@host:5432/database" in str(caught.value)


def test_an_address_is_shown_without_user_and_password() -> None:
    assert database.shown("postgresql://u:hush@db:5433/x?sslmode=require") == "postgresql://db:5433/x"
    assert database.shown("redis://:hush@cache:6379/0") == "redis://cache:6379/0"


@pytest.mark.parametrize(
    ("wait", "url", "variable"),
    [
        pytest.param(
            database.wait_for, "postgresql://u:hush@127.0.0.1:1/x", "TOHOTRO_DATABASE_URL", id="PostgreSQL away"
        ),
        pytest.param(
            database.wait_for, "postgresql://u@/x?host=/nowhere", "TOHOTRO_DATABASE_URL", id="no PostgreSQL socket"
        ),
        pytest.param(database.wait_for_redis, "redis://:hush@127.0.0.1:1/0", "TOHOTRO_REDIS_URL", id="Redis away"),
        pytest.param(database.wait_for_redis, "unix:///nowhere/s?db=0", "TOHOTRO_REDIS_URL", id="no Redis socket"),
    ],
)
async def test_a_store_that_stays_away_is_awaited_with_one_line_and_then_named(
    wait: Callable[[str, float], Awaitable[None]], url: str, variable: str, caplog: pytest.LogCaptureFixture
) -> None:
    begun = time.monotonic()
    with (
        caplog.at_level(logging.WARNING),
        pytest.raises(StoresError, match=rf"did not answer within 0\.4 s.*{variable}"),
    ):
        await wait(url, 0.4)
    assert 0.4 <= time.monotonic() - begun < 5
    assert [record.getMessage()[:20] for record in caplog.records] == ["waiting up to 0.4 s "]
    assert "hush" not in caplog.text


async def test_a_store_that_comes_while_it_is_awaited_is_taken(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    data = tmp_path / "data"
    postgres, redis = embedded.urls(data)
    waiting = [
        asyncio.create_task(database.wait_for(postgres, 60)),
        asyncio.create_task(database.wait_for_redis(redis, 60)),
    ]
    async with asyncio.timeout(20):
        while len(caplog.records) < len(waiting):  # noqa: ASYNC110  # each says once that it asked in vain; a log has no event
            await asyncio.sleep(0.01)
    with embedded.start(data, fsync=False):
        await asyncio.gather(*waiting)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        pytest.param(
            "/tohotro?", "/nothing?", r'refuses us \(database "nothing" does not exist\)', id="no such database"
        ),
        pytest.param("postgres@", "stranger@", r'refuses us \(role "stranger" does not exist\)', id="no such user"),
    ],
)
async def test_waiting_that_cannot_help_ends_at_once(stores: Stores, old: str, new: str, sentence: str) -> None:
    begun = time.monotonic()
    with pytest.raises(StoresError, match=sentence):
        await database.wait_for(stores.database_url.replace(old, new), 60)
    assert time.monotonic() - begun < 10


async def test_a_redis_url_that_makes_no_sense_is_refused() -> None:
    with pytest.raises(StoresError, match=r"TOHOTRO_REDIS_URL cannot be understood"):
        await database.wait_for_redis("cache:6379", 5)


def test_the_migration_tool_finds_the_private_stores_or_those_of_the_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TOHOTRO_DATABASE_URL", raising=False)
    monkeypatch.setenv("TOHOTRO_DATA_DIR", str(tmp_path / "d"))
    found = database.TORTOISE_ORM["connections"]["default"]["credentials"]
    assert (found["database"], found["host"]) == ("tohotro", embedded.urls(tmp_path / "d")[0].partition("host=")[2])
    monkeypatch.setenv("TOHOTRO_DATABASE_URL", "postgresql://u@db/mine")
    assert database.TORTOISE_ORM["connections"]["default"]["credentials"]["database"] == "mine"
    with pytest.raises(AttributeError):
        _ = database.TORTOISE
    monkeypatch.setenv("TOHOTRO_DATABASE_URL", "mysql://u@db/mine")
    with pytest.raises(ConfigError, match="TOHOTRO_DATABASE_URL: only PostgreSQL serves"):
        _ = database.TORTOISE_ORM
