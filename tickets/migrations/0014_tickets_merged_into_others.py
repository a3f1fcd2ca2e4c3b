"""The few tickets that went into another, found by that one: every card asks."""

from tortoise import migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("tickets", "0013_work_on_tickets")]

    operations = [
        ops.RunSQL(
            "CREATE INDEX ticket_merged ON ticket (merged_into_id) WHERE merged_into_id IS NOT NULL",
            "DROP INDEX ticket_merged",
        ),
    ]
