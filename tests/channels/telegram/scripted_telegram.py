"""A Bot API that answers what a test tells it to, for answers the emulated network would never give."""

import json
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from channels.telegram.adapter import Telegram
from channels.telegram.settings import Settings

TOKEN = "7000000001:AAscripted-secret"

Answer = tuple[int, Any] | Callable[[web.Request], Awaitable[web.StreamResponse]]


def ok(result: Any) -> Answer:
    return 200, {"ok": True, "result": result}


def no(status: int, description: str, **parameters: Any) -> Answer:
    return status, {"ok": False, "error_code": status, "description": description, "parameters": parameters}


@dataclass
class Scripted:
    """`answers` are given in turn, per method; a method without answers left gives the last one again."""

    address: str = ""
    answers: defaultdict[str, deque[Answer]] = field(default_factory=lambda: defaultdict(deque))
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    def will(self, method: str, *answers: Answer) -> None:
        self.answers[method] = deque(answers)

    def methods(self) -> list[str]:
        return [method for method, _ in self.asked]

    def parameters(self, method: str) -> list[dict[str, Any]]:
        return [parameters for name, parameters in self.asked if name == method]

    async def handle(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        if request.content_type == "application/json":
            self.asked.append((method, await request.json()))
        else:
            form = await request.post() if request.method == "POST" else {}
            self.asked.append((method, {key: _value(value) for key, value in form.items()}))
        self.headers.append(dict(request.headers))
        waiting = self.answers[method]
        answer = waiting.popleft() if len(waiting) > 1 else waiting[0]
        if callable(answer):
            return await answer(request)
        status, body = answer
        text = body if isinstance(body, str) else json.dumps(body)
        return web.Response(status=status, text=text, content_type="application/json")


def _value(value: Any) -> Any:
    if not isinstance(value, str):
        return value.filename
    try:
        return json.loads(value)
    except ValueError:
        return value


@asynccontextmanager
async def scripted_api() -> AsyncIterator[Scripted]:
    script = Scripted()
    app = web.Application()
    app.router.add_route("*", "/bot{token}/{method}", script.handle)
    app.router.add_get("/file/bot{token}/{method:.*}", script.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    script.address = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield script
    finally:
        await runner.cleanup()


@asynccontextmanager
async def channel_to(address: str, *, answer: float = 5.0, **settings: Any) -> AsyncIterator[Telegram]:
    channel = Telegram(
        Settings(**{"name": "telegram", "token": TOKEN, "api_url": address} | settings), answer=answer, long_poll=1
    )
    try:
        yield channel
    finally:
        await channel.close()
