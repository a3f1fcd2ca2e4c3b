"""How does the bot change or remove what already stands in a chat?"""

from typing import TYPE_CHECKING

from sandbox.conversation import Json, Message
from sandbox.params import Params
from sandbox.telegram.errors import bad
from sandbox.telegram.keyboards import inline, read_markup
from sandbox.telegram.markup import CAPTION_LIMIT, TEXT_LIMIT, read_text
from sandbox.telegram.sending import Method, captioned, message_ids, open_room
from sandbox.telegram.shapes import MEDIA, refresh
from sandbox.telegram.state import timestamp

if TYPE_CHECKING:
    from sandbox.telegram.network import Telegram

NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current "
    "content and reply markup of the message"
)


def _own(net: "Telegram", p: Params) -> Message:
    room = net.state.room(p.text("chat_id"))
    message = net.book.find(str(room.id), str(p.integer("message_id")))
    if message is None:
        raise bad("message to edit not found")
    if message.author is not None:
        raise bad("message can't be edited")
    return message


def _replace(net: "Telegram", p: Params, message: Message, fields: tuple[str, ...], content: Json) -> Json:
    """Puts `content` in the place of `fields`, and a new inline keyboard in the place of the old one or of none."""
    content = content | inline(read_markup(p))
    before = {key: message.raw[key] for key in (*fields, "reply_markup") if key in message.raw}
    if before == content:
        raise bad(NOT_MODIFIED)
    open_room(net, p)
    message.raw = {key: value for key, value in message.raw.items() if key not in before}
    message.raw |= content | {"edit_date": timestamp()}
    message.edited = True
    refresh(net.state, message)
    net.book.changed(message.chat)
    return message.raw


async def edit_text(net: "Telegram", p: Params) -> Json:
    """editMessageText."""
    text, entities = read_text(p, "text", TEXT_LIMIT)
    message = _own(net, p)
    if not text:
        raise bad("message text is empty")
    if "text" not in message.raw:
        raise bad("there is no text in the message to edit")
    content: Json = {"text": text} | ({"entities": entities} if entities else {})
    return _replace(net, p, message, ("text", "entities"), content)


async def edit_caption(net: "Telegram", p: Params) -> Json:
    """editMessageCaption."""
    caption, entities = read_text(p, "caption", CAPTION_LIMIT)
    message = _own(net, p)
    if not any(kind in message.raw for kind in MEDIA):
        raise bad("there is no caption in the message to edit")
    return _replace(net, p, message, ("caption", "caption_entities"), captioned(caption, entities))


async def edit_markup(net: "Telegram", p: Params) -> Json:
    """editMessageReplyMarkup; without a markup the buttons go."""
    return _replace(net, p, _own(net, p), (), {})


def _remove(net: "Telegram", message: Message) -> None:
    message.deleted = True
    net.book.changed(message.chat)


async def delete_message(net: "Telegram", p: Params) -> bool:
    """deleteMessage."""
    room = net.state.room(p.text("chat_id"))
    message = net.book.find(str(room.id), str(p.integer("message_id")))
    if message is None:
        raise bad("message to delete not found")
    _remove(net, message)
    return True


async def delete_messages(net: "Telegram", p: Params) -> bool:
    """deleteMessages; ids that are not there are passed over."""
    room = net.state.room(p.text("chat_id"))
    for message_id in message_ids(p):
        message = net.book.find(str(room.id), str(message_id))
        if message is not None:
            _remove(net, message)
    return True


async def react(net: "Telegram", p: Params) -> bool:
    """setMessageReaction."""
    room = net.state.room(p.text("chat_id"))
    message = net.book.find(str(room.id), str(p.integer("message_id")))
    if message is None:
        raise bad("message to react not found")
    reactions = p.data("reaction") or []
    if not isinstance(reactions, list) or not all(isinstance(r, dict) for r in reactions):
        raise bad("can't parse reaction types: Array expected")
    message.more.pop("reactions", None)
    if reactions:
        message.more["reactions"] = [str(r.get("emoji") or r.get("type")) for r in reactions]
    net.book.changed(message.chat)
    return True


METHODS: dict[str, Method] = {
    "editMessageText": edit_text,
    "editMessageCaption": edit_caption,
    "editMessageReplyMarkup": edit_markup,
    "deleteMessage": delete_message,
    "deleteMessages": delete_messages,
    "setMessageReaction": react,
}
