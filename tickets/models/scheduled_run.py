"""What is done at set times: one row for each time it was done, so that two workers never do it twice."""

from tortoise import fields
from tortoise.models import Model


class ScheduledRun(Model):
    id = fields.BigIntField(primary_key=True)
    office = fields.CharField(max_length=64)
    name = fields.CharField(max_length=40)
    due_at = fields.DatetimeField()
    done_at = fields.DatetimeField()

    class Meta:
        table = "scheduled_run"
        unique_together = (("office", "name", "due_at"),)
