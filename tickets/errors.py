"""What the domain refuses, each refusal naming the sentence (a key of `bot/texts`) that explains it to its reader."""

from typing import ClassVar


class DomainError(Exception):
    """Nothing was changed. `text` is the key of the sentence, `values` fill its placeholders."""

    text: ClassVar[str] = "error.refused"

    def __init__(self, **values: object) -> None:
        super().__init__(self.text)
        self.values = values


class TicketNotFound(DomainError):
    """No such number in this office, or not one this person may know of: the same answer for both."""

    text = "error.ticket_not_found"


class AlreadyClaimed(DomainError):
    """`number`, `winner`: somebody else was first."""

    text = "error.already_claimed"


class AlreadyYours(DomainError):
    """`number`."""

    text = "error.already_yours"


class NotYours(DomainError):
    """`number`, `owner`: only the assignee, a lead of the area or a supervisor may do this."""

    text = "error.not_yours"


class WrongState(DomainError):
    """`number`, `status`: this move is not in the table of `tickets/status.py`."""

    text = "error.wrong_state"


class NotAllowed(DomainError):
    """The role does not suffice."""

    text = "error.not_allowed"


class NotYourArea(DomainError):
    """`number`, `area`."""

    text = "error.not_your_area"


class NothingToSay(DomainError):
    """A reply or note without words or files."""

    text = "error.nothing_to_say"


class UnknownArea(DomainError):
    """`area`."""

    text = "error.unknown_area"


class StaffNotFound(DomainError):
    """`name`."""

    text = "error.staff_not_found"


class InvitationInvalid(DomainError):
    """Wrong, used or expired: the same answer for all three."""

    text = "error.invitation_invalid"


class AlreadyStaff(DomainError):
    """This contact is a member of staff already."""

    text = "error.already_staff"


class NothingToRate(DomainError):
    text = "error.nothing_to_rate"
