"""An index by which an answer, a press or a receipt finds the message it names."""

from tortoise import migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("tickets", "0006_words_of_tickets")]

    operations = [
        ops.RunSQL(
            # jsonb_path_ops: a third of the size of the default, and `@>` is all that is ever asked
            ["CREATE INDEX outbox_provider_ids ON outbox USING gin (provider_ids jsonb_path_ops)"],
            ["DROP INDEX outbox_provider_ids"],
        ),
    ]
