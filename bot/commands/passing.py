"""`/chuyen`: a ticket goes on, with a reason: to another area, a department, a colleague, or a body outside."""

from typing import Any

from bot import cards, dialogs, notices, paging, recipients
from bot.context import Buttons, Context
from bot.recipients import Body
from bot.registry import Audience, command
from tickets import acts, lifecycle, queries, rights, teaching
from tickets.acts import ActKind
from tickets.models import Staff, TaughtBy, Ticket

AREAS_A_LINE = 2
WHY = "transfer_why"
ASK = "?"  # in place of the reason: ask for it
NONE = "-"  # none, said on purpose
REASONS = ("wrong_area", "other_skill", "asked_for")


@command("chuyen", "chuyển", "transfer", audience=Audience.STAFF, ticket=True, free_text=True)
async def transfer(ctx: Context) -> None:
    """/chuyen NUMBER WHOM [reason]: an area, department, person or outside body; alone, the areas to choose from."""
    ticket = ctx.about_ticket
    if not ctx.args:
        await ctx.say("staff.transfer_where", ticket=ticket, number=ticket.number, buttons=_area_buttons(ctx, ticket))
        return
    line = ctx.args.removesuffix(f" {ASK}")
    meant = await recipients.understand(ctx, line)
    if meant is None:
        await ctx.say("pass.unknown", said=cards.excerpt(ctx.args, 60), number=ticket.number)
        return
    if meant.area:
        await _to_area(ctx, ticket, meant.area, meant.reason or (ASK if line != ctx.args else ""))
    elif meant.department:
        await _which_area(ctx, ticket, meant.department, meant.reason)
    elif meant.body is not None and meant.body.areas:
        await _which_area(ctx, ticket, meant.body.areas, meant.reason)
    elif meant.body is not None:
        await _refer(ctx, ticket, meant.body, meant.reason)
    else:
        await _to_person(ctx, ticket, meant.people, meant.reason)


async def _to_area(ctx: Context, ticket: Ticket, area: str, reason: str) -> None:
    name = ctx.desk.policy.areas[area].name
    if area == ticket.area:
        await ctx.say("staff.already_there", number=ticket.number, area=name)
        return
    if reason == ASK:
        await dialogs.put(ctx, WHY, number=ticket.number, area=area)
        line = f"/chuyen {ticket.number} {area}"
        buttons = [[(ctx.word(f"pass.{one}"), f"{line} #{place}")] for place, one in enumerate(REASONS, start=1)]
        buttons.append([(ctx.word("pass.no_reason"), f"{line} {NONE}")])
        await ctx.say("pass.why", number=ticket.number, area=name, buttons=buttons)
        return
    before, reason = ticket.area, _written_out(ctx, reason)
    await lifecycle.transfer(ctx.desk.policy, ticket, area, ctx.officer, ctx.now, reason=reason)
    await teaching.taught(ticket, area, ctx.officer, ctx.now, by=TaughtBy.TRANSFER)
    await acts.note(
        ctx.officer.office,
        ctx.officer,
        ActKind.TRANSFERRED,
        ctx.now,
        reason=reason,
        number=ticket.number,
        before=before,
        after=area,
    )
    await notices.transferred(ctx.desk, ticket, ctx.now)
    body = ctx.desk.policy.areas[area].outside
    told = body is None or body.address or body.phone
    key = "staff.transferred" if told else "staff.transferred_no_address"
    await ctx.say(key, number=ticket.number, area=name, body=body.name if body is not None else "")


def _written_out(ctx: Context, reason: str) -> str:
    """A reason chosen by button, in words."""
    chosen = {f"#{place}": one for place, one in enumerate(REASONS, start=1)}
    return ctx.word(f"pass.{chosen[reason]}") if reason in chosen else reason


@dialogs.answers(WHY)
async def why(ctx: Context, data: dict[str, Any], text: str) -> None:
    """The reason, in the officer's own words."""
    ticket = await queries.ticket_by_number(ctx.desk.policy, ctx.officer, int(data["number"]))
    await _to_area(ctx, ticket, str(data["area"]), text)


async def _which_area(ctx: Context, ticket: Ticket, areas: tuple[str, ...], reason: str) -> None:
    """One area is the answer; of several, which."""
    if len(areas) == 1:
        await _to_area(ctx, ticket, areas[0], reason)
        return
    known = [ctx.desk.policy.areas[one] for one in areas if one in ctx.desk.policy.areas and one != ticket.area]
    lines = [(one.name, f"/chuyen {ticket.number} {one.id} ") for one in known]
    buttons = [(name, line + (reason if reason and paging.fits(line + reason) else ASK)) for name, line in lines]
    await ctx.say("staff.transfer_where", ticket=ticket, number=ticket.number, buttons=_in_lines(buttons))


async def _refer(ctx: Context, ticket: Ticket, body: Body, reason: str) -> None:
    """The resident is told where to go; the ticket stays, to be settled by its owner."""
    lines = [ctx.desk.texts.say(ticket.resident.language, "pass.refer", body=body.name, number=ticket.number)]
    say = ctx.desk.texts.say
    if reason:
        lines.append(say(ticket.resident.language, "pass.refer_why", reason=reason))
    if body.address:
        lines.append(say(ticket.resident.language, "pass.refer_address", address=body.address))
    if body.phone:
        lines.append(say(ticket.resident.language, "pass.refer_phone", phone=body.phone))
    unclaimed = ticket.assignee_id is None
    message = await lifecycle.reply(ctx.desk.policy, ticket, ctx.officer, "\n".join(lines), [], ctx.now)
    if unclaimed:
        await notices.claimed(ctx.desk, ticket, ctx.officer, ctx.now)
    await notices.replied(ctx.desk, ticket, message, ctx.officer, ctx.now)
    done = [[(ctx.word("button.resolve"), f"/xong {ticket.number}")]]
    known = "pass.referred" if body.address or body.phone else "pass.referred_no_address"
    await ctx.say(known, number=ticket.number, body=body.name, buttons=done)


async def _to_person(ctx: Context, ticket: Ticket, people: tuple[Staff, ...], reason: str) -> None:
    """To a colleague: the assignee may do it, or a lead; they must serve the area."""
    rights.require_ticket(ctx.desk.policy, ctx.officer, "release", ticket)
    if len(people) > 1:
        lines = [(one.name, f"/chuyen {ticket.number} @{one.id}") for one in people]
        buttons = [
            [(name, line if not paging.fits(f"{line} {reason}") else f"{line} {reason}".strip())]
            for name, line in lines
        ]
        await ctx.say("pass.which_person", number=ticket.number, buttons=buttons)
        return
    await hand_to(ctx, ticket, people[0], reason)


async def hand_to(ctx: Context, ticket: Ticket, to: Staff, reason: str = "") -> None:
    """Give a ticket to `to`, who must look after its area, and tell everybody concerned."""
    if not rights.has_area(ctx.desk.policy, to, ticket.area):
        await ctx.say("staff.not_their_area", name=to.name, area=cards.area_name(ctx.desk, ticket.area, ctx.language))
        return
    await lifecycle.assign(ctx.desk.policy, ticket, to, ctx.officer, ctx.now, reason=reason)
    await notices.assigned(ctx.desk, ticket, to, ctx.now)
    if reason and to.id != ctx.officer.id:
        text = ctx.desk.texts.say(
            to.language, "pass.reason_for_you", number=ticket.number, name=ctx.officer.name, reason=reason
        )
        await notices.to_staff(to, ctx.now, text, ticket=ticket)
    await ctx.say("staff.assigned", number=ticket.number, name=to.name)


def _area_buttons(ctx: Context, ticket: Ticket) -> Buttons:
    areas = [one for one in ctx.desk.policy.areas.values() if one.id != ticket.area]
    return _in_lines([(one.name, f"/chuyen {ticket.number} {one.id} {ASK}") for one in areas])


def _in_lines(buttons: list[tuple[str, str]]) -> Buttons:
    return [buttons[at : at + AREAS_A_LINE] for at in range(0, len(buttons), AREAS_A_LINE)]
