"""What the everyday vocabulary and the catalogue's own names say about a message, as evidence by area and procedure."""

from collections import defaultdict
from collections.abc import Sequence

from tickets.shorthand import Reading
from tickets.terms import CHANCE, Expression, Index, Part, Said

_INSIDE = 0.4  # what is left of an expression that stands within a longer one ("bảo hiểm" in "bảo hiểm thất nghiệp")
_WRONG_MARKS = 0.75  # how much of a longer expression is lost when all its words carry other marks
_FAINT = 0.05  # a catalogue term of which so little is said says nothing
_ENOUGH = 0.4  # from here an expression counts as said, in a combination
_CATALOGUE = 0.7  # how much the official names and synonyms count beside the everyday expressions


def expression_scores(
    reading: Reading, sequences: Sequence[tuple[int, int, str]], index: Index
) -> tuple[dict[int, float], dict[int, list[str]], dict[int, float]]:
    """Return the evidence for each area by position, the words that gave it, and the evidence for each procedure.

    `sequences` are those of `spans`: the longest first.
    """
    marks = tuple(reading.marks)
    bare = not any(marks)
    look_up = index.said.get
    heard: list[_Heard] = [
        (start, end, phrase, said, None if bare else marks[start:end])
        for start, end, phrase in sequences
        if (said := look_up(phrase)) is not None
    ]
    scores, spoke = _by_themselves(heard)
    for number, parts in _in_combination(heard).items():
        combination = index.combinations[number]
        if len(parts) == combination.parts:
            scores[combination.area] += combination.strength
            spoke[combination.area].append(" + ".join(sorted(parts)))
    return scores, spoke, _catalogue(heard, scores, index)


# Where a known sequence stands, its words, what it says, and the marks it is written with (None in a bare message).
_Heard = tuple[int, int, str, Said, tuple[str | None, ...] | None]


def _by_themselves(heard: Sequence[_Heard]) -> tuple[dict[int, float], dict[int, list[str]]]:
    scores: dict[int, float] = defaultdict(float)
    spoke: dict[int, list[str]] = defaultdict(list)
    counted: set[str] = set()
    taken: list[tuple[int, int]] = []
    for start, end, phrase, said, written in heard:
        if not said.expressions or phrase in counted:
            continue
        counted.add(phrase)
        within = _within(start, end, taken)
        for one in said.expressions:
            likeness = one.bare if written is None else _likeness(one, written)
            if likeness:
                scores[one.speaks_for] += one.strength * likeness * (_INSIDE if within else 1.0)
                if not within:
                    spoke[one.speaks_for].append(phrase)
                if likeness >= _ENOUGH and end - start > 1:
                    taken.append((start, end))
    return scores, spoke


def _within(start: int, end: int, taken: Sequence[tuple[int, int]]) -> bool:
    for first, last in taken:  # noqa: SIM110 - asked for every expression of every message; a generator is slower
        if first <= start and end <= last:
            return True
    return False


def _in_combination(heard: Sequence[_Heard]) -> dict[int, set[str]]:
    """The parts that were said of each combination."""
    combined: dict[int, set[str]] = {}
    for _, _, phrase, said, written in heard:
        for part in said.parts:
            if (part.bare if written is None else _likeness(part, written)) >= _ENOUGH:
                for number in part.combinations:
                    if number in combined:
                        combined[number].add(phrase)
                    else:
                        combined[number] = {phrase}
    return combined


def _likeness(one: Expression | Part, written: tuple[str | None, ...]) -> float:
    """How far the marks in a message allow it to have meant an expression with the same letters, 0 to 1."""
    expecting = one.marks
    if expecting == written and None not in written:
        return 1.0
    wrong, known = 0, 0
    for expected, other in zip(expecting, written, strict=True):
        if other is not None:
            known += 1
            if expected is not None and expected != other:
                wrong += 1
    if not known:
        return one.bare
    if len(written) == 1:
        return 0.0 if wrong else 1.0
    if not wrong and written[0] is not None:
        return 1.0
    if one.bare == CHANCE:
        return 0.0 if wrong == len(written) else CHANCE
    return 1 - _WRONG_MARKS * wrong / len(written)


def _catalogue(heard: Sequence[_Heard], scores: dict[int, float], index: Index) -> dict[int, float]:
    """Add to the areas' `scores` what names and synonyms say, and return the scores of the procedures."""
    gathered: dict[int, float] = {}
    for said in {phrase: said for _, _, phrase, said, _ in heard if said.terms}.values():
        for number, weight in said.terms:
            gathered[number] = gathered.get(number, 0.0) + weight
    procedures: dict[int, float] = {}
    best: dict[int, float] = {}
    terms = index.terms
    for number, weight in gathered.items():
        term = terms[number]
        score = weight * weight / term.whole
        if score >= _FAINT and score > procedures.get(term.procedure, 0.0):
            procedures[term.procedure] = score
            if score > best.get(term.area, 0.0):
                best[term.area] = score
    for area, score in best.items():
        scores[area] += _CATALOGUE * score
    return procedures
