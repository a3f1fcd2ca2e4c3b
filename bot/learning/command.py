"""`tohotro learn`: the model made anew from the project's examples, and from what the staff of offices taught it."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from bot.learning import teach
from bot.learning.examples import Example, labelled
from bot.understanding import MODEL, index_of, untaught
from config import catalogue as catalogues
from config.catalogue import Catalogue
from tickets import learnt
from tickets.learnt import Model
from tickets.matching import match

_FOLDS = 4
_SLACK = 0.005  # how much worse on the project's own examples a model may be that is better on the office's


def make(known: Catalogue, more: Sequence[Example] = ()) -> Model:
    """The model of the project's examples and `more`; the same every time."""
    plain = untaught(known)
    heard = [one for several in teach.hear([*labelled(known), *more], plain) for one in several]
    return teach.learn([*heard, *teach.ground(known, plain)], known)


Maker = Callable[[Catalogue, Sequence[Example]], Model]


def main(taught: Sequence[Example], out: Path | None, say: Callable[[str], None], maker: Maker = make) -> int:
    """Learn, compare with the model in use, and write the new one unless it is worse. Returns the exit code.

    Without `taught` the shipped model is made anew; with it, the new model must understand what the staff taught at
    least as well as the old one does, each example judged by a model that has not seen it.
    """
    known = catalogues.load()
    began = time.perf_counter()
    target = out or MODEL
    if taught:
        before = accuracy(taught, known, None)
        after = _across(taught, known, maker)
        say(f"on {len(taught)} examples of staff: {before:.3f} before, {after:.3f} after")
        if after < before - _SLACK:
            say("the new model is worse and is not kept")
            return 1
    model = maker(known, taught)
    stored = learnt.to_bytes(model)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(stored)
    say(f"{target}: {len(stored) // 1024} KB, learnt in {time.perf_counter() - began:.0f} s")
    return 0


def accuracy(examples: Sequence[Example], known: Catalogue, model: Model | None) -> float:
    """The share of `examples` whose area a model (None: the one in use) gets right."""
    index = index_of(known, model)
    return sum(one.accepts(match(one.text, index).area) for one in examples) / len(examples)


def _across(taught: Sequence[Example], known: Catalogue, maker: Maker) -> float:
    """The same for models taught with the others of `taught`."""
    right = 0.0
    parts = min(_FOLDS, len(taught))
    for part in range(parts):
        aside = [one for at, one in enumerate(taught) if at % parts == part]
        others = [one for at, one in enumerate(taught) if at % parts != part]
        right += accuracy(aside, known, maker(known, others)) * len(aside)
    return right / len(taught)
