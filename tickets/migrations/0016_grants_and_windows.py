"""Tokens a provider gives by consent, consents under way, and since when a network counts how long we may write."""

from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('tickets', '0015_urgencies_and_moved_promises')]

    initial = False

    operations = [
        ops.CreateModel(
            name='ChannelConsent',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('office', fields.CharField(max_length=64)),
                ('channel', fields.CharField(max_length=64)),
                ('state_digest', fields.CharField(unique=True, max_length=64)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('used_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'channel_consent', 'app': 'tickets', 'pk_attr': 'id', 'table_description': 'A consent an administrator was sent away for. Good once, and for an hour.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='ChannelGrant',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('office', fields.CharField(max_length=64)),
                ('channel', fields.CharField(max_length=64)),
                ('sealed', fields.TextField(unique=False)),
                ('version', fields.IntField()),
                ('got_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('expires_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('refused', fields.CharField(default='', max_length=200)),
            ],
            options={'table': 'channel_grant', 'app': 'tickets', 'unique_together': (('office', 'channel'),), 'pk_attr': 'id', 'table_description': 'The newest tokens of one account, encrypted before they came here.'},
            bases=['Model'],
        ),
        ops.AddField(
            model_name='Contact',
            name='window_from',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
    ]
