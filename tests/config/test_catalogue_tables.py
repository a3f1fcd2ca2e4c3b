"""The list of procedures as an office keeps it: what is read, what is wrong with it, what it would change."""

import shutil
from pathlib import Path

import pytest
from openpyxl import Workbook  # type: ignore[import-untyped]  # it ships no types

from config import catalogue
from config.catalogue import CatalogueError, tables
from config.catalogue.encodings import decode

HEAD = "code,name,area,fee,valid_from,valid_until\n"
BIRTH = "Đăng ký khai sinh"


def read(folder: Path, text: str | bytes, name: str = "list.csv") -> tables.Read:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return tables.read(path)


WRONG = [
    ("1.1,A,ho-tich,,,\n1.1,B,ho-tich,,,\n", ["row 3", "'code'", "overlap"], "the same code twice"),
    ("1.1,A,ho-xa,,,\n", ["row 2", "'area'", "no area 'ho-xa'"], "an area nobody knows"),
    (
        "1.1,A,ho-tich,,2026-01-01,2026-12-31\n1.1,B,ho-tich,,2026-06-01,\n",
        ["row 3", "row 2", "overlap"],
        "dates that overlap",
    ),
    ("1.1,A,ho-tich,,2026-05-01,2026-01-01\n", ["row 2", "'valid_until'", "before"], "an end before the beginning"),
    ("1.1,A,ho-tich,,next week,\n", ["row 2", "'valid_from'", "no day"], "a day that is none"),
    (",A,ho-tich,,,\n", ["row 2", "'code'", "empty"], "no code"),
    ("1.1,,ho-tich,,,\n", ["row 2", "'name'", "empty"], "no name"),
]


@pytest.mark.parametrize(("rows", "said"), [pytest.param(*row[:2], id=row[2]) for row in WRONG])
def test_a_mistake_names_row_and_column(tmp_path: Path, rows: str, said: list[str]) -> None:
    mistakes = " ".join(read(tmp_path, HEAD + rows).mistakes)
    for part in said:
        assert part in mistakes


def test_the_same_code_may_follow_itself_in_time(tmp_path: Path) -> None:
    rows = "1.1,A,ho-tich,,2026-01-01,2026-06-30\n1.1,B,ho-tich,,01/07/2026,\n"
    assert read(tmp_path, HEAD + rows).mistakes == ()


def test_an_office_may_name_its_columns_and_areas_in_its_own_words(tmp_path: Path) -> None:
    found = read(tmp_path, "Mã thủ tục;Tên thủ tục;Lĩnh vực;Lệ phí\n1.001193;Đăng ký khai sinh;Hộ tịch;8.000đ\n")
    assert (found.mistakes, found.rows[0]["area"], found.rows[0]["fee"]) == ((), "ho-tich", "8.000đ")


def test_a_column_nobody_knows_is_named(tmp_path: Path) -> None:
    assert "column 'màu'" in read(tmp_path, "code,name,area,màu\n1.1,A,ho-tich,đỏ\n").mistakes[0]


OLD = [
    ("Đăng ký khai sinh, chứng thực bản sao".encode("cp1258", errors="ignore"), "windows-1258", "Windows-1258"),
    ("§¨ng ký khai sinh, chøng thùc b¶n sao, x¸c nhËn t×nh tr¹ng h«n nh©n".encode("latin-1"), "tcvn3", "TCVN3"),
    ("Ñaêng kyù khai sinh, chöùng thöïc baûn sao, xaùc nhaän tình traïng hoân nhaân".encode("latin-1"), "vni", "VNI"),
    ("Đăng ký khai sinh".encode(), "utf-8", "UTF-8"),
    ("\ufeffĐăng ký khai sinh".encode(), "utf-8", "UTF-8 with a mark in front"),
    ("Đăng ký khai sinh".encode("utf-16"), "utf-8", "UTF-16"),
]


@pytest.mark.parametrize(("data", "saved_as"), [pytest.param(*row[:2], id=row[2]) for row in OLD])
def test_how_a_file_was_saved_is_recognised(data: bytes, saved_as: str) -> None:
    assert decode(data).saved_as == saved_as


def test_old_fonts_become_unicode() -> None:
    assert decode(OLD[1][0]).text == "Đăng ký khai sinh, chứng thực bản sao, xác nhận tình trạng hôn nhân"
    assert decode(OLD[2][0]).text == "Đăng ký khai sinh, chứng thực bản sao, xác nhận tình trạng hôn nhân"


def test_an_old_font_is_said_so(tmp_path: Path) -> None:
    row = "1.001193,§¨ng ký khai sinh, ho-tich ,,,\n".replace(", ho-tich ", ",ho-tich")
    assert "TCVN3" in read(tmp_path, (HEAD + row * 1).encode("latin-1")).notes[0]


def test_a_workbook_is_read_like_a_table(tmp_path: Path) -> None:
    book = Workbook()
    book.active.append(["code", "name", "area", "fee"])
    book.active.append(["1.001193", BIRTH, "ho-tich", "10.000đ"])
    book.active.append(["1.001194", "X", "nowhere", None])
    book.save(tmp_path / "list.xlsx")
    found = tables.read(tmp_path / "list.xlsx")
    assert found.rows[0]["fee"] == "10.000đ"
    assert "row 3" in found.mistakes[0]


@pytest.mark.parametrize("name", ["list.csv", "list.xlsx", "list.yaml"])
def test_what_is_handed_out_can_be_brought_in_again(tmp_path: Path, name: str) -> None:
    known = catalogue.load()
    tables.write(tmp_path / name, known)
    found = tables.read(tmp_path / name)
    assert len(found.rows) == sum(one.code is not None for one in known.procedures)
    assert found.mistakes == ()
    assert tables.differences(known, found.rows) == ["nothing changes"]


def test_bringing_in_changes_what_it_names_and_confirms_it(tmp_path: Path) -> None:
    for name in ("areas.yaml", "procedures.yaml"):
        shutil.copy(catalogue.HERE / name, tmp_path / name)
    rows = read(tmp_path, "code,name,area,result\n1.001193,Đăng ký khai sinh,ho-tich,Giấy khai sinh\n").rows
    assert tables.merge(tmp_path / "procedures.yaml", rows) == 1
    after = catalogue.load(tmp_path)
    birth = after.procedure("1.001193")
    assert birth is not None
    assert birth.sure_of("result")
    assert not birth.sure_of("online_level")
    assert len(after.procedures) == len(catalogue.load().procedures)
    assert after.version != catalogue.load().version
    assert "# Thủ tục hành chính" in (tmp_path / "procedures.yaml").read_text()


def test_what_would_change_is_told_field_by_field(tmp_path: Path) -> None:
    rows = read(tmp_path, HEAD + f"1.001193,{BIRTH},ho-tich,8.000đ,,\n9.1,Mới,ho-tich,,,\n").rows
    changes = tables.differences(catalogue.load(), rows)
    assert changes[0].startswith("~ 1.001193 fee:")
    assert changes[1] == "+ 9.1 Mới"


@pytest.mark.parametrize("name", ["list.pdf", "list.yaml", "list.xlsx"])
def test_what_is_no_list_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(CatalogueError, match="list"):
        read(tmp_path, "just: words", name)
