"""Who is away, who has duty every week and on single days, and whose turn it was last to be given a ticket."""

from tortoise import fields
from tortoise.models import Model

from tickets.models.people import Staff


class Absence(Model):
    """Somebody of staff is away for a time. Begun and ended once each, by whoever changes the row first."""

    id = fields.BigIntField(primary_key=True)
    office = fields.CharField(max_length=64)
    staff: fields.ForeignKeyRelation[Staff] = fields.ForeignKeyField(
        "tickets.Staff", related_name="absences", on_delete=fields.OnDelete.RESTRICT
    )
    substitute: fields.ForeignKeyNullableRelation[Staff] = fields.ForeignKeyField(
        "tickets.Staff", related_name="stands_in", null=True, on_delete=fields.OnDelete.RESTRICT
    )  # takes what they hold when it begins
    since = fields.DatetimeField()
    until = fields.DatetimeField()  # the first moment after it
    reason = fields.TextField(default="")
    entered_by: fields.ForeignKeyNullableRelation[Staff] = fields.ForeignKeyField(
        "tickets.Staff", related_name="absences_entered", null=True, on_delete=fields.OnDelete.RESTRICT
    )
    created_at = fields.DatetimeField()
    begun_at = fields.DatetimeField(null=True)
    ended_at = fields.DatetimeField(null=True)  # also when taken back before it began

    staff_id: int
    substitute_id: int | None
    entered_by_id: int | None

    class Meta:
        table = "absence"
        indexes = (("office", "ended_at"), ("staff_id",))


class RosterDay(Model):
    """Who has duty for an area in one half of one day, changed in chat over the office file. The newest row counts."""

    id = fields.BigIntField(primary_key=True)
    office = fields.CharField(max_length=64)
    area = fields.CharField(max_length=64)
    day = fields.DateField()
    half = fields.CharField(max_length=10)  # morning or afternoon
    people = fields.JSONField[list[int] | None](null=True)  # ids of staff; null: as the file says
    staff: fields.ForeignKeyNullableRelation[Staff] = fields.ForeignKeyField(
        "tickets.Staff", related_name="rosters_changed", null=True, on_delete=fields.OnDelete.RESTRICT
    )
    reason = fields.TextField(default="")
    at = fields.DatetimeField()

    class Meta:
        table = "roster_day"
        indexes = (("office", "day"),)


class RosterWeek(Model):
    """Who has duty for an area in one half of a weekday, every week, set in chat over the office file.

    The newest row counts; the older ones say who had laid down what before.
    """

    id = fields.BigIntField(primary_key=True)
    office = fields.CharField(max_length=64)
    area = fields.CharField(max_length=64)
    weekday = fields.SmallIntField()  # 0 for Monday
    half = fields.CharField(max_length=10)  # morning or afternoon
    people = fields.JSONField[list[int] | None](null=True)  # ids of staff; null: as the file says
    staff: fields.ForeignKeyNullableRelation[Staff] = fields.ForeignKeyField(
        "tickets.Staff", related_name="weeks_changed", null=True, on_delete=fields.OnDelete.RESTRICT
    )
    reason = fields.TextField(default="")
    at = fields.DatetimeField()

    class Meta:
        table = "roster_week"
        indexes = (("office", "id"),)


class Turn(Model):
    """When the program last gave somebody a ticket of an area: who waited longest is next."""

    id = fields.BigIntField(primary_key=True)
    office = fields.CharField(max_length=64)
    area = fields.CharField(max_length=64)
    staff: fields.ForeignKeyRelation[Staff] = fields.ForeignKeyField(
        "tickets.Staff", related_name="turns", on_delete=fields.OnDelete.CASCADE
    )
    at = fields.DatetimeField()  # the database's own clock: an order, not a business time

    staff_id: int

    class Meta:
        table = "turn"
        unique_together = (("office", "area", "staff"),)
