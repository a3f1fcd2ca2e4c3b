"""What was said about a ticket: by the resident, to the resident, and between staff."""

from enum import StrEnum
from typing import Any

from tortoise import fields
from tortoise.models import Model

from tickets.models.people import Staff
from tickets.models.ticket import Ticket


class Direction(StrEnum):
    IN = "in"  # from the resident
    OUT = "out"  # to the resident, written by staff
    NOTE = "note"  # between staff, never relayed (P10)


class Message(Model):
    id = fields.BigIntField(primary_key=True)
    ticket: fields.ForeignKeyRelation[Ticket] = fields.ForeignKeyField(
        "tickets.Ticket", related_name="messages", on_delete=fields.OnDelete.CASCADE
    )
    direction = fields.CharEnumField(Direction, max_length=8)
    author: fields.ForeignKeyNullableRelation[Staff] = fields.ForeignKeyField(
        "tickets.Staff", related_name="messages", null=True, on_delete=fields.OnDelete.RESTRICT
    )
    text = fields.TextField(default="")
    attachments = fields.JSONField[list[dict[str, Any]]](default=list)
    earlier_texts = fields.JSONField[list[str]](default=list)  # what it said before the resident edited it
    place = fields.FloatField(null=True)  # among the ids of the ticket's messages, if it came later than what followed
    inbox_id = fields.BigIntField(null=True, unique=True)  # the event it came from: one message an event
    at = fields.DatetimeField()

    ticket_id: int
    author_id: int | None

    class Meta:
        table = "message"
        indexes = (("ticket_id", "id"),)
