"""How do a test or the page put words into people's mouths, see what they see, and make networks misbehave?

POST /sandbox/control/say     a person does something; answers {"message_id"} (and "message_ids" for an album)
GET  /sandbox/control/seen    what a person or group sees of the bot; with `own` also what people said there;
                              `wait` seconds for the first message (after `after`), or, when given the `version`
                              of an earlier answer's X-Sandbox-Version, for any change, edits included
GET  /sandbox/control/toasts  what a press was answered with, seen for a moment by who pressed
POST /sandbox/control/fault   a network misbehaves, or does so no longer
POST /sandbox/control/enter   the address for events as typed into the provider's website, where no API takes it
POST /sandbox/control/console what is otherwise done in a provider's console, or by waiting (zalo_oa): {"network",
                              "webhook"?: url, "subscribed"?, "package"?, "move"?: seconds, "expire"?, "void"?}
GET  /sandbox/control/calls   the latest calls of the networks' APIs
GET  /sandbox/control/chats   the networks and the chats in which something was said
"""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiohttp import web

from sandbox.conversation import Json, Message
from sandbox.faults import KINDS, Fault
from sandbox.network import ControlError, Ground, Network, Said

PATH = "/sandbox/control"
MEDIA = ("photo", "document", "voice", "video", "sticker", "location", "contact")
SAY_KEYS = {
    *("network", "from", "name", "chat", "text", "press", "reply_to", "thread", "edit", "start", "album", "wait"),
    *("block", "unblock", "unsupported", "forwarded", "forum", "migrate_to", "delete", "delete_topic", "put_out"),
    *("size", "lying", "event", "data"),
    *MEDIA,
}
DEEDS = (
    *("text", "press", "start", "album", "unsupported", "block", "unblock", "migrate_to"),
    *("delete", "delete_topic", "put_out", "event"),
    *MEDIA,
)
FAULT_KEYS = {"network", "kind", "times", "retry_after", "chat", "method"}


class Control:
    """The control door over some networks."""

    def __init__(self, networks: Mapping[str, Network], ground: Ground) -> None:
        self._networks = networks
        self._ground = ground

    def routes(self) -> list[web.RouteDef]:
        """The routes of the door."""
        return [
            web.post(f"{PATH}/say", _answered(self._say)),
            web.get(f"{PATH}/seen", _answered(self._seen)),
            web.get(f"{PATH}/toasts", _answered(self._toasts)),
            web.post(f"{PATH}/fault", _answered(self._fault)),
            web.post(f"{PATH}/enter", _answered(self._enter)),
            web.post(f"{PATH}/console", _answered(self._console)),
            web.get(f"{PATH}/calls", _answered(self._list_calls)),
            web.get(f"{PATH}/chats", _answered(self._chats)),
        ]

    def network(self, name: Any) -> Network:
        """The network of that name. Raises ControlError."""
        if not isinstance(name, str) or name not in self._networks:
            raise ControlError(f'"network" must be one of {", ".join(self._networks)}, not {name!r}')
        return self._networks[name]

    async def say(self, body: Json) -> Json:
        """Carries out the body of a `say`. Raises ControlError."""
        network = self.network(body.get("network"))
        said = read_say(body)
        if said.event is not None and not network.events:
            raise ControlError(f'{network.kind} knows no "event"')
        done = await network.say(said)
        answer: Json = {"message_id": done.message_ids[0] if done.message_ids else None}
        if len(done.message_ids) > 1:
            answer["message_ids"] = done.message_ids
        if done.query is not None and said.wait > 0:
            toast = await network.book.bell.until(
                lambda: next((t for t in network.toasts if t["query"] == done.query), None), said.wait
            )
            answer["toast"] = None if toast is None else toast["text"]
        return answer

    def fault(self, body: Json) -> Json:
        """Carries out the body of a `fault`. Raises ControlError."""
        network = self.network(body.get("network"))
        _no_others(body, FAULT_KEYS)
        kind, chat = str(body.get("kind")), body.get("chat")
        key = None if chat in (None, "") else network.chat_key(str(chat))
        if kind == "clear":
            network.faults.clear(key)
            return {"ok": True}
        if kind not in KINDS and kind not in network.own_faults:
            known = dict.fromkeys((*KINDS, *sorted(network.own_faults), "clear"))
            raise ControlError(f'"kind" must be one of {", ".join(known)}, not {kind!r}')
        if kind == "wrapped" and kind not in network.own_faults:
            raise ControlError(f"{network.kind} has no wrapped webhooks; zalo_bot has")
        if kind == "blocked" and key is None:
            raise ControlError('"blocked" needs a "chat": who blocked the bot?')
        if kind in ("down", "wrapped", "duplicate", "swap") and key is not None:
            raise ControlError(f'"{kind}" concerns the whole network: leave "chat" out')
        fault = Fault(kind, key, body.get("method"), _count(body, "times"), _count(body, "retry_after") or 1)
        network.faults.add(fault)
        return {"ok": True}

    async def _say(self, request: web.Request) -> Any:
        return await self.say(await _object(request))

    async def _console(self, request: web.Request) -> Any:
        body = await _object(request)
        return await self.network(body.pop("network", None)).console(body)

    async def _fault(self, request: web.Request) -> Any:
        return self.fault(await _object(request))

    async def _enter(self, request: web.Request) -> Any:
        body = await _object(request)
        _no_others(body, {"network", "url"})
        self.network(body.get("network")).enter(str(body.get("url") or ""))
        return {"ok": True}

    async def _seen(self, request: web.Request) -> Any:
        query = request.query
        network = self.network(query.get("network"))
        if not query.get("chat"):
            raise ControlError('"chat" is missing: the id or phone of a person, or the id of a group')
        chat, after = network.chat_key(query["chat"]), query.get("after") or None
        own, book, version = query.get("own") in ("1", "true"), network.book, query.get("version")

        def look() -> object:
            if version is not None:
                return None if version == str(book.version(chat)) else version
            return book.seen(chat, after, own=own) or None

        try:
            book.seen(chat, after)
            await book.bell.until(look, _seconds(query))
        except KeyError:
            raise ControlError(f'chat {chat} never had a message {after}, so nothing can come "after" it') from None
        entries = [self._printed(message) for message in book.seen(chat, after, own=own)]
        return web.json_response(entries, headers={"X-Sandbox-Version": str(book.version(chat))})

    def _printed(self, message: Message) -> Json:
        entry = message.shown()
        for attachment in entry["attachments"]:
            if str(attachment.get("url", "")).startswith("/"):
                attachment["url"] = self._ground.url + attachment["url"]
        return entry

    async def _toasts(self, request: web.Request) -> Any:
        network, person = self.network(request.query.get("network")), request.query.get("from")
        return [toast for toast in network.toasts if person in (None, toast["from"])]

    async def _list_calls(self, request: web.Request) -> Any:
        name = request.query.get("network")
        if name:
            self.network(name)
        return [call for call in self._ground.calls if name in (None, "", call["network"])]

    async def _chats(self, _request: web.Request) -> Any:
        return {name: network.book.names() for name, network in self._networks.items()}


def read_say(body: Json) -> Said:
    """The body of a `say`, checked as far as all networks agree. Raises ControlError."""
    _no_others(body, SAY_KEYS)
    for key in ("text", "press", "name", "start", "event"):
        if body.get(key) is not None and not isinstance(body[key], str):
            raise ControlError(f'"{key}" must be text')
    person = _id(body, "from")
    if person is None:
        raise ControlError('"from" is missing: the id or phone of the person who acts')
    if not any(body.get(key) not in (None, False, 0) for key in DEEDS):
        raise ControlError(f"nothing to do: give one of {', '.join(DEEDS)}")
    media = [key for key in MEDIA if body.get(key)]
    album = _count(body, "album") or 0
    if len(media) + bool(album) > 1:
        raise ControlError(f"one message carries one of {', '.join((*MEDIA, 'album'))}")
    if album > 10:
        raise ControlError('"album" has at most 10 photos')
    if body.get("edit") is not None and body.get("text") is None:
        raise ControlError('"edit" needs the new "text"')
    return Said(
        person=person,
        name=body.get("name"),
        chat=_id(body, "chat"),
        text=body.get("text"),
        press=body.get("press"),
        reply_to=_id(body, "reply_to"),
        thread=_id(body, "thread"),
        media=media[0] if media else None,
        album=album,
        edit=_id(body, "edit"),
        start=body.get("start"),
        unsupported=bool(body.get("unsupported")),
        forwarded=bool(body.get("forwarded")),
        block=True if body.get("block") else False if body.get("unblock") else None,
        forum=body.get("forum"),
        migrate_to=_id(body, "migrate_to"),
        delete=_id(body, "delete"),
        delete_topic=_id(body, "delete_topic"),
        put_out=bool(body.get("put_out")),
        size=_count(body, "size") or 0,
        lying=bool(body.get("lying")),
        event=body.get("event"),
        data=_data(body),
        wait=_seconds(body),
    )


def _id(body: Json, key: str) -> str | None:
    """Ids may come as numbers or text."""
    value = body.get(key)
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ControlError(f'"{key}" must be text or a whole number')
    return str(value)


def _data(body: Json) -> Json:
    value = body.get("data", {})
    if not isinstance(value, dict):
        raise ControlError('"data" must be a JSON object')
    return value


def _count(body: Json, key: str) -> int | None:
    value = body.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ControlError(f'"{key}" must be a whole number from 1')
    return value


def _seconds(values: Mapping[str, Any]) -> float:
    try:
        return min(max(float(values.get("wait") or 0), 0.0), 60.0)
    except (TypeError, ValueError):
        raise ControlError('"wait" must be a number of seconds') from None


def _no_others(body: Json, known: set[str]) -> None:
    others = sorted(body.keys() - known)
    if others:
        raise ControlError(f"unknown: {', '.join(others)}; known are {', '.join(sorted(known))}")


async def _object(request: web.Request) -> Json:
    try:
        body = json.loads(await request.read())
    except ValueError:
        raise ControlError("the body is not JSON") from None
    if not isinstance(body, dict):
        raise ControlError("the body must be a JSON object")
    return body


def _answered(handler: Callable[[web.Request], Awaitable[Any]]) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def answer(request: web.Request) -> web.Response:
        try:
            found = await handler(request)
            return found if isinstance(found, web.Response) else web.json_response(found)
        except ControlError as error:
            return web.json_response({"error": str(error)} | error.more, status=error.status)

    return answer
