"""What happens to a chat itself: the bot comes into a group, is put out, is blocked; a group moves to a new id."""

from datetime import datetime
from typing import TYPE_CHECKING

from bot import gone, places
from channels.contract import InboundKind
from tickets import outbox, resident_groups
from tickets.models import Contact, InboxRow, OutboxRow, OutboxState, ResidentGroup, StaffChat

if TYPE_CHECKING:
    from bot.wiring import Desk


async def changed(desk: "Desk", row: InboxRow, now: datetime) -> bool:
    """Note the change. Returns whether it concerned anything we know."""
    match row.kind:
        case InboundKind.LEFT:
            return await _left(desk, row, now)
        case InboundKind.MIGRATED:
            return await moved(row.office, row.channel, row.chat, row.text, now)
        case _:
            return await _joined(row)


async def _joined(row: InboxRow) -> bool:
    """Coming back into a linked group makes its cards flow again; a new group is linked by a lead, never by itself."""
    if row.group:
        known = await ResidentGroup.filter(**_chat(row)).update(active=True)
        return bool(await StaffChat.filter(**_chat(row)).update(active=True) or known)
    return bool(await Contact.filter(office=row.office, channel=row.channel, user=row.user).update(reachable=True))


async def _left(desk: "Desk", row: InboxRow, now: datetime) -> bool:
    if row.group:
        known = await ResidentGroup.filter(**_chat(row)).update(active=False)
        return await places.group_lost(desk, row.office, row.channel, row.chat, now) or bool(known)
    return await gone.left(desk, row, now)


async def moved(office: str, channel: str, old: str, new: str, now: datetime) -> bool:
    """A group got a new id: its link and what waits to be sent there follow it."""
    if not new:
        return False
    if await StaffChat.exists(office=office, channel=channel, chat=new):
        await StaffChat.filter(office=office, channel=channel, chat=old).delete()
    else:
        await StaffChat.filter(office=office, channel=channel, chat=old).update(chat=new)
    await resident_groups.moved(office, channel, old, new)
    await OutboxRow.filter(
        office=office, channel=channel, chat=old, state__in=[OutboxState.QUEUED, OutboxState.SENDING]
    ).update(chat=new, state=OutboxState.QUEUED, lease_until=None, due_at=now)
    # Cards that stand in the old group cannot be changed from the new one: the next change says them anew there.
    await OutboxRow.filter(office=office, channel=channel, chat=old, card=True).update(chat=new)
    outbox.touch(office, channel, new)
    return True


def _chat(row: InboxRow) -> dict[str, str]:
    return {"office": row.office, "channel": row.channel, "chat": row.chat}
