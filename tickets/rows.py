"""Rows of the hot path read and written without the ORM's query builder, which takes more time than PostgreSQL does.

Profiled on 2026-11-21: of 18 ms of processor time a resident's message cost, 14 were spent making SQL of querysets, the
same SQL each time. Here it is made once for each model, or stands in the caller's text. What comes back are ordinary
model objects. Everywhere else the ORM is used as it is meant.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC
from functools import cache
from typing import Any, Generic, TypeVar

from tortoise import connections
from tortoise.fields import DatetimeField, Field, JSONField, SmallIntField
from tortoise.models import Model

M = TypeVar("M", bound=Model)

Convert = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Counted:
    """`column` of a new row is the one value that `statement` returns, a data-changing one; `{office}` stands in it for
    the value of that column of the new row.
    """

    column: str
    statement: str


def encoded(value: Any) -> str:
    """A value for a jsonb column."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


async def find(model: type[M], condition: str, values: Sequence[Any] = ()) -> list[M]:
    """The rows for which `condition` holds: what stands behind WHERE, with `$1`… for `values`, ORDER BY included."""
    found = await connections.get("default").execute_query_dict(
        f"SELECT * FROM {model._meta.db_table} WHERE {condition}",  # noqa: S608, SLF001 - our own words; no other door
        list(values),
    )
    return [made(model, row) for row in found]


async def first(model: type[M], condition: str, values: Sequence[Any] = ()) -> M | None:
    """The first row of `find`, or None."""
    found = await find(model, f"{condition} LIMIT 1", values)
    return found[0] if found else None


async def together(*wanted: tuple[type[Model], str], values: Sequence[Any] = ()) -> list[list[Any]]:
    """What `find` finds for each (model, condition), by one statement; `values` are those of all conditions.

    Rows of many tables that are read for one purpose cost one round trip, and are of one moment.
    """
    lists = ", ".join(
        f"ARRAY(SELECT one FROM {model._meta.db_table} AS one WHERE {condition}) AS list{place}"  # noqa: S608, SLF001
        for place, (model, condition) in enumerate(wanted)  # our own words, and no other door to the table's name
    )
    [found] = await connections.get("default").execute_query_dict(f"SELECT {lists}", list(values))
    return [[made(model, dict(one)) for one in found[f"list{place}"]] for place, (model, _) in enumerate(wanted)]


async def insert(model: type[M], *, counted: Counted | None = None, **columns: Any) -> M:
    """Store one row. Columns by their name in the table (`ticket_id`); those not named get the model's defaults.

    With `counted` one column gets what a statement before it says, in the same round trip.
    """
    shape = _shape(model)
    statement = shape.insert if counted is None else shape.insert_counted(counted)
    if counted is not None:
        columns[counted.column] = 0
    sent = shape.values(columns)
    stored = await connections.get("default").execute_query_dict(statement, sent)
    return shape.stored(sent, stored[0])


async def insert_all(model: type[M], rows: Sequence[dict[str, Any]]) -> list[M]:
    """Store several rows of the same columns by one statement, in this order. As `insert`."""
    if len(rows) <= 1:
        return [await insert(model, **row) for row in rows]
    shape = _shape(model)
    sent = [shape.values(row) for row in rows]
    width = len(shape.place)
    groups = ", ".join(
        "(" + ", ".join(f"${number}" for number in range(start, start + width)) + ")"
        for start in range(1, 1 + width * len(sent), width)
    )
    stored = await connections.get("default").execute_query_dict(
        f"{shape.into} VALUES {groups} {shape.returning}", [value for one in sent for value in one]
    )
    return [shape.stored(one, returned) for one, returned in zip(sent, stored, strict=True)]


async def change(row: Model, condition: str = "", values: Sequence[Any] = (), **columns: Any) -> bool:
    """Set `columns` of a stored row where `condition` (`$1`… for `values`) still holds; whether it did.

    `row` then is what the database has, whatever it said before; people fetched with it stay where they are the same.
    """
    encoders = _shape(type(row)).encoders
    before = len(values) + 1
    sets = ", ".join(f'"{name}" = ${number}' for number, name in enumerate(columns, before + 1))
    changed = await connections.get("default").execute_query_dict(
        f"UPDATE {row._meta.db_table} SET {sets} WHERE id = ${before}"  # noqa: S608, SLF001 - our own names
        f"{f' AND {condition}' if condition else ''} RETURNING *",
        [*values, row.pk, *(encoders[name](value) for name, value in columns.items())],
    )
    if changed:
        fresh = made(type(row), changed[0])
        for relation in row._meta.fk_fields:  # noqa: SLF001 - the ORM has no other list of them
            if getattr(row, f"{relation}_id") != getattr(fresh, f"{relation}_id"):
                row.__dict__.pop(f"_{relation}", None)
        row.__dict__.update(fresh.__dict__)
    return bool(changed)


def made(model: type[M], columns: dict[str, Any]) -> M:
    """The object of a row that was read whole."""
    return _shape(model).made(columns)


class _Shape(Generic[M]):
    """What is the same for every row of a model.

    `made` does what the ORM's `_init_from_db` does (Model.raw() takes no values), but leaves times as asyncpg gives
    them, aware and in UTC: the ORM turns each into UTC once more. A test compares the two for every model.
    """

    def __init__(self, model: type[M]) -> None:
        meta = model._meta  # noqa: SLF001 - the ORM has no public list of columns
        self.model = model
        fields = [
            (field.source_field or name, field) for name, field in meta.fields_map.items() if name in meta.db_fields
        ]
        self.encoders: dict[str, Convert] = {
            column: _json if isinstance(field, JSONField) else _as_it_is for column, field in fields
        }
        self.decoders = [
            (column, name, _decoder(field))
            for column, name, field in (*meta.db_default_fields, *meta.db_complex_fields)
            if not isinstance(field, DatetimeField)
        ]
        self.renamed = [(column, name) for column, name, _ in meta.db_native_fields if column != name]
        columns = [
            (column, field.default)
            for column, field in fields
            if not field.generated and (field.default is not None or not field.has_db_default())
        ]
        self.place = {column: number for number, (column, _) in enumerate(columns)}
        self.unsaid = [
            self.encoders[column](default() if default in _EMPTY else None if callable(default) else default)
            for column, default in columns
        ]
        self.made_each_time = [
            (column, default) for column, default in columns if callable(default) and default not in _EMPTY
        ]
        self.sent_as = [
            (column, _SENT_AS[kind]) for column, field in fields for kind in _SENT_AS if isinstance(field, kind)
        ]
        self.generated_pk = meta.db_pk_column in meta.generated_db_fields
        names = ", ".join(f'"{column}"' for column in self.place)
        places = ", ".join(f"${number}" for number in range(1, len(self.place) + 1))
        self.into = f"INSERT INTO {meta.db_table} ({names})"
        # what we have just sent need not come back
        self.returning = "RETURNING " + ", ".join(f'"{column}"' for column, _ in fields if column not in self.place)
        if self.returning == "RETURNING ":
            self.returning += f'"{meta.db_pk_column}"'
        self.insert = f"{self.into} VALUES ({places}) {self.returning}"

    def insert_counted(self, counted: Counted) -> str:
        """As `insert`, with one column counted."""
        place = {name: f"${number + 1}" for name, number in self.place.items()}
        before = counted.statement.format(**place)
        # its own place must stand somewhere, or the others would have to be numbered anew
        place[counted.column] = " ".join(("COALESCE((SELECT * FROM counted),", place[counted.column], ")"))
        return (
            f"WITH counted AS ({before}) {self.into} VALUES ({', '.join(place.values())})"
            f' {self.returning}, "{counted.column}"'
        )

    def values(self, given: dict[str, Any]) -> list[Any]:
        """What is sent for a new row."""
        sent = self.unsaid.copy()
        for name, value in given.items():
            sent[self.place[name]] = self.encoders[name](value)
        for name, default in self.made_each_time:
            if name not in given:
                sent[self.place[name]] = self.encoders[name](default())
        return sent

    def stored(self, sent: Sequence[Any], returned: dict[str, Any]) -> M:
        """The object of a row stored from `values`."""
        columns = dict(zip(self.place, sent, strict=True))
        for name, convert in self.sent_as:
            if columns.get(name) is not None:
                columns[name] = convert(columns[name])
        columns.update(returned)
        return self.made(columns)

    def made(self, columns: dict[str, Any]) -> M:
        row = self.model.__new__(self.model)
        values = row.__dict__
        values["_partial"] = False
        values["_saved_in_db"] = True
        values["_custom_generated_pk"] = not self.generated_pk
        values["_await_when_save"] = {}
        values.update(columns)
        for column, name in self.renamed:
            values[name] = values.pop(column)
        for column, name, decode in self.decoders:
            values[name] = decode(values.pop(column))
        return row


# What comes back from the database otherwise than it was sent: times of any zone, and numbers that have names.
_SENT_AS: dict[type[Field[Any]], Convert] = {DatetimeField: lambda moment: moment.astimezone(UTC), SmallIntField: int}


_EMPTY = (list, dict)  # defaults that are the same each time, as they are sent


def _as_it_is(value: Any) -> Any:
    return value


def _json(value: Any) -> str | None:
    return None if value is None else encoded(value)


def _decoder(field: Field[Any]) -> Convert:
    if not isinstance(field, JSONField):
        return field.to_python_value
    return lambda value: [] if value == "[]" else {} if value == "{}" else field.to_python_value(value)


@cache
def _known(model: type[Model]) -> "_Shape[Any]":
    return _Shape(model)


def _shape(model: type[M]) -> _Shape[M]:
    return _known(model)
