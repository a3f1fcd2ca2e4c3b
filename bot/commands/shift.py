"""`/bangiao`: the shift hand-over: what somebody holds, as a list, and all of it to a colleague in one go."""

from bot import handing, notices
from bot.context import Context
from bot.registry import Audience, command
from tickets import lifecycle, people, rights
from tickets.errors import DomainError
from tickets.models import Staff, Ticket
from tickets.status import LIVE


@command("bangiao", "bàn giao", "handover", audience=Audience.STAFF, free_text=True)
async def hand_over(ctx: Context) -> None:
    """/bangiao lists what I hold and who could take it; /bangiao NAME [, note] gives it to them."""
    mine = await Ticket.filter(assignee_id=ctx.officer.id, status__in=list(LIVE)).order_by("resolve_due", "id")
    if not mine:
        await ctx.say("handover.nothing")
        return
    name, _, note = ctx.args.partition(",")
    if not name.strip():
        await _offer(ctx, mine)
        return
    to = await people.find_staff(ctx.officer.office, name.strip())
    if to.id == ctx.officer.id:
        await ctx.say("handover.to_yourself")
        return
    given, kept = await _give(ctx, mine, to, note.strip())
    if given:
        await handing.to_taker(ctx.desk, to, ctx.officer, given, ctx.now, note.strip())
    await ctx.say(
        "handover.done" if not kept else "handover.done_in_part",
        count=len(given),
        name=to.name,
        kept=", ".join(f"#{one.number}" for one in kept),
        buttons=[[(ctx.word("button.off_duty"), "/truc off")]],
    )


async def _offer(ctx: Context, mine: list[Ticket]) -> None:
    lines = [ctx.word("handover.head", count=len(mine)), *handing.lines(ctx.desk, ctx.officer, mine, ctx.now)]
    staff = await Staff.filter(office=ctx.officer.office, active=True, on_duty=True).order_by("name")
    takers = [
        one
        for one in staff
        if one.id != ctx.officer.id and any(rights.has_area(ctx.desk.policy, one, ticket.area) for ticket in mine)
    ]
    buttons = [[(ctx.word("handover.to", name=one.name), f"/bangiao @{one.id}")] for one in takers[:8]]
    await ctx.answer("\n".join(lines), buttons=buttons)


async def _give(ctx: Context, mine: list[Ticket], to: Staff, note: str) -> tuple[list[Ticket], list[Ticket]]:
    """Those handed over, and those that are none of their areas."""
    given, kept = [], []
    for ticket in mine:
        if not rights.has_area(ctx.desk.policy, to, ticket.area):
            kept.append(ticket)
            continue
        paused = ticket.status
        try:
            await lifecycle.hand_over(ctx.desk.policy, ticket, ctx.officer, to, ctx.now, note)
        except DomainError:  # it moved on meanwhile
            kept.append(ticket)
            continue
        given.append(ticket)
        if paused is not ticket.status:
            await ticket.refresh_from_db()
        await notices.refresh_cards(ctx.desk, ticket, ctx.now)
    return given, kept
