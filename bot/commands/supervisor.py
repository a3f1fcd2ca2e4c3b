"""What leads and supervisors can type: late work, assignment, people, failures."""

from bot import cards, paging, times
from bot.commands.passing import hand_to
from bot.commands.staff import ticket_line
from bot.context import Context
from bot.registry import Audience, command
from tickets import acts, inbox, outbox, people, queries, rights
from tickets.acts import ActKind
from tickets.models import InboxRow, OutboxRow, Staff, Ticket

FAILURES = 10


@command("quahan", "quá hạn", "late", audience=Audience.LEAD)
async def late(ctx: Context) -> None:
    """What has passed a promise and is not waiting for the resident."""
    rights.require_office(ctx.officer, "late")
    page = paging.asked(ctx.args, number_is_page=True).page
    offset = (page - 1) * queries.PAGE
    tickets, count = await queries.late(ctx.desk.policy, ctx.officer, ctx.now, offset)
    if not tickets:
        await ctx.say("staff.late_empty")
        return
    head = paging.head(ctx, ctx.word("staff.late_head", count=count), page, queries.PAGE, count)
    lines = [head, *(_late_line(ctx, one) for one in tickets)]
    buttons = [
        [(ctx.word("button.assign_number", number=one.number), f"/phancong {one.number}")] for one in tickets[:5]
    ]
    turns = paging.turns(ctx, "/quahan", page, queries.PAGE, count)
    await paging.show(ctx, "\n".join(lines), [*buttons, turns] if turns else buttons)


def _late_line(ctx: Context, ticket: Ticket) -> str:
    line = ticket_line(ctx, ticket)
    return f"{line} ({ticket.assignee.name})" if ticket.assignee else line  # the line says that nobody has it


@command("phancong", "phân công", "assign", audience=Audience.LEAD, ticket=True, free_text=True)
async def assign(ctx: Context) -> None:
    """/phancong NUMBER NAME; without a name, those on duty in the area to choose from."""
    ticket = ctx.about_ticket
    rights.require_ticket(ctx.desk.policy, ctx.officer, "assign", ticket)
    if ctx.args:
        await hand_to(ctx, ticket, await people.find_staff(ctx.officer.office, ctx.args.strip()))
        return
    staff = await Staff.filter(office=ctx.officer.office, active=True, on_duty=True).order_by("name")
    serving = [one for one in staff if rights.has_area(ctx.desk.policy, one, ticket.area)]
    if not serving:
        await ctx.say("staff.nobody_on_duty", area=cards.area_name(ctx.desk, ticket.area, ctx.language))
        return
    buttons = [[(one.name, f"/phancong {ticket.number} @{one.id}")] for one in serving]
    await ctx.say("staff.assign_whom", ticket=ticket, number=ticket.number, buttons=buttons)


@command("loi", "lỗi", "failures", audience=Audience.SUPERVISOR, free_text=True)
async def failures(ctx: Context) -> None:
    """What could not be handled or delivered, by reference; /loi REFERENCE tries it again."""
    rights.require_office(ctx.officer, "failures")
    if ctx.args:
        await _try_again(ctx, ctx.args.strip().upper())
        return
    incoming = await inbox.failures(ctx.officer.office, FAILURES)
    outgoing = await outbox.failures(ctx.officer.office, FAILURES)
    if not incoming and not outgoing:
        await ctx.say("staff.no_failures")
        return
    lines = [ctx.word("staff.failures_head", incoming=len(incoming), outgoing=len(outgoing))]
    lines += [ctx.word("staff.failure_in", reference=row.reference, channel=row.channel) for row in incoming]
    lines += [_failed_line(ctx, row) for row in outgoing]
    buttons = [[(ctx.word("button.retry", reference=row.reference), f"/loi {row.reference}")] for row in incoming[:5]]
    await ctx.answer("\n".join(lines), buttons=buttons)


def _failed_line(ctx: Context, row: OutboxRow) -> str:
    """What could not be sent, when, about which ticket and why."""
    return ctx.word(
        "staff.failure_out" if row.ticket is not None else "staff.failure_out_other",
        channel=row.channel,
        number=row.ticket.number if row.ticket is not None else "",
        at=times.moment(ctx.desk, ctx.language, row.created_at, ctx.now),
        reason=ctx.word(f"send.{row.error or 'failed'}"),
    )


async def _try_again(ctx: Context, reference: str) -> None:
    row = await InboxRow.filter(office=ctx.officer.office, reference=reference).first()
    if row is None or not await inbox.retry(row):
        await ctx.say("staff.no_such_failure", reference=reference)
        return
    await acts.note(ctx.officer.office, ctx.officer, ActKind.RETRIED, ctx.now, reference=reference)
    await ctx.say("staff.retrying", reference=reference)
