"""A clear question about a procedure is answered from the catalogue at once, and becomes a ticket only when needed."""

from datetime import datetime

from bot import dialogs, notices, procedures, several
from bot.context import Context
from tickets import lifecycle, rows
from tickets.folding import fold
from tickets.matching import Match
from tickets.models import InboxRow, Resident, Ticket
from tickets.models.understanding import Outcome, ProcedureAnswer

SURE = 0.6  # of the procedure; the area is sure already when a message may be routed
_LONGEST = 400  # characters; a longer story is for a person
# Words of somebody who has filed already, or complains, folded: the catalogue is no answer to them.
_UNDER_WAY = ("nop roi", "da nop", "ho so cua toi", "chua co ket qua", "chua thay", "hen tra", "toi dau roi", "bi tra")

# How somebody goes on about what was just shown, folded.
_GOES_ON = ("nhung ", "ma ", "the con ", "con neu ", "neu ", "vay ", "the thi ", "con ma ", "tai ", "vi ")


async def show(ctx: Context, text: str, match: Match) -> bool:
    """Show the procedure a message asks about, if the office lets us and the question is clear; whether it was."""
    if not ctx.desk.office.answers.procedures or not clear(text, match) or ctx.row.attachments:
        return False
    if len(await several.needs(ctx, text)) > 1:  # a card would answer only one of them
        return False
    procedure = ctx.desk.catalogue.procedure(match.procedures[0].id)
    if procedure is None or procedure.code is None or procedure.urgent or not procedure.in_force(procedures.today(ctx)):
        return False
    await ProcedureAnswer.create(
        office=ctx.row.office,
        contact=ctx.contact,
        inbox_id=ctx.row.id,
        code=procedure.code,
        area=procedure.area,
        catalogue=ctx.desk.catalogue.version,
        shown_at=ctx.now,
    )
    buttons = [[(ctx.word("button.enough"), "/du"), (ctx.word("button.person"), "/gapcanbo")]]
    await ctx.answer(await procedures.card(ctx, procedure), buttons=buttons)
    return True


def clear(text: str, match: Match) -> bool:
    """Whether a message asks about one procedure, calmly and about nothing already under way."""
    sure = match.kind == "question" and match.decision == "route" and not match.urgent and bool(match.procedures)
    if not sure or len(text) > _LONGEST or match.procedures[0].confidence < SURE:
        return False
    folded = fold(text)
    return not any(words in folded for words in _UNDER_WAY)


def other(text: str, match: Match, shown: ProcedureAnswer) -> bool:
    """Whether a message is a clear question about another procedure than the one just shown."""
    goes_on = fold(text).startswith(_GOES_ON)
    return not goes_on and clear(text, match) and match.procedures[0].id != shown.code


async def complaint(ctx: Context) -> None:
    """A complaint or denunciation is not taken in chat: where and when it is received, and nobody else reads it."""
    contact = ctx.desk.office.contact
    lines = [ctx.word("resident.complaint", office=ctx.desk.policy.name)]
    if contact.reception_days:
        lines.append(ctx.word("resident.complaint_days", days=contact.reception_days))
    if contact.address:
        lines.append(ctx.word("resident.complaint_address", address=contact.address))
    if contact.complaints_url:
        lines.append(ctx.word("resident.complaint_link", link=contact.complaints_url))
    await ctx.answer("\n".join(lines), buttons=[[(ctx.word("button.person"), "/gapcanbo")]])


async def pending(ctx: Context) -> ProcedureAnswer | None:
    """The card shown last to this person, if it is recent and nothing has been said to it."""
    since = ctx.now - dialogs.PATIENCE
    open_ = "contact_id = $1 AND outcome = $2 AND shown_at > $3 ORDER BY id DESC"
    return await rows.first(ProcedureAnswer, open_, [ctx.contact.id, Outcome.SHOWN.value, since])


async def end(ctx: Context, answer: ProcedureAnswer, outcome: Outcome, ticket: Ticket | None = None) -> None:
    """Note how a shown procedure was taken."""
    await ProcedureAnswer.filter(id=answer.id, outcome=Outcome.SHOWN).update(
        outcome=outcome, ended_at=ctx.now, ticket_id=ticket.id if ticket is not None else None
    )


async def go_on(ctx: Context, answer: ProcedureAnswer, resident: Resident, outcome: Outcome) -> Ticket:
    """Open the ticket that the question would have been: its words first, its area and procedure known."""
    policy, now = ctx.desk.policy, ctx.now
    asked = await InboxRow.get(id=answer.inbox_id)
    ticket = await lifecycle.open_ticket(policy, ctx.contact, resident, asked.text, now, catalogue=answer.catalogue)
    await lifecycle.resident_wrote(policy, ticket, ctx.contact, asked.text, [], now, inbox_id=asked.id)
    await end(ctx, answer, outcome, ticket)
    await lifecycle.route(policy, ticket, answer.area, now, by="matcher", procedure_code=answer.code)
    return ticket


async def announce(ctx: Context, ticket: Ticket, now: datetime) -> None:
    """Tell the resident their number and the staff of the area about the ticket."""
    await notices.received(ctx.desk, ticket, now)
    await notices.routed(ctx.desk, ticket, now)
