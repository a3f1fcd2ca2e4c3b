"""Who is kept from writing to us for a time, why, and until when."""

from tortoise import fields
from tortoise.models import Model

from tickets.models.people import Resident, Staff


class Block(Model):
    """One block from beginning to end. While it lasts, `Resident.blocked_until` says the same, for the hot path."""

    id = fields.BigIntField(primary_key=True)
    office = fields.CharField(max_length=64)
    resident: fields.ForeignKeyRelation[Resident] = fields.ForeignKeyField(
        "tickets.Resident", related_name="blocks", on_delete=fields.OnDelete.RESTRICT
    )
    staff: fields.ForeignKeyRelation[Staff] = fields.ForeignKeyField(
        "tickets.Staff", related_name="blocks", on_delete=fields.OnDelete.RESTRICT
    )
    reason = fields.TextField()
    at = fields.DatetimeField()
    until = fields.DatetimeField()
    lifted_at = fields.DatetimeField(null=True)
    lifted_by: fields.ForeignKeyNullableRelation[Staff] = fields.ForeignKeyField(
        "tickets.Staff", related_name="blocks_lifted", null=True, on_delete=fields.OnDelete.RESTRICT
    )  # empty once lifted: the time had come

    resident_id: int
    staff_id: int
    lifted_by_id: int | None

    class Meta:
        table = "block"
        indexes = (("office", "lifted_at"), ("resident_id",))
