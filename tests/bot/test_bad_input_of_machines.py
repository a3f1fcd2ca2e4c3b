"""What a machine does to us: a disk that is full while we spool, a clock that is set. Each has its line in the log."""

import asyncio
import io
import json
import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain, repeat
from pathlib import Path
from typing import Any

import pytest
from tortoise.context import TortoiseContext

from bot import machine_clock
from bot.wiring import App
from config.database import tortoise_config
from tests.bot.test_server import TELEGRAM, proved, spool, update
from tests.bot.web_office import served

__all__ = ["spool"]  # the fixture


def lines(log: io.StringIO, event: str) -> list[dict[str, Any]]:
    return [one for one in map(json.loads, log.getvalue().splitlines()) if one["event"] == event]


@contextmanager
def full_disk(at: int) -> Iterator[None]:
    """No file grows beyond so many bytes: a write behind that fails, as it does on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (at, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, ignored)


async def test_a_disk_full_while_spooling_refuses_what_is_not_kept_and_says_why(
    app: App, spool: Path, log: io.StringIO
) -> None:
    async with TortoiseContext() as elsewhere:
        await elsewhere.init(config=tortoise_config("postgresql://nobody@127.0.0.1:9/nothing"))
        async with served(app) as web:
            assert (await web.post(TELEGRAM, content=update(1), headers=proved())).status_code == 200
            with full_disk(4_000):
                long = update(2, text="lời của dân " * 500)
                refused = await web.post(TELEGRAM, content=long, headers=proved())
            kept = await web.post(TELEGRAM, content=update(3), headers=proved())
        [file] = spool.iterdir()
        stored = [json.loads(line)["event_id"] for line in file.read_text().splitlines()]
    assert (refused.status_code, int(refused.headers["Retry-After"]) > 0, kept.status_code) == (503, True, 200)
    assert stored == ["u1", "u3"], "nothing half, and what came after is behind what came before"
    assert len(lines(log, "the database is away, events go to the spool")) == 1
    [told] = lines(log, "the spool cannot be written")
    assert told["level"] == "error"
    assert "large" in told["reason"]
    assert lines(log, "webhook not taken")[0]["outcome"] == "busy"
    assert "lời của dân" not in log.getvalue()


@pytest.mark.parametrize(
    ("moments", "told"),
    [
        pytest.param([1000.0, 1000.1, 4600.1, 4600.2], [3600.0], id="set on by an hour"),
        pytest.param([1000.0, 1000.1, -2599.9, -2599.8], [-3600.0], id="set back by an hour"),
        pytest.param([1000.0, 1000.4, 1000.9, 1001.3], [], id="kept right a little at a time"),
    ],
)
async def test_a_clock_that_is_set_is_a_line_in_the_log(
    log: io.StringIO, moments: list[float], told: list[float]
) -> None:
    stop = asyncio.Event()
    readings = chain(moments, repeat(moments[-1]))
    looks = 0

    def clock() -> float:
        nonlocal looks
        looks += 1
        if looks > len(moments):
            stop.set()
        return next(readings)

    async with asyncio.timeout(10):
        await machine_clock.watch(stop, clock=clock, steady=lambda: 0.0, look=0.001)
    assert [one["seconds"] for one in lines(log, "the clock of this machine was set")] == [
        pytest.approx(seconds, abs=0.5) for seconds in told
    ]
