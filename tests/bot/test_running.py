"""The parts at work: one listener per channel among many, nothing lost when stopped, what fails is started again."""

import asyncio
import dataclasses
import io
import json
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import asyncpg
import httpx

from bot import running, wiring
from bot.listening import lock_of
from bot.wiring import App
from channels import registry
from channels.contract import Capabilities, Event, Inbound, InboundKind
from config.settings import Settings
from sandbox import server
from tests.bot.web_office import OFFICE, served
from tickets.models import InboxRow

Until = Callable[[Callable[[], Awaitable[object]]], Awaitable[None]]


def with_channel(app: App, channel: Any) -> App:
    """The same office with this channel alone."""
    desk = dataclasses.replace(app.desks[OFFICE], channels={channel.name: channel})
    return dataclasses.replace(app, desks={OFFICE: desk})


class Scripted:
    """A network that hands out what it is given, once, and then has nothing to say."""

    name, kind, polls = "scripted", "scripted", True
    capabilities = Capabilities(max_text=1000)

    def __init__(self, *batches: list[Event] | Exception) -> None:
        self._batches = batches
        self.handed = asyncio.Event()
        self.asked = 0

    async def poll(self) -> AsyncIterator[list[Event]]:
        self.asked += 1
        for batch in self._batches:
            if isinstance(batch, Exception):
                raise batch
            self.handed.set()
            yield batch
        await asyncio.Event().wait()

    async def prepare(self, _address: str) -> None:
        return

    async def announce(self, _menus: object) -> None:
        return


def said(number: int) -> Inbound:
    return Inbound(event_id=str(number), kind=InboundKind.MESSAGE, chat="an", user="an", text="Xin chào")


async def holder(app: App) -> int | None:
    """Which database connection listens to the scripted or Zalo channel."""
    connection = await asyncpg.connect(app.database_url)
    pid = await connection.fetchval(
        "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted"
        " AND ((classid::bigint << 32) | objid::bigint) = ANY($1)",
        [lock_of(OFFICE, "scripted"), lock_of(OFFICE, "zalo")],
    )
    await connection.close()
    return int(pid) if pid else None


async def test_of_two_processes_one_listens_and_the_other_takes_over_when_it_goes(app: App, until: Until) -> None:
    networks = await server.start(page=False)
    line = networks.networks_line()["zalo_bot"]
    settings = registry.schemas()["zalo_bot"].model_validate({"name": "zalo", "kind": "zalo_bot"} | line)
    first, second = (with_channel(app, registry.build(settings)) for _ in range(2))
    stops = (asyncio.Event(), asyncio.Event())

    def process(app: App, stop: asyncio.Event) -> asyncio.Task[None]:
        return asyncio.create_task(running.run(app, web=False, worker=False, stop=stop))

    programs = [process(first, stops[0])]
    await until(lambda: holder(app))
    listener = await holder(app)
    programs.append(process(second, stops[1]))
    await networks.say("zalo_bot", sender="a1", text="tin thứ nhất")
    await until(lambda: InboxRow.filter(text="tin thứ nhất").exists())
    assert await holder(app) == listener
    stops[0].set()
    await programs[0]
    await networks.say("zalo_bot", sender="a1", text="tin thứ hai")
    await until(lambda: InboxRow.filter(text="tin thứ hai").exists())
    assert await holder(app) not in {None, listener}
    stops[1].set()
    await programs[1]
    for one in (first, second):
        await one.desks[OFFICE].channels["zalo"].close()
    await networks.stop()
    assert await InboxRow.all().count() == 2


async def test_losing_the_database_connection_loses_the_lock_and_it_is_taken_again(
    app: App, until: Until, log: io.StringIO
) -> None:
    async with running.started(with_channel(app, Scripted()), web=False, worker=False):
        lost = await holder(app)
        killer = await asyncpg.connect(app.database_url)
        await killer.execute("SELECT pg_terminate_backend($1)", lost)
        await killer.close()

        async def taken_again() -> bool:
            return await holder(app) not in {None, lost}

        await until(taken_again)
    assert "no channel is listened to while the database is away" in log.getvalue()
    assert await holder(app) is None


async def test_what_a_network_has_handed_out_is_stored_even_when_the_program_is_stopped_meanwhile(app: App) -> None:
    network = Scripted([said(1)])
    blocker = await asyncpg.connect(app.database_url)
    await blocker.execute("BEGIN; LOCK TABLE inbox IN EXCLUSIVE MODE")
    stop = asyncio.Event()
    program = asyncio.create_task(running.run(with_channel(app, network), web=False, worker=False, stop=stop))
    async with asyncio.timeout(10):
        await network.handed.wait()
        stop.set()
        done, _ = await asyncio.wait({program}, timeout=0.2)
        assert not done, "the program left an event behind"
        await blocker.execute("ROLLBACK")
        await program
    await blocker.close()
    assert await InboxRow.all().count() == 1


async def test_a_channel_that_fails_is_asked_again_and_its_failure_has_a_reference(
    app: App, until: Until, log: io.StringIO
) -> None:
    network = Scripted([said(1)], ZeroDivisionError("a mistake in an adapter"))
    async with running.started(with_channel(app, network), web=False, worker=False):

        async def asked_again() -> bool:
            return network.asked > 1

        await until(asked_again)
    logged = [json.loads(line) for line in log.getvalue().splitlines()]
    failure = next(line for line in logged if line["event"] == "listening failed")
    assert len(failure["reference"]) == 8
    assert "ZeroDivisionError" in failure["exception"]
    assert b'tohotro_failures_total{part="listening"} ' in await app.metrics.page()
    assert await InboxRow.all().count() == 1


async def test_a_worker_and_the_web_leave_no_task_behind(app: App) -> None:
    before = asyncio.all_tasks()
    async with running.started(app, pollers=False) as up, httpx.AsyncClient(trust_env=False) as client:
        assert (await client.get(f"{up.address}/health/live")).status_code == 200
    left = {task for task in asyncio.all_tasks() - before if not task.done()}
    assert not left


async def test_a_private_store_that_dies_is_started_again_and_work_goes_on(
    tmp_path: Path, office_file: Callable[..., Path]
) -> None:
    settings = Settings(
        _env_file=None,
        database_url="",
        redis_url="",
        data_dir=tmp_path / "data",
        offices=office_file(channels=[]),
        http_port=0,
        log_level="ERROR",
    )
    app = await wiring.open_app(settings, environ={}, migrate=True)
    assert app.stores is not None
    async with served(app) as web:

        async def ready() -> bool:
            return (await web.get("/health/ready")).status_code == 200

        assert await ready()
        for pid in app.stores.pids.values():
            os.kill(pid, signal.SIGKILL)
        assert not await ready()
        async with asyncio.timeout(30):
            while not await ready():  # noqa: ASYNC110  # what is waited for happens in other processes
                await asyncio.sleep(0.05)
    await wiring.close_app(app)
