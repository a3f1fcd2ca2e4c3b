"""What people do beside talking: follow the office, open the chat, ask a provider that their data be forgotten."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot import notices, resident_talk
from bot.context import Context
from channels.contract import InboundKind
from tickets import people, routing
from tickets.models import InboxRow

if TYPE_CHECKING:
    from bot.wiring import Desk

KINDS = (InboundKind.FOLLOWED, InboundKind.OPENED, InboundKind.WITHDRAWN)


def spoke_at(row: InboxRow, now: datetime) -> datetime:
    """When the person acted, by our business clock: what comes late was done so much earlier.

    The provider's time is compared with real time, since the business clock may be moved.
    """
    if row.sent_at is None:
        return now
    return now - max(datetime.now(UTC) - row.sent_at, now - now)


async def came(desk: "Desk", row: InboxRow, now: datetime) -> bool:
    """Note what somebody did. A new follower is greeted once; a wish to be forgotten goes to supervisors."""
    if row.group:
        return False
    contact = await people.recognise(
        office=row.office,
        channel=row.channel,
        user=row.user,
        chat=row.chat,
        name=row.name,
        now=now,
        window_from=spoke_at(row, now) if row.kind != InboundKind.WITHDRAWN else None,
    )
    if contact.staff is not None:
        return True
    if row.kind == InboundKind.FOLLOWED and not contact.welcomed:
        await resident_talk.welcome(Context(desk=desk, row=row, contact=contact, now=now))
    if row.kind == InboundKind.WITHDRAWN:
        for staff, where in await routing.superiors(desk.policy, "", "supervisor"):
            text = desk.texts.say(staff.language, "staff.withdrawn", channel=row.channel, name=contact.name or "…")
            await notices.to_staff(staff, now, text, contact=where)
    return True
