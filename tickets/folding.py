"""Folds Vietnamese text to the plain form that is stored beside the original and used for matching and searching."""

import unicodedata

# Letters without a Unicode decomposition: đ, and the eth that stands for it when Windows-1258 was read as Windows-1252.
_LETTERS = {"đ": "d", "ð": "d"}


class _Table(dict[int, str]):
    """What each character becomes, found out when it is first met."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        category = unicodedata.category(character)
        if category in (
            "Mn",
            "Me",
            "Cf",
        ):  # accents, enclosing marks, and what is not seen: joiners, directions
            plain = ""
        elif category == "Cc":
            plain = " "
        elif category == "Cs":  # half of a pair cannot be encoded, so it could not be stored
            plain = "?"
        else:
            plain = _LETTERS.get(character, character)
        self[code] = plain
        return plain


_TABLE = _Table()


def fold(text: str) -> str:
    """Return `text` in lower case, without diacritics or invisible characters, with runs of white space made one space.

    NFC and NFD spellings, full-width and styled letters of the same words fold to the same string. Control characters
    (NUL too) count as white space and lone surrogates become "?", so PostgreSQL can store the result. Folding twice
    changes nothing. Never raises.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text)
    return " ".join(text.lower().translate(_TABLE).split())
