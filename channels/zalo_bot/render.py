"""One message of ours as the calls Zalo takes: texts of at most 1,900 units, choices as numbered lines, pictures by
public address.
"""

import unicodedata
from dataclasses import dataclass
from typing import Any

from channels.contract import AttachmentKind, Outbound, OutboundKind
from channels.errors import Refused
from channels.text import numbered, split

# Their limit is 2,000 of a unit they do not name; counted in UTF-16 units of the composed form, with some room.
MAX_TEXT = 1900


@dataclass(frozen=True, slots=True)
class Call:
    """A method of the API and its parameters."""

    method: str
    params: dict[str, Any]


def calls(message: Outbound) -> list[Call]:
    """The calls that say `message`, in order; none for the answer to a press, which Zalo knows nothing of.

    Raises `Refused` for what Zalo cannot carry, before anything was sent.
    """
    if message.kind is OutboundKind.ANSWER_PRESS:
        return []
    if message.kind is OutboundKind.EDIT:
        raise Refused("zalo_bot: a sent message cannot be changed")
    photos = [_photo_address(file.kind, file.url) for file in message.attachments]
    texts = split(unicodedata.normalize("NFC", numbered(message.text, message.buttons)), MAX_TEXT)
    if not texts and not photos:
        raise Refused("zalo_bot: an empty message")
    if len(texts) == 1 and len(photos) == 1:
        return [Call("sendPhoto", {"chat_id": message.chat, "photo": photos[0], "caption": texts[0]})]
    return [
        *(Call("sendMessage", {"chat_id": message.chat, "text": text}) for text in texts),
        *(Call("sendPhoto", {"chat_id": message.chat, "photo": photo}) for photo in photos),
    ]


def _photo_address(kind: AttachmentKind, url: str) -> str:
    if kind is not AttachmentKind.PHOTO:
        raise Refused(f"zalo_bot: cannot send a {kind}")
    if not url.startswith(("https://", "http://")):
        raise Refused("zalo_bot: a photo needs a public address (PUBLIC_URL)")
    return url
