"""A channel that speaks to a scripted Bot API."""

from collections.abc import AsyncIterator

import pytest

from channels.telegram.adapter import Telegram
from tests.channels.telegram.scripted_telegram import Scripted, channel_to, scripted_api


@pytest.fixture
async def api() -> AsyncIterator[Scripted]:
    async with scripted_api() as script:
        yield script


@pytest.fixture
async def channel(api: Scripted) -> AsyncIterator[Telegram]:
    async with channel_to(api.address) as made:
        yield made
