"""Are updates taken by webhook from the emulated Telegram, and its secret and its end understood?"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import ClientSession, web

from channels.contract import (
    Event,
    Inbound,
)
from channels.telegram.adapter import Telegram
from channels.webhooks import receive
from sandbox.server import Sandbox
from tests.channels.telegram.network.speaking import NETWORK, RESIDENT, hear, to


@dataclass
class Office:
    """A web server that gives what it gets to its channel."""

    url: str = ""
    events: asyncio.Queue[Event] = field(default_factory=asyncio.Queue)
    turned_away: asyncio.Event = field(default_factory=asyncio.Event)


@asynccontextmanager
async def office(channel: Telegram) -> AsyncIterator[Office]:
    made = Office()

    async def accept(batch: list[Event]) -> None:
        for event in batch:
            made.events.put_nowait(event)

    async def hook(request: web.Request) -> web.Response:
        answer = await receive(channel, request.headers, await request.read(), request.query, False, accept)
        if answer.outcome == "unverified":
            made.turned_away.set()
        return web.Response(status=answer.status)

    app = web.Application()
    app.router.add_post("/webhooks/o/telegram", hook)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        made.url = f"http://127.0.0.1:{runner.addresses[0][1]}/webhooks/o/telegram"
        yield made
    finally:
        await runner.cleanup()


async def test_a_webhook_with_its_secret(network: Sandbox) -> None:
    async with to(network, mode="webhook") as channel, office(channel) as desk, asyncio.timeout(10):
        await channel.prepare(desk.url)
        await network.say(NETWORK, sender=RESIDENT, text="Xin chào")
        event = await desk.events.get()
        assert isinstance(event, Inbound)
        assert event.text == "Xin chào"
        forged = {"update_id": 1, "message": event.raw["message"]}
        async with ClientSession() as stranger:
            for headers in ({}, {"X-Telegram-Bot-Api-Secret-Token": "wrong-ờ"}):
                async with stranger.post(desk.url, json=forged, headers=headers) as answer:
                    assert answer.status == 401
        assert desk.events.empty()
        before = len(network.calls(NETWORK))
        await channel.prepare(desk.url)
        assert [call["method"] for call in network.calls(NETWORK)][before:] == ["getMe", "getWebhookInfo"]


async def test_a_changed_secret_is_told_to_telegram_and_nothing_is_lost(network: Sandbox) -> None:
    async with to(network, mode="webhook", secret="new_one") as channel, office(channel) as desk, asyncio.timeout(10):
        async with to(network, mode="webhook", secret="old_one") as before:
            await before.prepare(desk.url)
        await network.say(NETWORK, sender=RESIDENT, text="Xin chào")
        # The second refusal tells that Telegram has taken note of the first.
        for _ in range(2):
            await desk.turned_away.wait()
            desk.turned_away.clear()
        await channel.prepare(desk.url)
        event = await desk.events.get()
    assert isinstance(event, Inbound)
    assert event.text == "Xin chào"


async def test_back_from_webhook_to_polling(network: Sandbox) -> None:
    async with to(network, mode="webhook") as hooked:
        await hooked.prepare("http://127.0.0.1:1/webhooks/o/telegram")
        await network.say(NETWORK, sender=RESIDENT, text="Có ai không?")
    async with to(network) as polling:
        await polling.prepare("")
        assert [event.text for event in await hear(polling)] == ["Có ai không?"]
