"""Who may do what: the one place that decides, asked at every command and every button press (P9).

Rights come from enrolment alone. Being in a group, knowing a number or holding an old button grants nothing.
"""

from tickets.errors import NotAllowed, NotYourArea, NotYours
from tickets.models import Role, Staff, Ticket
from tickets.policy import Policy

# Least role for what concerns no single ticket.
OFFICE_RIGHTS: dict[str, Role] = {
    "queue": Role.MEMBER,
    "mine": Role.MEMBER,
    "late": Role.LEAD,
    "people": Role.LEAD,
    "roster": Role.LEAD,
    "absence": Role.LEAD,  # of somebody else
    "invite": Role.LEAD,
    "link_group": Role.LEAD,
    "failures": Role.SUPERVISOR,
    "calendar": Role.SUPERVISOR,
    "journal": Role.SUPERVISOR,
    "canned": Role.SUPERVISOR,
    "resident_groups": Role.SUPERVISOR,
    "block": Role.SUPERVISOR,
}

# What only the assignee may do, beside leads of the area and supervisors.
ASSIGNEE_RIGHTS = frozenset({"reply", "wait", "snooze", "resolve", "release", "acknowledge", "apologise", "merge"})
LEAD_RIGHTS = frozenset({"assign", "extend", "remind", "priority"})


def has_area(policy: Policy, staff: Staff, area: str) -> bool:
    """Whether `area` ('' while a ticket is not routed) is among the areas of `staff`."""
    if staff.role.rank >= Role.SUPERVISOR.rank:
        return True
    if not staff.areas:
        return staff.role is Role.LEAD
    return policy.desk(area) in staff.areas or area in staff.areas


def at_least(staff: Staff, role: Role) -> bool:
    return staff.active and staff.role.rank >= role.rank


def require_office(staff: Staff, action: str) -> None:
    """Raise NotAllowed unless the role of `staff` suffices for an action on the office as a whole."""
    if not at_least(staff, OFFICE_RIGHTS[action]):
        raise NotAllowed


def may_see(policy: Policy, staff: Staff, ticket: Ticket) -> bool:
    """A ticket is seen by its area, its assignee, and supervisors."""
    return staff.active and (ticket.assignee_id == staff.id or has_area(policy, staff, ticket.area))


def require_ticket(policy: Policy, staff: Staff, action: str, ticket: Ticket) -> None:
    """Raise unless `staff` may do `action` on `ticket`. The ticket's state is not looked at here."""
    if not staff.active or ticket.office != staff.office:
        raise NotAllowed
    if not may_see(policy, staff, ticket):
        area = policy.areas.get(ticket.area)
        raise NotYourArea(number=ticket.number, area=area.name if area else ticket.area)
    if action in LEAD_RIGHTS and not at_least(staff, Role.LEAD):
        raise NotAllowed
    if (
        action in ASSIGNEE_RIGHTS
        and ticket.assignee_id is not None
        and ticket.assignee_id != staff.id
        and not at_least(staff, Role.LEAD)
    ):
        raise NotYours(number=ticket.number)


def may_invite(inviter: Staff, role: Role) -> bool:
    """A lead brings in members; a supervisor brings in anybody."""
    return at_least(inviter, Role.SUPERVISOR) or (at_least(inviter, Role.LEAD) and role is Role.MEMBER)


def require_area(policy: Policy, staff: Staff, area: str) -> None:
    """Raise NotAllowed unless `area` is one of those `staff` looks after."""
    if not has_area(policy, staff, area):
        raise NotAllowed


def require_over(policy: Policy, by: Staff, staff: Staff) -> None:
    """Raise NotAllowed unless `by` may decide about `staff`: a supervisor about all, a lead about members of theirs."""
    if by.office == staff.office and at_least(by, Role.SUPERVISOR):
        return
    theirs = staff.role is Role.MEMBER and all(has_area(policy, by, area) for area in staff.areas)
    if by.office != staff.office or not at_least(by, Role.LEAD) or not theirs:
        raise NotAllowed
