"""Groups of residents, blocks, and what is held back when somebody floods us."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from tickets.models.inbox import InboxState

# Few rows among many: what is held back, who is, and talk of groups that is forgotten after its time.
INDEXES = (
    ("inbox_held", "CREATE INDEX inbox_held ON inbox (office, channel, chat, id) WHERE state = 'held'"),
    ("contact_held", "CREATE INDEX contact_held ON contact (office, held_since) WHERE held_since IS NOT NULL"),
    ("inbox_overheard", "CREATE INDEX inbox_overheard ON inbox (office, received_at)"
     " WHERE \"group\" AND state = 'ignored'"),
)


class Migration(migrations.Migration):
    dependencies = [('tickets', '0010_who_works_when_and_who_is_who')]

    operations = [
        ops.CreateModel(
            name='Block',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('office', fields.CharField(max_length=64)),
                ('resident', fields.ForeignKeyField('tickets.Resident', source_field='resident_id', db_constraint=True, to_field='id', related_name='blocks', on_delete=OnDelete.RESTRICT)),
                ('staff', fields.ForeignKeyField('tickets.Staff', source_field='staff_id', db_constraint=True, to_field='id', related_name='blocks', on_delete=OnDelete.RESTRICT)),
                ('reason', fields.TextField(unique=False)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('until', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('lifted_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('lifted_by', fields.ForeignKeyField('tickets.Staff', source_field='lifted_by_id', null=True, db_constraint=True, to_field='id', related_name='blocks_lifted', on_delete=OnDelete.RESTRICT)),
            ],
            options={'table': 'block', 'app': 'tickets', 'indexes': [Index(fields=['office', 'lifted_at']), Index(fields=['resident_id'])], 'pk_attr': 'id', 'table_description': 'One block from beginning to end. While it lasts, `Resident.blocked_until` says the same, for the hot path.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='GroupCode',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('office', fields.CharField(max_length=64)),
                ('digest', fields.CharField(unique=True, max_length=64)),
                ('name', fields.CharField(max_length=200)),
                ('created_by', fields.ForeignKeyField('tickets.Staff', source_field='created_by_id', db_constraint=True, to_field='id', related_name='group_codes', on_delete=OnDelete.RESTRICT)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('expires_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('used_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'group_code', 'app': 'tickets', 'pk_attr': 'id', 'table_description': 'A one-time code that links the group it is written in. Only its digest is kept.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='ResidentGroup',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('office', fields.CharField(max_length=64)),
                ('channel', fields.CharField(max_length=64)),
                ('chat', fields.CharField(max_length=128)),
                ('name', fields.CharField(max_length=200)),
                ('place', fields.CharField(default='', max_length=24)),
                ('word', fields.CharField(default='', max_length=60)),
                ('keep', fields.TimeDeltaField()),
                ('active', fields.BooleanField(default=True)),
                ('linked_by', fields.ForeignKeyField('tickets.Staff', source_field='linked_by_id', null=True, db_constraint=True, to_field='id', related_name='resident_groups', on_delete=OnDelete.RESTRICT)),
                ('linked_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'resident_group', 'app': 'tickets', 'unique_together': (('office', 'channel', 'chat'),), 'pk_attr': 'id', 'table_description': "A group of residents. Linked by the office file (`linked_by` empty) or by a supervisor's one-time code."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='TicketGroup',
            fields=[
                ('ticket', fields.OneToOneField('tickets.Ticket', source_field='ticket_id', primary_key=True, db_index=True, db_constraint=True, to_field='id', related_name='group', on_delete=OnDelete.CASCADE)),
                ('group', fields.ForeignKeyField('tickets.ResidentGroup', source_field='group_id', db_constraint=True, to_field='id', related_name='tickets', on_delete=OnDelete.RESTRICT)),
                ('asked', fields.CharField(default='', max_length=160)),
                ('private', fields.BooleanField(default=False)),
                ('told', fields.BooleanField(default=False)),
                ('waits', fields.BooleanField(default=False)),
            ],
            options={'table': 'ticket_group', 'app': 'tickets', 'indexes': [Index(fields=['group_id'])], 'pk_attr': 'ticket_id', 'table_description': 'In which group a ticket was asked, so that it is answered there.'},
            bases=['Model'],
        ),
        ops.AddField(
            model_name='Contact',
            name='held_since',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Contact',
            name='pressure',
            field=fields.FloatField(default=0, db_default=0),
        ),
        ops.AddField(
            model_name='Contact',
            name='pressure_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AlterField(
            model_name='InboxRow',
            name='state',
            field=fields.CharEnumField(default=InboxState.NEW, description='NEW: new\nHANDLED: handled\nIGNORED: ignored\nHELD: held\nFAILED: failed', enum_type=InboxState, max_length=8),
        ),
        ops.AddField(
            model_name='Resident',
            name='blocked_until',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.RunSQL([create for _, create in INDEXES], [f"DROP INDEX {name}" for name, _ in INDEXES]),
    ]
