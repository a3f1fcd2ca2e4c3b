"""Commands for everybody: start, help, language, cancel; and joining the staff with an invitation."""

from bot import dialogs, menus
from bot.areas import take_areas
from bot.commands.staff import show_waiting
from bot.context import Context
from bot.registry import Audience, command
from bot.resident_talk import welcome
from bot.texts.catalog import codes
from channels.contract import group_of
from tickets import acts, outbox, people, resident_groups, rights
from tickets.acts import ActKind
from tickets.models import OutboxKind, Role, Staff

LANGUAGES = codes()  # words that may follow without a slash; which of them are spoken is asked of the catalog


@command("batdau", "bắt đầu", "start", audience=Audience.ANYONE, free_text=True)
async def start(ctx: Context) -> None:
    """The first press of a chat; with an invitation behind it, joining; in a group, linking it for cards."""
    code = people.code_in(ctx.args)
    if ctx.row.group:
        await link_group(ctx)
    elif code:
        await join(ctx, code)
    elif ctx.staff is not None:
        await ctx.say("staff.hello", name=ctx.staff.name, areas=area_names(ctx, ctx.staff))
    elif ctx.contact.welcomed:
        await ctx.say("resident.greeting", office=ctx.desk.policy.name)
    else:
        await welcome(ctx)


async def join(ctx: Context, code: str) -> None:
    """Use up an invitation: from now on this contact is staff."""
    staff = await people.redeem(ctx.contact, code, ctx.now, ctx.desk.office.language)
    ctx.contact.staff = staff
    await ctx.say("staff.joined", name=staff.name, role=ctx.word(f"role.{staff.role}"), areas=area_names(ctx, staff))
    row = ctx.row
    await outbox.put(office=row.office, channel=row.channel, chat=row.chat, now=ctx.now, kind=OutboxKind.MENU)
    await show_waiting(ctx)


async def link_group(ctx: Context) -> None:
    """A lead or supervisor makes this group the place for cards: of the areas named, else of their own areas."""
    rights.require_office(ctx.officer, "link_group")
    if await resident_groups.of(ctx.row.office, ctx.row.channel, ctx.row.chat) is not None:
        raise resident_groups.GroupOfResidents
    areas = take_areas(ctx, ctx.args) if ctx.args else ctx.officer.areas
    for area in areas:
        rights.require_area(ctx.desk.policy, ctx.officer, area)
    group = group_of(ctx.row.chat)
    await people.link_group(ctx.row.office, ctx.row.channel, group, areas)
    await people.seen_in_group(ctx.officer, ctx.row.channel, group)
    await acts.note(ctx.officer.office, ctx.officer, ActKind.GROUP, ctx.now, areas=list(areas))
    names = ", ".join(ctx.desk.policy.areas[area].name for area in areas) or ctx.word("staff.all_areas")
    await ctx.say("staff.group_linked", areas=names)


@command("trogiup", "trợ giúp", "help", audience=Audience.ANYONE)
async def help_(ctx: Context) -> None:
    """What this person can type on this network, and nothing else."""
    channel = ctx.desk.channels.get(ctx.row.channel)
    slash = "/" if channel is None or channel.capabilities.slash else ""
    lines = [
        f"{slash}{one.name}: {ctx.word(f'menu.{one.name}')}" for one in menus.offered(ctx.desk, ctx.staff, ctx.language)
    ]
    head = "help.staff" if ctx.staff is not None else "help.resident"
    await ctx.answer("\n".join([ctx.word(head, office=ctx.desk.policy.name), *lines]))


@command("ngonngu", "ngôn ngữ", "language", audience=Audience.ANYONE, free_text=True, options=LANGUAGES)
async def language(ctx: Context) -> None:
    """Switch the language of what we say to this person."""
    wanted = ctx.args.strip().lower()
    texts = ctx.desk.texts
    if wanted not in texts.languages:
        choices = [[(texts.name(code), f"/ngonngu {code}") for code in texts.languages]]
        await ctx.say("common.which_language", buttons=choices)
        return
    if ctx.staff is not None:
        ctx.staff.language = wanted
        await ctx.staff.save(update_fields=["language"])
    else:
        resident = await people.resident_of(ctx.contact, ctx.now, ctx.desk.office.language)
        resident.language = wanted
        await resident.save(update_fields=["language"])
        ctx.contact.resident = resident
    await ctx.say("common.language_set")
    row = ctx.row
    if not row.group:
        await outbox.put(office=row.office, channel=row.channel, chat=row.chat, now=ctx.now, kind=OutboxKind.MENU)


@command("khongcoso", audience=Audience.ANYONE, free_text=True)
async def out_of_range(ctx: Context) -> None:
    """A number beyond those offered, which is no words for an officer either."""
    await ctx.say("staff.choose_in_range" if ctx.staff else "common.choose_in_range", most=ctx.args)


@command("huy", "hủy", "cancel", audience=Audience.ANYONE)
async def cancel(ctx: Context) -> None:
    """Forget the question that was open. The dispatcher has done so before any command runs."""
    await dialogs.forget(ctx)
    await ctx.say("common.cancelled")


def area_names(ctx: Context, staff: Staff) -> str:
    """The areas of somebody of staff, in words."""
    if not staff.areas and staff.role is not Role.MEMBER:
        return ctx.word("staff.all_areas")
    return ", ".join(ctx.desk.policy.areas[area].name for area in staff.areas if area in ctx.desk.policy.areas)
