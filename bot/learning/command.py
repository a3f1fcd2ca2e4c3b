"""`tohotro learn`: the shipped model made anew from the project's examples, or an office's own from its corrections."""

import functools
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bot.learning import teach
from bot.learning.examples import Example, labelled
from bot.learning.teach import Heard
from bot.understanding import MODEL, index_of, shipped_model, untaught
from config import catalogue as catalogues
from config.catalogue import Catalogue
from tickets import learnt
from tickets.learnt import Model
from tickets.matching import Index, match

FEWEST = 5  # with fewer corrections nothing can be told about before and after
_FOLDS = 4
_SLACK = 0.01  # how much worse an office's model may be on the project's messages, which the shipped one has learnt
_STAFF = 3.0  # how much a correction counts beside a message of the project
_REMEMBERED = 2  # one in so many of the project's messages is gone through again, so that they are not forgotten


def make(known: Catalogue) -> Model:
    """The model of the project's examples; the same every time."""
    plain = untaught(known)
    heard = [one for several in teach.hear(labelled(known), plain) for one in several]
    return teach.learn([*heard, *teach.ground(known, plain)], known)


def main(out: Path | None, say: Callable[[str], None], maker: Callable[[Catalogue], Model] = make) -> int:
    """Learn the shipped model anew and write it (or to `out`). Returns the exit code."""
    began = time.perf_counter()
    target = out or MODEL
    stored = learnt.to_bytes(maker(catalogues.load()))
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(stored)
    say(f"{target}: {len(stored) // 1024} KB, learnt in {time.perf_counter() - began:.0f} s")
    return 0


@dataclass(frozen=True, slots=True)
class Lesson:
    """What an office's corrections came to: its model (None: not kept, `why` says so) and the figures."""

    examples: int
    before: float = 0.0
    after: float = 0.0
    project_before: float = 0.0
    project_after: float = 0.0
    model: Model | None = None
    why: str = ""

    @property
    def told(self) -> str:
        """The outcome in a line."""
        if not self.before and not self.after and self.model is None:
            return self.why
        figures = (
            f"{self.examples} corrections of staff: {self.before:.3f} understood before, {self.after:.3f} after; "
            f"the project's own messages: {self.project_before:.3f} before, {self.project_after:.3f} after"
        )
        return f"{figures}; {self.why}"


Maker = Callable[[Catalogue, Sequence[Example]], Model]


def further(known: Catalogue, taught: Sequence[Example]) -> Model:
    """The shipped model taught further with what the staff of an office said; the same every time."""
    plain, again = _remembered()
    mine = teach.hear([replace(one, weight=_STAFF) for one in taught], plain)
    heard = [*(one for several in mine for one in several), *again]
    return teach.more(shipped_model() or Model({}, {}), heard, known)


@functools.cache
def _remembered() -> tuple[Index, list[Heard]]:
    """What reads messages without having learnt, and the project's messages that are gone through again."""
    known = catalogues.load()
    plain = untaught(known)
    return plain, [several[0] for several in teach.hear(labelled(known)[::_REMEMBERED], plain)]


def from_staff(
    taught: Sequence[Example], known: Catalogue, maker: Maker = further, project: Sequence[Example] = ()
) -> Lesson:
    """Learn from what the staff of one office taught; each correction is judged by a model that has not seen it.

    The model is kept only when it understands the corrections better than the shipped one does, and the project's own
    messages (nearly) as well.
    """
    if len(taught) < FEWEST:
        return Lesson(len(taught), why=f"{len(taught)} corrections are too few to learn from; {FEWEST} are needed")
    project = project or labelled(known)[1::_REMEMBERED]  # none of those gone through again
    lesson = Lesson(
        len(taught),
        before=accuracy(taught, known, None),
        after=_across(taught, known, maker),
        project_before=accuracy(project, known, None),
    )
    model = maker(known, taught)
    lesson = replace(lesson, project_after=accuracy(project, known, model))
    if lesson.after <= lesson.before:
        return replace(lesson, why="the new model understands them no better and is not kept")
    if lesson.project_after < lesson.project_before - _SLACK:
        return replace(lesson, why="the new model is worse on the project's messages and is not kept")
    return replace(lesson, model=model, why="kept")


def accuracy(examples: Sequence[Example], known: Catalogue, model: Model | None) -> float:
    """The share of `examples` whose area (and, where it is known, procedure) a model (None: the shipped one) finds."""
    index = index_of(known, model)
    right = 0
    for one in examples:
        found = match(one.text, index, why=False)
        code = one.code if one.origin == "staff" else ""
        right += one.accepts(found.area) and (not code or (bool(found.procedures) and found.procedures[0].id == code))
    return right / len(examples)


def _across(taught: Sequence[Example], known: Catalogue, maker: Maker) -> float:
    """The same for models taught with the others of `taught`."""
    right = 0.0
    parts = min(_FOLDS, len(taught))
    for part in range(parts):
        aside = [one for at, one in enumerate(taught) if at % parts == part]
        others = [one for at, one in enumerate(taught) if at % parts != part]
        right += accuracy(aside, known, maker(known, others)) * len(aside)
    return right / len(taught)
