"""What Zalo tells an Official Account, turned into events; a table says how each of its event names is read.

Sources disagree on some fields: both forms are read. Ids may come as text or as numbers beyond 2^53.
"""

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from channels.contract import Attachment, AttachmentKind, Event, Inbound, InboundKind, Receipt, ReceiptState
from channels.payload import mapping, string
from channels.text import clean, line

GROUP_MARK = "g:"  # before the id of a group, which else could be taken for a person's

_MILLISECONDS_FROM = 10**12
_MAX_ID = 512

Content = tuple[str, tuple[Attachment, ...]]
Json = dict[str, Any]


def events(payload: Any, channel: str, oa_id: str) -> list[Event]:
    """The events of one webhook body. `channel`: the name attachments carry; `oa_id`: by which groups call us."""
    body = mapping(payload)
    name = string(body.get("event_name"))
    if name in _RECEIPTS:
        return _receipts(body, _RECEIPTS[name])
    if name in _AROUND:
        return _around(body, name)
    kind, _, rest = name.partition("_send_")
    group = rest.startswith("group_")
    # A kind of message that Zalo has added since: we cannot read it, and its sender hears so.
    new = _text if kind == "user" and rest.removeprefix("group_") else None
    read = CONTENT.get(rest.removeprefix("group_"), new)
    if read is None or kind not in ("user", "oa"):
        return []
    return _said(body, read, channel, oa_id, group=group, by_office=kind == "oa")


def account_of(payload: Any, oa_id: str) -> str:
    """The Official Account that a body is about, when it says that it is not `oa_id`; else ''.

    Bodies name it as `oa_id`, or as the sender or recipient of what was said. Of receipts sources disagree on which of
    the two it is.
    """
    body = mapping(payload)
    told = _id(body.get("oa_id"))
    if told:
        return told if told != oa_id else ""
    name = string(body.get("event_name"))
    sender, recipient = (_id(mapping(body.get(key)).get("id")) for key in ("sender", "recipient"))
    if not sender or not recipient or oa_id in (sender, recipient) or "group" in name:
        return ""
    return sender if name.startswith("oa_") else recipient


def known(name: str) -> bool:
    """Whether `events` understands events of this name."""
    kind, _, rest = name.partition("_send_")
    what = rest.removeprefix("group_")
    said = (kind == "user" and bool(what)) or (kind == "oa" and what in CONTENT)
    return said or name in _AROUND or name in _RECEIPTS


class _Known:
    """The names `events` understands, as a collection."""

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and known(name)

    def __iter__(self) -> Any:
        yield from (*_AROUND, *_RECEIPTS, *(f"user_send_{kind}" for kind in CONTENT))

    def __len__(self) -> int:
        return len(list(iter(self)))


KNOWN = _Known()


# -------------------------------------------------------------------------------------------------------- what is said


def _said(
    body: Json, read: Callable[[Json, str], Content], channel: str, oa_id: str, *, group: bool, by_office: bool
) -> list[Event]:
    message = mapping(body.get("message"))
    sender, recipient = _id(mapping(body.get("sender")).get("id")), _id(mapping(body.get("recipient")).get("id"))
    if group:
        place = recipient or _id(body.get("group_id"))
        chat, user = GROUP_MARK + place if place else "", sender
    else:
        chat = user = recipient if by_office else sender
    if not chat or not user:
        return []
    text, attachments = read(message, channel)
    called = f"[@{_id(body.get('oa_id')) or oa_id}]"
    mentioned = group and called in text
    if mentioned:
        text = " ".join(text.replace(called, " ").split(" ")).strip()
    message_id = _id(message.get("msg_id")) or _id(message.get("message_id"))
    kind = InboundKind.MESSAGE if text or attachments or mentioned else InboundKind.UNSUPPORTED
    return [
        Inbound(
            event_id=message_id or _fingerprint(body),
            kind=InboundKind.STAFF_SAID if by_office else kind,
            chat=chat,
            user=user,
            text=text,
            attachments=attachments,
            message_id=message_id,
            reply_to=_id(message.get("quote_msg_id")),
            group=group,
            addressed=mentioned,
            sent_at=time_of(body.get("timestamp")),
            raw=body,
        )
    ]


def words(message: Json) -> str:
    """The text beside whatever else a message holds."""
    return clean(string(message.get("text"))).strip()


def _payloads(message: Json) -> list[Json]:
    attachments = message.get("attachments")
    found = attachments if isinstance(attachments, list) else []
    return [mapping(mapping(one).get("payload")) for one in found]


def _text(message: Json, _channel: str) -> Content:
    return words(message), ()


def _files(kind: AttachmentKind) -> Callable[[Json, str], Content]:
    def read(message: Json, channel: str) -> Content:
        found = [
            Attachment(
                kind,
                channel,
                _address(payload.get("url")) or _address(payload.get("thumbnail")),
                line(string(payload.get("name")), 120),
                size=_size(payload.get("size")),
            )
            for payload in _payloads(message)
        ]
        return words(message), tuple(one for one in found if one.ref)

    return read


def _sticker(message: Json, channel: str) -> Content:
    found = [
        Attachment(AttachmentKind.STICKER, channel, _address(one.get("url")), line(string(one.get("id"))))
        for one in _payloads(message)
    ]
    return words(message), tuple(one for one in found if one.ref or one.name)


def _link(message: Json, _channel: str) -> Content:
    """Words and address; what lies behind the address is not fetched."""
    parts = [words(message)]
    for payload in _payloads(message):
        parts += [string(payload.get("description")), string(payload.get("url"))]
    return clean("\n".join(dict.fromkeys(part.strip() for part in parts if part.strip()))).strip(), ()


def _location(message: Json, channel: str) -> Content:
    found = []
    for payload in _payloads(message):
        place = mapping(payload.get("coordinates"))
        latitude, longitude = _degrees(place.get("latitude"), 90), _degrees(place.get("longitude"), 180)
        if latitude is not None and longitude is not None:
            found.append(Attachment(AttachmentKind.LOCATION, channel, latitude=latitude, longitude=longitude))
    return words(message), tuple(found)


def _business_card(message: Json, channel: str) -> Content:
    """A card is a link whose description is itself JSON."""
    said, found = [words(message)], []
    for payload in _payloads(message):
        description = string(payload.get("description"))
        try:
            card = mapping(json.loads(description))
        except (ValueError, RecursionError):
            card = {}
        phone = line(string(card.get("phone")), 40)
        if phone:
            title = line(string(payload.get("title")) or string(card.get("name")), 100)
            found.append(Attachment(AttachmentKind.CONTACT, channel, name=title, phone=phone))
        elif description.strip():
            said.append(description.strip())
    return clean("\n".join(part for part in said if part)).strip(), tuple(found)


CONTENT: dict[str, Callable[[Json, str], Content]] = {
    "text": _text,
    "list": _text,  # an officer's list message in the console
    "image": _files(AttachmentKind.PHOTO),
    "gif": _files(AttachmentKind.PHOTO),
    "audio": _files(AttachmentKind.VOICE),
    "video": _files(AttachmentKind.VIDEO),
    "file": _files(AttachmentKind.DOCUMENT),
    "sticker": _sticker,
    "link": _link,
    "location": _location,
    "business_card": _business_card,
}


# ---------------------------------------------------------------------------------------- what happens around messages

_AROUND = {
    "follow": InboundKind.FOLLOWED,
    "unfollow": InboundKind.LEFT,
    "user_click_chatnow": InboundKind.OPENED,
    "user_submit_info": InboundKind.MESSAGE,
    "user_withdraw": InboundKind.WITHDRAWN,
    "create_group": InboundKind.JOINED,
    # how the end of a group is spelled differs between sources
    "delete_group": InboundKind.LEFT,
    "disperse_group": InboundKind.LEFT,
}
_OF_GROUPS = ("create_group", "delete_group", "disperse_group")


def _around(body: Json, name: str) -> list[Event]:
    group = name in _OF_GROUPS
    if group:
        place = _id(body.get("group_id")) or _id(mapping(body.get("recipient")).get("id"))
        chat = GROUP_MARK + place if place else ""
        user = _id(mapping(body.get("sender")).get("id")) or chat
    else:
        chat = user = (
            _id(mapping(body.get("follower")).get("id"))
            or _id(mapping(body.get("sender")).get("id"))
            or _id(body.get("user_id"))
        )
    if not chat:
        return []
    called = ""
    attachments: tuple[Attachment, ...] = ()
    if name == "user_submit_info":
        called, attachments = _submitted(mapping(body.get("info")))
    return [
        Inbound(
            event_id=_fingerprint(body),
            kind=_AROUND[name],
            chat=chat,
            user=user,
            name=called,
            attachments=attachments,
            group=group,
            sent_at=time_of(body.get("timestamp")),
            raw=body,
        )
    ]


def _submitted(info: Json) -> tuple[str, tuple[Attachment, ...]]:
    """The name and the contact somebody typed into the form we sent; nested or flat, and never with a district."""
    name, phone = line(string(info.get("name")), 100), line(string(info.get("phone")), 40)
    place = mapping(info.get("full_address")) or info
    address = [string(place.get(key)) for key in ("user_address", "address", "user_ward", "ward", "user_city", "city")]
    where = line(", ".join(dict.fromkeys(part.strip() for part in address if part.strip())), 120)
    card = Attachment(AttachmentKind.CONTACT, name=line(f"{name}, {where}" if where else name, 200), phone=phone)
    return name, (card,)


# ------------------------------------------------------------------------------------------------------------ receipts

_RECEIPTS = {"user_seen_message": ReceiptState.READ, "user_received_message": ReceiptState.DELIVERED}


def _receipts(body: Json, state: ReceiptState) -> list[Event]:
    message = mapping(body.get("message"))
    listed = message.get("msg_ids")
    ids = [*(listed if isinstance(listed, list) else []), message.get("msg_id"), message.get("message_id")]
    found = dict.fromkeys(message_id for message_id in map(_id, ids) if message_id)
    return [
        Receipt(event_id=f"{state}:{message_id}", state=state, message_id=message_id, raw=body) for message_id in found
    ]


# ---------------------------------------------------------------------------------------------------------- small parts


def _id(value: Any) -> str:
    """Ids are opaque."""
    return string(value).strip()[:_MAX_ID]


def _address(value: Any) -> str:
    text = string(value).strip()
    return text if text.startswith(("https://", "http://")) else ""


def _size(value: Any) -> int:
    digits = string(value)
    return int(digits[:15]) if digits.isascii() and digits.isdecimal() else 0


def _degrees(value: Any, limit: float) -> float | None:
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        return None
    try:
        degrees = float(value)
    except ValueError:
        return None
    return degrees if -limit <= degrees <= limit else None


def time_of(value: Any) -> datetime | None:
    """Epoch milliseconds (or seconds), text or number, as an aware UTC time; None when it is no time."""
    digits = string(value)
    if not digits.isascii() or not digits.isdecimal():
        return None
    number = int(digits[:20])
    try:
        return datetime.fromtimestamp(number / 1000 if number >= _MILLISECONDS_FROM else number, UTC)
    except (OverflowError, OSError, ValueError):
        return None


def _fingerprint(body: Json) -> str:
    """A key for an event without an id of its own: a retry of it is the same to the letter, whatever its order."""
    name, timestamp = string(body.get("event_name")), string(body.get("timestamp"))
    person = ""
    for key in ("follower", "sender"):
        person = person or _id(mapping(body.get(key)).get("id"))
    person = person or _id(body.get("user_id")) or _id(body.get("group_id"))
    if name and timestamp and person and "message" not in body:
        return f"{name}:{person}:{timestamp}"
    raw = json.dumps(body, sort_keys=True, ensure_ascii=False).encode("utf-8", "surrogatepass")
    return "sha256:" + hashlib.sha256(raw).hexdigest()
