"""What can be called on the Zalo Bot Platform?"""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from sandbox import loopback
from sandbox.conversation import Json, Message, now
from sandbox.media import picture_size
from sandbox.params import Params
from sandbox.zalo_bot.errors import Refusal, bad
from sandbox.zalo_bot.state import Room, milliseconds, new_id
from sandbox.zalo_bot.updates import Updates

if TYPE_CHECKING:
    from sandbox.zalo_bot.network import ZaloBot

Method = Callable[["ZaloBot", Params], Awaitable[Any]]
LIMIT = 2000


def _measured(p: Params, name: str) -> str:
    """A text of 1 to 2000 characters; the unit is not documented, so the strictest is taken: UTF-16 units."""
    text = p.text(name) or ""
    if not text.strip():
        raise bad(f"{name} must not be empty")
    if len(text.encode("utf-16-le", "surrogatepass")) // 2 > LIMIT:
        raise bad(f"{name} must be between 1 and {LIMIT} characters")
    return text


def _open_room(net: "ZaloBot", room: Room) -> None:
    # Zalo documents no code for a user who blocked the bot; a permanent one is assumed.
    if net.faults.strikes("blocked", room.id):
        raise bad("user has blocked the bot")
    net.state.charge(room)


def _put(net: "ZaloBot", room: Room, text: str, attachments: list[Json], kind: str | None = None) -> Json:
    message = Message(new_id(), room.id, None, text, now(), attachments=attachments)
    net.book.add(message)
    return {"message_id": message.id, "date": milliseconds()} | ({"message_type": kind} if kind else {})


async def get_me(net: "ZaloBot", _p: Params) -> Json:
    """getMe."""
    return net.state.bot


async def send_message(net: "ZaloBot", p: Params) -> Json:
    """sendMessage."""
    room, text = net.state.room(p.text("chat_id")), _measured(p, "text")
    if p.text("parse_mode") not in (None, "markdown", "html"):
        raise bad("parse_mode is invalid")
    _open_room(net, room)
    return _put(net, room, text, [])


async def send_photo(net: "ZaloBot", p: Params) -> Json:
    """sendPhoto: Zalo fetches the picture itself, at least twice; a link that works once shows as a black picture."""
    room, url = net.state.room(p.text("chat_id")), p.text("photo") or ""
    caption = _measured(p, "caption") if p.text("caption") else ""
    if not url.startswith(("http://", "https://")):
        raise bad("photo must start with http:// or https://")
    try:
        first = await loopback.fetch(net.ground.session, url)
    except loopback.FetchError as error:
        raise bad(f"photo URL is invalid ({error})") from None
    if picture_size(first.data) is None:
        raise bad("photo URL is invalid (no picture there)")
    shown: Json = {"kind": "photo", "url": url, "content_type": first.content_type}
    try:
        second = await loopback.fetch(net.ground.session, url)
        shown |= {"content_type": second.content_type, "size": len(second.data)}
    except loopback.FetchError as error:
        shown |= {"size": 0, "broken": f"the second fetch failed: {error}"}
    _open_room(net, room)
    return _put(net, room, caption, [shown], "CHAT_PHOTO")


async def send_sticker(net: "ZaloBot", p: Params) -> Json:
    """sendSticker."""
    room, sticker = net.state.room(p.text("chat_id")), p.text("sticker")
    if not sticker:
        raise bad("sticker must not be empty")
    _open_room(net, room)
    return _put(net, room, "", [{"kind": "sticker", "id": sticker}], "CHAT_STICKER")


async def send_voice(net: "ZaloBot", p: Params) -> Json:
    """sendVoice; to a group it is answered ok and not delivered."""
    room, url = net.state.room(p.text("chat_id")), p.text("voice_url") or ""
    if not url.startswith(("http://", "https://")) or not url.split("?")[0].endswith(".aac"):
        raise bad("voice_url must be an http(s) address ending in .aac")
    if room.type == "GROUP":
        return {"message_id": new_id(), "date": milliseconds()}
    _open_room(net, room)
    return _put(net, room, "", [{"kind": "voice", "url": url}], "CHAT_VOICE")


async def send_chat_action(net: "ZaloBot", p: Params) -> None:
    """sendChatAction, answered without a result."""
    net.state.room(p.text("chat_id"))
    if p.text("action") not in ("typing", "upload_photo"):
        raise bad("action is invalid")


async def unknown(_net: "ZaloBot", _p: Params) -> None:
    """Any other name."""
    raise Refusal(400, "Bad request - invalid API name")


def _of_updates(call: Callable[[Updates, Params], Awaitable[Json]]) -> Method:
    async def method(net: "ZaloBot", p: Params) -> Json:
        return await call(net.updates, p)

    return method


METHODS: dict[str, Method] = {
    "getMe": get_me,
    "getUpdates": _of_updates(Updates.get),
    "setWebhook": _of_updates(Updates.set_webhook),
    "deleteWebhook": _of_updates(Updates.delete_webhook),
    "getWebhookInfo": _of_updates(Updates.webhook_info),
    "testWebhook": _of_updates(Updates.check_webhook),
    "sendMessage": send_message,
    "sendPhoto": send_photo,
    "sendSticker": send_sticker,
    "sendVoice": send_voice,
    "sendChatAction": send_chat_action,
}
SPEAKING = {"sendMessage", "sendPhoto", "sendSticker", "sendVoice"}
