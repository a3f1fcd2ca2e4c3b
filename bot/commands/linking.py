"""One person, several channels: `/lienket` joins a resident's, `/golienket` parts them, `/kenh` says where to write."""

from bot.context import Context
from bot.registry import Audience, command
from tickets import linking, outbox, people
from tickets.folding import fold
from tickets.models import Contact, Resident, Staff, Ticket
from tickets.status import LIVE

LAST_USED = ("gannhat", "last")
AGREE, DECLINE = ("dongy", "agree"), ("khong", "no")


@command("lienket", "liên kết", "nối kênh", "link", audience=Audience.RESIDENT, free_text=True)
async def link(ctx: Context) -> None:
    """/lienket gives a code to be typed on the other channel; with the code behind it, joins the two."""
    code = linking.code_in(ctx.args)
    if code is not None:
        await join(ctx, code)
        return
    if ctx.args:
        raise linking.LinkCodeInvalid
    made = await linking.make_code(ctx.contact, ctx.now)
    await ctx.say("linking.code", code=made, minutes=int(linking.VALID.total_seconds() // 60))


async def join(ctx: Context, code: str) -> None:
    """The code was typed: both channels hear that they are one person's from now on, and how to part them."""
    _, other = await linking.join(ctx.contact, code, ctx.now, ctx.desk.office.language)
    resident = await people.resident_of(ctx.contact, ctx.now, ctx.desk.office.language)
    live = await Ticket.filter(resident_id=resident.id, status__in=list(LIVE)).order_by("id")
    part = [[(ctx.word("button.part_channels"), "/golienket"), (ctx.word("button.channels"), "/kenh")]]
    await ctx.say(
        "linking.joined" if live else "linking.joined_nothing",
        channel=other.channel,
        numbers=", ".join(f"#{one.number}" for one in live),
        buttons=part,
    )
    say, language = ctx.desk.texts.say, resident.language
    await outbox.put(
        office=other.office,
        channel=other.channel,
        chat=other.chat,
        now=ctx.now,
        text=say(language, "linking.joined_here", channel=ctx.contact.channel),
        buttons=[[[say(language, "button.part_channels"), "/golienket"]]],
    )


@command("golienket", "gỡ liên kết", "unlink", audience=Audience.RESIDENT)
async def unlink(ctx: Context) -> None:
    """What was joined last is parted, exactly as it was before."""
    before = await linking.others(ctx.contact)
    await linking.part(ctx.contact, ctx.now)
    await ctx.say("linking.parted")
    still = {one.id for one in await linking.others(ctx.contact)}
    for other in before:
        if other.id in still or not other.chat:
            continue
        await other.fetch_related("resident")
        language = other.resident.language if other.resident is not None else ctx.desk.office.language
        text = ctx.desk.texts.say(language, "linking.parted_here", channel=ctx.contact.channel)
        await outbox.put(office=other.office, channel=other.channel, chat=other.chat, now=ctx.now, text=text)


@command("kenh", "kênh", "channel", audience=Audience.ANYONE, free_text=True)
async def channel(ctx: Context) -> None:
    """/kenh shows where we write; /kenh NAME chooses; /kenh gannhat: where they wrote last; dongy, khong: elsewhere."""
    said = fold(ctx.args).replace(" ", "")
    if ctx.staff is not None:
        await _of_staff(ctx, ctx.staff, said)
        return
    resident = await people.resident_of(ctx.contact, ctx.now, ctx.desk.office.language)
    contacts = [ctx.contact, *await linking.others(ctx.contact)]
    names = _names(ctx, contacts)
    if len(names) < 2:  # noqa: PLR2004  # nothing to choose from
        await ctx.say("linking.one_channel", channel=ctx.contact.channel)
        return
    if said in AGREE or said in DECLINE:
        resident.elsewhere = said in AGREE
        await resident.save(update_fields=["elsewhere"])
        await ctx.say("linking.elsewhere_yes" if resident.elsewhere else "linking.elsewhere_no")
        return
    if said in names or said in LAST_USED:
        resident.preferred_channel = names.get(said, "")
        await resident.save(update_fields=["preferred_channel"])
        await ctx.say("linking.chosen" if said in names else "linking.chosen_last", channel=names.get(said, ""))
        return
    await _show(ctx, resident, names)


async def _show(ctx: Context, resident: Resident, names: dict[str, str]) -> None:
    buttons = _choices(ctx, names)
    if resident.elsewhere:
        buttons.append([(ctx.word("button.elsewhere_no"), "/kenh khong")])
    else:
        buttons.append([(ctx.word("button.elsewhere_yes"), "/kenh dongy")])
    now = resident.preferred_channel or ctx.word("linking.last_used")
    await ctx.say("linking.where", channels=", ".join(names.values()), channel=now, buttons=buttons)


async def _of_staff(ctx: Context, staff: Staff, said: str) -> None:
    names = _names(ctx, await Contact.filter(staff_id=staff.id).exclude(chat="").order_by("id"))
    if said in names or said in LAST_USED:
        staff.preferred_channel = names.get(said, "")
        await staff.save(update_fields=["preferred_channel"])
        await ctx.say("linking.staff_chosen" if said in names else "linking.staff_last", channel=names.get(said, ""))
        return
    now = staff.preferred_channel or ctx.word("linking.last_used")
    await ctx.say("linking.staff_where", channels=", ".join(names.values()), channel=now, buttons=_choices(ctx, names))


def _names(ctx: Context, contacts: list[Contact]) -> dict[str, str]:
    """The channels of somebody that are on, by how they may be typed."""
    return {fold(one.channel).replace(" ", ""): one.channel for one in contacts if one.channel in ctx.desk.channels}


def _choices(ctx: Context, names: dict[str, str]) -> list[list[tuple[str, str]]]:
    lines = [[(ctx.word("button.write_here", channel=name), f"/kenh {name}")] for name in names.values()]
    return [*lines, [(ctx.word("button.write_last"), "/kenh gannhat")]]
