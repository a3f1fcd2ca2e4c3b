"""Area → who is told: the groups and people who hear of a ticket, and who hears when nobody of the area is at work."""

from dataclasses import dataclass

from tickets import rights, roster
from tickets.models import Contact, Role, Staff, StaffChat, StaffChatMember
from tickets.people import reach
from tickets.policy import Policy


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom a notice about an area goes to. A person reached by one of the groups is not listed again."""

    groups: tuple[StaffChat, ...] = ()
    people: tuple[tuple[Staff, Contact], ...] = ()

    @property
    def empty(self) -> bool:
        return not self.groups and not self.people


async def audience(policy: Policy, area: str) -> Audience:
    """Who is told about a ticket of `area`: those on duty who serve it, else its leads, else supervisors.

    A group alone does not count as somebody on duty: a card that nobody at work will read is not told to anyone.
    """
    staff = await Staff.filter(office=policy.office, active=True).order_by("id")
    for circle in _circles(policy, area, staff):
        reached = [(one, contact) for one in circle if (contact := await reach(one)) is not None]
        groups = await _groups_reaching(policy, area, circle)
        if reached or groups:
            covered = await _covered(groups, circle)
            return Audience(
                groups=tuple(groups),
                people=tuple((one, contact) for one, contact in reached if one.id not in covered),
            )
    return Audience()


def serves(policy: Policy, staff: Staff, area: str) -> bool:
    """Whether tickets of `area` are the work of `staff`: supervisors see everything but are not told of each ticket."""
    return staff.role.rank < Role.SUPERVISOR.rank and rights.has_area(policy, staff, area)


def _circles(policy: Policy, area: str, staff: list[Staff]) -> list[list[Staff]]:
    serving = [one for one in staff if serves(policy, one, area)]
    return [
        [one for one in serving if one.on_duty],
        [one for one in serving if one.role is Role.LEAD],
        [one for one in staff if one.role.rank >= Role.SUPERVISOR.rank],
    ]


async def _groups_reaching(policy: Policy, area: str, circle: list[Staff]) -> list[StaffChat]:
    """Linked groups of the area in which at least one of `circle` has been seen."""
    if not circle:
        return []
    groups = await StaffChat.filter(office=policy.office, active=True).order_by("id")
    wanted = [group for group in groups if not group.areas or policy.desk(area) in group.areas or area in group.areas]
    members = await StaffChatMember.filter(
        staff_chat_id__in=[group.id for group in wanted], staff_id__in=[one.id for one in circle]
    )
    inhabited = {member.staff_chat_id for member in members}
    return [group for group in wanted if group.id in inhabited]


async def _covered(groups: list[StaffChat], circle: list[Staff]) -> set[int]:
    members = await StaffChatMember.filter(
        staff_chat_id__in=[group.id for group in groups], staff_id__in=[one.id for one in circle]
    )
    return {member.staff_id for member in members}


async def superiors(policy: Policy, area: str, role: str) -> list[tuple[Staff, Contact]]:
    """The reachable people a ladder step is meant for, as `Roster.superiors` chooses them now."""
    return (await roster.load(policy.office)).superiors(policy, area, role)
