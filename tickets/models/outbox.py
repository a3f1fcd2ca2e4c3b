"""Every message that is to leave: a row before it is a request, written with the change that causes it."""

from enum import IntEnum, StrEnum
from typing import Any

from tortoise import fields
from tortoise.models import Model

from tickets.models.people import Staff
from tickets.models.ticket import Ticket


class OutboxKind(StrEnum):
    MESSAGE = "message"
    EDIT = "edit"  # of the message that row `edits` became
    ANSWER_PRESS = "answer_press"
    MENU = "menu"  # the commands this chat is offered have changed
    TOPIC = "topic"  # title and state of `ticket`'s topic are to be as the ticket is when this leaves
    REACT = "react"  # put the sign `text` under the message `reply_to`
    WITHDRAW = "withdraw"  # take back the message that row `edits` became
    ASK_CONTACT = "ask_contact"  # a form for name and phone; where a network has none, the words alone


class OutboxState(StrEnum):
    QUEUED = "queued"
    SENDING = "sending"  # leased by a worker until `lease_until`
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"
    DROPPED = "dropped"  # overtaken by a newer edit, or too late to matter


class Priority(IntEnum):
    ANSWER = 0  # somebody is looking at the screen
    NOTICE = 1


class OutboxRow(Model):
    id = fields.BigIntField(primary_key=True)
    office = fields.CharField(max_length=64)
    channel = fields.CharField(max_length=64)
    chat = fields.CharField(max_length=128)
    kind = fields.CharEnumField(OutboxKind, max_length=16, default=OutboxKind.MESSAGE)
    text = fields.TextField(default="")
    buttons = fields.JSONField[list[list[list[str]]]](default=list)  # rows of [label, command]
    attachments = fields.JSONField[list[dict[str, Any]]](default=list)
    reply_to = fields.CharField(max_length=160, default="")
    press_id = fields.CharField(max_length=64, default="")
    edits: fields.ForeignKeyNullableRelation["OutboxRow"] = fields.ForeignKeyField(
        "tickets.OutboxRow", related_name="edited_by", null=True, on_delete=fields.OnDelete.CASCADE
    )
    ticket: fields.ForeignKeyNullableRelation[Ticket] = fields.ForeignKeyField(
        "tickets.Ticket", related_name="outbox", null=True, on_delete=fields.OnDelete.CASCADE
    )  # what an answer to this message is about
    card = fields.BooleanField(default=False)  # the live card of `ticket` in this chat
    board = fields.BooleanField(default=False, db_default=False)  # a list of cards, written when it leaves
    on_board: fields.ForeignKeyNullableRelation["OutboxRow"] = fields.ForeignKeyField(
        "tickets.OutboxRow", related_name="cards", null=True, on_delete=fields.OnDelete.SET_NULL
    )  # the list on which this card stands, instead of being a message of its own
    only_for = fields.CharField(max_length=128, default="", db_default="")  # the one member of a group who is to see it
    message_id = fields.BigIntField(
        null=True
    )  # the ticket's message whose words these are, to the resident or to staff
    author: fields.ForeignKeyNullableRelation[Staff] = fields.ForeignKeyField(
        "tickets.Staff", related_name="outbox", null=True, on_delete=fields.OnDelete.RESTRICT
    )  # who is told when it fails
    priority = fields.SmallIntField(default=Priority.NOTICE)

    state = fields.CharEnumField(OutboxState, max_length=10, default=OutboxState.QUEUED)
    due_at = fields.DatetimeField()
    lease_until = fields.DatetimeField(null=True)
    attempts = fields.SmallIntField(default=0)
    maybe_twice = fields.BooleanField(default=False)  # an answer was lost, so it may have been sent before
    provider_ids = fields.JSONField[list[str]](default=list)
    error = fields.CharField(max_length=40, default="")  # a key of the texts, under [send]
    detail = fields.TextField(default="")
    instead_of = fields.BigIntField(null=True, unique=True)  # the row that failed and that this one says elsewhere
    created_at = fields.DatetimeField()
    sent_at = fields.DatetimeField(null=True)

    edits_id: int | None
    on_board_id: int | None
    ticket_id: int | None
    author_id: int | None

    class Meta:
        table = "outbox"
        indexes = (("office", "channel", "chat", "id"), ("ticket_id", "card"), ("on_board_id",))
