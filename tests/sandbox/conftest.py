"""What do the tests of the emulated networks share: running networks, and clients by others?"""

from collections.abc import AsyncIterator

import httpx
import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiohttp import web

import sandbox
from sandbox import Sandbox
from tests.sandbox.sandbox_doors import WAIT, Door, Hook


@pytest.fixture
async def networks() -> AsyncIterator[Sandbox]:
    running = await sandbox.start()
    yield running
    await running.stop()


# verify=False everywhere: nothing on loopback speaks TLS, and loading certificates costs every client 40 ms.
@pytest.fixture
async def http(networks: Sandbox) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=networks.url, timeout=WAIT, verify=False) as client:
        yield client


@pytest.fixture
def door(http: httpx.AsyncClient) -> Door:
    return Door(http)


@pytest.fixture(scope="session")
async def telegram_session() -> AsyncIterator[AiohttpSession]:
    """One for all tests: closing one takes a quarter of a second."""
    session = AiohttpSession()
    yield session
    await session.close()


@pytest.fixture
def bot(networks: Sandbox, telegram_session: AiohttpSession) -> Bot:
    line = networks.networks_line()["telegram"]
    telegram_session.api = TelegramAPIServer.from_base(line["api_url"])
    return Bot(line["token"], session=telegram_session)


@pytest.fixture
async def hook() -> AsyncIterator[Hook]:
    receiver = Hook()
    app = web.Application()
    app.router.add_post("/hook", receiver.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield receiver
    await runner.cleanup()


@pytest.fixture
def zalo(networks: Sandbox) -> str:
    """The base of Zalo Bot calls, token included."""
    line = networks.networks_line()["zalo_bot"]
    return f"{line['api_url']}/bot{line['token']}"


@pytest.fixture
async def phone(networks: Sandbox) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the emulated phone."""
    line = networks.networks_line()["smsgate"]
    async with httpx.AsyncClient(
        base_url=line["api_url"], auth=(line["username"], line["password"]), timeout=WAIT, verify=False
    ) as client:
        yield client
