from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('tickets', '0016_grants_and_windows')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Spending',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('office', fields.CharField(max_length=64)),
                ('channel', fields.CharField(default='', db_default='', max_length=64)),
                ('month', fields.CharField(max_length=7)),
                ('messages', fields.IntField(default=0, db_default=0)),
                ('parts', fields.IntField(default=0, db_default=0)),
                ('dong', fields.BigIntField(default=0, db_default=0)),
                ('warned_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('stopped_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'spending', 'app': 'tickets', 'unique_together': (('office', 'month', 'channel'),), 'pk_attr': 'id', 'table_description': "One channel's month. The row with an empty channel is the office's: who was told of its budget, and when."},
            bases=['Model'],
        ),
    ]
