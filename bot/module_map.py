"""The page docs/modules.md: every module and the question it answers, so that the place to change is found quickly.

`python -m bot.module_map` writes it anew, from the first sentence of each module.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "modules.md"

# In the order of a message's way; what depends on what is in pyproject.toml, under importlinter.
_FOLDERS = ("config", "channels", "tickets", "bot", "workers", "sandbox", "benchmarks")
_HEAD = """\
<!-- Written by `python -m bot.module_map` from the modules themselves: do not edit by hand. -->

# Where to find what

Each module begins with the question it answers; this page holds them side by side. Who may import whom is drawn in
[CONTRIBUTING.md](../CONTRIBUTING.md) and held by `make lint`; tests lie under `tests/` at the same path.
"""


def page() -> str:
    """The whole page."""
    parts = [_HEAD]
    for folder in _packages():
        rows = "".join(f"| [`{one.name}`](../{_path(one)}) | {_answer(one)} |\n" for one in _modules(folder))
        if rows:
            parts.append(f"\n## `{_path(folder)}/`\n\n| module | answers |\n|---|---|\n{rows}")
    return "".join(parts)


def _packages() -> Iterator[Path]:
    for name in _FOLDERS:
        yield ROOT / name
        yield from sorted(path.parent for path in (ROOT / name).rglob("__init__.py") if path.parent != ROOT / name)


def _modules(folder: Path) -> list[Path]:
    if folder.name == "migrations":
        return []
    return [path for path in sorted(folder.glob("*.py")) if path.stem not in {"__init__", "__main__"}]


def _answer(module: Path) -> str:
    said = ast.get_docstring(ast.parse(module.read_text(encoding="utf-8"))) or ""
    return " ".join(said.split("\n\n", 1)[0].split()).replace("|", "\\|")


def _path(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
