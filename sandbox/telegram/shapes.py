"""How are Telegram's messages written, and what does a person see of one?"""

from collections.abc import Mapping

from sandbox.conversation import Json, Message, now
from sandbox.telegram.keyboards import buttons
from sandbox.telegram.state import Person, Room, State, StoredFile, timestamp

# The media of which a message holds at most one, each with the name of the parameter that brings it.
MEDIA = ("photo", "document", "voice", "video", "animation", "audio", "sticker", "video_note")


def start_message(room: Room, sender: Json, content: Json) -> Json:
    """A new Message object of a chat, with the next id of that chat."""
    return {
        "message_id": room.next_id(),
        "from": sender,
        "chat": room.chat(),
        "date": timestamp(),
    } | content


def as_reply(raw: Json) -> Json:
    """A message as it appears inside another one's reply_to_message: without the one it answers itself."""
    return {key: value for key, value in raw.items() if key != "reply_to_message"}


def book_entry(state: State, room: Room, raw: Json, author: Person | None, markup: Json | None = None) -> Message:
    """The message as the conversation keeps it, made from the Message object."""
    reply = raw.get("reply_to_message")
    message = Message(
        id=str(raw["message_id"]),
        chat=str(room.id),
        author=None if author is None else str(author.id),
        name="" if author is None else author.first_name,
        text="",
        at=now(),
        reply_to=None if reply is None else str(reply["message_id"]),
        raw=raw,
    )
    if "message_thread_id" in raw:
        message.more["thread"] = str(raw["message_thread_id"])
    refresh(state, message, markup)
    return message


def refresh(state: State, message: Message, markup: Json | None = None) -> None:
    """Brings what a person sees in line with the Message object; `markup` is given for keyboards outside of it."""
    raw = message.raw
    message.text = raw.get("text") or raw.get("caption") or ""
    message.keyboard = buttons(markup or raw.get("reply_markup"))
    message.attachments = attachments(state.files, raw)


def attachments(files: Mapping[str, StoredFile], raw: Json) -> list[Json]:
    """The attachments of a Message object as the control door prints them."""
    found = [{"kind": kind} | raw[kind] for kind in ("location", "contact") if kind in raw]
    for kind in (kind for kind in MEDIA if kind in raw):
        medium = raw[kind][-1] if kind == "photo" else raw[kind]
        found.append({"kind": kind} | files[medium["file_id"]].blob.shown())
    return found
