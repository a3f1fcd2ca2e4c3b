from tortoise import migrations
from tortoise.migrations import operations as ops
from tickets.models.report import Part
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('tickets', '0003_clocks_calendar_alerts')]

    initial = False

    operations = [
        ops.CreateModel(
            name='ReportFigure',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('office', fields.CharField(max_length=64)),
                ('week', fields.DateField()),
                ('model', fields.CharField(max_length=64)),
                ('procedure', fields.CharField(default='', max_length=32)),
                ('department', fields.CharField(default='', max_length=64)),
                ('count', fields.IntField()),
                ('staff', fields.ForeignKeyField('tickets.Staff', source_field='staff_id', db_constraint=True, to_field='id', related_name='report_figures', on_delete=OnDelete.RESTRICT)),
                ('late', fields.BooleanField(default=False)),
                ('withdrawn', fields.BooleanField(default=False)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'report_figure', 'app': 'tickets', 'indexes': [Index(fields=['office', 'week'])], 'pk_attr': 'id', 'table_description': 'A number a department reports itself, of one initiative and procedure: what no ticket can tell.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='ReportRun',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('office', fields.CharField(max_length=64)),
                ('week', fields.DateField()),
                ('step', fields.CharField(max_length=16)),
                ('due', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('cut', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'report_run', 'app': 'tickets', 'unique_together': (('office', 'week', 'step'),), 'pk_attr': 'id', 'table_description': "A step of a week's report that has been done: the unique row that keeps two workers from doing it twice."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='ReportText',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('office', fields.CharField(max_length=64)),
                ('week', fields.DateField()),
                ('part', fields.CharEnumField(description='STEERING: steering\nPUBLICITY: publicity\nRESULTS: results\nDIFFICULTIES: difficulties\nPROPOSALS: proposals\nNOTHING: nothing\nSIGNED_BY: signed_by', enum_type=Part, max_length=16)),
                ('department', fields.CharField(default='', max_length=64)),
                ('text', fields.TextField(default='', unique=False)),
                ('staff', fields.ForeignKeyField('tickets.Staff', source_field='staff_id', db_constraint=True, to_field='id', related_name='report_texts', on_delete=OnDelete.RESTRICT)),
                ('late', fields.BooleanField(default=False)),
                ('withdrawn', fields.BooleanField(default=False)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'report_text', 'app': 'tickets', 'indexes': [Index(fields=['office', 'week'])], 'pk_attr': 'id', 'table_description': "Words of a department (empty: the office as a whole) for one part of one week's report."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='TicketPlace',
            fields=[
                ('ticket', fields.OneToOneField('tickets.Ticket', source_field='ticket_id', primary_key=True, db_index=True, db_constraint=True, to_field='id', related_name='place', on_delete=OnDelete.CASCADE)),
                ('place', fields.CharField(default='', max_length=24)),
                ('staff', fields.ForeignKeyField('tickets.Staff', source_field='staff_id', null=True, db_constraint=True, to_field='id', related_name='places', on_delete=OnDelete.RESTRICT)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'ticket_place', 'app': 'tickets', 'pk_attr': 'ticket_id', 'table_description': '`place` is a kind and a number, as `tdp-5`; empty when the words read so far name none.'},
            bases=['Model'],
        ),
    ]
