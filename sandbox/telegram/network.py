"""How does a call to the emulated Bot API find its method and its answer?"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from itertools import count
from typing import Any, ClassVar

from aiohttp import web

from sandbox import params
from sandbox.conversation import Json
from sandbox.faults import Fault
from sandbox.network import ControlError, Done, Ground, Network, Said
from sandbox.params import ParamError, Params
from sandbox.telegram import editing, people, profile, rooms, sending
from sandbox.telegram.errors import Refusal, too_many
from sandbox.telegram.limits import Limits
from sandbox.telegram.sending import Method
from sandbox.telegram.state import State
from sandbox.telegram.updates import Updates

BOT_ID = 7_000_000_001


def _of_updates(call: Callable[[Updates, Params], Awaitable[Any]]) -> Method:
    async def method(net: "Telegram", p: Params) -> Any:
        return await call(net.updates, p)

    return method


METHODS: dict[str, Method] = {
    "getUpdates": _of_updates(Updates.get),
    "setWebhook": _of_updates(Updates.set_webhook),
    "deleteWebhook": _of_updates(Updates.delete_webhook),
    "getWebhookInfo": _of_updates(Updates.webhook_info),
    **profile.METHODS,
    **sending.METHODS,
    **editing.METHODS,
    **rooms.METHODS,
}
# Method names are case-insensitive (Bot API, "Making requests").
BY_NAME = {name.lower(): (name, method) for name, method in METHODS.items()}
# Those a person notices.
SPEAKING = {*sending.METHODS, *editing.METHODS, "createForumTopic"} - {"setMessageReaction"}


class Telegram(Network):
    """The emulated Telegram with one bot."""

    kind: ClassVar[str] = "telegram"
    path: ClassVar[str] = "/sandbox/telegram"

    def __init__(self, ground: Ground) -> None:
        super().__init__(ground)
        self.token = f"{BOT_ID}:{secrets.token_urlsafe(26)}"
        self.state = State(
            {"id": BOT_ID, "is_bot": True, "first_name": "Tổ Hỗ Trợ", "username": "to_ho_tro_sandbox_bot"}
        )
        self.limits = Limits() if ground.limits else None
        self.updates = Updates(ground.session, self.faults, self._called_back)
        self._numbers = count(1)
        self._tasks: set[asyncio.Task[web.Response]] = set()

    def routes(self) -> list[web.RouteDef]:
        """The methods by GET and POST, and file downloads."""
        path = self.path + "/bot{token}/{method}"
        return [
            web.get(path, self._handle),
            web.post(path, self._handle),
            web.get(self.path + "/file/bot{token}/{path:.+}", self._download),
        ]

    def credentials(self) -> dict[str, str]:
        """The bot's token."""
        return {"token": self.token}

    def chat_key(self, chat: str) -> str:
        """Numbers only, written without ornaments."""
        try:
            return str(int(chat))
        except ValueError:
            raise ControlError(f"on telegram ids are whole numbers (a group's is negative), not {chat!r}") from None

    async def say(self, said: Said) -> Done:
        """Lets a person do something."""
        return people.say(self, said)

    def refusal(self, fault: Fault) -> web.Response:
        """429 with retry_after, or Telegram's 500."""
        refusal = too_many(fault.retry_after) if fault.kind == "429" else Refusal(500, "Internal Server Error")
        return _answer(refusal)

    def gone(self, _request: web.Request) -> web.Response:
        """Telegram's own front answers in JSON."""
        return _answer(Refusal(502, "Bad Gateway"))

    def next_number(self) -> int:
        """A number never given before, for albums and presses."""
        return next(self._numbers)

    @property
    def undelivered(self) -> int:
        return self.updates.waiting

    async def stop(self) -> None:
        """Ends deliveries."""
        await self.updates.stop()
        for task in self._tasks:
            task.cancel()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["method"]
        if not secrets.compare_digest(request.match_info["token"].encode(), self.token.encode()):
            self.note(name, None, 401)
            return _answer(Refusal(401, "Unauthorized"))
        if name.lower() not in BY_NAME:
            self.note(name, None, 404)
            return _answer(Refusal(404, "Not Found"))
        name, method = BY_NAME[name.lower()]
        try:
            p = await params.read(request)
        except ParamError as error:
            self.note(name, None, 400)
            return _answer(Refusal(400, f"Bad Request: {error}"))
        return await self.answer(
            request, name, p.text("chat_id"), lambda: self._call(name, method, p), speaks=name in SPEAKING
        )

    async def _call(self, name: str, method: Method, p: Params) -> web.Response:
        try:
            result = await method(self, p)
        except ParamError as error:
            refusal = Refusal(400, f"Bad Request: {error}")
        except Refusal as caught:
            refusal = caught
        else:
            self.note(name, p.text("chat_id"), 200)
            return web.json_response({"ok": True, "result": result})
        self.note(name, p.text("chat_id"), refusal.code, refusal.description)
        return _answer(refusal)

    def _called_back(self, call: Json) -> None:
        name = str(call.pop("method"))
        if name.lower() in BY_NAME:
            task = asyncio.get_running_loop().create_task(self._call(*BY_NAME[name.lower()], Params(call)))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _download(self, request: web.Request) -> web.Response:
        if not secrets.compare_digest(request.match_info["token"].encode(), self.token.encode()):
            return _answer(Refusal(401, "Unauthorized"))
        stored = self.state.paths.get(request.match_info["path"])
        if stored is None:
            return _answer(Refusal(404, "Not Found"))
        return web.Response(body=stored.blob.data, content_type="application/octet-stream")


def _answer(refusal: Refusal) -> web.Response:
    body: Json = {"ok": False, "error_code": refusal.code, "description": refusal.description}
    if refusal.parameters:
        body["parameters"] = refusal.parameters
    return web.json_response(body, status=refusal.code)
