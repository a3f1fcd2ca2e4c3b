"""What people are told when duty changes: by the roster, by an absence that begins or ends, or because nobody looks."""

from datetime import datetime
from typing import TYPE_CHECKING

from bot import cards, handing, late, notices, times
from tickets import acts, duty, hours, roster, routing, schedule
from tickets import handing as hands
from tickets.acts import ActKind
from tickets.hours import NoWorkingTime
from tickets.models import Absence, Staff, Status, Ticket
from tickets.roster import Roster
from tickets.rows import find
from tickets.status import LIVE

if TYPE_CHECKING:
    from bot.context import Buttons
    from bot.wiring import Desk

_ORPHANS = 200  # tickets looked at each minute


async def change(desk: "Desk", now: datetime, *, areas: tuple[str, ...] = ()) -> int:
    """Let the roster's half of the day begin, where it has. Returns how many people came on duty or went off."""
    guard = await duty.change_guard(desk.policy, now, areas=areas)
    for one in guard.on:
        text = desk.texts.say(one.language, "duty.shift_begins")
        late_note = times.said_late(desk, one.language, guard.began or now, now)
        await notices.to_staff(one, now, f"{text} {late_note}".rstrip())
    for one in guard.off:
        await _shift_ends(desk, one, now)
    return len(guard.on) + len(guard.off)


async def _shift_ends(desk: "Desk", staff: Staff, now: datetime) -> None:
    """Who holds nothing hears nothing: nothing is asked of them."""
    held = await held_by(staff)
    if held:
        head = desk.texts.say(staff.language, "duty.shift_ends", count=len(held))
        lines = handing.lines(desk, staff, held, now)
        await notices.to_staff(staff, now, "\n".join([head, *lines]), buttons=leaving_buttons(desk, staff))


async def held_by(staff: Staff) -> list[Ticket]:
    """What somebody has in hand, the nearest deadline first."""
    return await Ticket.filter(assignee_id=staff.id, status__in=list(LIVE)).order_by("resolve_due", "id")


def leaving_buttons(desk: "Desk", staff: Staff) -> "Buttons":
    """The two ways to part with everything."""
    say = desk.texts.say
    return [
        [(say(staff.language, "button.hand_over"), "/bangiao"), (say(staff.language, "button.release_all"), "/trahet")]
    ]


# ------------------------------------------------------------------------------------------------------------ absence


async def absences(desk: "Desk", now: datetime) -> int:
    """Begin and end the absences whose time has come. Returns how many."""
    to_begin, to_end = await duty.absences_due(desk.policy.office, now)
    for one in to_end:
        await ends(desk, one, now)
    for one in to_begin:
        await begins(desk, one, now)
    return len(to_begin) + len(to_end)


async def begins(desk: "Desk", absence: Absence, now: datetime) -> bool:
    """Off duty, and everything in hand to the substitute or back into the queue; both are told."""
    staff = await duty.begin(absence, now)
    if staff is None:
        return False
    to = await Staff.get_or_none(id=absence.substitute_id, active=True) if absence.substitute_id else None
    if to is not None and to.id in await duty.who_is_away(staff.office, now):
        to = None
    by = await Staff.get_or_none(id=absence.entered_by_id) if absence.entered_by_id else None
    handed = await hands.everything(desk.policy, staff, now, by=by, reason="absence", to=to)
    await handing.tell(desk, handed, staff, to, now, absence.reason)
    text = desk.texts.say(
        staff.language,
        "duty.away_with" if handed.given else "duty.away",
        until=times.moment(desk, staff.language, absence.until, now),
        given=len(handed.given),
        name=to.name if to else "",
        released=len(handed.released),
    )
    await notices.to_staff(staff, now, text)
    return True


async def ends(desk: "Desk", absence: Absence, now: datetime) -> bool:
    """On duty again."""
    staff = await duty.end(absence, now)
    if staff is not None and staff.on_duty:
        await notices.to_staff(staff, now, desk.texts.say(staff.language, "duty.back"))
    return staff is not None


# ------------------------------------------------------------------------------------------------------ nobody looks


async def unseen(desk: "Desk", now: datetime) -> int:
    """Find tickets whose owner is off duty while a resident waits; back into the queue, or those above are told.

    Also what still is in the hands of somebody who has left. Returns how many were found.
    """
    rested = await find(
        Ticket,
        "office = $1 AND status = ANY($2) AND assignee_id IN"
        " (SELECT id FROM staff WHERE office = $1 AND NOT (on_duty AND active)) ORDER BY id LIMIT $3",
        [desk.policy.office, [str(status) for status in LIVE], _ORPHANS],
    )
    if not rested:
        return 0
    people = await roster.load(desk.policy.office, desk.channels)
    owners = {one.id: one for one in await Staff.filter(id__in={one.assignee_id for one in rested})}
    count = 0
    for ticket in rested:
        owner = owners[ticket.assignee_id or 0]
        if await _noticed(desk, ticket, owner, people, now):
            count += 1
    return count


async def _noticed(desk: "Desk", ticket: Ticket, owner: Staff, people: Roster, now: datetime) -> bool:
    since = max(ticket.last_resident_at or ticket.opened_at, owner.duty_since or ticket.opened_at)
    if owner.active and not _too_long(desk, ticket, since, now):
        return False
    others = [one for one, _ in people.serving(desk.policy, ticket.area) if one.id != owner.id]
    if others or not owner.active:
        if not await hands.release(desk.policy, ticket, owner, now, by=None, reason="owner_off_duty"):
            return False
        await notices.released(desk, ticket, now)
        await notices.to_staff(owner, now, desk.texts.say(owner.language, "duty.taken_away", number=ticket.number))
        return True
    if not await schedule.take(ticket.office, f"unseen:{ticket.id}", since, now):
        return False
    await _tell_above(desk, ticket, owner, since, now)
    return True


def _too_long(desk: "Desk", ticket: Ticket, since: datetime, now: datetime) -> bool:
    """Whether a resident has waited for this owner longer than the office lets them; an urgent one does not wait."""
    if ticket.status is not Status.CLAIMED or late.turn(ticket) != "answer":
        return False
    if ticket.urgent:
        return True
    calendar = desk.policy.calendar_of(ticket.area)
    try:
        return hours.is_open(calendar, now) and hours.add(calendar, since, desk.policy.unseen_after) <= now
    except NoWorkingTime:
        return False


async def _tell_above(desk: "Desk", ticket: Ticket, owner: Staff, since: datetime, now: datetime) -> None:
    """Nobody else of the area is at work: those above decide, and the owner knows that it waits."""
    say = desk.texts.say
    await notices.to_staff(owner, now, say(owner.language, "duty.waits_for_you", number=ticket.number), ticket=ticket)
    for staff, contact in await routing.superiors(desk.policy, ticket.area, "lead"):
        if staff.id == owner.id:
            continue
        text = say(
            staff.language,
            "duty.nobody_looks",
            number=ticket.number,
            area=cards.area_name(desk, ticket.area, staff.language),
            owner=owner.name,
            since=times.moment(desk, staff.language, since, now),
            words=cards.excerpt(ticket.subject, late.WORDS),
        )
        buttons = [
            [
                (say(staff.language, "button.assign"), f"/phancong {ticket.number}"),
                (say(staff.language, "button.show"), f"/xem {ticket.number}"),
            ]
        ]
        await notices.to_staff(staff, now, text, ticket=ticket, buttons=buttons, contact=contact)


async def noted(who: Staff, about: Staff, kind: ActKind, what: str, now: datetime, reason: str = "") -> None:
    """The act in the office's log."""
    await acts.note(who.office, who, kind, now, about=about, reason=reason, what=what)
