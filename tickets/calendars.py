"""The calendar an office works by: what its file says, and over it what people changed in chat, with who and why."""

import time as time_module
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from itertools import pairwise

from tortoise import connections

from tickets.errors import DomainError
from tickets.hours import Calendar, Session, sessions_on, wall_moment
from tickets.models import CalendarDay, DayKind, Staff
from tickets.policy import Policy

_FRIDAY = 4
_LOOK = 1.0  # seconds


class SessionsWrong(DomainError):
    """`said`: sessions that overlap, are empty, or end before they begin."""

    text = "calendar.sessions_wrong"


@dataclass(frozen=True, slots=True)
class Change:
    """What is changed about one day of the office, or of one area of it (empty: of all)."""

    day: date
    kind: DayKind
    sessions: tuple[Session, ...] = ()
    area: str = ""


class Rules:
    """The rules of one office as they are at this moment. `written` is what its file says and never changes."""

    def __init__(self, written: Policy) -> None:
        self.written = written
        self.policy = written
        self._version = 0
        self._looked = -_LOOK

    async def refresh(self, *, now: bool = False) -> bool:
        """Take over what was changed in chat since the last look, here or in another process. Whether anything was.

        Looks once a second at most unless `now`: every message asks.
        """
        if not now and time_module.monotonic() - self._looked < _LOOK:
            return False
        version = await newest(self.written.office)
        self._looked = time_module.monotonic()
        if version == self._version:
            return False
        self.policy = overlaid(self.written, await changes(self.written.office))
        self._version = version
        return True

    @property
    def version(self) -> int:
        """The id of the last change taken over."""
        return self._version

    def doubt(self) -> None:
        """Look again at the next question: what was read may be undone with its transaction."""
        self._looked = -_LOOK


async def newest(office: str) -> int:
    """The id of the latest change, 0 before the first."""
    rows = await connections.get("default").execute_query_dict(
        "SELECT max(id) AS newest FROM calendar_day WHERE office = $1", [office]
    )
    return int(rows[0]["newest"] or 0)


async def changes(office: str) -> list[Change]:
    """Every change of the office's days in the order in which they were made."""
    rows = await CalendarDay.filter(office=office).exclude(kind=DayKind.YEAR).order_by("id")
    return [Change(row.day, row.kind, _read(row.sessions), row.area) for row in rows]


async def confirmed(office: str) -> set[int]:
    """The years somebody of the office has confirmed."""
    return {row.day.year for row in await CalendarDay.filter(office=office, kind=DayKind.YEAR)}


async def uncounted(office: str, up_to: int, *, lock: bool = False) -> list[CalendarDay]:
    """Changes up to that id for which due times are still to be counted anew, oldest first.

    With `lock` those only that no other worker is at, and they are ours until the end of the transaction.
    """
    rows = CalendarDay.filter(office=office, recounted_at=None, id__lte=up_to).exclude(kind=DayKind.YEAR).order_by("id")
    return await (rows.select_for_update(skip_locked=True) if lock else rows)


async def counted(office: str, up_to: int, now: datetime) -> None:
    """Note that due times agree with every change up to that id."""
    await CalendarDay.filter(office=office, recounted_at=None, id__lte=up_to).update(recounted_at=now)


async def log(office: str, limit: int, offset: int = 0) -> list[CalendarDay]:
    """The latest changes with who made them, newest first."""
    rows = CalendarDay.filter(office=office).order_by("-id").offset(offset).limit(limit)
    return await rows.prefetch_related("staff")


async def reason(office: str, day: date) -> str:
    """Why that day is as it is, in the words of the one who changed it last; empty when nobody did."""
    row = await CalendarDay.filter(office=office, day=day, area="").exclude(kind=DayKind.YEAR).order_by("-id").first()
    return row.reason if row is not None and row.kind is not DayKind.FILE else ""


async def unexplained(office: str, days: Iterable[date], area: str) -> list[Change]:
    """The changes of these days that stand without a reason, as they are: it can still be given."""
    found = []
    for day in days:
        rows = CalendarDay.filter(office=office, day=day, area=area).exclude(kind=DayKind.YEAR)
        row = await rows.order_by("-id").first()
        if row is not None and row.kind is not DayKind.FILE and not row.reason:
            found.append(Change(day, row.kind, _read(row.sessions), area))
    return found


def sessions_of(row: CalendarDay) -> tuple[Session, ...]:
    """The hours a change laid down."""
    return _read(row.sessions)


async def change(policy: Policy, made: Iterable[Change], by: Staff | None, reason: str, now: datetime) -> int:
    """Write changes down; the caller refreshes the rules. Returns the id of the last. Raises SessionsWrong."""
    last = 0
    for one in made:
        check(one.sessions)
        row = await CalendarDay.create(
            office=policy.office,
            area=one.area,
            day=one.day,
            kind=one.kind,
            sessions=[[f"{opens:%H:%M}", f"{closes:%H:%M}"] for opens, closes in one.sessions],
            reason=reason,
            staff=by,
            at=now,
        )
        last = row.id
    return last


def check(sessions: Sequence[Session]) -> None:
    """Raise SessionsWrong unless every session ends after it begins and before the next; 00:00 may end the last."""
    for opens, closes in sessions:
        if closes <= opens and closes != time.min:
            raise SessionsWrong(said=f"{opens:%H:%M}-{closes:%H:%M}")
    for (opens, closes), (later, ends) in pairwise(sessions):
        if later < closes or closes == time.min:
            raise SessionsWrong(said=f"{opens:%H:%M}-{closes:%H:%M}, {later:%H:%M}-{ends:%H:%M}")


def overlaid(policy: Policy, made: Sequence[Change]) -> Policy:
    """The policy with the changes of its calendars in force: of a day the last one, an area's own over the office's."""
    whole = _newest(one for one in made if not one.area)
    areas = {one.area for one in made if one.area} | set(policy.calendars)
    calendars = {
        area: _over(_over(policy.calendar_of(area), whole), _newest(one for one in made if one.area == area))
        for area in areas
    }
    return replace(policy, calendar=_over(policy.calendar, whole), calendars=calendars)


def usual_sessions(calendar: Calendar, day: date) -> tuple[Session, ...]:
    """The hours of a day that is worked by exception: those of its weekday, else those of a Friday."""
    return calendar.week[day.weekday()] or calendar.week[_FRIDAY] or next(filter(None, calendar.week), ())


def part_of(calendar: Calendar, day: date, *, morning: bool) -> tuple[Session, ...]:
    """The sessions of `day` that begin before noon, or the others."""
    return tuple(one for one in sessions_on(calendar, day) if (one[0] < time(12)) is morning)


def begins(calendar: Calendar, day: date) -> datetime:
    """The first moment of a local day."""
    return wall_moment(calendar, day, time.min)


def _newest(made: Iterable[Change]) -> dict[date, Change]:
    return {one.day: one for one in made}


def _over(calendar: Calendar, days: Mapping[date, Change]) -> Calendar:
    extra = dict(calendar.extra)
    for day, one in days.items():
        if one.kind is not DayKind.FILE:
            extra[day] = one.sessions  # an empty tuple is a closed day
    return calendar if extra == dict(calendar.extra) else replace(calendar, extra=extra)


def _read(sessions: list[list[str]]) -> tuple[Session, ...]:
    return tuple((time.fromisoformat(opens), time.fromisoformat(closes)) for opens, closes in sessions)
