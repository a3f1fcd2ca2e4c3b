"""`/xinlienhe`: ask a resident for name and telephone, by a form where their network has one."""

from bot.context import Context
from bot.registry import Audience, command
from tickets import outbox, queries, rights
from tickets.models import OutboxKind, Priority


@command("xinlienhe", "xin liên hệ", "contact", audience=Audience.STAFF, ticket=True)
async def ask(ctx: Context) -> None:
    """/xinlienhe NUMBER: their network's form for name, phone and address; its answer comes to the ticket."""
    ticket = await queries.reload(ctx.about_ticket)
    rights.require_ticket(ctx.desk.policy, ctx.officer, "reply", ticket)
    channel = ctx.desk.channels.get(ticket.contact.channel)
    form = channel is not None and channel.capabilities.contact_form
    key = "resident.contact_form" if form else "resident.contact_typed"
    await outbox.put(
        office=ticket.office,
        channel=ticket.contact.channel,
        chat=ticket.contact.chat,
        now=ctx.now,
        kind=OutboxKind.ASK_CONTACT,
        text=ctx.desk.texts.say(ticket.resident.language, key, number=ticket.number, office=ctx.desk.policy.name),
        ticket=ticket,
        author=ctx.officer,
        priority=Priority.ANSWER,
    )
    await ctx.say("staff.contact_asked", ticket=ticket, number=ticket.number)
