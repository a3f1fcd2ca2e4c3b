"""What residents can type beside simply asking."""

from bot import answers, browsing, cards, dialogs, matters, notices, opening, procedures, rating, resident_talk, times
from bot.areas import take_area
from bot.context import Context
from bot.registry import Audience, command
from tickets import lifecycle, people, queries
from tickets.errors import NothingToRate, TicketNotFound
from tickets.models import Outcome, Status, Ticket
from tickets.status import LIVE

SUBJECT = 60  # characters of a matter in a list


@command("thutuc", "thủ tục", "procedure", audience=Audience.RESIDENT, free_text=True)
async def procedure(ctx: Context) -> None:
    """Look up a procedure by everyday words, or look around in the areas."""
    if ctx.args:
        await procedures.look_up(ctx, ctx.args)
        return
    await dialogs.put(ctx, resident_talk.LOOK_UP)
    await browsing.areas(ctx)


@command("trangthai", "trạng thái", "status", audience=Audience.RESIDENT)
async def status(ctx: Context) -> None:
    """Where my tickets stand, in plain words."""
    tickets = await queries.of_resident(ctx.contact.resident) if ctx.contact.resident is not None else []
    if not tickets:
        await ctx.say("resident.no_tickets")
        return
    lines = [
        ctx.word(
            "resident.status_line",
            number=one.number,
            status=await _state(ctx, one),
            words=cards.excerpt(one.subject, SUBJECT),
        )
        for one in tickets
    ]
    live = [one for one in tickets if one.status in LIVE]
    choose = [[(matters.label(one), f"/phieu {one.number}")] for one in live] if len(live) > 1 else ()
    await ctx.answer("\n".join([ctx.word("resident.status_head"), *lines]), buttons=choose)


async def _state(ctx: Context, ticket: Ticket) -> str:
    """Where a ticket stands as one would tell it at the counter: who has it, and by when something happens."""
    ticket = await queries.reload(ticket)
    due = ticket.first_reply_due if ticket.first_replied_at is None else ticket.next_reply_due or ticket.resolve_due
    late = due is not None and due < ctx.now
    key = f"resident_status.{ticket.status}"
    if due is not None and not late and ticket.status in (Status.OPEN, Status.CLAIMED, Status.SNOOZED):
        key = f"{key}_due"
    return ctx.word(
        key,
        area=cards.area_name(ctx.desk, ticket.area, ctx.language),
        officer=ticket.assignee.name if ticket.assignee is not None else "",
        promise=cards.promised(ctx.desk, ctx.language, ticket, due, ctx.now) if due is not None else "",
    )


@command("giolamviec", "giờ làm việc", "hours", audience=Audience.RESIDENT)
async def office_hours(ctx: Context) -> None:
    """When the office works, and whether somebody is there now."""
    await ctx.answer(opening.told(ctx.desk, ctx.language, ctx.now))


@command("gapcanbo", "gặp cán bộ", "human", audience=Audience.RESIDENT, free_text=True)
async def person(ctx: Context) -> None:
    """A person, please: the open ticket goes to reception if it was still being sorted; else one is opened there."""
    resident = await people.resident_of(ctx.contact, ctx.now, ctx.desk.office.language)
    ctx.contact.resident = resident
    live = await queries.live_of_contact(ctx.contact)
    shown = await answers.pending(ctx)
    if not live and shown is not None:
        ticket = await answers.go_on(ctx, shown, resident, Outcome.PERSON)
        await answers.announce(ctx, ticket, ctx.now)
        return
    if not live:
        subject = ctx.args or ctx.word("resident.wants_person")
        ticket = await lifecycle.open_ticket(
            ctx.desk.policy, ctx.contact, resident, subject, ctx.now, catalogue=ctx.desk.catalogue.version
        )
        await lifecycle.resident_wrote(
            ctx.desk.policy, ticket, ctx.contact, subject, ctx.row.attachments, ctx.now, inbox_id=ctx.row.id
        )
    elif live[0].status is not Status.NEW:
        await _on_its_way(ctx, live[0])
        return
    else:
        ticket = live[0]
    await _to_reception(ctx, ticket, by="resident")


async def _on_its_way(ctx: Context, ticket: Ticket) -> None:
    """The matter is with somebody, or will be by the time promised."""
    if ticket.assignee_id is not None or ticket.first_reply_due is None:
        await ctx.say("resident.person_is_coming", number=ticket.number)
        return
    due = times.moment(ctx.desk, ctx.language, ticket.first_reply_due, ctx.now)
    await ctx.say("resident.with_department", number=ticket.number, due=due)


async def _to_reception(ctx: Context, ticket: Ticket, by: str) -> None:
    await lifecycle.route(ctx.desk.policy, ticket, ctx.desk.policy.reception, ctx.now, by=by)
    await notices.received(ctx.desk, ticket, ctx.now)
    await notices.routed(ctx.desk, ticket, ctx.now)


@command("du", "đã đủ", "enough", audience=Audience.RESIDENT)
async def enough(ctx: Context) -> None:
    """What the machine told was enough: no ticket is needed."""
    shown = await answers.pending(ctx)
    if shown is not None:
        await answers.end(ctx, shown, Outcome.ENOUGH)
    await ctx.say("resident.you_are_welcome")


@command("moi", "mới", "new", audience=Audience.RESIDENT, free_text=True)
async def new_matter(ctx: Context) -> None:
    """The words behind it, or the next ones, open a ticket of their own."""
    await dialogs.put(ctx, resident_talk.NEW_MATTER)
    if ctx.args:
        await resident_talk.said(ctx, ctx.args)
        return
    await ctx.say("resident.new_matter")


@command("linhvuc", "area", audience=Audience.RESIDENT, free_text=True)
async def choose_area(ctx: Context) -> None:
    """The resident's answer to "which of these": /linhvuc NUMBER AREA, typed by a button."""
    number, _, choice = ctx.args.partition(" ")
    ticket = await own_ticket(ctx, number)
    if ticket.status is not Status.NEW:
        await _on_its_way(ctx, ticket)
        return
    if choice.strip() == "khac":
        await _to_reception(ctx, ticket, by="resident")
        return
    area, _ = take_area(ctx, choice)
    await lifecycle.route(ctx.desk.policy, ticket, area, ctx.now, by="resident")
    await notices.received(ctx.desk, ticket, ctx.now)
    await notices.routed(ctx.desk, ticket, ctx.now)


@command("chuaxong", "chưa xong", "notdone", audience=Audience.RESIDENT, free_text=True)
async def not_done(ctx: Context) -> None:
    """The matter is not settled after all."""
    ticket = await own_ticket(ctx, ctx.args.strip()) if ctx.args else await queries.last_ended(ctx.contact)
    if ticket is None:
        await ctx.say("resident.no_tickets")
        return
    if ticket.status in LIVE:
        await _on_its_way(ctx, ticket)
        return
    if ticket.status is Status.CLOSED:
        await dialogs.put(ctx, resident_talk.NEW_MATTER)
        await ctx.say("resident.closed_write_anew", number=ticket.number)
        return
    await lifecycle.reopen(ctx.desk.policy, ticket, ctx.now, reason="resident")
    await notices.reopened(ctx.desk, ticket, ctx.now)


@command("danhgia", "đánh giá", "rate", audience=Audience.RESIDENT, free_text=True)
async def rate(ctx: Context) -> None:
    """/danhgia [NUMBER] 1..5, for the ticket resolved last when no number is given."""
    words = [word.lstrip("#") for word in ctx.args.split()]
    if not words or not all(word.isascii() and word.isdigit() for word in words[:2]):
        await _ask_rating(ctx)
        return
    ticket = await own_ticket(ctx, words[0]) if len(words) > 1 else await queries.last_ended(ctx.contact)
    if ticket is None:
        raise NothingToRate
    value = int(words[1] if len(words) > 1 else words[0])
    if value not in cards.STARS:
        await _ask_rating(ctx)
        return
    await lifecycle.rate(ticket, value, ctx.now)
    await rating.ask_for_words(ctx, ticket, value)
    if value > max(cards.STARS) // 2:
        await ctx.say("resident.rated_well", number=ticket.number)
        return
    again = [[(ctx.word("button.not_done"), f"/chuaxong {ticket.number}")]]
    await ctx.say("resident.rated_badly", number=ticket.number, buttons=again)
    await notices.rated_badly(ctx.desk, ticket, value, ctx.now)


async def _ask_rating(ctx: Context) -> None:
    ticket = await queries.last_ended(ctx.contact)
    if ticket is None:
        raise NothingToRate
    stars = cards.stars(ctx.desk, ticket, ctx.language)
    await ctx.say("resident.how_was_it", number=ticket.number, buttons=stars)


async def own_ticket(ctx: Context, number: str) -> Ticket:
    """A ticket of this very resident. Raises TicketNotFound for everything else, so that numbers cannot be probed."""
    digits = number.lstrip("#")
    if (
        ctx.contact.resident_id is None
        or not digits.isascii()
        or not digits.isdigit()
        or len(digits) > len("999999999")
    ):
        raise TicketNotFound(number=number)
    ticket = await Ticket.get_or_none(
        office=ctx.desk.policy.office, number=int(digits), resident_id=ctx.contact.resident_id
    )
    if ticket is None:
        raise TicketNotFound(number=number)
    return ticket
