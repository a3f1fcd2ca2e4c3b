"""What was changed about the office itself, by whom and why: written with the change, never altered, read by `/nhatky`.

What happens to a single ticket stands in its own log of events; an act stands here when it concerns people, rules or
words of the office, or joins and parts tickets.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from tickets import rows
from tickets.models import Act, Staff


class ActKind(StrEnum):
    """Each is told by the text `acts.<kind>`, whose placeholders `data` of the act fills (besides `who`, `about`)."""

    INVITED = "invited"  # data: role, areas, name
    JOINED = "joined"  # data: role, areas, channel
    CHANNEL_ADDED = "channel_added"  # data: channel
    ROLE = "role"  # data: before, after
    AREAS = "areas"  # data: before, after
    LEFT = "left"  # data: count, the tickets handed over
    ASKED = "asked"  # data: number, role, name; a second supervisor is needed
    APPROVED = "approved"  # data: number, role, name
    REFUSED = "refused"  # data: number, role, name
    ROSTER = "roster"  # data: what
    DUTY = "duty"  # data: what
    ABSENCE = "absence"  # data: what
    TRANSFERRED = "transferred"  # data: number, before, after
    MERGED = "merged"  # data: number, into
    UNMERGED = "unmerged"  # data: number, into
    SPLIT = "split"  # data: number, new
    CALENDAR = "calendar"  # data: what
    TEMPLATE = "template"  # data: name, area
    TEMPLATE_REMOVED = "template_removed"  # data: name, area
    BLOCKED = "blocked"  # data: whom, until
    UNBLOCKED = "unblocked"  # data: whom
    LINKED = "linked"  # data: whom, channel
    UNLINKED = "unlinked"  # data: whom, channel
    GROUP = "group"  # data: areas
    RESIDENT_GROUP = "resident_group"  # data: name, channel
    RESIDENT_GROUP_LEFT = "resident_group_left"  # data: name, channel
    FACT = "fact"  # data: code, field, value; of a procedure, said to be right
    REPORT = "report"  # data: what
    RETRIED = "retried"  # data: reference; of a message that could not be handled
    OTHER = "other"  # data: what


async def note(
    office: str,
    who: Staff | None,
    kind: ActKind,
    now: datetime,
    *,
    about: Staff | None = None,
    reason: str = "",
    **data: str | float | list[str],
) -> Act:
    """Write down an act in the caller's transaction.

    `who` is empty for the administrator and the program. `data` must hold no words of residents, and of their names
    only what is masked.
    """
    return await rows.insert(
        Act,
        office=office,
        kind=str(kind),
        staff_id=who.id if who else None,
        about_id=about.id if about else None,
        reason=reason.strip(),
        data=data,
        at=now,
    )


async def log(
    office: str, limit: int, offset: int = 0, *, kinds: Sequence[ActKind] = (), staff: Staff | None = None
) -> tuple[list[Act], int]:
    """The latest acts, newest first, and how many there are; of some kinds, or of one colleague, when asked."""
    found = Act.filter(office=office)
    if kinds:
        found = found.filter(kind__in=[str(kind) for kind in kinds])
    if staff is not None:
        found = found.filter(staff_id=staff.id)
    page = await found.order_by("-id").offset(offset).limit(limit).prefetch_related("staff", "about")
    return page, await found.count()
