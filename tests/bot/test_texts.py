"""Are the sentences complete in both languages, and fit for the people who read them?"""

import re
from pathlib import Path

import pytest

from bot.texts.catalog import Catalog

ROOT = Path(__file__).parents[2]
CATALOG = Catalog.load(ROOT / "bot" / "texts")
MARKUP = re.compile(r"\*\*|</?[a-z]+>|`|__")


def test_both_languages_have_the_same_sentences() -> None:
    assert CATALOG.keys("vi") == CATALOG.keys("en")


@pytest.mark.parametrize("key", sorted(CATALOG.keys("vi")))
def test_a_translation_uses_the_same_values(key: str) -> None:
    assert CATALOG.placeholders("vi", key) == CATALOG.placeholders("en", key)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_no_sentence_carries_markup_of_a_network(language: str) -> None:
    for key in CATALOG.keys(language):
        values = dict.fromkeys(CATALOG.placeholders(language, key), "x")
        assert not MARKUP.search(CATALOG.say(language, key, **values)), key


def test_every_sentence_asked_for_in_the_code_exists() -> None:
    families = {key.split(".")[0] for key in CATALOG.keys("vi")}
    asked = set()
    for path in [*(ROOT / "bot").rglob("*.py"), *(ROOT / "tickets").glob("*.py"), *(ROOT / "workers").glob("*.py")]:
        code = path.read_text()
        asked |= set(re.findall(rf'"((?:{"|".join(families)})\.[a-z][a-z_0-9]*)"', code))
        asked |= set(re.findall(r'\b(?:say|word)\(\s*(?:[\w.]+,\s*)?"([a-z_]+\.[a-z_0-9]+)"', code))
    assert sorted(asked - CATALOG.keys("vi")) == []


def test_residents_are_addressed_as_elders() -> None:
    for key in CATALOG.keys("vi"):
        text = CATALOG.texts["vi"][key]
        if key.startswith("resident."):
            assert not re.search(r"\b(bạn|mày|các bạn|user|ticket)\b", text.lower()), key


def test_the_texts_are_safe_to_fill() -> None:
    """No sentence is a format string in disguise: a value with braces stays what it is."""
    said = CATALOG.say("vi", "resident.reply", number=1, officer="{0.__class__}", words="{number} %s ${HOME}")
    assert "{0.__class__}" in said
    assert "{number} %s ${HOME}" in said
