"""The index behind `/tim`: words of tickets, folded, found by PostgreSQL's own full-text search."""

from tortoise import migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("tickets", "0005_answers_and_teaching")]

    operations = [
        ops.RunSQL(
            "CREATE INDEX ticket_words ON ticket USING gin (to_tsvector('simple', folded))", "DROP INDEX ticket_words"
        ),
    ]
