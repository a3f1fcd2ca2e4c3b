"""How little of a person is enough: masking of names and numbers for screens that several people see."""

import re
import unicodedata

# Identity cards have 12 digits (9 before 2021), phone numbers 10 or 11, with or without +84 and separators; a date
# written 21-11-2026 has 8 and stays.
_LONG_NUMBER = re.compile(r"(?<!\w)(\+?\d(?:[ .-]?\d){8,14})(?!\w)")
_KEPT_DIGITS = 3
# Of those, what belongs to one person: a mobile number (03, 05, 07, 08, 09, or +84), an identity number, old or new. A
# landline (02…) or a hotline (1900…) belongs to an office.
_MOBILE = re.compile(r"(?:0|84)[35789]\d{8}")
_IDENTITY = re.compile(r"\d{12}|[1-9]\d{8}|0\d{8}")
_DOSSIER = re.compile(r"\b[A-Z]\d{2}(?:\.\d+)*[.-]\d{6}[.-]\d{2,}\b", re.IGNORECASE)  # as H32.15-251121-0001


def mask_numbers(text: str) -> str:
    """`text` with identity and phone numbers cut to their last three digits."""

    def cut(found: re.Match[str]) -> str:
        digits = re.sub(r"\D", "", found[0])
        return "•" * (len(digits) - _KEPT_DIGITS) + digits[-_KEPT_DIGITS:]

    return _LONG_NUMBER.sub(cut, text)


def personal_numbers(text: str) -> list[str]:
    """The numbers in `text` that lead to one person: mobile, identity card, dossier; digits and letters alone."""
    dossiers = [one[0].upper() for one in _DOSSIER.finditer(text)]
    found = [re.sub(r"\D", "", one[0]) for one in _LONG_NUMBER.finditer(_DOSSIER.sub(" ", text))]
    return [*(number for number in found if _MOBILE.fullmatch(number) or _IDENTITY.fullmatch(number)), *dossiers]


_JOINER = "\u200d"  # between the parts of an emoji
_INITIALS = 4  # of names longer than any real one
_LONGEST_WORD = 24


def mask_name(name: str) -> str:
    """A name as it may stand in a group: the given name (last word) whole, the rest as initials."""
    words = "".join(letter for letter in name if unicodedata.category(letter) != "Cf" or letter == _JOINER).split()
    if not words:
        return ""
    given = words[-1] if len(words[-1]) <= _LONGEST_WORD else f"{words[-1][:_LONGEST_WORD]}…"
    return mask_numbers(" ".join([*(f"{word[0]}." for word in words[:-1][-_INITIALS:]), given]))
