"""What was learnt from an office's own corrections."""

from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('tickets', '0017_spending')]

    initial = False

    operations = [
        ops.CreateModel(
            name='LearntModel',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('office', fields.CharField(unique=True, max_length=64)),
                ('stored', fields.BinaryField()),
                ('base', fields.CharField(max_length=64)),
                ('examples', fields.IntField()),
                ('before', fields.FloatField()),
                ('after', fields.FloatField()),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'learnt_model', 'app': 'tickets', 'pk_attr': 'id', 'table_description': "What was learnt from an office's own corrections: its model, which goes before the shipped one there."},
            bases=['Model'],
        ),
    ]
