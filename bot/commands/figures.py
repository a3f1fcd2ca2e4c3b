"""What leads and supervisors can ask about the work as a whole: figures in words and as a picture."""

import asyncio
import math
from datetime import timedelta

from bot import cards, figures_said, own_files
from bot.commands.staff import ticket_line
from bot.context import Buttons, Context
from bot.figures_asked import DIMENSIONS, ORDERS, SPOKEN, Asked, key_of, part_of, understood, value_meant
from bot.registry import Audience, command
from channels.contract import AttachmentKind
from tickets import outbox, resident_groups, rights
from tickets.models import Priority, Ticket
from tickets.reports import lookups, periods, places
from tickets.reports.figures import Figures, figures
from tickets.reports.measures import MEASURES, Measure, ranked
from tickets.reports.reading import seen_by, stories_of

PAGE = 10
OPENED = 5  # tickets of a page that get a button
MATTER = 60  # characters of what was looked for
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


@command("thongke", "thống kê", "stats", audience=Audience.LEAD, free_text=True, options=SPOKEN)
async def figures_(ctx: Context) -> None:
    """/thongke [figure or breakdown] [period]: this week without words; every figure opens as its list of tickets."""
    rights.require_office(ctx.officer, "late")
    asked = understood(ctx.args)
    period = periods.meant(asked.period, ctx.now, figures_said.zone(ctx.desk))
    found = await _figures(ctx, period)
    if asked.what == "reason":
        await _reasons(ctx, found, period)
    elif asked.what in DIMENSIONS:
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
        groups=await resident_groups.asked_in(policy.office),
        deflected=await lookups.deflected(policy.office, period.start, until, policy.calendar.timezone),
    )


async def _overview(ctx: Context, found: Figures, period: periods.Period) -> None:
    channel = ctx.desk.channels.get(ctx.row.channel)
    room = channel.capabilities.max_text if channel is not None else figures_said.SHORT
    groups = await resident_groups.names(ctx.desk.policy.office) if found.by["group"] else {}
    text = figures_said.overview(ctx.desk, ctx.language, found, period, ctx.now, room=room, groups=groups)
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
        breakdowns = [
            (ctx.word(f"figures.name_{name}"), f"/thongke {name} {period.code}")
            for name in DIMENSIONS
            if name != "group" or found.by["group"]
        ]
        if found.reasons:
            breakdowns.append((ctx.word("figures.name_reason"), f"/thongke reason {period.code}"))
        rows += [breakdowns[at : at + 2] for at in range(0, len(breakdowns), 2)]
    return rows


async def _names(ctx: Context, found: Figures, dimension: str) -> dict[int, str]:
    """What the rows of a table are called whose values are ids."""
    if dimension == "group":
        return await resident_groups.names(ctx.desk.policy.office)
    return await figures_said.names([int(one) for one in found.by["person"]] if dimension == "person" else [])


async def _table(ctx: Context, found: Figures, period: periods.Period, asked: Asked) -> None:
    """One line a row; below, the list of tickets behind the worst, and the ways to put the rows in order."""
    staff = await _names(ctx, found, asked.what)
    head = ctx.word(
        "figures.table_head",
        name=ctx.word(f"figures.name_{asked.what}"),
        period=figures_said.title(ctx.desk, ctx.language, period, ctx.now),
    )
    if asked.order is None:
        lines = figures_said.table(ctx.desk, ctx.language, found, asked.what, staff)
        rows = sorted(found.by[asked.what].items(), key=lambda row: [-len(row[1].get(name, ())) for name in WORTH])
        worst = [(value, next((name for name in WORTH if sets.get(name)), "")) for value, sets in rows[:OPENED]]
    else:
        head = f"{head} · {ctx.word(f'figures.order_{asked.order}')}"
        lines = figures_said.ranking(ctx.desk, ctx.language, found, asked.what, asked.order, staff)
        order = ranked(found.measured[asked.what], asked.order)[:OPENED]
        worst = [(value, figures_said.LIST_OF[asked.order]) for value in order]
    buttons = []
    for value, figure in worst:
        count = len(found.by[asked.what].get(value, {}).get(figure, ()))
        if value and count:
            label = f"{figures_said.value_name(ctx.desk, ctx.language, asked.what, value, staff)}, {_name(ctx, figure)}"
            line = f"/thongke {figure} {part_of(asked.what, value)} {period.code}{_sorted_by(asked.order)}"
            buttons.append([(ctx.word("figures.open", figure=label, count=count), line)])
    others = [
        (ctx.word(f"figures.order_{one}"), f"/thongke {asked.what} {period.code}{_sorted_by(one)}")
        for one in MEASURES
        if one != asked.order and any(row.value(one) is not None for row in found.measured[asked.what].values())
    ]
    buttons += [others[at : at + 2] for at in range(0, len(others), 2)]
    await ctx.answer("\n".join([head, *(lines or [ctx.word("figures.nothing")])]), buttons=buttons)


def _sorted_by(order: Measure | None) -> str:
    return f" xep={ORDERS[order][0]}" if order is not None else ""


async def _reasons(ctx: Context, found: Figures, period: periods.Period) -> None:
    """Why tickets went to another area, each reason with its tickets."""
    head = ctx.word(
        "figures.table_head",
        name=ctx.word("figures.name_reason"),
        period=figures_said.title(ctx.desk, ctx.language, period, ctx.now),
    )
    rows = [(figures_said.reason(ctx.desk, ctx.language, why), why, len(ids)) for why, ids in found.reasons[:PAGE]]
    lines = [ctx.word("figures.lookup", name=cards.excerpt(said, MATTER), count=count) for said, _, count in rows]
    buttons = [
        [
            (
                ctx.word("figures.open", figure=cards.excerpt(said, 30), count=count),
                f"/thongke transferred {part_of('reason', key_of(why))} {period.code}",
            )
        ]
        for said, why, count in rows[:OPENED]
    ]
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
    """The tickets behind a figure; where it is a time or a rating, with what each contributes."""
    ids = _in_order(found, _behind(found, asked), asked.order)
    order = f" · {ctx.word(f'figures.order_{asked.order}')}" if asked.order is not None else ""
    head = ctx.word(
        "figures.list_head",
        figure=ctx.word(f"figures.name_{asked.what}") + order,
        period=figures_said.title(ctx.desk, ctx.language, period, ctx.now),
        count=len(ids),
    )
    first = (asked.page - 1) * PAGE
    page = ids[first : first + PAGE]
    if not page:
        await ctx.answer("\n".join([head, ctx.word("figures.nothing")]))
        return
    rows = await Ticket.filter(id__in=page, office=ctx.desk.policy.office).prefetch_related("contact")
    tickets = sorted(rows, key=lambda one: page.index(one.id))
    lines = [head]
    for one in tickets:
        share = figures_said.contribution(ctx.desk, ctx.language, found, one.id, asked.what)
        lines.append(f"{ticket_line(ctx, one)} · {share}" if share else ticket_line(ctx, one))
    buttons = [[(ctx.word("figures.show_number", number=one.number), f"/xem {one.number}") for one in tickets[:OPENED]]]
    part = f" {part_of(*asked.part)}" if asked.part else ""
    line = f"/thongke {asked.what}{part} {period.code}"
    if first + PAGE < len(ids):
        buttons.append([(ctx.word("button.more"), f"{line}{_sorted_by(asked.order)} p{asked.page + 1}")])
    measure = next((one for one, figure in figures_said.LIST_OF.items() if figure == asked.what), None)
    if measure is not None and asked.order is None and len(ids) > 1:
        label = ctx.word("figures.worst_rated" if measure == "satisfaction" else "figures.longest")
        buttons.append([(label, f"{line}{_sorted_by(measure)}")])
    await ctx.answer("\n".join(lines), buttons=buttons)


def _behind(found: Figures, asked: Asked) -> tuple[int, ...]:
    """The tickets a figure counts, of the part asked for."""
    if asked.part is None:
        return found.sets[asked.what]
    dimension, value = asked.part
    if dimension != "reason":
        rows = found.by[dimension]
        return rows.get(value_meant(value, rows), {}).get(asked.what, ())
    meant = {one for why, ids in found.reasons if key_of(why) == value for one in ids}
    return tuple(one for one in found.sets[asked.what] if one in meant)


def _in_order(found: Figures, ids: tuple[int, ...], order: Measure | None) -> tuple[int, ...]:
    """The longest first, or the least content; those that were not measured come last."""
    if order is None:
        return ids
    if order == "satisfaction":
        return tuple(sorted(ids, key=lambda one: (found.ratings.get(one, math.inf), one)))
    lengths = found.lengths["first_reply" if order.startswith("first") else "resolve"]
    return tuple(sorted(ids, key=lambda one: (-lengths.get(one, timedelta(-1)), one)))


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
