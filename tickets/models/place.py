"""Which tổ dân phố a ticket comes from, so that figures can be told by it after the resident's words are gone."""

from tortoise import fields
from tortoise.models import Model

from tickets.models.people import Staff
from tickets.models.ticket import Ticket


class TicketPlace(Model):
    """`place` is a kind and a number, as `tdp-5`; empty when the words read so far name none."""

    ticket: fields.OneToOneRelation[Ticket] = fields.OneToOneField(
        "tickets.Ticket", related_name="place", on_delete=fields.OnDelete.CASCADE, primary_key=True
    )
    place = fields.CharField(max_length=24, default="")
    staff: fields.ForeignKeyNullableRelation[Staff] = fields.ForeignKeyField(
        "tickets.Staff", related_name="places", null=True, on_delete=fields.OnDelete.RESTRICT
    )  # who said so; empty: read in the resident's words
    at = fields.DatetimeField()

    ticket_id: int
    staff_id: int | None

    class Meta:
        table = "ticket_place"
