"""The catalogue: what the shipped data promises, and rows that are wrong."""

import shutil
import time
from datetime import date
from pathlib import Path

import pytest

from config import catalogue
from config.catalogue import CatalogueError, Sla


def test_the_shipped_catalogue_is_whole() -> None:
    known = catalogue.load()
    kinds = [area.kind for area in known.areas.values()]
    assert (kinds.count("procedure"), kinds.count("other"), kinds.count("desk")) == (31, 3, 1)
    assert len(known.procedures) == 167
    for area in known.areas.values():
        assert bool(known.of_area(area.id)) == (area.kind == "procedure"), area.id
        assert bool(area.keywords) == (area.kind != "desk"), area.id
    assert sum(one.certainty == "verified" for one in known.procedures) == 136
    assert [one.name for one in known.procedures if one.code is None and one.certainty == "verified"] == []


def test_a_procedure_carries_what_is_certain_and_what_is_not() -> None:
    birth = catalogue.load().procedure("1.001193")
    assert birth is not None
    assert birth.area == "ho-tich"
    assert birth.sla == Sla(days=0, unit="same_working_day", cutoff="15:00", after_cutoff="next_working_day")
    assert birth.sure_of("documents")
    assert not birth.sure_of("online_level")
    assert "khai sinh trễ" in birth.synonyms


def test_a_code_of_former_days_still_finds_its_procedure() -> None:
    known = catalogue.load()
    assert known.procedure("2.002621") is known.procedure("3.000722")
    assert known.procedure("9.999999") is None


def test_a_repealed_procedure_is_known_but_not_in_force() -> None:
    repealed = catalogue.load().procedure("2.001009")
    assert repealed is not None
    assert not repealed.in_force(date(2026, 11, 24))


def test_dates_of_validity_are_read(tmp_path: Path) -> None:
    folder = copied(tmp_path, "certainty: verified\n", "certainty: verified\n    valid_from: 2027-03-01\n")
    first = catalogue.load(folder).procedures[0]
    assert first.valid_from == date(2027, 3, 1)
    assert not first.in_force(date(2027, 2, 28))
    assert first.in_force(date(2027, 3, 1))


def test_reading_it_does_not_hold_up_a_start() -> None:
    best = min(timed() for _ in range(3))
    assert best < 0.8, f"{best:.2f} s of processor time; 0.35 was measured when this was written"


def timed() -> float:
    catalogue.load.cache_clear()
    begun = time.process_time()
    catalogue.load()
    return time.process_time() - begun


def copied(tmp_path: Path, old: str, new: str) -> Path:
    """A copy of the shipped catalogue with the first `old` of its procedures replaced."""
    folder = tmp_path / "catalogue"
    folder.mkdir()
    shutil.copy(catalogue.HERE / "areas.yaml", folder)
    text = (catalogue.HERE / "procedures.yaml").read_text(encoding="utf-8")
    assert old in text
    (folder / "procedures.yaml").write_text(text.replace(old, new, 1), encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        pytest.param("area: ho-tich", "area: ho-tịch", r"row 1 .*1\.001193.*area 'ho-tịch' is not in areas", id="area"),
        pytest.param(
            "code: '3.000722'", "code: '1.001193'", r"row 2 .*used twice, also by 'Đăng ký khai sinh'", id="code"
        ),
        pytest.param("code: '3.000722'", "code: 3.72", r"row 2 .*`code` must be a text; put it in quotes", id="number"),
        pytest.param("    fee:", "    fees:", r"row 1 .*unknown key 'fees'", id="a misspelt key"),
        pytest.param(
            "certainty: verified\n",
            "certainty: sure\n",
            r"row 1 .*`certainty` is 'sure'; it must be one of verified",
            id="certainty",
        ),
        pytest.param("days: 0", "days: none", r"row 1 .*`sla.days` must be a whole number", id="days in words"),
        pytest.param("unit: same_working_day", "unit: day", r"row 1 .*`unit` is 'day'", id="a unit nobody knows"),
        pytest.param("as_of: '2026-11-21'", "as_of: soon", r"`as_of` must be a day", id="the day of the data"),
        pytest.param("as_of: '2026-11-21'", "", r"`as_of`.* is missing", id="no day of the data"),
        pytest.param("procedures:\n", "procedure:\n", r"there is no list `procedures`", id="no list"),
        pytest.param("    name: Đ", "   name: Đ", r"cannot be read.*Take the file of the release", id="broken YAML"),
    ],
)
def test_a_wrong_row_is_named(tmp_path: Path, old: str, new: str, sentence: str) -> None:
    with pytest.raises(CatalogueError, match=f"(?s)procedures.yaml.*{sentence}"):
        catalogue.load(copied(tmp_path, old, new))
