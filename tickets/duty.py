"""Who has duty: on and off, the roster of a day, absences; each change under one lock with automatic assignment.

Being on duty is one truth about a person (`Staff.on_duty`), which everything else reads. The roster changes it at the
beginning of each half of a day, an absence at its beginning and end, and everybody at any time for themselves.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from tortoise import connections

from tickets import rows, schedule, usual_week
from tickets.errors import DomainError
from tickets.folding import fold
from tickets.hours import Calendar, Session, sessions_on, wall_moment
from tickets.models import Absence, RosterDay, RosterWeek, Staff
from tickets.policy import Policy

MORNING, AFTERNOON = "morning", "afternoon"
HALVES = (MORNING, AFTERNOON)
_NOON = time(12)
_LOCK = 7417  # beside the office's name; conversations are locked by one 64-bit number, so nothing else is meant by it


class AbsenceWrong(DomainError):
    """An absence that ends before it begins, or has passed."""

    text = "duty.absence_wrong"


@dataclass(frozen=True, slots=True)
class Plan:
    """Who has duty for an area in one half of a day; `unknown` are names of the office file nobody of staff has."""

    area: str
    half: str
    opens: datetime
    closes: datetime
    people: tuple[int, ...]
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Named:
    """Who is written down for half a day, and the names of the office file nobody of staff has."""

    people: tuple[int, ...]
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Guard:
    """Whom the roster has just put on duty and off it."""

    on: tuple[Staff, ...] = ()
    off: tuple[Staff, ...] = ()
    began: datetime | None = None  # when that half of the day began; None: the roster was changed in chat


async def lock(office: str) -> None:
    """Until the end of the transaction nobody else of this office is given a ticket, comes on duty or goes off it.

    Taken before any row of staff is changed, so that two who want both never wait for each other.
    """
    await connections.get("default").execute_query("SELECT pg_advisory_xact_lock($1, hashtext($2))", [_LOCK, office])


async def turn(staff: Staff, now: datetime, *, on: bool) -> bool:
    """Put somebody on duty or off it. Whether that changed anything; who has left comes on duty no more."""
    await lock(staff.office)
    if await rows.change(staff, "on_duty <> $1 AND active", [on], on_duty=on, duty_since=now):
        return True
    await staff.refresh_from_db()
    return False


# ------------------------------------------------------------------------------------------------------------- roster


def halves(calendar: Calendar, day: date) -> dict[str, tuple[datetime, datetime]]:
    """The halves of a local day that are worked, each from its first opening to its last closing."""
    sessions = sessions_on(calendar, day)
    found = {}
    for half, part in (
        (MORNING, [one for one in sessions if one[0] < _NOON]),
        (AFTERNOON, [one for one in sessions if one[0] >= _NOON]),
    ):
        if part:
            found[half] = (_opens(calendar, day, part), _closes(calendar, day, part))
    return found


def _opens(calendar: Calendar, day: date, part: Sequence[Session]) -> datetime:
    return wall_moment(calendar, day, part[0][0])


def _closes(calendar: Calendar, day: date, part: Sequence[Session]) -> datetime:
    ends = part[-1][1]
    after = date.fromordinal(day.toordinal() + 1) if ends == time.min else day
    return wall_moment(calendar, after, ends)


def rostered_areas(policy: Policy) -> list[str]:
    """Areas for which the office file has a roster, in the order of the areas."""
    return [area for area in policy.areas if policy.desk(area) == area and policy.duty(area).roster]


async def plans(policy: Policy, day: date, staff: Sequence[Staff]) -> list[Plan]:
    """The roster of a local day: for each area that has one, each half that is worked.

    What was said in chat of this one day counts before what was said there of its weekday, and that before the file.
    """
    week = await usual(policy, staff)
    changed: dict[tuple[str, str], Named | None] = {}
    active = {one.id for one in staff if one.active}
    for row in await RosterDay.filter(office=policy.office, day=day).order_by("id"):
        own = None if row.people is None else Named(tuple(one for one in row.people if one in active))
        changed[row.area, row.half] = own
    found = []
    for area in dict.fromkeys((*week, *(area for area, _ in changed))):
        for half, (opens, closes) in halves(policy.calendar_of(area), day).items():
            meant = changed.get((area, half)) or week.get(area, {}).get((day.weekday(), half))
            if meant is not None:
                found.append(Plan(area, half, opens, closes, meant.people, meant.unknown))
    return found


async def usual(policy: Policy, staff: Sequence[Staff]) -> dict[str, dict[tuple[int, str], Named]]:
    """The roster of a week without its single days, by area, then by weekday (0 for Monday) and half of the day."""
    active = {one.id for one in staff if one.active}
    found: dict[str, dict[tuple[int, str], Named]] = {area: {} for area in rostered_areas(policy)}
    for area, slots in found.items():
        for weekday, written in policy.duty(area).roster.items():
            for half, names in zip(HALVES, written, strict=True):
                if names:
                    slots[weekday, half] = _named(names, staff)
    for (area, weekday, half), people in (await usual_week.in_force(policy.office)).items():
        found.setdefault(area, {})[weekday, half] = Named(tuple(one for one in people if one in active))
    return found


def _named(names: Iterable[str], staff: Sequence[Staff]) -> Named:
    """The ids of those the office file names, and the names nobody, or more than one, has."""
    ids, unknown = [], []
    for name in names:
        wanted = fold(name)
        same = [one.id for one in staff if one.active and fold(one.name) == wanted]
        meant = same or [one.id for one in staff if one.active and wanted in fold(one.name)]
        if len(meant) == 1:
            ids.append(meant[0])
        else:
            unknown.append(name)
    return Named(tuple(dict.fromkeys(ids)), tuple(unknown))


def unknown_names(policy: Policy, staff: Sequence[Staff]) -> list[str]:
    """The names in the rosters of the office file that nobody of `staff`, or more than one, has."""
    found: dict[str, None] = {}
    for area in rostered_areas(policy):
        for halves_ in policy.duty(area).roster.values():
            for names in halves_:
                found |= dict.fromkeys(_named(names, staff).unknown)
    return list(found)


async def write(
    policy: Policy,
    area: str,
    days: Iterable[date],
    chosen: Sequence[str],
    people: Sequence[Staff] | None,
    by: Staff,
    reason: str,
    now: datetime,
) -> None:
    """Lay down who has duty on single days, over the office file; `people` None: as the file says again."""
    for day in days:
        for half in chosen:
            await RosterDay.create(
                office=policy.office,
                area=area,
                day=day,
                half=half,
                people=None if people is None else [one.id for one in people],
                staff=by,
                reason=reason,
                at=now,
            )


async def change_guard(policy: Policy, now: datetime, *, areas: Iterable[str] = ()) -> Guard:
    """Where a half of the day has begun, put those on duty who stand on its roster, and the others of it off.

    Each beginning counts once, for all workers; between two beginnings people may change it for themselves. The roster
    of `areas` has just been changed, so it counts now. Those who are away stay off.
    """
    today = now.astimezone(policy.calendar.zone).date()
    staff = await rows.find(Staff, "office = $1 AND active ORDER BY id", [policy.office])
    begun = _begun(await plans(policy, today, staff), now)
    fresh = set(areas) & {one.area for one in begun}
    began: datetime | None = None
    for one in begun:
        if await schedule.take(policy.office, f"duty:{one.area}"[:40], one.opens, now):
            fresh.add(one.area)
            began = one.opens
    if not fresh:
        return Guard()
    planned = {person for one in begun for person in one.people}
    concerned = set(planned)
    for area in fresh:
        concerned |= await _ever_rostered(policy, area, today, staff)
    away = await who_is_away(policy.office, now)
    await lock(policy.office)
    on: list[Staff] = []
    off: list[Staff] = []
    for person in staff:
        if person.id not in concerned:
            continue
        wanted = person.id in planned and person.id not in away
        if await turn(person, now, on=wanted):
            (on if wanted else off).append(person)
    return Guard(tuple(on), tuple(off), began)


def _begun(found: Iterable[Plan], now: datetime) -> list[Plan]:
    """Of each area, the half of today that began last."""
    latest: dict[str, Plan] = {}
    for one in sorted(found, key=lambda plan: plan.opens):
        if one.opens <= now:
            latest[one.area] = one
    return list(latest.values())


async def _ever_rostered(policy: Policy, area: str, today: date, staff: Sequence[Staff]) -> set[int]:
    """Everybody who takes turns in an area: named in its file or in chat for any weekday, or in chat for today."""
    names = {name for halves_ in policy.duty(area).roster.values() for half in halves_ for name in half}
    ids = set(_named(names, staff).people)
    for (slot_area, _, _), people in (await usual_week.in_force(policy.office)).items():
        if slot_area == area:
            ids |= set(people)
    for row in await RosterDay.filter(office=policy.office, day=today, area=area):
        ids |= set(row.people or ())
    return ids


async def planned_now(policy: Policy, area: str, now: datetime) -> set[int]:
    """Those whom the roster of `area` names for the half of the day that began last; empty without a roster."""
    area = policy.desk(area)
    if not policy.duty(area).roster and not await _changed_in_chat(policy.office, area):
        return set()
    today = now.astimezone(policy.calendar.zone).date()
    staff = await rows.find(Staff, "office = $1 AND active ORDER BY id", [policy.office])
    begun = _begun(await plans(policy, today, staff), now)
    return {person for one in begun if one.area == area for person in one.people}


async def _changed_in_chat(office: str, area: str) -> bool:
    return await RosterDay.exists(office=office, area=area) or await RosterWeek.exists(office=office, area=area)


# ------------------------------------------------------------------------------------------------------------ absence


async def who_is_away(office: str, now: datetime) -> dict[int, Absence]:
    """Whose absence has begun and not ended, by the id of staff."""
    found = await Absence.filter(office=office, ended_at=None, since__lte=now, until__gt=now).order_by("id")
    return {one.staff_id: one for one in found}


async def expected_away(office: str, now: datetime) -> list[Absence]:
    """Absences that go on or are still to come, the nearest first."""
    found = Absence.filter(office=office, ended_at=None, until__gt=now)
    return await found.order_by("since", "id").prefetch_related("staff", "substitute")


async def enter(
    staff: Staff,
    since: datetime,
    until: datetime,
    now: datetime,
    *,
    by: Staff,
    reason: str = "",
    substitute: Staff | None = None,
) -> Absence:
    """Write an absence down; `begin` makes it count. Raises AbsenceWrong."""
    if until <= since or until <= now:
        raise AbsenceWrong
    return await Absence.create(
        office=staff.office,
        staff=staff,
        substitute=substitute,
        since=since,
        until=until,
        reason=reason,
        entered_by=by,
        created_at=now,
    )


async def begin(absence: Absence, now: datetime) -> Staff | None:
    """The one who is away from now on, off duty; None when somebody else has begun it, or it was taken back."""
    await lock(absence.office)
    if not await rows.change(absence, "begun_at IS NULL AND ended_at IS NULL", begun_at=now):
        return None
    staff = await Staff.get(id=absence.staff_id)
    await turn(staff, now, on=False)
    return staff


async def end(absence: Absence, now: datetime) -> Staff | None:
    """The one who is back, on duty unless another absence goes on; None when it had ended, or never began."""
    await lock(absence.office)
    begun = absence.begun_at is not None
    if not await rows.change(absence, "ended_at IS NULL", ended_at=now) or not begun:
        return None
    staff = await Staff.get(id=absence.staff_id)
    if staff.id not in await who_is_away(staff.office, now):
        await turn(staff, now, on=True)
    return staff


async def absences_due(office: str, now: datetime) -> tuple[list[Absence], list[Absence]]:
    """Those to begin now and those to end now."""
    open_ = Absence.filter(office=office, ended_at=None)
    return (
        await open_.filter(begun_at=None, since__lte=now, until__gt=now).order_by("id"),
        await open_.filter(until__lte=now).order_by("id"),
    )


async def of_person(staff: Staff, now: datetime) -> list[Absence]:
    """The absences of one person that go on or are to come."""
    return await Absence.filter(staff_id=staff.id, ended_at=None, until__gt=now).order_by("since", "id")
