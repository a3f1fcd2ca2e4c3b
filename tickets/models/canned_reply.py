"""Canned replies (mẫu trả lời): every wording a row that stays, so that who changed what stays readable."""

from tortoise import fields
from tortoise.models import Model

from tickets.models.people import Staff


class CannedReply(Model):
    """One wording of one canned reply, by whom and when; the newest of a key in an area is the one in use."""

    id = fields.BigIntField(primary_key=True)
    office = fields.CharField(max_length=64)
    area = fields.CharField(max_length=64, default="")  # empty: for the whole office
    key = fields.CharField(max_length=64)  # the name without diacritics, by which it is found
    name = fields.CharField(max_length=64)
    text = fields.TextField(default="")
    removed = fields.BooleanField(default=False)  # with this row it was taken out of use
    staff: fields.ForeignKeyNullableRelation[Staff] = fields.ForeignKeyField(
        "tickets.Staff", related_name="canned_replies", null=True, on_delete=fields.OnDelete.RESTRICT
    )
    at = fields.DatetimeField()

    staff_id: int | None

    class Meta:
        table = "canned_reply"
        indexes = (("office", "area", "key", "id"),)
