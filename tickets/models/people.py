"""Who writes to us and who answers: residents, staff, and the addresses by which each is known."""

from enum import StrEnum

from tortoise import fields
from tortoise.models import Model


class Role(StrEnum):
    """What a member of staff may do; each role may do all that the one before may."""

    MEMBER = "member"
    LEAD = "lead"
    SUPERVISOR = "supervisor"
    HEAD = "head"  # of the office: hears what the others left late

    @property
    def rank(self) -> int:
        return list(Role).index(self)


class Resident(Model):
    """A person who asks, whatever apps they use."""

    id = fields.BigIntField(primary_key=True)
    office = fields.CharField(max_length=64)
    name = fields.CharField(max_length=200, default="")  # as they call themselves; a nickname, never proof
    language = fields.CharField(max_length=8, default="vi")
    preferred_channel = fields.CharField(max_length=64, default="", db_default="")  # empty: where they wrote last
    elsewhere = fields.BooleanField(default=False, db_default=False)  # agreed to be written to on another channel
    blocked_until = fields.DatetimeField(null=True)  # of the block in force; see `Block`
    created_at = fields.DatetimeField()

    class Meta:
        table = "resident"


class Staff(Model):
    """A member of the support team. Rights come from here only (P9)."""

    id = fields.BigIntField(primary_key=True)
    office = fields.CharField(max_length=64)
    name = fields.CharField(max_length=200)
    role = fields.CharEnumField(Role, max_length=16)
    areas = fields.JSONField[list[str]]()  # area ids; empty for lead and supervisor means all
    on_duty = fields.BooleanField(default=True)
    duty_since = fields.DatetimeField(null=True)  # when `on_duty` last changed
    active = fields.BooleanField(default=True)
    language = fields.CharField(max_length=8, default="vi")
    preferred_channel = fields.CharField(max_length=64, default="", db_default="")  # empty: the one used last
    created_at = fields.DatetimeField()

    contacts: fields.ReverseRelation["Contact"]

    class Meta:
        table = "staff"
        indexes = (("office", "active"),)


class Contact(Model):
    """One sender on one channel account: how a person is recognised and where they are answered."""

    id = fields.BigIntField(primary_key=True)
    office = fields.CharField(max_length=64)
    channel = fields.CharField(max_length=64)
    user = fields.CharField(max_length=128)
    chat = fields.CharField(max_length=128, default="")  # the private chat; empty while seen in groups only
    name = fields.CharField(max_length=200, default="")
    resident: fields.ForeignKeyNullableRelation[Resident] = fields.ForeignKeyField(
        "tickets.Resident", related_name="contacts", null=True, on_delete=fields.OnDelete.RESTRICT
    )
    staff: fields.ForeignKeyNullableRelation[Staff] = fields.ForeignKeyField(
        "tickets.Staff", related_name="contacts", null=True, on_delete=fields.OnDelete.RESTRICT
    )
    reachable = fields.BooleanField(default=True)  # False after the network said they no longer want messages
    welcomed = fields.BooleanField(default=False)  # has been told who we are and what happens with their words
    last_seen_at = fields.DatetimeField()
    pressure = fields.FloatField(default=0, db_default=0)  # messages of late, less what has ebbed since `pressure_at`
    pressure_at = fields.DatetimeField(null=True)
    held_since = fields.DatetimeField(null=True)  # what they write is kept, and shown to staff when it is calm again
    window_from = fields.DatetimeField(null=True)  # the last word from which a network counts how long we may write

    resident_id: int | None
    staff_id: int | None
    just_met: bool = False  # made by the event that is being handled: nothing refers to it yet

    class Meta:
        table = "contact"
        unique_together = (("office", "channel", "user"),)
        indexes = (("office", "channel", "chat"),)


class Invitation(Model):
    """A one-time code that makes its bearer a member of staff. Only a digest of the code is kept."""

    id = fields.BigIntField(primary_key=True)
    office = fields.CharField(max_length=64)
    digest = fields.CharField(max_length=64, unique=True)
    role = fields.CharEnumField(Role, max_length=16)
    areas = fields.JSONField[list[str]]()
    name = fields.CharField(max_length=200, default="")
    staff: fields.ForeignKeyNullableRelation[Staff] = fields.ForeignKeyField(
        "tickets.Staff", related_name="invitations", null=True, on_delete=fields.OnDelete.RESTRICT
    )  # set when it adds a channel to somebody who is staff already
    created_by: fields.ForeignKeyNullableRelation[Staff] = fields.ForeignKeyField(
        "tickets.Staff", related_name="invited", null=True, on_delete=fields.OnDelete.RESTRICT
    )  # empty: the administrator at the command line
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    used_at = fields.DatetimeField(null=True)

    staff_id: int | None

    class Meta:
        table = "invitation"


class StaffChat(Model):
    """A group where the cards of some areas are shown."""

    id = fields.BigIntField(primary_key=True)
    office = fields.CharField(max_length=64)
    channel = fields.CharField(max_length=64)
    chat = fields.CharField(max_length=128)
    areas = fields.JSONField[list[str]]()  # empty: all areas
    active = fields.BooleanField(default=True)
    topics = fields.BooleanField(default=False, db_default=False)  # each ticket has a topic of its own here

    class Meta:
        table = "staff_chat"
        unique_together = (("office", "channel", "chat"),)


class StaffChatMember(Model):
    """Somebody of staff was seen in that group, so a card there reaches them."""

    id = fields.BigIntField(primary_key=True)
    staff_chat: fields.ForeignKeyRelation[StaffChat] = fields.ForeignKeyField(
        "tickets.StaffChat", related_name="members", on_delete=fields.OnDelete.CASCADE
    )
    staff: fields.ForeignKeyRelation[Staff] = fields.ForeignKeyField(
        "tickets.Staff", related_name="groups", on_delete=fields.OnDelete.CASCADE
    )

    staff_chat_id: int
    staff_id: int

    class Meta:
        table = "staff_chat_member"
        unique_together = (("staff_chat", "staff"),)
