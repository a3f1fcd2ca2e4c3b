"""What leads and supervisors can ask about the work as a whole: figures in words and as a picture."""

import asyncio
from dataclasses import dataclass, replace

from bot import cards, figures_said, own_files
from bot.commands.staff import ticket_line
from bot.context import Buttons, Context
from bot.registry import Audience, command
from channels.contract import AttachmentKind
from tickets import outbox, rights
from tickets.folding import fold
from tickets.models import Priority, Ticket
from tickets.reports import lookups, periods, places
from tickets.reports.figures import Figures, figures
from tickets.reports.reading import seen_by, stories_of

PAGE = 10
OPENED = 5  # tickets of a page that get a button
MATTER = 60  # characters of what was looked for
_LONGEST = 3  # words: "đang giải quyết"

# Behind the words "thống kê", which may also begin a sentence, only these are taken for a command without a slash.
SPOKEN = (
    *("ngay", "hom nay", "hom qua", "tuan", "tuan nay", "tuan truoc", "thang", "thang nay", "thang truoc"),
    *("quy", "quy nay", "quy truoc", "nam", "nam nay", "nam truoc"),
)

# The words staff type, folded and squeezed; the first of each figure is what buttons type.
WORDS = {
    "received": ("tiepnhan", "nhan", "received"),
    "settled": ("dagiaiquyet", "giaiquyet", "xong", "settled"),
    "on_time": ("dunghen", "ontime"),
    "late": ("trehen", "tre", "late"),
    "answered": ("datraloi", "traloi", "answered"),
    "answered_on_time": ("traloidunghen",),
    "answered_late": ("traloitre",),
    "deflected": ("tutracuu", "deflected"),
    "carried": ("tondauky", "ton", "carried"),
    "reopened": ("molai", "reopened"),
    "back": ("molaikytruoc", "back"),
    "live": ("danggiaiquyet", "dang", "live"),
    "unclaimed": ("chuaainhan", "unclaimed"),
    "waiting": ("chonguoidan", "waiting"),
    "overdue": ("quahan", "overdue"),
    "rated": ("hailong", "danhgia", "rated"),
    "transferred": ("chuyen", "transferred"),
    "apologised": ("xinloi", "apologised"),
    "merged": ("gop", "merged"),
    "split": ("tach", "split"),
    "area": ("linhvuc", "area"),
    "channel": ("kenh", "channel"),
    "place": ("todanpho", "place"),
    "person": ("nguoi", "canbo", "person"),
}
_MEANT = {word: name for name, words in WORDS.items() for word in words}
WORTH_FEW = ("overdue", "late", "live")
WORTH_ALL = (
    "received",
    "settled",
    "late",
    "deflected",
    "answered_late",
    "live",
    "unclaimed",
    "waiting",
    "overdue",
    "reopened",
    "transferred",
)
WORTH = ("overdue", "late", "live", "settled", "received")  # what of a row is looked at first
DIMENSIONS = ("area", "channel", "place", "person")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a line asks for: a figure or a dimension (or, empty, the overview), of a part, of a period, from a page."""

    what: str = ""
    part: tuple[str, str] | None = None  # dimension, value
    period: str = ""
    page: int = 1


def understood(text: str) -> Asked:
    """Read "trễ hẹn tháng 10" or "/thongke late 2026-11-16..2026-11-22 area=ho-tich p2". The period stays in words."""
    asked = Asked()
    rest = []
    for word in text.split():
        name, equals, value = word.partition("=")
        if equals and name in DIMENSIONS:
            asked = replace(asked, part=(name, value))
        elif word[:1] == "p" and word[1:].isascii() and word[1:].isdigit() and len(word) <= len("p9999"):
            asked = replace(asked, page=max(1, int(word[1:])))
        else:
            rest.append(word)
    for length in range(min(_LONGEST, len(rest)), 0, -1):
        squeezed = "".join(fold(word).replace("_", "") for word in rest[:length])
        if squeezed in _MEANT:
            return replace(asked, what=_MEANT[squeezed], period=" ".join(rest[length:]))
    return replace(asked, period=" ".join(rest))


@command("thongke", "thống kê", "stats", audience=Audience.LEAD, free_text=True, options=SPOKEN)
async def figures_(ctx: Context) -> None:
    """/thongke [figure or breakdown] [period]: this week without words; every figure opens as its list of tickets."""
    rights.require_office(ctx.officer, "late")
    asked = understood(ctx.args)
    period = periods.meant(asked.period, ctx.now, figures_said.zone(ctx.desk))
    found = await _figures(ctx, period)
    if asked.what in DIMENSIONS:
        await _table(ctx, found, period, asked)
    elif asked.what == "deflected":
        await _lookups(ctx, period)
    elif asked.what:
        await _tickets(ctx, found, period, asked)
    else:
        await _overview(ctx, found, period)


async def _figures(ctx: Context, period: periods.Period) -> Figures:
    policy, until = ctx.desk.policy, period.until(ctx.now)
    counts = seen_by(policy, ctx.officer)
    stories = [one for one in await stories_of(policy, period.start, until) if counts(one)]
    return figures(
        stories,
        period.start,
        until,
        places=await places.of(policy.office),
        deflected=await lookups.deflected(policy.office, period.start, until, policy.calendar.timezone),
    )


async def _overview(ctx: Context, found: Figures, period: periods.Period) -> None:
    channel = ctx.desk.channels.get(ctx.row.channel)
    room = channel.capabilities.max_text if channel is not None else figures_said.SHORT
    text = figures_said.overview(ctx.desk, ctx.language, found, period, ctx.now, room=room)
    attachments = []
    can = channel.capabilities.files | channel.capabilities.file_urls if channel is not None else frozenset()
    if AttachmentKind.PHOTO in can and any(found.sets.values()):
        from bot.documents import chart

        picture = chart.described(ctx.desk, ctx.language, found, period, ctx.now)
        content = await asyncio.to_thread(chart.drawn, picture)
        attachments = [
            await own_files.keep(
                ctx.row.office,
                content,
                f"thong-ke-{period.code}.png",
                "image/png",
                ctx.now,
                kind=AttachmentKind.PHOTO,
            )
        ]
    await outbox.put(
        office=ctx.row.office,
        channel=ctx.row.channel,
        chat=ctx.row.chat,
        now=ctx.now,
        text=text,
        buttons=[[list(one) for one in line] for line in _openings(ctx, found, period, few=room < figures_said.SHORT)],
        attachments=attachments,
        priority=Priority.ANSWER,
    )


def _openings(ctx: Context, found: Figures, period: periods.Period, *, few: bool) -> Buttons:
    """A button for each figure that is worth a look, and for each breakdown."""
    names = WORTH_FEW if few else WORTH_ALL
    buttons = [
        (
            ctx.word("figures.open", figure=ctx.word(f"figures.name_{name}"), count=found.count(name)),
            f"/thongke {name} {period.code}",
        )
        for name in names
        if found.count(name)
    ]
    rows = [buttons[at : at + 2] for at in range(0, len(buttons), 2)]
    if not few:
        breakdowns = [(ctx.word(f"figures.name_{name}"), f"/thongke {name} {period.code}") for name in DIMENSIONS]
        rows += [breakdowns[:2], breakdowns[2:]]
    return rows


async def _table(ctx: Context, found: Figures, period: periods.Period, asked: Asked) -> None:
    ids = [int(one) for one in found.by["person"]] if asked.what == "person" else []
    staff = await figures_said.names(ids)
    lines = figures_said.table(ctx.desk, ctx.language, found, asked.what, staff)
    head = ctx.word(
        "figures.table_head",
        name=ctx.word(f"figures.name_{asked.what}"),
        period=figures_said.title(ctx.desk, ctx.language, period, ctx.now),
    )
    rows = sorted(found.by[asked.what].items(), key=lambda row: [-len(row[1].get(name, ())) for name in WORTH])
    buttons = []
    for value, sets in rows[:OPENED]:
        worst = next((name for name in WORTH if sets.get(name)), None)
        if value and worst is not None:
            label = f"{figures_said.value_name(ctx.desk, ctx.language, asked.what, value, staff)}, {_name(ctx, worst)}"
            line = f"/thongke {worst} {asked.what}={value} {period.code}"
            buttons.append([(ctx.word("figures.open", figure=label, count=len(sets[worst])), line)])
    await ctx.answer("\n".join([head, *(lines or [ctx.word("figures.nothing")])]), buttons=buttons)


async def _lookups(ctx: Context, period: periods.Period) -> None:
    """What stands behind the one figure that counts no tickets: which procedures were looked for."""
    policy = ctx.desk.policy
    looked = await lookups.found(policy.office, period.start, period.until(ctx.now), policy.calendar.timezone)
    lines = [
        ctx.word(
            "figures.lookups_head",
            period=figures_said.title(ctx.desk, ctx.language, period, ctx.now),
            count=lookups.people(looked),
        )
    ]
    for what, count in lookups.by_matter(looked)[:PAGE]:
        known = ctx.desk.catalogue.procedure(what)
        name = known.name if known is not None else cards.excerpt(what, MATTER)
        lines.append(ctx.word("figures.lookup", name=name, count=count))
    await ctx.answer("\n".join(lines))


def _name(ctx: Context, figure: str) -> str:
    return ctx.word(f"figures.name_{figure}").lower()


async def _tickets(ctx: Context, found: Figures, period: periods.Period, asked: Asked) -> None:
    dimension, value = asked.part or ("", "")
    ids = found.by[dimension].get(value, {}).get(asked.what, ()) if asked.part else found.sets[asked.what]
    head = ctx.word(
        "figures.list_head",
        figure=ctx.word(f"figures.name_{asked.what}"),
        period=figures_said.title(ctx.desk, ctx.language, period, ctx.now),
        count=len(ids),
    )
    first = (asked.page - 1) * PAGE
    page = ids[first : first + PAGE]
    if not page:
        await ctx.answer("\n".join([head, ctx.word("figures.nothing")]))
        return
    tickets = await Ticket.filter(id__in=page, office=ctx.desk.policy.office).order_by("id").prefetch_related("contact")
    lines = [head, *(ticket_line(ctx, one) for one in tickets)]
    buttons = [[(ctx.word("figures.show_number", number=one.number), f"/xem {one.number}") for one in tickets[:OPENED]]]
    if first + PAGE < len(ids):
        part = f" {dimension}={value}" if asked.part else ""
        more = f"/thongke {asked.what}{part} {period.code} p{asked.page + 1}"
        buttons.append([(ctx.word("button.more"), more)])
    await ctx.answer("\n".join(lines), buttons=buttons)


@command("todanpho", "tổ dân phố", "neighbourhood", audience=Audience.STAFF, ticket=True, free_text=True)
async def place(ctx: Context) -> None:
    """Where the resident of a ticket lives, when they told it otherwise than in writing."""
    ticket = ctx.about_ticket
    rights.require_ticket(ctx.desk.policy, ctx.officer, "note", ticket)
    found = places.said_by_staff(ctx.args)
    if not found:
        await ctx.say("figures.place_how")
        return
    await places.put(ticket, found, ctx.officer, ctx.now)
    name = figures_said.place_name(ctx.desk, ctx.language, found)
    await ctx.say("figures.place_put", number=ticket.number, place=name)
