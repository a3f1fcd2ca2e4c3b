"""How does a call to the emulated Official Account find its method and its answer?"""

import secrets
from datetime import timedelta
from typing import Any, ClassVar

from aiohttp import web

from sandbox import params
from sandbox.conversation import Json, Message
from sandbox.faults import Fault
from sandbox.network import ControlError, Done, Ground, Network, Said
from sandbox.params import ParamError, Params
from sandbox.zalo_oa import people
from sandbox.zalo_oa.errors import NoToken, Refusal
from sandbox.zalo_oa.methods import GET, POST, SPEAKING, Method
from sandbox.zalo_oa.oauth import Grants, read_form
from sandbox.zalo_oa.state import CALLS_A_MINUTE, State
from sandbox.zalo_oa.updates import Webhook

APP_ID, OA_ID = "3600000000000000456", "5790000000000000001"
GROUP = "g:"  # before the id of a group where chats are named


class ZaloOa(Network):
    """The emulated Official Account, its app, and the token endpoint: all under one base."""

    kind: ClassVar[str] = "zalo_oa"
    path: ClassVar[str] = "/sandbox/zalo-oa"
    own_faults: ClassVar[frozenset[str]] = frozenset({
        *("bad-signature", "no-signature", "hmac-signature", "numeric-ids", "no-buttons", "expired-upload"),
        *("file-gone", "mute", "no-echo", "token-lost"),
    })  # fmt: skip

    events: ClassVar[tuple[str, ...]] = people.EVENTS

    def __init__(self, ground: Ground) -> None:
        super().__init__(ground)
        self.state = State(OA_ID, "UBND phường Thử", limits=ground.limits)
        self.grants = Grants(self.state, APP_ID, secrets.token_urlsafe(24))
        self.secret = secrets.token_urlsafe(24)
        self.token, self.refresh_token = self.grants.pair()
        self.webhook = Webhook(ground.session, self.faults, APP_ID, self.secret)

    def routes(self) -> list[web.RouteDef]:
        """The OpenAPI, and the pages of consent and tokens."""
        known: list[web.RouteDef] = [
            web.get(self.path + "/v4/oa/permission", self._consent),
            web.post(self.path + "/v4/oa/access_token", self._token),
        ]
        known += [web.post(self.path + path, self._called(path, method)) for path, method in POST.items()]
        known += [web.get(self.path + path, self._called(path, method)) for path, method in GET.items()]
        return known

    def credentials(self) -> dict[str, str]:
        """What an office file needs, and an access token for others."""
        return {
            "oauth_url": self.api_url,
            "app_id": APP_ID,
            "app_secret": self.grants.app_secret,
            "oa_id": OA_ID,
            "oa_secret": self.secret,
            "refresh_token": self.refresh_token,
            "token": self.token,
        }

    def chat_key(self, chat: str) -> str:
        """Ids of people are numbers; groups are named with g: before their id."""
        if not chat.strip() or len(chat) > 128:
            raise ControlError("on zalo_oa an id is text of 1 to 128 characters")
        return chat

    def group_chat(self, group: str) -> str:
        """How the chat of a group is named."""
        return GROUP + group

    async def say(self, said: Said) -> Done:
        """Lets a person or an officer do something."""
        return people.say(self, said)

    def enter(self, url: str) -> None:
        """As in the app's page of webhooks."""
        self.webhook.enter(url)

    async def console(self, body: Json) -> Json:
        """What is otherwise done in Zalo's consoles, or by waiting: webhook, subscription, package, tokens, clock."""
        answer: Json = {}
        if "webhook" in body:
            self.enter(str(body["webhook"] or ""))
            answer["probe"] = await self.webhook.probe() if self.webhook.url else 0
        if "subscribed" in body:
            self.webhook.subscribed = bool(body["subscribed"])
        if "package" in body:
            self.state.package = bool(body["package"])
        if "move" in body:
            self.state.ahead += timedelta(seconds=float(body["move"]))
        if body.get("expire"):
            self.grants.expire()
        if body.get("void"):
            self.grants.void()
        more = {"subscribed": self.webhook.subscribed, "rotations": self.grants.rotations}
        return answer | more | {"now": self.state.now().isoformat()}

    # ---------------------------------------------------------------------------------------------------------- events

    def tell(self, user: str, name: str, *, sender: str, message: Json) -> None:
        """An event about a message of a person."""
        body = {"sender": {"id": sender}, "recipient": {"id": self.state.oa_id}, "message": message}
        self.push(user, name, {"user_id_by_app": f"71{user[2:]}"} | body)

    def push(self, lane: str, name: str, body: Json) -> None:
        """Any event, with the fields common to all."""
        if self.faults.strikes("mute"):
            return
        common = {"app_id": APP_ID, "event_name": name, "timestamp": self.state.milliseconds()}
        self.webhook.push(lane, common | body)

    def spoken(self, entry: Message, message: Json, *, echo_to: str, group: bool = False) -> None:
        """Shows a message of the office, and echoes it to the webhook."""
        self.book.add(entry)
        if self.faults.strikes("no-echo"):
            return
        kind = "file" if any(one["kind"] == "document" for one in entry.attachments) else "image"
        kind = kind if entry.attachments else "text"
        echo: Json = {"msg_id": entry.id} | ({"text": entry.text} if entry.text else {})
        if entry.attachments:
            served = [
                {"type": kind, "payload": {"url": self.ground.url + str(one["url"])}} for one in entry.attachments
            ]
            echo["attachments"] = served
        elif not entry.text:
            return
        del message
        body: Json = {"sender": {"id": self.state.oa_id}, "recipient": {"id": echo_to}, "message": echo}
        name = f"oa_send_group_{kind}" if group else f"oa_send_{kind}"
        self.push(echo_to, name, body | ({"oa_id": self.state.oa_id} if group else {}))

    # ----------------------------------------------------------------------------------------------------------- calls

    def refusal(self, fault: Fault) -> web.Response:
        """Too fast, in the words of the API under HTTP 200; 500 as a gateway in front of it would."""
        if fault.kind == "429":
            return web.json_response(Refusal(-32).body(), headers={"X-RateLimit-Remain": "0"})
        return web.json_response({"message": "Internal Server Error"}, status=500)

    def gone(self, _request: web.Request) -> web.Response:
        """A gateway's page, which is no JSON."""
        return web.Response(status=502, text="<html><h1>502 Bad Gateway</h1></html>", content_type="text/html")

    @property
    def undelivered(self) -> int:
        return self.webhook.waiting

    async def stop(self) -> None:
        """Ends deliveries."""
        await self.webhook.stop()

    async def _consent(self, request: web.Request) -> web.StreamResponse:
        try:
            target = self.grants.consent(dict(request.query))
        except NoToken as refusal:
            return web.json_response(refusal.body())
        raise web.HTTPFound(target)

    async def _token(self, request: web.Request) -> web.StreamResponse:
        form = await read_form(request)

        async def carry_out() -> web.Response:
            try:
                answer = self.grants.exchange(request.headers.get("secret_key"), form)
            except NoToken as refusal:
                self.note("access_token", None, refusal.code, refusal.name)
                return web.json_response(refusal.body())
            self.note("access_token", None, 200)
            return web.json_response({} if self.faults.strikes("token-lost") else answer)

        return await self.answer(request, "access_token", None, carry_out, speaks=False)

    def _called(self, path: str, method: Method) -> Any:
        async def handle(request: web.Request) -> web.StreamResponse:
            try:
                p = await params.read(request)
            except ParamError as error:
                return web.json_response(Refusal(-201, str(error)).body())
            chat = _chat(p)
            speaks = path in SPEAKING
            return await self.answer(request, path, chat, lambda: self._call(request, path, method, p), speaks=speaks)

        return handle

    async def _call(self, request: web.Request, path: str, method: Method, p: Params) -> web.Response:
        left = self.state.room() if self.state.limits else CALLS_A_MINUTE
        headers = {"X-RateLimit-Limit": str(CALLS_A_MINUTE), "X-RateLimit-Remain": str(max(0, left))}
        try:
            self.grants.check(request.headers.get("access_token"))
            if left < 0:
                raise Refusal(-32)  # noqa: TRY301 - one place prints refusals
            result = await method(self, p)
        except ParamError as error:
            return self._refuse(path, p, Refusal(-201, str(error)), headers)
        except Refusal as refusal:
            return self._refuse(path, p, refusal, headers)
        self.note(path, _chat(p), 200)
        return web.json_response({"error": 0, "message": "Success", "data": result}, headers=headers)

    def _refuse(self, path: str, p: Params, refusal: Refusal, headers: dict[str, str]) -> web.Response:
        self.note(path, _chat(p), refusal.code, refusal.text)
        return web.json_response(refusal.body(), headers=headers)


def _chat(p: Params) -> str | None:
    try:
        target = p.data("recipient")
    except ParamError:
        return None
    if not isinstance(target, dict):
        return None
    user, group = target.get("user_id"), target.get("group_id")
    return str(user) if user else GROUP + str(group) if group else None
