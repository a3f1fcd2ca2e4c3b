"""Where a ticket is worked on: its topic in a group of staff, and the ticket somebody has in mind in a chat."""

from tortoise import fields
from tortoise.models import Model

from tickets.models.people import Contact
from tickets.models.ticket import Ticket


class TicketTopic(Model):
    """The topic of a ticket in one group. Title and state are what the network was last told."""

    id = fields.BigIntField(primary_key=True)
    office = fields.CharField(max_length=64)
    channel = fields.CharField(max_length=64)
    group = fields.CharField(max_length=128)
    ticket: fields.ForeignKeyRelation[Ticket] = fields.ForeignKeyField(
        "tickets.Ticket", related_name="topics", on_delete=fields.OnDelete.CASCADE
    )
    chat = fields.CharField(max_length=128, default="")  # the topic as a chat; empty while there is none
    title = fields.CharField(max_length=128, default="")
    shut = fields.BooleanField(default=False)
    made = fields.SmallIntField(default=0)  # how often: one that is deleted again and again is given up

    ticket_id: int

    class Meta:
        table = "ticket_topic"
        unique_together = (("ticket", "channel", "group"),)
        indexes = (("office", "channel", "chat"),)


class CurrentTicket(Model):
    """The ticket a member of staff last named or opened in their private chat: what words without a number go to."""

    contact: fields.OneToOneRelation[Contact] = fields.OneToOneField(
        "tickets.Contact", related_name="current", on_delete=fields.OnDelete.CASCADE, primary_key=True
    )
    ticket: fields.ForeignKeyRelation[Ticket] = fields.ForeignKeyField(
        "tickets.Ticket", related_name="current_of", on_delete=fields.OnDelete.CASCADE
    )
    at = fields.DatetimeField()

    contact_id: int
    ticket_id: int

    class Meta:
        table = "current_ticket"
