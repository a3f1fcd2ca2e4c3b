"""From labelled messages to the model the helpdesk uses: lessons made, three questions learnt, decisions set."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.learning import augment, train
from bot.learning.examples import Example, background
from config.catalogue import Catalogue
from tickets import learnt
from tickets.learnt import Model
from tickets.shorthand import read
from tickets.terms import Index

_SEED = 7
_AREA_ALONE = 0.7  # what the first area of a message keeps when others would do as well

# Found by `make accuracy` on folds that were not learnt from; docs/understanding.md shows the figures.
DECISIONS = {
    "vocabulary": 0.6,
    "floor": 0.03,
    "naming": 1.0,
    "route_from": 0.6,
    "route_from_bare": 0.48,
    "urgent_from": -0.7,
}

_AREAS = train.Manner(epochs=8, decay=3e-5, least=0.6, most=24_000, faint=5)
_PROCEDURES = train.Manner(epochs=5, least=1.6, most=9_000, faint=10)
_DANGER = train.Manner(epochs=4, decay=3e-5, least=1.1, most=20_000, faint=1)


@dataclass(frozen=True, slots=True)
class Heard:
    """An example and the features of its text, read once for all folds."""

    example: Example
    features: tuple[str, ...]


def hear(examples: Iterable[Example], index: Index) -> list[list[Heard]]:
    """For each example itself and its variants, read as `index` reads messages; the same every time."""
    chance = random.Random(_SEED)  # noqa: S311 - variety of spelling, no secret
    return [
        [
            Heard(one, tuple(learnt.features(index.speller.mend(read(one.text)))))
            for one in augment.variants(example, chance)
        ]
        for example in examples
    ]


def ground(catalogue: Catalogue, index: Index) -> list[Heard]:
    """What is learnt beside the messages: the catalogue's names and the vocabulary's expressions."""
    return [one for several in hear(background(catalogue), index) for one in several]


def learn(heard: Sequence[Heard], catalogue: Catalogue) -> Model:
    """Learn area, procedure and danger. The same lessons give the same model, to the bit."""
    areas = [area.id for area in catalogue.areas.values() if area.kind != "desk"]
    current = {one.code for one in catalogue.procedures if one.code}
    former = {code: one.code for one in catalogue.procedures if one.code for code in one.former_codes}
    about_area = [train.Lesson(one.features, _areas(one.example), one.example.weight) for one in heard]
    coded = [(one, former.get(one.example.code, one.example.code)) for one in heard if one.example.code]
    about_code = [train.Lesson(one.features, {code: 1.0}, one.example.weight) for one, code in coded if code in current]
    told = [one for one in heard if one.example.origin not in ("catalogue", "vocabulary")]
    about_danger = [
        train.Lesson(one.features, {"danger" if one.example.urgent else "calm": 1.0}, _gravity(one.example))
        for one in told
    ]
    questions = {"area": train.learn(about_area, areas, _AREAS)}
    if about_code:
        codes = sorted({label for lesson in about_code for label in lesson.labels})
        questions["procedure"] = train.learn(about_code, codes, _PROCEDURES)
    if about_danger:
        questions["danger"] = train.learn(about_danger, ("calm", "danger"), _DANGER)
    return Model(questions, dict(DECISIONS))


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
