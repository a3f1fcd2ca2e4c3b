"""Answers what in a message bears on danger: what its words mean, which meanings stand together, what the rules say."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from itertools import combinations

from tickets.shorthand import Reading, read
from tickets.urgency import at_a_word
from tickets.vocabulary.perils import MEANINGS

_LENGTHS = (4, 7, 12, 25)  # words; what a few words mean weighs otherwise than the same in a story


def _known() -> dict[str, list[tuple[str, tuple[str | None, ...]]]]:
    table: dict[str, list[tuple[str, tuple[str | None, ...]]]] = {}
    for meaning, phrases in MEANINGS.items():
        for phrase in phrases.split(","):
            reading = read(phrase)
            table.setdefault(" ".join(reading.words), []).append((f"%{meaning}", tuple(reading.marks)))
    return table


_MEANT = _known()
_PHRASES = frozenset(_MEANT)


def traits(
    reading: Reading, sequences: Sequence[tuple[int, int, str]], present: AbstractSet[str], named: str
) -> list[str]:
    """Return the features by which danger is told beside the words themselves.

    `sequences` are those of `tickets.terms.spans`, `present` their texts, `named` what `tickets.urgency.danger` found.
    Each meaning counts alone and with every other; a phrase written with other marks ("chạy" for "cháy") means nothing.
    """
    meanings: set[str] = set()
    hits = present & _PHRASES
    if hits:
        marks = reading.marks
        for start, end, phrase in sequences:
            if phrase in hits:
                written = marks[start:end]
                meanings.update(meaning for meaning, expected in _MEANT[phrase] if _alike(expected, written))
    found = sorted(meanings)
    found += map(" ".join, tuple(combinations(found, 2)))
    if named:
        found += ("!rule", f"!{named}")
    if at_a_word(present):
        found.append("!word")
    length = len(reading.words)
    found.append(f"!length {sum(length > one for one in _LENGTHS)}")
    return found


def _alike(expected: Sequence[str | None], written: Sequence[str | None]) -> bool:
    for one, other in zip(expected, written, strict=True):
        if one is not None and other is not None and one != other:
            return False
    return True
