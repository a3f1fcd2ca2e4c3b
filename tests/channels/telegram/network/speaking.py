"""How tests speak with the emulated Telegram by the adapter, and who is there."""

import asyncio
from contextlib import aclosing
from typing import Any

from aiogram.methods import GetUpdates

from channels.contract import (
    Event,
    Inbound,
    Outbound,
)
from channels.telegram.adapter import Telegram
from sandbox.server import Sandbox
from tests.channels.telegram.scripted_telegram import channel_to

RESIDENT, STAFF = 700001, 700002
GROUP, SUPERGROUP = -9000001, -1009000000001
NETWORK = "telegram"


def to(network: Sandbox, **settings: Any) -> Any:
    credentials = network.networks_line()[NETWORK]
    return channel_to(credentials["api_url"], token=credentials["token"], **settings)


async def hear(channel: Telegram, count: int = 1) -> list[Inbound]:
    """The next `count` events, taken as a poller takes them."""
    heard: list[Event] = []
    async with asyncio.timeout(10), aclosing(channel.poll()) as batches:
        async for batch in batches:
            heard += batch
            if len(heard) >= count:
                break
    # Coming back for more is what confirms a batch; a test that listens again does not want the old ones.
    last = max(int(event.event_id.removeprefix("u")) for event in heard)
    await channel._ask(GetUpdates(offset=last + 1, timeout=0))
    return [event for event in heard if isinstance(event, Inbound)]


def message(text: str = "", chat: int = RESIDENT, **more: Any) -> Outbound:
    return Outbound(ref="r1", chat=str(chat), text=text, **more)
