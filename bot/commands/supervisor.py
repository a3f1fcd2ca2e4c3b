"""What leads and supervisors can type: late work, assignment, people, failures."""

from bot import cards, times
from bot.areas import take_areas_and_rest
from bot.commands.common import area_names
from bot.commands.passing import hand_to
from bot.commands.staff import ticket_line
from bot.context import Context
from bot.registry import Audience, command
from tickets import inbox, outbox, people, queries, rights
from tickets.errors import NotAllowed
from tickets.folding import fold
from tickets.models import InboxRow, OutboxRow, Role, Staff, Ticket
from tickets.status import LIVE

FAILURES = 10
ALL_AREAS = ("tatca", "*")
ROLES = {
    "member": Role.MEMBER,
    "thanhvien": Role.MEMBER,
    "lead": Role.LEAD,
    "totruong": Role.LEAD,
    "supervisor": Role.SUPERVISOR,
    "lanhdao": Role.SUPERVISOR,
    "head": Role.HEAD,
    "chutich": Role.HEAD,
}


@command("quahan", "quá hạn", "late", audience=Audience.LEAD)
async def late(ctx: Context) -> None:
    """What has passed a promise and is not waiting for the resident."""
    rights.require_office(ctx.officer, "late")
    page = ctx.args.strip()
    offset = (int(page) - 1) * queries.PAGE if page.isascii() and page.isdigit() and int(page[:4]) > 0 else 0
    tickets, count = await queries.late(ctx.desk.policy, ctx.officer, ctx.now, offset)
    if not tickets:
        await ctx.say("staff.late_empty")
        return
    lines = [ctx.word("staff.late_head", count=count), *(_late_line(ctx, one) for one in tickets)]
    buttons = [
        [(ctx.word("button.assign_number", number=one.number), f"/phancong {one.number}")] for one in tickets[:5]
    ]
    if offset + len(tickets) < count:
        buttons.append([(ctx.word("button.more"), f"/quahan {offset // queries.PAGE + 2}")])
    await ctx.answer("\n".join(lines), buttons=buttons)


def _late_line(ctx: Context, ticket: Ticket) -> str:
    owner = ticket.assignee.name if ticket.assignee else ctx.word("card.nobody")
    return f"{ticket_line(ctx, ticket)} ({owner})"


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


@command("nhansu", "nhân sự", "people", audience=Audience.LEAD)
async def people_(ctx: Context) -> None:
    """Who is staff, on which areas, on duty or not, by which app, with how much in hand."""
    rights.require_office(ctx.officer, "people")
    staff = await Staff.filter(office=ctx.officer.office, active=True).order_by("name").prefetch_related("contacts")
    lines = [ctx.word("staff.people_head", count=len(staff))]
    for one in staff:
        in_hand = await Ticket.filter(assignee_id=one.id, status__in=list(LIVE)).count()
        channels = sorted({contact.channel for contact in one.contacts if contact.reachable and contact.chat})
        lines.append(
            ctx.word(
                "staff.person_on" if one.on_duty else "staff.person_off",
                name=one.name,
                role=ctx.word(f"role.{one.role}"),
                areas=area_names(ctx, one),
                channels=", ".join(channels) or ctx.word("staff.no_channel"),
                count=in_hand,
            )
        )
    await ctx.answer("\n".join(lines))


@command("moicanbo", "mời cán bộ", "invite", audience=Audience.LEAD, free_text=True)
async def invite(ctx: Context) -> None:
    """/moicanbo ROLE AREAS NAME: a one-time code. A lead invites members to areas of their own only."""
    rights.require_office(ctx.officer, "invite")
    if ctx.row.group:
        await ctx.say("staff.invite_in_private")
        return
    word, _, rest = ctx.args.partition(" ")
    role = ROLES.get(fold(word))
    if role is None or not rest.strip():
        await ctx.say("staff.invite_how")
        return
    if not rights.may_invite(ctx.officer, role):
        raise NotAllowed
    everything, _, name = rest.strip().partition(" ")
    areas: list[str] = []
    if fold(everything) not in ALL_AREAS:
        areas, name = take_areas_and_rest(ctx, rest)
    elif role is Role.MEMBER:
        await ctx.say("staff.invite_how")
        return
    for area in areas or [""]:
        rights.require_area(ctx.desk.policy, ctx.officer, area)
    code = await people.invite(
        office=ctx.officer.office,
        role=role,
        areas=areas,
        name=name.strip(),
        now=ctx.now,
        valid=ctx.desk.policy.code_valid,
        by=ctx.officer,
    )
    hours = int(ctx.desk.policy.code_valid.total_seconds() // 3600)
    await ctx.say("staff.invited", code=code, role=ctx.word(f"role.{role}"), hours=hours)


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
    await ctx.say("staff.retrying", reference=reference)
