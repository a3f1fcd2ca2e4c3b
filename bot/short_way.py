"""The short way of a webhook through HTTP: a request that is whole and ordinary is answered here, any other by aiohttp.

Nearly every webhook is the same few lines and a small body, on a connection that stays open. Reading just that takes a
tenth of what a server does that is ready for everything. Whatever is not exactly so (another method or address, a
query, a body in chunks or packed, a header twice, HTTP/1.0, a wish to close) goes to aiohttp unread, and its connection
with it: nothing is guessed, and nothing is read twice.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from email.utils import formatdate
from functools import lru_cache
from http import HTTPStatus
from typing import NamedTuple, cast

from aiohttp import web

from channels.webhooks import Answer

Take = Callable[[Mapping[str, str], bytes], Awaitable[Answer]]  # headers, their names in lower case, and body

KEPT = 75.0  # seconds an idle connection stays open
_LOOK = 15.0  # seconds between looks for such connections
_LARGEST = 64 * 1024  # bytes of a body; hardly any is larger than two
_END = b"\r\n\r\n"
# What would have to be understood to know where the body ends, or what to do with it.
_FOREIGN = frozenset({"transfer-encoding", "content-encoding", "expect", "upgrade", "trailer", "te"})


@asynccontextmanager
async def listening(
    application: web.Application, doors: Mapping[str, Take], host: str, port: int, *, finish: float
) -> AsyncIterator[str]:
    """Serve until the block is left, then answer what has begun within `finish` seconds. Gives the address.

    `doors`: what takes the webhooks of an address, written as it comes. Raises OSError when nothing can listen there.
    """
    runner = web.AppRunner(
        application, access_log=None, handle_signals=False, shutdown_timeout=finish, keepalive_timeout=KEPT
    )
    await runner.setup()
    assert runner.server is not None
    way = _Way(doors, cast("Callable[[], asyncio.Protocol]", runner.server))
    try:
        server = await asyncio.get_running_loop().create_server(way.connection, host, port, reuse_address=True)
        way.watch()
        host, port = server.sockets[0].getsockname()[:2]
        yield f"http://{f'[{host}]' if ':' in host else host}:{port}"
        server.close()
    finally:
        await asyncio.gather(way.close(finish), runner.cleanup())


class _Seen(NamedTuple):
    """A request: who takes it, its headers, and where its body begins and ends."""

    take: Take
    headers: dict[str, str]
    body: int
    end: int


class _Way:
    """The connections of one server that nobody else minds."""

    def __init__(self, doors: Mapping[str, Take], behind: Callable[[], asyncio.Protocol]) -> None:
        self.doors = doors
        self.behind = behind
        self.open: set[_Connection] = set()
        self._look: asyncio.TimerHandle | None = None

    def connection(self) -> "_Connection":
        return _Connection(self)

    def watch(self) -> None:
        """Hang up now and then where nothing came for long."""
        loop = asyncio.get_running_loop()
        for one in [one for one in self.open if one.idle_since(loop.time() - KEPT)]:
            one.end()
        self._look = loop.call_later(_LOOK, self.watch)

    async def close(self, seconds: float) -> None:
        """Answer what has begun, within so many seconds, and hang up everywhere."""
        if self._look is not None:
            self._look.cancel()
        tasks = [task for one in list(self.open) if (task := one.leave()) is not None]
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=seconds)
            for task in late:
                task.cancel()
        for one in list(self.open):
            one.end()


class _Connection(asyncio.Protocol):
    """One connection, until a request comes that is not ordinary; then it is aiohttp's."""

    def __init__(self, way: _Way) -> None:
        self._way = way
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._came = b""  # and was not looked at yet
        self._need = 0  # bytes of the request that has begun to come
        self._task: asyncio.Task[None] | None = None  # answers a request; what comes meanwhile waits
        self._leaving = False
        self._heard = self._loop.time()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is one in all but its type
        self._way.open.add(self)

    def connection_lost(self, _exc: Exception | None) -> None:
        self._way.open.discard(self)
        self._transport = None

    def data_received(self, data: bytes) -> None:
        self._came = self._came + data if self._came else data
        if self._task is None:
            self._go_on()
        elif len(self._came) > _LARGEST and self._transport is not None:
            self._transport.pause_reading()

    def pause_writing(self) -> None:
        if self._transport is not None:  # who does not read our answers is not listened to
            self._transport.pause_reading()

    def resume_writing(self) -> None:
        if self._transport is not None:
            self._transport.resume_reading()

    def idle_since(self, moment: float) -> bool:
        """Whether nothing was heard since that moment of the loop's clock, and nothing is being answered."""
        return self._task is None and self._heard < moment

    def leave(self) -> asyncio.Task[None] | None:
        """Hang up, at once or behind the answer that the returned task gives."""
        self._leaving = True
        if self._task is None:
            self.end()
        return self._task

    def end(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def _go_on(self) -> None:
        if len(self._came) < self._need or self._transport is None:
            return
        self._heard = self._loop.time()
        seen = _look_at(self._came, self._way.doors)
        if seen is None:
            self._hand_over(self._transport)
        elif len(self._came) < seen.end:
            self._need = seen.end  # the rest is on its way
        else:
            body = self._came[seen.body : seen.end]
            self._came, self._need = self._came[seen.end :], 0
            self._task = self._loop.create_task(self._answer(seen, body))

    def _hand_over(self, transport: asyncio.Transport) -> None:
        behind = self._way.behind()
        self._way.open.discard(self)
        self._transport = None
        transport.set_protocol(behind)
        behind.connection_made(transport)
        behind.data_received(self._came)

    async def _answer(self, seen: _Seen, body: bytes) -> None:
        said = _bytes_of(await seen.take(seen.headers, body))
        self._task = None
        if self._transport is None:
            return
        self._transport.write(said)
        if self._leaving:
            self.end()
        elif self._came:
            self._transport.resume_reading()
            self._go_on()


def _look_at(came: bytes, doors: Mapping[str, Take]) -> _Seen | None:
    """The request that begins there; None when it is not ordinary."""
    end = came.find(_END)
    if end < 0 or not came.startswith(b"POST ") or not (head := came[:end]).isascii():
        return None
    first, *lines = head.decode("ascii").split("\r\n")
    address, _, version = first[5:].partition(" ")
    take = doors.get(address)
    if take is None or version != "HTTP/1.1":
        return None
    headers: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if not (colon and line.isprintable() and name.replace("-", "").isalnum()):
            return None
        headers[name.lower()] = value.strip(" ")
    length = headers.get("content-length", "")
    ordinary = (
        len(headers) == len(lines)  # none twice
        and "host" in headers
        and length.isdecimal()
        and len(length) <= len(str(_LARGEST))
        and int(length) <= _LARGEST
        and headers.get("connection", "keep-alive").lower() == "keep-alive"
        and _FOREIGN.isdisjoint(headers)
    )
    begin = end + len(_END)
    return _Seen(take, headers, begin, begin + int(length)) if ordinary else None


def _bytes_of(answer: Answer) -> bytes:
    head = _head(answer.status, answer.content_type, len(answer.body), tuple(answer.headers.items()))
    return b"%bDate: %b\r\n\r\n%b" % (head, _date(int(time.time())), answer.body)


@lru_cache(maxsize=64)
def _head(status: int, content_type: str, length: int, more: tuple[tuple[str, str], ...]) -> bytes:
    lines = [
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}",
        f"Content-Type: {content_type}",
        f"Content-Length: {length}",
        *(f"{name}: {value}" for name, value in more),
    ]
    return "".join(f"{line}\r\n" for line in lines).encode("latin-1")


@lru_cache(maxsize=1)
def _date(second: int) -> bytes:
    return formatdate(second, usegmt=True).encode()
