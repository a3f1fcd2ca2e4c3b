"""What staff can type about words already said: send them to a ticket, set them right, take them back."""

from bot import corrections, staff_talk
from bot.context import Context
from bot.registry import Audience, command
from channels.contract import InboundKind
from tickets import lifecycle
from tickets.models import InboxRow, Message

_DIGITS = 18  # what a bigint holds


@command("guicho", audience=Audience.STAFF, ticket=True, free_text=True)
async def send_to(ctx: Context) -> None:
    """Behind the number, which message of one's own is meant: the button of a question, never typed."""
    said = await _said_before(ctx)
    if said is None:
        await ctx.say("staff.already_sent")
        return
    words = corrections.words_of(ctx, said.text)
    if said.kind == InboundKind.EDITED:
        message = await corrections.last_answer(ctx, ctx.about_ticket)
        if message is not None:
            await corrections.correct(ctx, ctx.about_ticket, message, words)
        return
    await staff_talk.relay(ctx, ctx.about_ticket, words, source=said, knowingly=True)


@command("ghicho", audience=Audience.STAFF, ticket=True, free_text=True)
async def note_to(ctx: Context) -> None:
    """As `send_to`, for a note."""
    said = await _said_before(ctx)
    if said is None:
        await ctx.say("staff.already_sent")
        return
    words = corrections.words_of(ctx, said.text)
    await lifecycle.note(ctx.desk.policy, ctx.about_ticket, ctx.officer, words, ctx.now)
    await ctx.say("staff.noted", number=ctx.about_ticket.number)


async def _said_before(ctx: Context) -> InboxRow | None:
    """The officer's own message whose row `ctx.args` names, unless it has been sent already."""
    row_id = ctx.args.strip()
    if not row_id.isascii() or not row_id.isdigit() or len(row_id) > _DIGITS:
        return None
    said = await InboxRow.get_or_none(id=int(row_id), office=ctx.row.office, channel=ctx.row.channel, user=ctx.row.user)
    return None if said is None or await Message.exists(inbox_id=said.id) else said


@command("sua", "sửa", "fix", audience=Audience.STAFF, ticket=True, free_text=True)
async def correct(ctx: Context) -> None:
    """/sua NUMBER WORDS: put other words in the place of one's last answer."""
    message = await corrections.last_answer(ctx, ctx.about_ticket)
    if message is None:
        await ctx.say("staff.nothing_answered", number=ctx.about_ticket.number)
        return
    await corrections.correct(ctx, ctx.about_ticket, message, ctx.args.strip())


@command("thuhoi", "thu hồi", "withdraw", audience=Audience.STAFF, ticket=True, free_text=True)
async def withdraw(ctx: Context) -> None:
    """/thuhoi NUMBER: take one's last answer back."""
    message = await corrections.last_answer(ctx, ctx.about_ticket)
    if message is None:
        await ctx.say("staff.nothing_answered", number=ctx.about_ticket.number)
        return
    await corrections.withdraw(ctx, ctx.about_ticket, message)
