"""The aiohttp application: webhooks in, health and metrics out, and the papers that networks fetch by address."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

import structlog
from aiohttp import web

from bot import consenting, files, grants, health, logs, metrics
from channels import webhooks

if TYPE_CHECKING:
    from bot.intake import Intake
    from bot.wiring import App
    from channels.contract import Channel

log = structlog.get_logger(__name__)

_SLOW = 10.0  # seconds one request may take; providers give up after 5 to 60 and come again
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Service:
    """The handlers, and what they need: the application and the door for events."""

    def __init__(self, app: "App", intake: "Intake") -> None:
        self._app = app
        self._intake = intake

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
        begun = time.perf_counter()
        body = await _body(request)
        answer = (
            webhooks.Answer(413, "too_large")
            if body is None
            else await self._received(request, office, channel, body, status=status)
        )
        counts = self._app.metrics.webhook(office, name)
        counts.outcome(answer.outcome).inc()
        counts.events.inc(answer.events)
        counts.seconds.observe(time.perf_counter() - begun)
        if answer.outcome in {"unverified", "malformed", "too_large", "busy"}:
            log.warning("webhook not taken", office=office, channel=name, outcome=answer.outcome)
        # headers by hand: content_type= of aiohttp takes no charset
        headers = {**answer.headers, "Content-Type": answer.content_type}
        return web.Response(status=answer.status, body=answer.body, headers=headers)

    async def _received(
        self, request: web.Request, office: str, channel: "Channel", body: bytes, *, status: bool
    ) -> webhooks.Answer:
        """What to answer, in the time the network waits: what is not stored by then it brings again."""
        try:
            async with asyncio.timeout(channel.capabilities.answer_within or None):
                return await webhooks.receive(
                    channel,
                    request.headers,
                    body,
                    _query(request),
                    status,
                    partial(self._intake.accept, office, channel.name),
                    partial(self._intake.unknown, office, channel.name),
                )
        except TimeoutError:
            return webhooks.Answer(503, "busy", headers={"Retry-After": "5"})

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
            self._note(request, answer.status, begun)
            raise
        except TimeoutError:
            log.warning("a request took too long", route=_pattern(request), seconds=_SLOW)
            response = web.Response(status=503, headers={"Retry-After": "5"})
        except Exception:
            reference = logs.reference()
            log.exception("request failed", reference=reference, route=_pattern(request))
            self._app.metrics.failures.labels("web").inc()
            response = web.json_response({"reference": reference}, status=500)
        self._note(request, response.status, begun)
        return response

    def _note(self, request: web.Request, status: int, begun: float) -> None:
        pattern = _pattern(request)
        often = pattern.startswith(("/health", "/metrics"))
        if not logging.getLogger(__name__).isEnabledFor(logging.DEBUG if often else logging.INFO):
            return  # asked here, because what is said about each request costs as much as answering it
        tell = log.debug if often else log.info
        tell("request", method=request.method, route=pattern, status=status, ms=round(_ms(begun), 1))


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


def _ms(begun: float) -> float:
    return (time.perf_counter() - begun) * 1000
