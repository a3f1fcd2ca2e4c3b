"""What can be done about late work from its alert: remind, extend, acknowledge, change the urgency, apologise."""

from datetime import datetime
from typing import Any

from bot import cards, day_words, dialogs, late, notices, times
from bot.context import Context
from bot.registry import Audience, command
from tickets import hours, lifecycle, outbox, queries, rights, roster, steering
from tickets.folding import fold
from tickets.hours import Span
from tickets.models import OutboxKind, Staff, Ticket, Urgency
from tickets.spans import parse_span

EXTEND = "extend_why"
APOLOGISE = "apology_why"
CHOICES = ("2h", "1d", "2d", "5d")
URGENCIES = {
    Urgency.LOW: ("thap", "low"),
    Urgency.NORMAL: ("thuong", "binhthuong", "normal", "ordinary"),
    Urgency.HIGH: ("cao", "high"),
    Urgency.URGENT: ("khan", "khancap", "urgent"),
}
_URGENCY = {word: urgency for urgency, words in URGENCIES.items() for word in words}
SEND = ("gui", "send")


@command("nhac", "nhắc", "remind", audience=Audience.LEAD, ticket=True, free_text=True)
async def remind(ctx: Context) -> None:
    """Ask the owner, or everybody on duty in the area while there is none, to look after a ticket."""
    ticket, policy = ctx.about_ticket, ctx.desk.policy
    await steering.remind(policy, ticket, ctx.officer, ctx.now, reason=ctx.args)
    people = await roster.load(policy.office, ctx.desk.channels)
    if ticket.assignee_id is not None:
        meant = people.reached([one for one in people.staff if one.id == ticket.assignee_id])
    else:
        meant = people.serving(policy, ticket.area)
    meant = [one for one in meant if one[0].id != ctx.officer.id]
    if not meant:
        await ctx.say("late.remind_nobody", number=ticket.number)
        return
    for staff, contact in meant:
        text = _reminder(ctx, ticket, staff)
        choices = late.buttons(ctx.desk, ticket, staff, late=False)
        await notices.to_staff(staff, ctx.now, text, ticket=ticket, buttons=choices, contact=contact)
    await ctx.say("late.reminded", number=ticket.number, names=", ".join(staff.name for staff, _ in meant))


def _reminder(ctx: Context, ticket: Ticket, staff: Staff) -> str:
    say, language = ctx.desk.texts.say, staff.language
    broken = late.broken_at(ticket, ctx.now)
    if broken is not None:
        length = times.length(ctx.desk, language, late.over(ctx.desk, ticket, broken, ctx.now))
        when = say(language, "late.when_late", over=length)
    else:
        due = late.next_due(ticket) or ctx.now
        when = say(language, "late.when_due", due=times.moment(ctx.desk, language, due, ctx.now))
    return say(
        language,
        "late.remind",
        name=ctx.officer.name,
        number=ticket.number,
        area=cards.area_name(ctx.desk, ticket.area, language),
        when=when,
        words=ctx.args or cards.excerpt(ticket.subject, late.WORDS),
    )


@command("giahan", "gia hạn", "extend", audience=Audience.LEAD, ticket=True, free_text=True)
async def extend(ctx: Context) -> None:
    """/giahan NUMBER SPAN|DAY REASON; what is missing is asked for."""
    ticket = ctx.about_ticket
    rights.require_ticket(ctx.desk.policy, ctx.officer, "extend", ticket)
    span, _, reason = ctx.args.partition(" ")
    if not span:
        buttons = [[(ctx.word(f"button.extend_{one}"), f"/giahan {ticket.number} {one}")] for one in CHOICES]
        await ctx.say("late.how_long", number=ticket.number, buttons=buttons, ticket=ticket)
        return
    until = _until(ctx, ticket, span)
    if until is None:
        await ctx.say("late.bad_span", said=span)
        return
    if not reason.strip():
        await dialogs.put(ctx, EXTEND, number=ticket.number, span=span)
        await ctx.say("late.why_extend", number=ticket.number)
        return
    await _extend(ctx, ticket, until, reason)


@dialogs.answers(EXTEND)
async def extend_why(ctx: Context, data: dict[str, Any], text: str) -> None:
    """The reason for an extension that was chosen by button."""
    ticket = await queries.ticket_by_number(ctx.desk.policy, ctx.officer, int(data["number"]))
    until = _until(ctx, ticket, str(data["span"]))
    if until is not None:
        await _extend(ctx, ticket, until, text)


async def _extend(ctx: Context, ticket: Ticket, until: datetime, reason: str) -> None:
    await steering.extend(ctx.desk.policy, ticket, ctx.officer, until, reason, ctx.now)
    ticket = await queries.reload(ticket)
    number, reason = ticket.number, reason.strip()
    due = times.moment(ctx.desk, ctx.language, until, ctx.now)
    await ctx.say("late.extended", number=number, due=due, reason=reason)
    owner = ticket.assignee
    if owner is not None and owner.id != ctx.officer.id:
        due = times.moment(ctx.desk, owner.language, until, ctx.now)
        name = ctx.officer.name
        text = ctx.desk.texts.say(
            owner.language, "late.extended_yours", name=name, number=number, due=due, reason=reason
        )
        await notices.to_staff(owner, ctx.now, text, ticket=ticket)
    await notices.refresh_cards(ctx.desk, ticket, ctx.now)


def _until(ctx: Context, ticket: Ticket, said: str) -> datetime | None:
    """The end of an extension: a length from now, or the closing of a day. None for what is neither, or has passed."""
    calendar = ctx.desk.policy.calendar_of(ticket.area)
    try:
        span = parse_span(said)
        return steering.extended_until(ctx.desk.policy, ticket, span, ctx.now) if span != Span() else None
    except ValueError:
        pass
    try:
        day = day_words.understand(said, ctx.now.astimezone(calendar.zone).date()).days[-1]
    except day_words.NoSuchDay:
        return None
    noon = hours.wall_moment(calendar, day, day_words.NOON)
    closing = hours.closing_today(calendar, noon)
    return closing if closing is not None and closing > ctx.now else None


@command("daxem", "đã xem", "seen", "dabiet", audience=Audience.STAFF, ticket=True, free_text=True)
async def acknowledge(ctx: Context) -> None:
    """/daxem NUMBER [SPAN]: the ladder rests for a time."""
    ticket = ctx.about_ticket
    span: Span | None = None
    if ctx.args:
        try:
            span = parse_span(ctx.args)
        except ValueError:
            await ctx.say("late.bad_span", said=ctx.args)
            return
    until = await steering.acknowledge(ctx.desk.policy, ticket, ctx.officer, ctx.now, span)
    await ctx.say("late.seen", number=ticket.number, until=times.moment(ctx.desk, ctx.language, until, ctx.now))


@command("uutien", "ưu tiên", "priority", audience=Audience.LEAD, ticket=True, free_text=True)
async def prioritise(ctx: Context) -> None:
    """/uutien NUMBER thap|thuong|cao|khan [reason]; without a word, the four to choose from."""
    ticket = ctx.about_ticket
    word, _, reason = ctx.args.partition(" ")
    to = _URGENCY.get(fold(word))
    if to is None:
        choices = [
            (ctx.word(f"late.urgency_{one}"), f"/uutien {ticket.number} {words[0]}")
            for one, words in URGENCIES.items()
            if one is not ticket.urgency
        ]
        await ctx.say("late.urgent_how", number=ticket.number, buttons=[choices], ticket=ticket)
        return
    if not await steering.prioritise(ctx.desk.policy, ticket, ctx.officer, ctx.now, to, reason):
        await ctx.say("late.urgent_already", number=ticket.number)
        return
    ticket = await queries.reload(ticket)
    promise = cards.promised(ctx.desk, ctx.language, ticket, late.next_due(ticket) or ctx.now, ctx.now)
    await ctx.say(f"late.now_{to}", number=ticket.number, promise=promise)
    if to is Urgency.URGENT:
        await notices.routed(ctx.desk, ticket, ctx.now)
    await notices.refresh_cards(ctx.desk, ticket, ctx.now)


@command("xinloi", "xin lỗi", "apologise", audience=Audience.STAFF, ticket=True, free_text=True)
async def apologise(ctx: Context) -> None:
    """/xinloi NUMBER [REASON] drafts; /xinloi NUMBER gui DRAFT sends what somebody has read and approved."""
    ticket = ctx.about_ticket
    rights.require_ticket(ctx.desk.policy, ctx.officer, "apologise", ticket)
    word, _, rest = ctx.args.partition(" ")
    if fold(word) in SEND and rest.strip().isascii() and rest.strip().isdigit():
        await _send(ctx, ticket, int(rest.strip()[:18]))
    elif late.broken_at(ticket, ctx.now) is None:
        await ctx.say("late.apology_not_late", number=ticket.number)
    elif ctx.args:
        await _draft(ctx, ticket, ctx.args)
    else:
        await dialogs.put(ctx, APOLOGISE, number=ticket.number)
        await ctx.say("late.apology_why", number=ticket.number)


@dialogs.answers(APOLOGISE)
async def apology_why(ctx: Context, data: dict[str, Any], text: str) -> None:
    """The reason, in words fit for the resident."""
    ticket = await queries.ticket_by_number(ctx.desk.policy, ctx.officer, int(data["number"]))
    await _draft(ctx, ticket, text)


async def _draft(ctx: Context, ticket: Ticket, reason: str) -> None:
    until = steering.new_time(ctx.desk.policy, ticket, ctx.now)
    draft = await steering.draft_apology(ctx.desk.policy, ticket, ctx.officer, reason, until, ctx.now)
    buttons = [
        [
            (ctx.word("button.send_it"), f"/xinloi {ticket.number} gui {draft.id}"),
            (ctx.word("button.write_anew"), f"/xinloi {ticket.number}"),
        ]
    ]
    words = _apology(ctx, ticket, draft.reason, until)
    await ctx.say("late.apology_draft", number=ticket.number, words=words, buttons=buttons)


async def _send(ctx: Context, ticket: Ticket, draft: int) -> None:
    approved = await steering.apologise(ctx.desk.policy, ticket, ctx.officer, draft, ctx.now)
    until = datetime.fromisoformat(approved.data["until"])
    words = _apology(ctx, ticket, approved.reason, until)
    message = await lifecycle.keep_words(ticket, ctx.officer, words, ctx.now)
    ticket = await queries.reload(ticket)
    await outbox.put(
        office=ticket.office,
        channel=ticket.contact.channel,
        chat=ticket.contact.chat,
        now=ctx.now,
        text=words,
        kind=OutboxKind.MESSAGE,
        ticket=ticket,
        message_id=message.id,
        author=ctx.officer,
    )
    due = times.moment(ctx.desk, ctx.language, until, ctx.now)
    await ctx.say("late.apology_sent", number=ticket.number, due=due)
    await notices.refresh_cards(ctx.desk, ticket, ctx.now)


def _apology(ctx: Context, ticket: Ticket, reason: str, until: datetime) -> str:
    """The words the resident reads, in their language: the reason a person gave, and the new time."""
    language = ticket.resident.language
    return ctx.desk.texts.say(
        language,
        "resident.apology",
        office=ctx.desk.policy.name,
        number=ticket.number,
        reason=reason.rstrip(". "),
        due=times.moment(ctx.desk, language, until, ctx.now),
    )
