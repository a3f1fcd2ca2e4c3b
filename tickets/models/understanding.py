"""What the helpdesk answered by itself, what staff taught it, and which facts of the catalogue they confirmed."""

from enum import StrEnum

from tortoise import fields
from tortoise.models import Model

from tickets.models.people import Contact, Staff
from tickets.models.ticket import Ticket


class Outcome(StrEnum):
    """How a procedure shown at once was taken; everything but `person` and `wrote_on` was one ticket less."""

    SHOWN = "shown"  # nothing more was heard
    ENOUGH = "enough"
    PERSON = "person"
    WROTE_ON = "wrote_on"


class ProcedureAnswer(Model):
    """A procedure's card shown instead of opening a ticket. The resident's words stay in the inbox row alone."""

    id = fields.BigIntField(primary_key=True)
    office = fields.CharField(max_length=64)
    contact: fields.ForeignKeyRelation[Contact] = fields.ForeignKeyField(
        "tickets.Contact", related_name="answers", on_delete=fields.OnDelete.CASCADE
    )
    inbox_id = fields.BigIntField()
    code = fields.CharField(max_length=32)
    area = fields.CharField(max_length=64)
    catalogue = fields.CharField(max_length=32)  # the version answered from
    outcome = fields.CharEnumField(Outcome, max_length=16, default=Outcome.SHOWN)
    ticket: fields.ForeignKeyNullableRelation[Ticket] = fields.ForeignKeyField(
        "tickets.Ticket", related_name="answers", null=True, on_delete=fields.OnDelete.SET_NULL
    )
    shown_at = fields.DatetimeField()
    ended_at = fields.DatetimeField(null=True)

    contact_id: int
    ticket_id: int | None

    class Meta:
        table = "procedure_answer"
        indexes = (("office", "shown_at"),)


class TaughtBy(StrEnum):
    TRANSFER = "transfer"
    PROCEDURE = "procedure"


class TaughtExample(Model):
    """What a ticket was really about, said by staff: the first words, numbers masked, with their right label."""

    id = fields.BigIntField(primary_key=True)
    office = fields.CharField(max_length=64)
    ticket: fields.OneToOneRelation[Ticket] = fields.OneToOneField(
        "tickets.Ticket", related_name="taught", on_delete=fields.OnDelete.CASCADE
    )
    text = fields.TextField()
    area = fields.CharField(max_length=64)
    code = fields.CharField(max_length=32, default="")
    by = fields.CharEnumField(TaughtBy, max_length=16)
    staff: fields.ForeignKeyNullableRelation[Staff] = fields.ForeignKeyField(
        "tickets.Staff", related_name="taught", null=True, on_delete=fields.OnDelete.SET_NULL
    )
    at = fields.DatetimeField()

    ticket_id: int
    staff_id: int | None

    class Meta:
        table = "taught_example"
        indexes = (("office", "at"),)


class ConfirmedFact(Model):
    """A field of a procedure, recalled in the catalogue, that a person of the office has checked."""

    id = fields.BigIntField(primary_key=True)
    office = fields.CharField(max_length=64)
    code = fields.CharField(max_length=32)
    field = fields.CharField(max_length=32)
    value = fields.TextField()  # as it stood; another value in a later catalogue is not confirmed by it
    staff: fields.ForeignKeyNullableRelation[Staff] = fields.ForeignKeyField(
        "tickets.Staff", related_name="confirmed", null=True, on_delete=fields.OnDelete.SET_NULL
    )
    at = fields.DatetimeField()

    staff_id: int | None

    class Meta:
        table = "confirmed_fact"
        unique_together = (("office", "code", "field"),)


class LearntModel(Model):
    """What was learnt from an office's own corrections: its model, which goes before the shipped one there."""

    id = fields.BigIntField(primary_key=True)
    office = fields.CharField(max_length=64, unique=True)
    stored = fields.BinaryField()
    base = fields.CharField(max_length=64)  # the shipped model it was learnt beside; beside another it is not used
    examples = fields.IntField()
    before = fields.FloatField()
    after = fields.FloatField()
    at = fields.DatetimeField()

    class Meta:
        table = "learnt_model"
