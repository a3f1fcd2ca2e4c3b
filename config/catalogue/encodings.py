"""In which encoding a file of Vietnamese text was saved, and whether its letters are those of an old font.

Windows-1258 is an encoding that Python knows. TCVN3 (".VnTime") and VNI ("VNI-Times") are fonts that draw Vietnamese
over Latin-1 or ASCII codes: as text they are nonsense such as "§¨ng ký" or "ñaêng kyù", whatever the encoding says.
They are recognised by the share of their characteristic signs and converted, which is said. The tables are those of the
two fonts as published in TCVN 5712:1993 (TCVN3) and in the VNI-Windows code table.
"""

import unicodedata
from dataclasses import dataclass
from itertools import pairwise

_TCVN3 = dict(
    zip(
        "µ¸¶·¹¨»¾¼½Æ©ÇÊÈÉË®ÌÐÎÏÑªÒÕÓÔÖ×ÝØÜÞßãáâä«åèæçé¬êíëìîïóñòô­õøö÷ùúýûüþ¡¢§£¤¥¦",
        "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵĂÂĐÊÔƠƯ",
        strict=True,
    )
)
# VNI writes the bare letter and behind it the mark; where two marks meet, one sign carries both.
_VNI_MARKS = {
    "ø": "\u0300", "ù": "\u0301", "û": "\u0309", "õ": "\u0303", "ï": "\u0323",
    "â": "\u0302", "à": "\u0302\u0300", "á": "\u0302\u0301", "å": "\u0302\u0309",
    "ã": "\u0302\u0303", "ä": "\u0302\u0323",
    "ê": "\u0306", "è": "\u0306\u0300", "é": "\u0306\u0301", "ú": "\u0306\u0309",
    "ü": "\u0306\u0303", "ë": "\u0306\u0323",
}  # fmt: skip
_VNI_LETTERS = {"ñ": "đ", "Ñ": "Đ", "ô": "ơ", "ö": "ư", "ò": "ị", "æ": "ỉ", "ó": "ĩ", "í": "í", "ì": "ì", "î": "ỵ"}
_TCVN3_SIGNS = frozenset("®§¨©ª«¬µ¸¶·¹»¾¼½¡¢£¤¥¦")
_ENOUGH = 0.02  # of all letters


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text of a file, and in one word how it had been saved: utf-8, windows-1258, tcvn3, vni."""

    text: str
    saved_as: str


def decode(data: bytes) -> Decoded:
    """Return the text of `data`. Never raises: bytes that are no UTF-8 are tried as Windows-1258 and old fonts."""
    for encoding in ("utf-8-sig", "utf-16") if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig",):
        try:
            return old_font(unicodedata.normalize("NFC", data.decode(encoding)), "utf-8")
        except UnicodeDecodeError:
            continue
    latin = data.decode("latin-1")
    found = old_font(latin, "")
    if found.saved_as:
        return found
    return Decoded(unicodedata.normalize("NFC", data.decode("cp1258", errors="replace")), "windows-1258")


def old_font(text: str, otherwise: str) -> Decoded:
    """Return `text` in Unicode when it was written in an old font, else as it is under the name `otherwise`."""
    letters = sum(character.isalpha() for character in text) or 1
    if sum(character in _TCVN3_SIGNS for character in text) / letters > _ENOUGH and not _has_vietnamese(text):
        return Decoded("".join(_TCVN3.get(character, character) for character in text), "tcvn3")
    pairs = sum(first in "aeouyAEOUYöô" and second in _VNI_MARKS for first, second in pairwise(text))
    if pairs / letters > _ENOUGH and not _has_vietnamese(text):
        return Decoded(_from_vni(text), "vni")
    return Decoded(text, otherwise)


def _has_vietnamese(text: str) -> bool:
    """Letters that no old font shows: they stand outside Latin-1."""
    return any(character in "ăđơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữự" for character in text.lower())


def _from_vni(text: str) -> str:
    found: list[str] = []
    for character in text:
        before = found[-1] if found else ""
        if character in _VNI_MARKS and before and before[-1].lower() in "aeouyơưâăê":
            found.append(_VNI_MARKS[character])
        elif character.lower() in _VNI_MARKS and before and before[-1] in "AEOUYƠƯ":
            found.append(_VNI_MARKS[character.lower()])
        else:
            found.append(_VNI_LETTERS.get(character, character))
    return unicodedata.normalize("NFC", "".join(found))
