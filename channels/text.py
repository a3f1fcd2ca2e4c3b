"""What plain text must go through between people and networks: cleaning, splitting, unmarking and counting."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from channels.contract import Button

MAX_INBOUND = 20_000  # characters kept of one message; the event's raw body still holds the rest
CUT_MARK = " […]"

_SURROGATE = re.compile("[\ud800-\udfff]")
# Everything of category Cc but \t and \n, and what turns the reading direction round (a way to fake what a line says).
_UNWANTED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]",
)
_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
# Vietnamese and its neighbours are written with these; what has nothing else needs no cleaning.
_UNUSUAL = re.compile("[^\n\t -~\xa0-\u02ff\u1e00-\u1eff]")
# Normalising takes the square of a run of combining marks, which a stranger is free to send. No writing needs more than
# 30 on one letter (UAX #15, "stream-safe text").
_MARKS = re.compile(r"[^\w\s\x00-\x7f]{31,}")
_MAX_MARKS = 30


def clean(text: str, limit: int = MAX_INBOUND) -> str:
    """A person's words as they can be stored, compared and shown: NFC, `\\n` line ends, no NUL or control characters,
    no lone surrogates, no marks that turn the direction. At most `limit` characters, the last ones then `CUT_MARK`.
    """
    if len(text) <= limit and not _UNUSUAL.search(text) and unicodedata.is_normalized("NFC", text):
        return text
    head = _MARKS.sub(_fewer_marks, _SURROGATE.sub("\ufffd", text[: limit * 2]))
    cleaned = unicodedata.normalize("NFC", _UNWANTED.sub("", _LINE_ENDS.sub("\n", head)))
    if len(cleaned) <= limit and len(text) <= limit * 2:
        return cleaned
    kept = cleaned[: max(0, limit - len(CUT_MARK))]
    return kept[: _grapheme_start(kept + cleaned[len(kept) : len(kept) + 1], len(kept))] + CUT_MARK


def _fewer_marks(found: re.Match[str]) -> str:
    out: list[str] = []
    run = 0
    for char in found[0]:
        run = run + 1 if unicodedata.combining(char) else 0
        if run <= _MAX_MARKS:
            out.append(char)
    return "".join(out)


def line(text: str, limit: int = 200) -> str:
    """A name or a title: as `clean`, on one line, without white space at the ends, at most `limit` characters."""
    return " ".join(clean(text, limit * 4).split())[:limit]


def is_storable(text: str) -> bool:
    """Whether PostgreSQL takes `text` as it stands: no U+0000, no lone surrogates."""
    return "\x00" not in text and (text.isascii() or not _SURROGATE.search(text))


def storable(value: Any) -> Any:
    """A JSON value as PostgreSQL's jsonb takes it: without U+0000 and lone surrogates, in keys too."""
    if isinstance(value, str):
        return _SURROGATE.sub("\ufffd", value.replace("\x00", ""))
    if isinstance(value, dict):
        return {storable(key): storable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [storable(item) for item in value]
    return value


def utf16_units(text: str) -> int:
    """The length as Telegram, Zalo and UCS-2 count it: characters outside the basic plane are two."""
    return len(text) + sum(char > "\uffff" for char in text)


# ---------------------------------------------------------------------------------------------------------- splitting

_BREAKS = (
    re.compile(r"\n[ \t]*\n"),  # a paragraph
    re.compile(r"\n"),
    re.compile(r"(?<=[.!?…;:])[ \t]"),  # a sentence; the mark stays with it
    re.compile(r"\s"),
)
_JOINERS = ("\u200d", "\ufe0e", "\ufe0f", "\u20e3")


def split(text: str, limit: int) -> list[str]:
    """`text` in parts of at most `limit` UTF-16 units (`limit` at least 2), white space at the cuts dropped.

    A cut falls at the last end of a paragraph in the second half of what fits, else of a line, of a sentence, else at
    the last space anywhere, else between two characters a reader sees as separate. No part is empty; a text of
    nothing but white space gives none.
    """
    if limit < 2:  # noqa: PLR2004 - one emoji is two units
        raise ValueError("a part must have room for one character of two UTF-16 units")
    rest, parts = text.strip(), []
    while rest:
        end = _units_to_index(rest, limit)
        if end < len(rest):
            end = _cut(rest, end)
        part = rest[:end].rstrip()
        if part:
            parts.append(part)
        rest = rest[end:].lstrip()
    return parts


def _units_to_index(text: str, limit: int) -> int:
    """How many characters of `text` fit in `limit` units."""
    if 2 * len(text) <= limit:
        return len(text)
    units = 0
    for index, char in enumerate(text[:limit]):
        units += 1 + (char > "\uffff")
        if units > limit:
            return index
    return min(limit, len(text))


def _cut(text: str, end: int) -> int:
    """Where to cut `text`, of which `end` characters fit and at least one more follows."""
    window = text[: end + 1]  # white space right behind what fits is a fine place to cut
    for pattern in _BREAKS:
        last = 0
        for match in pattern.finditer(window):
            last = match.start()
        if last >= (1 if pattern is _BREAKS[-1] else max(1, end // 2)):
            return last
    return _grapheme_start(text, end) or end


def _grapheme_start(text: str, index: int) -> int:
    """The last place at or before `index` (but not 0 if avoidable) where no visible character is torn apart."""
    while 0 < index < len(text):
        before, char = text[index - 1], text[index]
        torn = (
            unicodedata.category(char) in {"Mn", "Mc", "Me"}
            or char in _JOINERS
            or before == "\u200d"
            or "\U0001f3fb" <= char <= "\U0001f3ff"  # skin tone of the emoji before
            or (_is_flag_half(char) and _flag_halves_before(text, index) % 2 == 1)
        )
        if not torn:
            return index
        index -= 1
    return index


def _is_flag_half(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"


def _flag_halves_before(text: str, index: int) -> int:
    count = 0
    while count < index and _is_flag_half(text[index - count - 1]):
        count += 1
    return count


# ------------------------------------------------------------------------------------------------------------ buttons


def numbered(text: str, buttons: Sequence[Sequence[Button]]) -> str:
    """`text` with the rows of `buttons` under it as lines "1. label", numbered on over the rows."""
    labels = [button.label for row in buttons for button in row]
    lines = [f"{number}. {label}" for number, label in enumerate(labels, start=1)]
    return "\n".join([text, *lines] if text else lines)


# ---------------------------------------------------------------------------------------------------- short messages

# 3GPP TS 23.038, default alphabet and its extension table.
_GSM7 = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà",
)
_GSM7_EXTENSION = frozenset("^{}\\[~]|€\f")

_TYPOGRAPHY = str.maketrans({
    "đ": "d", "Đ": "D", "₫": "d",
    "‘": "'", "’": "'", "‚": "'", "‛": "'", "′": "'", "`": "'", "´": "'",
    "“": '"', "”": '"', "„": '"', "″": '"', "«": '"', "»": '"',
    "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "―": "-", "−": "-",
    "…": "...", "•": "-", "·": "-", "▪": "-", "●": "-", "→": "->", "⇒": "=>", "←": "<-",
    "×": "x", "÷": "/", "≤": "<=", "≥": ">=", "°": " do ", "✓": "v", "✔": "v",
    "\t": " ", "\u00ad": "", "\u200b": "", "\u200c": "", "\u2060": "", "\ufeff": "", "\ufe0f": "", "\u20e3": "",
})  # fmt: skip


def plain(text: str) -> str:
    """Vietnamese without its marks, case kept, and typography in GSM-7's own signs.

    What has no such counterpart (emoji, other scripts) is left as it is: a longer message beats a wrong one.
    """
    out: list[str] = []
    latin = False
    for char in unicodedata.normalize("NFD", text).translate(_TYPOGRAPHY):
        if unicodedata.combining(char):
            if not latin:
                out.append(char)
            continue
        latin = char.isascii() or unicodedata.name(char, "").startswith("LATIN")
        out.append(char if char in _GSM7 or char in _GSM7_EXTENSION else _compatible(char))
    return unicodedata.normalize("NFC", "".join(out))


@lru_cache(maxsize=1024)
def _compatible(char: str) -> str:
    """`½` as `1/2`, a full-width letter as its own, where GSM-7 can then write it; else `char`."""
    simpler = unicodedata.normalize("NFKC", char).replace("\u2044", "/")
    return simpler if gsm7_units(simpler) is not None else char


def gsm7_units(text: str) -> int | None:
    """How many septets `text` takes in GSM-7, or None when it cannot be written so."""
    units = 0
    for char in text:
        if char in _GSM7:
            units += 1
        elif char in _GSM7_EXTENSION:
            units += 2
        else:
            return None
    return units


@dataclass(frozen=True, slots=True)
class Parts:
    """What a text costs as SMS: `units` are septets or UTF-16 units, `count` the messages the sender pays for."""

    encoding: Literal["GSM-7", "UCS-2"]
    units: int
    count: int


def sms_parts(text: str) -> Parts:
    """How `text` travels as SMS. One message takes 160 septets or 70 UTF-16 units; the parts of a longer one take 153
    or 67 (6 bytes each hold the chain together), and neither an escape pair nor a surrogate pair is torn apart.
    """
    septets = gsm7_units(text)
    if septets is not None:
        sizes = [2 if char in _GSM7_EXTENSION else 1 for char in text]
        return Parts("GSM-7", septets, _fill(sizes, septets, single=160, part=153))
    sizes = [2 if char > "\uffff" else 1 for char in text]
    return Parts("UCS-2", sum(sizes), _fill(sizes, sum(sizes), single=70, part=67))


def _fill(sizes: Sequence[int], total: int, *, single: int, part: int) -> int:
    if total <= single:
        return 1 if total else 0
    count, room = 1, part
    for size in sizes:
        if size > room:
            count, room = count + 1, part
        room -= size
    return count


# ----------------------------------------------------------------------------------------------------------- templates

_BLANK = re.compile(r"\{[^{}]*\}")


@lru_cache(maxsize=256)
def template_pattern(template: str) -> re.Pattern[str]:
    """A registered text as a pattern: `{name}` or `{name:20}` stands for words (at most so many characters), white
    space is any white space. Raises `ValueError` for a brace without its fellow.
    """
    pieces, blanks = _BLANK.split(template), _BLANK.findall(template)
    if any(sign in piece for piece in pieces for sign in "{}") or not "".join(pieces).strip():
        raise ValueError(f"a template is a text with words such as {{number}} in it: {template[:40]!r}")
    pattern = _literal(pieces[0])
    for blank, piece in zip(blanks, pieces[1:], strict=True):
        most = blank[1:-1].partition(":")[2].strip()
        pattern += (f"(?:.{{0,{int(most)}}})" if most.isdecimal() else ".*") + _literal(piece)
    return re.compile(pattern.strip(), re.DOTALL | re.IGNORECASE)


def _literal(piece: str) -> str:
    words = r"\s+".join(re.escape(word) for word in piece.split())
    return (r"\s*" if piece[:1].isspace() else "") + words + (r"\s*" if piece[-1:].isspace() else "")


def fits(text: str, templates: Sequence[str]) -> bool:
    """Whether `text` is one of the registered `templates` with its words filled in; marks and case do not matter."""
    return any(template_pattern(plain(one)).fullmatch(plain(text).strip()) for one in templates)
