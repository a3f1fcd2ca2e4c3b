"""Changes of the database: what was added last must not be in the way of the version before, which may still run."""

from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from tortoise.migrations import operations as ops

import tickets.migrations

FOLDER = Path(tickets.migrations.__file__).parent
LATER = sorted(path.stem for path in FOLDER.glob("0*.py"))[1:]
# What the version before neither reads nor misses. RunSQL is read by a person.
HARMLESS = (ops.CreateModel, ops.AddIndex, ops.AlterModelOptions, ops.RunSQL)


def operations(name: str) -> list[Any]:
    return list(import_module(f"tickets.migrations.{name}").Migration.operations)


@pytest.mark.parametrize("name", LATER)
def test_the_version_before_can_go_on_writing(name: str) -> None:
    for operation in operations(name):
        if isinstance(operation, ops.AddField):
            field = operation.field
            fills_itself = field.null or field.has_db_default()
            assert fills_itself, f"{operation.model_name}.{operation.name}: the version before does not know it"
        else:
            assert isinstance(operation, (*HARMLESS, ops.AlterField)), f"{operation.describe()}: not by addition"


@pytest.mark.parametrize("name", LATER)
def test_nothing_is_taken_from_the_version_before_by_hand_written_statements(name: str) -> None:
    said = [
        str(one).upper()
        for operation in operations(name)
        if isinstance(operation, ops.RunSQL)
        for one in _forward(operation)
    ]
    for statement in said:
        assert not any(word in statement for word in ("DROP COLUMN", "DROP TABLE", "RENAME", "SET NOT NULL")), statement


def _forward(operation: Any) -> list[Any]:
    return operation.sql if isinstance(operation.sql, list) else [operation.sql]
