"""The event log of a ticket: append-only, enough to recompute every clock and every figure."""

from enum import StrEnum
from typing import Any

from tortoise import fields
from tortoise.models import Model

from tickets.models.people import Staff
from tickets.models.ticket import Ticket


class EventKind(StrEnum):
    OPENED = "opened"
    ROUTED = "routed"
    CLAIMED = "claimed"
    RELEASED = "released"
    ASSIGNED = "assigned"
    TRANSFERRED = "transferred"
    RESIDENT_WROTE = "resident_wrote"
    REPLIED = "replied"
    NOTED = "noted"
    WAITING = "waiting"
    RESUMED = "resumed"
    SNOOZED = "snoozed"
    RESOLVED = "resolved"
    REOPENED = "reopened"
    CLOSED = "closed"
    RATED = "rated"
    ALERTED = "alerted"
    PRIORITY = "priority"  # data: urgent, grade (low, normal or high)
    EXTENDED = "extended"  # data: until, the moment nothing is late before
    ACKNOWLEDGED = "acknowledged"  # data: until, the moment its alerts rest
    REMINDED = "reminded"
    APOLOGY_DRAFTED = "apology_drafted"  # data: text, until; what an officer wrote, not a resident
    HANDED_OVER = "handed_over"  # data: to; state and clocks stay as they are
    MOVED_TOLD = "moved_told"  # data: was, due; the resident heard that the promised time has moved
    APOLOGISED = "apologised"  # data: until, draft: the event approved
    CHASED = "chased"  # the resident was reminded that we wait for them; data: count
    PROCEDURE = "procedure"  # data: procedure, the code the matter has from now on
    TAGGED = "tagged"  # data: tags, all of them from now on
    MERGED = "merged"  # data: into; it rests until it is unmerged
    UNMERGED = "unmerged"  # data: into, status, assignee; as it was before
    ABSORBED = "absorbed"  # of the one merged into; data: other, owed: whether its resident waits for an answer
    PARTED = "parted"  # of the one merged into; data: other
    SPLIT = (
        "split"  # data: new, the other ticket, messages: what went there, owed: whether some left waits for an answer
    )


class Event(Model):
    """One thing that happened. Holds no words of residents, so that it may be kept when those are erased."""

    id = fields.BigIntField(primary_key=True)
    ticket: fields.ForeignKeyRelation[Ticket] = fields.ForeignKeyField(
        "tickets.Ticket", related_name="events", on_delete=fields.OnDelete.RESTRICT
    )
    kind = fields.CharEnumField(EventKind, max_length=20)
    staff: fields.ForeignKeyNullableRelation[Staff] = fields.ForeignKeyField(
        "tickets.Staff", related_name="events", null=True, on_delete=fields.OnDelete.RESTRICT
    )  # who did it; empty: the resident (opened, resident_wrote, rated) or the program
    reason = fields.TextField(default="")
    data = fields.JSONField[dict[str, Any]](default=dict)
    at = fields.DatetimeField()

    ticket_id: int
    staff_id: int | None

    class Meta:
        table = "event"
        indexes = (("ticket_id", "id"), ("at",))
