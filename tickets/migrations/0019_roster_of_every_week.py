from tortoise import migrations
from tortoise.migrations import operations as ops
import functools
from json import dumps, loads
from tickets.models.outbox import OutboxKind
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('tickets', '0018_own_models')]

    initial = False

    operations = [
        ops.CreateModel(
            name='RosterWeek',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('office', fields.CharField(max_length=64)),
                ('area', fields.CharField(max_length=64)),
                ('weekday', fields.SmallIntField()),
                ('half', fields.CharField(max_length=10)),
                ('people', fields.JSONField(null=True, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('staff', fields.ForeignKeyField('tickets.Staff', source_field='staff_id', null=True, db_constraint=True, to_field='id', related_name='weeks_changed', on_delete=OnDelete.RESTRICT)),
                ('reason', fields.TextField(default='', unique=False)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'roster_week', 'app': 'tickets', 'indexes': [Index(fields=['office', 'id'])], 'pk_attr': 'id', 'table_description': 'Who has duty for an area in one half of a weekday, every week, set in chat over the office file.'},
            bases=['Model'],
        ),
        ops.AlterField(
            model_name='OutboxRow',
            name='kind',
            field=fields.CharEnumField(default=OutboxKind.MESSAGE, description='MESSAGE: message\nEDIT: edit\nANSWER_PRESS: answer_press\nMENU: menu\nTOPIC: topic\nREACT: react\nWITHDRAW: withdraw\nASK_CONTACT: ask_contact', enum_type=OutboxKind, max_length=16),
        ),
    ]
