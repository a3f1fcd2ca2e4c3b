"""Indexes of the few rows that are still to be worked on, and a guard that keeps the event log append-only."""

from tortoise import migrations
from tortoise.migrations import operations as ops

# The sweep and the heads of conversations and chats look only at rows not yet done, of which there are few among many.
INDEXES = (
    ("inbox_new", "CREATE INDEX inbox_new ON inbox (office, channel, chat, id) WHERE state = 'new'"),
    (
        "outbox_waiting",
        "CREATE INDEX outbox_waiting ON outbox (office, channel, chat, id) WHERE state IN ('queued', 'sending')",
    ),
    (
        "ticket_first_reply",
        "CREATE INDEX ticket_first_reply ON ticket (office, first_reply_warn) WHERE first_replied_at IS NULL"
        " AND status NOT IN ('resolved', 'closed')",
    ),
    (
        "ticket_resolve",
        "CREATE INDEX ticket_resolve ON ticket (office, resolve_warn) WHERE status NOT IN ('resolved', 'closed')",
    ),
)

GUARD = """
CREATE FUNCTION event_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the event log is append-only';
END $$
"""
TRIGGER = (
    "CREATE TRIGGER event_is_append_only BEFORE UPDATE OR DELETE ON event"
    " FOR EACH ROW EXECUTE FUNCTION event_is_append_only()"
)


class Migration(migrations.Migration):
    dependencies = [("tickets", "0001_initial")]

    operations = [
        ops.RunSQL([create for _, create in INDEXES], [f"DROP INDEX {name}" for name, _ in INDEXES]),
        ops.RunSQL(
            [GUARD, TRIGGER],
            ["DROP TRIGGER event_is_append_only ON event", "DROP FUNCTION event_is_append_only"],
        ),
    ]
