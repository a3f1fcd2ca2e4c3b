"""Takes out of a message what its writer says it is not about ("không phải sao y mà là chứng thực chữ ký")."""

from tickets.shorthand import Reading

_FARTHEST = 12  # words between "không phải" and the "mà" that goes with it
_BEHIND = 5  # words that "chứ không phải" takes with it
_ASKING = frozenset(("co", "hay", "hoac"))  # "có phải… hay không phải…" asks, and denies nothing


def without_denied(reading: Reading) -> Reading:
    """Return `reading` without the words that are denied; the same object when none are."""
    words = reading.words
    if "phai" not in words:
        return reading
    for at in range(len(words) - 1):
        if words[at] == "khong" and words[at + 1] == "phai":
            end = _end(words, at)
            if end:
                start = at - 1 if at and words[at - 1] in ("chu", "cho") else at
                return Reading(words[:start] + words[end:], reading.marks[:start] + reading.marks[end:])
    return reading


def _end(words: list[str], at: int) -> int:
    """Where the denial that begins at `at` ends; 0 when it is none."""
    before = words[at - 1] if at else ""
    if before in _ASKING:
        return 0
    for place in range(at + 3, min(len(words) - 1, at + 2 + _FARTHEST)):
        if words[place] == "ma":
            return place + 2 if words[place + 1] == "la" else place + 1
    if before == "chu" and at > 2:  # noqa: PLR2004 - something is said before it
        return min(len(words), at + 2 + _BEHIND)
    return 0
