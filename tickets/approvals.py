"""What needs a second supervisor: asked for by one, confirmed or refused once by another, gone when it expires."""

from datetime import datetime
from typing import Any

from tickets import acts, rights, rows
from tickets.acts import ActKind
from tickets.errors import DomainError, NotAllowed
from tickets.models import Approval, Role, Staff, Wanted
from tickets.policy import Policy


class NothingToDecide(DomainError):
    """`number`: no such request, decided already, expired, or the one who asked may not ask any more."""

    text = "people.nothing_to_decide"


class OwnRequest(DomainError):
    """`number`: the second must be somebody else."""

    text = "people.own_request"


def needed(policy: Policy, role: Role) -> bool:
    """Whether a second supervisor must agree before somebody has `role`."""
    return policy.two_supervisors and role.rank >= Role.SUPERVISOR.rank


async def ask(policy: Policy, wanted: Wanted, by: Staff, now: datetime, **data: Any) -> Approval:
    """Keep a request. Raises NotAllowed for who could not do it even with a second."""
    if not rights.at_least(by, Role.SUPERVISOR):
        raise NotAllowed
    made = await Approval.create(
        office=policy.office, wanted=wanted, data=data, asked_by=by, at=now, expires_at=now + policy.request_valid
    )
    await acts.note(policy.office, by, ActKind.ASKED, now, number=made.id, role=data["role"], name=data["name"])
    return made


async def decide(policy: Policy, number: int, by: Staff, now: datetime, *, granted: bool) -> tuple[Approval, Staff]:
    """Decide a request once. Returns it with the one who asked. Raises NotAllowed, OwnRequest, NothingToDecide."""
    if not rights.at_least(by, Role.SUPERVISOR):
        raise NotAllowed
    found = await Approval.get_or_none(id=number, office=policy.office)
    if found is None:
        raise NothingToDecide(number=number)
    asker = await Staff.get(id=found.asked_by_id)
    if asker.id == by.id and granted:
        raise OwnRequest(number=number)
    if not rights.at_least(asker, Role.SUPERVISOR):
        raise NothingToDecide(number=number)
    taken = await rows.change(
        found,
        "decided_at IS NULL AND expires_at > $1",
        [now],
        decided_at=now,
        decided_by_id=by.id,
        granted=granted,
    )
    if not taken:
        raise NothingToDecide(number=number)
    kind = ActKind.APPROVED if granted else ActKind.REFUSED
    await acts.note(
        policy.office, by, kind, now, about=asker, number=found.id, role=found.data["role"], name=found.data["name"]
    )
    return found, asker


async def withdraw(by: Staff, now: datetime) -> None:
    """Nothing that somebody who leaves has asked for can be confirmed any more."""
    await Approval.filter(asked_by_id=by.id, decided_at=None).update(decided_at=now, granted=False)
