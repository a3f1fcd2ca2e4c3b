"""One message of ours as the text of a short message: choices as numbered lines, marks off unless wanted, no longer
than agreed.
"""

import unicodedata

from channels.contract import Outbound, OutboundKind
from channels.errors import Refused
from channels.text import numbered, plain, sms_parts

GSM7_PART, UCS2_PART = 153, 67


def max_text(max_parts: int, *, diacritics: bool) -> int:
    """How many characters always fit in `max_parts`: with marks a part holds less than half."""
    return max_parts * (UCS2_PART if diacritics else GSM7_PART)


def text_of(message: Outbound, max_parts: int, *, diacritics: bool) -> str:
    """The words to send. Raises `Refused` for what a short message cannot carry: nothing is cut off in silence, as
    gateways do.
    """
    if message.kind is OutboundKind.EDIT:
        raise Refused("sms: a sent message cannot be changed")
    if message.attachments:
        raise Refused("sms: cannot send files")
    text = numbered(message.text, message.buttons).strip()
    text = unicodedata.normalize("NFC", text) if diacritics else plain(text)
    if not text:
        raise Refused("sms: an empty message")
    parts = sms_parts(text)
    if parts.count > max_parts:
        raise Refused(f"sms: {parts.count} parts in {parts.encoding}, at most {max_parts} are allowed")
    return text
