"""Which language does an office speak, and what does it take to add one?"""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bot import check, exits, wiring
from bot.texts import catalog
from config.errors import ConfigError

ROOT = Path(catalog.__file__).parent


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of texts to which a test may add a file."""
    copy = tmp_path / "texts"
    copy.mkdir()
    for file in ROOT.glob("*.toml"):
        shutil.copy(file, copy)
    monkeypatch.setattr(catalog, "FOLDER", copy)
    return copy


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        pytest.param({}, "en", id="that of the settings"),
        pytest.param({"language": "vi"}, "vi", id="its own, when it names one"),
    ],
)
def test_the_settings_speak_for_an_office_that_says_nothing(
    office_file: Callable[..., Path], written: dict[str, str], spoken: str
) -> None:
    chosen = wiring.settings(language="en", offices=office_file("office.yaml", **written))
    (office,) = wiring.offices(chosen, {})
    assert office.language == spoken


def test_a_language_is_added_by_adding_a_file(office_file: Callable[..., Path], folder: Path) -> None:
    (folder / "km.toml").write_text((folder / "vi.toml").read_text("utf-8").replace("Dạ", "ចាស"), "utf-8")
    path = office_file("office.yaml", language="km")
    (office,) = wiring.offices(wiring.settings(offices=path), {})
    assert office.language == "km"
    assert wiring.settings(language="km").language == "km"
    assert "ចាស" in catalog.Catalog.load().say("km", "resident.greeting", office="X")


def test_a_translation_that_is_not_whole_is_named_with_file_and_line(
    office_file: Callable[..., Path], folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "km.toml").write_text('[common]\ncancelled = "x"\n', "utf-8")
    path = office_file("office.yaml", language="km", channels=[])
    assert check.main([path], online=False) == exits.FAILED
    line = next(at for at, line in enumerate(path.read_text("utf-8").splitlines(), 1) if '"language"' in line)
    told = capsys.readouterr().out
    assert f"{path}:{line}: the texts in 'km' lack" in told
    assert "Complete bot/texts/km.toml" in told


def test_a_language_nobody_has_written_is_named_with_those_there_are(
    office_file: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert check.main([office_file("office.yaml", language="fr", channels=[])], online=False) == exits.FAILED
    assert "there are no texts in the language 'fr'. Languages: en, vi." in capsys.readouterr().out
    with pytest.raises(ConfigError, match="TOHOTRO_LANGUAGE: there are no whole texts in 'fr'; Languages: en, vi"):
        wiring.settings(language="fr")


def test_a_translation_with_another_value_is_not_whole(folder: Path) -> None:
    text = (folder / "vi.toml").read_text("utf-8").replace("{count}", "{many}", 1)
    (folder / "km.toml").write_text(text, "utf-8")
    assert len(catalog.Catalog.load().lacking("km")) == 1


def test_a_file_that_cannot_be_read_is_told_with_its_line(
    office_file: Callable[..., Path], folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "km.toml").write_text("[common\n", "utf-8")
    assert check.main([office_file("office.yaml", channels=[])], online=False) == exits.FAILED
    told = capsys.readouterr().out
    assert "km.toml" in told
    assert "line 1" in told
