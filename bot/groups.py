"""What happens to a chat itself: the bot comes into a group, is put out, is blocked; a group moves to a new id."""

from datetime import datetime

from channels.contract import InboundKind
from tickets.models import Contact, InboxRow, OutboxRow, OutboxState, StaffChat


async def changed(row: InboxRow, now: datetime) -> bool:
    """Note the change. Returns whether it concerned anything we know."""
    match row.kind:
        case InboundKind.LEFT:
            return await _left(row)
        case InboundKind.MIGRATED:
            return await moved(row.office, row.channel, row.chat, row.text, now)
        case _:
            return await _joined(row)


async def _joined(row: InboxRow) -> bool:
    """Coming back into a linked group makes its cards flow again; a new group is linked by a lead, never by itself."""
    if row.group:
        return bool(await StaffChat.filter(**_chat(row)).update(active=True))
    return bool(await Contact.filter(office=row.office, channel=row.channel, user=row.user).update(reachable=True))


async def _left(row: InboxRow) -> bool:
    if row.group:
        return bool(await StaffChat.filter(**_chat(row)).update(active=False))
    return bool(await Contact.filter(office=row.office, channel=row.channel, user=row.user).update(reachable=False))


async def moved(office: str, channel: str, old: str, new: str, now: datetime) -> bool:
    """A group got a new id: its link and what waits to be sent there follow it."""
    if not new:
        return False
    if await StaffChat.exists(office=office, channel=channel, chat=new):
        await StaffChat.filter(office=office, channel=channel, chat=old).delete()
    else:
        await StaffChat.filter(office=office, channel=channel, chat=old).update(chat=new)
    await OutboxRow.filter(
        office=office, channel=channel, chat=old, state__in=[OutboxState.QUEUED, OutboxState.SENDING]
    ).update(chat=new, state=OutboxState.QUEUED, lease_until=None, due_at=now)
    return True


def _chat(row: InboxRow) -> dict[str, str]:
    return {"office": row.office, "channel": row.channel, "chat": row.chat}
