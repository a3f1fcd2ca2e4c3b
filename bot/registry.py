"""Which words are commands, who may say them, and what they do: one table, filled from the marks on the functions."""

import re
import unicodedata
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from types import ModuleType
from typing import TYPE_CHECKING

from tickets.folding import fold

if TYPE_CHECKING:
    from bot.context import Context

Run = Callable[["Context"], Awaitable[None]]
_MARK = "_tohotro_command"
_COMPOUND = 6  # letters; no single Vietnamese syllable among the names is as long
_LONGEST_NAME = 3  # words: "gặp cán bộ"


class Audience(StrEnum):
    """For whom a command exists. Whether they may use it on a given ticket is asked of `tickets.rights`."""

    ANYONE = "anyone"
    RESIDENT = "resident"
    STAFF = "staff"
    LEAD = "lead"
    SUPERVISOR = "supervisor"


@dataclass(frozen=True, slots=True)
class Command:
    """`name` is the canonical word; its help is the text `help.<name>`, its line in a menu `menu.<name>`."""

    name: str
    words: tuple[str, ...]
    audience: Audience
    run: Run
    ticket: bool = False  # works on one ticket: by number, by the card answered, or the only one in hand
    free_text: bool = False  # words follow: without a slash they must not be taken for ordinary speech
    options: tuple[str, ...] = ()  # words that may follow without a slash, folded
    spoken: str = ""  # a pattern of what, folded, makes a command of it without a slash; empty: the usual rule
    spelled: tuple[str, ...] = ()  # the words with their diacritics
    settles: bool = False  # answers the open question itself, which is therefore not forgotten before it runs


def command(
    name: str,
    *aliases: str,
    audience: Audience,
    ticket: bool = False,
    free_text: bool = False,
    options: tuple[str, ...] = (),
    spoken: str = "",
    settles: bool = False,
) -> Callable[[Run], Run]:
    """Mark a function as a command. The mark changes nothing; `Registry` collects what is marked."""

    def mark(run: Run) -> Run:
        words = tuple(dict.fromkeys((name, *(fold(alias).replace(" ", "") for alias in aliases))))
        marked = Command(
            name, words, audience, run, ticket, free_text, options, spoken, spelled=(name, *aliases), settles=settles
        )
        setattr(run, _MARK, marked)
        return run

    return mark


@dataclass(frozen=True, slots=True)
class Parsed:
    """A line understood as a command: `explicit` when it began with a slash or came from a button."""

    command: Command
    args: str
    explicit: bool


class Registry:
    """The commands of the given modules. A word claimed twice for the same people fails at start, not in use."""

    def __init__(self, modules: Iterable[ModuleType]) -> None:
        self._commands: list[Command] = []
        for module in modules:
            for thing in vars(module).values():
                found = getattr(thing, _MARK, None)
                if isinstance(found, Command) and thing.__module__ == module.__name__:
                    self._commands.append(found)
        self._staff = self._words(Audience.ANYONE, Audience.STAFF, Audience.LEAD, Audience.SUPERVISOR)
        self._resident = self._words(Audience.ANYONE, Audience.RESIDENT)

    def _words(self, *audiences: Audience) -> dict[str, Command]:
        table: dict[str, Command] = {}
        for found in self._commands:
            if found.audience not in audiences:
                continue
            for word in found.words:
                if word in table:
                    raise ValueError(f"the word {word!r} names both {table[word].name!r} and {found.name!r}")
                table[word] = found
        return table

    def __iter__(self) -> Iterator[Command]:
        return iter(self._commands)

    def find(self, text: str, *, staff: bool) -> Parsed | None:
        """The command a line stands for, or None when it is ordinary speech.

        With a slash the first word decides. Without one, a command that takes free text needs a number or must be a
        word nobody uses in a sentence; any other must be the whole line, a number at most behind it: "cho" is the
        queue, "cho tôi hỏi" is a question. And it must be spelled as the command is: "vâng" is yes, not "vắng".
        """
        table = self._staff if staff else self._resident
        line = text.strip()
        explicit = line.startswith("/")
        words = line.lstrip("/").split()
        for length in range(min(_LONGEST_NAME, len(words)), 0, -1):
            parts = [fold(word.partition("@")[0]) for word in words[:length]]
            name = "".join(parts)
            found = table.get(name)
            if found is None or not all(parts):  # `@12` names a colleague and is no part of the command's name
                continue
            args = _rest(line.lstrip("/"), length)
            if explicit or (_meant(found, "".join(words[:length])) and _is_spoken(found, words[0], name, args)):
                return Parsed(found, args, explicit)
        return None

    def is_foreign(self, text: str) -> bool:
        """Whether a resident typed, with a slash, a word that is a command for staff only."""
        line = text.strip()
        return line.startswith("/") and self.find(line, staff=False) is None and self.find(line, staff=True) is not None


def _rest(line: str, words: int) -> str:
    parts = line.split(maxsplit=words)
    return parts[words] if len(parts) > words else ""


def _meant(found: Command, typed: str) -> bool:
    """Whether the diacritics of `typed`, where it has any, are those of the command, wherever the tone was put."""
    return typed.isascii() or any(not _marks(typed) - _marks(word) for word in found.spelled)


def _marks(text: str) -> Counter[str]:
    parts = unicodedata.normalize("NFD", text.lower())
    return Counter(part for part in parts if part == "đ" or unicodedata.combining(part))


def _is_spoken(found: Command, word: str, name: str, args: str) -> bool:
    if found.spoken:
        return re.fullmatch(found.spoken, fold(args)) is not None
    return _in_one_piece(found, word) or _stands_alone(found, name, args)


def _in_one_piece(found: Command, word: str) -> bool:
    """Whether a name of two or more syllables was written as one word without diacritics, as nobody speaks: baocao."""
    return found.free_text and len(found.name) >= _COMPOUND and word.lower() == found.name


def _stands_alone(found: Command, name: str, args: str) -> bool:
    if not args or fold(args) in found.options:
        return True
    if args.split(maxsplit=1)[0].lstrip("#").isdigit():
        return found.free_text or found.ticket or len(args.split()) == 1
    return found.free_text and name in ("tl", "ghichu", "tim")
