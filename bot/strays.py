"""Lines of staff that are no orders where they stand: passed on, in the wrong group, to a settled ticket."""

from bot.context import Context
from bot.registry import Command
from channels.contract import group_of
from tickets.models import StaffChat, Status, Ticket

ANYWHERE = ("batdau", "trogiup", "huy", "ngonngu", "khongcoso")  # these show nothing of anybody


async def passed_on(ctx: Context, text: str) -> bool:
    """Answer a command that was only forwarded: whoever wrote it said it elsewhere, of something else."""
    if not ctx.row.forwarded or ctx.staff is None:
        return False
    parsed = ctx.desk.commands.find(text, staff=True)
    if parsed is None:
        return False
    await ctx.say("stray.forwarded", word=parsed.command.name)
    return True


async def misplaced(ctx: Context, command: Command) -> bool:
    """Answer a command said in a group where it has no business: a group nobody linked, or one of other areas.

    Others read along there. The matter itself is not shown, not even masked.
    """
    if not ctx.row.group or ctx.staff is None or command.name in ANYWHERE:
        return False
    row = ctx.row
    chat = await StaffChat.get_or_none(office=row.office, channel=row.channel, chat=group_of(row.chat), active=True)
    if chat is None:
        await ctx.say("stray.group_unknown")
        return True
    ticket, policy = ctx.ticket, ctx.desk.policy
    if ticket is None or not ticket.area or not chat.areas or ticket.area in chat.areas:
        return False
    if policy.desk(ticket.area) in chat.areas:
        return False
    area = policy.areas[ticket.area].name if ticket.area in policy.areas else ticket.area
    await ctx.say("stray.other_area", number=ticket.number, area=area)
    return True


async def settled(ctx: Context, ticket: Ticket) -> bool:
    """Answer words for the resident of a ticket that is settled: they were not sent, and what can be done."""
    if ticket.status not in (Status.RESOLVED, Status.CLOSED):
        return False
    if ticket.status is Status.CLOSED:
        await ctx.say("stray.closed", number=ticket.number)
        return True
    again = [[(ctx.word("button.reopen"), f"/molai {ticket.number}")]]
    await ctx.say("stray.resolved", number=ticket.number, buttons=again)
    return True
