"""How the office was let in by a provider: its tokens, which only the channel can read, and consents under way."""

from tortoise import fields
from tortoise.models import Model


class ChannelGrant(Model):
    """The newest tokens of one account, encrypted before they came here."""

    id = fields.BigIntField(primary_key=True)
    office = fields.CharField(max_length=64)
    channel = fields.CharField(max_length=64)
    sealed = fields.TextField()
    version = fields.IntField()  # one more with each pair, so that none is overwritten unseen
    got_at = fields.DatetimeField()  # real time, whatever the business clock says
    expires_at = fields.DatetimeField()
    refused = fields.CharField(max_length=200, default="")  # why the provider will not renew them

    class Meta:
        table = "channel_grant"
        unique_together = (("office", "channel"),)


class ChannelConsent(Model):
    """A consent an administrator was sent away for. Good once, and for an hour."""

    id = fields.BigIntField(primary_key=True)
    office = fields.CharField(max_length=64)
    channel = fields.CharField(max_length=64)
    state_digest = fields.CharField(max_length=64, unique=True)
    created_at = fields.DatetimeField()  # real time
    used_at = fields.DatetimeField(null=True)

    class Meta:
        table = "channel_consent"
