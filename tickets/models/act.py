"""The log of administrative acts: append-only, who changed what about the office itself, not about one ticket."""

from typing import Any

from tortoise import fields
from tortoise.models import Model

from tickets.models.people import Staff


class Act(Model):
    """One act. `kind` is a name of `tickets.acts.ActKind`; `data` fills the sentence that tells it."""

    id = fields.BigIntField(primary_key=True)
    office = fields.CharField(max_length=64)
    kind = fields.CharField(max_length=40)  # text, not an enumeration: a new kind of act needs no migration
    staff: fields.ForeignKeyNullableRelation[Staff] = fields.ForeignKeyField(
        "tickets.Staff", related_name="acts", null=True, on_delete=fields.OnDelete.RESTRICT
    )  # who did it; empty: the administrator at the command line, or the program
    about: fields.ForeignKeyNullableRelation[Staff] = fields.ForeignKeyField(
        "tickets.Staff", related_name="acts_about", null=True, on_delete=fields.OnDelete.RESTRICT
    )  # the colleague it concerns, when it concerns one
    reason = fields.TextField(default="")
    data = fields.JSONField[dict[str, Any]](default=dict)
    at = fields.DatetimeField()

    staff_id: int | None
    about_id: int | None

    class Meta:
        table = "act"
        indexes = (("office", "id"),)
