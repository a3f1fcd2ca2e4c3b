"""Groups of residents, one per tổ dân phố, where questions to us become tickets."""

from tortoise import fields
from tortoise.models import Model

from tickets.models.people import Staff
from tickets.models.ticket import Ticket


class ResidentGroup(Model):
    """A group of residents. Linked by the office file (`linked_by` empty) or by a supervisor's one-time code."""

    id = fields.BigIntField(primary_key=True)
    office = fields.CharField(max_length=64)
    channel = fields.CharField(max_length=64)
    chat = fields.CharField(max_length=128)
    name = fields.CharField(max_length=200)  # of the tổ dân phố, as the office writes it
    place = fields.CharField(max_length=24, default="")  # the same as `tdp-5`; empty when the name tells no number
    word = fields.CharField(max_length=60, default="")  # a question may begin with it instead of mentioning us
    keep = fields.TimeDeltaField()  # how long what is not said to us stays stored
    active = fields.BooleanField(default=True)
    linked_by: fields.ForeignKeyNullableRelation[Staff] = fields.ForeignKeyField(
        "tickets.Staff", related_name="resident_groups", null=True, on_delete=fields.OnDelete.RESTRICT
    )
    linked_at = fields.DatetimeField()

    linked_by_id: int | None

    class Meta:
        table = "resident_group"
        unique_together = (("office", "channel", "chat"),)


class GroupCode(Model):
    """A one-time code that links the group it is written in. Only its digest is kept."""

    id = fields.BigIntField(primary_key=True)
    office = fields.CharField(max_length=64)
    digest = fields.CharField(max_length=64, unique=True)
    name = fields.CharField(max_length=200)
    created_by: fields.ForeignKeyRelation[Staff] = fields.ForeignKeyField(
        "tickets.Staff", related_name="group_codes", on_delete=fields.OnDelete.RESTRICT
    )
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    used_at = fields.DatetimeField(null=True)

    created_by_id: int

    class Meta:
        table = "group_code"


class TicketGroup(Model):
    """In which group a ticket was asked, so that it is answered there."""

    ticket: fields.OneToOneRelation[Ticket] = fields.OneToOneField(
        "tickets.Ticket", related_name="group", on_delete=fields.OnDelete.CASCADE, primary_key=True
    )
    group: fields.ForeignKeyRelation[ResidentGroup] = fields.ForeignKeyField(
        "tickets.ResidentGroup", related_name="tickets", on_delete=fields.OnDelete.RESTRICT
    )
    asked = fields.CharField(max_length=160, default="")  # the network's id of the question, which the answer answers
    private = fields.BooleanField(default=False)  # personal: answered to the resident alone
    told = fields.BooleanField(default=False)  # the group has read that it is answered in private
    waits = fields.BooleanField(default=False)  # an answer waits until the resident opens a private chat with us

    ticket_id: int
    group_id: int

    class Meta:
        table = "ticket_group"
        indexes = (("group_id",),)
