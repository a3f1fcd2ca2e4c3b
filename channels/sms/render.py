"""One message of ours as short messages: choices as numbered lines, marks off unless wanted, none too long."""

import unicodedata
from collections.abc import Iterator

from channels.contract import Outbound, OutboundKind
from channels.errors import Refused, TooLong
from channels.text import numbered, plain, sms_parts, split, utf16_units

GSM7_PART, UCS2_PART = 153, 67
MOST_MESSAGES = 4  # of one text; whoever wrote more is asked to say it in fewer words, as each part is paid for


def max_text(max_parts: int, *, diacritics: bool) -> int:
    """How many characters always fit in `max_parts`: with marks a part holds less than half."""
    return max_parts * (UCS2_PART if diacritics else GSM7_PART)


def texts_of(message: Outbound, max_parts: int, *, diacritics: bool) -> list[str]:
    """The words to send, in messages of at most `max_parts` parts. Raises `Refused` for what short messages cannot
    carry: nothing is cut off in silence, as gateways do.
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
    if parts.count > max_parts * MOST_MESSAGES:
        raise TooLong(f"sms: {parts.count} parts in {parts.encoding}, at most {max_parts * MOST_MESSAGES} are allowed")
    return list(_pieces(text, max_parts))


def _pieces(text: str, max_parts: int) -> Iterator[str]:
    """`text` cut at sentences and words. A piece with costlier letters than its fellows is cut once more."""
    parts = sms_parts(text)
    if parts.count <= max_parts:
        yield text
        return
    whole = max_parts * (GSM7_PART if parts.encoding == "GSM-7" else UCS2_PART)
    for piece in split(text, min(whole, max(1, utf16_units(text) - 1))):
        yield from _pieces(piece, max_parts)
