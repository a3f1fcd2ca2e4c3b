"""The short way through HTTP and aiohttp's say the same, whatever form a webhook comes in."""

import asyncio
import dataclasses
import gzip
import json
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
import uvloop
from aiohttp import web as aiohttp_web

from bot import short_way
from bot.wiring import App
from channels.webhooks import Answer
from tests.bot.test_server import TELEGRAM, Broken, proved, update
from tests.bot.web_office import OFFICE, served
from tickets.models import InboxRow

Until = Callable[..., Awaitable[None]]


def request(body: bytes = b"", *more: str, first: str = f"POST {TELEGRAM} HTTP/1.1", length: str = "") -> bytes:
    """A request as bytes; a header in `more` stands behind the usual ones."""
    lines = [first, "Host: tohotro", *(f"{name}: {value}" for name, value in proved().items())]
    lines += [length or f"Content-Length: {len(body)}", *more]
    return "\r\n".join([*lines, "", ""]).encode() + body


async def said(web: httpx.AsyncClient, *pieces: bytes, answers: int = 1) -> list[tuple[int, bool]]:
    """Status of each answer to the pieces, sent one after the other, and whether it came by the short way."""
    reader, writer = await asyncio.open_connection(web.base_url.host, web.base_url.port)
    found = []
    try:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0)  # each a segment of its own, as far as the system lets it
        for _ in range(answers):
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)
            length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
            await reader.readexactly(length)
            found.append((int(head.split()[1]), b"Server:" not in head))
    finally:
        writer.close()
    return found


BODY = update()
PACKED = gzip.compress(BODY)
SHORT, LONG = True, False


@pytest.mark.parametrize(
    ("sent", "status", "short", "rows"),
    [
        pytest.param(request(BODY), 200, SHORT, 1, id="as networks send it"),
        pytest.param(request(BODY, "Connection: keep-alive"), 200, SHORT, 1, id="kept open expressly"),
        pytest.param(request(b""), 200, SHORT, 0, id="an empty probe"),
        pytest.param(request(b"{"), 400, SHORT, 0, id="half a body that says it is whole"),
        pytest.param(request(BODY, first=f"POST {TELEGRAM} HTTP/1.0"), 200, LONG, 1, id="an older HTTP"),
        pytest.param(request(BODY, "Connection: close"), 200, LONG, 1, id="to be closed afterwards"),
        pytest.param(request(BODY, first=f"POST {TELEGRAM}?a=b HTTP/1.1"), 200, LONG, 1, id="a query"),
        pytest.param(request(BODY, first=f"POST {TELEGRAM}x HTTP/1.1"), 404, LONG, 0, id="an unknown address"),
        pytest.param(request(BODY, first=f"PUT {TELEGRAM} HTTP/1.1"), 405, LONG, 0, id="another method"),
        pytest.param(request(PACKED, "Content-Encoding: gzip"), 200, LONG, 1, id="a packed body"),
        pytest.param(
            request(b"%x\r\n%b\r\n0\r\n\r\n" % (len(BODY), BODY), length="Transfer-Encoding: chunked"),
            200, LONG, 1, id="a body in chunks",
        ),
        pytest.param(request(BODY, "Content-Length: 3"), 400, LONG, 0, id="two lengths, of which one lies"),
        pytest.param(request(BODY, "Transfer-Encoding: chunked"), 400, LONG, 0, id="a length, and chunks as well"),
        pytest.param(request(BODY, length="Content-Length: -3"), 400, LONG, 0, id="less than nothing"),
        pytest.param(request(BODY, "X-Long\t: \x01"), 400, LONG, 0, id="a header that is none"),
        pytest.param(request(b" " * 70_000 + BODY), 200, LONG, 1, id="a large body"),
        pytest.param(request(b"x" * 1_100_000), 413, LONG, 0, id="a body that is too large"),
        pytest.param(
            request(BODY).replace(b"X-Telegram-Bot-Api-Secret-Token", b"x-telegram-bot-api-SECRET-token"),
            200, SHORT, 1, id="headers in other case",
        ),
        pytest.param(request(BODY).replace(b"Secret-Token: ", b"Secret-Token: x"), 401, SHORT, 0, id="not theirs"),
    ],
)  # fmt: skip
async def test_every_form_of_a_request_is_answered_and_only_the_ordinary_one_by_the_short_way(
    web: httpx.AsyncClient, sent: bytes, status: int, short: bool, rows: int
) -> None:
    assert await said(web, sent) == [(status, short)]
    assert await InboxRow.all().count() == rows


async def test_a_request_in_pieces_is_taken_when_it_is_whole_and_several_at_once_in_their_order(
    web: httpx.AsyncClient,
) -> None:
    first = request(update(1))
    assert await said(web, first[: len(first) - 20], first[-20:-3], first[-3:]) == [(200, SHORT)]
    together = b"".join([request(update(2)), request(b"{"), request(update(3)), request(update(4), "TE: trailers")])
    answers = await said(web, together[:-1], together[-1:], answers=4)
    assert answers == [(200, SHORT), (400, SHORT), (200, SHORT), (200, LONG)]
    assert [row.message_id for row in await InboxRow.all().order_by("id")] == ["1", "2", "3", "4"]


async def test_who_hangs_up_before_the_answer_has_been_heard(web: httpx.AsyncClient, until: Until) -> None:
    _, writer = await asyncio.open_connection(web.base_url.host, web.base_url.port)
    writer.write(request(BODY))
    await writer.drain()
    writer.transport.abort()
    await until(InboxRow.exists)


async def test_a_mistake_of_ours_is_a_500_with_a_reference(app: App, log: Any) -> None:
    desk = dataclasses.replace(app.desks[OFFICE], channels={"telegram": Broken()})
    async with served(dataclasses.replace(app, desks={OFFICE: desk})) as web:
        assert await said(web, request(b"0912345678")) == [(500, SHORT)]
    logged = [json.loads(line) for line in log.getvalue().splitlines()]
    assert [one["route"] for one in logged if one["event"] == "request failed"] == [TELEGRAM]
    assert "0912345678" not in log.getvalue()


def test_what_has_begun_is_answered_when_the_server_ends_and_idle_connections_are_let_go() -> None:
    """On uvloop, as the program runs."""
    uvloop.run(_ends())


async def _ends() -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def take(_headers: object, _body: bytes) -> Answer:
        begun.set()
        await go_on.wait()
        return Answer(200, "accepted")

    async with short_way.listening(aiohttp_web.Application(), {"/w": take}, "127.0.0.1", 0, finish=5) as address:
        host, port = address.removeprefix("http://").split(":")
        idle, other = await asyncio.open_connection(host, int(port))
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(b"POST /w HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
        await begun.wait()
        asyncio.get_running_loop().call_later(0.1, go_on.set)
    assert (await reader.read()).startswith(b"HTTP/1.1 200 OK\r\n")
    assert await idle.read() == b""
    for one in (writer, other):
        one.close()
        await one.wait_closed()
