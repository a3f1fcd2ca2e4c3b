"""Keeping somebody from writing for a time: `/chan` with reason and expiry, `/bochan`, and the list of who is kept."""

import re
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot import dialogs, times
from bot.context import Context
from bot.meant import answered_ticket
from bot.registry import Audience, command
from tickets import acts, blocks, queries, rights
from tickets.acts import ActKind
from tickets.folding import fold
from tickets.models import Resident, Ticket
from tickets.privacy import mask_name

BLOCK = "block"  # the question for the reason
_SPAN = re.compile(r"(\d{1,3})\s*(h|gio|d|ngay)(?![a-z])\s*")
_DIGITS = 9


@command("chan", "chặn", "block", audience=Audience.SUPERVISOR, free_text=True)
async def block(ctx: Context) -> None:
    """/chan NUMBER [3d|12h] REASON: the resident of a ticket; without words, who is kept from writing now."""
    rights.require_office(ctx.officer, "block")
    ticket, rest = await _ticket(ctx)
    if ticket is None:
        await _list(ctx)
        return
    span, reason = _span(rest)
    if span is None or span > blocks.LONGEST:
        await ctx.say("block.how", number=ticket.number, days=blocks.LONGEST.days)
        return
    if not reason:
        await dialogs.put(ctx, BLOCK, number=ticket.number, minutes=int(span.total_seconds() // 60))
        await ctx.say("block.why", number=ticket.number)
        return
    await _block(ctx, ticket, span, reason)


@dialogs.answers(BLOCK)
async def block_why(ctx: Context, data: dict[str, Any], text: str) -> None:
    """The reason, asked for when none was given."""
    rights.require_office(ctx.officer, "block")
    ticket = await queries.ticket_by_number(ctx.desk.policy, ctx.officer, int(data["number"]))
    await _block(ctx, ticket, timedelta(minutes=int(data["minutes"])), text.strip())


async def _block(ctx: Context, ticket: Ticket, span: timedelta, reason: str) -> None:
    until = ctx.now + span
    await blocks.block(await Resident.get(id=ticket.resident_id), ctx.officer, until, reason, ctx.now)
    whom = await _whom(ticket)
    await acts.note(
        ctx.officer.office,
        ctx.officer,
        ActKind.BLOCKED,
        ctx.now,
        reason=reason,
        whom=whom,
        until=_written(ctx, until),
    )
    due = times.moment(ctx.desk, ctx.language, until, ctx.now)
    await ctx.say("block.done", number=ticket.number, whom=whom, until=due, reason=reason)


@command("bochan", "bỏ chặn", "unblock", audience=Audience.SUPERVISOR, free_text=True)
async def unblock(ctx: Context) -> None:
    """/bochan NUMBER [REASON]: the resident of a ticket may write again."""
    rights.require_office(ctx.officer, "block")
    ticket, reason = await _ticket(ctx)
    if ticket is None:
        await _list(ctx)
        return
    await blocks.lift(await Resident.get(id=ticket.resident_id), ctx.officer, ctx.now, number=ticket.number)
    whom = await _whom(ticket)
    await acts.note(ctx.officer.office, ctx.officer, ActKind.UNBLOCKED, ctx.now, reason=reason, whom=whom)
    await ctx.say("block.lifted", number=ticket.number, whom=whom)


async def _ticket(ctx: Context) -> tuple[Ticket | None, str]:
    """The ticket named first, or the one whose card or words are answered; and what was said behind it."""
    first, _, rest = ctx.args.strip().partition(" ")
    digits = first.lstrip("#").rstrip(".,:")
    if digits.isascii() and digits.isdigit() and len(digits) <= _DIGITS:
        return await queries.ticket_by_number(ctx.desk.policy, ctx.officer, int(digits)), rest.strip()
    return await answered_ticket(ctx), ctx.args.strip()


def _span(text: str) -> tuple[timedelta | None, str]:
    """How long, and the words behind it; the usual time when none is said, None for no time at all."""
    plain = fold(text)
    found = _SPAN.match(plain)
    if found is None:
        return blocks.USUAL, text
    length = int(found[1])
    span = timedelta(hours=length) if found[2] in ("h", "gio") else timedelta(days=length)
    behind = len(plain[found.end() :].split())
    return span or None, " ".join(text.split()[-behind:]) if behind else ""


async def _whom(ticket: Ticket) -> str:
    await ticket.fetch_related("contact")
    return mask_name(ticket.contact.name or ticket.contact.user)


def _written(ctx: Context, until: datetime) -> str:
    return f"{until.astimezone(ZoneInfo(ctx.desk.policy.calendar.timezone)):%H:%M %d/%m/%Y}"


async def _list(ctx: Context) -> None:
    kept = await blocks.in_force(ctx.officer.office)
    if not kept:
        await ctx.say("block.none", days=blocks.LONGEST.days)
        return
    lines = []
    for one in kept:
        last = await Ticket.filter(resident_id=one.resident_id).order_by("-id").first()
        lines.append(
            ctx.word(
                "block.line",
                whom=mask_name(one.resident.name) or ctx.word("card.no_name"),
                number=last.number if last is not None else "–",
                until=times.moment(ctx.desk, ctx.language, one.until, ctx.now),
                by=one.staff.name,
                reason=one.reason,
            )
        )
    await ctx.answer("\n".join([ctx.word("block.head", count=len(kept)), *lines]))
