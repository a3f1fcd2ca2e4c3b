"""How contacts of one resident on several channels were joined, exactly enough to part them again."""

from typing import Any

from tortoise import fields
from tortoise.models import Model

from tickets.models.people import Contact, Resident


class LinkCode(Model):
    """A one-time code shown on one channel and typed on another. Only its digest is kept."""

    id = fields.BigIntField(primary_key=True)
    office = fields.CharField(max_length=64)
    digest = fields.CharField(max_length=64, unique=True)
    contact: fields.ForeignKeyRelation[Contact] = fields.ForeignKeyField(
        "tickets.Contact", related_name="link_codes", on_delete=fields.OnDelete.CASCADE
    )
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    used_at = fields.DatetimeField(null=True)

    contact_id: int

    class Meta:
        table = "link_code"


class ResidentLink(Model):
    """`joined` was found to be the same person as `kept`; `before` says whose everything was."""

    id = fields.BigIntField(primary_key=True)
    office = fields.CharField(max_length=64)
    kept: fields.ForeignKeyRelation[Resident] = fields.ForeignKeyField(
        "tickets.Resident", related_name="links", on_delete=fields.OnDelete.RESTRICT
    )
    joined: fields.ForeignKeyRelation[Resident] = fields.ForeignKeyField(
        "tickets.Resident", related_name="joined_by", on_delete=fields.OnDelete.RESTRICT
    )
    before = fields.JSONField[dict[str, Any]](default=dict)  # contacts, tickets: their contact; of both sides
    at = fields.DatetimeField()
    undone_at = fields.DatetimeField(null=True)

    kept_id: int
    joined_id: int

    class Meta:
        table = "resident_link"
        indexes = (("kept_id",), ("joined_id",))
