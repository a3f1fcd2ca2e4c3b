"""Who hears what when tickets are merged, parted again, or split; in the caller's transaction."""

from datetime import datetime
from typing import TYPE_CHECKING

from bot import cards, live_cards, notices, times
from tickets import order, queries
from tickets.models import Staff, Status, Ticket

if TYPE_CHECKING:
    from bot.wiring import Desk

SURE = 0.6  # below this words name no procedure


async def merged(desk: "Desk", kept: Ticket, gone: Ticket, by: Staff, now: datetime) -> None:
    """The resident hears one number; the owner of what stays, if another merged it; cards show where it went."""
    kept, gone = await queries.reload(kept), await queries.reload(gone)
    await notices.to_resident(desk, kept, now, "merge.told", gone=gone.number)
    owner = kept.assignee
    if owner is not None and owner.id != by.id:
        text = desk.texts.say(owner.language, "merge.told_owner", number=gone.number, into=kept.number, name=by.name)
        show = [[(desk.texts.say(owner.language, "button.show"), f"/xem {kept.number}")]]
        await notices.to_staff(owner, now, text, ticket=kept, buttons=show)
    if owner is not None and gone.assignee_id != owner.id:  # whoever answers has everything that was said
        for message in await order.said(gone):
            await notices.show_words(desk, kept, owner, message, now)
    for ticket in (gone, kept):
        await live_cards.refresh(desk, ticket, now)


async def parted(desk: "Desk", kept: Ticket, gone: Ticket, now: datetime) -> None:
    """Two matters again: the resident hears both numbers; what came back without an owner is shown to its area."""
    kept, gone = await queries.reload(kept), await queries.reload(gone)
    await notices.to_resident(desk, gone, now, "merge.told_parted", kept=kept.number)
    for ticket in (gone, kept):
        await live_cards.refresh(desk, ticket, now)
    if gone.status is Status.OPEN:
        await live_cards.routed(desk, gone, now, anew=True)


async def split(desk: "Desk", ticket: Ticket, new: Ticket, now: datetime) -> None:
    """The resident hears that the other matter has a number of its own and when it is answered; its area gets it."""
    new = await queries.reload(new)
    language = new.resident.language
    await notices.to_resident(
        desk,
        new,
        now,
        "merge.told_split",
        area=cards.area_name(desk, new.area, language),
        old=ticket.number,
        due=times.moment(desk, language, new.first_reply_due or now, now),
    )
    await live_cards.refresh(desk, ticket, now)
    await live_cards.routed(desk, new, now)
