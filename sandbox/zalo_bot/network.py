"""How does a call to the emulated Zalo Bot Platform find its method and its answer?"""

import secrets
from typing import TYPE_CHECKING, ClassVar

from aiohttp import web

from sandbox import params
from sandbox.faults import Fault
from sandbox.network import ControlError, Done, Ground, Network, Said
from sandbox.params import ParamError, Params
from sandbox.zalo_bot import people
from sandbox.zalo_bot.errors import Refusal, bad
from sandbox.zalo_bot.methods import METHODS, SPEAKING, unknown
from sandbox.zalo_bot.state import State
from sandbox.zalo_bot.updates import Updates

if TYPE_CHECKING:
    from sandbox.conversation import Json

BOT_ID = "1459000000000000001"


class ZaloBot(Network):
    """The emulated Zalo Bot Platform with one bot."""

    kind: ClassVar[str] = "zalo_bot"
    path: ClassVar[str] = "/sandbox/zalo-bot"
    own_faults: ClassVar[frozenset[str]] = frozenset({"wrapped"})

    def __init__(self, ground: Ground) -> None:
        super().__init__(ground)
        self.token = f"{BOT_ID}:{secrets.token_urlsafe(24)}"
        bot: Json = {
            "id": BOT_ID,
            "account_name": "bot.toHoTroSandbox",
            "account_type": "BASIC",
            "can_join_groups": False,
        }
        self.state = State(bot, quotas=ground.limits)
        self.updates = Updates(ground.session, self.state, self.faults)

    def routes(self) -> list[web.RouteDef]:
        """The methods by GET and POST."""
        path = self.path + "/bot{token}/{method}"
        return [web.get(path, self._handle), web.post(path, self._handle)]

    def credentials(self) -> dict[str, str]:
        """The bot's token."""
        return {"token": self.token}

    def chat_key(self, chat: str) -> str:
        """Ids are opaque and taken as they are."""
        if not chat.strip() or len(chat) > 128:
            raise ControlError("on zalo_bot an id is any text of 1 to 128 characters")
        return chat

    async def say(self, said: Said) -> Done:
        """Lets a person do something."""
        return people.say(self, said)

    def refusal(self, fault: Fault) -> web.Response:
        """429 inside HTTP 200, as the platform does; 500 as a gateway in front of it would."""
        if fault.kind == "429":
            return web.json_response(Refusal(429, "Quota exceeded").body())
        return web.json_response(Refusal(500, "Internal Server Error").body(), status=500)

    def gone(self, _request: web.Request) -> web.Response:
        """A gateway's page, which is no JSON."""
        return web.Response(status=502, text="<html><h1>502 Bad Gateway</h1></html>", content_type="text/html")

    @property
    def undelivered(self) -> int:
        return self.updates.waiting

    async def stop(self) -> None:
        """Ends deliveries."""
        await self.updates.stop()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["method"]
        if not secrets.compare_digest(request.match_info["token"].encode(), self.token.encode()):
            return self._refuse(name, None, Refusal(401, "Unauthorized"))
        try:
            p = await params.read(request)
        except ParamError as error:
            return self._refuse(name, None, bad(str(error)))
        if p.multipart:
            # Measured against the live API: the fields of multipart bodies are not read.
            p = Params()
        return await self.answer(request, name, p.text("chat_id"), lambda: self._call(name, p), speaks=name in SPEAKING)

    async def _call(self, name: str, p: Params) -> web.Response:
        chat = p.text("chat_id")
        try:
            result = await METHODS.get(name, unknown)(self, p)
        except ParamError as error:
            return self._refuse(name, chat, bad(str(error)))
        except Refusal as refusal:
            return self._refuse(name, chat, refusal)
        self.note(name, chat, 200)
        return web.json_response({"ok": True} | ({} if result is None else {"result": result}))

    def _refuse(self, name: str, chat: str | None, refusal: Refusal) -> web.Response:
        self.note(name, chat, refusal.code, refusal.description)
        return web.json_response(refusal.body())
