"""Absences, duty rosters, turns, requests for a second supervisor, links between channels of one resident."""

from tortoise import migrations
from tortoise.migrations import operations as ops
import functools
from json import dumps, loads
from tickets.models.approval import Wanted
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.indexes import Index


class Migration(migrations.Migration):
    dependencies = [("tickets", "0009_administrative_acts")]

    initial = False

    operations = [
        ops.CreateModel(
            name="Absence",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("office", fields.CharField(max_length=64)),
                (
                    "staff",
                    fields.ForeignKeyField(
                        "tickets.Staff",
                        source_field="staff_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="absences",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "substitute",
                    fields.ForeignKeyField(
                        "tickets.Staff",
                        source_field="substitute_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="stands_in",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("since", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("until", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("reason", fields.TextField(default="", unique=False)),
                (
                    "entered_by",
                    fields.ForeignKeyField(
                        "tickets.Staff",
                        source_field="entered_by_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="absences_entered",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("begun_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("ended_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "absence",
                "app": "tickets",
                "indexes": [Index(fields=["office", "ended_at"]), Index(fields=["staff_id"])],
                "pk_attr": "id",
                "table_description": "Somebody of staff is away for a time. Begun and ended once each, by whoever changes the row first.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Approval",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("office", fields.CharField(max_length=64)),
                (
                    "wanted",
                    fields.CharEnumField(description="INVITE: invite\nROLE: role", enum_type=Wanted, max_length=16),
                ),
                (
                    "data",
                    fields.JSONField(
                        default=dict, encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads
                    ),
                ),
                (
                    "asked_by",
                    fields.ForeignKeyField(
                        "tickets.Staff",
                        source_field="asked_by_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="asked",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("expires_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                (
                    "decided_by",
                    fields.ForeignKeyField(
                        "tickets.Staff",
                        source_field="decided_by_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="decided",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("decided_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("granted", fields.BooleanField(null=True)),
            ],
            options={
                "table": "approval",
                "app": "tickets",
                "indexes": [Index(fields=["office", "decided_at"])],
                "pk_attr": "id",
                "table_description": "A request, decided once by somebody else or expired.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="LinkCode",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("office", fields.CharField(max_length=64)),
                ("digest", fields.CharField(unique=True, max_length=64)),
                (
                    "contact",
                    fields.ForeignKeyField(
                        "tickets.Contact",
                        source_field="contact_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="link_codes",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("expires_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("used_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "link_code",
                "app": "tickets",
                "pk_attr": "id",
                "table_description": "A one-time code shown on one channel and typed on another. Only its digest is kept.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="ResidentLink",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("office", fields.CharField(max_length=64)),
                (
                    "kept",
                    fields.ForeignKeyField(
                        "tickets.Resident",
                        source_field="kept_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="links",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "joined",
                    fields.ForeignKeyField(
                        "tickets.Resident",
                        source_field="joined_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="joined_by",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "before",
                    fields.JSONField(
                        default=dict, encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads
                    ),
                ),
                ("at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("undone_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "resident_link",
                "app": "tickets",
                "indexes": [Index(fields=["kept_id"]), Index(fields=["joined_id"])],
                "pk_attr": "id",
                "table_description": "`joined` was found to be the same person as `kept`; `before` says whose everything was.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="RosterDay",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("office", fields.CharField(max_length=64)),
                ("area", fields.CharField(max_length=64)),
                ("day", fields.DateField()),
                ("half", fields.CharField(max_length=10)),
                (
                    "people",
                    fields.JSONField(null=True, encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads),
                ),
                (
                    "staff",
                    fields.ForeignKeyField(
                        "tickets.Staff",
                        source_field="staff_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="rosters_changed",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("reason", fields.TextField(default="", unique=False)),
                ("at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "roster_day",
                "app": "tickets",
                "indexes": [Index(fields=["office", "day"])],
                "pk_attr": "id",
                "table_description": "Who has duty for an area in one half of one day, changed in chat over the office file. The newest row counts.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Turn",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("office", fields.CharField(max_length=64)),
                ("area", fields.CharField(max_length=64)),
                (
                    "staff",
                    fields.ForeignKeyField(
                        "tickets.Staff",
                        source_field="staff_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="turns",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "turn",
                "app": "tickets",
                "unique_together": (("office", "area", "staff"),),
                "pk_attr": "id",
                "table_description": "When the program last gave somebody a ticket of an area: who waited longest is next.",
            },
            bases=["Model"],
        ),
        ops.AddField(
            model_name="OutboxRow",
            name="instead_of",
            field=fields.BigIntField(null=True, unique=True),
        ),
        ops.AddField(
            model_name="Resident",
            name="elsewhere",
            field=fields.BooleanField(default=False, db_default=False),
        ),
        ops.AddField(
            model_name="Resident",
            name="preferred_channel",
            field=fields.CharField(default="", db_default="", max_length=64),
        ),
        ops.AddField(
            model_name="Staff",
            name="duty_since",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name="Staff",
            name="preferred_channel",
            field=fields.CharField(default="", db_default="", max_length=64),
        ),
    ]
