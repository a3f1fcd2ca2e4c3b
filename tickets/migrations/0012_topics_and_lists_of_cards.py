from tortoise import migrations
from tortoise.migrations import operations as ops
from tickets.models.outbox import OutboxKind
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('tickets', '0011_residents_groups_and_floods')]

    initial = False

    operations = [
        ops.CreateModel(
            name='CurrentTicket',
            fields=[
                ('contact', fields.OneToOneField('tickets.Contact', source_field='contact_id', primary_key=True, db_index=True, db_constraint=True, to_field='id', related_name='current', on_delete=OnDelete.CASCADE)),
                ('ticket', fields.ForeignKeyField('tickets.Ticket', source_field='ticket_id', db_constraint=True, to_field='id', related_name='current_of', on_delete=OnDelete.CASCADE)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'current_ticket', 'app': 'tickets', 'pk_attr': 'contact_id', 'table_description': 'The ticket a member of staff last named or opened in their private chat: what words without a number go to.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='TicketTopic',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('office', fields.CharField(max_length=64)),
                ('channel', fields.CharField(max_length=64)),
                ('group', fields.CharField(max_length=128)),
                ('ticket', fields.ForeignKeyField('tickets.Ticket', source_field='ticket_id', db_constraint=True, to_field='id', related_name='topics', on_delete=OnDelete.CASCADE)),
                ('chat', fields.CharField(default='', max_length=128)),
                ('title', fields.CharField(default='', max_length=128)),
                ('shut', fields.BooleanField(default=False)),
                ('made', fields.SmallIntField(default=0)),
            ],
            options={'table': 'ticket_topic', 'app': 'tickets', 'unique_together': (('ticket', 'channel', 'group'),), 'indexes': [Index(fields=['office', 'channel', 'chat'])], 'pk_attr': 'id', 'table_description': 'The topic of a ticket in one group. Title and state are what the network was last told.'},
            bases=['Model'],
        ),
        ops.AlterField(
            model_name='OutboxRow',
            name='kind',
            field=fields.CharEnumField(default=OutboxKind.MESSAGE, description='MESSAGE: message\nEDIT: edit\nANSWER_PRESS: answer_press\nMENU: menu\nTOPIC: topic\nREACT: react\nWITHDRAW: withdraw', enum_type=OutboxKind, max_length=16),
        ),
        ops.AddField(
            model_name='OutboxRow',
            name='board',
            field=fields.BooleanField(default=False, db_default=False),
        ),
        ops.AddField(
            model_name='OutboxRow',
            name='on_board',
            field=fields.ForeignKeyField('tickets.OutboxRow', source_field='on_board_id', null=True, db_constraint=True, to_field='id', related_name='cards', on_delete=OnDelete.SET_NULL),
        ),
        ops.AddField(
            model_name='OutboxRow',
            name='only_for',
            field=fields.CharField(default='', db_default='', max_length=128),
        ),
        ops.AddIndex(
            model_name='OutboxRow',
            index=Index(fields=['on_board_id']),
        ),
        ops.AddField(
            model_name='StaffChat',
            name='topics',
            field=fields.BooleanField(default=False, db_default=False),
        ),
        ops.AlterModelOptions(
            name='TicketGroup',
            options={'table': 'ticket_group', 'app': 'tickets', 'indexes': [Index(fields=['group_id'])], 'pk_attr': 'ticket_id', 'table_description': 'In which group a ticket was asked, so that it is answered there.'},
        ),
    ]
