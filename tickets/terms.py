"""Turns a catalogue and the everyday vocabulary into the tables that `tickets/matching.py` looks words up in."""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from tickets.learnt import Model, Weights
from tickets.shorthand import Reading, Speller, read, speller, word_set, words
from tickets.vocabulary import AREAS, Expressions

Marks = tuple[str | None, ...]

LONGEST = 5
"""No expression is longer than so many words."""

_STRENGTHS = {"sure": 4.0, "usual": 2.0, "hint": 0.7}
_HEARD = 4  # with fewer known features a message sounds like nothing
_COMMON = 12  # a catalogue word that stands in more terms than this says nothing, and would cost time
_LONGEST_GRAM = 3
_UNMARKED = 0.5  # what a single syllable without marks is worth: "de" is đê, để, đẻ, đề, dê and dễ
CHANCE = 0.3  # what an expression is worth that may be a chance meeting of everyday words ("doi qua": đổi qua, đòi quà)

# Syllables that, without marks, are far more often everyday words (chưa, bao giờ, đó, bên, từ, cũng…) than what the
# vocabulary means by them (chùa, bão, đò, bến, tu, cúng…).
EVERYDAY = word_set(
    """chua bao gio do ben tu cung den sap vo de duong on phu ke dinh co ca mua con ma lan dat bo chi ban cho hoi trong
    chiu het ghe lon dua bia vui nua duoc cong cat tan ba cha thu mo ra di ve nam thang ngay sau truoc bi bui ray be cu
    gia them lai doi luc dung dot nuoi ranh ho hinh so mua thoi cam dien kien luong tien ao mi mia tom canh pha xom nhac
    giup xuong dan nuoc nhom bau lop hoc co giai le hoi vay von viec nghe quan tiem dao dong thong tra loi loi mang lay
    chua kham goi hoan vao thue nghi luat nhan bung om dam song chet trom lop bot hem mong"""
)


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
    """One way of saying something: what it speaks for (an area, or a combination it is part of) and how strongly.

    `marks` are those it is written with, `bare` is how likely it is meant (0 to 1) by who writes without marks.
    """

    speaks_for: int
    strength: float
    marks: Marks
    bare: float


@dataclass(frozen=True, slots=True)
class Part:
    """Words with the same marks in as many `combinations` as they are part of; `bare` as in an expression."""

    marks: Marks
    bare: float
    combinations: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """What a sequence of folded words says: by itself, as a part of combinations, and as words of catalogue terms."""

    expressions: tuple[Expression, ...]
    parts: tuple[Part, ...]
    terms: tuple[tuple[int, float], ...]


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
class Settings:
    """How what is said and what was learnt are weighed, and from where a decision is taken."""

    vocabulary: float = 1.6  # the weight of the vocabulary's evidence; higher where nothing was learnt beside it
    floor: float = 0.03  # what silence counts
    naming: float = 1.0  # the weight of a procedure's own names beside what was learnt of it
    route_from: float = 0.6  # the likelihood from which a message is routed without asking
    route_from_bare: float = 0.6  # the same where no word carries marks
    urgent_from: float = math.inf  # the learnt score from which a message counts as one of danger
    urgent_from_bare: float = math.inf  # the same where no word carries marks


@dataclass(frozen=True, slots=True)
class Learnt:
    """What was learnt, seen from a catalogue: for each of its areas and procedures the place among the labels."""

    areas: Weights
    area_labels: tuple[int | None, ...]
    procedures: Weights | None
    procedure_labels: tuple[int | None, ...]
    danger: Weights | None


@dataclass(frozen=True, slots=True)
class Index:
    """Everything `match` looks up, built once; areas, procedures and terms are known by their position."""

    areas: tuple[str, ...]
    procedures: tuple[str, ...]
    procedure_areas: tuple[int, ...]
    procedures_of: tuple[tuple[int, ...], ...]  # by area
    said: dict[str, Said]  # by folded words
    combinations: tuple[Combination, ...]
    terms: tuple[Term, ...]
    speller: Speller
    weights: Settings = Settings()
    learnt: Learnt | None = None

    def learnt_areas(self, heard: Sequence[str]) -> list[float] | None:
        """A score per area from what was learnt, None when none of the features was ever met."""
        if self.learnt is None or (scores := self.learnt.areas.scores(heard, 1)) is None:
            return None
        return _by_place(scores, self.learnt.area_labels)

    def learnt_procedures(self, heard: Sequence[str], numbers: Sequence[int]) -> list[float]:
        """A score for each of the procedures at `numbers` from what was learnt; all the same when nothing was."""
        if self.learnt is None or self.learnt.procedures is None:
            return [0.0] * len(numbers)
        labels = self.learnt.procedure_labels
        known = [place for number in numbers if (place := labels[number]) is not None]
        scores = dict(zip(known, self.learnt.procedures.scores(heard, 0, known) or (), strict=True))
        unknown = max(scores.values(), default=1.0) - 1
        return [unknown if (place := labels[number]) is None else scores[place] for number in numbers]

    def namings(self, numbers: Sequence[int]) -> list[float]:
        """How much the names of the procedures at `numbers` count: fully for those never learnt, an office's own."""
        if self.learnt is None or self.learnt.procedures is None:
            return [1.0] * len(numbers)
        labels, naming = self.learnt.procedure_labels, self.weights.naming
        return [1.0 if labels[number] is None else naming for number in numbers]

    def learnt_danger(self, heard: Sequence[str]) -> float | None:
        """How much a message sounds like those of people in danger; None when nothing was learnt about it."""
        if self.learnt is None or self.learnt.danger is None:
            return None
        scores = self.learnt.danger.scores(heard, _HEARD)
        return -math.inf if scores is None else scores[1] - scores[0]

    def learnt_words(self, heard: Sequence[str], area: int, most: int) -> tuple[str, ...]:
        """The words that spoke most for an area in what was learnt."""
        place = self.learnt.area_labels[area] if self.learnt is not None else None
        return () if self.learnt is None or place is None else self.learnt.areas.spoke(heard, place, most)


def _by_place(scores: Sequence[float], labels: Sequence[int | None]) -> list[float]:
    """Scores in the order of a catalogue; what was never learnt stands little below the best."""
    unknown = max(scores) - 1
    return [unknown if place is None else scores[place] for place in labels]


def build_index(areas: Iterable[AreaTerms], procedures: Iterable[ProcedureTerms], model: Model | None = None) -> Index:
    """Prepare a catalogue for matching (about a tenth of a second for a ward's), with what was learnt if there is any.

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
    found = _learnt(model, [area.id for area in areas], [one.code for one in procedures])
    return Index(
        areas=tuple(area.id for area in areas),
        procedures=tuple(procedure.code for procedure in procedures),
        procedure_areas=tuple(numbers[procedure.area_id] for procedure in procedures),
        procedures_of=tuple(
            tuple(number for number, one in enumerate(procedures) if one.area_id == area.id) for area in areas
        ),
        said={
            phrase: Said(expressions.get(phrase, ()), parts.get(phrase, ()), grams.get(phrase, ()))
            for phrase in {**expressions, **parts, **grams}
        },
        combinations=combinations,
        terms=terms,
        speller=speller(known),
        weights=Settings(**model.settings) if model is not None else Settings(),
        learnt=found,
    )


def _learnt(model: Model | None, areas: Sequence[str], procedures: Sequence[str]) -> Learnt | None:
    if model is None or "area" not in model.questions:
        return None
    by_area, by_procedure = model.questions["area"], model.questions.get("procedure")
    area_places = {label: place for place, label in enumerate(by_area.labels)}
    codes = by_procedure.labels if by_procedure is not None else ()
    code_places = {label: place for place, label in enumerate(codes)}
    return Learnt(
        by_area,
        tuple(area_places.get(one) for one in areas),
        by_procedure,
        tuple(code_places.get(one) for one in procedures),
        model.questions.get("danger"),
    )


def spans(seen: Sequence[str], longest: int = LONGEST) -> list[tuple[int, int, str]]:
    """Return every sequence of up to `longest` words as (start, end, text), the longest first."""
    return [
        (start, start + length, phrase)
        for length in range(min(longest, len(seen)), 0, -1)
        for start, phrase in enumerate(map(" ".join, zip(*(seen[at:] for at in range(length)), strict=False)))
    ]


def _expressions(
    areas: Sequence[AreaTerms],
) -> tuple[dict[str, tuple[Expression, ...]], dict[str, tuple[Part, ...]], tuple[Combination, ...]]:
    single: dict[str, dict[int, Expression]] = defaultdict(dict)
    parts: dict[str, list[Expression]] = defaultdict(list)
    combinations: list[Combination] = []

    def learn(text: str, area: int, strength: float) -> None:
        readings = [reading for part in text.split("+") if (reading := read(part)).words]
        if len(readings) == 1:
            phrase = " ".join(readings[0].words)
            if area not in single[phrase]:  # strengths are learnt in falling order
                single[phrase][area] = _expression(area, strength, readings[0])
        elif readings:
            for reading in readings:
                parts[" ".join(reading.words)].append(_expression(len(combinations), 1.0, reading))
            combinations.append(Combination(area, strength, len(readings), text.strip()))

    for number, area in enumerate(areas):
        for phrase, strength in _phrases(area):
            learn(phrase, number, strength)
    shared = {
        phrase: tuple(replace(one, strength=one.strength / math.sqrt(len(by_area))) for one in by_area.values())
        for phrase, by_area in single.items()
    }
    return shared, {phrase: _gathered(found) for phrase, found in parts.items()}, tuple(combinations)


def _gathered(parts: Sequence[Expression]) -> tuple[Part, ...]:
    """Parts that are written alike in one, so that a message is compared with them once."""
    alike: dict[tuple[Marks, float], list[int]] = defaultdict(list)
    for one in parts:
        alike[one.marks, one.bare].append(one.speaks_for)
    return tuple(Part(marks, bare, tuple(numbers)) for (marks, bare), numbers in alike.items())


def _expression(speaks_for: int, strength: float, reading: Reading) -> Expression:
    everyday = EVERYDAY.issuperset(reading.words)
    bare = (0.0 if everyday else _UNMARKED) if len(reading.words) == 1 else (CHANCE if everyday else 1.0)
    return Expression(speaks_for, strength, tuple(reading.marks), bare)


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
