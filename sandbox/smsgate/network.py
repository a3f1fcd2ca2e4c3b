"""How does a call to the emulated phone find its handler and its answer?"""

import secrets
from base64 import b64encode
from typing import Any, ClassVar

from aiohttp import web

from sandbox.faults import Fault
from sandbox.network import ControlError, Done, Ground, Network, Said, hang_up
from sandbox.smsgate import people
from sandbox.smsgate.methods import ROUTES, Handler, Refusal, read_json
from sandbox.smsgate.numbers import normal
from sandbox.smsgate.phone import Phone
from sandbox.smsgate.state import State


class SmsGate(Network):
    """One emulated phone with a SIM."""

    kind: ClassVar[str] = "smsgate"
    path: ClassVar[str] = "/sandbox/smsgate"

    def __init__(self, ground: Ground) -> None:
        super().__init__(ground)
        self.username = "sms"
        self.password = secrets.token_urlsafe(12)
        self.state = State()
        self.phone = Phone(self)

    def routes(self) -> list[web.RouteDef]:
        """The local-mode API of the app."""
        return [web.route(verb, self.path + path, self._door(handler, name)) for verb, path, handler, name in ROUTES]

    def credentials(self) -> dict[str, str]:
        """Basic credentials and the key that signs webhooks."""
        return {"username": self.username, "password": self.password, "signing_key": self.state.signing_key}

    def chat_key(self, chat: str) -> str:
        """Phone numbers in one spelling."""
        if not chat.strip():
            raise ControlError("on smsgate a person is a phone number, a short code or a sender name")
        return normal(chat)

    async def say(self, said: Said) -> Done:
        """Lets a person do something."""
        return people.say(self, said)

    def refusal(self, fault: Fault) -> web.Response:
        """429 with Retry-After, or 500."""
        if fault.kind == "429":
            headers = {"Retry-After": str(fault.retry_after)}
            return web.json_response({"message": "Too many requests"}, status=429, headers=headers)
        return web.json_response({"message": "Internal server error"}, status=500)

    def gone(self, request: web.Request) -> web.Response:
        """A phone that lost its network answers nothing."""
        return hang_up(request)

    @property
    def undelivered(self) -> int:
        return self.phone.waiting

    async def stop(self) -> None:
        """Ends the phone's work."""
        await self.phone.stop()

    def _door(self, handler: Handler, name: str) -> Any:
        async def handle(request: web.Request) -> web.StreamResponse:
            if name != "health" and not self._known(request):
                self.note(name, None, 401)
                headers = {"WWW-Authenticate": 'Basic realm="sms-gate"'}
                return web.json_response({"message": "Unauthorized"}, status=401, headers=headers)
            try:
                body = await read_json(request) if request.method in ("POST", "PATCH") else None
            except Refusal as refusal:
                return self._refuse(name, None, refusal)
            return await self.answer(
                request,
                name,
                self._chat(body),
                lambda: self._carry_out(handler, name, request, body),
                speaks=name == "send",
            )

        return handle

    async def _carry_out(self, handler: Handler, name: str, request: web.Request, body: Any) -> web.Response:
        try:
            response = await handler(self, request, body)
        except Refusal as refusal:
            return self._refuse(name, self._chat(body), refusal)
        self.note(name, self._chat(body), response.status)
        return response

    def _refuse(self, name: str, chat: str | None, refusal: Refusal) -> web.Response:
        self.note(name, chat, refusal.status, refusal.message)
        return web.json_response({"message": refusal.message}, status=refusal.status)

    def _known(self, request: web.Request) -> bool:
        scheme, _, coded = request.headers.get("Authorization", "").partition(" ")
        expected = b64encode(f"{self.username}:{self.password}".encode())
        return scheme.lower() == "basic" and secrets.compare_digest(coded.strip().encode(), expected)

    def _chat(self, body: Any) -> str | None:
        numbers = body.get("phoneNumbers") if isinstance(body, dict) else None
        return normal(numbers[0]) if isinstance(numbers, list) and numbers and isinstance(numbers[0], str) else None
