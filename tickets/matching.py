"""Answers which procedure area and procedure a resident's message is about, how surely, and from which words."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from tickets.denial import without_denied
from tickets.kinds import Kind, kind_of, names_nothing, refine
from tickets.learnt import features
from tickets.perils import traits
from tickets.shorthand import Reading, read
from tickets.terms import AreaTerms, Index, ProcedureTerms, build_index, spans
from tickets.urgency import at_a_word, danger, likeliest
from tickets.wording import expression_scores

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
    "needs",
    "tokens",
]

Decision = Literal["route", "ask", "human"]

COMPLAINTS = "khieu-nai-to-cao-tiep-cong-dan"
"""Complaints and denunciations are never taken in chat: a person answers."""

BEYOND = "ngoai-pham-vi"
"""What is none of an office's business; a few vague words look like it too, and are asked about rather than refused."""

CHOICES = 3
"""No more areas than this are asked about."""

DANGER_UNNAMED = "danger"
"""The danger of a message that sounds like those of people in danger but names none of the known ones."""

_FORMAL_FROM = 0.5  # how sure a complaint or denunciation must be to be answered with where to bring it
_RECOGNISED = 0.06  # an area less likely than this is not offered
_KEPT = 5
_MOST = 4000  # characters; a need that is not said by then is not found by reading on
_DOUBT = 2.2  # evidence of the vocabulary to be outweighed even when nothing speaks for another area
_VAGUE = 5  # a message of no more words that seems beyond us may only be vague
_NEVER = 1.1  # nothing is as likely as that
_A_NEED = 3  # words; fewer name no need
_CUTS = re.compile(
    r"[.;?!\n]+|\b(?:với lại|voi lai|ngoài ra|ngoai ra|sẵn cho|san cho|tiện thể|tien the|tiện hỏi|tien hoi|"
    r"hỏi luôn|hoi luon|thêm nữa|them nua|còn nữa|con nua|và|rồi|đồng thời|dong thoi)\b|,",
    re.IGNORECASE,
)
_ACT = frozenset(
    (
        "tre-em-gia-dinh", "phan-anh-kien-nghi", "phong-chong-thien-tai", "phong-chong-te-nan-xa-hoi",
        "bao-tro-xa-hoi", "ngoai-pham-vi", "dien-nuoc", "xay-dung",
    )
)  # fmt: skip
_FEW = 5  # so few words must name a danger; sounding like it is chance
_NAMED = 1.8  # how much less a message must sound of danger in which a rule finds one
_PAPERS_LATER = 0.14  # what is left of the other areas in danger
_WORDS = 3  # so many learnt words are named beside those of the vocabulary


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


def match(text: str, index: Index, *, why: bool = True) -> Match:
    """Say what a resident's message is about. Never raises, whatever the text.

    Without `why` an area that only what was learnt speaks for names no words, which saves a tenth of the time.
    """
    reading = without_denied(index.speller.mend(read(text[:_MOST])))
    kind = kind_of(reading.words)
    if kind == "empty":
        return Match(kind, "ask", "", (), ())
    sequences = spans(reading.words)
    heard = features(reading)
    scores, spoke, procedure_scores = expression_scores(reading, sequences, index)
    likely = likelihoods(scores, heard, index)
    peril = _peril(reading, sequences, heard, index)
    if peril:
        likely = _in_danger(likely, index)
    kind = refine(kind, reading.words, max(scores.values(), default=0.0))
    if kind in ("greeting", "thanks") and not peril:
        return Match(kind, "ask", "", (), ())
    areas = _rank_areas(likely, spoke, heard if why else (), index)
    if areas and areas[0].id == COMPLAINTS and areas[0].confidence >= _FORMAL_FROM:
        kind = "complaint-formal"
    procedures = _rank_procedures(procedure_scores, likely, heard, index)
    sure = index.weights.route_from if any(reading.marks) else index.weights.route_from_bare
    vague = bool(areas) and areas[0].id == BEYOND and len(reading.words) <= _VAGUE
    if vague or names_nothing(reading.words):
        sure = _NEVER
    return Match(kind, _decide(kind, areas, sure, urgent=bool(peril)), peril, areas, procedures)


_WHO_ASKS = re.compile(r"\d(?:[ .-]?\d){8}")  # a telephone or identity number: says who asks, not what for


def needs(text: str, index: Index) -> tuple[Candidate, ...]:
    """Return the areas that different parts of a message surely speak of, in the order they are told; often just one.

    A message is cut where sentences end and where people go on to another matter ("với lại", "sẵn cho hỏi").
    """
    found: dict[str, Candidate] = {}
    for part in parts(text):
        one = match(part, index, why=False)
        if one.kind == "question" and one.decision == "route" and one.areas[0].id not in (BEYOND, COMPLAINTS):
            found.setdefault(one.areas[0].id, one.areas[0])
    return tuple(found.values())


def parts(text: str) -> list[str]:
    """Return the parts of a message that could each name a need."""
    cut = _CUTS.split(text[:_MOST])
    return [part for part in cut if len(part.split()) >= _A_NEED and not _WHO_ASKS.search(part)]


def explain(found: Match) -> str:
    """Return in one line (English, for staff who look into it) why a message was understood as it was."""
    said = ", ".join(f"{one.id} {one.confidence:.2f} ({' · '.join(one.words)})" for one in found.choices)
    urgent = f", urgent: {found.danger}" if found.urgent else ""
    return f"{found.kind}{urgent} → {found.decision}: {said or 'nothing recognised'}"


def likelihoods(scores: dict[int, float], heard: Sequence[str], index: Index) -> list[float]:
    """Return how likely each area is, by position, from the vocabulary's evidence and what was learnt; empty if mute.

    Each area's evidence enters as its share of all evidence, on a logarithmic scale beside the learnt score, weighted
    as cross-validation found best. An area that was never learnt (an office's own) gets the benefit of the doubt.
    """
    learnt = index.learnt_areas(heard)
    if not scores and learnt is None:
        return []
    whole = sum(scores.values()) + _DOUBT
    weight, floor = index.weights.vocabulary, index.weights.floor
    silent = weight * math.log(floor)
    sums = [silent] * len(index.areas)
    for area, score in scores.items():
        sums[area] = weight * math.log(floor + score / whole)
    if learnt is not None:
        sums = [one + other for one, other in zip(sums, learnt, strict=True)]
    highest = max(sums)
    powers = [math.exp(one - highest) for one in sums]
    total = sum(powers)
    return [one / total for one in powers]


def _peril(reading: Reading, sequences: Sequence[tuple[int, int, str]], heard: Sequence[str], index: Index) -> str:
    """Which danger a message tells of, empty when none.

    In few words a danger must be named. In more, what was learnt weighs the words, what they mean and what the rules
    say of them; the rules decide alone only where nothing was learnt.
    """
    present = {phrase for _, _, phrase in sequences}
    few = len(reading.words) <= _FEW
    ruled = danger(present)
    named = (at_a_word(present) if few else "") or ruled
    if few and (named or not likeliest(present)):
        return named
    score = index.learnt_danger([*heard, *traits(reading, sequences, present, ruled)])
    if score is None:
        return named
    enough = index.weights.urgent_from if any(reading.marks) else index.weights.urgent_from_bare
    if score < enough - (_NAMED if named else 0.0):
        return ""
    return named if named and named != "cry" else likeliest(present) or named or DANGER_UNNAMED


def _in_danger(likely: Sequence[float], index: Index) -> list[float]:
    """The areas whose people act in danger come before those of papers: a burning shop is no matter of trade."""
    powers = [one if index.areas[area] in _ACT else one * _PAPERS_LATER for area, one in enumerate(likely)]
    total = sum(powers) or 1.0
    return [one / total for one in powers]


def _rank_areas(
    likely: Sequence[float], spoke: dict[int, list[str]], heard: Sequence[str], index: Index
) -> tuple[Candidate, ...]:
    ranked = sorted(((-one, area) for area, one in enumerate(likely)))[:_KEPT]
    return tuple(
        Candidate(
            index.areas[area],
            round(-one, 3),
            tuple(spoke.get(area, ())) or (index.learnt_words(heard, area, _WORDS) if heard else ()),
        )
        for one, area in ranked
        if -one >= _RECOGNISED / 2
    )


def _rank_procedures(
    said: dict[int, float], likely: Sequence[float], heard: Sequence[str], index: Index
) -> tuple[Candidate, ...]:
    """Procedures by name and synonym and by what was learnt, each as likely as its area allows."""
    if not likely:
        return ()
    log, floor = math.log, index.weights.floor
    named = {area: log(one) for area, one in enumerate(likely) if one >= _RECOGNISED}
    numbers = [number for area in named for number in index.procedures_of[area]]
    areas = index.procedure_areas
    sums = {
        number: own + weight * log(floor + said.get(number, 0.0)) + named[areas[number]]
        for number, own, weight in zip(
            numbers, index.learnt_procedures(heard, numbers), index.namings(numbers), strict=True
        )
    }
    highest = max(sums.values(), default=0.0)
    powers = {number: math.exp(one - highest) for number, one in sums.items()}
    total = sum(powers.values())
    ranked = sorted(((-one, number) for number, one in powers.items()))[:_KEPT]
    return tuple(Candidate(index.procedures[number], round(-one / total, 3), ()) for one, number in ranked)


def _decide(kind: Kind, areas: Sequence[Candidate], sure: float, *, urgent: bool) -> Decision:
    if urgent or kind == "complaint-formal" or not areas or areas[0].confidence < _RECOGNISED:
        return "human"
    return "route" if areas[0].confidence >= sure else "ask"
