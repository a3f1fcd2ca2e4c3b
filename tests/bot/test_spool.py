"""Acknowledged means durable, also while the database is away (P1): spooled, replayed in order, or refused."""

import asyncio
import os
import resource
import signal
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tortoise.context import TortoiseContext

from bot.clock import Clock
from bot.intake import Intake
from bot.jobs import Jobs
from bot.spool import NotKeptError, Spool
from bot.wiring import App
from channels.contract import Inbound, InboundKind
from channels.webhooks import Busy
from config import embedded
from config.database import migrate, tortoise_config
from config.embedded import Stores
from tickets.inbox import NewRow
from tickets.models import InboxRow

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def row(number: int) -> NewRow:
    return NewRow("o", "telegram", f"e{number}", "message", NOW, chat="an", text=f"lời {number}\nđầu", sent_at=NOW)


def said(number: int, chat: str = "an") -> Inbound:
    return Inbound(event_id=f"e{number}", kind=InboundKind.MESSAGE, chat=chat, user=chat, text=f"lời {number}")


def files(folder: Path) -> list[Path]:
    return list(folder.iterdir())


async def replayed(spool: Spool) -> list[NewRow]:
    found: list[NewRow] = []

    async def store(rows: Sequence[NewRow]) -> None:
        found.extend(rows)

    await spool.replay(store)
    return found


# ---------------------------------------------------------------------------------------------------------- the files


async def test_what_is_kept_comes_back_whole_and_in_order_and_once(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool")
    for number in range(5):
        await spool.keep([row(2 * number), row(2 * number + 1)])
    assert spool.pending
    assert await replayed(spool) == [row(number) for number in range(10)]
    assert not spool.pending
    assert await replayed(spool) == []
    await spool.keep([row(10)])
    assert await replayed(spool) == [row(10)]
    spool.close()
    assert files(tmp_path / "spool") == []


async def test_a_store_that_fails_half_way_is_given_the_rest_again(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    await spool.keep([row(number) for number in range(700)])
    seen: list[str] = []

    async def fails(rows: Sequence[NewRow]) -> None:
        if seen:
            raise ConnectionError
        seen.extend(one.event_id for one in rows)

    with pytest.raises(ConnectionError):
        await spool.replay(fails)
    assert spool.pending
    seen += [one.event_id for one in await replayed(spool)]
    assert seen == [f"e{number}" for number in range(700)]
    spool.close()


async def test_the_file_of_a_process_that_died_is_taken_over_once_and_a_torn_line_left_out(tmp_path: Path) -> None:
    child = os.fork()
    if child == 0:  # dies without closing anything, in the middle of a write
        spool = Spool(tmp_path)
        asyncio.new_event_loop().run_until_complete(spool.keep([row(1), row(2)]))
        assert spool._own is not None
        os.write(os.open(spool._own.path, os.O_WRONLY | os.O_APPEND), b'{"office": "o", "chan')
        os.kill(os.getpid(), signal.SIGKILL)
    await asyncio.to_thread(os.waitpid, child, 0)
    first, second = Spool(tmp_path), Spool(tmp_path)
    assert (first.adopt(), second.adopt(), first.adopt()) == (1, 0, 0)
    assert await replayed(first) == [row(1), row(2)]
    assert files(tmp_path) == []
    first.close()
    second.close()


async def test_a_full_disk_refuses_and_keeps_what_was_kept(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    await spool.keep([row(1)])
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # then a write beyond the limit fails as on a full disk
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, hard))
    try:
        with pytest.raises(NotKeptError):
            await spool.keep([row(number) for number in range(2, 200)])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, ignored)
    await spool.keep([row(200)])
    assert await replayed(spool) == [row(1), row(200)]
    spool.close()


async def test_the_limit_refuses(tmp_path: Path) -> None:
    spool = Spool(tmp_path, limit=1000)
    await spool.keep([row(1)])
    with pytest.raises(NotKeptError):
        await spool.keep([row(number) for number in range(2, 10)])
    assert await replayed(spool) == [row(1)]
    spool.close()


# ------------------------------------------------------------------------------------------------- a database that dies


@pytest.fixture
async def mortal(tmp_path: Path) -> AsyncIterator[Stores]:
    """Stores of this test's own, with its tables, and Tortoise connected to them."""
    with embedded.start(tmp_path / "stores") as stores:  # with fsync: what it has committed outlives its death
        await migrate(stores.database_url)
        async with TortoiseContext() as context:
            await context.init(config=tortoise_config(stores.database_url))
            yield stores


@pytest.fixture
async def its_app(app: App, mortal: Stores) -> AsyncIterator[App]:
    jobs = Jobs(mortal.redis_url, Clock())
    jobs.open()
    yield replace(app, jobs=jobs, database_url=mortal.database_url)
    await jobs.close()


async def test_events_acknowledged_while_postgresql_is_dead_are_stored_in_order_when_it_is_back(
    its_app: App, mortal: Stores, tmp_path: Path
) -> None:
    intake = Intake(its_app, spool=Spool(tmp_path / "spool"))
    intake.open()
    await intake.accept("o", "telegram", [said(0)])
    os.kill(mortal.pids["PostgreSQL"], signal.SIGKILL)
    for number in range(1, 30):
        await intake.accept("o", "telegram", [said(number)])
    await intake.accept("o", "telegram", [said(5)])  # brought a second time
    mortal.revive()
    for number in range(30, 40):  # while the spool is being emptied
        await intake.accept("o", "telegram", [said(number)])
    async with asyncio.timeout(20):
        while await InboxRow.all().count() < 40:
            mortal.revive()
            await asyncio.sleep(0.02)
    stored = await InboxRow.all().order_by("id").values_list("event_id", flat=True)
    assert list(stored) == [f"e{number}" for number in range(40)]
    await intake.close()


async def test_the_database_away_and_the_spool_not_writable_is_busy(
    its_app: App, mortal: Stores, tmp_path: Path
) -> None:
    (tmp_path / "spool").write_text("a file where the folder should be")
    intake = Intake(its_app, spool=Spool(tmp_path / "spool"))
    intake.open()
    os.kill(mortal.pids["PostgreSQL"], signal.SIGKILL)
    with pytest.raises(Busy):
        await intake.accept("o", "telegram", [said(1)])
    async with asyncio.timeout(20):
        while True:
            mortal.revive()  # as often as it is looked after: a process that was killed is not gone at once
            try:
                await intake.accept("o", "telegram", [said(1)])
            except Busy:
                await asyncio.sleep(0.05)
            else:
                break
    assert await InboxRow.all().count() == 1
    await intake.close()


async def test_a_spool_left_by_a_process_that_died_is_stored_at_the_next_start(
    its_app: App, mortal: Stores, tmp_path: Path
) -> None:
    left = Spool(tmp_path / "spool")
    await left.keep([row(number) for number in range(3)])
    left.close()
    intake = Intake(its_app, spool=Spool(tmp_path / "spool"))
    intake.open()
    await intake.accept("o", "telegram", [said(3)])  # goes behind what waits
    async with asyncio.timeout(20):
        while await InboxRow.all().count() < 4:  # noqa: ASYNC110 - rows ring no bell
            await asyncio.sleep(0.02)
    assert await InboxRow.all().order_by("id").values_list("event_id", flat=True) == ["e0", "e1", "e2", "e3"]
    await intake.close()
