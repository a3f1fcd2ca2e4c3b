"""Keeping somebody from writing for a time, with a reason; it ends by itself."""

from datetime import datetime, timedelta

from tickets.errors import DomainError
from tickets.models import Block, Resident, Staff

LONGEST = timedelta(days=30)
USUAL = timedelta(days=3)


class NotBlocked(DomainError):
    """`number`."""

    text = "error.not_blocked"


async def block(resident: Resident, staff: Staff, until: datetime, reason: str, now: datetime) -> Block:
    """Hold back what `resident` writes, on every channel, until `until`. A block in force is replaced."""
    await Block.filter(resident=resident, lifted_at=None).update(lifted_at=now, lifted_by=staff)
    made = await Block.create(
        office=resident.office, resident=resident, staff=staff, reason=reason.strip(), at=now, until=until
    )
    await Resident.filter(id=resident.id).update(blocked_until=until)
    return made


async def lift(resident: Resident, staff: Staff, now: datetime, *, number: int) -> None:
    """End the block in force. Raises NotBlocked, naming the ticket `number`, when there is none."""
    if not await Block.filter(resident=resident, lifted_at=None).update(lifted_at=now, lifted_by=staff):
        raise NotBlocked(number=number)
    await Resident.filter(id=resident.id).update(blocked_until=None)


async def lift_expired(office: str, now: datetime) -> list[Block]:
    """End the blocks whose time has come, each once; they come with `resident` and `staff`."""
    lifted = []
    for one in await Block.filter(office=office, lifted_at=None, until__lte=now).prefetch_related("resident", "staff"):
        if await Block.filter(id=one.id, lifted_at=None).update(lifted_at=now):
            await Resident.filter(id=one.resident_id).update(blocked_until=None)
            lifted.append(one)
    return lifted


async def in_force(office: str) -> list[Block]:
    """The blocks of an office that have not ended, the one that ends first before the others."""
    return await Block.filter(office=office, lifted_at=None).order_by("until").prefetch_related("resident", "staff")
