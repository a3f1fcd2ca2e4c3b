"""How the parts are started, kept alive and stopped: in one process or each in its own, the same way."""

import asyncio
import contextlib
import gc
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

import structlog
import uvloop

from bot import logs, machine_clock, short_way, wiring
from bot.intake import Intake
from bot.listening import listen
from bot.server import Service
from bot.spool import Spool
from bot.understanding import shipped
from config import database
from config.errors import ConfigError

if TYPE_CHECKING:
    from bot.wiring import App

log = structlog.get_logger(__name__)

STOP_LIMIT = 10.0  # seconds from the wish to stop until the process is gone
_FINISH = 6.0  # seconds of those for requests and jobs that have begun
_SETTLE = 5.0  # seconds to wait for the networks at start
_LONGEST_PAUSE = 30.0  # seconds between restarts of a part that keeps failing
_COLLECT = (10_000, 20, 50)  # how seldom memory is searched for rings of garbage; Python's own figures are for scripts
_NURSE = 3.0  # seconds between looks at the private stores


class Worker(Protocol):
    """What is used here of the queue's worker."""

    allow_pick_jobs: bool
    tasks: dict[str, asyncio.Task[Any]]

    async def async_run(self) -> None: ...
    async def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Running:
    """What is up: `address` of the HTTP server, empty without one."""

    app: "App"
    address: str = ""


def build_worker(app: "App") -> Worker:
    """The worker is fetched by name, since the arrow points from workers to bot, and only `tohotro run`, the
    demonstration and tests want both in one process.
    """
    made: Worker = import_module("workers.settings").build_worker(app)
    return made


@contextlib.asynccontextmanager
async def started(app: "App", *, web: bool = True, worker: bool = True, pollers: bool = True) -> AsyncIterator[Running]:
    """The chosen parts at work until the block is left; then each finishes what it has begun, within seconds."""
    stop = asyncio.Event()
    intake = Intake(app, spool=Spool(app.settings.data_dir / "spool"))
    address = ""
    parts: list[asyncio.Task[None]] = []
    async with contextlib.AsyncExitStack() as stack:
        stack.push_async_callback(intake.close)
        if web or pollers:
            intake.open()
        if web:
            address = await stack.enter_async_context(_listening(app, Service(app, intake)))
        if app.stores is not None and app.stores.owned:
            parts.append(asyncio.create_task(_lasting("stores", app, lambda: _nurse(app, stop), stop)))
        parts.append(asyncio.create_task(_lasting("clock", app, lambda: machine_clock.watch(stop), stop)))
        if worker:
            shipped()  # not while somebody waits for an answer
            parts.append(asyncio.create_task(_lasting("worker", app, lambda: _work(app, stop), stop)))
        if pollers:
            settled = asyncio.Event()
            listening = _lasting("listening", app, lambda: listen(app, intake, stop, settled), stop)
            parts.append(asyncio.create_task(listening))
            with contextlib.suppress(TimeoutError):  # a network that is slow to answer keeps nobody waiting
                await asyncio.wait_for(settled.wait(), _SETTLE)
        try:
            yield Running(app, address)
        finally:
            stop.set()
            if parts:
                _, late = await asyncio.wait(parts, timeout=_FINISH + 1)
                for part in late:
                    part.cancel()
                await asyncio.gather(*parts, return_exceptions=True)


async def run(app: "App", *, web: bool = True, worker: bool = True, pollers: bool = True, stop: asyncio.Event) -> None:
    """The chosen parts until `stop` is set."""
    async with started(app, web=web, worker=worker, pollers=pollers) as running:
        log.info("ready", address=running.address or None, offices=list(app.desks))
        await stop.wait()
        log.info("stopping")


def start(*, migrate: bool = False, web: bool = False, worker: bool = False, pollers: bool = False) -> None:
    """The chosen parts as a program of their own, until SIGTERM or SIGINT; a second one ends it at once.

    Raises ConfigError and StoresError for what keeps it from starting.
    """

    async def serve() -> None:
        stop = ending_by_signal()
        app = await wiring.open_app(wiring.settings(), migrate=migrate)
        try:
            _settle_memory()
            await run(app, web=web, worker=worker, pollers=pollers, stop=stop)
        finally:
            await wiring.close_app(app)

    uvloop.run(serve())


def _settle_memory() -> None:
    """What has been loaded stays for good: keep the collector from going through it again and again, which would hold
    everything up for a tenth of a second each time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_COLLECT)


def ending_by_signal() -> asyncio.Event:
    """An event that SIGTERM and SIGINT set. If the program still lives some seconds later, it is ended by force:
    whatever it held is in the database, and a supervisor that must kill it would wait longer.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def end() -> None:
        if stop.is_set():
            os._exit(1)
        stop.set()
        loop.call_later(STOP_LIMIT, os._exit, 1)

    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, end)
    return stop


def migrate_now() -> list[str]:
    """Bring the database of the settings up to this version; returns what was done, a line each."""
    return uvloop.run(_migrate())


async def _migrate() -> list[str]:
    chosen = wiring.settings()
    logs.configure(chosen.log_level, chosen.log_format)
    with wiring.stores(chosen) as (url, _):
        await database.wait_for(url, wiring.PATIENCE)
        done = await database.migrate(url)
    return [f"applied {name}" for name in done] or ["the database is up to date"]


@contextlib.asynccontextmanager
async def _listening(app: "App", service: Service) -> AsyncIterator[str]:
    host, port = app.settings.http_host, app.settings.http_port
    async with contextlib.AsyncExitStack() as stack:
        way = short_way.listening(service.application(), service.doors(), host, port, finish=_FINISH)
        try:
            address = await stack.enter_async_context(way)
        except OSError as error:
            raise ConfigError(
                f"Nothing can listen on {host}:{port} ({error.strerror}): "
                "end the program that does, or set TOHOTRO_HTTP_HOST and TOHOTRO_HTTP_PORT."
            ) from error
        yield address


async def _work(app: "App", stop: asyncio.Event) -> None:
    worker = build_worker(app)
    running = asyncio.create_task(worker.async_run())
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
        worker.allow_pick_jobs = False
        begun = [task for task in worker.tasks.values() if not task.done()]
        leaving = asyncio.create_task(app.jobs.leave(_FINISH))
        await asyncio.wait([leaving, *begun] if stop.is_set() else [leaving], timeout=_FINISH)
        if running.done():
            running.result()  # whatever ended it before its time
    finally:
        stopping.cancel()
        # the queue may be gone already, and jobs that outlast the drain end it cancelled: neither loses anything
        with contextlib.suppress(Exception, asyncio.CancelledError):
            await worker.close()
        with contextlib.suppress(asyncio.CancelledError):
            await running


async def _nurse(app: "App", stop: asyncio.Event) -> None:
    """Start a private store again when it has died."""
    while not await _stopped(stop, _NURSE):
        if app.stores is not None:
            app.stores.revive()


async def _lasting(part: str, app: "App", once: Callable[[], Awaitable[None]], stop: asyncio.Event) -> None:
    """Run `once` again and again until `stop`, ever more slowly while it keeps failing."""
    pause = 0.5
    while not stop.is_set():
        begun = asyncio.get_running_loop().time()
        try:
            await once()
        except Exception:
            app.metrics.failures.labels(part).inc()
            log.exception("a part failed and is started again", part=part, again_in=pause, reference=logs.reference())
        if asyncio.get_running_loop().time() - begun > 10 * _LONGEST_PAUSE:
            pause = 0.5
        await _stopped(stop, pause)
        pause = min(pause * 2, _LONGEST_PAUSE)


async def _stopped(stop: asyncio.Event, seconds: float) -> bool:
    """Wait so long, or until `stop` is set."""
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)
    return stop.is_set()
