"""Every event a network told us, stored before it is acknowledged and before anything is thought about it."""

from enum import StrEnum
from typing import Any

from tortoise import fields
from tortoise.models import Model


class InboxState(StrEnum):
    NEW = "new"
    HANDLED = "handled"
    IGNORED = "ignored"  # not for us: another group, an unknown kind, a machine
    HELD = "held"  # kept back: the sender floods us or is blocked; handled in bulk when that is over
    FAILED = "failed"  # set aside after three tries (P8)


class InboxRow(Model):
    """A normalised event with the provider's own payload beside it. (office, channel, chat) is its conversation."""

    id = fields.BigIntField(primary_key=True)
    office = fields.CharField(max_length=64)
    channel = fields.CharField(max_length=64)
    event_id = fields.CharField(max_length=160)
    kind = fields.CharField(max_length=16)  # of the channel contract's InboundKind, or "receipt"
    chat = fields.CharField(max_length=128, default="")
    user = fields.CharField(max_length=128, default="")
    name = fields.CharField(max_length=200, default="")
    group = fields.BooleanField(default=False)
    addressed = fields.BooleanField(default=False, db_default=False)  # in a group: it mentions us, or answers us
    forwarded = fields.BooleanField(default=False, db_default=False)  # somebody else's words, passed on
    machine = fields.BooleanField(default=False)  # a sender that must never be answered
    text = fields.TextField(default="")
    attachments = fields.JSONField[list[dict[str, Any]]](default=list)
    message_id = fields.CharField(max_length=160, default="")
    reply_to = fields.CharField(max_length=160, default="")
    album = fields.CharField(max_length=64, default="")
    press_id = fields.CharField(max_length=64, default="")
    sent_at = fields.DatetimeField(null=True)  # by the provider's clock
    received_at = fields.DatetimeField()
    payload = fields.JSONField[dict[str, Any]](default=dict)  # as the provider sent it, for the day a parser is wrong

    state = fields.CharEnumField(InboxState, max_length=8, default=InboxState.NEW)
    attempts = fields.SmallIntField(default=0)
    reference = fields.CharField(max_length=16, default="")  # of the last failure, the same as in the log
    handled_at = fields.DatetimeField(null=True)

    class Meta:
        table = "inbox"
        unique_together = (("office", "channel", "event_id"),)
        indexes = (("office", "channel", "chat", "message_id"),)  # an edit names the message it changes
