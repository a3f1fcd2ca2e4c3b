"""Rows of the hot path read and written without the ORM's query builder, which takes more time than PostgreSQL does.

Profiled on 2026-11-21: of 18 ms of processor time a resident's message cost, 14 were spent making SQL of querysets, the
same SQL each time. Here it is made once for each model, or stands in the caller's text. What comes back are ordinary
model objects. Everywhere else the ORM is used as it is meant.
"""

import json
from collections.abc import Callable, Sequence
from copy import copy
from functools import cache
from typing import Any, TypeVar

from tortoise import connections
from tortoise.fields import JSONField
from tortoise.models import Model

M = TypeVar("M", bound=Model)

Encoder = Callable[[Any], Any]


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


async def insert(model: type[M], **columns: Any) -> M:
    """Store one row. Columns by their name in the table (`ticket_id`); those not named get the model's defaults."""
    shape = _shape(model)
    values = [
        encode(columns[name]) if name in columns else encode(copy(default()) if callable(default) else default)
        for name, encode, default in shape.columns
    ]
    stored = await connections.get("default").execute_query_dict(shape.insert, values)
    return made(model, stored[0])


async def insert_all(model: type[M], rows: Sequence[dict[str, Any]]) -> list[M]:
    """Store several rows of the same columns by one statement, in this order. As `insert`."""
    if len(rows) <= 1:
        return [await insert(model, **row) for row in rows]
    shape = _shape(model)
    names = [name for name, _, _ in shape.columns]
    values: list[Any] = []
    for row in rows:
        for name, encode, default in shape.columns:
            value = row[name] if name in row else (copy(default()) if callable(default) else default)
            values.append(encode(value))
    width = len(names)
    groups = ", ".join(
        "(" + ", ".join(f"${number}" for number in range(start, start + width)) + ")"
        for start in range(1, 1 + width * len(rows), width)
    )
    stored = await connections.get("default").execute_query_dict(f"{shape.into} VALUES {groups} RETURNING *", values)
    return [made(model, one) for one in stored]


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
    return model._init_from_db(**columns)  # noqa: SLF001 - what Model.raw() does, but raw() takes no values


class _Shape:
    """What is the same for every row of a model."""

    def __init__(self, model: type[Model]) -> None:
        meta = model._meta  # noqa: SLF001 - the ORM has no public list of columns
        fields = [
            (field.source_field or name, field) for name, field in meta.fields_map.items() if name in meta.db_fields
        ]
        self.encoders: dict[str, Encoder] = {
            column: (lambda value: None if value is None else encoded(value))
            if isinstance(field, JSONField)
            else (lambda value: value)
            for column, field in fields
        }
        self.columns = [
            (column, self.encoders[column], field.default)
            for column, field in fields
            if not field.generated and (field.default is not None or not field.has_db_default())
        ]
        names = ", ".join(f'"{column}"' for column, _, _ in self.columns)
        places = ", ".join(f"${number}" for number in range(1, len(self.columns) + 1))
        self.into = f"INSERT INTO {meta.db_table} ({names})"
        self.insert = f"{self.into} VALUES ({places}) RETURNING *"


@cache
def _shape(model: type[Model]) -> _Shape:
    return _Shape(model)
