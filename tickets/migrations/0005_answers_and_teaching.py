from tortoise import migrations
from tortoise.migrations import operations as ops
from tickets.models.understanding import Outcome, TaughtBy
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.indexes import Index


class Migration(migrations.Migration):
    dependencies = [("tickets", "0004_places_and_weekly_report")]

    initial = False

    operations = [
        ops.CreateModel(
            name="ConfirmedFact",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("office", fields.CharField(max_length=64)),
                ("code", fields.CharField(max_length=32)),
                ("field", fields.CharField(max_length=32)),
                ("value", fields.TextField(unique=False)),
                (
                    "staff",
                    fields.ForeignKeyField(
                        "tickets.Staff",
                        source_field="staff_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="confirmed",
                        on_delete=OnDelete.SET_NULL,
                    ),
                ),
                ("at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "confirmed_fact",
                "app": "tickets",
                "unique_together": (("office", "code", "field"),),
                "pk_attr": "id",
                "table_description": "A field of a procedure, recalled in the catalogue, that a person of the office has checked.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="ProcedureAnswer",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("office", fields.CharField(max_length=64)),
                (
                    "contact",
                    fields.ForeignKeyField(
                        "tickets.Contact",
                        source_field="contact_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="answers",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("inbox_id", fields.BigIntField()),
                ("code", fields.CharField(max_length=32)),
                ("area", fields.CharField(max_length=64)),
                ("catalogue", fields.CharField(max_length=32)),
                (
                    "outcome",
                    fields.CharEnumField(
                        default=Outcome.SHOWN,
                        description="SHOWN: shown\nENOUGH: enough\nPERSON: person\nWROTE_ON: wrote_on",
                        enum_type=Outcome,
                        max_length=16,
                    ),
                ),
                (
                    "ticket",
                    fields.ForeignKeyField(
                        "tickets.Ticket",
                        source_field="ticket_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="answers",
                        on_delete=OnDelete.SET_NULL,
                    ),
                ),
                ("shown_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("ended_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "procedure_answer",
                "app": "tickets",
                "indexes": [Index(fields=["office", "shown_at"])],
                "pk_attr": "id",
                "table_description": "A procedure's card shown instead of opening a ticket. The resident's words stay in the inbox row alone.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="TaughtExample",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("office", fields.CharField(max_length=64)),
                (
                    "ticket",
                    fields.OneToOneField(
                        "tickets.Ticket",
                        source_field="ticket_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="taught",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("text", fields.TextField(unique=False)),
                ("area", fields.CharField(max_length=64)),
                ("code", fields.CharField(default="", max_length=32)),
                (
                    "by",
                    fields.CharEnumField(
                        description="TRANSFER: transfer\nPROCEDURE: procedure", enum_type=TaughtBy, max_length=16
                    ),
                ),
                (
                    "staff",
                    fields.ForeignKeyField(
                        "tickets.Staff",
                        source_field="staff_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="taught",
                        on_delete=OnDelete.SET_NULL,
                    ),
                ),
                ("at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "taught_example",
                "app": "tickets",
                "indexes": [Index(fields=["office", "at"])],
                "pk_attr": "id",
                "table_description": "What a ticket was really about, said by staff: the first words, numbers masked, with their right label.",
            },
            bases=["Model"],
        ),
        ops.AddField(
            model_name="Ticket",
            name="catalogue",
            field=fields.CharField(default="", db_default="", max_length=32),
        ),
        ops.AlterModelOptions(
            name="TicketPlace",
            options={
                "table": "ticket_place",
                "app": "tickets",
                "pk_attr": "ticket_id",
                "table_description": "`place` is a kind and a number, as `tdp-5`; empty when the words read so far name none.",
            },
        ),
    ]
