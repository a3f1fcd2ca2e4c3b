"""How does a message of the bot come into a chat?"""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from sandbox.conversation import Json, Message
from sandbox.params import Params
from sandbox.telegram.errors import Refusal, bad, forbidden, too_many
from sandbox.telegram.files import incoming
from sandbox.telegram.keyboards import inline, read_markup
from sandbox.telegram.markup import CAPTION_LIMIT, TEXT_LIMIT, read_text
from sandbox.telegram.shapes import MEDIA, as_reply, book_entry, start_message
from sandbox.telegram.state import Room

if TYPE_CHECKING:
    from sandbox.telegram.network import Telegram

Method = Callable[["Telegram", Params], Awaitable[Any]]
ALBUM_KINDS = ("photo", "video", "document", "audio")


def open_room(net: "Telegram", p: Params, count: int = 1) -> Room:
    """The chat to write into, its budget charged with `count` messages. Raises Refusal."""
    room = net.state.room(p.text("chat_id"))
    if net.faults.strikes("blocked", str(room.id)):
        what = "was blocked by the user" if room.type == "private" else f"was kicked from the {room.type} chat"
        raise forbidden(f"bot {what}")
    charge(net, room, count)
    return room


def charge(net: "Telegram", room: Room, count: int = 1) -> None:
    """Takes messages from the chat's budget. Raises the 429 Refusal when it is used up."""
    wait = net.limits.spend(room.id, count) if net.limits is not None else 0
    if wait:
        raise too_many(wait)


def placing(net: "Telegram", room: Room, p: Params) -> Json:
    """The fields that say where the message stands: its topic and the message it answers. Raises Refusal."""
    place: Json = {}
    thread = p.integer("message_thread_id")
    if thread is not None and not (room.forum and thread == 1):
        if thread not in room.topics:
            raise bad("message thread not found")
        place |= {"message_thread_id": thread, "is_topic_message": True}
    reply = p.data("reply_parameters") or {}
    if not isinstance(reply, dict):
        raise bad("object expected as reply parameters")
    answered = reply.get("message_id") or p.integer("reply_to_message_id")
    if answered is None:
        return place
    source = str(reply.get("chat_id") or room.id)
    original = net.book.find(source, str(answered))
    if original is not None:
        if source == str(room.id) and not place and "message_thread_id" in original.raw:
            place = {"message_thread_id": original.raw["message_thread_id"], "is_topic_message": True}
        return place | {"reply_to_message": as_reply(original.raw)}
    if reply.get("allow_sending_without_reply") or p.truth("allow_sending_without_reply"):
        return place
    raise bad("message to be replied not found")


def put(net: "Telegram", room: Room, content: Json, markup: Json | None = None, shown_to: Json | None = None) -> Json:
    """Writes a message of the bot into the chat and returns its Message object.

    One that is `shown_to` a single member has no message id for the bot, only one among such messages.
    """
    raw = start_message(room, net.state.bot, content | inline(markup))
    if shown_to is not None:
        raw |= {"ephemeral_message_id": raw["message_id"], "receiver_user": shown_to}
    entry = net.book.add(book_entry(net.state, room, raw, None, markup))
    if shown_to is not None:
        entry.more["only_for"] = str(shown_to["id"])
        raw["message_id"] = 0
    return raw


async def send_message(net: "Telegram", p: Params) -> Json:
    """sendMessage."""
    text, entities = read_text(p, "text", TEXT_LIMIT)
    net.state.room(p.text("chat_id"))
    if not text:
        raise bad("message text is empty")
    markup = read_markup(p)
    room = net.state.room(p.text("chat_id"))
    place = placing(net, room, p)
    shown_to = only_for(net, room, p)
    open_room(net, p)
    content = place | {"text": text} | ({"entities": entities} if entities else {})
    return put(net, room, content, markup, shown_to)


def only_for(net: "Telegram", room: Room, p: Params) -> Json | None:
    """The member who alone is to see the message (ephemeral_message_parameters). Raises Refusal.

    Any bot may write so to who pressed a button, an administrator to any member (Bot API 10.3). In which words others
    are refused is not documented.
    """
    given = p.data("ephemeral_message_parameters")
    if given is None:
        return None
    if not isinstance(given, dict) or room.type == "private":
        raise bad("PEER_ID_INVALID")
    query = net.state.queries.get(str(given.get("callback_query_id")))
    person = net.state.people.get(int(given.get("receiver_user_id") or 0))
    if person is None or person.id not in room.members:
        raise bad("USER_NOT_PARTICIPANT")
    if given.get("callback_query_id") and (query is None or query["from"] != str(person.id)):
        raise bad("query is too old and response timeout expired or query ID is invalid")
    return person.user()


def sender_of(kind: str) -> Method:
    """The method that sends one medium of the kind."""

    async def send(net: "Telegram", p: Params) -> Json:
        room = net.state.room(p.text("chat_id"))
        caption, entities = read_text(p, "caption", CAPTION_LIMIT)
        markup, place = read_markup(p), placing(net, room, p)
        medium = await incoming(net, p, kind, p.text(kind))
        open_room(net, p)
        return put(net, room, place | {kind: medium} | captioned(caption, entities), markup)

    return send


def captioned(caption: str, entities: list[Json]) -> Json:
    """The caption's fields of a Message object."""
    return ({"caption": caption} if caption else {}) | ({"caption_entities": entities} if caption and entities else {})


async def send_location(net: "Telegram", p: Params) -> Json:
    """sendLocation."""
    try:
        spot = {key: float(p.text(key) or "") for key in ("latitude", "longitude")}
    except ValueError:
        raise bad("invalid geo coordinates") from None
    if abs(spot["latitude"]) > 90 or abs(spot["longitude"]) > 180:
        raise bad("invalid geo coordinates")
    return _send_plain(net, p, {"location": spot})


async def send_contact(net: "Telegram", p: Params) -> Json:
    """sendContact."""
    phone, name = p.text("phone_number"), p.text("first_name")
    if not phone:
        raise bad("phone number is empty")
    if not name:
        raise bad("first name is empty")
    return _send_plain(net, p, {"contact": {"phone_number": phone, "first_name": name}})


def _send_plain(net: "Telegram", p: Params, content: Json) -> Json:
    room = net.state.room(p.text("chat_id"))
    markup, place = read_markup(p), placing(net, room, p)
    open_room(net, p)
    return put(net, room, place | content, markup)


async def send_media_group(net: "Telegram", p: Params) -> list[Json]:
    """sendMediaGroup: two to ten media that appear as one album."""
    room = net.state.room(p.text("chat_id"))
    media = p.data("media")
    if not isinstance(media, list) or not 2 <= len(media) <= 10:
        raise bad("media group must include 2-10 items")
    place = placing(net, room, p)
    contents = [await _album_item(net, p, item) for item in media]
    open_room(net, p, len(contents))
    album = {"media_group_id": str(13_000_000_000_000_000 + net.next_number())}
    return [put(net, room, place | album | content) for content in contents]


async def _album_item(net: "Telegram", p: Params, item: Any) -> Json:
    if not isinstance(item, dict) or item.get("type") not in ALBUM_KINDS:
        raise bad("can't parse InputMedia: type must be photo, video, document or audio")
    kind = str(item["type"])
    medium = await incoming(net, p, kind, str(item.get("media") or "") or None)
    caption, entities = read_text(Params(item), "caption", CAPTION_LIMIT)
    return {kind: medium} | captioned(caption, entities)


def source(net: "Telegram", p: Params, message_id: int | None) -> Message:
    """The message to be copied or forwarded. Raises Refusal."""
    room = net.state.room(p.text("from_chat_id"))
    found = net.book.find(str(room.id), str(message_id))
    if found is None:
        raise bad("message to copy not found")
    return found


def content_of(raw: Json) -> Json:
    """The part of a Message object that a copy takes along."""
    kinds = ("text", "entities", "caption", "caption_entities", "location", "contact", *MEDIA)
    return {key: raw[key] for key in kinds if key in raw}


async def copy_message(net: "Telegram", p: Params) -> Json:
    """copyMessage."""
    original = source(net, p, p.integer("message_id"))
    room = net.state.room(p.text("chat_id"))
    content, markup, place = content_of(original.raw), read_markup(p), placing(net, room, p)
    if p.text("caption") is not None and "text" not in content:
        content = {key: value for key, value in content.items() if not key.startswith("caption")}
        content |= captioned(*read_text(p, "caption", CAPTION_LIMIT))
    open_room(net, p)
    return {"message_id": put(net, room, place | content, markup)["message_id"]}


async def forward_message(net: "Telegram", p: Params) -> Json:
    """forwardMessage."""
    original = source(net, p, p.integer("message_id"))
    room = net.state.room(p.text("chat_id"))
    place = placing(net, room, p)
    open_room(net, p)
    return put(net, room, place | content_of(original.raw) | _origin(original.raw))


def _origin(raw: Json) -> Json:
    return {"forward_origin": {"type": "user", "date": raw["date"], "sender_user": raw["from"]}}


def message_ids(p: Params) -> list[int]:
    """The ids of a call about many messages. Raises Refusal."""
    ids = p.data("message_ids")
    if not isinstance(ids, list) or not 1 <= len(ids) <= 100 or not all(type(i) is int for i in ids):
        raise bad("message identifiers must be a list of 1-100 numbers")
    return ids


def _each(one: Method) -> Method:
    """The method for many messages (copyMessages, forwardMessages) from that for one; missing ones are left out."""

    async def many(net: "Telegram", p: Params) -> list[Json]:
        sent = []
        for message_id in message_ids(p):
            try:
                source(net, p, message_id)
            except Refusal:
                continue
            result = await one(net, Params(p.values | {"message_id": message_id}))
            sent.append({"message_id": result["message_id"]})
        return sent

    return many


METHODS: dict[str, Method] = {
    "sendMessage": send_message,
    "sendPhoto": sender_of("photo"),
    "sendDocument": sender_of("document"),
    "sendVoice": sender_of("voice"),
    "sendVideo": sender_of("video"),
    "sendAnimation": sender_of("animation"),
    "sendAudio": sender_of("audio"),
    "sendSticker": sender_of("sticker"),
    "sendVideoNote": sender_of("video_note"),
    "sendLocation": send_location,
    "sendContact": send_contact,
    "sendMediaGroup": send_media_group,
    "copyMessage": copy_message,
    "copyMessages": _each(copy_message),
    "forwardMessage": forward_message,
    "forwardMessages": _each(forward_message),
}
