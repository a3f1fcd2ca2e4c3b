"""What staff taught, read from the database as examples to learn from."""

import asyncio

from tortoise.context import TortoiseContext

from bot import wiring
from bot.learning.examples import Example
from config import database
from tickets import teaching


def read(office: str = "") -> list[Example]:
    """Every example of an office, or of all. Main thread only, where private stores are started. Raises StoresError."""
    with wiring.stores(wiring.settings()) as (url, _):
        return asyncio.run(_read(url, office))


async def _read(url: str, office: str) -> list[Example]:
    await database.wait_for(url, wiring.PATIENCE)
    await wiring.migrated(url)
    async with TortoiseContext() as orm:
        await orm.init(config=database.tortoise_config(url))
        rows = await teaching.examples(office)
    return [Example(one.text, one.area, code=one.code, origin="staff") for one in rows]
