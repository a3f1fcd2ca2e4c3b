"""Papers that passed through: fetched once from the network they came by, kept so that any process can send them on."""

from tortoise import fields
from tortoise.models import Model


class StoredFile(Model):
    id = fields.BigIntField(primary_key=True)
    office = fields.CharField(max_length=64)
    channel = fields.CharField(max_length=64)  # where `ref` has a meaning
    ref_digest = fields.CharField(max_length=64)  # SHA-256 of the provider's reference, which may be a long address
    name = fields.CharField(max_length=200)
    mime = fields.CharField(max_length=100)
    content = fields.BinaryField()
    at = fields.DatetimeField()

    class Meta:
        table = "stored_file"
        unique_together = (("office", "channel", "ref_digest"),)
