"""Where labelled messages come from: the project's files of examples, the catalogue, and the everyday vocabulary."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from config.catalogue import Catalogue
from tickets.vocabulary import AREAS

FOLDER = Path(__file__).parents[2] / "config" / "understanding"
URGENT = "!!"


@dataclass(frozen=True, slots=True)
class Example:
    """A message and what it is about: `area` by id, `also` the other areas that would do; `code` empty when unknown.

    `weight` is how much it counts in learning. `origin` says where it comes from: `residents`, `questions`, `written`,
    `catalogue`, `vocabulary`, `staff`, `apart` or `apart later`.
    """

    text: str
    area: str
    also: tuple[str, ...] = ()
    code: str = ""
    style: str = "full"
    kind: str = "question"
    urgent: bool = False
    origin: str = "written"
    weight: float = 1.0

    def accepts(self, area: str | None) -> bool:
        return area == self.area or area in self.also


class ExampleError(ValueError):
    """A file of examples is wrong; the sentence names file and line."""


def labelled(catalogue: Catalogue, folder: Path = FOLDER) -> list[Example]:
    """Every labelled message of the project, in a fixed order. Raises ExampleError."""
    found = [
        *_json_lines(folder / "resident_messages.jsonl", "residents", catalogue),
        *_json_lines(folder / "real_questions.jsonl", "questions", catalogue),
    ]
    for path in sorted((folder / "examples").glob("*.txt")):
        found += _plain(path, catalogue)
    return found


def set_apart(catalogue: Catalogue, folder: Path = FOLDER) -> list[Example]:
    """The messages that are never learnt from, only measured with. Raises ExampleError."""
    return [
        replace(one, origin="apart later" if path.stem.startswith("later") else "apart")
        for path in sorted((folder / "unseen").glob("*.txt"))
        for one in _plain(path, catalogue)
    ]


def background(catalogue: Catalogue) -> list[Example]:
    """What the catalogue and the vocabulary say without any message: names and synonyms, expressions of an area."""
    found: list[Example] = []
    for one in catalogue.procedures:
        found += [
            Example(text, one.area, code=one.code or "", origin="catalogue", weight=0.5)
            for text in (one.name, *one.synonyms)
        ]
    for area in catalogue.areas.values():
        if area.kind == "desk":
            continue
        found += [Example(text, area.id, origin="catalogue", weight=0.5) for text in (area.name, *area.keywords)]
    for identity, words in AREAS.items():
        if identity in catalogue.areas:
            for strength, weight in ((words.sure, 0.6), (words.usual, 0.3)):
                found += [
                    Example(text, identity, origin="vocabulary", weight=weight)
                    for part in strength.split(",")
                    if (text := " ".join(part.replace("+", " ").split()))
                ]
    return found


def _json_lines(path: Path, origin: str, catalogue: Catalogue) -> Iterator[Example]:
    identities = {area.name: area.id for area in catalogue.areas.values()}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            row = json.loads(line)
            text = str(row["text"])
            yield Example(
                text,
                identities[row["area"]],
                tuple(identities[name] for name in row.get("also", ())),
                row.get("procedure_code") or "",
                row.get("style") or ("full" if re.search("[à-ỹđ]", text.lower()) else "nodia"),
                row.get("kind") or "question",
                bool(row.get("urgent", False)),
                origin,
            )
        except (ValueError, KeyError, TypeError) as error:
            raise ExampleError(
                f"{path}, line {number}: {error!r}; every line is a JSON object with text, area"
            ) from None


def _plain(path: Path, catalogue: Catalogue) -> Iterator[Example]:
    """Sections `@ area [code] [also=area,area] [style=word]`; below each `message [| area,area] [!!]`, one a line."""
    pattern: Example | None = None
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        if line.startswith("@"):
            pattern = _section(f"{path}, line {number}", line[1:].split(), catalogue)
        elif pattern is None:
            raise ExampleError(f"{path}, line {number}: there is no section above it; begin with `@ area`")
        else:
            text = line.strip()
            urgent = text.endswith(URGENT)
            text, _, more = text.removesuffix(URGENT).partition(" | ")
            also = (*pattern.also, *filter(None, (area.strip() for area in more.split(","))))
            _known(f"{path}, line {number}", also, catalogue)
            style = pattern.style or ("nodia" if text.isascii() else "full")
            yield replace(pattern, text=text.strip(), also=also, urgent=urgent, style=style)


def _section(where: str, words: list[str], catalogue: Catalogue) -> Example:
    also = tuple(area for word in words if word.startswith("also=") for area in word[5:].split(","))
    style = next((word[6:] for word in words if word.startswith("style=")), "")
    plain = [word for word in words if not word.startswith(("also=", "style="))]
    area, code = plain[0] if plain else "", plain[1] if len(plain) > 1 else ""
    _known(where, (area, *also), catalogue)
    if code and catalogue.procedure(code) is None:
        raise ExampleError(f"{where}: procedure {code!r} is not in the catalogue")
    return Example("", area, also, code, style)


def _known(where: str, areas: Iterable[str], catalogue: Catalogue) -> None:
    for one in areas:
        if one not in catalogue.areas:
            raise ExampleError(f"{where}: area {one!r} is not in the catalogue")
