"""What is the same for every emulated company that sends and brings short messages?"""

import secrets
from abc import abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, ClassVar
from urllib.parse import parse_qsl

from aiohttp import web

from sandbox.conversation import Message, now
from sandbox.deliver import Courier, Parcel
from sandbox.faults import Fault
from sandbox.loopback import is_loopback
from sandbox.network import ControlError, Done, Ground, Network, Said, hang_up
from sandbox.smsgate.numbers import normal, parts

PATIENCE = 15.0  # seconds a webhook has for its answer
TRIES = 5

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class ShortMessages(Network):
    """One account; the webhook for what people write is entered on the company's website, which `enter` stands for."""

    number: ClassVar[str] = "+84900000901"  # what people write to

    def __init__(self, ground: Ground) -> None:
        super().__init__(ground)
        self.webhook = ""
        self.courier = Courier(ground.session, patience=PATIENCE, tries=TRIES, at_once=8)

    # ----------------------------------------------------------------------------------------- what each has of its own

    @abstractmethod
    def written(self, person: str, text: str, message_id: str) -> Parcel:
        """How the company brings what `person` (as they are called in the network) wrote to `self.webhook`."""

    # --------------------------------------------------------------------------------------------------- what is common

    def enter(self, url: str) -> None:
        """Takes the address for events."""
        if not is_loopback(url):
            raise ControlError("the emulated network brings events to loopback addresses only")
        self.webhook = url

    def chat_key(self, chat: str) -> str:
        """Phone numbers in one spelling."""
        if not chat.strip():
            raise ControlError("here a person is a phone number, a short code or a sender name")
        return normal(chat)

    async def say(self, said: Said) -> Done:
        """Lets a person write, or be out of reach."""
        for name in ("edit", "thread", "migrate_to", "forum", "media"):
            if getattr(said, name) is not None:
                raise ControlError(f'SMS has no "{name}" here')
        if said.album or said.unsupported:
            raise ControlError("SMS carries text")
        key = self.chat_key(said.person)
        if said.block is not None:
            self.faults.clear(key, "blocked")
            if said.block:
                self.faults.add(Fault("blocked", chat=key))
            return Done([])
        text = f"/start {said.start}".strip() if said.start is not None else said.text or said.press or ""
        message_id = secrets.token_hex(16)
        self.book.add(Message(message_id, key, key, text, now(), name=said.name or said.person))
        if self.webhook:
            parcel = self.written(said.person, text, message_id)
            for _ in range(2 if self.faults.strikes("duplicate") else 1):
                self.courier.hand(secrets.token_hex(8), parcel, lagging=self.faults.strikes("swap"))
        return Done([message_id])

    def arrives(self, number: str, text: str, message_id: str) -> bool:
        """A message of ours reaches a handset, unless its owner is out of reach; whether it did."""
        chat = normal(number)
        if self.faults.strikes("blocked", chat):
            return False
        self.book.add(Message(message_id, chat, None, text, now(), more={"parts": parts(text)}))
        return True

    def reports(self, parcel: Parcel) -> None:
        """Brings a report, twice when it is asked for that."""
        for _ in range(2 if self.faults.strikes("duplicate") else 1):
            self.courier.hand(secrets.token_hex(8), parcel)

    def door(self, name: str, handler: Handler, *, number: Callable[[Any], str] | None = None) -> Handler:
        """`handler` behind the faults in force; `number` finds the recipient in the fields of a call that sends."""

        async def handle(request: web.Request) -> web.StreamResponse:
            chat = normal(number(await fields(request))) if number is not None else None

            async def carry_out() -> web.StreamResponse:
                response = await handler(request)
                self.note(name, chat, response.status)
                return response

            return await self.answer(request, name, chat, carry_out, speaks=number is not None)

        return handle

    def gone(self, request: web.Request) -> web.Response:
        """A company whose servers are away answers nothing."""
        return hang_up(request)

    @property
    def undelivered(self) -> int:
        return self.courier.waiting

    async def stop(self) -> None:
        """Ends deliveries."""
        await self.courier.stop()


async def fields(request: web.Request) -> dict[str, Any]:
    """What a call says, in JSON, in a form or in its query."""
    if request.method == "GET":
        return dict(request.query)
    body = await request.read()
    if request.content_type == "application/json":
        try:
            found = await request.json()
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}
    return dict(request.query) | dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))


def form(_body: bytes) -> dict[str, str]:
    """The headers of a form."""
    return {"Content-Type": "application/x-www-form-urlencoded"}
