"""`/gop`: two tickets that are one matter become one, and can be parted again; `/tach`: one that is two becomes two."""

from bot import cards, joined, own_models
from bot.areas import named
from bot.context import Context
from bot.meant import answered_ticket, number_said
from bot.registry import Audience, command
from tickets import matching, merging, order, queries, rights
from tickets.errors import UnknownArea
from tickets.folding import fold
from tickets.models import Message, Ticket
from tickets.status import LIVE

APART = ("bo", "tachlai", "undo")
WITH = ("vao", "voi", "va", "into", "with")
WORDS = 60  # characters of a message in the list to choose from
OFFERED = 8


@command("gop", "gộp", "merge", audience=Audience.STAFF, ticket=True, free_text=True)
async def merge(ctx: Context) -> None:
    """/gop NUMBER [vào] NUMBER; with one number, the resident's other tickets to choose from; /gop NUMBER bo undoes."""
    ticket = ctx.about_ticket
    words = [word for word in ctx.args.split() if fold(word) not in WITH]
    if words and "".join(fold(word) for word in words) in APART:
        await _part(ctx, ticket)
        return
    other = await _other(ctx, ticket, words[0] if words else "")
    if other is None:
        return
    kept, gone = await merging.merge(ctx.desk.policy, ticket, other, ctx.officer, ctx.now)
    undo = [[(ctx.word("button.part"), f"/gop {gone.number} bo")]]
    await ctx.say("merge.done", number=gone.number, into=kept.number, buttons=undo)
    await joined.merged(ctx.desk, kept, gone, ctx.officer, ctx.now)


async def _other(ctx: Context, ticket: Ticket, said: str) -> Ticket | None:
    """The second ticket: the number typed, or the card answered; None when the choices have been offered."""
    digits = number_said(said)
    if digits.isascii() and digits.isdigit():
        return await queries.ticket_by_number(ctx.desk.policy, ctx.officer, int(digits[:9]))
    answered = await answered_ticket(ctx) if not ctx.row.press_id else None
    if answered is not None and answered.id != ticket.id:
        return answered
    rights.require_ticket(ctx.desk.policy, ctx.officer, "merge", ticket)
    if ticket.merged_into_id is not None:
        into = await Ticket.get(id=ticket.merged_into_id)
        undo = [[(ctx.word("button.part"), f"/gop {ticket.number} bo")]]
        await ctx.say("merge.already", number=ticket.number, into=into.number, buttons=undo)
        return None
    others = await Ticket.filter(resident_id=ticket.resident_id, status__in=list(LIVE)).exclude(id=ticket.id)
    seen = [one for one in others if rights.may_see(ctx.desk.policy, ctx.officer, one)][:OFFERED]
    if not seen:
        await ctx.say("merge.no_other", number=ticket.number)
        return None
    buttons = [
        [(f"#{one.number} {cards.excerpt(one.subject, WORDS)}", f"/gop {ticket.number} {one.number}")] for one in seen
    ]
    await ctx.say("merge.which", number=ticket.number, buttons=buttons, ticket=ticket)
    return None


async def _part(ctx: Context, ticket: Ticket) -> None:
    kept, gone = await merging.part(ctx.desk.policy, ticket, ctx.officer, ctx.now)
    await ctx.say("merge.parted", number=gone.number, into=kept.number)
    await joined.parted(ctx.desk, kept, gone, ctx.now)


@command("tach", "tách", "split", audience=Audience.STAFF, ticket=True, free_text=True)
async def split(ctx: Context) -> None:
    """/tach NUMBER WHICH [AREA]: what the resident said there, by its place, becomes a ticket of its own."""
    ticket = ctx.about_ticket
    rights.require_ticket(ctx.desk.policy, ctx.officer, "merge", ticket)
    said = await order.said(ticket)
    which, _, rest = ctx.args.partition(" ")
    places = _places(which, len(said))
    if not places:
        await _offer(ctx, ticket, said)
        return
    chosen = [said[place - 1] for place in places]
    area, code = await _where(ctx, ticket, which, rest.strip(), chosen)
    if not area:
        return
    new = await merging.split(ctx.desk.policy, ticket, chosen, ctx.officer, ctx.now, area=area, procedure_code=code)
    undo = [[(ctx.word("button.merge_back"), f"/gop {new.number} {ticket.number}")]]
    name = cards.area_name(ctx.desk, new.area, ctx.language)
    await ctx.say("merge.split", number=ticket.number, new=new.number, area=name, buttons=undo)
    await joined.split(ctx.desk, ticket, new, ctx.now)


def _places(said: str, count: int) -> list[int]:
    """The places meant by `2` or `2,3`; empty when it is none of the list."""
    parts = [part.strip() for part in said.split(",") if part.strip()]
    places = [int(part[:4]) for part in parts if part.isascii() and part.isdigit()]
    return sorted(set(places)) if len(places) == len(parts) and all(0 < one <= count for one in places) else []


async def _offer(ctx: Context, ticket: Ticket, said: list[Message]) -> None:
    """What the resident has said, newest last, each a choice; words of a private matter stay out of groups."""
    if len(said) < 2:  # noqa: PLR2004  # one stays, one goes
        raise merging.NothingToSplit(number=ticket.number)
    listed = list(enumerate(said, start=1))[-OFFERED:]
    buttons = [[(_label(ctx, place, one), f"/tach {ticket.number} {place}")] for place, one in listed]
    await ctx.say("merge.which_words", number=ticket.number, buttons=buttons, ticket=ticket)


def _label(ctx: Context, place: int, message: Message) -> str:
    words = "" if ctx.row.group else cards.excerpt(message.text, WORDS)
    return words or ctx.word("merge.message", place=place, count=len(message.attachments))


async def _where(ctx: Context, ticket: Ticket, which: str, said: str, chosen: list[Message]) -> tuple[str, str]:
    """The area of the new ticket and its procedure: as said, else as the words surely say, else asked ("")."""
    if said:
        area = named(ctx, said)
        if area is None:
            raise UnknownArea(area=said)
        return area, ""
    match = matching.match(" ".join(one.text for one in chosen), await own_models.index(ctx.desk, ctx.now))
    if match.decision == "route" and match.area in ctx.desk.policy.areas:
        code = match.procedures[0].id if match.procedures and match.procedures[0].confidence >= joined.SURE else ""
        return str(match.area), code
    areas = dict.fromkeys([*(one.id for one in match.choices), ticket.area, ctx.desk.policy.reception])
    known = [ctx.desk.policy.areas[one] for one in areas if one in ctx.desk.policy.areas]
    buttons = [[(one.name, f"/tach {ticket.number} {which} {one.id}")] for one in known]
    await ctx.say("merge.which_area", number=ticket.number, which=which, buttons=buttons, ticket=ticket)
    return "", ""
