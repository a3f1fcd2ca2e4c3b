"""What a resident may ask for and how people call it: the procedures and areas, read from the data beside this file."""

import datetime as dt
import functools
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, get_args

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from config.errors import ConfigError

HERE = Path(__file__).parent

Kind = Literal["procedure", "other", "desk"]
Certainty = Literal["verified", "recalled"]
Status = Literal["current", "repealed"]
Unit = Literal["same_working_day", "working_day", "calendar_day", "immediate"]


class CatalogueError(ConfigError):
    """A row of the catalogue is wrong; the sentence names file and row."""


@dataclass(frozen=True, slots=True)
class Area:
    """A field of procedures (lĩnh vực), or a kind of matter beside them.

    `kind` is `procedure` for the areas of the official lists, `other` for what residents ask beyond them, and `desk`
    for the reception, which is never what a message is about. `keywords` keep their diacritics.
    """

    id: str
    name: str
    kind: Kind = "procedure"
    keywords: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sla:
    """The statutory time for a dossier, not the helpdesk's promise: `days` in `unit`, or `hours`, or neither (at once).

    `cutoff` is the hour ("15:00") after which a same-day result is due on the next working day; `max_if_verification`
    replaces `days` when facts must be verified first.
    """

    days: int | None = None
    unit: Unit | None = None
    hours: int | None = None
    cutoff: str | None = None
    after_cutoff: str | None = None
    max_if_verification: int | None = None


@dataclass(frozen=True, slots=True)
class Procedure:
    """A procedure (thủ tục hành chính). What stands in `recalled_fields` must be confirmed before it is told as fact.

    `code` is None where no code could be found. `certainty` is about code and name. `department` is who usually handles
    it; who does in a ward is said by the ward's office file. `urgent` ones are never queued like a question;
    `in_person` ones must be signed before the officer, so nothing may be signed beforehand.
    """

    code: str | None
    name: str
    area: str
    department: str = ""
    certainty: Certainty = "recalled"
    status: Status = "current"
    urgent: bool = False
    in_person: bool = False
    fee: str | None = None
    time_limit: str | None = None
    sla: Sla | None = None
    documents: tuple[str, ...] = ()
    form: str | None = None
    online_level: str | None = None
    result: str | None = None
    legal_basis: str | None = None
    synonyms: tuple[str, ...] = ()
    former_codes: tuple[str, ...] = ()
    note: str | None = None
    recalled_fields: frozenset[str] = frozenset()
    sources: tuple[str, ...] = ()
    valid_from: dt.date | None = None
    valid_until: dt.date | None = None

    def in_force(self, day: dt.date) -> bool:
        """Whether it may be offered on `day`: not repealed, and within its dates as far as they are known."""
        after = self.valid_from is None or self.valid_from <= day
        return self.status == "current" and after and (self.valid_until is None or day <= self.valid_until)

    def sure_of(self, name: str) -> bool:
        """Whether field `name` may be told to a resident as fact."""
        return name not in self.recalled_fields


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All areas by id in their printed order, all procedures, the day the data was put together, and its version.

    `version` is that day and eight digits of what the files hold, so that two states of one day differ.
    """

    areas: Mapping[str, Area]
    procedures: tuple[Procedure, ...]
    as_of: dt.date
    version: str
    _by_code: Mapping[str, Procedure] = field(default_factory=dict, repr=False)

    def procedure(self, code: str) -> Procedure | None:
        """The procedure of `code`, also by a code it had before; None when there is none."""
        return self._by_code.get(code)

    def of_area(self, area: str) -> tuple[Procedure, ...]:
        return tuple(one for one in self.procedures if one.area == area)


@functools.cache
def load(folder: Path = HERE) -> Catalogue:
    """The catalogue in `folder` (the shipped one by default), read once per process; about a third of a second.

    Raises CatalogueError naming file and row.
    """
    areas: dict[str, Area] = {}
    for where, row in _rows(folder / "areas.yaml", _read(folder / "areas.yaml"), "areas"):
        area = _area(where, row)
        if area.id in areas:
            raise CatalogueError(f"{where}: id {area.id!r} is used twice; every area needs its own.")
        areas[area.id] = area
    path = folder / "procedures.yaml"
    data = _read(path)
    as_of = _day(str(path), data, "as_of")
    if as_of is None:
        raise CatalogueError(f"{path}: `as_of`, the day the data was put together, is missing.")
    procedures: list[Procedure] = []
    codes: dict[str, Procedure] = {}
    for where, row in _rows(path, data, "procedures"):
        one = _procedure(where, row)
        if one.area not in areas:
            raise CatalogueError(f"{where}: area {one.area!r} is not in areas.yaml; use one of its ids.")
        for code in (one.code, *one.former_codes):
            if code in codes:
                raise CatalogueError(f"{where}: code {code} is used twice, also by {codes[code].name!r}.")
            if code:
                codes[code] = one
        procedures.append(one)
    version = f"{as_of}-{hashlib.sha256(path.read_bytes()).hexdigest()[:8]}"
    return Catalogue(MappingProxyType(areas), tuple(procedures), as_of, version, MappingProxyType(codes))


def _read(path: Path) -> dict[str, Any]:
    try:
        data = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, YAMLError) as error:
        raise CatalogueError(f"{path} cannot be read: {error}. Take the file of the release again.") from error
    if not isinstance(data, dict):
        raise CatalogueError(f"{path} holds no catalogue. Take the file of the release again.")
    return data


def _rows(path: Path, data: dict[str, Any], key: str) -> Iterator[tuple[str, dict[str, Any]]]:
    rows = data.get(key)
    if not isinstance(rows, list):
        raise CatalogueError(f"{path}: there is no list `{key}`. Take the file of the release again.")
    for number, row in enumerate(rows, 1):
        if not isinstance(row, dict):
            raise CatalogueError(f"{path}, row {number} of `{key}`: is not made of keys and values.")
        label = row.get("code") or row.get("id") or row.get("name") or "?"
        yield f"{path}, row {number} of `{key}` ({label})", row


def _area(where: str, row: dict[str, Any]) -> Area:
    row = _known(where, row, Area)
    kind = _one_of(where, row, "kind", get_args(Kind), "procedure")
    keywords = _split(where, row, "keywords", ";")
    return Area(_text(where, row, "id"), _text(where, row, "name"), kind, keywords)


def _procedure(where: str, row: dict[str, Any]) -> Procedure:
    row = _known(where, row, Procedure)
    documents = row.get("documents", [])
    if not isinstance(documents, list) or not all(isinstance(one, str) for one in documents):
        raise CatalogueError(f"{where}: `documents` must be a list of texts.")
    for name in ("urgent", "in_person"):
        if not isinstance(row.get(name, False), bool):
            raise CatalogueError(f"{where}: `{name}` must be true or false.")
    plain = ("fee", "time_limit", "form", "online_level", "result", "legal_basis", "note", "code")
    return Procedure(
        name=_text(where, row, "name"),
        area=_text(where, row, "area"),
        department=_text(where, row, "department"),
        certainty=_one_of(where, row, "certainty", get_args(Certainty), "recalled"),
        status=_one_of(where, row, "status", get_args(Status), "current"),
        urgent=row.get("urgent", False),
        in_person=row.get("in_person", False),
        sla=_sla(where, row.get("sla")),
        documents=tuple(documents),
        synonyms=_split(where, row, "synonyms", ";"),
        former_codes=_split(where, row, "former_codes", ","),
        recalled_fields=frozenset(_split(where, row, "recalled_fields", ",")),
        sources=_split(where, row, "sources", ","),
        valid_from=_day(where, row, "valid_from"),
        valid_until=_day(where, row, "valid_until"),
        **{name: _text(where, row, name) if row.get(name) is not None else None for name in plain},
    )


def _sla(where: str, row: Any) -> Sla | None:
    if row is None:
        return None
    if not isinstance(row, dict):
        raise CatalogueError(f"{where}: `sla` must be made of keys such as days and unit.")
    row = _known(f"{where}, sla", row, Sla)
    for name in ("days", "hours", "max_if_verification"):
        if not isinstance(row.get(name, 0), int):
            raise CatalogueError(f"{where}: `sla.{name}` must be a whole number.")
    _one_of(f"{where}, sla", row, "unit", get_args(Unit), None)
    return Sla(**row)


def _known(where: str, row: dict[str, Any], model: type) -> dict[str, Any]:
    known = model.__dataclass_fields__  # type: ignore[attr-defined]  # every caller passes a dataclass
    for name in row:
        if name not in known:
            raise CatalogueError(f"{where}: unknown key {name!r}; known are {', '.join(known)}.")
    return row


def _text(where: str, row: dict[str, Any], name: str) -> str:
    value = row.get(name)
    if not isinstance(value, str) or not value.strip():
        raise CatalogueError(f"{where}: `{name}` must be a text; put it in quotes when it looks like a number.")
    return value.strip()


def _split(where: str, row: dict[str, Any], name: str, mark: str) -> tuple[str, ...]:
    if row.get(name) is None:
        return ()
    return tuple(part for word in _text(where, row, name).split(mark) if (part := word.strip()))


def _one_of(where: str, row: dict[str, Any], name: str, known: tuple[str, ...], default: Any) -> Any:
    value = row.get(name, default)
    if value not in known and value != default:
        raise CatalogueError(f"{where}: `{name}` is {value!r}; it must be one of {', '.join(known)}.")
    return value


def _day(where: str, row: dict[str, Any], name: str) -> dt.date | None:
    value = row.get(name)
    if value is None or type(value) is dt.date:
        return value
    try:
        return dt.date.fromisoformat(str(value))
    except ValueError as error:
        raise CatalogueError(f"{where}: `{name}` must be a day such as 2026-11-24.") from error
