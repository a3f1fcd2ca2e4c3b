"""The aiohttp application: webhooks in, health and metrics out, and the papers that networks fetch by address."""

import asyncio
import json
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from http import HTTPStatus
from types import MappingProxyType
from typing import TYPE_CHECKING
from urllib.parse import quote

import structlog
from aiohttp import web

from bot import consenting, files, grants, health, logs, metrics
from bot.short_way import Take
from channels import webhooks
from channels.contract import OfAnApp

if TYPE_CHECKING:
    from bot.intake import Intake
    from bot.wiring import App
    from channels.contract import Channel

log = structlog.get_logger(__name__)
_LOGGER = logging.getLogger(__name__)

_OFTEN = ("/health", "/metrics", "/webhooks")  # counted; told only to who looks for a fault
_NO_QUERY: Mapping[str, str] = MappingProxyType({})
_SLOW = 10.0  # seconds one request may take; providers give up after 5 to 60 and come again
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Service:
    """The handlers, and what they need: the application and the door for events."""

    def __init__(self, app: "App", intake: "Intake") -> None:
        self._app = app
        self._intake = intake
        self._accounts = {
            channel.account: (office, channel)
            for office, desk in app.desks.items()
            for channel in desk.channels.values()
            if isinstance(channel, OfAnApp)
        }

    def application(self) -> web.Application:
        """An aiohttp application, not yet listening."""
        made = web.Application(client_max_size=webhooks.MAX_BODY, middlewares=[self._around])
        # Addresses that stand as they are, are found at once; a pattern costs as much as reading a message.
        routes = [
            route
            for office, desk in self._app.desks.items()
            for name in desk.channels
            for route in self._webhooks(office, name)
        ]
        routes += [
            web.get("/health/live", self._live),
            web.get("/health/ready", self._ready),
            web.get("/metrics", self._metrics),
            web.get("/files/{link}/{name}", self._file),
            web.get(grants.CALLBACK, self._consented, allow_head=False),
        ]
        made.add_routes(routes)
        return made

    def _webhooks(self, office: str, name: str) -> list[web.RouteDef]:
        routes: list[web.RouteDef] = []
        address = f"/webhooks/{office}/{name}"
        # The latter two for providers that sign nothing: a secret at the end of the address is all they can be given.
        for path, status in (
            (address, False),
            (f"{address}/status", True),
            (address + "/{token}", False),
            (address + "/{token}/status", True),
        ):
            handler = partial(self._webhook, office=office, name=name, status=status)
            # HEAD is not offered: it would carry a gateway's whole message in its query and be taken for one
            routes += [web.post(path, handler), web.get(path, handler, allow_head=False)]
        return routes

    async def _webhook(self, request: web.Request, *, office: str, name: str, status: bool) -> web.Response:
        channel = self._app.desks[office].channels.get(name)
        if channel is None or channel.polls:
            raise web.HTTPNotFound(text="")
        answer = await self._take(office, channel, request.headers, await _body(request), _query(request), status)
        # headers by hand: content_type= of aiohttp takes no charset
        headers = {**answer.headers, "Content-Type": answer.content_type}
        return web.Response(status=answer.status, body=answer.body, headers=headers)

    def doors(self) -> dict[str, Take]:
        """What takes the ordinary webhooks of each address (see `bot.short_way`): those that prove who they are by
        more than the address.
        """
        found: dict[str, Take] = {}
        for office, desk in self._app.desks.items():
            for name, channel in desk.channels.items():
                if not channel.polls:
                    address = f"/webhooks/{office}/{quote(name)}"
                    found[address] = partial(self._taken, office, channel, address, False)
                    found[f"{address}/status"] = partial(self._taken, office, channel, f"{address}/status", True)
        return found

    async def _taken(
        self, office: str, channel: "Channel", route: str, status: bool, headers: Mapping[str, str], body: bytes
    ) -> webhooks.Answer:
        """As `_webhook` with what is `_around` it."""
        begun = time.perf_counter()
        try:
            answer = await self._take(office, channel, headers, body, _NO_QUERY, status)
        except Exception as error:
            answer = webhooks.Answer(
                500,
                "failed",
                json.dumps({"reference": self._failed(route, error)}).encode(),
                "application/json; charset=utf-8",
            )
        _tell("POST", route, answer.status, begun)
        return answer

    async def _take(
        self,
        office: str,
        channel: "Channel",
        headers: Mapping[str, str],
        body: bytes | None,
        query: Mapping[str, str],
        status: bool,
    ) -> webhooks.Answer:
        """Store what a request brings, count it, and say what to answer; `body` None: it is too large."""
        begun = time.perf_counter()
        answer = (
            webhooks.Answer(413, "too_large")
            if body is None
            else await self._received(office, channel, headers, body, query, status)
        )
        counts = self._app.metrics.webhook(office, channel.name)
        counts.outcome(answer.outcome).inc()
        if answer.events:
            counts.events.inc(answer.events)
        counts.seconds.observe(time.perf_counter() - begun)
        if answer.status != HTTPStatus.OK:
            log.warning("webhook not taken", office=office, channel=channel.name, outcome=answer.outcome)
        return answer

    async def _received(
        self,
        office: str,
        channel: "Channel",
        headers: Mapping[str, str],
        body: bytes,
        query: Mapping[str, str],
        status: bool,
    ) -> webhooks.Answer:
        """What to answer, in the time the network waits: what is not stored by then it brings again."""
        if not (within := channel.capabilities.answer_within):  # the intake's own patience is enough
            return await self._received_by_owner(office, channel, headers, body, query, status)
        try:
            async with asyncio.timeout(within):
                return await self._received_by_owner(office, channel, headers, body, query, status)
        except TimeoutError:
            return webhooks.Answer(503, "busy", headers={"Retry-After": "5"})

    async def _received_by_owner(
        self,
        office: str,
        channel: "Channel",
        headers: Mapping[str, str],
        body: bytes,
        query: Mapping[str, str],
        status: bool,
    ) -> webhooks.Answer:
        answer = await self._received_by(office, channel, headers, body, query, status)
        # of the same app, which has one webhook for all
        owner = self._accounts.get(answer.account) if answer.account else None
        return await self._received_by(*owner, headers, body, query, status) if owner else answer

    async def _received_by(
        self,
        office: str,
        channel: "Channel",
        headers: Mapping[str, str],
        body: bytes,
        query: Mapping[str, str],
        status: bool,
    ) -> webhooks.Answer:
        name = channel.name
        return await webhooks.receive(
            channel,
            headers,
            body,
            query,
            status,
            lambda events: self._intake.accept(office, name, events),
            lambda odd: self._intake.unknown(office, name, odd),
        )

    async def _live(self, _request: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    async def _ready(self, _request: web.Request) -> web.Response:
        state = await health.readiness(self._app)
        return web.json_response(state.as_dict(), status=200 if state.ready else 503)

    async def _metrics(self, _request: web.Request) -> web.Response:
        page = await self._app.metrics.page()
        return web.Response(body=page, headers={"Content-Type": metrics.CONTENT_TYPE})

    async def _consented(self, request: web.Request) -> web.Response:
        """The administrator of a provider's account comes back from its page of consent."""
        status, page = await consenting.answer(self._app.desks, request.query)
        return web.Response(status=status, text=page, content_type="text/html", headers=consenting.HEADERS)

    async def _file(self, request: web.Request) -> web.Response:
        found = await files.serve(self._app.desks, request.match_info["link"])
        if found is None:
            raise web.HTTPNotFound(text="")
        return web.Response(body=found.content, headers=files.headers(found))

    @web.middleware
    async def _around(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Log each request by its pattern, never by its address (it may hold a password or a signed link), and turn
        an unexpected failure into 500 with a reference that is also in the log.
        """
        begun = time.perf_counter()
        try:
            async with asyncio.timeout(_SLOW):
                response = await handler(request)
        except web.HTTPException as answer:
            _tell(request.method, _pattern(request), answer.status, begun)
            raise
        except TimeoutError:
            log.warning("a request took too long", route=_pattern(request), seconds=_SLOW)
            response = web.Response(status=503, headers={"Retry-After": "5"})
        except Exception as error:
            response = web.json_response({"reference": self._failed(_pattern(request), error)}, status=500)
        _tell(request.method, _pattern(request), response.status, begun)
        return response

    def _failed(self, route: str, error: Exception) -> str:
        """Note what nobody expected; returns its reference."""
        reference = logs.reference()
        log.error("request failed", reference=reference, route=route, exc_info=error)
        self._app.metrics.failures.labels("web").inc()
        return reference


def _tell(method: str, route: str, status: int, begun: float) -> None:
    often = route.startswith(_OFTEN)
    if not _LOGGER.isEnabledFor(logging.DEBUG if often else logging.INFO):
        return  # asked here, because what is said about each request costs as much as answering it
    tell = log.debug if often else log.info
    tell("request", method=method, route=route, status=status, ms=round((time.perf_counter() - begun) * 1000, 1))


def _query(request: web.Request) -> Mapping[str, str]:
    """The query, with the secret of the path as `token`, as if it had stood in the query."""
    token = request.match_info.get("token")
    return request.query if token is None else {**request.query, "token": token}


async def _body(request: web.Request) -> bytes | None:
    """The raw bytes, or None when there are too many. Raises 400 for a body that breaks off or does not unpack."""
    try:
        return await request.read()
    except web.HTTPRequestEntityTooLarge:
        return None
    except (web.RequestPayloadError, ConnectionError) as error:
        raise web.HTTPBadRequest(text="") from error


def _pattern(request: web.Request) -> str:
    resource = request.match_info.route.resource
    return resource.canonical if resource else "(unknown)"
