"""The list of procedures as a ward office keeps it: read from YAML, CSV or XLSX, compared, merged, and handed out."""

import csv
import datetime as dt
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from config import catalogue as shipped
from config.catalogue import Catalogue, CatalogueError, Procedure
from config.catalogue.encodings import decode, old_font

COLUMNS = (
    "code", "name", "area", "department", "fee", "time_limit", "documents", "form", "online_level", "result",
    "legal_basis", "synonyms", "former_codes", "note", "status", "in_person", "urgent", "valid_from", "valid_until",
    "certainty", "recalled_fields", "sources",
)  # fmt: skip
# What the heads of an office's own table are called, folded to small letters.
_HEADS = {
    "mã": "code", "mã thủ tục": "code", "tên": "name", "tên thủ tục": "name", "lĩnh vực": "area",
    "phòng ban": "department", "cơ quan thực hiện": "department", "phí": "fee", "lệ phí": "fee", "phí, lệ phí": "fee",
    "thời hạn": "time_limit", "thời hạn giải quyết": "time_limit", "giấy tờ": "documents", "hồ sơ": "documents",
    "thành phần hồ sơ": "documents", "mẫu": "form", "mức trực tuyến": "online_level", "kết quả": "result",
    "căn cứ pháp lý": "legal_basis", "ghi chú": "note", "hiệu lực từ": "valid_from", "hiệu lực đến": "valid_until",
}  # fmt: skip
_LISTS = {"documents": ";"}
_DAYS = ("valid_from", "valid_until")
_FLAGS = ("in_person", "urgent")
_TRUE, _FALSE = frozenset({"x", "có", "co", "1", "true", "yes"}), frozenset({"", "không", "khong", "0", "false", "no"})
_SAVED_AS = {
    "windows-1258": "the file was saved as Windows-1258; it was read, please save as UTF-8",
    "tcvn3": "the file is written in a TCVN3 (.Vn) font; it was converted to Unicode, please check the names",
    "vni": "the file is written in a VNI font; it was converted to Unicode, please check the names",
}


@dataclass(frozen=True, slots=True)
class Read:
    """The rows of a list, what is wrong with them (row and column named), and what should be known about the file."""

    rows: tuple[dict[str, Any], ...]
    mistakes: tuple[str, ...]
    notes: tuple[str, ...]


def read(path: Path) -> Read:
    """Read a list. Raises CatalogueError for a file that cannot be opened or is of no known kind."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise CatalogueError(f"{path} cannot be read: {error}.") from error
    notes: list[str] = []
    if path.suffix.lower() == ".xlsx":
        table = list(_sheet(path, data, notes))
    elif path.suffix.lower() in (".csv", ".yaml", ".yml"):
        decoded = decode(data)
        if decoded.saved_as in _SAVED_AS:
            notes.append(f"{path}: {_SAVED_AS[decoded.saved_as]}")
        table = _csv(decoded.text) if path.suffix.lower() == ".csv" else _yaml(path, decoded.text)
    else:
        raise CatalogueError(f"{path}: lists are read from .yaml, .csv or .xlsx.")
    known = shipped.load()
    mistakes: list[str] = []
    rows = [row for number, cells in table if (row := _row(path, number, cells, known, mistakes))]
    mistakes += _together(path, rows)
    return Read(
        tuple({key: value for key, value in row.items() if key != "_row"} for row in rows),
        tuple(mistakes),
        tuple(notes),
    )


def _csv(text: str) -> list[tuple[int, dict[str, Any]]]:
    try:
        dialect: type[csv.Dialect] | str = csv.Sniffer().sniff(text[:4096], delimiters=",;\t")
    except csv.Error:
        dialect = "excel"
    lines = csv.DictReader(io.StringIO(text), dialect=dialect)
    return [(lines.line_num, {str(head): cell for head, cell in line.items() if head}) for line in lines]


def _sheet(path: Path, data: bytes, notes: list[str]) -> Iterator[tuple[int, dict[str, Any]]]:
    from openpyxl import load_workbook  # type: ignore[import-untyped]  # it ships no types; slow to import

    try:
        sheet = load_workbook(io.BytesIO(data), read_only=True, data_only=True).worksheets[0]
        lines = [list(line) for line in sheet.iter_rows(values_only=True)]
    except Exception as error:
        raise CatalogueError(f"{path} is no workbook that can be read: {error}.") from error
    joined = "\n".join(str(cell) for line in lines for cell in line if cell is not None)
    font = old_font(joined, "utf-8").saved_as
    if font in _SAVED_AS:
        notes.append(f"{path}: {_SAVED_AS[font]}")
        lines = [[old_font(cell, "").text if isinstance(cell, str) else cell for cell in line] for line in lines]
    heads = [str(cell or "") for cell in lines[0]] if lines else []
    for number, line in enumerate(lines[1:], 2):
        yield number, {head: cell for head, cell in zip(heads, line, strict=False) if head}


def _yaml(path: Path, text: str) -> list[tuple[int, dict[str, Any]]]:
    try:
        data = YAML(typ="safe").load(text)
    except YAMLError as error:
        raise CatalogueError(f"{path} is no YAML: {error}.") from error
    rows = data.get("procedures") if isinstance(data, dict) else data
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise CatalogueError(f"{path}: there is no list `procedures`.")
    return list(enumerate(rows, 1))


def _row(
    path: Path, number: int, cells: Mapping[str, Any], known: Catalogue, mistakes: list[str]
) -> dict[str, Any] | None:
    """One row with our column names and types; what is wrong with it goes to `mistakes`."""
    row: dict[str, Any] = {}
    for head, cell in cells.items():
        column = _HEADS.get(head.strip().lower(), head.strip().lower())
        where = f"{path}, row {number}, column {head.strip()!r}"
        if column == "sla":
            row[column] = cell
        elif column not in COLUMNS:
            mistakes.append(f"{where}: unknown column; known are {', '.join(COLUMNS)}")
        elif cell is not None and str(cell).strip():
            row[column] = _cell(where, column, cell, mistakes)
    if not row:
        return None
    _hold(f"{path}, row {number}", row, known, mistakes)
    return row | {"_row": number}


def _hold(where: str, row: dict[str, Any], known: Catalogue, mistakes: list[str]) -> None:
    """What must hold within one row; an area given by name becomes its id."""
    empty = [needed for needed in ("code", "name", "area") if not row.get(needed)]
    mistakes.extend(f"{where}, column {needed!r}: is empty" for needed in empty)
    area = str(row.get("area", ""))
    by_name = {one.name.lower(): one.id for one in known.areas.values()}
    if area and area not in known.areas:
        row["area"] = by_name.get(area.lower(), area)
        if row["area"] not in known.areas:
            mistakes.append(f"{where}, column 'area': there is no area {area!r}; use an id or a name of ours")
    first, last = row.get("valid_from"), row.get("valid_until")
    if isinstance(first, dt.date) and isinstance(last, dt.date) and last < first:
        mistakes.append(f"{where}, column 'valid_until': {last} is before valid_from {first}")


def _cell(where: str, column: str, cell: Any, mistakes: list[str]) -> Any:
    if column in _LISTS:
        return list(cell) if isinstance(cell, list) else [part.strip() for part in str(cell).split(";") if part.strip()]
    if column in _DAYS:
        return _day(where, cell, mistakes)
    if column in _FLAGS:
        said = str(cell).strip().lower()
        if said not in _TRUE | _FALSE:
            mistakes.append(f"{where}: {cell!r} is neither yes nor no; write x or leave it empty")
        return said in _TRUE
    return " ".join(str(cell).split())


def _day(where: str, cell: Any, mistakes: list[str]) -> dt.date | None:
    if isinstance(cell, dt.datetime):
        return cell.date()
    if isinstance(cell, dt.date):
        return cell
    for form in ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y"):
        try:
            return dt.datetime.strptime(str(cell).strip(), form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    mistakes.append(f"{where}: {cell!r} is no day; write 2026-11-24 or 24/11/2026")
    return None


def _together(path: Path, rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """A code may stand twice only for periods that do not overlap, and then the later one counts."""
    found: list[str] = []
    seen: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        found.extend(
            f"{path}, row {row['_row']}, column 'code': {row.get('code')} stands in row {other['_row']} too,"
            " and their dates overlap"
            for other in seen.setdefault(str(row.get("code")), [])
            if _overlap(row, other)
        )
        seen[str(row.get("code"))].append(row)
    return found


def _overlap(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    def span(row: Mapping[str, Any]) -> tuple[dt.date, dt.date]:
        return row.get("valid_from") or dt.date.min, row.get("valid_until") or dt.date.max

    (first, last), (begin, end) = span(one), span(other)
    return first <= end and begin <= last


def differences(known: Catalogue, rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """What `rows` would change, a line each; codes that `rows` does not name stay as they are."""
    found: list[str] = []
    for row in rows:
        code = str(row["code"])
        before = known.procedure(code)
        if before is None:
            found.append(f"+ {code} {row['name']}")
            continue
        old = plain(before)
        found += [
            f"~ {code} {key}: {_shown(old.get(key))} → {_shown(value)}"
            for key, value in row.items()
            if _shown(old.get(key)) != _shown(value) and key not in ("sla", "certainty", "recalled_fields", "sources")
        ]
    return found or ["nothing changes"]


def plain(one: Procedure) -> dict[str, Any]:
    """A procedure as a row, empty fields left out."""
    row: dict[str, Any] = {}
    for key in COLUMNS:
        value = getattr(one, key)
        if isinstance(value, frozenset):
            value = ", ".join(sorted(value))
        elif key == "documents":
            value = list(value)
        elif isinstance(value, tuple):
            value = ("; " if key == "synonyms" else ", ").join(value)
        if value:
            row[key] = value
    return row


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return "; ".join(map(str, value))
    return "" if value in (None, False) else str(value)


def merge(path: Path, rows: Sequence[Mapping[str, Any]]) -> int:
    """Write `rows` into the procedures.yaml at `path`, comments kept; what they fill in is no longer only recalled.

    The file is replaced at once, or not at all. Returns how many rows were written.
    """
    yaml = YAML()
    yaml.width = 4096
    yaml.preserve_quotes = True
    data = yaml.load(path.read_text(encoding="utf-8"))
    by_code = {str(row.get("code")): row for row in data["procedures"]}
    today = dt.datetime.now(tz=dt.UTC).date()
    for row in rows:
        code = str(row["code"])
        target = by_code.get(code)
        if target is None:
            target = {"certainty": "verified"}
            data["procedures"].append(target)
            by_code[code] = target
        recalled = {one.strip() for one in str(target.get("recalled_fields") or "").split(",") if one.strip()}
        for key, value in row.items():
            if key != "recalled_fields":
                target[key] = value
                recalled.discard(key)
        if "recalled_fields" in row:
            recalled = {one.strip() for one in str(row["recalled_fields"]).split(",") if one.strip()}
        if recalled:
            target["recalled_fields"] = ", ".join(sorted(recalled))
        else:
            target.pop("recalled_fields", None)
    data["as_of"] = today.isoformat()
    written = io.StringIO()
    yaml.dump(data, written)
    fresh = path.with_suffix(".new")
    fresh.write_text(written.getvalue(), encoding="utf-8")
    fresh.replace(path)
    return len(rows)


def write(path: Path, known: Catalogue) -> None:
    """The procedures that have a code, as a table: .yaml, .csv (with the mark Excel needs to see UTF-8) or .xlsx."""
    rows = [plain(one) for one in known.procedures if one.code]
    if path.suffix == ".csv":
        with path.open("w", encoding="utf-8-sig", newline="") as sink:
            lines = csv.DictWriter(sink, COLUMNS)
            lines.writeheader()
            lines.writerows({key: _shown(value) for key, value in row.items()} for row in rows)
    elif path.suffix == ".xlsx":
        from openpyxl import Workbook

        book = Workbook()
        sheet = book.active
        sheet.append(COLUMNS)
        for row in rows:
            sheet.append([_shown(row.get(key)) for key in COLUMNS])
        book.save(path)
    elif path.suffix in (".yaml", ".yml"):
        with path.open("w", encoding="utf-8") as sink:
            YAML(typ="safe").dump({"procedures": rows}, sink)
    else:
        raise CatalogueError(f"{path}: lists are written as .yaml, .csv or .xlsx.")
