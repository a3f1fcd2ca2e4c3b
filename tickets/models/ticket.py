"""The ticket (phiếu): one matter of one resident, from the first word to the last."""

from enum import StrEnum
from typing import TYPE_CHECKING

from tortoise import fields
from tortoise.models import Model

from tickets.models.people import Contact, Resident, Staff

if TYPE_CHECKING:
    from tickets.models.resident_group import TicketGroup


class Status(StrEnum):
    """Where a ticket stands; the moves between them are the table in `tickets/status.py`."""

    NEW = "new"  # not yet routed: the resident is being asked which area it is
    OPEN = "open"  # routed, nobody has claimed it
    CLAIMED = "claimed"
    WAITING = "waiting"  # for the resident
    SNOOZED = "snoozed"  # put aside by staff until a time
    RESOLVED = "resolved"
    CLOSED = "closed"


class Urgency(StrEnum):
    """How soon a matter is looked after: each has its own promises. Only URGENT is told outside working hours."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"

    @property
    def rank(self) -> int:
        """-1 for LOW to 2 for URGENT."""
        return list(Urgency).index(self) - 1


class TicketCounter(Model):
    """The last ticket number an office has given out."""

    office = fields.CharField(max_length=64, primary_key=True)
    last_number = fields.IntField(default=0)

    class Meta:
        table = "ticket_counter"


class Ticket(Model):
    """State as it is now; how it came to be is told by its events."""

    id = fields.BigIntField(primary_key=True)
    office = fields.CharField(max_length=64)
    number = fields.IntField()
    resident: fields.ForeignKeyRelation[Resident] = fields.ForeignKeyField(
        "tickets.Resident", related_name="tickets", on_delete=fields.OnDelete.RESTRICT
    )
    contact: fields.ForeignKeyRelation[Contact] = fields.ForeignKeyField(
        "tickets.Contact", related_name="tickets", on_delete=fields.OnDelete.RESTRICT
    )  # where the resident wrote last, and so is answered
    status = fields.CharEnumField(Status, max_length=16, default=Status.NEW)
    area = fields.CharField(max_length=64, default="")  # empty while new
    procedure_code = fields.CharField(max_length=32, default="")
    catalogue = fields.CharField(max_length=32, default="", db_default="")  # the version it was opened under
    assignee: fields.ForeignKeyNullableRelation[Staff] = fields.ForeignKeyField(
        "tickets.Staff", related_name="tickets", null=True, on_delete=fields.OnDelete.RESTRICT
    )
    urgent = fields.BooleanField(default=False)
    grade = fields.SmallIntField(default=0, db_default=0)  # among what is not urgent: -1 low, 0 normal, 1 high
    subject = fields.TextField(default="")  # the first words of the resident
    folded = fields.TextField(default="")  # the same without diacritics, for searching
    previous: fields.ForeignKeyNullableRelation["Ticket"] = fields.ForeignKeyField(
        "tickets.Ticket", related_name="later", null=True, on_delete=fields.OnDelete.RESTRICT
    )
    merged_into: fields.ForeignKeyNullableRelation["Ticket"] = fields.ForeignKeyField(
        "tickets.Ticket", related_name="merged", null=True, on_delete=fields.OnDelete.RESTRICT
    )  # the same matter; what is said belongs there from then on

    opened_at = fields.DatetimeField()
    ask_until = fields.DatetimeField(null=True)  # when reception takes it if the resident has not chosen an area
    routed_at = fields.DatetimeField(null=True)
    claimed_at = fields.DatetimeField(null=True)
    first_replied_at = fields.DatetimeField(null=True)
    last_resident_at = fields.DatetimeField(null=True)
    told_due = fields.DatetimeField(null=True)  # by when the resident was last told that somebody answers
    last_staff_at = fields.DatetimeField(null=True)
    paused_at = fields.DatetimeField(null=True)  # since when waiting or snoozed: the clock stands still
    snoozed_until = fields.DatetimeField(null=True)
    chase_at = fields.DatetimeField(null=True)  # while waiting: when the resident is reminded, or it is given up
    resolved_at = fields.DatetimeField(null=True)
    closed_at = fields.DatetimeField(null=True)

    first_reply_warn = fields.DatetimeField(null=True)
    first_reply_due = fields.DatetimeField(null=True)
    next_reply_warn = fields.DatetimeField(null=True)  # while the resident has written on after an answer
    next_reply_due = fields.DatetimeField(null=True)
    resolve_warn = fields.DatetimeField(null=True)
    resolve_due = fields.DatetimeField(null=True)
    quiet_until = fields.DatetimeField(null=True)  # somebody has seen that it is late: the ladder rests

    rating = fields.IntField(null=True)
    rating_comment = fields.TextField(default="")

    resident_id: int
    contact_id: int
    assignee_id: int | None
    previous_id: int | None
    merged_into_id: int | None
    earlier_number: int | None = None  # of the ticket this one goes on from; read by `queries.reload`
    asked_in: "TicketGroup | None" = None  # the group of residents it was asked in; read by `queries.reload`

    @property
    def urgency(self) -> Urgency:
        """The one of four that `urgent` and `grade` come to."""
        return Urgency.URGENT if self.urgent else list(Urgency)[self.grade + 1]

    class Meta:
        table = "ticket"
        unique_together = (("office", "number"),)
        indexes = (("office", "status", "area"), ("resident_id", "status"), ("assignee_id", "status"))
