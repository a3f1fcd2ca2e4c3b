"""What people changed in the calendar of their office, in chat: a row each that stays; the newest of a day counts."""

from enum import StrEnum

from tortoise import fields
from tortoise.models import Model

from tickets.models.people import Staff


class DayKind(StrEnum):
    OFF = "off"
    HOURS = "hours"  # open in `sessions`: a half day, a working Saturday, field work on a Sunday
    FILE = "file"  # again as the office file says
    YEAR = "year"  # the calendar of the year of `day` is confirmed


class CalendarDay(Model):
    """One change of one day, by whom and why. `area` is empty for the whole office."""

    id = fields.BigIntField(primary_key=True)
    office = fields.CharField(max_length=64)
    area = fields.CharField(max_length=64, default="")
    day = fields.DateField()
    kind = fields.CharEnumField(DayKind, max_length=8)
    sessions = fields.JSONField[list[list[str]]](default=list)  # [["07:30", "11:30"], …] on the office's wall clock
    reason = fields.TextField(default="")
    staff: fields.ForeignKeyNullableRelation[Staff] = fields.ForeignKeyField(
        "tickets.Staff", related_name="calendar_days", null=True, on_delete=fields.OnDelete.RESTRICT
    )  # empty: the administrator
    at = fields.DatetimeField()
    # Due times are counted anew from this change on, ticket by ticket: how far that has come, and when it was done.
    recounted_to = fields.BigIntField(default=0, db_default=0)
    moved = fields.IntField(default=0, db_default=0)  # tickets whose due times changed by it
    recounted_at = fields.DatetimeField(null=True)

    staff_id: int | None

    class Meta:
        table = "calendar_day"
        indexes = (("office", "id"),)
