"""What departments hand in for a week's report: words for its free parts, and numbers no ticket can tell."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from tickets.models import Part, ReportFigure, ReportText, Staff

LONGEST = 4000  # letters of one contribution
MOST = 100_000_000  # of one number

Cell = tuple[str, str]  # initiative, procedure ('' for the initiative as a whole)


@dataclass(frozen=True, slots=True)
class Counted:
    """Numbers departments gave for an initiative and procedure: this week's, all so far, and whether some came late."""

    week: int
    total: int
    late: bool


async def say(
    office: str, week: date, part: Part, department: str, text: str, staff: Staff, now: datetime, *, late: bool = False
) -> ReportText:
    """Add words to a part of a week's report."""
    return await ReportText.create(
        office=office,
        week=week,
        part=part,
        department=department,
        text=text[:LONGEST],
        staff=staff,
        late=late,
        at=now,
    )


async def put_in_place(office: str, week: date, part: Part, text: str, staff: Staff, now: datetime) -> ReportText:
    """The words of the person who finishes the report, instead of everything handed in for that part."""
    await ReportText.filter(office=office, week=week, part=part).update(withdrawn=True)
    return await say(office, week, part, "", text, staff, now)


async def count(
    office: str,
    week: date,
    model: str,
    procedure: str,
    department: str,
    number: int,
    staff: Staff,
    now: datetime,
    *,
    late: bool = False,
) -> ReportFigure:
    """Put down a number; the same department's earlier one for the same thing and week is corrected by it."""
    await ReportFigure.filter(
        office=office,
        week=week,
        model=model,
        procedure=procedure,
        department=department,
        late=late,
        withdrawn=False,
    ).update(withdrawn=True)
    return await ReportFigure.create(
        office=office,
        week=week,
        model=model,
        procedure=procedure,
        department=department,
        late=late,
        count=number,
        staff=staff,
        at=now,
    )


async def texts(office: str, week: date) -> Mapping[Part, Sequence[ReportText]]:
    """The words that stand in a week's report, by part, in the order in which they came."""
    found: defaultdict[Part, list[ReportText]] = defaultdict(list)
    for one in await ReportText.filter(office=office, week=week, withdrawn=False).order_by("id"):
        found[one.part].append(one)
    return found


async def counts(office: str, first: date, week: date) -> Mapping[Cell, Counted]:
    """What was counted for the week, and since the week of `first`."""
    found: dict[Cell, Counted] = {}
    rows = await ReportFigure.filter(office=office, week__gte=first, week__lte=week, withdrawn=False).order_by("id")
    for row in rows:
        cell = (row.model, row.procedure)
        had = found.get(cell, Counted(0, 0, late=False))
        now = row.week == week
        found[cell] = Counted(
            had.week + (row.count if now else 0), had.total + row.count, had.late or (now and row.late)
        )
    return found


async def chosen_days(office: str) -> dict[date, date]:
    """The day a person chose for a week's report, by the week's Monday."""
    rows = await ReportText.filter(office=office, part=Part.DAY, withdrawn=False)
    return {row.week: date.fromisoformat(row.text) for row in rows}


async def heard_from(office: str, week: date) -> set[str]:
    """The departments that have handed in anything in time for this week; '' stands for the office as a whole."""
    words = await ReportText.filter(office=office, week=week, late=False).exclude(part__in=[Part.SIGNED_BY, Part.DAY])
    numbers = await ReportFigure.filter(office=office, week=week, late=False)
    return {one.department for one in words} | {one.department for one in numbers}
