"""An office's own model, learnt from the corrections its staff made, kept in the database for every process."""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime

from tortoise.context import TortoiseContext

from bot import wiring
from bot.learning.command import FEWEST, Maker, from_staff, further
from bot.learning.examples import Example
from bot.understanding import shipped_base
from config import catalogue as catalogues
from config import database
from config.catalogue import Catalogue
from tickets import learnt, teaching


def main(office: str, say: Callable[[str], None]) -> int:
    """Learn for an office, or for all. Main thread only, where private stores are started. Raises StoresError.

    Returns the exit code: 1 when a model was worse and is not kept.
    """
    with wiring.stores(wiring.settings()) as (url, _):
        return asyncio.run(_main(url, office, say))


async def _main(url: str, office: str, say: Callable[[str], None]) -> int:
    await database.wait_for(url, wiring.PATIENCE)
    await wiring.migrated(url)
    async with TortoiseContext() as orm:
        await orm.init(config=database.tortoise_config(url))
        return await learn(office, say)


async def learn(office: str, say: Callable[[str], None], maker: Maker = further) -> int:
    """As `main`, on the database at hand."""
    known = catalogues.load()
    taught = await _by_office(office, known)
    if not taught:
        say("no corrections yet: staff make them with /dung and by transferring tickets")
    refused = False
    for one, examples in sorted(taught.items()):
        lesson = from_staff(examples, known, maker)
        say(f"{one}: {lesson.told}")
        refused = refused or (lesson.model is None and lesson.examples >= FEWEST)
        if lesson.model is not None:
            await teaching.keep_model(
                one,
                learnt.to_bytes(lesson.model),
                datetime.now(UTC),
                base=shipped_base(),
                examples=lesson.examples,
                before=lesson.before,
                after=lesson.after,
            )
    return int(refused)


async def _by_office(office: str, known: Catalogue) -> dict[str, list[Example]]:
    """The corrections that say what a matter is about; a ticket sent to the front desk says only that nobody knew."""
    found: dict[str, list[Example]] = defaultdict(list)
    for one in await teaching.examples(office):
        area = known.areas.get(one.area)
        if area is not None and area.kind != "desk":
            found[one.office].append(Example(one.text, one.area, code=one.code, origin="staff"))
    return found
