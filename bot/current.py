"""Which ticket staff have in mind in a private chat when they name none, and the question when it is not plain.

It is the one they last named, opened or answered there. Once the words of another resident have come in after that,
an answer without a number could be meant for either: then they are asked.
"""

from bot import cards
from bot.context import Buttons, Context
from bot.registry import Command
from tickets import queries, rows
from tickets.models import CurrentTicket, OutboxRow, Ticket
from tickets.status import LIVE

_CHOICES = 4  # tickets offered
_ANSWERS = ("tl", "ghichu")  # commands whose words are lost when nobody asks where they go


async def remember(ctx: Context, ticket: Ticket) -> None:
    """From now on words without a number, said in this private chat, are about `ticket`."""
    if ctx.row.group or ctx.staff is None:
        return
    await CurrentTicket.update_or_create(defaults={"ticket_id": ticket.id, "at": ctx.now}, contact_id=ctx.contact.id)


async def meant(ctx: Context) -> Ticket | None:
    """The ticket in mind; None when there is none, when it is settled, or when another could be meant as well."""
    if ctx.row.group:
        return None
    known = await rows.first(CurrentTicket, "contact_id = $1", [ctx.contact.id])
    if known is None:
        return None
    ticket = await queries.reload(await Ticket.get(id=known.ticket_id))
    if ticket.status not in LIVE or ticket.assignee_id != ctx.officer.id:
        return None
    other = await rows.first(
        OutboxRow,
        "office = $1 AND channel = $2 AND chat = $3 AND created_at > $4 AND message_id IS NOT NULL"
        " AND ticket_id <> $5 AND author_id IS NULL ORDER BY id DESC",
        [ctx.row.office, ctx.row.channel, ctx.row.chat, known.at, ticket.id],
    )
    return ticket if other is None else None


async def asked(ctx: Context, command: Command) -> bool:
    """Ask which of their tickets the words are for. False when the command has no words to lose, or they have none."""
    if command.name not in _ANSWERS or ctx.row.group or not (ctx.args or ctx.row.attachments):
        return False
    choices = await choices_for(ctx, note=command.name == "ghichu")
    if not choices:
        return False
    await ctx.say("staff.which_of_yours", words=cards.excerpt(ctx.args, cards.SHORT), buttons=choices)
    return True


async def choices_for(ctx: Context, *, note: bool = False) -> Buttons:
    """Buttons that send what was just said to one of the tickets in hand, the one spoken of last first."""
    mine = Ticket.filter(assignee_id=ctx.officer.id, status__in=list(LIVE))
    tickets = await mine.order_by("-last_resident_at", "-id").limit(_CHOICES).prefetch_related("contact")
    word = "/ghicho" if note else "/guicho"
    return [
        [
            (
                ctx.word(
                    "button.note_to" if note else "button.send_to",
                    number=one.number,
                    name=cards.masked(ctx.desk, one.contact, ctx.language),
                ),
                f"{word} {one.number} {ctx.row.id}",
            )
        ]
        for one in tickets
    ]
