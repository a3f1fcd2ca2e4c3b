"""A stored event → who speaks → pending question → command → conversation, inside the caller's transaction."""

from collections.abc import Awaitable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from tortoise.transactions import in_transaction

from bot import (
    albums,
    arrivals,
    assigning,
    corrections,
    current,
    dialogs,
    group_talk,
    groups,
    held,
    resident_talk,
    staff_talk,
    strays,
)
from bot.commands import common
from bot.commands import linking as linking_commands
from bot.context import Context
from bot.meant import ticket_meant
from bot.registry import Audience, Parsed
from channels.contract import InboundKind, group_of
from tickets import linking, outbox, people, rights
from tickets.errors import DomainError, NotAllowed
from tickets.models import InboxRow, Role

if TYPE_CHECKING:
    from bot.wiring import Desk

_AGAIN = ("/nhan ", "/xem ")  # what one takes from a list, one after another
OUT_OF_RANGE = "khongcoso"  # what a number stands for that was not among the choices
OFFER_LASTS = timedelta(days=1)  # how long a typed number still means a choice offered earlier

_ROLES = {Audience.LEAD: Role.LEAD, Audience.SUPERVISOR: Role.SUPERVISOR}


async def handle(desk: "Desk", row: InboxRow) -> bool:
    """Do what one event asks for. Returns False when it was not for us (a machine, a stranger in a group).

    Called with the conversation's lock held, in one transaction that also marks the row; a failure leaves no trace.
    """
    now = desk.clock.now()
    if row.machine:
        return False
    await desk.rules.refresh()
    if (taken := await _elsewhere(desk, row, now)) is not None:
        return taken
    contact = await people.recognise(
        office=row.office,
        channel=row.channel,
        user=row.user,
        chat="" if row.group else row.chat,
        name=row.name,
        now=now,
        window_from=None if row.group else arrivals.spoke_at(row, now),
        at=row.received_at,
        patience=desk.policy.patience,
    )
    ctx = Context(desk=desk, row=row, contact=contact, now=now)
    if contact.staff is not None and not contact.staff.active:
        contact.staff, ctx.has_left = None, True
    if row.group and contact.staff is None:
        return await _no_say(ctx)
    if contact.staff is None and await held.back(ctx):
        return True
    if row.group:
        await people.seen_in_group(ctx.officer, row.channel, group_of(row.chat))
    if not (row.album and await albums.joined(ctx)):
        await _understand(ctx)
        await albums.hold(row, now)
    if ctx.staff is not None:  # they may have resolved, released, come on duty: somebody has room now
        await assigning.fill(desk, now)
    if row.press_id and not ctx.acknowledged:
        await ctx.acknowledge()
    return True


async def _no_say(ctx: Context) -> bool:
    """A stranger among staff: only a button of ours is answered, pressed by who has no say here, or none any more."""
    if ctx.row.press_id:
        await ctx.acknowledge(ctx.word("people.no_say"))
    return bool(ctx.row.press_id)


async def _elsewhere(desk: "Desk", row: InboxRow, now: datetime) -> bool | None:
    """What became of an event that is no words to us in private or among staff; None for those that are."""
    if row.kind in (InboundKind.JOINED, InboundKind.LEFT, InboundKind.MIGRATED):
        return await groups.changed(desk, row, now)
    if row.kind in arrivals.KINDS:
        return await arrivals.came(desk, row, now)
    return await group_talk.takes(desk, row) if row.group else None


async def _understand(ctx: Context) -> None:
    text = await _line(ctx)
    if ctx.row.kind == InboundKind.EDITED:
        await _edited(ctx, text)
        return
    code = people.code_in(text)
    if code and not ctx.row.group:
        await _guarded(ctx, common.join(ctx, code))
        return
    joining = linking.code_in(text) if ctx.staff is None and not ctx.row.group else None
    if joining:
        await _guarded(ctx, linking_commands.join(ctx, joining))
        return
    if await strays.passed_on(ctx, text):
        return
    parsed = ctx.desk.commands.find(text, staff=ctx.staff is not None)
    if parsed is not None and not ctx.row.forwarded:
        await run(ctx, parsed)
        return
    if ctx.has_left and ctx.desk.commands.is_foreign(text):
        await ctx.say("people.no_longer")
        return
    if text.startswith("/") and ctx.row.kind != InboundKind.UNSUPPORTED and not ctx.row.group:
        await ctx.say("error.unknown_command" if ctx.staff else "resident.unknown_command", word=text.split()[0])
        return
    if ctx.staff is not None:
        await _guarded(ctx, staff_talk.said(ctx, text))
    else:
        await resident_talk.said(ctx, text)


async def _edited(ctx: Context, text: str) -> None:
    if ctx.staff is not None:
        await _guarded(ctx, corrections.edited(ctx))
    elif not await resident_talk.edited(ctx):
        await resident_talk.said(ctx, text)


async def _line(ctx: Context) -> str:
    """What was said or pressed; where a network has no buttons, a number stands for the choice it was offered under."""
    text = ctx.row.text.strip()
    channel = ctx.desk.channels.get(ctx.row.channel)
    if text.isdigit() and len(text) <= len("99") and (channel is None or not channel.capabilities.buttons):
        where = ctx.row.office, ctx.row.channel, ctx.row.chat
        offer = await outbox.last_offer(*where, ctx.now - OFFER_LASTS, _AGAIN)
        choices = [command for line in (offer.buttons if offer else []) for _, command in line]
        if 0 < int(text) <= len(choices):
            return choices[int(text) - 1]
        if choices:
            return f"/{OUT_OF_RANGE} {len(choices)}"
    return text


async def run(ctx: Context, parsed: Parsed) -> None:
    """Run a command for the one who typed it, after asking whether they may."""
    ctx.args = parsed.args
    if not parsed.command.settles:
        await dialogs.forget(ctx)
    await _guarded(ctx, _checked(ctx, parsed))


async def _checked(ctx: Context, parsed: Parsed) -> None:
    command = parsed.command
    least = _ROLES.get(command.audience)
    if least is not None and not rights.at_least(ctx.officer, least):
        raise NotAllowed
    if command.ticket:
        ctx.ticket = await ticket_meant(ctx, command)
        if ctx.ticket is None:
            if not await current.asked(ctx, command):
                await ctx.say("error.which_ticket", word=command.name)
            return
    if await strays.misplaced(ctx, command):
        return
    if ctx.ticket is not None:
        await current.remember(ctx, ctx.ticket)
    await command.run(ctx)


async def _guarded(ctx: Context, work: Awaitable[None]) -> None:
    """Do `work` in a savepoint; what the domain refuses is undone and explained."""
    try:
        async with in_transaction():
            await work
    except DomainError as error:
        ctx.acknowledged = False  # that too was undone
        await ctx.say(error.text, **await _readable(ctx, error))


async def _readable(ctx: Context, error: DomainError) -> dict[str, Any]:
    values: dict[str, Any] = dict(error.values)
    if "status" in values:
        values["status"] = ctx.word(f"status.{values['status']}")
    return values
