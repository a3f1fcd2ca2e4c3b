"""What does the sandbox ask of every network it emulates?"""

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar

from aiohttp import ClientSession, web

from sandbox.conversation import Conversations, Json, Message, now
from sandbox.faults import Fault, Faults
from sandbox.files import Files


class ControlError(Exception):
    """The control door was asked for something that cannot be; `status` is the HTTP status of its answer."""

    def __init__(self, sentence: str, status: int = 400, **more: Any) -> None:
        super().__init__(sentence)
        self.status = status
        self.more = more


@dataclass(frozen=True)
class Said:
    """What a person does, as `POST /sandbox/control/say` tells it; see `sandbox/control.py` for the meaning."""

    person: str
    name: str | None = None
    chat: str | None = None
    text: str | None = None
    press: str | None = None
    reply_to: str | None = None
    thread: str | None = None
    media: str | None = None
    album: int = 0
    edit: str | None = None
    start: str | None = None
    unsupported: bool = False
    forwarded: bool = False  # passed on from somebody else
    block: bool | None = None
    forum: bool | None = None
    delete: str | None = None
    delete_topic: str | None = None
    put_out: bool = False
    size: int = 0
    lying: bool = False
    migrate_to: str | None = None
    event: str | None = None
    data: Json = field(default_factory=dict)
    wait: float = 0


@dataclass(frozen=True)
class Done:
    """What came of it: the messages said or touched, and for a pressed button the name of the press."""

    message_ids: list[str]
    query: str | None = None


@dataclass
class Ground:
    """What all networks of one sandbox stand on."""

    session: ClientSession
    files: Files = field(default_factory=Files)
    limits: bool = True
    url: str = ""
    calls: deque[Json] = field(default_factory=lambda: deque(maxlen=2000))


class Network(ABC):
    """One emulated provider: its API under `path`, its chats, its faults, and the people in it."""

    kind: ClassVar[str]
    path: ClassVar[str]
    # Faults that only this network knows.
    own_faults: ClassVar[frozenset[str]] = frozenset()
    # What people can do here beside talking, as "event" of a `say`.
    events: ClassVar[tuple[str, ...]] = ()

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.book = Conversations()
        self.faults = Faults()
        self.toasts: deque[Json] = deque(maxlen=2000)

    @property
    def api_url(self) -> str:
        """The base URL a client of this provider is pointed at."""
        return self.ground.url + self.path

    @abstractmethod
    def routes(self) -> list[web.RouteDef]:
        """The provider's API."""

    @abstractmethod
    def credentials(self) -> dict[str, str]:
        """What a client needs besides the base URL."""

    @abstractmethod
    def chat_key(self, chat: str) -> str:
        """The chat's name in the book, for an id or phone written in any usual way; ControlError when it is none."""

    @abstractmethod
    async def say(self, said: Said) -> Done:
        """Lets a person do something. Raises ControlError."""

    async def console(self, body: Json) -> Json:
        """What an administrator does in the provider's console, or time by passing. Raises ControlError."""
        raise ControlError(f"{self.kind} has no console here", body=sorted(body))

    @abstractmethod
    def refusal(self, fault: Fault) -> web.Response:
        """The provider's own words for a 429 or 500."""

    @abstractmethod
    def gone(self, request: web.Request) -> web.Response:
        """What a caller meets while the provider is down."""

    def enter(self, url: str) -> None:
        """Where events are brought, for providers that learn it on their website. Raises ControlError for others."""
        raise ControlError(f"{self.kind} is told by its API where to bring events, not {url}")

    @property
    @abstractmethod
    def undelivered(self) -> int:
        """How many events the bot has not taken yet."""

    @abstractmethod
    async def stop(self) -> None:
        """Ends background work."""

    def note(self, method: str, chat: str | None, status: int, description: str | None = None) -> None:
        """Writes a call into the list that tests may read; never with a token or a text in it."""
        entry: Json = {"network": self.kind, "method": method, "chat": chat, "status": status, "at": now().isoformat()}
        self.ground.calls.append(entry | ({"description": description} if description else {}))

    async def answer(
        self,
        request: web.Request,
        method: str,
        chat: str | None,
        carry_out: Callable[[], Awaitable[web.StreamResponse]],
        *,
        speaks: bool,
    ) -> web.StreamResponse:
        """Carries a call out, unless a fault stands in its way; `speaks`: a person would notice this call."""
        if self.faults.strikes("down"):
            self.note(method, chat, 502)
            return self.gone(request)
        fault = self.faults.take(method, chat, speaks=speaks)
        if fault is None:
            return await carry_out()
        if fault.kind == "timeout":
            self.note(method, chat, 0, "no answer, not carried out")
            await self.faults.hold(fault)
            return hang_up(request)
        if fault.kind == "drop-answer":
            await carry_out()
            return hang_up(request)
        self.note(method, chat, int(fault.kind))
        return self.refusal(fault)

    def find_button(self, chat: str, text: str, message_id: str | None) -> Message:
        """The newest message of the chat with a button of that text, or ControlError 404 with the buttons there are."""
        messages = [m for m in self.book.seen(chat) if m.keyboard and message_id in (None, m.id)]
        for message in reversed(messages):
            if text in message.buttons:
                return message
        buttons = [text for m in messages for text in m.buttons]
        raise ControlError(f"no button {text!r} in chat {chat}", 404, buttons=buttons)


def hang_up(request: web.Request) -> web.Response:
    """Closes the connection, so that the answer returned here reaches nobody."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)
