"""What messages have cost an office in a month, by channel, and whether anybody was told that it is much."""

from tortoise import fields
from tortoise.models import Model


class Spending(Model):
    """One channel's month. The row with an empty channel is the office's: who was told of its budget, and when."""

    id = fields.BigIntField(primary_key=True)
    office = fields.CharField(max_length=64)
    channel = fields.CharField(max_length=64, default="", db_default="")
    month = fields.CharField(max_length=7)  # 2026-11, in the office's time
    messages = fields.IntField(default=0, db_default=0)
    parts = fields.IntField(default=0, db_default=0)
    dong = fields.BigIntField(default=0, db_default=0)
    warned_at = fields.DatetimeField(null=True)
    stopped_at = fields.DatetimeField(null=True)

    class Meta:
        table = "spending"
        unique_together = (("office", "month", "channel"),)
