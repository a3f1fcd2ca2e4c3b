"""Which ticket a message of a resident belongs to."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tickets.models import Contact, Status, Ticket
from tickets.policy import Policy
from tickets.queries import last_ended, last_spoken_of, standing
from tickets.status import LIVE


class Fate(StrEnum):
    ATTACH = "attach"
    REOPEN = "reopen"
    OPEN = "open"
    COURTESY = "courtesy"  # a greeting or thanks: answered, and nothing is opened, reopened or restarted


@dataclass(frozen=True, slots=True)
class Belonging:
    fate: Fate
    ticket: Ticket | None = None  # to attach to, to reopen, or the earlier one a new ticket names


async def belonging(
    policy: Policy,
    contact: Contact,
    answered: Ticket | None,
    now: datetime,
    *,
    courtesy: bool,
    new_matter: bool,
    area: str,
) -> Belonging:
    """Where the message goes.

    `answered` is the ticket of the message the resident replied to, if any; `courtesy` says the words are only a
    greeting or thanks; `new_matter` that the resident asked for a new one; `area` is the area the words surely speak
    of, or ''. An answer to a named ticket wins over everything; then the live ticket spoken of last; then a resolved
    one within the office's time for reopening, unless the words surely speak of something else.
    """
    answered = await standing(answered) if answered is not None else None
    if answered is not None and answered.resident_id == contact.resident_id and not new_matter:
        if answered.status in LIVE:
            return Belonging(Fate.ATTACH, answered)
        if courtesy:
            return Belonging(Fate.COURTESY, answered)
        if may_reopen(policy, answered, now):
            return Belonging(Fate.REOPEN, answered)
    ended = None if contact.just_met else await (last_ended if new_matter else last_spoken_of)(contact)
    if ended is not None and ended.status in LIVE:
        return Belonging(Fate.ATTACH, ended)
    if courtesy:
        return Belonging(Fate.COURTESY, ended)
    same_matter = ended is not None and area in ("", ended.area)
    if ended is not None and same_matter and not new_matter and may_reopen(policy, ended, now):
        return Belonging(Fate.REOPEN, ended)
    return Belonging(Fate.OPEN, ended if same_matter and not new_matter else None)


def may_reopen(policy: Policy, ticket: Ticket, now: datetime) -> bool:
    """Whether a resolved ticket is still within the office's time for reopening."""
    return (
        ticket.status is Status.RESOLVED
        and ticket.resolved_at is not None
        and now - ticket.resolved_at <= policy.reopen_within
    )
