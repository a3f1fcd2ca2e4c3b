"""Who is staff: `/nhansu` lists and changes, `/moicanbo` invites, `/duyet` and `/tuchoi` decide what needs two."""

from bot import handing, notices, staffing
from bot.areas import take_areas, take_areas_and_rest
from bot.commands.common import area_names
from bot.context import Buttons, Context
from bot.registry import Audience, command
from tickets import approvals, duty, people, rights
from tickets import staffing as staff_changes
from tickets.errors import NotAllowed
from tickets.folding import fold
from tickets.handing import Handed
from tickets.models import Role, Staff, StaffChatMember, Ticket, Wanted
from tickets.status import LIVE

ALL_AREAS = ("tatca", "*")
ROLES = {
    "member": Role.MEMBER,
    "thanhvien": Role.MEMBER,
    "lead": Role.LEAD,
    "totruong": Role.LEAD,
    "supervisor": Role.SUPERVISOR,
    "lanhdao": Role.SUPERVISOR,
    "head": Role.HEAD,
    "chutich": Role.HEAD,
}
_WORDS = {Role.MEMBER: "thanhvien", Role.LEAD: "totruong", Role.SUPERVISOR: "lanhdao", Role.HEAD: "chutich"}
ROLE, AREAS, LEAVE = "role", "areas", "leave"
CHANGES = {"vaitro": ROLE, "role": ROLE, "linhvuc": AREAS, "areas": AREAS, "roi": LEAVE, "leave": LEAVE}
SURE = ("chac", "sure")
SHOWN = 8  # people with a button of their own, and colleagues to hand everything to


@command("nhansu", "nhân sự", "people", audience=Audience.LEAD, free_text=True)
async def people_(ctx: Context) -> None:
    """/nhansu lists; /nhansu NAME shows one; then vaitro ROLE, linhvuc AREA,AREA or roi changes them."""
    rights.require_office(ctx.officer, "people")
    name, change, rest = _parts(ctx.args)
    if not name:
        await _list(ctx)
        return
    staff = await people.find_staff(ctx.officer.office, name)
    match change:
        case "role":
            await _role(ctx, staff, rest)
        case "areas":
            await _areas(ctx, staff, rest)
        case "leave":
            await _leave(ctx, staff, rest)
        case _:
            await _show(ctx, staff)


def _parts(line: str) -> tuple[str, str, str]:
    """The name, what is to change, and the words behind it."""
    words = line.split()
    for at in range(1, len(words)):
        for length in (1, 2):
            change = CHANGES.get("".join(fold(word) for word in words[at : at + length]))
            if change is not None:
                return " ".join(words[:at]), change, " ".join(words[at + length :])
    return line.strip(), "", ""


async def _list(ctx: Context) -> None:
    staff = await Staff.filter(office=ctx.officer.office, active=True).order_by("name").prefetch_related("contacts")
    away = await duty.who_is_away(ctx.officer.office, ctx.now)
    lines = [ctx.word("staff.people_head", count=len(staff))]
    lines += [await _line(ctx, one, away=one.id in away) for one in staff]
    buttons = [[(one.name, f"/nhansu @{one.id}")] for one in staff if one.id != ctx.officer.id][:SHOWN]
    await ctx.answer("\n".join([*lines, ctx.word("people.how")]), buttons=buttons)


async def _line(ctx: Context, one: Staff, *, away: bool) -> str:
    in_hand = await Ticket.filter(assignee_id=one.id, status__in=list(LIVE)).count()
    channels = sorted({contact.channel for contact in one.contacts if contact.reachable and contact.chat})
    key = "staff.person_on" if one.on_duty else "people.person_away" if away else "staff.person_off"
    return ctx.word(
        key,
        name=one.name,
        role=ctx.word(f"role.{one.role}"),
        areas=area_names(ctx, one),
        channels=", ".join(channels) or ctx.word("staff.no_channel"),
        count=in_hand,
    )


async def _show(ctx: Context, staff: Staff) -> None:
    await staff.fetch_related("contacts")
    away = staff.id in await duty.who_is_away(staff.office, ctx.now)
    text = await _line(ctx, staff, away=away)
    await ctx.answer(text, buttons=_changes(ctx, staff))


def _changes(ctx: Context, staff: Staff) -> Buttons:
    """What this officer may change about somebody."""
    try:
        rights.require_over(ctx.desk.policy, ctx.officer, staff)
    except NotAllowed:
        return []
    if staff.id == ctx.officer.id:
        return []
    buttons = [(ctx.word("button.areas"), f"/nhansu @{staff.id} linhvuc")]
    if rights.at_least(ctx.officer, Role.SUPERVISOR):
        buttons.insert(0, (ctx.word("button.role"), f"/nhansu @{staff.id} vaitro"))
    return [buttons, [(ctx.word("button.leaves"), f"/nhansu @{staff.id} roi")]]


async def _role(ctx: Context, staff: Staff, rest: str) -> None:
    if not rights.at_least(ctx.officer, Role.SUPERVISOR):
        raise NotAllowed
    role = ROLES.get(fold(rest).replace(" ", ""))
    if role is None:
        choices = [
            [(ctx.word(f"role.{one}"), f"/nhansu @{staff.id} vaitro {_WORDS[one]}")]
            for one in Role
            if one is not staff.role
        ]
        await ctx.say("people.which_role", name=staff.name, buttons=choices)
        return
    if approvals.needed(ctx.desk.policy, role) and staff.role.rank < Role.SUPERVISOR.rank:
        if staff.id == ctx.officer.id:
            raise staff_changes.NotYourself
        await _ask(ctx, Wanted.ROLE, role=str(role), name=staff.name, staff=staff.id)
        return
    handed = await staff_changes.change_role(ctx.desk.policy, staff, role, ctx.officer, ctx.now)
    await _changed(ctx, staff, handed)


async def _areas(ctx: Context, staff: Staff, rest: str) -> None:
    if not rest:
        await ctx.say("people.which_areas", name=staff.name, areas=area_names(ctx, staff), example=f"@{staff.id}")
        return
    areas = [] if fold(rest).replace(" ", "") in ALL_AREAS else take_areas(ctx, rest)
    handed = await staff_changes.change_areas(ctx.desk.policy, staff, areas, ctx.officer, ctx.now)
    await _changed(ctx, staff, handed)


async def _changed(ctx: Context, staff: Staff, handed: Handed) -> None:
    """Both hear what holds now, the menu of their apps changes, and what is not theirs any more is told to its area."""
    await staffing.tell_changed(ctx.desk, staff, ctx.officer, ctx.now)
    await handing.tell(ctx.desk, handed, staff, None, ctx.now)
    await ctx.say(
        "people.changed",
        name=staff.name,
        role=ctx.word(f"role.{staff.role}"),
        areas=area_names(ctx, staff),
        count=handed.count,
    )


async def _leave(ctx: Context, staff: Staff, rest: str) -> None:
    rights.require_over(ctx.desk.policy, ctx.officer, staff)
    held = await Ticket.filter(assignee_id=staff.id, status__in=list(LIVE)).count()
    if not rest:
        await ctx.say("people.leave_sure", name=staff.name, count=held, buttons=await _ways_to_leave(ctx, staff, held))
        return
    to = None if fold(rest) in SURE else await people.find_staff(ctx.officer.office, rest)
    if to is not None and to.id == staff.id:
        raise NotAllowed
    in_groups = await StaffChatMember.filter(staff_id=staff.id).exists()
    handed = await staff_changes.leave(ctx.desk.policy, staff, ctx.officer, ctx.now, to)
    await staffing.tell_left(ctx.desk, staff, ctx.now)
    await handing.tell(ctx.desk, handed, staff, to, ctx.now)
    said = ctx.word(
        "people.left_with" if to is not None else "people.left",
        name=staff.name,
        given=len(handed.given),
        to=to.name if to else "",
        released=len(handed.released),
    )
    # Who is in a group reads along without any rights of ours.
    await ctx.answer(f"{said} {ctx.word('people.take_out', name=staff.name)}" if in_groups else said)


async def _ways_to_leave(ctx: Context, staff: Staff, held: int) -> Buttons:
    buttons = [[(ctx.word("button.leave_to_queue"), f"/nhansu @{staff.id} roi chac")]]
    if held:
        colleagues = await Staff.filter(office=staff.office, active=True, on_duty=True).order_by("name")
        takers = [one for one in colleagues if one.id != staff.id and set(staff.areas) & set(one.areas)]
        buttons += [
            [(ctx.word("handover.to", name=one.name), f"/nhansu @{staff.id} roi @{one.id}")] for one in takers[:SHOWN]
        ]
    return buttons


# --------------------------------------------------------------------------------------------------------- invitations


@command("moicanbo", "mời cán bộ", "invite", audience=Audience.LEAD, free_text=True)
async def invite(ctx: Context) -> None:
    """/moicanbo ROLE AREAS NAME: a one-time code. A lead invites members to areas of their own only."""
    rights.require_office(ctx.officer, "invite")
    if ctx.row.group:
        await ctx.say("staff.invite_in_private")
        return
    word, _, rest = ctx.args.partition(" ")
    role = ROLES.get(fold(word))
    if role is None or not rest.strip():
        await ctx.say("staff.invite_how")
        return
    if not rights.may_invite(ctx.officer, role):
        raise NotAllowed
    everything, _, name = rest.strip().partition(" ")
    areas: list[str] = []
    if fold(everything) not in ALL_AREAS:
        areas, name = take_areas_and_rest(ctx, rest)
    elif role is Role.MEMBER:
        await ctx.say("staff.invite_how")
        return
    for area in areas or [""]:
        rights.require_area(ctx.desk.policy, ctx.officer, area)
    if approvals.needed(ctx.desk.policy, role):
        await _ask(ctx, Wanted.INVITE, role=str(role), name=name.strip(), areas=areas)
        return
    code = await people.invite(
        office=ctx.officer.office,
        role=role,
        areas=areas,
        name=name.strip(),
        now=ctx.now,
        valid=ctx.desk.policy.code_valid,
        by=ctx.officer,
    )
    await ctx.say("staff.invited", code=code, role=ctx.word(f"role.{role}"), hours=staffing.code_hours(ctx.desk))


async def _ask(ctx: Context, wanted: Wanted, **data: object) -> None:
    """Keep the request and show it to every other supervisor."""
    others = await staffing.supervisors(ctx.officer)
    if not others:
        await ctx.say("people.no_second")
        return
    made = await approvals.ask(ctx.desk.policy, wanted, ctx.officer, ctx.now, **data)
    await staffing.show_request(ctx.desk, made, ctx.officer, others, ctx.now)
    names = ", ".join(one.name for one in others)
    await ctx.say("people.asked", number=made.id, names=names)


@command("duyet", "duyệt", "approve", audience=Audience.SUPERVISOR, free_text=True)
async def approve(ctx: Context) -> None:
    """/duyet NUMBER: the second supervisor agrees."""
    await _decide(ctx, granted=True)


@command("tuchoi", "từ chối", "refuse", audience=Audience.SUPERVISOR, free_text=True)
async def refuse(ctx: Context) -> None:
    """/tuchoi NUMBER: the second supervisor does not agree; the first takes it back."""
    await _decide(ctx, granted=False)


async def _decide(ctx: Context, *, granted: bool) -> None:
    said = ctx.args.strip().lstrip("#")
    number = int(said) if said.isascii() and said.isdigit() and len(said) < 10 else 0  # noqa: PLR2004  # an integer
    found, asker = await approvals.decide(ctx.desk.policy, number, ctx.officer, ctx.now, granted=granted)
    if not granted:
        await ctx.say("people.refused", number=number)
        if asker.id != ctx.officer.id:
            text = ctx.desk.texts.say(asker.language, "people.refused_yours", number=number, who=ctx.officer.name)
            await notices.to_staff(asker, ctx.now, text)
        return
    if found.wanted is Wanted.INVITE:
        await staffing.invite_at_last(ctx.desk, found, asker, ctx.officer, ctx.now)
    else:
        staff = await Staff.get(id=int(found.data["staff"]))
        handed = await staff_changes.change_role(
            ctx.desk.policy, staff, Role(found.data["role"]), asker, ctx.now, ctx.officer.name
        )
        await staffing.tell_changed(ctx.desk, staff, asker, ctx.now)
        await handing.tell(ctx.desk, handed, staff, None, ctx.now)
        text = ctx.desk.texts.say(asker.language, "people.granted_yours", number=number, who=ctx.officer.name)
        await notices.to_staff(asker, ctx.now, text)
    await ctx.say("people.granted", number=number, who=asker.name)
