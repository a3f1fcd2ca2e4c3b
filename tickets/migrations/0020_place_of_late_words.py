from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('tickets', '0019_roster_of_every_week')]

    initial = False

    operations = [
        ops.AddField(
            model_name='Message',
            name='place',
            field=fields.FloatField(null=True),
        ),
    ]
