"""Tokens that are good for one use: renewed by several processes at once, and by processes that are killed."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from aiohttp import web

from bot.vault import PostgresVault
from channels.errors import Unreachable
from config.database import connection_arguments

REFRESHER = Path(__file__).with_name("refresher.py")
ROOT = Path(__file__).parents[2]


@dataclass
class TokenServer:
    """Gives pairs; a refresh token is good once, whoever brings it, and whether or not the answer arrives."""

    url: str = ""
    good: str = "RT-0"
    rotations: int = 0
    refused: int = 0
    answering: asyncio.Event = field(default_factory=asyncio.Event)

    async def handle(self, request: web.Request) -> web.Response:
        form = await request.post()
        if form["refresh_token"] != self.good:
            self.refused += 1
            return web.json_response({"error": -14020, "error_name": "Refresh token expired or used"})
        self.rotations += 1
        self.good = f"RT-{self.rotations}"
        answer = {"access_token": f"AT-{self.rotations}", "refresh_token": self.good, "expires_in": "90000"}
        self.answering.set()
        return web.json_response(answer)


@pytest.fixture
async def zalo() -> AsyncIterator[TokenServer]:
    server = TokenServer()
    app = web.Application()
    app.router.add_post("/v4/oa/access_token", server.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield server
    await runner.cleanup()


@dataclass
class Refresher:
    """One such process."""

    process: asyncio.subprocess.Process

    async def does(self, command: str) -> dict[str, Any]:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{command}\n".encode())
        return await self.says()

    async def says(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        async with asyncio.timeout(60):
            found: dict[str, Any] = json.loads(await self.process.stdout.readline())
        return found

    def begins(self, command: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{command}\n".encode())

    async def dies(self) -> None:
        """As the power does it: no last word, no clean-up."""
        os.kill(self.process.pid, signal.SIGKILL)
        await self.process.wait()


@dataclass
class Workshop:
    """Makes refreshers that share a database, each with the data folder of its machine."""

    database: str
    zalo: TokenServer
    folder: Path
    made: list[Refresher] = field(default_factory=list)

    async def refresher(self, machine: str = "here") -> Refresher:
        given = {"oauth_url": self.zalo.url, "refresh_token": "RT-0", "database_url": self.database}
        process = await asyncio.create_subprocess_exec(
            sys.executable, str(REFRESHER), json.dumps(given | {"folder": str(self.folder / machine)}),
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, cwd=ROOT,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        made = Refresher(process)
        self.made.append(made)
        assert process.stdout is not None
        async with asyncio.timeout(60):
            assert await process.stdout.readline() == b"ready\n"
        return made

    async def connection(self) -> "asyncpg.Connection[asyncpg.Record]":
        return await asyncpg.connect(**connection_arguments(self.database))

    def journals(self, machine: str = "here") -> list[Path]:
        return list((self.folder / machine).glob("*.json"))


@pytest.fixture
async def workshop(database: str, zalo: TokenServer, tmp_path: Path) -> AsyncIterator[Workshop]:
    made = Workshop(database, zalo, tmp_path)
    yield made
    for one in made.made:
        if one.process.returncode is None:
            await one.dies()


async def test_of_two_processes_one_renews_and_the_other_uses_its_pair(workshop: Workshop) -> None:
    first, second = await asyncio.gather(workshop.refresher(), workshop.refresher("there"))
    found = await asyncio.gather(first.does("none"), second.does("none"))
    assert found == [{"token": "AT-1"}, {"token": "AT-1"}]
    for number in (1, 2, 3):  # both find the token refused at the same moment, again and again
        found = await asyncio.gather(first.does(f"AT-{number}"), second.does(f"AT-{number}"))
        assert found == [{"token": f"AT-{number + 1}"}] * 2
    assert (workshop.zalo.rotations, workshop.zalo.refused) == (4, 0)


async def test_only_ciphertext_is_kept(workshop: Workshop) -> None:
    refresher = await workshop.refresher()
    await refresher.does("none")
    connection = await workshop.connection()
    row = await connection.fetchrow("SELECT * FROM channel_grant")
    await connection.close()
    assert row is not None
    kept = json.dumps(dict(row), default=str)
    assert "AT-1" not in kept
    assert "RT-" not in kept
    assert row["version"] == 1
    assert workshop.journals() == []


async def killed_between_answer_and_commit(workshop: Workshop) -> None:
    """A refresher has Zalo's answer, and dies before the row holds it: the row is locked by somebody else meanwhile."""
    refresher = await workshop.refresher()
    assert await refresher.does("none") == {"token": "AT-1"}
    blocker = await workshop.connection()
    transaction = blocker.transaction()
    await transaction.start()
    await blocker.execute("SELECT * FROM channel_grant FOR UPDATE")
    workshop.zalo.answering.clear()
    refresher.begins("AT-1")
    async with asyncio.timeout(60):
        await workshop.zalo.answering.wait()
        while not workshop.journals():  # noqa: ASYNC110 - the file of another process rings no bell
            await asyncio.sleep(0.01)
        waiting = (
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%channel_grant%'"
        )
        while not await blocker.fetchval(waiting):  # noqa: ASYNC110 - nor does the lock another process waits for
            await asyncio.sleep(0.01)
    await refresher.dies()
    # The server may not notice for a while that nobody is there any more, and would finish the statement: here the
    # machine is gone with everything it had asked for.
    others = "FROM pg_stat_activity WHERE application_name = 'tohotro grant'"
    await blocker.execute(f"SELECT pg_terminate_backend(pid) {others}")
    async with asyncio.timeout(60):
        while await blocker.fetchval(f"SELECT count(*) {others}"):
            await blocker.execute("SELECT pg_stat_clear_snapshot()")
            await asyncio.sleep(0.01)
    await transaction.rollback()
    await blocker.close()
    assert (workshop.zalo.rotations, workshop.zalo.good) == (2, "RT-2")


async def test_a_pair_received_and_not_stored_when_its_process_was_killed_is_not_lost(workshop: Workshop) -> None:
    await killed_between_answer_and_commit(workshop)
    successor = await workshop.refresher()
    assert await successor.does("AT-1") == {"token": "AT-2"}
    assert (workshop.zalo.rotations, workshop.zalo.refused) == (2, 0)
    assert workshop.journals() == []
    assert await successor.does("AT-2") == {"token": "AT-3"}


async def test_what_remains_if_its_machine_does_not_come_back_is_said_and_not_asked_in_a_loop(
    workshop: Workshop,
) -> None:
    await killed_between_answer_and_commit(workshop)
    elsewhere = await workshop.refresher("another machine")
    for _ in range(3):
        assert "zalo-oa connect" in (await elsewhere.does("AT-1"))["error"] or workshop.zalo.refused == 1
    assert workshop.zalo.refused == 1
    connection = await workshop.connection()
    assert "-14020" in await connection.fetchval("SELECT refused FROM channel_grant")
    await connection.close()
    back = await workshop.refresher()  # and when it does come back, its pair takes its place
    assert await back.does("AT-1") == {"token": "AT-2"}
    assert await elsewhere.does("AT-1") == {"token": "AT-2"}


async def test_a_killed_holder_does_not_keep_the_others_out(workshop: Workshop) -> None:
    refresher = await workshop.refresher()
    assert await refresher.does("none") == {"token": "AT-1"}
    vault = PostgresVault(workshop.database, "phuong-thu", "oa", workshop.folder)
    async with vault.held() as held:
        refresher.begins("AT-1")
        await asyncio.sleep(0)
        assert held.kept is not None
        assert workshop.zalo.rotations == 1
        await refresher.dies()
    assert await (await workshop.refresher()).does("AT-1") == {"token": "AT-2"}


async def test_a_pair_survives_a_database_that_goes_away_while_it_is_kept(
    database: str, tmp_path: Path, until: Any
) -> None:
    vault = PostgresVault(database, "phuong-thu", "oa", tmp_path)
    now = datetime.now(UTC)
    async with vault.held() as held:
        other = await asyncpg.connect(**connection_arguments(database))
        await other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'tohotro grant'"
        )
        await other.close()
        await held.keep("1.sealed", now, now + timedelta(hours=25))
    kept = await vault.read()
    assert kept is not None
    assert (kept.sealed, kept.version, kept.refused) == ("1.sealed", 1, "")


async def test_an_older_pair_never_takes_the_place_of_a_newer_one(database: str, tmp_path: Path) -> None:
    one, two = (PostgresVault(database, "phuong-thu", "oa", tmp_path / name) for name in ("a", "b"))
    now = datetime.now(UTC)
    async with one.held() as held:
        await held.keep("1.first", now, now)
        stale = held.kept
    async with two.held() as held:
        await held.keep("1.second", now, now)
    async with one.held() as held:
        held.kept = stale  # as if it had slept
        await held.keep("1.third", now, now)
    kept = await one.read()
    assert kept is not None
    assert kept.sealed == "1.second"


async def test_a_database_that_is_away_is_said_so(tmp_path: Path) -> None:
    vault = PostgresVault("postgresql://x@127.0.0.1:9/x", "phuong-thu", "oa", tmp_path)
    with pytest.raises(Unreachable, match="cannot be read"):
        await vault.read()
    with pytest.raises(Unreachable, match="cannot be held"):
        async with vault.held():
            pass
