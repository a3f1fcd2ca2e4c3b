"""What staff can type about tickets."""

from bot import cards, notices, paging, staff_talk, times, windows
from bot.context import Context
from bot.registry import Audience, command
from tickets import lifecycle, outbox, people, queries, rights, tags
from tickets.errors import TicketNotFound
from tickets.models import Direction, Message, OutboxRow, OutboxState, Status, Ticket

HISTORY = 8  # messages shown by /xem
SUBJECT = 60  # characters of a matter in a list


@command("cho", "chờ", "queue", audience=Audience.STAFF, free_text=False)
async def queue(ctx: Context) -> None:
    """What nobody has claimed in my areas, the longest wait first."""
    rights.require_office(ctx.officer, "queue")
    offset = _offset(ctx)
    tickets, count = await queries.queue(ctx.desk.policy, ctx.officer, offset)
    await _list(ctx, "cho", "staff.queue_head", "staff.queue_empty", tickets, count, offset, claim=True)


async def show_waiting(ctx: Context) -> None:
    """What nobody has claimed, for somebody who has just come; silence when there is nothing."""
    tickets, count = await queries.queue(ctx.desk.policy, ctx.officer)
    if tickets:
        await _list(ctx, "cho", "staff.queue_head", "staff.queue_empty", tickets, count, 0, claim=True)


@command("cuatoi", "của tôi", "mine", audience=Audience.STAFF)
async def mine(ctx: Context) -> None:
    """What I have claimed, the nearest deadline first."""
    rights.require_office(ctx.officer, "mine")
    offset = _offset(ctx)
    tickets, count = await queries.mine(ctx.officer, offset)
    await _list(ctx, "cuatoi", "staff.mine_head", "staff.mine_empty", tickets, count, offset, claim=False)


def _offset(ctx: Context) -> int:
    return paging.asked(ctx.args, number_is_page=True).offset(queries.PAGE)


async def _list(
    ctx: Context, word: str, head: str, empty: str, tickets: list[Ticket], count: int, offset: int, *, claim: bool
) -> None:
    if not tickets:
        await ctx.say(empty)
        return
    page = offset // queries.PAGE + 1
    lines = [paging.head(ctx, ctx.word(head, count=count), page, queries.PAGE, count)]
    lines += [ticket_line(ctx, ticket) for ticket in tickets]
    key, typed = ("button.claim_number", "nhan") if claim else ("button.show_number", "xem")
    buttons = [[(ctx.word(key, number=one.number), f"/{typed} {one.number}")] for one in tickets[:5]]
    turns = paging.turns(ctx, f"/{word}", page, queries.PAGE, count)
    await paging.show(ctx, "\n".join(lines), [*buttons, turns] if turns else buttons)


def ticket_line(ctx: Context, ticket: Ticket) -> str:
    """One ticket in a list: number, area, state, when it is due, the first words."""
    due = ticket.first_reply_due if ticket.first_replied_at is None else ticket.next_reply_due or ticket.resolve_due
    late = due is not None and due < ctx.now and ticket.status is not Status.WAITING
    line = ctx.word(
        "staff.line_late" if late else "staff.line",
        number=ticket.number,
        area=cards.area_name(ctx.desk, ticket.area, ctx.language),
        status=ctx.word(f"status.{ticket.status}"),
        due=times.moment(ctx.desk, ctx.language, due, ctx.now) if due else "",
        words=cards.excerpt(ticket.subject, SUBJECT),
    )
    return line + windows.mark(ctx.desk, ticket, ctx.language, ctx.now)


@command("nhan", "nhận", "claim", audience=Audience.STAFF, ticket=True)
async def claim(ctx: Context) -> None:
    """Make it mine, if nobody was faster."""
    ticket = ctx.about_ticket
    await lifecycle.claim(ctx.desk.policy, ticket, ctx.officer, ctx.now)
    await ctx.say("staff.claimed" if ctx.replies else "staff.claimed_typed", ticket=ticket, number=ticket.number)
    await notices.claimed(ctx.desk, ticket, ctx.officer, ctx.now)


@command("tra", "trả", "release", audience=Audience.STAFF, ticket=True, free_text=True)
async def release(ctx: Context) -> None:
    """Back to the queue; what follows the number is the reason."""
    ticket = ctx.about_ticket
    await lifecycle.release(ctx.desk.policy, ticket, ctx.officer, ctx.now, reason=ctx.args)
    await notices.released(ctx.desk, ticket, ctx.now)
    await ctx.say("staff.released", number=ticket.number)


@command("tl", "trả lời", "reply", audience=Audience.STAFF, ticket=True, free_text=True)
async def reply(ctx: Context) -> None:
    """The words behind the number go to the resident."""
    await staff_talk.relay(ctx, ctx.about_ticket, ctx.args)


@command("ghichu", "ghi chú", "note", audience=Audience.STAFF, ticket=True, free_text=True)
async def note(ctx: Context) -> None:
    """Words that stay between staff."""
    ticket = ctx.about_ticket
    await lifecycle.note(ctx.desk.policy, ticket, ctx.officer, ctx.args, ctx.now)
    await ctx.say("staff.noted", number=ticket.number)


@command("doi", "đợi", "wait", audience=Audience.STAFF, ticket=True, free_text=True)
async def wait(ctx: Context) -> None:
    """The resident has to bring or tell something: the clock stands still. Words behind the number tell them what."""
    ticket = ctx.about_ticket
    policy = ctx.desk.policy
    if ctx.args or ctx.row.attachments:
        message = await lifecycle.reply(
            policy, ticket, ctx.officer, ctx.args, ctx.row.attachments, ctx.now, inbox_id=ctx.row.id
        )
        await notices.replied(ctx.desk, ticket, message, ctx.officer, ctx.now)
    await lifecycle.wait(policy, ticket, ctx.officer, ctx.now)
    await notices.waiting(ctx.desk, ticket, ctx.now)
    await ctx.say("staff.waiting", number=ticket.number)


@command("xong", "resolve", "done", audience=Audience.STAFF, ticket=True, free_text=True)
async def resolve(ctx: Context) -> None:
    """Settled. Words behind the number are the last answer."""
    ticket = ctx.about_ticket
    if ctx.args or ctx.row.attachments:
        message = await lifecycle.reply(
            ctx.desk.policy, ticket, ctx.officer, ctx.args, ctx.row.attachments, ctx.now, inbox_id=ctx.row.id
        )
        await notices.replied(ctx.desk, ticket, message, ctx.officer, ctx.now)
    await lifecycle.resolve(ctx.desk.policy, ticket, ctx.officer, ctx.now)
    asked = await notices.resolved(ctx.desk, ticket, ctx.now)
    await ctx.say("staff.resolved" if asked else "staff.resolved_unasked", number=ticket.number)


@command("molai", "mở lại", "reopen", audience=Audience.STAFF, ticket=True, free_text=True)
async def reopen(ctx: Context) -> None:
    """Not settled after all."""
    ticket = ctx.about_ticket
    await lifecycle.reopen(ctx.desk.policy, ticket, ctx.now, staff=ctx.officer, reason=ctx.args)
    await notices.reopened(ctx.desk, ticket, ctx.now)
    await ctx.say("staff.reopened_done", number=ticket.number)


@command("xem", "show", audience=Audience.STAFF, ticket=True)
async def show(ctx: Context) -> None:
    """The ticket with its last messages; notes are marked as such. In a group, masked like the card."""
    ticket = ctx.about_ticket
    said = await queries.messages(ticket, HISTORY)
    words = next((one.text for one in reversed(said) if one.direction is Direction.IN and one.text), ticket.subject)
    papers = sum(len(one.attachments) for one in said if one.direction is Direction.IN)
    head = cards.text(ctx.desk, ticket, ctx.language, ctx.now, words if ctx.row.group else "", papers)
    lines = [] if ctx.row.group else [_message_line(ctx, one) for one in said]
    if has := await tags.of(ticket):
        head += "\n" + ctx.word("tag.line", tags=", ".join(has))
    await ctx.answer("\n".join([head, *lines]), buttons=cards.buttons(ctx.desk, ticket, ctx.language), ticket=ticket)


def _message_line(ctx: Context, message: Message) -> str:
    return ctx.word(
        f"staff.history_{message.direction}",
        at=times.moment(ctx.desk, ctx.language, message.at, ctx.now),
        who=message.author.name if message.author else "",
        words=cards.excerpt(message.text, cards.EXCERPT)
        or ctx.word("staff.history_papers", count=len(message.attachments)),
    )


@command("themkenh", "thêm kênh", "addchannel", audience=Audience.STAFF)
async def add_channel(ctx: Context) -> None:
    """A one-time code with which the same person joins from one more app; they are told in the one used last."""
    if ctx.row.group:
        await ctx.say("staff.invite_in_private")
        return
    code = await people.invite_channel(ctx.officer, ctx.now, ctx.desk.policy.code_valid)
    await ctx.say("staff.channel_code", code=code)


@command("guilai", "gửi lại", "resend", audience=Audience.STAFF, free_text=True)
async def resend(ctx: Context) -> None:
    """One tap after "could not be delivered": try that message again. Only its author may."""
    wanted = ctx.args.strip()
    row = (
        await OutboxRow.get_or_none(id=int(wanted))
        if wanted.isascii() and wanted.isdigit() and len(wanted) < len(str(2**63))
        else None
    )
    if row is None or row.office != ctx.officer.office or row.author_id != ctx.officer.id:
        raise TicketNotFound(number=wanted)
    if row.state is not OutboxState.FAILED or await outbox.resend(row, ctx.now) is None:
        await ctx.say("staff.resend_not_needed")
        return
    await ctx.say("staff.resending")
