"""Which step of the ladder has been announced to whom: each once per ticket, step and person (P12)."""

from tortoise import fields
from tortoise.models import Model

from tickets.models.outbox import OutboxRow
from tickets.models.people import Staff
from tickets.models.ticket import Ticket


class Alert(Model):
    id = fields.BigIntField(primary_key=True)
    ticket: fields.ForeignKeyRelation[Ticket] = fields.ForeignKeyField(
        "tickets.Ticket", related_name="alerts", on_delete=fields.OnDelete.CASCADE
    )
    promise = fields.CharField(max_length=16)  # first_reply | next_reply | resolve
    step = fields.CharField(max_length=16)  # warn, late-0, late-1, …
    due = fields.DatetimeField()  # a promise made anew (after a reopening) is another promise
    staff: fields.ForeignKeyNullableRelation[Staff] = fields.ForeignKeyField(
        "tickets.Staff", related_name="alerts", null=True, on_delete=fields.OnDelete.CASCADE
    )  # empty: nobody could be reached; the step counts as announced and `doctor` says so
    at = fields.DatetimeField()
    digest = fields.BooleanField(default=False, db_default=False)  # told in one message with many others
    outbox: fields.ForeignKeyNullableRelation[OutboxRow] = fields.ForeignKeyField(
        "tickets.OutboxRow", related_name="alerts", null=True, on_delete=fields.OnDelete.SET_NULL
    )  # the message that told it; when it cannot be delivered somebody else is told
    replaced = fields.BooleanField(default=False, db_default=False)

    outbox_id: int | None
    ticket_id: int
    staff_id: int | None

    class Meta:
        table = "alert"
        unique_together = (("ticket", "promise", "step", "due", "staff"),)
