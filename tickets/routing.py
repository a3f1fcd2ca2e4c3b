"""Area → who is told: the groups and people who hear of a ticket, and who hears when nobody of the area is at work."""

from collections.abc import Collection
from dataclasses import dataclass

from tickets import rights, roster, rows
from tickets.models import Contact, Role, Staff, StaffChat, StaffChatMember
from tickets.policy import Policy


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom a notice about an area goes to. A person reached by one of the groups is not listed again."""

    groups: tuple[StaffChat, ...] = ()
    people: tuple[tuple[Staff, Contact], ...] = ()

    @property
    def empty(self) -> bool:
        return not self.groups and not self.people


async def audience(
    policy: Policy, area: str, *, without: Collection[int] = (), unreached: Collection[tuple[str, str]] = ()
) -> Audience:
    """Who is told about a ticket of `area`: those on duty who serve it, else its leads, else supervisors.

    Its groups get the card in any case, and those who were seen in one are not told a second time. A group alone does
    not count as somebody on duty: what nobody at work will read is told to the next circle too. The groups `without`
    (their rows' ids) are passed over, as are groups and people whose chats, each with its account, are `unreached`.
    """
    everybody = await roster.load(policy.office)
    groups = [
        (group, members)
        for group, members in await _groups(policy, area)
        if group.id not in without and (group.channel, group.chat) not in unreached
    ]
    for circle in _circles(policy, area, list(everybody.staff)):
        reached = everybody.reached(circle)
        people = [(one, contact) for one, contact in reached if (contact.channel, contact.chat) not in unreached]
        told = {one.id for one in circle}
        meeting = any(members & told for _, members in groups)
        if people or meeting:
            covered = set().union(*(members for _, members in groups))
            return Audience(
                groups=tuple(group for group, _ in groups),
                people=tuple((one, contact) for one, contact in people if one.id not in covered),
            )
    return Audience(groups=tuple(group for group, _ in groups))


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


def is_for(policy: Policy, group: StaffChat, area: str) -> bool:
    """Whether tickets of `area` are shown in `group`."""
    return not group.areas or policy.desk(area) in group.areas or area in group.areas


async def _groups(policy: Policy, area: str) -> list[tuple[StaffChat, set[int]]]:
    """Linked groups of the area, each with the ids of staff who have been seen in it."""
    groups = await rows.find(StaffChat, "office = $1 AND active ORDER BY id", [policy.office])
    wanted = [group for group in groups if is_for(policy, group, area)]
    if not wanted:
        return []
    members = await rows.find(StaffChatMember, "staff_chat_id = ANY($1)", [[group.id for group in wanted]])
    return [(group, {one.staff_id for one in members if one.staff_chat_id == group.id}) for group in wanted]


async def superiors(policy: Policy, area: str, role: str) -> list[tuple[Staff, Contact]]:
    """The reachable people a ladder step is meant for, as `Roster.superiors` chooses them now."""
    return (await roster.load(policy.office)).superiors(policy, area, role)
