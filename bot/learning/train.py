"""Multinomial logistic regression over sparse features, the same result for the same examples every time."""

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tickets.learnt import OFFSET, Weights

_SEED = 20261121
_BATCH = 128
_LARGEST = 127
_SPARED = 3  # of so few features none goes unheard

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Lesson:
    """The features of one message and how likely each label is for it; `weight` is how much it counts."""

    features: Sequence[str]
    labels: Mapping[str, float]
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Manner:
    """How to learn; the values are those that did best in cross-validation (docs/understanding.md)."""

    epochs: int = 14
    rate: float = 0.5
    decay: float = 1e-4
    least: float = 1.1  # a feature heard in less than this weight of lessons is not looked at
    most: int = 20_000  # so many features are kept, those that say most
    faint: int = 6  # a weight of fewer steps than this says nothing
    coarse: int = 1  # weights are rounded to so many steps, which makes the stored model smaller
    deaf: float = 0.0  # this share of a message's features goes unheard each time, so that no few of them decide alone


def learn(
    lessons: Sequence[Lesson], labels: Sequence[str], manner: Manner = Manner(), known: Weights | None = None
) -> Weights:
    """Return weights that tell `labels` apart, beginning from those `known` (of the same labels) when given.

    Nothing but the arguments and a fixed seed decides the result.
    """
    heard: Counter[str] = Counter()
    for lesson in lessons:
        for name in lesson.features:
            heard[name] += lesson.weight  # type: ignore[assignment]  # a Counter may count in parts
    old = known.rows if known is not None else {}
    names = sorted({name for name, count in heard.items() if count >= manner.least} | old.keys())
    number = {name: at for at, name in enumerate(names)}
    rows = [
        np.array(sorted(number[name] for name in one.features if name in number), dtype=np.int64)  # a set has no order
        for one in lessons
    ]
    column = {label: at for at, label in enumerate(labels)}
    wanted = np.zeros((len(lessons), len(labels)))
    for at, lesson in enumerate(lessons):
        for label, share in lesson.labels.items():
            wanted[at, column[label]] = share
    counts = np.array([one.weight for one in lessons])
    weights, bias = np.zeros((len(names), len(labels))), np.zeros(len(labels))
    if known is not None:
        bias += known.bias
        for name, row in known.rows.items():
            weights[number[name]] = (np.frombuffer(row, dtype=np.uint8).astype(np.float64) - OFFSET) * known.scale
    _descend(rows, wanted, counts, weights, bias, manner)
    return _stored(names, labels, weights, bias, manner)


def _descend(
    rows: Sequence[NDArray[np.int64]], wanted: Floats, counts: Floats, weights: Floats, bias: Floats, manner: Manner
) -> None:
    """Adagrad over mini-batches, changing `weights` and `bias` in place.

    A batch is a small dense matrix of just the features that occur in it.
    """
    seen, bias_seen = np.full(weights.shape, 1e-6), np.full(bias.shape, 1e-6)
    order = [at for at in range(len(rows)) if len(rows[at])]
    shuffle = random.Random(_SEED)  # noqa: S311 - an order of examples, no secret
    chance = np.random.default_rng(_SEED)
    for _ in range(manner.epochs):
        shuffle.shuffle(order)
        for start in range(0, len(order), _BATCH):
            batch = order[start : start + _BATCH]
            said = [_heard(rows[at], manner.deaf, chance) for at in batch]
            used, place = np.unique(np.concatenate(said), return_inverse=True)
            dense = np.zeros((len(batch), len(used)))
            line = np.repeat(np.arange(len(batch)), [len(one) for one in said])
            dense[line, place] = 1.0
            dense /= np.sqrt(dense.sum(axis=1, keepdims=True))
            scores = dense @ weights[used] + bias
            scores -= scores.max(axis=1, keepdims=True)
            likely = np.exp(scores)
            likely /= likely.sum(axis=1, keepdims=True)
            slope = (likely - wanted[batch]) * counts[batch][:, None]
            step = dense.T @ slope + manner.decay * len(batch) * weights[used]
            seen[used] += step * step
            weights[used] -= manner.rate * step / np.sqrt(seen[used])
            across = slope.sum(axis=0)
            bias_seen += across * across
            bias -= 0.1 * manner.rate * across / np.sqrt(bias_seen)


def _heard(row: NDArray[np.int64], deaf: float, chance: np.random.Generator) -> NDArray[np.int64]:
    if not deaf or len(row) <= _SPARED:
        return row
    left = row[chance.random(len(row)) >= deaf]
    return left if len(left) else row


def _stored(names: Sequence[str], labels: Sequence[str], weights: Floats, bias: Floats, manner: Manner) -> Weights:
    """The weights in steps of a 127th of the largest that is no outlier; features that say little are left out."""
    loud = np.lexsort((np.arange(len(names)), -np.round((weights * weights).sum(axis=1), 9)))[: manner.most]
    top = float(np.quantile(np.abs(weights[loud]), 0.9995)) or 1.0
    scale = round(top / _LARGEST, 9)
    rows: dict[str, bytes] = {}
    for at in sorted(int(one) for one in loud):
        steps = np.rint(weights[at] / scale / manner.coarse) * manner.coarse
        steps = np.clip(steps, -_LARGEST, _LARGEST)
        steps[np.abs(steps) < manner.faint] = 0
        if steps.any():
            rows[names[at]] = bytes((steps + OFFSET).astype(np.uint8))
    return Weights(tuple(labels), tuple(round(float(one), 6) for one in bias), scale, rows)
