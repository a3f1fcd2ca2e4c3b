"""A YAML file as plain values, every value with its line: scalars stay the texts they were written as.

That "0905" is no number, `no` no falsehood and 2026-02-30 no crash is decided by whoever reads a value, not by YAML.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.reader import ReaderError

from config.mistakes import Mistake, Place, Problem

_PLACEHOLDER = re.compile(r"\$\{(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?::-(?P<default>[^}]*))?\}")
_NOTHING = re.compile(r"~|null|Null|NULL|")
_DEEP = 20  # levels; an office file has five


@dataclass(slots=True)
class Document:
    """The values of one file and where each stands."""

    file: str
    data: dict[str, Any] = field(default_factory=dict)
    lines: dict[Place, int] = field(default_factory=dict)
    key_lines: dict[Place, int] = field(default_factory=dict)

    def line(self, place: Place, *, key: bool = False) -> int:
        """The line of the value (or key) at `place`, else of the nearest thing around it."""
        if key and place in self.key_lines:
            return self.key_lines[place]
        while place:
            if place in self.lines:
                return self.lines[place]
            place = place[:-1]
        return 1

    def mistake(self, problem: Problem) -> Mistake:
        return Mistake(self.file, self.line(problem.place, key=problem.key), problem.what, problem.remedy)


def read(path: Path) -> tuple[Document, list[Mistake]]:
    """Read one YAML file whose outermost value is a mapping. Never raises: what is wrong is in the list."""
    document = Document(str(path))
    text, mistake = _text(path)
    if mistake:
        return document, [mistake]
    try:
        root = YAML(typ="rt", pure=True).compose(text)
    except YAMLError as error:
        return document, [_broken(str(path), text, error)]
    if root is None or (isinstance(root, ScalarNode) and not root.value):
        return document, [Mistake(str(path), 0, "the file is empty", "Copy one of the shipped office files into it.")]
    if not isinstance(root, MappingNode):
        return document, [
            Mistake(str(path), 1, "the file is not made of `key: value` lines", "Begin with `office: …`.")
        ]
    problems: list[Problem] = []
    document.data = _plain(root, (), document, problems)
    return document, [document.mistake(problem) for problem in problems]


def _text(path: Path) -> tuple[str, Mistake | None]:
    try:
        raw = path.read_bytes()
    except OSError as error:
        why = error.strerror or type(error).__name__
        return "", Mistake(str(path), 0, f"the file cannot be read ({why})", "Correct the path or the file's rights.")
    try:
        return raw.decode("utf-8-sig"), None
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        return "", Mistake(str(path), line, "the file is not UTF-8 text", "Save it again with the encoding UTF-8.")


def _broken(file: str, text: str, error: YAMLError) -> Mistake:
    if isinstance(error, ReaderError):
        line = text.count("\n", 0, error.position) + 1
        return Mistake(file, line, "there is a control character in the text", "Remove it; type the line again.")
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    line = mark.line + 1 if mark else 0
    shown = text.splitlines()[line - 1] if 0 < line <= len(text.splitlines()) else ""
    if re.match(r"\s*\t", shown):
        return Mistake(file, line, "the line begins with a tab", "Indent with spaces: YAML does not allow tabs.")
    said = error.problem if isinstance(error, MarkedYAMLError) and error.problem else "it is not YAML"
    remedy = "Look at this line and the one above: indentation, quotes, brackets, and a space after every colon."
    return Mistake(file, line, f"the file cannot be understood ({said})", remedy)


def _plain(node: Node, place: Place, document: Document, problems: list[Problem]) -> Any:
    document.lines[place] = node.start_mark.line + 1
    if len(place) > _DEEP:
        problems.append(Problem(place, "values are nested too deeply", "Remove the alias that contains itself."))
        return None
    if isinstance(node, MappingNode):
        return dict(_pairs(node, place, document, problems))
    if isinstance(node, SequenceNode):
        return [_plain(child, (*place, number), document, problems) for number, child in enumerate(node.value)]
    assert isinstance(node, ScalarNode)
    if node.style is None and _NOTHING.fullmatch(node.value):
        return None
    return str(node.value)


def _pairs(node: MappingNode, place: Place, document: Document, problems: list[Problem]) -> Iterator[tuple[str, Any]]:
    for key, value in node.value:
        if not isinstance(key, ScalarNode):
            document.lines[(*place, "?")] = key.start_mark.line + 1
            problems.append(Problem((*place, "?"), "a key is not a plain word", "Write `key: value`."))
            continue
        here, line = (*place, str(key.value)), key.start_mark.line + 1
        if here in document.key_lines:
            what = f"{key.value!r} is given twice, first in line {document.key_lines[here]}"
            document.lines[(*here, "twice")] = line
            problems.append(Problem((*here, "twice"), what, "Keep one of them."))
            continue
        document.key_lines[here] = line
        yield str(key.value), _plain(value, here, document, problems)


def fill(value: Any, environ: Mapping[str, str], missing: dict[str, None]) -> Any:
    """`value` with every `${NAME}` and `${NAME:-default}` replaced; names that are unset or empty go into `missing`.

    A text that comes to nothing by an empty default becomes None: as if the key had not been written.
    """
    if isinstance(value, dict):
        return {key: fill(inner, environ, missing) for key, inner in value.items()}
    if isinstance(value, list):
        return [fill(inner, environ, missing) for inner in value]
    if not isinstance(value, str) or "${" not in value:
        return value

    def replaced(found: re.Match[str]) -> str:
        given = environ.get(found["name"], "").strip() or found["default"]
        if given is None:
            missing[found["name"]] = None
        return given or ""

    return _PLACEHOLDER.sub(replaced, value) or None


def placeholders(value: Any) -> list[str]:
    """The names of the variables in a value, in order."""
    return [found["name"] for _, text in leaves(value, ()) for found in _PLACEHOLDER.finditer(text)]


def leaves(value: Any, place: Place) -> Iterator[tuple[Place, str]]:
    """Every text inside a value, with its place."""
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, (*place, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from leaves(inner, (*place, number))
