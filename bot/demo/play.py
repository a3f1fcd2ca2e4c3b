"""Setting the stage for the day, playing its scenes in order, and asking what came of them."""

from pathlib import Path

from bot import emulated
from bot.clock import Clock
from bot.demo.cast import cast
from bot.demo.checks import Counts, counted
from bot.demo.day import MORNING, SCENES, Day
from bot.stage import staged
from sandbox import server
from sandbox.person import NeverHeard


async def played(office: Path) -> tuple[Day, Counts]:
    """The whole day of `office` on stores of its own, which are gone afterwards. A scene that fails ends the day."""
    clock = Clock()
    clock.set(MORNING)
    networks = await server.start(page=False)
    try:
        async with (
            emulated.helpdesk(networks, offices=office, clock=clock, log_level="WARNING") as app,
            staged(app, networks) as stage,
        ):
            day = Day(stage, cast(stage))
            await _scenes(day)
            await stage.settled()
            return day, await counted(day)
    finally:
        await networks.stop()


async def _scenes(day: Day) -> None:
    for scene in SCENES:
        try:
            await scene(day)
            await day.stage.settled()
        except (NeverHeard, AssertionError, TimeoutError) as failure:
            day.failed.append(f"{scene.__name__}: {failure}")
            return
