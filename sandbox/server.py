"""How are the emulated networks started, reached and stopped?"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from aiohttp import ClientSession, ClientTimeout, DummyCookieJar, web

from sandbox.control import Control
from sandbox.conversation import Json, Message
from sandbox.files import PATH as FILES
from sandbox.network import Ground, Network
from sandbox.registry import NETWORKS

PAGE = Path(__file__).with_name("page.html")
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; "
    "img-src 'self' data: http://127.0.0.1:* http://localhost:*"
)
BODY_LIMIT = 64 * 1024 * 1024


class Sandbox:
    """The running networks, and the control door for tests in the same process."""

    def __init__(self, runner: web.AppRunner, networks: dict[str, Network], control: Control, ground: Ground) -> None:
        self.runner = runner
        self.networks = networks
        self._control = control
        self._ground = ground

    @property
    def url(self) -> str:
        """Where the page is; every network's base URL begins with it."""
        return self._ground.url

    def networks_line(self) -> dict[str, dict[str, str]]:
        """Per network what a third-party client needs: api_url, and token or username, password and signing_key."""
        return {name: {"api_url": net.api_url} | net.credentials() for name, net in self.networks.items()}

    async def say(self, network: str, **deed: Any) -> Json:
        """As POST /sandbox/control/say; the key "from" is written `sender` here. Raises ControlError."""
        body = {"from" if key == "sender" else key: value for key, value in deed.items()}
        return await self._control.say(body | {"network": network})

    def fault(self, network: str, kind: str, **more: Any) -> None:
        """As POST /sandbox/control/fault. Raises ControlError."""
        self._control.fault(more | {"network": network, "kind": kind})

    def enter(self, network: str, url: str) -> None:
        """As POST /sandbox/control/enter. Raises ControlError."""
        self._control.network(network).enter(url)

    def seen(self, network: str, chat: str | int, after: str | None = None) -> list[Message]:
        """What the bot sent to a chat, as GET /sandbox/control/seen."""
        net = self._control.network(network)
        return net.book.seen(net.chat_key(str(chat)), after)

    async def until(
        self,
        network: str,
        chat: str | int,
        predicate: Callable[[Message], bool],
        timeout: float = 10,  # noqa: ASYNC109 - the wait is on a bell and its failure tells what the chat shows
    ) -> Message:
        """Waits for a message of the bot in the chat; TimeoutError after `timeout` seconds tells what it shows."""
        net = self._control.network(network)
        return await net.book.until(net.chat_key(str(chat)), predicate, timeout)

    def calls(self, network: str | None = None) -> list[Json]:
        """The latest API calls, as GET /sandbox/control/calls."""
        return [call for call in self._ground.calls if network in (None, call["network"])]

    @property
    def undelivered(self) -> int:
        """How many events of all networks the bot has not taken yet."""
        return sum(network.undelivered for network in self.networks.values())

    async def stop(self) -> None:
        """Ends deliveries and closes the door."""
        for network in self.networks.values():
            await network.stop()
        await self._ground.session.close()
        await self.runner.cleanup()


async def start(host: str = "127.0.0.1", port: int = 0, page: bool = True, limits: bool = True) -> Sandbox:
    """Starts all networks on one port (0: any free one).

    `page`: also serve the page to play resident and staff at `/`; `limits`: hold the bot to the networks' sending
    limits and quotas. Raises OSError when the port is taken.
    """
    session = ClientSession(timeout=ClientTimeout(total=30), cookie_jar=DummyCookieJar(), trust_env=False)
    ground = Ground(session, limits=limits)
    networks = {name: build(ground) for name, build in NETWORKS.items()}
    control = Control(networks, ground)
    app = web.Application(client_max_size=BODY_LIMIT)
    app.add_routes(control.routes())
    app.add_routes([web.get(FILES + "/{id}/{name}", ground.files.serve)])
    for network in networks.values():
        app.add_routes(network.routes())
    if page:
        app.add_routes([web.get("/", _page)])
    # A caller that hangs up takes its call with it: an abandoned poll must not swallow an event.
    runner = web.AppRunner(app, handler_cancellation=True, access_log=None, shutdown_timeout=0.1)
    try:
        await runner.setup()
        site = web.TCPSite(runner, host, port)
        await site.start()
    except OSError:
        await runner.cleanup()
        await session.close()
        raise
    ground.url = f"http://{host}:{runner.addresses[0][1]}"
    return Sandbox(runner, networks, control, ground)


async def _page(_request: web.Request) -> web.Response:
    text = PAGE.read_text(encoding="utf-8")
    return web.Response(text=text, content_type="text/html", headers={"Content-Security-Policy": POLICY})
