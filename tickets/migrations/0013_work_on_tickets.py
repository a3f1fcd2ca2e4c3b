"""Canned replies, tags, tickets merged into another, reminders while we wait, words passed on from elsewhere."""

from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.indexes import Index


class Migration(migrations.Migration):
    dependencies = [("tickets", "0012_topics_and_lists_of_cards")]

    initial = False

    operations = [
        ops.CreateModel(
            name="CannedReply",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("office", fields.CharField(max_length=64)),
                ("area", fields.CharField(default="", max_length=64)),
                ("key", fields.CharField(max_length=64)),
                ("name", fields.CharField(max_length=64)),
                ("text", fields.TextField(default="", unique=False)),
                ("removed", fields.BooleanField(default=False)),
                (
                    "staff",
                    fields.ForeignKeyField(
                        "tickets.Staff",
                        source_field="staff_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="canned_replies",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "canned_reply",
                "app": "tickets",
                "indexes": [Index(fields=["office", "area", "key", "id"])],
                "pk_attr": "id",
                "table_description": "One wording of one canned reply, by whom and when; the newest of a key in an area is the one in use.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="TicketTag",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "ticket",
                    fields.ForeignKeyField(
                        "tickets.Ticket",
                        source_field="ticket_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="tags",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("key", fields.CharField(max_length=40)),
                ("name", fields.CharField(max_length=40)),
            ],
            options={
                "table": "ticket_tag",
                "app": "tickets",
                "unique_together": (("ticket", "key"),),
                "indexes": [Index(fields=["key"])],
                "pk_attr": "id",
                "table_description": "One tag of one ticket; who put it there, and when, is told by the ticket's events.",
            },
            bases=["Model"],
        ),
        ops.AddField(
            model_name="InboxRow",
            name="forwarded",
            field=fields.BooleanField(default=False, db_default=False),
        ),
        ops.AddField(
            model_name="Ticket",
            name="chase_at",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name="Ticket",
            name="merged_into",
            field=fields.ForeignKeyField(
                "tickets.Ticket",
                source_field="merged_into_id",
                null=True,
                db_constraint=True,
                to_field="id",
                related_name="merged",
                on_delete=OnDelete.RESTRICT,
            ),
        ),
    ]
