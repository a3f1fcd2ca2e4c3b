"""Groups of residents as supervisors see them: which there are, linking one by a code, letting one go."""

from bot import notices
from bot.context import Context
from bot.registry import Audience, command
from tickets import acts, resident_groups, rights
from tickets.acts import ActKind
from tickets.models import ResidentGroup, TicketGroup

_HOUR = 3600
_DIGITS = 9


@command("nhomdan", "nhóm dân", "residentgroups", audience=Audience.SUPERVISOR, free_text=True)
async def groups(ctx: Context) -> None:
    """/nhomdan: the linked groups; /nhomdan NAME: a one-time code that links the group it is written in."""
    rights.require_office(ctx.officer, "resident_groups")
    if not ctx.args.strip():
        await _list(ctx)
        return
    if ctx.row.group:
        await ctx.say("group.code_in_private")
        return
    name = " ".join(ctx.args.split())
    valid = ctx.desk.policy.code_valid
    code = await resident_groups.make_code(ctx.officer, name, ctx.now, valid)
    await ctx.say("group.code", name=name, code=code, hours=int(valid.total_seconds() // _HOUR))


async def _list(ctx: Context) -> None:
    linked = await ResidentGroup.filter(office=ctx.officer.office, active=True).order_by("name", "id")
    if not linked:
        await ctx.say("group.none_linked")
        return
    lines = [
        ctx.word(
            "group.list_line",
            id=one.id,
            name=one.name,
            channel=one.channel,
            questions=await TicketGroup.filter(group=one).count(),
            days=one.keep.days,
        )
        for one in linked
    ]
    await ctx.answer("\n".join([ctx.word("group.list_head", count=len(linked)), *lines]))


@command("bonhomdan", "bỏ nhóm dân", "unlinkgroup", audience=Audience.SUPERVISOR, free_text=True)
async def let_go(ctx: Context) -> None:
    """/bonhomdan NUMBER: from now on the group is left alone."""
    rights.require_office(ctx.officer, "resident_groups")
    number = ctx.args.strip().lstrip("#")
    known = number.isascii() and number.isdigit() and len(number) <= _DIGITS
    group = await ResidentGroup.get_or_none(id=int(number), office=ctx.officer.office, active=True) if known else None
    if group is None:
        await ctx.say("group.unlink_which")
        return
    await ResidentGroup.filter(id=group.id).update(active=False)
    await acts.note(
        ctx.officer.office,
        ctx.officer,
        ActKind.RESIDENT_GROUP_LEFT,
        ctx.now,
        name=group.name,
        channel=group.channel,
    )
    lines = [ctx.word("group.unlinked", name=group.name)]
    if group.linked_by_id is None:
        lines.append(ctx.word("group.from_file", name=group.name))
    await ctx.answer("\n".join(lines))


@command("rieng", "riêng", "private", audience=Audience.STAFF, ticket=True)
async def in_private(ctx: Context) -> None:
    """From now on the answers of a question asked in a group go to the asker alone."""
    ticket = ctx.about_ticket
    rights.require_ticket(ctx.desk.policy, ctx.officer, "reply", ticket)
    if not await resident_groups.answer_privately(ticket) and not await TicketGroup.exists(ticket_id=ticket.id):
        await ctx.say("group.not_from_group", number=ticket.number)
        return
    await notices.refresh_cards(ctx.desk, ticket, ctx.now)
    await ctx.say("group.now_private", number=ticket.number)
