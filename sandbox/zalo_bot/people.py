"""What does the bot hear when a person writes or sends something on the emulated Zalo?"""

import secrets
from typing import TYPE_CHECKING

from sandbox import media
from sandbox.conversation import Json, Message, now
from sandbox.faults import Fault
from sandbox.files import Blob
from sandbox.network import ControlError, Done, Said
from sandbox.zalo_bot.state import Room, milliseconds, new_id

if TYPE_CHECKING:
    from sandbox.zalo_bot.network import ZaloBot

# Files, videos, contact cards and places reach a bot only as an event without content.
UNREADABLE = ("document", "video", "location", "contact")


def say(net: "ZaloBot", said: Said) -> Done:
    """Lets a person do what `said` tells. Raises ControlError."""
    for field in ("edit", "thread", "migrate_to", "forum"):
        if getattr(said, field) is not None:
            raise ControlError(f'Zalo has no "{field}"')
    person = net.chat_key(said.person)
    if said.block is not None:
        net.faults.clear(person, "blocked")
        if said.block:
            net.faults.add(Fault("blocked", chat=person))
        return Done([])
    if said.name:
        net.state.names[person] = said.name
    chat = net.chat_key(said.chat or person)
    room = net.state.rooms.setdefault(chat, Room(chat, "PRIVATE" if chat == person else "GROUP"))
    # No album id exists: photos sent together arrive one by one.
    return Done([_event(net, room, person, said, number) for number in range(max(1, said.album))])


def _event(net: "ZaloBot", room: Room, person: str, said: Said, number: int) -> str:
    name = net.state.names.setdefault(person, f"Người dùng {person[:6]}")
    entry = Message(new_id(), room.id, person, "", now(), name=name)
    event_name, content = _content(net, entry, said, number)
    message: Json = {
        "message_id": entry.id,
        "date": milliseconds(),
        "chat": {"id": room.id, "chat_type": room.type},
        "from": {"id": person, "display_name": name, "is_bot": False},
    }
    entry.raw = message | content
    net.book.add(entry)
    net.updates.push({"event_name": event_name, "message": entry.raw})
    return entry.id


def _content(net: "ZaloBot", entry: Message, said: Said, number: int) -> tuple[str, Json]:
    """The event's name and the fields beyond the common ones; also what the person sees of it."""
    caption = (said.text or "") if number == 0 else ""
    keep = net.ground.files.put
    if said.unsupported or said.media in UNREADABLE:
        entry.attachments = [{"kind": said.media or "unsupported"}]
        return "message.unsupported.received", {"message_type": "CHAT_UNSUPPORTED"}
    if said.media == "photo" or said.album:
        picture = b"MZ" + bytes(200) if said.lying else media.jpeg(360, 480, secrets.randbelow(1_000_000))
        picture = picture.ljust(said.size, b"\0")
        url = _served(net, entry, "photo", keep(picture, "image/jpeg", "photo.jpg"))
        entry.text = caption
        more = {"caption": caption} if caption else {}
        return "message.image.received", {"message_type": "CHAT_PHOTO", "photo_url": url} | more
    if said.media == "voice":
        url = _served(net, entry, "voice", keep(media.aac(), "audio/aac", "voice.aac"))
        return "message.voice.received", {"message_type": "CHAT_VOICE", "voice_url": url}
    if said.media == "sticker":
        url = _served(net, entry, "sticker", keep(media.webp(), "image/webp", "sticker.webp"))
        return "message.sticker.received", {"message_type": "CHAT_STICKER", "sticker": "46911", "url": url}
    # There are no buttons: who is shown a choice types it.
    entry.text = f"/start {said.start}".strip() if said.start is not None else said.text or said.press or ""
    return "message.text.received", {"message_type": "CHAT_MESSAGE", "text": entry.text}


def _served(net: "ZaloBot", entry: Message, kind: str, blob: Blob) -> str:
    entry.attachments = [{"kind": kind} | blob.shown()]
    return net.ground.url + blob.path
