"""Tags (thẻ): short words staff put on tickets to find them again."""

from tortoise import fields
from tortoise.models import Model

from tickets.models.ticket import Ticket


class TicketTag(Model):
    """One tag of one ticket; who put it there, and when, is told by the ticket's events."""

    id = fields.BigIntField(primary_key=True)
    ticket: fields.ForeignKeyRelation[Ticket] = fields.ForeignKeyField(
        "tickets.Ticket", related_name="tags", on_delete=fields.OnDelete.CASCADE
    )
    key = fields.CharField(max_length=40)  # without diacritics
    name = fields.CharField(max_length=40)

    ticket_id: int

    class Meta:
        table = "ticket_tag"
        unique_together = (("ticket", "key"),)
        indexes = (("key",),)
