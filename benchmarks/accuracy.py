"""How well are residents understood? Cross-validation on the labelled messages, printed by style, with confusions.

`make accuracy`, or `python -m benchmarks.accuracy [--json FILE] [--figure FILE] [--folds N] [--repeats N] [--apart]`.
Every message is judged by a model that has not seen it. The vocabulary is no part of that: it was written by people who
knew the messages of `resident_messages.jsonl` and `real_questions.jsonl`, so those two flatter it. The messages under
`config/understanding/examples` are short and many were written to be hard. Those under `config/understanding/unseen`
were written before the work they measure and never learnt from: the shipped model judges them, and `--apart` measures
nothing else, which takes seconds.
"""

import argparse
import json
import platform
import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bot.learning import augment, examples, teach
from bot.learning.examples import Example
from bot.understanding import index_of, shipped, untaught
from config import catalogue as catalogue_files
from config.catalogue import Catalogue
from tickets.matching import Match, match

_SMALL_TALK = ("greeting", "thanks")


@dataclass(frozen=True, slots=True)
class Judged:
    """A message, and what a model that had not seen it made of it."""

    example: Example
    found: Match


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="accuracy", description=__doc__)
    parser.add_argument("--json", type=Path, help="also write everything to this file")
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--repeats", type=int, default=2)
    parser.add_argument("--apart", action="store_true", help="only the messages set apart, by the shipped model")
    parser.add_argument("--figure", type=Path, help="draw precision over the share routed into this SVG file")
    asked = parser.parse_args(arguments)
    started = time.perf_counter()
    known = catalogue_files.load()
    with_marks, without = ([], []) if asked.apart else judge(known, asked.folds, asked.repeats)
    for one in examples.set_apart(known):
        bare = augment.without_marks(one)
        with_marks.append(Judged(one, match(one.text, shipped()[1])))
        without.append(Judged(replace(bare, style=one.style), match(bare.text, shipped()[1])))
    figures = report(with_marks, without) | {
        "method": "the shipped model on messages set apart"
        if asked.apart
        else f"{asked.repeats} × {asked.folds}-fold cross-validation, stratified by area",
        "machine": f"{platform.machine()}, Python {platform.python_version()}",
        "seconds": round(time.perf_counter() - started),
    }
    if asked.json is not None:
        asked.json.write_text(json.dumps(figures, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    if asked.figure is not None:
        draw(with_marks, asked.figure)
    show(figures)
    return 0


def judge(known: Catalogue, folds: int, repeats: int) -> tuple[list[Judged], list[Judged]]:
    """Every labelled message judged by a model that has not seen it, as written and with its marks taken off."""
    labelled = examples.labelled(known)
    plain = untaught(known)
    heard, ground = teach.hear(labelled, plain), teach.ground(known, plain)
    with_marks: list[Judged] = []
    without: list[Judged] = []
    for repeat in range(repeats):
        for fold in _folds(labelled, folds, seed=repeat + 1):
            aside = set(fold)
            lessons = [one for at, several in enumerate(heard) if at not in aside for one in several]
            index = index_of(known, teach.learn([*lessons, *ground], known))
            for at in fold:
                one = labelled[at]
                bare = augment.without_marks(one)
                with_marks.append(Judged(one, match(one.text, index)))
                without.append(Judged(replace(bare, style=one.style), match(bare.text, index)))
    return with_marks, without


def _folds(several: Sequence[Example], count: int, seed: int) -> list[list[int]]:
    """Places of the examples in `count` parts, every area spread evenly over them."""
    chance = random.Random(seed)  # noqa: S311 - a split, no secret
    by_area: dict[str, list[int]] = defaultdict(list)
    for at, example in enumerate(several):
        by_area[example.area].append(at)
    folds: list[list[int]] = [[] for _ in range(count)]
    dealt = 0
    for places in by_area.values():
        chance.shuffle(places)
        for place in places:
            folds[dealt % count].append(place)
            dealt += 1
    return folds


def report(with_marks: Sequence[Judged], without: Sequence[Judged]) -> dict[str, Any]:
    """All figures: by where the messages come from, by style, the dangers, and which areas are taken for others."""
    groups: dict[str, list[Judged]] = defaultdict(list)
    for one in with_marks:
        groups[f"origin {one.example.origin}"].append(one)
        groups[f"style {one.example.style}"].append(one)
    for one in without:
        groups[f"origin {one.example.origin}, marks taken off"].append(one)
    groups["all"], groups["all, marks taken off"] = list(with_marks), list(without)
    confused = Counter(
        (one.example.area, one.found.area or "nothing")
        for one in with_marks
        if _counts(one.example) and not one.example.accepts(one.found.area)
    )
    return {
        "groups": {name: measure(judged) for name, judged in sorted(groups.items())},
        "confusions": [{"area": area, "taken_for": other, "times": n} for (area, other), n in confused.most_common(20)],
    }


def measure(judged: Iterable[Judged]) -> dict[str, float | int]:
    """The figures of one group of messages; shares are of its messages that are about something."""
    every = list(judged)
    some = [one for one in every if _counts(one.example)]
    coded = [one for one in some if one.example.code]
    routed = [one for one in some if one.found.decision == "route"]
    urgent = [one for one in every if one.example.urgent]
    calm = [one for one in every if not one.example.urgent]
    return {
        "messages": len(some),
        "top1": _share(one.found.area == one.example.area for one in some),
        "top1_accepted": _share(one.example.accepts(one.found.area) for one in some),
        "top3": _share(any(one.example.accepts(area.id) for area in one.found.areas[:3]) for one in some),
        "procedure": _share(one.example.code in _codes(one, 1) for one in coded),
        "procedure_top3": _share(one.example.code in _codes(one, 3) for one in coded),
        "routed": _share(one.found.decision == "route" for one in some if not one.example.urgent),
        "route_precision": _share(one.example.accepts(one.found.area) for one in routed),
        "urgent": len(urgent),
        "urgent_recall": _share(one.found.urgent for one in urgent),
        "false_alarms": _share(one.found.urgent for one in calm),
    }


def draw(judged: Sequence[Judged], to: Path) -> None:
    """How often the first area is right over how many messages are routed, surest first, by origin."""
    from matplotlib.figure import Figure  # slow to import, and seldom asked for

    figure = Figure(figsize=(7, 4), layout="constrained")
    axes = figure.add_subplot()
    names = {
        "residents": "residents' messages",
        "apart": "set apart, never learnt from",
        "apart later": "set apart later, never learnt from",
        "written": "written to learn from",
    }
    for origin, name in names.items():
        sure = sorted(
            ((one.found.confidence, one.example.accepts(one.found.area)) for one in judged
             if one.example.origin == origin and _counts(one.example)),
            key=lambda pair: -pair[0],
        )  # fmt: skip
        right, line = 0, list[float]()
        for place, (_, good) in enumerate(sure, 1):
            right += good
            line.append(100 * right / place)
        shown = range(len(sure) // 20, len(sure))
        axes.plot([100 * (at + 1) / len(sure) for at in shown], [line[at] for at in shown], label=name)
    axes.axhline(97, linestyle=":", color="grey")
    axes.axvline(75, linestyle=":", color="grey")
    axes.set(xlabel="% of messages routed, surest first", ylabel="% of them right", xlim=(0, 100), ylim=(85, 100.5))
    axes.legend(loc="lower left")
    figure.savefig(to, format="svg", metadata={"Date": None})


def _codes(judged: Judged, most: int) -> list[str]:
    return [one.id for one in judged.found.procedures[:most]]


def _counts(example: Example) -> bool:
    return example.kind not in _SMALL_TALK


def _share(which: Iterable[bool]) -> float:
    values = list(which)
    return round(sum(values) / len(values), 4) if values else 0.0


def show(figures: dict[str, Any]) -> None:
    """Print the figures as a table."""
    out = sys.stdout
    names = list(next(iter(figures["groups"].values())))
    width = max(map(len, figures["groups"]))
    out.write(f"{figures['method']}; {figures['machine']}; {figures['seconds']} s\n\n")
    out.write(" ".join([" " * width, *(f"{name:>9.9}" for name in names)]) + "\n")
    for group, row in figures["groups"].items():
        cells = [f"{row[name]:>9}" if isinstance(row[name], int) else f"{row[name]:>9.3f}" for name in names]
        out.write(" ".join([f"{group:<{width}}", *cells]) + "\n")
    out.write("\nmost often taken for another:\n")
    for one in figures["confusions"]:
        out.write(f"  {one['times']:>3} {one['area']} → {one['taken_for']}\n")


if __name__ == "__main__":
    raise SystemExit(main())
