"""Everybody of an office and where each is reached, read once: whom a step of the ladder means, and who stands in."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from tickets import reaching, rights, rows
from tickets.models import Contact, Role, Staff, Ticket
from tickets.policy import Policy

Reached = list[tuple[Staff, Contact]]

_ABOVE = (Role.LEAD, Role.SUPERVISOR, Role.HEAD)
_RUNGS = {"lead": 0, "supervisor": 1, "head": 2}


@dataclass(frozen=True, slots=True)
class Roster:
    """The active staff of an office; `contacts` has those whom some app still brings messages, by their id."""

    staff: tuple[Staff, ...]
    contacts: dict[int, Contact]
    _meant: dict[tuple[str, int | None, str], Reached] = field(default_factory=dict, compare=False, repr=False)

    def reached(self, people: list[Staff]) -> Reached:
        """Those of `people` whom a message reaches."""
        return [(one, self.contacts[one.id]) for one in people if one.id in self.contacts]

    def serving(self, policy: Policy, area: str) -> Reached:
        """Those on duty whose work tickets of `area` are."""
        return self.reached([one for one in self.staff if one.on_duty and _serves(policy, one, area)])

    def superiors(self, policy: Policy, area: str, role: str) -> Reached:
        """The reachable people a step is meant for: `lead` of the area, `supervisor` or `head` of the office.

        Those on duty are meant; where none of them can be reached, those off duty; where none of them either, the next
        higher ones, then the next lower: no step falls on deaf ears while anybody above a member can be reached.
        """
        return next(self._circles(policy, area, role), [])

    def chain(self, policy: Policy, area: str, role: str) -> Reached:
        """Everybody above a member who can be reached, in the order in which they stand in for `role`."""
        return [one for circle in self._circles(policy, area, role) for one in circle]

    def meant(self, policy: Policy, ticket: Ticket, role: str) -> Reached:
        """Whom a step is meant for. `assignee` falls to the area's staff while nobody has claimed the ticket."""
        key = ticket.area, ticket.assignee_id, role
        if key not in self._meant:
            self._meant[key] = self._who(policy, ticket, role)
        return self._meant[key]

    def _who(self, policy: Policy, ticket: Ticket, role: str) -> Reached:
        if role == "assignee":
            theirs = self.reached([one for one in self.staff if one.id == ticket.assignee_id])
            found = theirs if ticket.assignee_id is not None else self.serving(policy, ticket.area)
            if found:
                return found
        return self.superiors(policy, ticket.area, "lead" if role == "assignee" else role)

    def _circles(self, policy: Policy, area: str, role: str) -> Iterator[Reached]:
        first = _RUNGS.get(role, _RUNGS["supervisor"])
        for above in (*_ABOVE[first:], *reversed(_ABOVE[:first])):
            circle = [one for one in self.staff if one.role is above and rights.has_area(policy, one, area)]
            for present in (True, False):
                found = self.reached([one for one in circle if one.on_duty is present])
                if found:
                    yield found


async def load(office: str, channels: Collection[str] = ()) -> Roster:
    """The roster of one office as it is now; `channels` are the names of those it has on, as in `reaching.of_staff`."""
    staff, contacts = await rows.together(
        (Staff, "office = $1 AND active ORDER BY id"),
        (Contact, reaching.STAFF_OF_OFFICE),
        values=[office, list(channels) or None],
    )
    return Roster(tuple(staff), {one.staff_id: one for one in contacts})


def _serves(policy: Policy, staff: Staff, area: str) -> bool:
    return staff.role.rank < Role.SUPERVISOR.rank and rights.has_area(policy, staff, area)
