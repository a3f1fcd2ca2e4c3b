"""Telegram's kinds of file against ours, both ways, and the form in which a reference to one is kept.

A file id can only be sent again as what it was (core.telegram.org/bots/api#sending-files), and Telegram has more kinds
than we do, so a reference is `<Telegram's kind>:<file id>`. Places and contacts have no file id: their reference is
`geo:<latitude>,<longitude>` or `tel:<phone>`, which says all there is.
"""

import mimetypes
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any

from aiogram.types import Message

from channels.contract import Attachment, AttachmentKind, OutboundFile
from channels.telegram import pictures
from channels.text import line

DOWNLOAD_LIMIT = 20 * 1024 * 1024  # bytes a bot may fetch (core.telegram.org/bots/api#getfile, 2026-11)
UPLOAD_LIMIT = 50 * 1024 * 1024  # bytes a bot may send (core.telegram.org/bots/api#sending-files, 2026-11)
PHOTO_LIMIT = 10 * 1024 * 1024  # bytes of a file sent as a photo; a larger one goes as a document
NAME_LIMIT = 120  # characters
UNKNOWN = "application/octet-stream"

KINDS: dict[str, AttachmentKind] = {
    "photo": AttachmentKind.PHOTO,
    "animation": AttachmentKind.VIDEO,
    "document": AttachmentKind.DOCUMENT,
    "voice": AttachmentKind.VOICE,
    "audio": AttachmentKind.VOICE,
    "video": AttachmentKind.VIDEO,
    "video_note": AttachmentKind.VIDEO,
    "sticker": AttachmentKind.STICKER,
}
# What Telegram plays or shows as such; anything else goes as a document (core.telegram.org/bots/api#sendvoice and
# its neighbours, 2026-11).
_PICTURES = {"image/jpeg", "image/png", "image/webp"}
_SEEN = {"photo", "video"}  # what shares an album
_SHOWN: dict[AttachmentKind, tuple[str, set[str]]] = {
    AttachmentKind.PHOTO: ("photo", _PICTURES),
    AttachmentKind.VOICE: ("voice", {"audio/ogg", "audio/mpeg", "audio/mp4", "audio/x-m4a", "audio/m4a"}),
    AttachmentKind.VIDEO: ("video", {"video/mp4"}),
    AttachmentKind.STICKER: ("sticker", {"image/webp"}),
}


def received(message: Message, channel: str) -> tuple[Attachment, ...]:
    """What hangs on `message`, which came by the channel of that name. A photo is its largest size."""
    found = []
    sizes = message.photo or (message.live_photo and message.live_photo.photo)
    if sizes:
        found.append(_file("photo", max(sizes, key=lambda size: size.width * size.height), channel))
    for kind in KINDS:
        item = getattr(message, kind)
        # An animation is repeated in `document` for old clients.
        if item is not None and kind != "photo" and not (kind == "document" and message.animation):
            found.append(_file(kind, item, channel))
    if place := message.location or (message.venue and message.venue.location):
        title = f"{message.venue.title}, {message.venue.address}" if message.venue else ""
        found.append(
            Attachment(
                AttachmentKind.LOCATION,
                channel,
                ref=f"geo:{place.latitude},{place.longitude}",
                name=line(title),
                latitude=place.latitude,
                longitude=place.longitude,
            )
        )
    if contact := message.contact:
        name = line(f"{contact.first_name} {contact.last_name or ''}")
        phone = line(contact.phone_number)
        found.append(Attachment(AttachmentKind.CONTACT, channel, ref=f"tel:{phone}", name=name, phone=phone))
    return tuple(found)


def _file(kind: str, item: Any, channel: str) -> Attachment:
    return Attachment(
        kind=KINDS[kind],
        channel=channel,
        ref=f"{kind}:{item.file_id}",
        name=safe_name(getattr(item, "file_name", None) or ""),
        mime=getattr(item, "mime_type", None) or "",
        size=item.file_size or 0,
    )


def file_id(ref: str) -> str:
    """The file id in a reference; "" for places and contacts. A bare file id is taken for itself."""
    kind, separator, rest = ref.partition(":")
    if not separator:
        return ref
    return rest if kind in KINDS else ""


def place(file: OutboundFile) -> tuple[float, float] | None:
    """Latitude and longitude of a place to send, None when `file` does not hold them."""
    latitude, _, longitude = (file.ref or file.url).removeprefix("geo:").partition(",")
    try:
        return float(latitude), float(longitude)
    except ValueError:
        return None


def sent_as(file: OutboundFile) -> str:
    """Telegram's kind for a file to send: what its reference says, else what its type and size allow."""
    kind, separator, _ = file.ref.partition(":")
    if separator and kind in KINDS:
        return kind
    if file.kind not in _SHOWN:
        return "document"
    shown, types = _SHOWN[file.kind]
    if file.ref or file.file is None:
        return shown
    mime = mime_of(file.file.mime, file.name or file.file.name)
    if mime in types or (mime == UNKNOWN and shown == "photo"):
        fitting = shown
    elif mime in _PICTURES:
        fitting = "photo"  # other networks' stickers are plain pictures
    else:
        fitting = "document"
    return "document" if fitting == "photo" and len(file.file.content) > PHOTO_LIMIT else fitting


def as_they_are(attachments: tuple[OutboundFile, ...]) -> tuple[OutboundFile, ...]:
    """`attachments` in the forms in which nothing of them is lost, an album still as one.

    A paper is to be read, not only looked at: a picture that Telegram would make smaller goes as a document, and with
    one of an album, or one that cannot be shown at all, go all.
    """
    return as_documents(attachments) if any(map(_is_better_a_document, attachments)) else attachments


def _is_better_a_document(one: OutboundFile) -> bool:
    if one.ref or one.file is None or one.kind not in (AttachmentKind.PHOTO, AttachmentKind.VIDEO):
        return False
    shown = sent_as(one)
    return shown == "document" or (shown == "photo" and pictures.loses(one.file.content))


def as_documents(attachments: tuple[OutboundFile, ...]) -> tuple[OutboundFile, ...]:
    """All that would be shown as photo or video as documents, together, so that an album stays one.

    What is sent by its reference stays what it was: Telegram takes it as nothing else, and has it as good as it is.
    """
    return tuple(
        replace(one, kind=AttachmentKind.DOCUMENT) if not one.ref and sent_as(one) in _SEEN else one
        for one in attachments
    )


def mime_of(declared: str, name: str) -> str:
    """The declared type without parameters, else what the name suggests, else `application/octet-stream`."""
    return declared.partition(";")[0].strip().lower() or mimetypes.guess_type(name)[0] or UNKNOWN


def safe_name(name: str) -> str:
    """A file's name without folders and control characters, its ending kept when it is cut."""
    last = line(name.replace("\\", "/").rpartition("/")[2], limit=1000)
    if len(last) <= NAME_LIMIT:
        return last
    ending = PurePosixPath(last).suffix[:10]
    return last[: NAME_LIMIT - len(ending)] + ending
