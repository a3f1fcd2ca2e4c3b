"""Do the documents name only what exists: links, paths, make targets, commands, settings, lines of the log?"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import pytest
import typer

from bot.cli import app
from config.settings import PREFIX, Settings

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
PLACEHOLDERS = ("viber", "yours")  # the channel and the gateway that docs/adding-a-channel.md pretends to add

_FENCE = re.compile(r"^([ >]*)```[^\n]*\n(.*?)^\1```", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_PATH = re.compile(r"(?:bot|benchmarks|channels|config|docs|sandbox|tests|tickets|workers)/[\w./-]*")
_OPTION = re.compile(r"(?<!\S)--[a-z-]+")

every_document = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda one: str(one.relative_to(ROOT)))


@cache
def text(document: Path) -> str:
    return document.read_text(encoding="utf-8")


def prose(document: Path) -> str:
    """Without blocks of code."""
    return _FENCE.sub("", text(document))


def code(document: Path) -> Iterator[str]:
    """Lines of blocks of code, and what stands between backticks."""
    for block in _FENCE.finditer(text(document)):
        yield from (line.strip() for line in block.group(2).splitlines())
    yield from _SPAN.findall(prose(document))


@cache
def anchors(document: Path) -> frozenset[str]:
    """What its headings are called in links, by the rule of the usual hosts of Markdown."""
    headings = re.findall(r"^#+ (.+)$", prose(document), re.MULTILINE)
    return frozenset(re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-") for heading in headings)


@every_document
def test_every_link_leads_to_a_file_and_a_heading(document: Path) -> None:
    for link in _LINK.findall(_SPAN.sub("", prose(document))):
        if "://" in link:
            continue
        name, _, anchor = unquote(link).partition("#")
        target = (document.parent / name).resolve() if name else document
        assert target.exists(), f"{link} leads nowhere"
        assert target.is_relative_to(ROOT), f"{link} leads out of the project"
        if anchor:
            assert anchor in anchors(target), f"{link}: no such heading; there are {sorted(anchors(target))}"


@every_document
def test_every_path_between_backticks_exists(document: Path) -> None:
    for name in code(document):
        if _PATH.fullmatch(name) and not any(made_up in name for made_up in PLACEHOLDERS):
            assert (ROOT / name).exists(), f"{name} does not exist"


@every_document
def test_every_make_target_exists(document: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for line in code(document):
        named = re.match(r"make ([a-z-]+)", line)
        assert named is None or named.group(1) in targets, f"{line}: the Makefile has {sorted(targets)}"


@every_document
def test_every_command_of_the_program_and_its_options_exist(document: Path) -> None:
    program = typer.main.get_command(app)
    for line in code(document):
        for words, options in re.findall(r"(?<![\w-])tohotro ((?:[a-z][a-z-]* ?)+)([^`]*)", line):
            found = program
            for word in words.split():
                children = getattr(found, "commands", None)
                if children is None:
                    break  # an argument
                assert word in children, f"{line}: there are {sorted(children)}"
                found = children[word]
            known = {option for one in found.params for option in one.opts} | {"--help"}
            assert set(_OPTION.findall(options)) <= known, f"{line}: there are {sorted(known)}"


@every_document
def test_every_setting_exists(document: Path) -> None:
    settings = {PREFIX + name.upper() for name in Settings.model_fields}
    named = set(re.findall(rf"{PREFIX}[A-Z][A-Z_]*[A-Z]", text(document)))
    assert named <= settings, f"no settings: {sorted(named - settings)}"


@every_document
def test_every_variable_of_a_channel_stands_in_an_office_file(document: Path) -> None:
    files = [file.read_text(encoding="utf-8") for file in (ROOT / "config" / "offices").glob("*.yaml")]
    wanted = {name for file in files for name in re.findall(r"\$\{(\w+)", file)}
    assert set(re.findall(r"\bBNT_\w+", text(document))) <= wanted


def test_the_lines_of_the_log_that_the_administrator_looks_up_are_written_so() -> None:
    source = "".join(
        file.read_text(encoding="utf-8") for folder in ("bot", "config") for file in (ROOT / folder).rglob("*.py")
    )
    table = text(ROOT / "docs" / "operating.md").partition("| Thấy |")[2].partition("\n\n")[0]
    rows = re.findall(r"^\| `([^`]+)`", table, re.MULTILINE)
    assert rows
    for row in rows:
        for part in row.split("…"):
            assert part.strip() in source, f"nothing says {part.strip()!r}"


def test_the_password_that_compose_asks_for_is_named() -> None:
    wanted = set(re.findall(r"\$\{(\w+):\?", (ROOT / "compose.yaml").read_text(encoding="utf-8")))
    for name in ("README.md", "README.en.md", "docs/operating.md"):
        missing = wanted - set(code(ROOT / name))
        assert not missing, f"{name} does not say that {sorted(missing)} must be set"


def test_both_readmes_have_the_same_sections_and_commands() -> None:
    vi, en = ROOT / "README.md", ROOT / "README.en.md"
    depth = [re.findall(r"^(#+) ", prose(one), re.MULTILINE) for one in (vi, en)]
    assert depth[0] == depth[1]
    commands = [{line.split("#")[0].strip() for line in code(one) if line.startswith("make ")} for one in (vi, en)]
    assert commands[0] == commands[1]


@every_document
def test_it_is_written_in_composed_letters_without_tabs(document: Path) -> None:
    assert unicodedata.is_normalized("NFC", text(document))
    assert "\t" not in text(document)
