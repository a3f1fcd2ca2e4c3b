"""`/bangiao`: the shift hand-over: what somebody holds, as a list, and all of it to a colleague in one go."""

from bot import cards, late, notices, times
from bot.context import Context
from bot.registry import Audience, command
from tickets import lifecycle, people, rights
from tickets.errors import DomainError
from tickets.models import Staff, Ticket
from tickets.status import LIVE

LISTED = 20
WORDS = 60


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
        await _tell(ctx, to, given, note.strip())
    await ctx.say(
        "handover.done" if not kept else "handover.done_in_part",
        count=len(given),
        name=to.name,
        kept=", ".join(f"#{one.number}" for one in kept),
        buttons=[[(ctx.word("button.off_duty"), "/truc off")]],
    )


async def _offer(ctx: Context, mine: list[Ticket]) -> None:
    lines = [ctx.word("handover.head", count=len(mine)), *_lines(ctx, ctx.officer, mine)]
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


async def _tell(ctx: Context, to: Staff, given: list[Ticket], note: str) -> None:
    """One list for the one who takes over, not a message a ticket."""
    say = ctx.desk.texts.say
    head = say(to.language, "handover.yours", name=ctx.officer.name, count=len(given))
    lines = [head, *([say(to.language, "handover.note", note=note)] if note else []), *_lines(ctx, to, given)]
    mine = [[(say(to.language, "button.mine_list"), "/cuatoi")]]
    await notices.to_staff(to, ctx.now, "\n".join(lines), buttons=mine)


def _lines(ctx: Context, reader: Staff, tickets: list[Ticket]) -> list[str]:
    say, language = ctx.desk.texts.say, reader.language
    lines = []
    for ticket in tickets[:LISTED]:
        broken = late.broken_at(ticket, ctx.now)
        due = broken or late.next_due(ticket) or ctx.now
        lines.append(
            say(
                language,
                "handover.line_late" if broken else "handover.line",
                number=ticket.number,
                area=cards.area_name(ctx.desk, ticket.area, language),
                turn=say(language, f"alert.turn_{late.turn(ticket)}"),
                due=times.moment(ctx.desk, language, due, ctx.now),
                words=cards.excerpt(ticket.subject, WORDS),
            )
        )
    if len(tickets) > LISTED:
        lines.append(say(language, "digest.more", count=len(tickets) - LISTED))
    return lines
