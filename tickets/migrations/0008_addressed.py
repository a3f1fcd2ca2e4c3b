"""Whether something said in a group was said to us."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("tickets", "0007_outbox_by_provider_id")]

    operations = [
        ops.AddField(
            model_name="InboxRow", name="addressed", field=fields.BooleanField(default=False, db_default=False)
        ),
    ]
