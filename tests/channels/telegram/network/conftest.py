"""The emulated Telegram, and a channel to it."""

from collections.abc import AsyncIterator

import pytest

from channels.telegram.adapter import Telegram
from sandbox.server import Sandbox, start
from tests.channels.telegram.network.speaking import GROUP, NETWORK, RESIDENT, STAFF, hear, to


@pytest.fixture
async def network() -> AsyncIterator[Sandbox]:
    sandbox = await start(page=False)
    try:
        yield sandbox
    finally:
        await sandbox.stop()


@pytest.fixture
async def channel(network: Sandbox) -> AsyncIterator[Telegram]:
    async with to(network) as made:
        await made.prepare("")
        yield made


@pytest.fixture
async def known(network: Sandbox, channel: Telegram) -> Telegram:
    """A channel to which the resident, the member of staff and the group have spoken."""
    await network.say(NETWORK, sender=RESIDENT, text="Xin chào")
    await network.say(NETWORK, sender=STAFF, chat=GROUP, text="Xin chào")
    await hear(channel, 3)
    return channel
