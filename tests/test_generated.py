"""What is written from the code is as the code would write it now, and the ways to start are the ones described."""

import re
from pathlib import Path

import pytest

from bot import channel_table, module_map, settings_page
from config.settings import PREFIX, Settings, environment, misspelt

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize(
    ("file", "written"),
    [
        pytest.param(settings_page.EXAMPLE, settings_page.example, id=".env.example"),
        pytest.param(settings_page.PAGE, settings_page.page, id="docs/settings.md"),
        pytest.param(channel_table.PAGE, channel_table.page, id="docs/channels.md"),
        pytest.param(module_map.PAGE, module_map.page, id="docs/modules.md"),
    ],
)
def test_generated_files_are_as_the_settings_are(file: Path, written: object) -> None:
    assert callable(written)
    assert file.read_text(encoding="utf-8") == written(), "run `make generated`"


def test_a_copy_of_the_example_changes_nothing_and_misspells_nothing(tmp_path: Path) -> None:
    copy = tmp_path / ".env"
    copy.write_text(settings_page.example(), encoding="utf-8")
    assert Settings(_env_file=copy) == Settings(_env_file=None)
    assert not misspelt(environment(copy))


def test_every_line_of_the_example_can_be_switched_on(tmp_path: Path) -> None:
    copy = tmp_path / ".env"
    copy.write_text(re.sub(r"(?m)^#(\w+=)", r"\1", settings_page.example()), encoding="utf-8")
    assert Settings(_env_file=copy) == Settings(_env_file=None)
    assert {PREFIX + name.upper() for name in Settings.model_fields} <= set(environment(copy))


def test_the_continuous_check_calls_what_the_readme_tells_people_to_call() -> None:
    called = re.findall(r"(?m)^make (\w+)$", (ROOT / ".ci" / "run").read_text(encoding="utf-8"))
    for readme in ("README.md", "README.en.md"):
        text = (ROOT / readme).read_text(encoding="utf-8")
        assert called == ["check", "demo"]
        for target in called:
            assert re.search(rf"(?m)^make {target}\b", text), f"{readme} does not name `make {target}`"
