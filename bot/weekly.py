"""What a report says: figures of a period and of everything since a day, and the words handed in, ready to print."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Protocol

from config.catalogue import Catalogue
from config.office import Initiative, Office
from tickets.models import Part, ReportText, Ticket
from tickets.policy import Policy
from tickets.reports import handed_in, lookups, places, weekly
from tickets.reports.figures import Figures, figures
from tickets.reports.handed_in import Cell, Counted
from tickets.reports.periods import Period
from tickets.reports.reading import stories_of
from tickets.reports.weekly import Rhythm, Week

GENERAL = (
    "received",
    "deflected",
    "answered_on_time",
    "answered_late",
    "on_time",
    "late",
    "reopened",
    "apologised",
)
NOW = ("live", "waiting", "overdue")  # how it stands when the report is cut: no sum over weeks
FREE_PARTS = (Part.STEERING, Part.PUBLICITY, Part.RESULTS, Part.DIFFICULTIES, Part.PROPOSALS)


class Ward(Protocol):
    """What of an office at work a report needs; `bot.wiring.Desk` has it."""

    @property
    def office(self) -> Office: ...
    @property
    def policy(self) -> Policy: ...
    @property
    def catalogue(self) -> Catalogue: ...


@dataclass(frozen=True, slots=True)
class Said:
    """Words of a department for one part."""

    department: str
    text: str
    late: bool


@dataclass(frozen=True, slots=True)
class ModelRow:
    """One pilot procedure of an initiative: pairs are (this period, since the beginning)."""

    code: str
    name: str
    received: tuple[int, int]
    settled: tuple[int, int]
    reported: tuple[int, int]  # by departments
    late: bool  # a reported number came after the close of the week before


@dataclass(frozen=True, slots=True)
class ModelTable:
    id: str
    name: str
    rows: tuple[ModelRow, ...]


@dataclass(frozen=True, slots=True)
class Letter:
    """How a report goes out, as far as the office file says it: in whose name, under which number, to whom."""

    issued_by: str = ""  # a unit that reports in its own name; empty: the office
    number: str = ""  # with {number} where the registry writes; empty: as is usual
    sent_to: tuple[str, ...] = ()  # empty: as is usual
    signer: str = ""  # full name


@dataclass(frozen=True, slots=True)
class Report:
    """One report, whoever prints it. `week` is None for a period somebody named."""

    office: str
    office_name: str
    superior: str
    place: str
    language: str
    first: date
    last: date
    cut: datetime
    since: date
    made: date
    period: Figures
    total: Figures
    models: tuple[ModelTable, ...]
    words: Mapping[Part, tuple[Said, ...]]
    missing: tuple[str, ...]  # departments that have not handed in
    signed_by: str
    letter: Letter
    numbers: Mapping[int, int]  # of tickets, by id, for the lists behind the figures
    area_names: Mapping[str, str]
    week: Week | None = None


async def rhythm(desk: Ward) -> Rhythm | None:
    """What the office file says of the weekly report, and which days people chose; None when it says nothing."""
    written = desk.office.reports.weekly
    if written is None:
        return None
    return Rhythm(
        (written.departments_by.day, written.departments_by.at),
        (written.office_by.day, written.office_by.at),
        written.since,
        await handed_in.chosen_days(desk.policy.office),
    )


async def of_week(desk: Ward, one: Week, now: datetime) -> Report:
    """The report of a week, counted until its close and not a minute further."""
    known = await rhythm(desk)
    if known is None:
        raise LookupError("the office has no weekly report")
    start, end = weekly.span(desk.policy.calendar, known, one)
    zone = desk.policy.calendar.zone
    first_week = weekly.monday_of(known.since)
    return await _made(
        desk,
        start=start,
        end=min(end, max(now, start)),
        since=weekly.since(desk.policy.calendar, known),
        days=(start.astimezone(zone).date(), end.astimezone(zone).date()),
        made=one.deliver.astimezone(zone).date(),
        texts=await handed_in.texts(desk.policy.office, one.monday),
        counts=await handed_in.counts(desk.policy.office, first_week, one.monday),
        missing=await missing(desk, one),
        week=one,
    )


async def of_period(desk: Ward, period: Period, now: datetime) -> Report:
    """The report of any days: words of the weeks that close in them, figures since the configured day as sum."""
    known = await rhythm(desk)
    office, zone = desk.policy.office, desk.policy.calendar.zone
    since = datetime.combine(known.since if known else period.first, time.min, zone)
    mondays = _mondays(desk, known, period) if known else []
    texts: dict[Part, list[ReportText]] = {}
    counted: dict[Cell, Counted] = {}
    for monday in mondays:
        for part, found in (await handed_in.texts(office, monday)).items():
            texts.setdefault(part, []).extend(found)
        for cell, numbers in (await handed_in.counts(office, weekly.monday_of(since.date()), monday)).items():
            had = counted.get(cell, Counted(0, 0, late=False))
            counted[cell] = Counted(had.week + numbers.week, numbers.total, had.late or numbers.late)
    return await _made(
        desk,
        start=period.start,
        end=period.until(now),
        since=min(since, period.start),
        days=(period.first, period.last),
        made=now.astimezone(zone).date(),
        texts=texts,
        counts=counted,
        missing=(),
        week=None,
    )


def _mondays(desk: Ward, known: Rhythm, period: Period) -> list[date]:
    monday, found = weekly.monday_of(period.first), []
    while monday <= period.last:
        one = weekly.week(desk.policy.calendar, known, monday)
        if one is not None and period.start <= one.close < period.end:
            found.append(monday)
        monday += timedelta(days=7)
    return found


async def missing(desk: Ward, one: Week) -> tuple[str, ...]:
    """Ids of the departments nobody has heard from for this week."""
    heard = await handed_in.heard_from(desk.policy.office, one.monday)
    return tuple(department.id for department in desk.office.departments if department.id not in heard)


async def _made(
    desk: Ward,
    *,
    start: datetime,
    end: datetime,
    since: datetime,
    days: tuple[date, date],
    made: date,
    texts: Mapping[Part, Sequence[ReportText]],
    counts: Mapping[Cell, Counted],
    missing: tuple[str, ...],
    week: Week | None,
) -> Report:
    policy, office = desk.policy, desk.office
    stories = await stories_of(policy, min(since, start), end)
    where = await places.of(policy.office)
    asked = (policy.office, start, end, policy.calendar.timezone)
    found = await asyncio.to_thread(
        figures, stories, start, end, places=where, deflected=await lookups.deflected(*asked)
    )
    total = await asyncio.to_thread(
        figures,
        stories,
        since,
        end,
        places=where,
        deflected=await lookups.deflected(policy.office, since, end, policy.calendar.timezone),
    )
    ids = sorted({one for numbers in (*found.sets.values(), *total.sets.values()) for one in numbers})
    rows = await Ticket.filter(office=policy.office, id__in=ids).values_list("id", "number") if ids else []
    names = {one.id: one.name for one in office.departments}
    said = {
        part: tuple(Said(names.get(one.department, ""), _clean(one.text), one.late) for one in texts.get(part, ()))
        for part in FREE_PARTS
    }
    chosen, written = texts.get(Part.SIGNED_BY, ()), office.reports.weekly
    signed_by = chosen[-1].text if chosen else (written.signer.by or "") if written is not None else ""
    return Report(
        office=policy.office,
        office_name=office.name,
        superior=office.superior or "",
        place=_place(desk),
        language="vi",  # an official paper, whatever language somebody reads in chat
        first=days[0],
        last=days[1],
        cut=end.astimezone(desk.policy.calendar.zone),
        since=since.astimezone(desk.policy.calendar.zone).date(),
        made=made,
        period=found,
        total=total,
        models=tuple(_table(desk, one, found, total, counts) for one in office.models),
        words=said,
        missing=tuple(names[one] for one in missing),
        signed_by=signed_by,
        letter=_letter(office, signed_by),
        numbers={int(id_): int(number) for id_, number in rows},
        area_names={area.id: area.name for area in policy.areas.values()},
        week=week,
    )


def _letter(office: Office, signed_by: str) -> Letter:
    written = office.reports.weekly
    if written is None:
        return Letter()
    own = written.signer.name or ""  # of the one who signs as a rule: another block has another name below
    return Letter(
        written.issued_by or "",
        written.number or "",
        written.sent_to or (),
        own if signed_by == (written.signer.by or "") or not written.signer.by else "",
    )


def _table(desk: Ward, model: Initiative, found: Figures, total: Figures, counts: Mapping[Cell, Counted]) -> ModelTable:
    """A row for each pilot procedure; where the plan's list is not written down, one for all procedures asked about."""

    def asked(where: Figures, code: str, name: str) -> int:
        if code:
            return len(where.by["procedure"].get(code, {}).get(name, ()))
        return len({ticket for sets in where.by["procedure"].values() for ticket in sets.get(name, ())})

    reported_only = [code for one, code in counts if one == model.id and code and code not in model.procedures]
    whole = (model.id, "") in counts or not model.procedures
    rows = []
    for code in (*model.procedures, *sorted(reported_only), *([""] if whole else [])):
        known = desk.catalogue.procedure(code) if code else None
        number = counts.get((model.id, code), Counted(0, 0, late=False))
        pairs = {}
        for name in ("received", "settled"):
            own = code or not model.procedures  # a whole beside its parts repeats no tickets
            pairs[name] = (asked(found, code, name), asked(total, code, name)) if own else (0, 0)
        rows.append(
            ModelRow(
                code=code,
                name=known.name if known else "",
                received=pairs["received"],
                settled=pairs["settled"],
                reported=(number.week, number.total),
                late=number.late,
            )
        )
    return ModelTable(model.id, model.name, tuple(rows))


def _place(desk: Ward) -> str:
    """ "Nam Gia Nghĩa", from "UBND phường Nam Gia Nghĩa"."""
    words = desk.office.name.split()
    while words and words[0].lower() in ("ubnd", "ủy", "uỷ", "ban", "nhân", "dân", "phường", "xã", "thị", "trấn"):
        words.pop(0)
    return " ".join(words) or desk.office.name


def _clean(text: str) -> str:
    """Without what XML cannot hold; the lines stay lines."""
    return "".join(letter for letter in text if letter in "\n\t" or letter.isprintable())
