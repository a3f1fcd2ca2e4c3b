"""The log of administrative acts, append-only like the log of tickets."""

import functools
from json import dumps, loads

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

GUARD = """
CREATE FUNCTION act_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the log of administrative acts is append-only';
END $$
"""
TRIGGER = (
    "CREATE TRIGGER act_is_append_only BEFORE UPDATE OR DELETE ON act"
    " FOR EACH ROW EXECUTE FUNCTION act_is_append_only()"
)


def _by(name: str, related: str) -> tuple[str, fields.Field]:  # type: ignore[type-arg]  # as the ORM declares it
    return name, fields.ForeignKeyField(
        "tickets.Staff",
        source_field=f"{name}_id",
        null=True,
        db_constraint=True,
        to_field="id",
        related_name=related,
        on_delete=OnDelete.RESTRICT,
    )


class Migration(migrations.Migration):
    dependencies = [("tickets", "0008_addressed")]

    operations = [
        ops.CreateModel(
            name="Act",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("office", fields.CharField(max_length=64)),
                ("kind", fields.CharField(max_length=40)),
                _by("staff", "acts"),
                _by("about", "acts_about"),
                ("reason", fields.TextField(default="", unique=False)),
                (
                    "data",
                    fields.JSONField(
                        default=dict, encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads
                    ),
                ),
                ("at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "act",
                "app": "tickets",
                "indexes": [Index(fields=["office", "id"])],
                "pk_attr": "id",
                "table_description": "One act. `kind` is a name of `tickets.acts.ActKind`; "
                "`data` fills the sentence that tells it.",
            },
            bases=["Model"],
        ),
        ops.RunSQL([GUARD, TRIGGER], ["DROP TRIGGER act_is_append_only ON act", "DROP FUNCTION act_is_append_only"]),
    ]
