"""The one question somebody has been asked in a chat and not yet answered."""

from typing import Any

from tortoise import fields
from tortoise.models import Model


class Dialog(Model):
    id = fields.BigIntField(primary_key=True)
    office = fields.CharField(max_length=64)
    channel = fields.CharField(max_length=64)
    chat = fields.CharField(max_length=128)
    user = fields.CharField(max_length=128)
    step = fields.CharField(max_length=40)
    data = fields.JSONField[dict[str, Any]](default=dict)
    expires_at = fields.DatetimeField()

    class Meta:
        table = "dialog"
        unique_together = (("office", "channel", "chat", "user"),)
