"""Due times of further replies, rests of the ladder, the calendar edited in chat, and what is done at set times."""

from tortoise import migrations
from tortoise.migrations import operations as ops
import functools
from json import dumps, loads
from tickets.models.calendar_day import DayKind
from tickets.models.event import EventKind
from tickets.models.people import Role
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.indexes import Index


class Migration(migrations.Migration):
    dependencies = [("tickets", "0002_small_indexes_and_append_only_events")]

    initial = False

    operations = [
        ops.CreateModel(
            name="CalendarDay",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("office", fields.CharField(max_length=64)),
                ("area", fields.CharField(default="", max_length=64)),
                ("day", fields.DateField()),
                (
                    "kind",
                    fields.CharEnumField(
                        description="OFF: off\nHOURS: hours\nFILE: file\nYEAR: year", enum_type=DayKind, max_length=8
                    ),
                ),
                (
                    "sessions",
                    fields.JSONField(
                        default=list, encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads
                    ),
                ),
                ("reason", fields.TextField(default="", unique=False)),
                (
                    "staff",
                    fields.ForeignKeyField(
                        "tickets.Staff",
                        source_field="staff_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="calendar_days",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "calendar_day",
                "app": "tickets",
                "indexes": [Index(fields=["office", "id"])],
                "pk_attr": "id",
                "table_description": "One change of one day, by whom and why. `area` is empty for the whole office.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="ScheduledRun",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("office", fields.CharField(max_length=64)),
                ("name", fields.CharField(max_length=40)),
                ("due_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("done_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "scheduled_run",
                "app": "tickets",
                "unique_together": (("office", "name", "due_at"),),
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.AddField(
            model_name="Alert",
            name="digest",
            field=fields.BooleanField(default=False, db_default=False),
        ),
        ops.AddField(
            model_name="Alert",
            name="outbox",
            field=fields.ForeignKeyField(
                "tickets.OutboxRow",
                source_field="outbox_id",
                null=True,
                db_constraint=True,
                to_field="id",
                related_name="alerts",
                on_delete=OnDelete.SET_NULL,
            ),
        ),
        ops.AddField(
            model_name="Alert",
            name="replaced",
            field=fields.BooleanField(default=False, db_default=False),
        ),
        ops.AlterField(
            model_name="Event",
            name="kind",
            field=fields.CharEnumField(
                description="OPENED: opened\nROUTED: routed\nCLAIMED: claimed\nRELEASED: released\nASSIGNED: assigned\nTRANSFERRED: transferred\nRESIDENT_WROTE: resident_wrote\nREPLIED: replied\nNOTED: noted\nWAITING: waiting\nRESUMED: resumed\nSNOOZED: snoozed\nRESOLVED: resolved\nREOPENED: reopened\nCLOSED: closed\nRATED: rated\nALERTED: alerted\nPRIORITY: priority\nEXTENDED: extended\nACKNOWLEDGED: acknowledged\nREMINDED: reminded\nAPOLOGY_DRAFTED: apology_drafted\nHANDED_OVER: handed_over\nAPOLOGISED: apologised",
                enum_type=EventKind,
                max_length=20,
            ),
        ),
        ops.AlterField(
            model_name="Invitation",
            name="role",
            field=fields.CharEnumField(
                description="MEMBER: member\nLEAD: lead\nSUPERVISOR: supervisor\nHEAD: head",
                enum_type=Role,
                max_length=16,
            ),
        ),
        ops.AlterField(
            model_name="Staff",
            name="role",
            field=fields.CharEnumField(
                description="MEMBER: member\nLEAD: lead\nSUPERVISOR: supervisor\nHEAD: head",
                enum_type=Role,
                max_length=16,
            ),
        ),
        ops.AddField(
            model_name="Ticket",
            name="next_reply_due",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name="Ticket",
            name="next_reply_warn",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name="Ticket",
            name="quiet_until",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.RunSQL(
            [
                "CREATE INDEX ticket_next_reply ON ticket (office, next_reply_warn) WHERE next_reply_warn IS NOT NULL",
                "CREATE INDEX alert_staff ON alert (staff_id, at)",
                "CREATE INDEX alert_outbox ON alert (outbox_id) WHERE NOT replaced",
            ],
            ["DROP INDEX ticket_next_reply", "DROP INDEX alert_staff", "DROP INDEX alert_outbox"],
        ),
    ]
