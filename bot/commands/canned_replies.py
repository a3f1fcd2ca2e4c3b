"""`/mau`: canned replies, shown, put to a ticket after a look at them, and edited in chat with their history."""

from typing import Any

from bot import canned_words, cards, dialogs, paging, staff_talk, times
from bot.areas import take_area
from bot.context import Context
from bot.meant import answered_ticket, number_said
from bot.registry import Audience, command
from tickets import canned, queries, rights
from tickets.errors import UnknownArea
from tickets.folding import fold
from tickets.models import CannedReply, Ticket

PAGE = 8
HISTORY = 5
LINE = 60  # characters of a wording in a list
TEXT = "canned_text"
SEND = ("gui", "send")
EDIT = ("sua", "them", "moi", "edit", "new")
REMOVE = ("bo", "xoa", "remove")
LOG = ("nhatky", "lichsu", "log", "history")
SPOKEN = r"(#?\d+( .*)?|(sua|them|bo|xoa|nhatky|lichsu)( .*)?)?"  # "mẫu này ông lấy ở quầy" is no command


@command("mau", "mẫu", "canned", audience=Audience.STAFF, free_text=True, spoken=SPOKEN)
async def canned_(ctx: Context) -> None:
    """/mau lists; /mau NUMBER NAME shows one filled in, to be sent; /mau sua|bo|nhatky [AREA] NAME edits."""
    word, _, rest = ctx.args.strip().partition(" ")
    said = fold(word)
    if said in EDIT:
        await _edit(ctx, rest.strip())
    elif said in REMOVE:
        await _remove(ctx, rest.strip())
    elif said in LOG:
        await _history(ctx, rest.strip())
    else:
        ticket, name = await _about(ctx)
        await _use(ctx, ticket, name)


async def _about(ctx: Context) -> tuple[Ticket | None, str]:
    """The ticket a reply is for, by number, by the card answered or as the only one in hand, and what else was said."""
    word, _, rest = ctx.args.strip().partition(" ")
    digits = number_said(word)
    if digits.isascii() and digits.isdigit():
        ticket: Ticket | None = await queries.ticket_by_number(ctx.desk.policy, ctx.officer, int(digits[:9]))
        name = rest.strip()
    else:
        ticket, name = await answered_ticket(ctx) if not ctx.row.press_id else None, ctx.args.strip()
        if ticket is None:
            mine, count = await queries.mine(ctx.officer)
            ticket = await queries.reload(mine[0]) if count == 1 else None
    if ticket is None:
        return None, name
    rights.require_ticket(ctx.desk.policy, ctx.officer, "see", ticket)
    return await queries.standing(ticket), name


async def _use(ctx: Context, ticket: Ticket | None, said: str) -> None:
    asked = paging.asked(said)
    if not asked.words:
        await _list(ctx, ticket, asked.page)
        return
    word, _, rest = said.partition(" ")
    if ticket is not None and fold(word) in SEND and rest.strip().isascii() and rest.strip().isdigit():
        reply = await canned.by_id(ctx.desk.policy, ctx.officer, int(rest.strip()[:18]))
        words, _ = canned_words.filled(ctx, reply, ticket)
        await staff_talk.relay(ctx, ticket, words)
        return
    reply = (
        await canned.by_id(ctx.desk.policy, ctx.officer, int(said[1:19]))
        if said.startswith("@") and said[1:].isascii() and said[1:].isdigit()
        else await canned.find(ctx.desk.policy, ctx.officer, said, ticket)
    )
    if ticket is None:
        await ctx.say("canned.raw", name=reply.name, area=_area(ctx, reply.area), text=reply.text)
        return
    words, missing = canned_words.filled(ctx, reply, ticket)
    send = [[(ctx.word("button.send_it"), f"/mau {ticket.number} gui {reply.id}")]]
    key = "canned.preview_missing" if missing else "canned.preview"
    await ctx.say(key, number=ticket.number, name=reply.name, words=words, missing=" ".join(missing), buttons=send)


async def _list(ctx: Context, ticket: Ticket | None, page: int) -> None:
    found = await canned.in_use(ctx.desk.policy, ctx.officer)
    if ticket is not None:  # what fits the ticket comes first
        found = sorted(found, key=lambda row: row.area != ticket.area)
    shown = found[(page - 1) * PAGE : page * PAGE]
    if not shown:
        await ctx.say("canned.empty")
        return
    head = ctx.word("canned.head", count=len(found))
    lines = [paging.head(ctx, head, page, PAGE, len(found))]
    lines += [
        ctx.word("canned.line", name=one.name, area=_area(ctx, one.area), text=cards.excerpt(one.text, LINE))
        for one in shown
    ]
    line = f"/mau {ticket.number}" if ticket is not None else "/mau"
    lines.append(ctx.word("canned.how" if ticket is None else "canned.how_for", number=ticket.number if ticket else ""))
    buttons = [[(one.name, f"{line} @{one.id}")] for one in shown]
    turns = paging.turns(ctx, line, page, PAGE, len(found))
    await paging.show(ctx, "\n".join(lines), [*buttons, turns] if turns else buttons)


async def _edit(ctx: Context, said: str) -> None:
    """`[AREA] NAME: WORDS`, in one line or in two steps."""
    head, colon, text = said.partition(":")
    area, name = _where(ctx, head)
    canned.require(ctx.desk.policy, ctx.officer, area)
    if not name:
        await ctx.say("canned.edit_how", known=_known())
        return
    if not colon or not text.strip():
        await dialogs.put(ctx, TEXT, area=area, name=name)
        await ctx.say("canned.which_text", name=name, area=_area(ctx, area), known=_known())
        return
    await _write(ctx, area, name, text)


@dialogs.answers(TEXT)
async def text_of(ctx: Context, data: dict[str, Any], text: str) -> None:
    """The wording, typed after its name."""
    await _write(ctx, str(data["area"]), str(data["name"]), text)


async def _write(ctx: Context, area: str, name: str, text: str) -> None:
    before = [row for row in await canned.history(ctx.desk.policy, area, canned.key_of(name)) if not row.removed]
    made = await canned.write(ctx.desk.policy, ctx.officer, area, name, text, ctx.now)
    place = _area(ctx, area)
    if not before:
        await ctx.say("canned.written", name=made.name, area=place, text=made.text)
        return
    await ctx.say("canned.changed", name=made.name, area=place, text=made.text, before=before[0].text)


async def _remove(ctx: Context, said: str) -> None:
    area, name = _where(ctx, said)
    found = [row for row in await canned.in_use(ctx.desk.policy) if (row.area, row.key) == (area, canned.key_of(name))]
    if not found:
        raise canned.NoSuchReply(name=name)
    await canned.remove(ctx.desk.policy, ctx.officer, found[0], ctx.now)
    await ctx.say("canned.removed", name=found[0].name, area=_area(ctx, area), text=found[0].text)


async def _history(ctx: Context, said: str) -> None:
    asked = paging.asked(said)
    if asked.words.startswith("@") and asked.words[1:].isascii() and asked.words[1:].isdigit():
        shown_before = await canned.version(ctx.desk.policy, int(asked.words[1:19]))
        area, name = shown_before.area, shown_before.name
    else:
        area, name = _where(ctx, asked.words, guess=False)
    if area:
        rights.require_area(ctx.desk.policy, ctx.officer, area)
    rows = await canned.history(ctx.desk.policy, area, canned.key_of(name))
    if not rows:
        raise canned.NoSuchReply(name=name)
    head = ctx.word("canned.history", name=rows[0].name, area=_area(ctx, area), count=len(rows))
    shown = rows[asked.offset(HISTORY) : asked.offset(HISTORY) + HISTORY]
    lines = [paging.head(ctx, head, asked.page, HISTORY, len(rows)), *(_version(ctx, one) for one in shown)]
    turns = paging.turns(ctx, f"/mau nhatky @{rows[0].id}", asked.page, HISTORY, len(rows))
    await paging.show(ctx, "\n".join(lines), [turns] if turns else [])


def _version(ctx: Context, row: CannedReply) -> str:
    return ctx.word(
        "canned.version_removed" if row.removed else "canned.version",
        at=times.moment(ctx.desk, ctx.language, row.at, ctx.now),
        who=row.staff.name if row.staff else ctx.word("acts.administrator"),
        text=row.text,
    )


def _where(ctx: Context, said: str, *, guess: bool = True) -> tuple[str, str]:
    """The area said before a name, and the name. With `guess`, a lead of one area who says none means theirs."""
    words = said.strip()
    try:
        area, name = take_area(ctx, words)
    except UnknownArea:
        area, name = "", words
    if area and not name:  # a reply that is called like an area
        area, name = "", words
    officer = ctx.officer
    if not area and guess and not rights.at_least(officer, rights.OFFICE_RIGHTS["canned"]) and len(officer.areas) == 1:
        area = officer.areas[0]
    return area, name


def _area(ctx: Context, area: str) -> str:
    known = ctx.desk.policy.areas.get(area)
    return known.name if known is not None else ctx.word("canned.whole_office")


def _known() -> str:
    return " ".join(f"{{{one}}}" for one in canned.PLACEHOLDERS)
