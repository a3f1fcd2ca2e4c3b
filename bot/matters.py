"""Which of a resident's matters their words belong to: plain from the words or the moment, else asked, never guessed.

While the question is open the words wait with it. If it is not answered they go to the matter spoken of last.
"""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot import cards, dialogs, notices, placing
from bot.context import Buttons, Context
from tickets import queries
from tickets.conversation import Belonging, Fate
from tickets.folding import fold
from tickets.matching import Match
from tickets.models import Contact, Dialog, InboxRow, Status, Ticket
from tickets.status import LIVE

if TYPE_CHECKING:
    from bot.wiring import Desk

WHICH = "which_matter"  # data: rows, the ids of the events that wait; ticket, where they go unanswered
CHOSEN = "chosen_matter"  # data: ticket, for the next words
DECIDE_WITHIN = timedelta(minutes=10)
ONE_THOUGHT = timedelta(minutes=2)  # what is written so soon after the last words goes with them
CONTINUES = timedelta(minutes=10)  # as does this, where nothing else speaks for another matter
ANSWERS = timedelta(minutes=30)  # so long words are taken for an answer to what an officer just wrote
OFFERED = 4
NEW = "moi"  # behind /phieu: none of them
_SUBJECT = 40  # characters of a matter on a button
_NUMBERED = re.compile(r"(?:#|\bphieu\s*(?:so\s*)?#?)(\d{1,9})\b")


async def settled(ctx: Context, where: Belonging, text: str, match: Match) -> Belonging | None:
    """Where words go that `where` would attach to a live ticket; None when the resident has been asked."""
    live = await queries.live_of_contact(ctx.contact)
    named = {int(number) for number in _NUMBERED.findall(fold(text))}
    meant = [one for one in live if one.number in named]
    if len(meant) == 1:
        return Belonging(Fate.ATTACH, meant[0])
    if match.urgent or any(one.status is Status.NEW for one in live):  # one question at a time
        return where
    found = _unmistakable(ctx, live, match)
    if found is not None:
        return Belonging(Fate.ATTACH, found)
    await dialogs.put(ctx, WHICH, patience=DECIDE_WITHIN, rows=[ctx.row.id], ticket=live[0].id)
    await ctx.say("resident.which_matter", buttons=choices(ctx, live))
    return None


def _unmistakable(ctx: Context, live: Sequence[Ticket], match: Match) -> Ticket | None:
    """The ticket that words without a number belong to beyond doubt. `live`: the one spoken of last first."""
    now, sure = ctx.now, (match.area or "") if match.decision == "route" else ""
    last = max(one.last_resident_at or one.opened_at for one in live)
    if now - last <= ONE_THOUGHT:
        return live[0]
    answered = [one for one in live if one.last_staff_at is not None and last <= one.last_staff_at >= now - ANSWERS]
    if len(live) == 1:
        only = live[0]
        waits = only.status is Status.WAITING or bool(answered) or only.area == ctx.desk.policy.reception
        return only if waits or sure in ("", only.area) else None
    same = [one for one in live if one.area == sure]
    if len(same) == 1:
        return same[0]
    if sure and not same:
        return None
    pool = same or list(live)
    for some in ([one for one in pool if one.status is Status.WAITING], [one for one in pool if one in answered]):
        if len(some) == 1:
            return some[0]
    return pool[0] if not answered and now - last <= CONTINUES else None


def choices(ctx: Context, live: Sequence[Ticket]) -> Buttons:
    """The live matters to choose from, and a new one."""
    lines = [[(label(one), f"/phieu {one.number}")] for one in live[:OFFERED]]
    return [*lines, [(ctx.word("button.new_matter"), f"/phieu {NEW}")]]


def label(ticket: Ticket) -> str:
    return f"#{ticket.number} {cards.excerpt(ticket.subject, _SUBJECT)}"


async def more(ctx: Context, question: Dialog) -> None:
    """Further words while the question is open: they wait with the first."""
    rows = [*question.data["rows"], ctx.row.id]
    await Dialog.filter(id=question.id).update(data=question.data | {"rows": rows})


async def waiting(ctx: Context) -> list[InboxRow]:
    """The words that waited for the choice just made; the question is answered by this."""
    data = await dialogs.take(ctx, WHICH)
    return await InboxRow.filter(id__in=data["rows"]).order_by("id") if data is not None else []


async def put_into(ctx: Context, ticket: Ticket, kept: Sequence[InboxRow]) -> None:
    """The choice was made: the words go there, and its officer hears of them."""
    message = await placing.keep(ctx.desk, ticket, ctx.contact, kept, ctx.now)
    await notices.resident_wrote(ctx.desk, ticket, message, ctx.now)
    await ctx.say("resident.added", number=ticket.number)


@dialogs.when_dropped(WHICH)
async def undecided(desk: "Desk", question: Dialog, now: datetime) -> None:
    """Nobody chose: the words go to the matter spoken of last, or to whatever has become of it."""
    contact = await Contact.get(office=question.office, channel=question.channel, user=question.user)
    await contact.fetch_related("resident")
    kept = await InboxRow.filter(id__in=question.data["rows"]).order_by("id")
    ticket = await Ticket.get(id=question.data["ticket"])
    if ticket.status not in LIVE:
        ticket, fresh = await placing.ticket_for(desk, contact, [row.text for row in kept], now)
    else:
        fresh = False
    message = await placing.keep(desk, ticket, contact, kept, now)
    if fresh:
        await placing.route_to_reception(desk, ticket, now)
        return
    await notices.resident_wrote(desk, ticket, message, now)
    if contact.reachable:
        await notices.to_resident(desk, await queries.reload(ticket), now, "resident.added")
