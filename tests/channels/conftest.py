"""What every row of a channel's table is put through: the door for webhooks, and a look at the log."""

import asyncio
import json
import logging
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from aiohttp import web

from channels.contract import Channel, Event
from channels.webhooks import Answer, Busy, receive
from sandbox.server import Sandbox, start


@dataclass
class Delivery:
    """One request as the provider makes it."""

    headers: Mapping[str, str]
    body: bytes
    query: Mapping[str, str] = field(default_factory=dict)
    status: bool = False


@dataclass
class Result:
    """What came of it."""

    answer: Answer
    events: list[Event]
    kept_unread: list[bytes]

    def without_raw(self) -> list[Event]:
        return [replace(event, raw={}) for event in self.events]


Deliver = Callable[[Channel, Delivery], Awaitable[Result]]


@pytest.fixture
def deliver() -> Deliver:
    """Hands a delivery to a channel through the same door as the server does."""

    async def run(channel: Channel, delivery: Delivery) -> Result:
        events: list[Event] = []
        unread: list[bytes] = []

        async def accept(batch: list[Event]) -> None:
            events.extend(batch)

        async def unknown(body: bytes) -> None:
            unread.append(body)

        answer = await receive(
            channel, delivery.headers, delivery.body, delivery.query, delivery.status, accept, unknown
        )
        return Result(answer, events, unread)

    return run


@pytest.fixture
def delivery() -> type[Delivery]:
    """The class itself, as test folders are no packages to import it from."""
    return Delivery


@pytest.fixture
def nothing_secret_logged(caplog: pytest.LogCaptureFixture) -> Callable[..., None]:
    """Call with secrets at the end of a test: none of them may stand in anything logged at any level."""
    caplog.set_level(logging.DEBUG)

    def check(*secrets: str) -> None:
        logged = [record.getMessage() + str(record.exc_info or "") for record in caplog.records]
        for secret in secrets:
            assert not [line for line in logged if secret in line]

    return check


@dataclass
class Request:
    """What a stand-in provider was asked."""

    method: str
    path: str  # as it stood on the wire, with the query
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Reply:
    """What it answers. `cut`: the connection breaks after the request was read; `held`: no answer comes at all."""

    status: int = 200
    body: bytes | str | dict[str, Any] | list[Any] | None = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: bool = False
    held: bool = False


class StandIn:
    """A provider on loopback that answers by the book it was given and writes down what it was asked."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.requests: list[Request] = []
        self.replies: list[Reply] = []
        self.release = asyncio.Event()
        self._bell = asyncio.Event()

    async def asked(self, count: int) -> None:
        """Returns once so many requests have come."""
        while len(self.requests) < count:
            self._bell.clear()
            await self._bell.wait()

    def will(self, *replies: Reply) -> None:
        self.replies += replies

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        body = await request.read()
        self.requests.append(Request(request.method, request.raw_path, dict(request.headers), body))
        self._bell.set()
        reply = self.replies.pop(0) if self.replies else Reply(501, "nothing prepared")
        if reply.held:
            await self.release.wait()
        if reply.cut or reply.held:
            if request.transport is not None:  # else the caller has gone
                request.transport.abort()
            return web.Response()
        content = reply.body
        if not isinstance(content, bytes):
            content = (content if isinstance(content, str) else json.dumps(content)).encode()
        return web.Response(status=reply.status, body=content, headers=reply.headers)


@pytest.fixture
async def stand_in() -> AsyncIterator[StandIn]:
    """A fresh provider; at the end every prepared answer must have been used."""
    provider = StandIn("")
    server = web.Server(provider.handle, access_log=None)
    runner = web.ServerRunner(server, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    provider.url = f"http://{host}:{port}"
    yield provider
    provider.release.set()
    await runner.cleanup()
    assert provider.replies == []


@pytest.fixture
def reply() -> type[Reply]:
    """The class itself, as test folders are no packages to import it from."""
    return Reply


@pytest.fixture
def nobody() -> str:
    """An address where nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{taken.getsockname()[1]}"


@dataclass
class Door:
    """A webhook on loopback in front of one channel, which keeps what is accepted."""

    url: str = ""
    arrived: asyncio.Queue[Event] = field(default_factory=asyncio.Queue)
    outcomes: list[str] = field(default_factory=list)
    busy: int = 0  # so many times it says that nothing can be kept

    async def next(self) -> Event:
        return await asyncio.wait_for(self.arrived.get(), 10)


@pytest.fixture
async def door() -> AsyncIterator[Callable[[Channel], Awaitable[Door]]]:
    """Opens a webhook for a channel."""
    runners: list[web.AppRunner] = []

    async def open_for(channel: Channel) -> Door:
        opened = Door()

        async def accept(events: list[Event]) -> None:
            if opened.busy:
                opened.busy -= 1
                raise Busy
            for event in events:
                opened.arrived.put_nowait(event)

        async def handle(request: web.Request) -> web.Response:
            status = request.path.endswith("/status")
            query = {**request.query, **{key: value for key, value in request.match_info.items() if key == "token"}}
            answer = await receive(channel, request.headers, await request.read(), query, status, accept)
            opened.outcomes.append(answer.outcome)
            headers = {"Content-Type": answer.content_type, **answer.headers}
            return web.Response(status=answer.status, body=answer.body, headers=headers)

        app = web.Application()
        app.router.add_route("*", "/webhooks/bnt/here", handle)
        app.router.add_route("*", "/webhooks/bnt/here/status", handle)
        app.router.add_route("*", "/webhooks/bnt/here/{token}", handle)
        app.router.add_route("*", "/webhooks/bnt/here/{token}/status", handle)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        runners.append(runner)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        opened.url = f"http://127.0.0.1:{runner.addresses[0][1]}/webhooks/bnt/here"
        return opened

    yield open_for
    for runner in runners:
        await runner.cleanup()


@pytest.fixture
async def networks() -> AsyncIterator[Sandbox]:
    """The emulated networks, fresh."""
    running = await start(page=False)
    yield running
    await running.stop()
