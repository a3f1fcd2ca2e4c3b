"""What is wrong in a file somebody wrote by hand: where it stands, what it is, and what to write instead."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

Place = tuple[str | int, ...]
"""The way to a value inside a file: keys and positions, such as ("departments", 0, "areas")."""

_MANY = 12  # more alternatives than this are not listed


@dataclass(frozen=True, slots=True)
class Mistake:
    """Something that must be corrected before the file can be used. `line` counts from 1; 0 means the whole file."""

    file: str
    line: int
    what: str
    remedy: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        return f"{where}: {self.what}. {self.remedy}"


@dataclass(frozen=True, slots=True)
class Notice:
    """Something an administrator should know, though the file can be used."""

    file: str
    line: int
    what: str
    remedy: str = ""

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        return f"{where}: {self.what}." + (f" {self.remedy}" if self.remedy else "")


@dataclass(frozen=True, slots=True)
class Problem:
    """A mistake whose line is not known yet. `key` says that the key at `place` is meant rather than its value."""

    place: Place
    what: str
    remedy: str
    key: bool = False


def did_you_mean(word: str, known: Iterable[str], what: str = "Known") -> str:
    """A remedy for `word` that is none of `known`: the nearest one, or all when they are few."""
    names = sorted(known)
    near = get_close_matches(word.lower(), names, n=1, cutoff=0.6)
    if near:
        return f"Did you mean {near[0]!r}?"
    if not names:
        return "Remove it."
    if len(names) > _MANY:
        return f"{what}: {', '.join(names[:_MANY])}… ({len(names)} in all)."
    return f"{what}: {', '.join(names)}."
