"""What does an Official Account hear when a person, or an officer in its console, does something?"""

import json
import secrets
from typing import TYPE_CHECKING

from sandbox import media
from sandbox.conversation import Json, Message
from sandbox.faults import Fault
from sandbox.files import Blob
from sandbox.network import ControlError, Done, Said
from sandbox.zalo_oa.state import Group, new_id

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.zalo_oa.network import ZaloOa


def say(net: "ZaloOa", said: Said) -> Done:
    """Lets a person do what `said` tells. Raises ControlError."""
    for field in ("edit", "thread", "migrate_to", "forum"):
        if getattr(said, field) is not None:
            raise ControlError(f'Zalo has no "{field}"')
    user = net.chat_key(said.person)
    if said.block is not None:
        net.faults.clear(user, "blocked")
        if said.block:
            net.faults.add(Fault("blocked", chat=user))
        return Done([])
    if said.event is not None:
        return _event(net, user, said)
    if said.start is not None and not said.text:
        return _event(net, user, _Follow(said))
    if said.chat and said.chat != user:
        return Done([_in_group(net, said, user)])
    net.state.interacts(user, said.name or "")
    return Done([_words(net, user, said) for _ in range(max(1, said.album))])


def _Follow(said: Said) -> Said:  # noqa: N802 - reads as what it makes
    return Said(person=said.person, name=said.name, event="follow")


def _words(net: "ZaloOa", user: str, said: Said) -> str:
    entry = Message(new_id(), user, user, "", net.state.now(), name=net.state.person(user).name)
    kind, message = _content(net, entry, said)
    entry.raw = message
    net.book.add(entry)
    quote = {"quote_msg_id": said.reply_to} if said.reply_to else {}
    net.tell(user, f"user_send_{kind}", sender=user, message=message | {"msg_id": entry.id} | quote)
    return entry.id


def _in_group(net: "ZaloOa", said: Said, user: str) -> str:
    group = str(said.chat).removeprefix("g:")
    net.state.groups.setdefault(group, Group(group)).members.add(user)
    entry = Message(new_id(), net.group_chat(group), user, "", net.state.now(), name=net.state.person(user).name)
    if said.name:
        entry.name = net.state.person(user, said.name).name
    kind, message = _content(net, entry, said)
    net.book.add(entry)
    quote = {"quote_msg_id": said.reply_to} if said.reply_to else {}
    message |= {"msg_id": entry.id} | quote
    body = {"sender": {"id": user}, "recipient": {"id": group}, "message": message, "user_id_by_app": _by_app(user)}
    net.push(group, f"user_send_group_{kind}", body | {"oa_id": net.state.oa_id})
    return entry.id


def _content(net: "ZaloOa", entry: Message, said: Said) -> tuple[str, Json]:
    """The kind of the event and its message, and what the person sees of it."""
    if said.unsupported:
        entry.attachments = [{"kind": "unsupported"}]
        return "text", {}
    if said.press is not None:
        entry.text = _pressed(net, entry.chat, said)
        return "text", {"text": entry.text}
    kind = "photo" if said.album else said.media
    entry.text = said.text or ""
    caption = {"text": entry.text} if entry.text else {}
    if kind is None:
        return "text", {"text": entry.text}
    if kind in ("location", "contact"):
        entry.attachments = [{"kind": kind}]
        return _PLACES[kind]
    name, payload = _paper(net, entry, kind, said)
    return name, {"attachments": [{"type": name, "payload": payload}]} | caption


# What has no file: where somebody is, and whom they know. A card is a link whose description is JSON.
_PLACES: dict[str, tuple[str, Json]] = {
    "location": (
        "location",
        {
            "attachments": [
                {"type": "location", "payload": {"coordinates": {"latitude": "12.2520", "longitude": "109.1900"}}}
            ]
        },
    ),
    "contact": (
        "business_card",
        {
            "attachments": [
                {
                    "type": "link",
                    "payload": {
                        "description": json.dumps({"phone": "84912000000", "qrCodeUrl": "https://qr.example/1"}),
                        "url": "https://zalo.example/1",
                    },
                }
            ]
        },
    ),
}


def _paper(net: "ZaloOa", entry: Message, kind: str, said: Said) -> tuple[str, Json]:
    """A file of the kind, served, and how its event names and describes it."""
    makers: dict[str, Callable[[], tuple[bytes, str, str]]] = {
        "photo": lambda: (media.jpeg(360, 480, secrets.randbelow(1_000_000)), "image/jpeg", "photo.jpg"),
        "document": lambda: (media.pdf(), "application/pdf", "don-xin-xac-nhan.pdf"),
        "voice": lambda: (media.aac(), "audio/aac", "voice.aac"),
        "video": lambda: (media.mp4(), "video/mp4", "video.mp4"),
        "sticker": lambda: (media.webp(), "image/webp", "sticker.webp"),
    }
    content, mime, called = makers[kind]()
    if said.lying:
        content = b"MZ" + bytes(200)  # a program that calls itself a paper
    blob = net.ground.files.put(content.ljust(said.size, b"\0"), mime, called)
    url = _served(net, entry, kind, blob)
    match kind:
        case "photo":
            return "image", {"thumbnail": url, "url": url}
        case "document":
            paper = {"name": blob.name, "type": "pdf", "size": str(len(blob.data)), "checksum": "0" * 32}
            return "file", paper | {"url": url}
        case "voice":
            return "audio", {"url": url}
        case "video":
            return "video", {"url": url, "thumbnail": url, "description": ""}
    return "sticker", {"id": "46911", "url": url}


def _served(net: "ZaloOa", entry: Message, kind: str, blob: Blob) -> str:
    entry.attachments = [{"kind": kind} | blob.shown()]
    if net.faults.strikes("file-gone"):
        return f"{net.ground.url}/sandbox/files/gone/{blob.name}"
    return net.ground.url + blob.path


def _pressed(net: "ZaloOa", chat: str, said: Said) -> str:
    """A pressed button comes back as its payload in an ordinary text."""
    message = net.find_button(chat, str(said.press), said.reply_to)
    button = next(one for row in message.keyboard for one in row if one.text == said.press)
    return button.data or button.text


# ------------------------------------------------------------------------------------------------ events without words


def _event(net: "ZaloOa", user: str, said: Said) -> Done:
    person, now = net.state.person(user, said.name or ""), {"user_id_by_app": _by_app(user)}
    match said.event:
        case "follow" | "unfollow":
            person.follows = said.event == "follow"
            if person.follows:
                net.state.interacts(user)
            net.push(
                user, said.event, now | {"follower": {"id": user}, "oa_id": net.state.oa_id, "source": "oa_profile"}
            )
        case "click":
            net.state.interacts(user)
            net.push(user, "user_click_chatnow", now | {"oa_id": net.state.oa_id, "user_id": user})
        case "submit_info":
            info: Json = {"name": person.name, "phone": "84912000000", "user_dob": "01/02/1980"} | said.data
            info.setdefault("full_address", {"user_city": "Khánh Hòa", "user_ward": "Phường Thử", "user_address": "1"})
            person.shared = {"name": info["name"], "phone": info["phone"]}
            net.state.interacts(user)
            net.push(user, "user_submit_info", now | _sent_by(net, user) | {"info": info})
        case "withdraw":
            net.push(user, "user_withdraw", now | {"user_id": user, "oa_id": net.state.oa_id})
        case "seen" | "received":
            ids = [message.id for message in net.book.seen(user)]
            shape: Json = {"msg_ids": ids} if said.event == "seen" else {"msg_id": ids[-1] if ids else ""}
            name = "user_seen_message" if said.event == "seen" else "user_received_message"
            net.push(user, name, now | _sent_by(net, user) | {"message": shape})
        case "console":
            return Done([_console(net, user, said.text or "")])
        case "raw":
            net.push(user, str(said.data.get("event_name")), {**said.data})
        case _:
            raise ControlError(f'"event" must be one of {", ".join(EVENTS)}')
    return Done([])


EVENTS = ("follow", "unfollow", "click", "submit_info", "withdraw", "seen", "received", "console", "raw")


def _console(net: "ZaloOa", user: str, text: str) -> str:
    """An officer writes to the person in the console of the Official Account, at any time and without a window."""
    entry = Message(new_id(), user, None, text, net.state.now(), name=net.state.name)
    net.book.add(entry)
    body = {"sender": {"id": net.state.oa_id, "admin_id": "99"}, "recipient": {"id": user}}
    net.push(user, "oa_send_text", body | {"message": {"text": text, "msg_id": entry.id}})
    return entry.id


def _sent_by(net: "ZaloOa", user: str) -> Json:
    return {"sender": {"id": user}, "recipient": {"id": net.state.oa_id}}


def _by_app(user: str) -> str:
    return f"71{user[2:]}"
