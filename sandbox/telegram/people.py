"""What does the bot hear when a person writes, sends, presses, edits or blocks on the emulated Telegram?"""

from typing import TYPE_CHECKING

from sandbox import media
from sandbox.conversation import Button, Json, Message
from sandbox.faults import Fault
from sandbox.network import ControlError, Done, Said
from sandbox.telegram.files import describe, keep, photo_from_person
from sandbox.telegram.markup import commands, mentions
from sandbox.telegram.rooms import administrator, remove_topic
from sandbox.telegram.shapes import as_reply, book_entry, refresh, start_message
from sandbox.telegram.state import SUPERGROUPS_FROM, Person, Room, timestamp

if TYPE_CHECKING:
    from sandbox.telegram.network import Telegram

# What people send when told to send something: name, content type, bytes.
PAPERS = {
    "document": ("to-khai.pdf", "application/pdf", media.pdf),
    "voice": ("voice.oga", "audio/ogg", media.ogg),
    "video": ("video.mp4", "video/mp4", media.mp4),
    "sticker": ("sticker.webp", "image/webp", media.webp),
}


def say(net: "Telegram", said: Said) -> Done:
    """Lets a person do what `said` tells. Raises ControlError."""
    if said.unsupported:
        raise ControlError('"unsupported" belongs to zalo_bot; every Telegram message has a type')
    person = _person(net, said)
    if said.block is not None:
        return _block(net, person, said.block)
    room = _room(net, said, person)
    if said.migrate_to is not None:
        return _migrate(net, room, person, said.migrate_to)
    if said.delete is not None:
        return _delete(net, room, said.delete)
    if said.delete_topic is not None:
        return _delete_topic(net, room, said.delete_topic)
    if said.put_out:
        return _put_out(net, room, person)
    if said.press is not None:
        return _press(net, room, person, said, said.press)
    if said.edit is not None:
        return _edit(net, room, person, said.edit, said.text or "")
    return Done([_speak(net, room, person, said, content) for content in _contents(net, person, said)])


def _person(net: "Telegram", said: Said) -> Person:
    person_id = int(net.chat_key(said.person))
    if person_id <= 0:
        raise ControlError(f'"from" is a person, whose id is positive; {said.person!r} would be a group: use "chat"')
    return net.state.person(person_id, said.name)


def _room(net: "Telegram", said: Said, person: Person) -> Room:
    chat_id = person.id if said.chat is None else int(net.chat_key(said.chat))
    if chat_id == person.id:
        return net.state.private(person)
    if chat_id > 0:
        raise ControlError(f'"chat" is a group, whose id is negative, or the person\'s own id; not {said.chat!r}')
    new = chat_id not in net.state.rooms
    room = net.state.group(chat_id, said.forum)
    room.members.setdefault(person.id, person)
    if room.migrated_to is not None:
        raise ControlError(f"group {chat_id} has become supergroup {room.migrated_to}")
    if new:
        room.bot_in = True
        bot = net.state.bot
        _membership(net, room, person, {"status": "left", "user": bot}, administrator(bot))
    return room


def _membership(net: "Telegram", room: Room, person: Person, old: Json, new: Json) -> None:
    change: Json = {"chat": room.chat(), "from": person.user(), "date": timestamp()}
    net.updates.push("my_chat_member", change | {"old_chat_member": old, "new_chat_member": new}, room.id)


def _block(net: "Telegram", person: Person, block: bool) -> Done:
    """Blocking tells the bot so (my_chat_member) and makes every send to the person fail until unblocked."""
    room, bot = net.state.private(person), net.state.bot
    member: Json = {"status": "member", "user": bot}
    kicked: Json = {"status": "kicked", "user": bot, "until_date": 0}
    net.faults.clear(str(room.id), "blocked")
    if block:
        net.faults.add(Fault("blocked", chat=str(room.id)))
    _membership(net, room, person, *((member, kicked) if block else (kicked, member)))
    return Done([])


def _migrate(net: "Telegram", room: Room, person: Person, target: str) -> Done:
    """The basic group becomes a supergroup of another id; both chats say so, as Telegram does."""
    new_id = int(net.chat_key(target))
    if room.type != "group" or new_id > SUPERGROUPS_FROM or new_id in net.state.rooms:
        raise ControlError('"migrate_to" turns a basic group (as -4001) into a new supergroup (as -1001234567890)')
    new = net.state.group(new_id, forum=False)
    new.members, new.title, new.bot_in = dict(room.members), room.title, True
    ids = [_service(net, room, person, {"migrate_to_chat_id": new_id})]
    room.migrated_to = new_id
    ids.append(_service(net, new, person, {"migrate_from_chat_id": room.id}))
    return Done(ids)


def _delete(net: "Telegram", room: Room, message_id: str) -> Done:
    """Somebody who may deletes a message, their own or the bot's; bots are not told of it."""
    message = net.book.find(str(room.id), message_id)
    if message is None:
        raise ControlError(f"chat {room.id} shows no message {message_id} to delete", 404)
    message.deleted = True
    net.book.changed(message.chat)
    return Done([message_id])


def _delete_topic(net: "Telegram", room: Room, thread: str) -> Done:
    """Somebody who may deletes a topic with all that stands in it; bots are not told of it either."""
    if not thread.isdigit() or int(thread) not in room.topics:
        raise ControlError(f"chat {room.id} has no topic {thread}", 404)
    remove_topic(net, room, int(thread))
    return Done([])


def _put_out(net: "Telegram", room: Room, person: Person) -> Done:
    """The bot is removed from the group."""
    if room.type == "private":
        raise ControlError('the bot is put out of groups only; a person says "block"')
    bot = net.state.bot
    _membership(net, room, person, administrator(bot), {"status": "kicked", "user": bot, "until_date": 0})
    room.bot_in = False
    return Done([])


def _service(net: "Telegram", room: Room, person: Person, content: Json) -> str:
    raw = start_message(room, person.user(), content)
    net.book.add(book_entry(net.state, room, raw, person))
    net.updates.push("message", raw, room.id)
    return str(raw["message_id"])


def _press(net: "Telegram", room: Room, person: Person, said: Said, text: str) -> Done:
    message = net.find_button(str(room.id), text, said.reply_to)
    button = next(b for row in message.keyboard for b in row if b.text == text)
    if button.url is not None:
        raise ControlError(f"button {text!r} opens {button.url}: the bot hears nothing of it")
    if "reply_markup" not in message.raw:
        return Done([_speak(net, room, person, said, {"text": text})])
    return _query(net, room, person, message, button)


def _query(net: "Telegram", room: Room, person: Person, message: Message, button: Button) -> Done:
    query_id = str(4_000_000_000_000_000_000 + net.next_number())
    net.state.queries[query_id] = {
        "query": query_id,
        "from": str(person.id),
        "chat": str(room.id),
        "message_id": message.id,
    }
    query: Json = {
        "id": query_id,
        "from": person.user(),
        "message": message.raw,
        "chat_instance": str(abs(room.id) * 7919),
        "data": button.data or "",
    }
    net.updates.push("callback_query", query, room.id)
    return Done([message.id], query_id)


def _edit(net: "Telegram", room: Room, person: Person, message_id: str, text: str) -> Done:
    message = net.book.find(str(room.id), message_id)
    if message is None or message.author != str(person.id):
        raise ControlError(f"person {person.id} has no message {message_id} in chat {room.id} to edit", 404)
    field = "text" if "text" in message.raw else "caption"
    message.raw = message.raw | {field: text, "edit_date": timestamp()}
    message.edited = True
    refresh(net.state, message)
    net.book.changed(message.chat)
    if room.bot_in:
        net.updates.push("edited_message", message.raw, room.id)
    return Done([message.id])


def _speak(net: "Telegram", room: Room, person: Person, said: Said, content: Json) -> str:
    raw = start_message(room, person.user(), _place(net, room, said) | _origin(said) | content)
    net.book.add(book_entry(net.state, room, raw, person))
    if room.bot_in:
        net.updates.push("message", raw, room.id)
    return str(raw["message_id"])


def _place(net: "Telegram", room: Room, said: Said) -> Json:
    place: Json = {}
    if said.thread is not None:
        if not said.thread.isdigit() or int(said.thread) not in room.topics:
            raise ControlError(f"chat {room.id} has no topic {said.thread}", 404)
        place = {"message_thread_id": int(said.thread), "is_topic_message": True}
    if said.reply_to is not None and said.press is None:
        original = net.book.find(str(room.id), said.reply_to)
        if original is None:
            raise ControlError(f"chat {room.id} shows no message {said.reply_to} to reply to", 404)
        place["reply_to_message"] = as_reply(original.raw)
        if "message_thread_id" in original.raw and said.thread is None:
            place |= {"message_thread_id": original.raw["message_thread_id"], "is_topic_message": True}
    return place


def _origin(said: Said) -> Json:
    if not said.forwarded:
        return {}
    return {"forward_origin": {"type": "hidden_user", "date": timestamp(), "sender_user_name": "Người Gửi Trước"}}


def _contents(net: "Telegram", person: Person, said: Said) -> list[Json]:
    if said.start is not None:
        return [_text(f"/start {said.start}".strip())]
    if said.media is None and not said.album:
        return [_text(said.text or "")]
    caption: Json = {"caption": said.text} if said.text else {}
    if entities := mentions(said.text or ""):
        caption["caption_entities"] = entities
    if said.album:
        album = {"media_group_id": str(14_000_000_000_000_000 + net.next_number())}
        photos = [{"photo": photo_from_person(net, net.next_number())} | album for _ in range(said.album)]
        return [photos[0] | caption, *photos[1:]]
    if said.media == "photo":
        return [{"photo": photo_from_person(net, net.next_number())} | caption]
    if said.media == "location":
        return [{"location": {"latitude": 12.2388, "longitude": 109.1967}}]
    if said.media == "contact":
        contact = {"phone_number": "+84900000000", "first_name": person.first_name, "user_id": person.id}
        return [{"contact": contact}]
    kind = said.media or "document"
    name, content_type, make = PAPERS[kind]
    if said.lying:  # a program that calls itself a picture
        name, content_type, made = "anh-giay-to.jpg", "image/jpeg", b"MZ" + bytes(200)
    else:
        made = make()
    stored = keep(net.state, kind, net.ground.files.put(made.ljust(said.size, b"\0"), content_type, name))
    return [{kind: describe(kind, stored)} | caption]


def _text(text: str) -> Json:
    entities = [*commands(text), *mentions(text)]
    return {"text": text} | ({"entities": entities} if entities else {})
