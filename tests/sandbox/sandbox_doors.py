"""What do the tests of the emulated networks use: the control door, a webhook that obeys?"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
from aiohttp import web

from sandbox.bell import Bell

WAIT = 5.0


@dataclass
class Door:
    """The control door, over HTTP as a test in another language would use it."""

    http: httpx.AsyncClient

    async def say(self, network: str, **deed: Any) -> str:
        """Returns the message's id."""
        answer = await self.http.post("/sandbox/control/say", json=_body(network, deed))
        assert answer.status_code == 200, answer.text
        return str(answer.json()["message_id"])

    async def fault(self, network: str, **fault: Any) -> None:
        """Puts a fault in force."""
        answer = await self.http.post("/sandbox/control/fault", json=_body(network, fault))
        assert answer.status_code == 200, answer.text

    async def seen(self, network: str, chat: str | int, **more: Any) -> list[dict[str, Any]]:
        """What the chat shows."""
        query = {"network": network, "chat": chat} | more
        answer = await self.http.get("/sandbox/control/seen", params=query)
        assert answer.status_code == 200, answer.text
        entries: list[dict[str, Any]] = answer.json()
        return entries


def _body(network: str, rest: dict[str, Any]) -> dict[str, Any]:
    return {"network": network} | {("from" if key == "sender" else key): value for key, value in rest.items()}


@dataclass
class Hook:
    """A webhook: keeps what it is sent, answers the statuses it was given and 200 after them."""

    url: str = ""
    statuses: list[int] = field(default_factory=list)
    answer: str = ""
    refused: int = 0
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    bell: Bell = field(default_factory=Bell)

    async def handle(self, request: web.Request) -> web.Response:
        body = await request.read()
        status = self.statuses.pop(0) if self.statuses else 200
        if status == 200:
            self.got.append((dict(request.headers), body))
        else:
            self.refused += 1
        self.bell.ring()
        return web.Response(status=status, text=self.answer)

    async def wait(self, count: int) -> list[tuple[dict[str, str], bytes]]:
        """Headers and bodies, once there are that many."""
        found = await self.bell.until(lambda: self.got if len(self.got) >= count else None, WAIT)
        assert found is not None, f"only {len(self.got)} of {count} deliveries came"
        return found


async def turns(until: Callable[[], object]) -> None:
    """Lets the event loop turn until something is so; a bounded number of times."""
    for _ in range(100_000):
        if until():
            return
        await asyncio.sleep(0)
    raise AssertionError("it never came to be so")
