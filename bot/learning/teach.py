"""From labelled messages to the model the helpdesk uses: lessons made, three questions learnt, decisions set."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.learning import augment, train
from bot.learning.examples import Example, background
from config.catalogue import Catalogue
from tickets import learnt
from tickets.learnt import Model
from tickets.perils import traits
from tickets.shorthand import read
from tickets.terms import Index, spans
from tickets.urgency import danger

_SEED = 7
_LONG = 2  # spaces; features of three words say nothing about danger that their parts do not
_AREA_ALONE = 0.7  # what the first area of a message keeps when others would do as well

# Found by `make accuracy` on folds that were not learnt from; docs/understanding.md shows the figures.
DECISIONS = {
    "vocabulary": 0.6,
    "floor": 0.03,
    "naming": 0.2,
    "route_from": 0.58,
    "route_from_bare": 0.5,
    "urgent_from": -1.0,
    "urgent_from_bare": -0.75,
}

_AREAS = train.Manner(epochs=7, decay=2e-5, least=0.6, most=60_000, faint=3, coarse=4, deaf=0.25)
_FURTHER = train.Manner(epochs=4, rate=0.15, decay=0.0, least=0.6, most=80_000, faint=2)
_PROCEDURES = train.Manner(epochs=6, least=0.6, most=30_000, faint=8, coarse=4, deaf=0.25)
_DANGER = train.Manner(epochs=8, decay=1e-4, least=1.1, most=20_000, faint=1, deaf=0.4)


@dataclass(frozen=True, slots=True)
class Heard:
    """An example and the features of its text, read once for all folds: for area and procedure, and for danger."""

    example: Example
    features: tuple[str, ...]
    perils: tuple[str, ...]


def hear(examples: Iterable[Example], index: Index) -> list[list[Heard]]:
    """For each example itself and its variants, read as `index` reads messages; the same every time."""
    chance = random.Random(_SEED)  # noqa: S311 - variety of spelling, no secret
    return [[_heard(one, index) for one in augment.variants(example, chance)] for example in examples]


def _heard(example: Example, index: Index) -> Heard:
    reading = index.speller.mend(read(example.text))
    features = learnt.features(reading)
    sequences = spans(reading.words)
    present = {phrase for _, _, phrase in sequences}
    bearing = traits(reading, sequences, present, danger(present))
    short = (one for one in features if one.count(" ") < _LONG)
    return Heard(example, tuple(features), (*short, *bearing))


def ground(catalogue: Catalogue, index: Index) -> list[Heard]:
    """What is learnt beside the messages: the catalogue's names and the vocabulary's expressions."""
    return [one for several in hear(background(catalogue), index) for one in several]


def learn(heard: Sequence[Heard], catalogue: Catalogue) -> Model:
    """Learn area, procedure and danger. The same lessons give the same model, to the bit."""
    areas = [area.id for area in catalogue.areas.values() if area.kind != "desk"]
    about_code = _about_code(heard, catalogue)
    told = [one for one in heard if one.example.origin not in ("catalogue", "vocabulary")]
    about_danger = [
        train.Lesson(one.perils, {"danger" if one.example.urgent else "calm": 1.0}, _gravity(one.example))
        for one in told
    ]
    questions = {"area": train.learn(_about_area(heard), areas, _AREAS)}
    if about_code:
        codes = sorted({label for lesson in about_code for label in lesson.labels})
        questions["procedure"] = train.learn(about_code, codes, _PROCEDURES)
    if about_danger:
        questions["danger"] = train.learn(about_danger, ("calm", "danger"), _DANGER)
    return Model(questions, dict(DECISIONS))


def more(known: Model, heard: Sequence[Heard], catalogue: Catalogue) -> Model:
    """The model `known` taught further, in area and procedure, with what an office's staff said; quick.

    `heard` must hold enough of the old lessons that they are not forgotten over the new ones. What is danger stays as
    it was learnt: nobody's correction may make the machine deaf to it.
    """
    questions = dict(known.questions)
    if "area" in questions:
        labels = questions["area"].labels
        lessons = [one for one in _about_area(heard) if set(labels).issuperset(one.labels)]
        questions["area"] = train.learn(lessons, labels, _FURTHER, questions["area"])
    if "procedure" in questions:
        labels = questions["procedure"].labels
        lessons = [one for one in _about_code(heard, catalogue) if set(labels).issuperset(one.labels)]
        questions["procedure"] = train.learn(lessons, labels, _FURTHER, questions["procedure"])
    return Model(questions, known.settings)


def _about_area(heard: Sequence[Heard]) -> list[train.Lesson]:
    return [train.Lesson(one.features, _areas(one.example), one.example.weight) for one in heard]


def _about_code(heard: Sequence[Heard], catalogue: Catalogue) -> list[train.Lesson]:
    current = {one.code for one in catalogue.procedures if one.code}
    former = {code: one.code for one in catalogue.procedures if one.code for code in one.former_codes}
    coded = [(one, former.get(one.example.code, one.example.code)) for one in heard if one.example.code]
    return [train.Lesson(one.features, {code: 1.0}, one.example.weight) for one, code in coded if code in current]


def _areas(example: Example) -> dict[str, float]:
    if not example.also:
        return {example.area: 1.0}
    if example.kind == "vague":  # whoever reads it would have to ask back
        return dict.fromkeys((example.area, *example.also), 1 / (1 + len(set(example.also) - {example.area})))
    rest = (1 - _AREA_ALONE) / len(example.also)
    return {example.area: _AREA_ALONE} | {area: rest for area in example.also if area != example.area}


def _gravity(example: Example) -> float:
    """Missing a danger is worse than a false alarm."""
    return example.weight * (6.0 if example.urgent else 1.0)
