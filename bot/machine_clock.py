"""Notices when somebody or something sets the clock of the machine, or the machine slept, and says so in the log.

Nothing waits for it: what is due follows the clock as it is, leases and limits go by times that are never set. But who
wonders at a deadline told late, or at lines of a log out of order, finds the reason.
"""

import asyncio
import time
from collections.abc import Callable

import structlog

log = structlog.get_logger(__name__)

_LOOK = 5.0  # seconds between looks
_MOVED = 2.0  # seconds of a jump worth a line; what keeps clocks right moves them by far less at a time


async def watch(
    stop: asyncio.Event,
    *,
    clock: Callable[[], float] = time.time,
    steady: Callable[[], float] = time.monotonic,
    look: float = _LOOK,
) -> None:
    """Look until `stop`. `clock` can be set, `steady` only goes on; both in seconds."""
    apart = clock() - steady()
    while not stop.is_set():
        try:
            await asyncio.wait_for(stop.wait(), look)
        except TimeoutError:
            now = clock() - steady()
            if abs(now - apart) >= _MOVED:
                log.warning("the clock of this machine was set", seconds=round(now - apart, 1))
            apart = now
