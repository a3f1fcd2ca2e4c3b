"""What a resident says without a command: it joins their ticket, reopens one, or opens one and routes it."""

from datetime import timedelta

from bot import (
    alarm,
    answers,
    areas,
    dialogs,
    group_answers,
    matters,
    notices,
    own_models,
    procedures,
    rating,
    several,
)
from bot.context import Buttons, Context
from bot.meant import answered_ticket
from channels.contract import InboundKind
from tickets import conversation, hours, lifecycle, matching, people, queries, resident_groups, rows
from tickets.conversation import Belonging, Fate
from tickets.matching import Match
from tickets.models import Dialog, InboxRow, Message, OutboxRow, Outcome, ProcedureAnswer, Resident, Status, Ticket
from tickets.status import LIVE

QUIET = timedelta(minutes=2)  # parts of one thought written within this time are not confirmed one by one
NOTICE_ONCE = timedelta(minutes=10)
SURE_OF_PROCEDURE = 0.6  # below this the ticket names no procedure: an area is enough to route by
BEYOND = "ngoai-pham-vi"  # the area of what no office handles: nobody would choose it
NEW_MATTER = "new_matter"
LOOK_UP = "look_up"


async def said(ctx: Context, text: str) -> None:
    """Take what a resident wrote or sent."""
    resident = await people.resident_of(ctx.contact, ctx.now, ctx.desk.office.language)
    ctx.contact.resident = resident
    first_words = not ctx.contact.welcomed
    if ctx.row.kind == InboundKind.UNSUPPORTED:
        hotline = ctx.desk.office.contact.hotline
        key = "resident.unsupported_call" if hotline else "resident.unsupported"
        await _say_once(ctx, ctx.word(key, office=ctx.desk.policy.name, hotline=hotline))
        return
    question = None if ctx.contact.just_met else await dialogs.pending(ctx)
    match = matching.match(text, await own_models.index(ctx.desk, ctx.now))
    if question is not None and question.step == LOOK_UP and not match.urgent:
        await dialogs.forget(ctx)
        await procedures.look_up(ctx, text)
        return
    if question is not None and question.step == matters.WHICH and not match.urgent:
        await matters.more(ctx, question)
        return
    if question is not None and question.step == rating.COMMENT:
        if await rating.commented(ctx, question, text, match):
            return
        question = None
    courtesy = match.kind in ("greeting", "thanks") and not ctx.row.attachments
    answered = await _chosen(question) or await answered_ticket(ctx)
    where = await conversation.belonging(
        ctx.desk.policy,
        ctx.contact,
        answered,
        ctx.now,
        courtesy=courtesy,
        new_matter=question is not None and question.step == NEW_MATTER,
        area=match.area if match.decision == "route" and match.area else "",
    )
    if first_words:
        await welcome(ctx)
    if question is not None and where.fate is not Fate.COURTESY:
        await dialogs.forget(ctx)
    told = answered is not None and where.ticket is not None and answered.id == where.ticket.id
    if where.fate is Fate.ATTACH and not told and not courtesy:
        settled = await matters.settled(ctx, where, text, match)
        if settled is None:
            return
        where = settled
    await _take(ctx, resident, text, match, where)


async def _chosen(question: Dialog | None) -> Ticket | None:
    """The matter that the resident said their next words are about."""
    if question is None or question.step != matters.CHOSEN:
        return None
    return await queries.reload(await Ticket.get(id=question.data["ticket"]))


async def _take(ctx: Context, resident: Resident, text: str, match: Match, where: Belonging) -> None:
    shown = None if ctx.contact.just_met else await answers.pending(ctx)
    if shown is not None and where.fate in (Fate.OPEN, Fate.COURTESY):
        await _after_answer(ctx, resident, text, match, shown, courtesy=where.fate is Fate.COURTESY)
        return
    match where.fate:
        case Fate.COURTESY:
            await ctx.say(
                "resident.you_are_welcome" if match.kind == "thanks" else "resident.greeting",
                office=ctx.desk.policy.name,
            )
        case Fate.OPEN if match.kind == "complaint-formal" and not match.urgent:
            await answers.complaint(ctx)
        case Fate.OPEN if await answers.show(ctx, text, match):
            pass
        case Fate.OPEN:
            await _open(ctx, resident, text, match, where.ticket)
        case Fate.REOPEN if where.ticket is not None:
            await lifecycle.reopen(ctx.desk.policy, where.ticket, ctx.now)
            message = await _keep(ctx, where.ticket, text)
            await notices.reopened(ctx.desk, where.ticket, ctx.now, message)
            await alarm.raised(ctx, where.ticket, match)
        case Fate.ATTACH if where.ticket is not None:
            await _attach(ctx, where.ticket, text, match)
        case _:
            raise LookupError(f"a message that belongs nowhere: {where.fate}")


async def _after_answer(
    ctx: Context, resident: Resident, text: str, match: Match, shown: ProcedureAnswer, *, courtesy: bool
) -> None:
    """Words after a procedure was shown: thanks end it, another clear question is answered, the rest is for staff."""
    if courtesy:
        await answers.end(ctx, shown, Outcome.ENOUGH)
        await ctx.say("resident.you_are_welcome")
    elif match.urgent:
        await _open(ctx, resident, text, match, None)
    elif match.kind == "complaint-formal":
        await answers.complaint(ctx)
    elif answers.other(text, match, shown) and await answers.show(ctx, text, match):
        await answers.end(ctx, shown, Outcome.ENOUGH)
    else:
        ticket = await answers.go_on(ctx, shown, resident, Outcome.WROTE_ON)
        await _keep(ctx, ticket, text)
        await answers.announce(ctx, ticket, ctx.now)


async def welcome(ctx: Context) -> None:
    """Once per contact: who we are, that a machine sorts, and what happens with their words."""
    channel = ctx.desk.channels.get(ctx.row.channel)
    short = channel is not None and not channel.capabilities.diacritics  # every part of an SMS is paid for
    await ctx.say("resident.welcome_short" if short else "resident.welcome", office=ctx.desk.policy.name)
    await rows.change(ctx.contact, welcomed=True)
    await group_answers.hand_over(ctx)


async def _keep(ctx: Context, ticket: Ticket, text: str, *, courtesy: bool = False) -> Message:
    return await lifecycle.resident_wrote(
        ctx.desk.policy,
        ticket,
        ctx.contact,
        text,
        ctx.row.attachments,
        ctx.now,
        inbox_id=ctx.row.id,
        courtesy=courtesy,
    )


async def _open(ctx: Context, resident: Resident, text: str, match: Match, previous: Ticket | None) -> None:
    policy = ctx.desk.policy
    ticket = await lifecycle.open_ticket(
        policy,
        ctx.contact,
        resident,
        text,
        ctx.now,
        urgent=match.urgent,
        previous=previous,
        catalogue=ctx.desk.catalogue.version,
    )
    await _keep(ctx, ticket, text)
    await decide(ctx, ticket, match)


async def decide(ctx: Context, ticket: Ticket, match: Match, *, raised: bool = False) -> None:
    """Route a new ticket, or ask the resident which of three areas is meant. `raised`: later words made it urgent."""
    policy = ctx.desk.policy
    wanted = [] if match.urgent or match.decision == "human" else await several.needs(ctx, ticket.subject)
    options = [one.id for one in match.choices if one.id in policy.areas and one.id != BEYOND]
    if len(wanted) > 1:
        await several.opened(ctx, ticket, wanted)
    elif match.decision == "ask" and len(options) > 1:
        await _ask(ctx, ticket, options)
    else:
        only = match.decision == "ask" and [match.area] == options  # one choice is no question
        await route(ctx, ticket, match, raised=raised, sure=only)


async def route(ctx: Context, ticket: Ticket, match: Match, *, raised: bool = False, sure: bool = False) -> None:
    """Give a new ticket the area its words surely speak of, else that of reception, and tell those it concerns."""
    policy, now = ctx.desk.policy, ctx.now
    area = (match.area or "") if match.decision == "route" or match.urgent or sure else ""
    known = area if area in policy.areas else policy.reception
    await lifecycle.route(
        policy,
        ticket,
        known,
        now,
        by="matcher" if known == area else "human",
        procedure_code=_procedure(match, known),
        confidence=match.confidence,
        raised=raised,
    )
    await notices.opened(ctx.desk, ticket, now, match.danger)


async def _ask(ctx: Context, ticket: Ticket, options: list[str]) -> None:
    """Offer the areas once; while the ticket waits for the choice, further words are only kept."""
    if ticket.ask_until is not None:
        return
    until = hours.add(ctx.desk.policy.calendar, ctx.now, ctx.desk.policy.ask_timeout)
    await Ticket.filter(id=ticket.id).update(ask_until=until)
    await ctx.say("resident.which_area", ticket=ticket, number=ticket.number, buttons=_choices(ctx, ticket, options))


def _procedure(match: Match, area: str) -> str:
    best = match.procedures[0] if match.procedures and area == match.area else None
    return best.id if best is not None and best.confidence >= SURE_OF_PROCEDURE else ""


def _choices(ctx: Context, ticket: Ticket, options: list[str]) -> Buttons:
    lines = [[(ctx.desk.policy.areas[area].name, f"/linhvuc {ticket.number} {area}")] for area in options]
    return [*lines, [(ctx.word("button.other"), f"/linhvuc {ticket.number} khac")]]


async def _attach(ctx: Context, ticket: Ticket, text: str, match: Match) -> None:
    since = ctx.now - (ticket.last_resident_at or ticket.opened_at)
    waited = ticket.status is Status.WAITING
    courtesy = match.kind in ("greeting", "thanks") and not ctx.row.attachments
    message = await _keep(ctx, ticket, text, courtesy=courtesy)
    raised = await alarm.raised(ctx, ticket, match)
    await resident_groups.answer_privately(ticket)  # asked among neighbours, gone on with alone
    if ticket.status is Status.NEW:
        await _while_asked(ctx, ticket, text, match, raised=raised)
        return
    await notices.resident_wrote(ctx.desk, ticket, message, ctx.now)
    if not raised and (waited or since > QUIET):
        await ctx.say("resident.added", number=ticket.number)


async def _while_asked(ctx: Context, ticket: Ticket, text: str, match: Match, *, raised: bool) -> None:
    """Words instead of a choice: the name of an area is the choice; clearer words may decide by themselves."""
    area = None if raised else areas.named(ctx, text)
    if area is not None:
        await lifecycle.route(ctx.desk.policy, ticket, area, ctx.now, by="resident")
        await notices.received(ctx.desk, ticket, ctx.now)
        await notices.routed(ctx.desk, ticket, ctx.now)
    elif match.decision == "route" or match.urgent:
        await decide(ctx, ticket, match, raised=raised)


async def edited(ctx: Context) -> bool:
    """The resident changed words already sent: the new ones count, the old ones stay on record.

    False when they are to be taken as if said just now: a danger that was not in them before, and no live ticket has
    them.
    """
    row = ctx.row
    match = matching.match(row.text, await own_models.index(ctx.desk, ctx.now))
    said_at = await InboxRow.filter(
        office=row.office, channel=row.channel, chat=row.chat, message_id=row.message_id, kind=InboundKind.MESSAGE
    ).values_list("id", flat=True)
    message = await Message.filter(inbox_id__in=list(said_at)).first()
    if message is None:
        return not match.urgent
    if message.text == row.text:
        return True
    before = matching.match(message.text, await own_models.index(ctx.desk, ctx.now))
    message.earlier_texts = [*message.earlier_texts, message.text]
    message.text = row.text
    await message.save(update_fields=["earlier_texts", "text"])
    ticket = await Ticket.get(id=message.ticket_id)
    await notices.resident_edited(ctx.desk, ticket, message, ctx.now)
    if match.urgent and not before.urgent and ticket.status not in LIVE:
        return False
    raised = await alarm.raised(ctx, ticket, match)
    if raised and ticket.status is Status.NEW:  # whoever is in danger is asked for no area any more
        await decide(ctx, ticket, match, raised=True)
    return True


async def _say_once(ctx: Context, text: str) -> None:
    """Say something that ten photos in a row must not make us say ten times."""
    said_before = await OutboxRow.exists(
        office=ctx.row.office,
        channel=ctx.row.channel,
        chat=ctx.row.chat,
        text=text,
        created_at__gt=ctx.now - NOTICE_ONCE,
    )
    if not said_before:
        await ctx.answer(text)
