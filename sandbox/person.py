"""A person on an emulated network, played through the control door: says, presses, sends, and waits to hear.

`hears` waits for something new and remembers how far it has listened; `sees` looks at everything that is on the
screen now, so that a card edited in place is found. Both wait with a bound and fail with the whole screen in words.
"""

from dataclasses import dataclass, field
from typing import Any

from aiohttp import ClientSession

Json = dict[str, Any]
PATIENCE = 30.0  # seconds; a busy machine is slow, but an answer that takes longer is a fault
GLANCE = 0.5  # seconds of one long poll while waiting for an edit, which has no new message id


class NeverHeard(AssertionError):
    """Somebody waited in vain; the text says for what, and what stood on their screen instead."""


@dataclass
class Door:
    """The control door of a sandbox at `url`."""

    url: str
    session: ClientSession

    async def post(self, what: str, body: Json) -> Json:
        """Ask for a `say` or a `fault`. Raises AssertionError with the door's own sentence when it refuses."""
        async with self.session.post(f"{self.url}/sandbox/control/{what}", json=body) as answer:
            found: Json = await answer.json()
            assert answer.status == 200, found
            return found

    async def get(self, what: str, **query: str) -> Any:
        async with self.session.get(f"{self.url}/sandbox/control/{what}", params=query) as answer:
            found = await answer.json()
            assert answer.status == 200, found
            return found


@dataclass
class Person:
    """One person on one network. `chat` is a group they speak in; empty for their private chat with the bot."""

    door: Door
    network: str
    id: str
    name: str = ""
    chat: str = ""
    log: list[str] = field(default_factory=list)  # what was said and heard, in words, for a transcript
    where: str = ""  # put before each line of the log
    _after: str = ""

    @property
    def screen(self) -> str:
        return self.chat or self.id

    def among(self, group: str) -> "Person":
        """The same person in a group."""
        return Person(self.door, self.network, self.id, self.name, group, self.log, "(in the group) ")

    def _note(self, line: str) -> None:
        self.log.append(f"{line[:2]}{self.where}{line[2:]}")

    async def does(self, **deed: Any) -> Json:
        """Any deed of the control door's `say`: text, press, photo, edit, block…"""
        body: Json = {"network": self.network, "from": self.id, **deed}
        if self.name:
            body.setdefault("name", self.name)
        if self.chat:
            body["chat"] = self.chat
        return await self.door.post("say", body)

    async def says(self, text: str, **more: Any) -> str:
        """Write `text`; `reply_to` names the message answered. Returns the message's id."""
        self._note(f"→ {text}")
        return str((await self.does(text=text, **more))["message_id"])

    async def presses(self, label: str, **more: Any) -> str | None:
        """Press the newest button of that label; returns the toast it was answered with, if `wait` asks for it."""
        self._note(f"→ [{label}]")
        toast = (await self.does(press=label, **more)).get("toast")
        return None if toast is None else str(toast)

    async def sends_photo(self, text: str = "", **more: Any) -> str:
        """Send the picture of a paper, with words beside it or without."""
        self._note(f"→ (photo) {text}".rstrip())
        deed: Json = {"photo": True, **more}
        if text:
            deed["text"] = text
        return str((await self.does(**deed))["message_id"])

    async def seen(self, *, wait: float = 0, after: str = "") -> list[Json]:
        """Everything on this screen that the bot sent, oldest first."""
        query = {"network": self.network, "chat": self.screen, "wait": str(wait)}
        if after:
            query["after"] = after
        found: list[Json] = await self.door.get("seen", **query)
        return found

    async def hears(self, *parts: str, patience: float = PATIENCE) -> Json:
        """Wait for a new message that has all of `parts`; those before it count as heard."""
        waited = 0.0
        while True:
            for message in await self.seen(wait=GLANCE, after=self._after):
                self._after = str(message["message_id"])
                self._note(_in_words(message))
                if all(part in message["text"] for part in parts):
                    return message
            waited += GLANCE
            if waited >= patience:
                raise NeverHeard(await self._complaint(f"a new message with {parts}"))

    async def sees(self, *parts: str, patience: float = PATIENCE) -> Json:
        """Wait until some message on the screen, edited ones included, has all of `parts`."""
        waited = 0.0
        while True:
            screen = await self.seen()
            for message in reversed(screen):
                if all(part in message["text"] for part in parts):
                    return message
            if waited >= patience:
                raise NeverHeard(await self._complaint(f"{parts} anywhere on the screen"))
            await self.seen(wait=GLANCE, after=str(screen[-1]["message_id"]) if screen else "")
            waited += GLANCE

    async def _complaint(self, wanted: str) -> str:
        screen = "\n".join(_in_words(message) for message in await self.seen())
        return f"{self.name or self.id} on {self.network} waited for {wanted}; the screen shows:\n{screen}"


def _in_words(message: Json) -> str:
    buttons = " ".join(f"[{label}]" for label in message["buttons"])
    papers = " ".join(f"({paper.get('kind', paper.get('type', 'file'))})" for paper in message["attachments"])
    return "← " + " ".join(part for part in (message["text"], papers, buttons) if part)
