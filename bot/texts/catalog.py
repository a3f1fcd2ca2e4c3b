"""Which sentence a reader gets: texts by language and key, with values put in as plain data."""

import re
import tomllib
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config.errors import ConfigError

FOLDER = Path(__file__).parent
ORIGINAL = "vi"  # every key exists in it; translations may lag behind
_PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")


class TextsError(ConfigError):
    """A file of texts is not what it should be; the sentence names the file and the remedy."""


def codes() -> tuple[str, ...]:
    """The languages there is a file of, whatever stands in it."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))


@dataclass(frozen=True, slots=True)
class Catalog:
    """All sentences, by language and then by dotted key."""

    texts: Mapping[str, Mapping[str, str]]

    @classmethod
    def load(cls, folder: Path | None = None) -> "Catalog":
        """The texts of every `<language>.toml` in `folder` (default: the ones shipped here).

        Raises TextsError for a file that is not TOML, a value that is not a text, or a folder without the original.
        """
        folder = folder or FOLDER
        found = {path.stem: dict(_flat(path, _read(path), "")) for path in sorted(folder.glob("*.toml"))}
        if ORIGINAL not in found:
            raise TextsError(f"{folder} has no {ORIGINAL}.toml, the language every text is first written in.")
        return cls(found)

    @property
    def languages(self) -> tuple[str, ...]:
        """The original first, then the translations by name."""
        return (ORIGINAL, *sorted(set(self.texts) - {ORIGINAL}))

    def lacking(self, language: str) -> tuple[str, ...]:
        """The keys that `language` does not say, or says with other values than the original does."""
        own = self.texts.get(language, {})
        original = self.texts[ORIGINAL]
        return tuple(
            key
            for key in original
            if key not in own or set(_PLACEHOLDER.findall(own[key])) != set(_PLACEHOLDER.findall(original[key]))
        )

    def spoken(self) -> Mapping[str, str]:
        """Each language there is a file of, with what keeps an office from speaking it; empty when nothing does."""
        found = {}
        for language in self.languages:
            missing = self.lacking(language)
            found[language] = f"{len(missing)} of its sentences, the first is {missing[0]!r}" if missing else ""
        return found

    def name(self, language: str) -> str:
        """What a language calls itself, or its code where its file does not say."""
        return self.texts[language].get("language.name", language)

    def say(self, language: str, key: str, **values: object) -> str:
        """The sentence `key` in `language`, else in the original, its `{name}` replaced by `values`.

        A value is data: braces in it stay as they are. A value not given shows as "…" and is warned of, which tests
        turn into an error, because half a sentence is better than none for a resident. Raises KeyError for a key that
        exists in no language.
        """
        text = self._text(language, key)

        def value(found: re.Match[str]) -> str:
            name = found.group(1)
            if name not in values:
                warnings.warn(f"text {key!r} ({language}) wants a value for {{{name}}}", stacklevel=3)
                return "…"
            return str(values[name])

        return _PLACEHOLDER.sub(value, text)

    def has(self, language: str, key: str) -> bool:
        """Whether `say` would find a sentence."""
        return key in self.texts.get(language, {}) or key in self.texts[ORIGINAL]

    def keys(self, language: str) -> frozenset[str]:
        """The keys that are written in `language` itself."""
        return frozenset(self.texts.get(language, {}))

    def placeholders(self, language: str, key: str) -> frozenset[str]:
        """The names of the values that sentence `key` wants."""
        return frozenset(_PLACEHOLDER.findall(self._text(language, key)))

    def _text(self, language: str, key: str) -> str:
        for texts in (self.texts.get(language, {}), self.texts[ORIGINAL]):
            if key in texts:
                return texts[key]
        raise KeyError(f"no text {key!r} in {ORIGINAL}.toml")


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise TextsError(f"{path}: {error}") from error


def _flat(path: Path, table: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, str]]:
    for name, value in table.items():
        key = f"{prefix}{name}"
        if isinstance(value, dict):
            yield from _flat(path, value, f"{key}.")
        elif isinstance(value, str):
            yield key, value.strip("\n")
        else:
            raise TextsError(f"{path}: {key} must be a text in quotes, not {value!r}")
