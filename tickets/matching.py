"""Answers which procedure area and procedure a resident's message is about, how surely, and from which words."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from tickets.kinds import Kind, kind_of, refine
from tickets.shorthand import Reading, read, word_set
from tickets.terms import AreaTerms, Index, Marks, ProcedureTerms, build_index, spans
from tickets.urgency import danger

__all__ = [
    "AreaTerms",
    "Candidate",
    "Decision",
    "Index",
    "Kind",
    "Match",
    "ProcedureTerms",
    "build_index",
    "explain",
    "match",
    "tokens",
]

Decision = Literal["route", "ask", "human"]

COMPLAINTS = "khieu-nai-to-cao-tiep-cong-dan"
"""Complaints and denunciations are never taken in chat: a person answers."""

ROUTE_FROM = 0.55
"""The confidence from which a message is routed without asking."""

CHOICES = 3
"""No more areas than this are asked about."""

_RECOGNISED = 0.1  # below this nothing was understood
_KEPT = 5
_MOST = 4000  # characters; a need that is not said by then is not found by reading on
_INSIDE = 0.4  # what is left of an expression that stands within a longer one ("bảo hiểm" in "bảo hiểm thất nghiệp")
_UNMARKED = 0.5  # what a single syllable without marks is worth: "de" is đê, để, đẻ, đề, dê and dễ
_WRONG_MARKS = 0.75  # how much of a longer expression is lost when all its words carry other marks
_FAINT = 0.05  # a catalogue term of which so little is said says nothing
_CHANCE = 0.3  # what it is worth when it may be a chance meeting of everyday words ("doi qua": đổi qua, đòi quà)
_ENOUGH = 0.4  # from here an expression counts as said, in a combination
_CATALOGUE = 0.7  # how much the official names and synonyms count beside the everyday expressions
_DOUBT = 2.2  # evidence to be outweighed even when nothing speaks for another area

# Syllables that, without marks, are far more often everyday words (chưa, bao giờ, đó, bên, từ, cũng…) than what the
# vocabulary means by them (chùa, bão, đò, bến, tu, cúng…).
_EVERYDAY = word_set(
    """chua bao gio do ben tu cung den sap vo de duong on phu ke dinh co ca mua con ma lan dat bo chi ban cho hoi trong
    chiu het ghe lon dua bia vui nua duoc cong cat tan ba cha thu mo ra di ve nam thang ngay sau truoc bi bui ray be cu
    gia them lai doi luc dung dot nuoi ranh ho hinh so mua thoi cam dien kien luong tien ao mi mia tom canh pha xom nhac
    giup xuong dan nuoc nhom bau lop hoc co giai le hoi vay von viec nghe quan tiem dao dong thong tra loi loi mang lay
    chua kham goi hoan vao thue nghi luat nhan bung om dam song chet trom lop bot hem mong"""
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """An area (by id) or a procedure (by code), how likely it is (0 to 1) and the folded words that spoke for it."""

    id: str
    confidence: float
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """What was understood of a message; `areas` and `procedures` best first, at most five of each.

    Look at `kind` first: a greeting, thanks or an empty message has no candidates and needs no routing. `decision` says
    whether to route to the first area, to ask with `choices`, or to call a person; `danger` is empty or says which
    danger makes the message urgent.
    """

    kind: Kind
    decision: Decision
    danger: str
    areas: tuple[Candidate, ...]
    procedures: tuple[Candidate, ...]

    @property
    def urgent(self) -> bool:
        return bool(self.danger)

    @property
    def area(self) -> str | None:
        return self.areas[0].id if self.areas else None

    @property
    def confidence(self) -> float:
        return self.areas[0].confidence if self.areas else 0.0

    @property
    def choices(self) -> tuple[Candidate, ...]:
        """The areas worth asking about."""
        return tuple(one for one in self.areas[:CHOICES] if one.confidence >= _RECOGNISED)


def tokens(text: str, index: Index) -> list[str]:
    """Return the folded words that `match` sees: short forms written out, slips mended."""
    return index.speller.mend(read(text[:_MOST])).words


def match(text: str, index: Index) -> Match:
    """Say what a resident's message is about. Never raises, whatever the text."""
    reading = index.speller.mend(read(text[:_MOST]))
    kind = kind_of(reading.words)
    if kind == "empty":
        return Match(kind, "ask", "", (), ())
    sequences = spans(reading.words)
    present = {phrase for _, _, phrase in sequences}
    peril = danger(present)
    scores, spoke = _expression_scores(reading, sequences, index)
    procedure_scores = _catalogue_scores(present, scores, index)
    kind = refine(kind, reading.words, max(scores.values(), default=0.0))
    if kind in ("greeting", "thanks") and not peril:
        return Match(kind, "ask", "", (), ())
    areas = _rank_areas(scores, spoke, index)
    if areas and areas[0].id == COMPLAINTS and areas[0].confidence >= ROUTE_FROM:
        kind = "complaint-formal"
    procedures = _rank_procedures(procedure_scores, scores, index)
    return Match(kind, _decide(kind, areas, urgent=bool(peril)), peril, areas, procedures)


def explain(found: Match) -> str:
    """Return in one line (English, for staff who look into it) why a message was understood as it was."""
    said = ", ".join(f"{one.id} {one.confidence:.2f} ({' · '.join(one.words)})" for one in found.choices)
    urgent = f", urgent: {found.danger}" if found.urgent else ""
    return f"{found.kind}{urgent} → {found.decision}: {said or 'nothing recognised'}"


def _expression_scores(
    reading: Reading, sequences: Sequence[tuple[int, int, str]], index: Index
) -> tuple[dict[int, float], dict[int, list[str]]]:
    scores: dict[int, float] = defaultdict(float)
    spoke: dict[int, list[str]] = defaultdict(list)
    counted: set[str] = set()
    taken: list[tuple[int, int]] = []
    for start, end, phrase in sequences:
        found = index.expressions.get(phrase)
        if found is None or phrase in counted:
            continue
        counted.add(phrase)
        within = any(first <= start and end <= last for first, last in taken)
        for one in found:
            likeness = _likeness(phrase, one.marks, reading.marks[start:end])
            if likeness:
                scores[one.speaks_for] += one.strength * likeness * (_INSIDE if within else 1.0)
                if not within:
                    spoke[one.speaks_for].append(phrase)
                if likeness >= _ENOUGH and end - start > 1:
                    taken.append((start, end))
    for number, said in _combined(reading, sequences, index).items():
        combination = index.combinations[number]
        if len(said) == combination.parts:
            scores[combination.area] += combination.strength
            spoke[combination.area].append(" + ".join(sorted(said)))
    return scores, spoke


def _combined(reading: Reading, sequences: Sequence[tuple[int, int, str]], index: Index) -> dict[int, set[str]]:
    """The parts that were said of each combination."""
    combined: dict[int, set[str]] = defaultdict(set)
    for start, end, phrase in sequences:
        for part in index.parts.get(phrase, ()):
            if _likeness(phrase, part.marks, reading.marks[start:end]) >= _ENOUGH:
                combined[part.speaks_for].add(phrase)
    return combined


def _likeness(phrase: str, expected: Marks, written: Sequence[str | None]) -> float:
    """How far the marks in a message allow it to have meant an expression with the same letters, 0 to 1."""
    wrong = 0
    for one, other in zip(expected, written, strict=True):
        if other is not None and one is not None and one != other:
            wrong += 1
    if len(expected) > 1:
        if not wrong and written[0] is not None:
            return 1.0
        if _EVERYDAY.issuperset(phrase.split()):
            return 0.0 if wrong == len(expected) else _CHANCE
        return 1 - _WRONG_MARKS * wrong / len(expected)
    if wrong:
        return 0.0
    if written[0] is not None:
        return 1.0
    return 0.0 if phrase in _EVERYDAY else _UNMARKED


def _catalogue_scores(present: set[str], scores: dict[int, float], index: Index) -> dict[int, float]:
    """Add to the areas' `scores` what names and synonyms say, and return the scores of the procedures."""
    gathered: dict[int, float] = {}
    for phrase in present & index.grams.keys():
        for number, weight in index.grams[phrase]:
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


def _rank_areas(scores: dict[int, float], spoke: dict[int, list[str]], index: Index) -> tuple[Candidate, ...]:
    ranked = sorted(((score, -area) for area, score in scores.items()), reverse=True)[:_KEPT]
    found = []
    for place, (score, area) in enumerate(ranked):
        rival = ranked[0][0] if place else ranked[1][0] if len(ranked) > 1 else 0.0
        confidence = round(score / (score + rival + _DOUBT), 3)
        found.append(Candidate(index.areas[-area], confidence, tuple(spoke.get(-area, ()))))
    return tuple(found)


def _rank_procedures(
    procedure_scores: dict[int, float], area_scores: dict[int, float], index: Index
) -> tuple[Candidate, ...]:
    whole = sum(area_scores.values()) or 1.0
    ranked = sorted(
        (
            (score * (0.3 + area_scores.get(index.procedure_areas[procedure], 0.0) / whole), -procedure)
            for procedure, score in procedure_scores.items()
        ),
        reverse=True,
    )[:_KEPT]
    total = sum(score for score, _ in ranked) + 0.5
    return tuple(Candidate(index.procedures[-procedure], round(score / total, 3), ()) for score, procedure in ranked)


def _decide(kind: Kind, areas: Sequence[Candidate], *, urgent: bool) -> Decision:
    if urgent or kind == "complaint-formal" or not areas or areas[0].confidence < _RECOGNISED:
        return "human"
    return "route" if areas[0].confidence >= ROUTE_FROM else "ask"
