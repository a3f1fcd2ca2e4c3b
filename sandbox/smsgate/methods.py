"""What can be asked of the emulated phone over HTTP?"""

import json
import re
import secrets
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from aiohttp import web

from sandbox.conversation import Json
from sandbox.loopback import is_loopback
from sandbox.smsgate.numbers import is_mobile
from sandbox.smsgate.phone import EVENTS
from sandbox.smsgate.state import QUEUE_LIMIT, Outgoing, stamp

if TYPE_CHECKING:
    from sandbox.smsgate.network import SmsGate

Handler = Callable[["SmsGate", web.Request, Any], Awaitable[web.Response]]


class Refusal(Exception):
    """An error answer: {"message": …} with its HTTP status."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


async def health(net: "SmsGate", _request: web.Request, _body: Any) -> web.Response:
    """GET /health, which needs no password."""
    queued = {"observedUnit": "messages", "observedValue": len(net.state.queue), "status": "pass"}
    return web.json_response(
        {"status": "pass", "version": "1.68.0", "releaseId": 168, "checks": {"messages:pending": queued}}
    )


async def root(net: "SmsGate", _request: web.Request, _body: Any) -> web.Response:
    """GET /."""
    return web.json_response({"message": "SMS Gateway for Android", "device": net.state.device})


async def device(net: "SmsGate", _request: web.Request, _body: Any) -> web.Response:
    """GET /device."""
    sim = {"slotIndex": 0, "simNumber": 1, "phoneNumber": net.state.number, "carrierName": "Sandbox"}
    shown = {"id": net.state.device, "name": "sandbox/phone", "lastSeen": stamp(), "simCards": [sim]}
    return web.json_response([shown])


def _text(body: Json) -> str:
    given = [key for key in ("textMessage", "dataMessage", "message") if body.get(key) is not None]
    if len(given) != 1:
        raise Refusal(400, "exactly one of textMessage, dataMessage or message is required")
    text = body[given[0]]
    words = text.get("text") if isinstance(text, dict) else text
    if given == ["dataMessage"] or not isinstance(words, str) or not words:
        raise Refusal(400, "textMessage.text must be a non-empty string")
    return words


def _numbers(body: Json, *, skip: bool) -> list[str]:
    numbers = body.get("phoneNumbers")
    if not isinstance(numbers, list) or not 1 <= len(numbers) <= 100 or len(set(map(str, numbers))) != len(numbers):
        raise Refusal(400, "phoneNumbers must be a list of 1 to 100 different numbers")
    for number in numbers:
        if not isinstance(number, str) or not number.strip() or not (skip or is_mobile(number)):
            raise Refusal(400, f"Invalid phone number {number!r}")
    return numbers


def _check_rest(body: Json) -> None:
    own_id = body.get("id")
    if own_id is not None and (not isinstance(own_id, str) or not 1 <= len(own_id) <= 36):
        raise Refusal(400, "id must be a string of 1 to 36 characters")
    priority = body.get("priority", 0)
    if not isinstance(priority, int) or not -128 <= priority <= 127:
        raise Refusal(400, "priority must be between -128 and 127")
    if body.get("ttl") is not None and body.get("validUntil") is not None:
        raise Refusal(400, "ttl and validUntil exclude each other")
    if body.get("ttl") is not None and (not isinstance(body["ttl"], int) or body["ttl"] < 5):
        raise Refusal(400, "ttl must be at least 5 seconds")


async def send(net: "SmsGate", request: web.Request, body: Any) -> web.Response:
    """POST /messages."""
    if not isinstance(body, dict):
        raise Refusal(400, "JSON object expected")
    _check_rest(body)
    numbers = _numbers(body, skip=request.query.get("skipPhoneValidation") in ("true", "1"))
    message_id = body.get("id") or secrets.token_urlsafe(15)
    report = body.get("withDeliveryReport") is not False
    message = Outgoing(message_id, _text(body), numbers, report, body.get("priority", 0))
    if message.id in net.state.messages:
        raise Refusal(409, f"Message with id {message.id} already exists")
    if len(net.state.queue) >= QUEUE_LIMIT:
        raise Refusal(503, "Queue limit exceeded")
    net.phone.enqueue(message)
    return web.json_response(message.shown(net.state.device), status=202)


def _message(net: "SmsGate", request: web.Request) -> Outgoing:
    message = net.state.messages.get(request.match_info["id"])
    if message is None:
        raise Refusal(404, "Message not found")
    return message


async def messages(net: "SmsGate", _request: web.Request, _body: Any) -> web.Response:
    """GET /messages."""
    return web.json_response([m.shown(net.state.device) for m in reversed(net.state.messages.values())])


async def message(net: "SmsGate", request: web.Request, _body: Any) -> web.Response:
    """GET /messages/{id}."""
    return web.json_response(_message(net, request).shown(net.state.device))


async def cancel(net: "SmsGate", request: web.Request, _body: Any) -> web.Response:
    """DELETE /messages/{id}, while it is pending."""
    found = _message(net, request)
    if found not in net.state.queue:
        raise Refusal(409, f"Message is {found.state}, only Pending can be cancelled")
    net.state.queue.remove(found)
    found.move("Cancelled")
    for number in found.numbers:
        payload = {"messageId": found.id, "recipient": number, "phoneNumber": number, "cancelledAt": stamp()}
        net.phone.tell("sms:cancelled", payload)
    return web.json_response(found.shown(net.state.device), status=202)


async def webhooks(net: "SmsGate", _request: web.Request, _body: Any) -> web.Response:
    """GET /webhooks."""
    return web.json_response(list(net.state.webhooks.values()))


async def register(net: "SmsGate", _request: web.Request, body: Any) -> web.Response:
    """POST /webhooks; the same id replaces."""
    if not isinstance(body, dict) or not isinstance(body.get("url"), str):
        raise Refusal(400, "url is required")
    if body.get("event") not in EVENTS:
        raise Refusal(400, f"event must be one of {', '.join(EVENTS)}")
    url = body["url"]
    if urlsplit(url).scheme != "https" and not is_loopback(url):
        raise Refusal(400, "url must be https, or http to 127.0.0.1")
    if not is_loopback(url):
        raise Refusal(400, "the emulated phone delivers to loopback addresses only")
    hook: Json = {"id": str(body.get("id") or secrets.token_urlsafe(12)), "url": url, "event": body["event"]}
    net.state.webhooks[hook["id"]] = hook
    return web.json_response(hook | {"deviceId": net.state.device}, status=201)


async def unregister(net: "SmsGate", request: web.Request, _body: Any) -> web.Response:
    """DELETE /webhooks/{id}."""
    if net.state.webhooks.pop(request.match_info["id"], None) is None:
        raise Refusal(404, "Webhook not found")
    return web.Response(status=204)


async def settings(net: "SmsGate", _request: web.Request, _body: Any) -> web.Response:
    """GET /settings; the signing key is write-only."""
    return web.json_response(net.state.settings)


async def change_settings(net: "SmsGate", _request: web.Request, body: Any) -> web.Response:
    """PATCH /settings."""
    if not isinstance(body, dict) or not all(isinstance(part, dict) for part in body.values()):
        raise Refusal(400, "an object of objects expected")
    order = body.get("messages", {}).get("processing_order")
    if order not in (None, "FIFO", "LIFO"):
        raise Refusal(400, "messages.processing_order must be FIFO or LIFO")
    for section, values in body.items():
        kept = dict(values)
        net.state.signing_key = str(kept.pop("signing_key", None) or net.state.signing_key)
        net.state.settings[section] = net.state.settings.get(section, {}) | kept
    return web.json_response(net.state.settings)


async def inbox(net: "SmsGate", request: web.Request, _body: Any) -> web.Response:
    """GET /inbox?type=&from=&to=&limit=&offset=, newest first."""
    query = request.query
    try:
        start, end = (datetime.fromisoformat(query[k]) if k in query else None for k in ("from", "to"))
        limit, offset = int(query.get("limit", 50)), int(query.get("offset", 0))
    except ValueError:
        raise Refusal(400, "from and to are RFC 3339 times, limit and offset numbers") from None
    if not 1 <= limit <= 500 or any(t is not None and t.tzinfo is None for t in (start, end)):
        raise Refusal(400, "limit is 1 to 500, times need an offset")
    found = [
        entry
        for entry in reversed(net.state.inbox)
        if query.get("type") in (None, entry["type"])
        and (start is None or datetime.fromisoformat(entry["createdAt"]) >= start)
        and (end is None or datetime.fromisoformat(entry["createdAt"]) <= end)
    ]
    return web.json_response(found[offset : offset + limit], headers={"X-Total-Count": str(len(found))})


async def accept(_net: "SmsGate", _request: web.Request, _body: Any) -> web.Response:
    """POST /inbox/refresh and /messages/inbox/export: they bring what the app missed, and this one misses nothing."""
    return web.json_response({}, status=202)


async def read_json(request: web.Request) -> Any:
    """The body of a POST or PATCH. Raises Refusal."""
    try:
        return json.loads(await request.read() or b"null")
    except ValueError:
        raise Refusal(400, "body is not JSON") from None


def _both(path: str) -> tuple[str, str]:
    """Older apps know only the singular."""
    return path, re.sub(r"^/(message|webhook)s", r"/\1", path)


# Method, path, handler, and the name under which faults and the call list know it.
ROUTES: list[tuple[str, str, Handler, str]] = [
    ("GET", "/health", health, "health"),
    ("GET", "/", root, "root"),
    ("GET", "/device", device, "device"),
    *(("POST", path, send, "send") for path in _both("/messages")),
    *(("GET", path, messages, "messages") for path in _both("/messages")),
    *(("GET", path, message, "message") for path in _both("/messages/{id}")),
    *(("DELETE", path, cancel, "cancel") for path in _both("/messages/{id}")),
    *(("GET", path, webhooks, "webhooks") for path in _both("/webhooks")),
    *(("POST", path, register, "register") for path in _both("/webhooks")),
    *(("DELETE", path, unregister, "unregister") for path in _both("/webhooks/{id}")),
    ("GET", "/settings", settings, "settings"),
    ("PATCH", "/settings", change_settings, "change_settings"),
    ("GET", "/inbox", inbox, "inbox"),
    ("POST", "/inbox/refresh", accept, "refresh"),
    ("POST", "/messages/inbox/export", accept, "export"),
]
