"""Turns a catalogue and the everyday vocabulary into the tables that `tickets/matching.py` looks words up in."""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from tickets.shorthand import Speller, read, speller, words
from tickets.vocabulary import AREAS, Expressions

Marks = tuple[str | None, ...]

LONGEST = 5
"""No expression is longer than so many words."""

_STRENGTHS = {"sure": 4.0, "usual": 2.0, "hint": 0.7}
_COMMON = 40  # a catalogue word that stands in more terms than this says nothing, and would cost time
_LONGEST_GRAM = 3


@dataclass(frozen=True, slots=True)
class AreaTerms:
    """A procedure area (lĩnh vực): its slug, its name, and further words an office knows it by."""

    id: str
    name: str
    keywords: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ProcedureTerms:
    """A procedure: its code (unique), official name, area and everyday names."""

    code: str
    name: str
    area_id: str
    synonyms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Expression:
    """One way of saying something: what it speaks for (an area, or a combination it is part of) and how strongly."""

    speaks_for: int
    strength: float
    marks: Marks


@dataclass(frozen=True, slots=True)
class Combination:
    """Expressions that speak for an area when they stand in one message, wherever."""

    area: int
    strength: float
    parts: int
    text: str


@dataclass(frozen=True, slots=True)
class Term:
    """A name or synonym of a procedure, and what all its word sequences weigh together."""

    procedure: int
    area: int
    whole: float


@dataclass(frozen=True, slots=True)
class Index:
    """Everything `match` looks up, built once; areas, procedures and terms are known by their position."""

    areas: tuple[str, ...]
    procedures: tuple[str, ...]
    procedure_areas: tuple[int, ...]
    expressions: dict[str, tuple[Expression, ...]]  # by their folded words
    parts: dict[str, tuple[Expression, ...]]
    combinations: tuple[Combination, ...]
    grams: dict[str, tuple[tuple[int, float], ...]]  # folded words → the terms they stand in and their weight
    terms: tuple[Term, ...]
    speller: Speller


def build_index(areas: Iterable[AreaTerms], procedures: Iterable[ProcedureTerms]) -> Index:
    """Prepare a catalogue for matching (about a tenth of a second for a ward's).

    Areas whose id the vocabulary knows bring their everyday expressions with them. Raises ValueError for an area or a
    code given twice and for a procedure whose area is not given.
    """
    areas, procedures = tuple(areas), tuple(procedures)
    numbers = {area.id: number for number, area in enumerate(areas)}
    if len(numbers) < len(areas):
        raise ValueError("an area is given twice")
    if len({procedure.code for procedure in procedures}) < len(procedures):
        raise ValueError("a procedure code is given twice")
    for procedure in procedures:
        if procedure.area_id not in numbers:
            raise ValueError(f"procedure {procedure.code} is of the area {procedure.area_id!r}, which is not given")
    expressions, parts, combinations = _expressions(areas)
    terms, grams = _terms(procedures, numbers)
    known = [tuple(phrase.split()) for phrase in (*expressions, *parts, *grams)]
    return Index(
        areas=tuple(area.id for area in areas),
        procedures=tuple(procedure.code for procedure in procedures),
        procedure_areas=tuple(numbers[procedure.area_id] for procedure in procedures),
        expressions=expressions,
        parts=parts,
        combinations=combinations,
        grams=grams,
        terms=terms,
        speller=speller(known),
    )


def spans(seen: Sequence[str], longest: int = LONGEST) -> list[tuple[int, int, str]]:
    """Return every sequence of up to `longest` words as (start, end, text), the longest first."""
    return [
        (start, start + length, " ".join(seen[start : start + length]))
        for length in range(min(longest, len(seen)), 0, -1)
        for start in range(len(seen) - length + 1)
    ]


def _expressions(
    areas: Sequence[AreaTerms],
) -> tuple[dict[str, tuple[Expression, ...]], dict[str, tuple[Expression, ...]], tuple[Combination, ...]]:
    single: dict[str, dict[int, Expression]] = defaultdict(dict)
    parts: dict[str, list[Expression]] = defaultdict(list)
    combinations: list[Combination] = []

    def learn(text: str, area: int, strength: float) -> None:
        readings = [reading for part in text.split("+") if (reading := read(part)).words]
        if len(readings) == 1:
            phrase = " ".join(readings[0].words)
            if area not in single[phrase]:  # strengths are learnt in falling order
                single[phrase][area] = Expression(area, strength, tuple(readings[0].marks))
        elif readings:
            for reading in readings:
                parts[" ".join(reading.words)].append(Expression(len(combinations), 1.0, tuple(reading.marks)))
            combinations.append(Combination(area, strength, len(readings), text.strip()))

    for number, area in enumerate(areas):
        for phrase, strength in _phrases(area):
            learn(phrase, number, strength)
    shared = {
        phrase: tuple(
            Expression(one.speaks_for, one.strength / math.sqrt(len(by_area)), one.marks) for one in by_area.values()
        )
        for phrase, by_area in single.items()
    }
    return shared, {phrase: tuple(found) for phrase, found in parts.items()}, tuple(combinations)


def _phrases(area: AreaTerms) -> Iterator[tuple[str, float]]:
    """What speaks for an area, strongest first: its name, the vocabulary, and the words of the office."""
    known = AREAS.get(area.id, Expressions())
    yield area.name, _STRENGTHS["sure"]
    yield from ((phrase, _STRENGTHS["sure"]) for phrase in known.sure.split(","))
    yield from ((phrase, _STRENGTHS["usual"]) for phrase in (*area.keywords, *known.usual.split(",")))
    yield from ((phrase, _STRENGTHS["hint"]) for phrase in known.hint.split(","))


def _terms(
    procedures: Sequence[ProcedureTerms], numbers: dict[str, int]
) -> tuple[tuple[Term, ...], dict[str, tuple[tuple[int, float], ...]]]:
    written: dict[tuple[int, str], set[str]] = {}
    for number, procedure in enumerate(procedures):
        for text in (procedure.name, *procedure.synonyms):
            spelled = words(text)
            written[number, " ".join(spelled)] = {gram for _, _, gram in spans(spelled, _LONGEST_GRAM)}
    frequency: dict[str, int] = defaultdict(int)
    for grams in written.values():
        for gram in grams:
            frequency[gram] += 1
    terms: list[Term] = []
    places: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for (number, _), grams in written.items():
        whole = 0.0
        for gram in grams:
            if frequency[gram] <= _COMMON:
                rarity = math.log(1 + len(written) / frequency[gram]) / math.log(1 + len(written))
                weight = rarity * (1 + gram.count(" "))
                whole += weight
                places[gram].append((len(terms), weight))
        terms.append(Term(number, numbers[procedures[number].area_id], whole or 1.0))
    return tuple(terms), {gram: tuple(found) for gram, found in places.items()}
