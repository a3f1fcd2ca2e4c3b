"""What changes about people of the office: their role, their areas, and their leaving; each written down as an act.

Rights are asked at every command, so what is taken here is gone at once on every channel; what they were waiting to
answer, to be sent or to be let into goes with it.
"""

from collections.abc import Sequence
from datetime import datetime

from tickets import acts, approvals, duty, handing, rights, rows
from tickets.acts import ActKind
from tickets.errors import DomainError, NotAllowed
from tickets.handing import Handed
from tickets.models import (
    Absence,
    Contact,
    Dialog,
    Invitation,
    OutboxRow,
    OutboxState,
    Role,
    Staff,
    StaffChatMember,
    Ticket,
)
from tickets.policy import Policy
from tickets.status import LIVE


class NotYourself(DomainError):
    """Nobody changes their own role or areas, or leaves by their own hand: somebody must remain who knows."""

    text = "people.not_yourself"


class LastSupervisor(DomainError):
    """An office keeps at least one supervisor who can invite the next."""

    text = "people.last_supervisor"


class AreasNeeded(DomainError):
    """`name`: a member works on certain areas."""

    text = "people.areas_needed"


class HasLeft(DomainError):
    """`name`: somebody else was faster."""

    text = "people.has_left"


async def change_role(policy: Policy, staff: Staff, role: Role, by: Staff, now: datetime, why: str = "") -> Handed:
    """Give somebody another role. What is not theirs to see any more goes back into the queue."""
    if not rights.at_least(by, Role.SUPERVISOR):
        raise NotAllowed
    _not_yourself(staff, by)
    await duty.lock(policy.office)
    if role is Role.MEMBER and not staff.areas:
        raise AreasNeeded(name=staff.name)
    if role.rank < Role.SUPERVISOR.rank:
        await _not_the_last(staff)
    before = staff.role
    if before is role:
        return Handed()
    if not await rows.change(staff, "active AND role = $1", [str(before)], role=role):
        raise HasLeft(name=staff.name)
    await acts.note(policy.office, by, ActKind.ROLE, now, about=staff, reason=why, before=str(before), after=str(role))
    return await _out_of_reach(policy, staff, by, now)


async def change_areas(policy: Policy, staff: Staff, areas: Sequence[str], by: Staff, now: datetime) -> Handed:
    """Give somebody other areas (none: all, for those above a member). A lead gives and takes areas of their own only.

    What is not theirs to see any more goes back into the queue.
    """
    _not_yourself(staff, by)
    rights.require_over(policy, by, staff)
    if staff.role is Role.MEMBER and not areas:
        raise AreasNeeded(name=staff.name)
    for area in areas or [""]:
        rights.require_area(policy, by, area)
    await duty.lock(policy.office)
    before = list(staff.areas)
    if set(before) == set(areas):
        return Handed()
    if not await rows.change(staff, "active", areas=list(areas)):
        raise HasLeft(name=staff.name)
    await acts.note(policy.office, by, ActKind.AREAS, now, about=staff, before=before, after=list(areas))
    return await _out_of_reach(policy, staff, by, now)


async def leave(policy: Policy, staff: Staff, by: Staff, now: datetime, to: Staff | None = None) -> Handed:
    """Somebody leaves the team: rights, dialogs, invitations, requests, and whatever was about to be told to them.

    Everything in their hands goes to `to`, else back into the queue. Raises NotYourself, NotAllowed, LastSupervisor,
    HasLeft.
    """
    _not_yourself(staff, by)
    rights.require_over(policy, by, staff)
    await duty.lock(policy.office)
    await _not_the_last(staff)
    if not await rows.change(staff, "active", active=False, on_duty=False, duty_since=now):
        raise HasLeft(name=staff.name)
    contacts = await Contact.filter(staff_id=staff.id)
    for one in contacts:
        where = {"office": one.office, "channel": one.channel}
        await Dialog.filter(**where, user=one.user).delete()
        if one.chat:
            await OutboxRow.filter(**where, chat=one.chat, state=OutboxState.QUEUED).update(state=OutboxState.DROPPED)
    await StaffChatMember.filter(staff_id=staff.id).delete()
    for invitations in (Invitation.filter(staff_id=staff.id), Invitation.filter(created_by_id=staff.id)):
        await invitations.filter(used_at=None, expires_at__gt=now).update(expires_at=now)
    await approvals.withdraw(staff, now)
    await Absence.filter(staff_id=staff.id, ended_at=None).update(ended_at=now)
    await Absence.filter(substitute_id=staff.id, begun_at=None, ended_at=None).update(substitute_id=None)
    handed = await handing.everything(policy, staff, now, by=by, reason="left", to=to)
    await acts.note(policy.office, by, ActKind.LEFT, now, about=staff, count=handed.count)
    return handed


async def _out_of_reach(policy: Policy, staff: Staff, by: Staff, now: datetime) -> Handed:
    """Put back what they hold outside of the areas they have now."""
    held = await rows.find(
        Ticket, "assignee_id = $1 AND status = ANY($2) ORDER BY id FOR UPDATE", [staff.id, [str(one) for one in LIVE]]
    )
    handed = Handed()
    for ticket in held:
        if not rights.has_area(policy, staff, ticket.area):
            await handing.release(policy, ticket, staff, now, by=by, reason="areas")
            handed.released.append(ticket)
    return handed


def _not_yourself(staff: Staff, by: Staff) -> None:
    if staff.id == by.id:
        raise NotYourself


async def _not_the_last(staff: Staff) -> None:
    """Under the lock, so that two supervisors cannot each remove the other."""
    if staff.role.rank < Role.SUPERVISOR.rank:
        return
    above = [str(role) for role in Role if role.rank >= Role.SUPERVISOR.rank]
    others = Staff.filter(office=staff.office, active=True, role__in=above).exclude(id=staff.id)
    if not await others.exists():
        raise LastSupervisor
