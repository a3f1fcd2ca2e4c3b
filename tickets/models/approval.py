"""What one supervisor asks for and another must confirm."""

from enum import StrEnum
from typing import Any

from tortoise import fields
from tortoise.models import Model

from tickets.models.people import Staff


class Wanted(StrEnum):
    """What is asked for; `data` of the request says the rest."""

    INVITE = "invite"  # data: role, areas, name
    ROLE = "role"  # data: staff, role


class Approval(Model):
    """A request, decided once by somebody else or expired."""

    id = fields.BigIntField(primary_key=True)
    office = fields.CharField(max_length=64)
    wanted = fields.CharEnumField(Wanted, max_length=16)
    data = fields.JSONField[dict[str, Any]](default=dict)
    asked_by: fields.ForeignKeyRelation[Staff] = fields.ForeignKeyField(
        "tickets.Staff", related_name="asked", on_delete=fields.OnDelete.RESTRICT
    )
    at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    decided_by: fields.ForeignKeyNullableRelation[Staff] = fields.ForeignKeyField(
        "tickets.Staff", related_name="decided", null=True, on_delete=fields.OnDelete.RESTRICT
    )
    decided_at = fields.DatetimeField(null=True)
    granted = fields.BooleanField(null=True)

    asked_by_id: int
    decided_by_id: int | None

    class Meta:
        table = "approval"
        indexes = (("office", "decided_at"),)
