"""The figures of a period as sets of tickets, so that each can be opened as its list; pure, from told stories.

Every ticket that is live when the period begins, or comes in or is reopened during it, is either settled in it or live
at its end, or has gone into another: carried + received + back = settled + live + merged.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from tickets.models.ticket import Status
from tickets.reports.measures import Measured, Satisfaction, Times, longest, satisfaction, times
from tickets.reports.story import Reached, Story

FIGURES = (
    "received",
    "deflected",
    "settled",
    "on_time",
    "late",
    "answered",
    "answered_on_time",
    "answered_late",
    "carried",
    "reopened",
    "back",
    "live",
    "unclaimed",
    "waiting",
    "overdue",
    "rated",
    "transferred",
    "apologised",
    "merged",
    "split",
)
"""Every figure that is a set of tickets; `deflected` alone counts look-ups, which are no tickets."""

DIMENSIONS = ("area", "channel", "place", "person", "procedure", "urgency", "group")


@dataclass(frozen=True, slots=True)
class Figures:
    """What one period came to. `sets` holds ids of tickets, ascending, by name of the figure.

    `by` holds the same for each value of each dimension, `measured` how long things took there and how content people
    were; a person is the id of a member of staff in words. `lengths` and `ratings` say what each ticket contributes.
    """

    start: datetime
    end: datetime
    sets: Mapping[str, tuple[int, ...]]
    deflected: int
    first_reply: Times
    resolve: Times
    satisfaction: Satisfaction
    reasons: tuple[tuple[str, tuple[int, ...]], ...]
    by: Mapping[str, Mapping[str, Mapping[str, tuple[int, ...]]]]
    measured: Mapping[str, Mapping[str, Measured]] = field(default_factory=dict)
    lengths: Mapping[str, Mapping[int, timedelta]] = field(default_factory=dict)  # by first_reply and resolve
    ratings: Mapping[int, int] = field(default_factory=dict)
    received_at: tuple[datetime, ...] = ()  # ascending, for the course of the period
    settled_at: tuple[datetime, ...] = ()

    def count(self, figure: str) -> int:
        return self.deflected if figure == "deflected" else len(self.sets[figure])


def figures(
    stories: Iterable[Story],
    start: datetime,
    end: datetime,
    *,
    places: Mapping[int, str] | None = None,
    groups: Mapping[int, str] | None = None,
    deflected: int = 0,
) -> Figures:
    """The figures from `start` until before `end` (aware) of stories told until `end`.

    `places` is the tổ dân phố of a ticket, where known, `groups` the group of residents it was asked in.
    `deflected` is how many look-ups needed no ticket.
    """
    where = Where(places or {}, groups or {})
    counted = [(story, _of(story, start, end)) for story in stories]
    ratings = {story.ticket: _rating(story, start) for story, found in counted if "rated" in found}
    answers = [(story, one) for story, _ in counted for one in story.answers if start <= one.at < end]
    endings = [(story, story.endings[-1]) for story, found in counted if "settled" in found]
    return Figures(
        start=start,
        end=end,
        sets={name: tuple(sorted(story.ticket for story, found in counted if name in found)) for name in FIGURES},
        deflected=deflected,
        first_reply=times([one.worked for _, one in answers]),
        resolve=times([one.worked for _, one in endings]),
        satisfaction=satisfaction(list(ratings.values())),
        reasons=_reasons(counted, start, end),
        by=_by(counted, start, end, where),
        measured=_measured(counted, answers, endings, ratings, where),
        lengths={
            "first_reply": longest((story.ticket, one.worked) for story, one in answers),
            "resolve": longest((story.ticket, one.worked) for story, one in endings),
        },
        ratings=ratings,
        received_at=tuple(sorted(story.opened_at for story, found in counted if "received" in found)),
        settled_at=tuple(sorted(story.endings[-1].at for story, found in counted if "settled" in found)),
    )


Counted = Sequence[tuple[Story, set[str]]]
Sets = Mapping[str, tuple[int, ...]]


def _reasons(counted: Counted, start: datetime, end: datetime) -> tuple[tuple[str, tuple[int, ...]], ...]:
    """The reasons given for transfers, the most frequent first."""
    found: defaultdict[str, set[int]] = defaultdict(set)
    for story, _ in counted:
        for moved in story.transfers:
            if start <= moved.at < end:
                found[moved.reason.strip()].add(story.ticket)
    rows = [(reason, tuple(sorted(ids))) for reason, ids in found.items()]
    return tuple(sorted(rows, key=lambda row: (-len(row[1]), row[0])))


def _by(counted: Counted, start: datetime, end: datetime, where: "Where") -> Mapping[str, Mapping[str, Sets]]:
    cells: defaultdict[tuple[str, str, str], set[int]] = defaultdict(set)
    for story, found in counted:
        for name in found:
            persons = {("person", str(one)) for one in _persons(story, name, start, end)}
            for dimension, value in (*_parts(story, where), *persons):
                cells[dimension, value, name].add(story.ticket)
    table: dict[str, dict[str, dict[str, tuple[int, ...]]]] = {dimension: {} for dimension in DIMENSIONS}
    for (dimension, value, name), ids in sorted(cells.items()):
        table[dimension].setdefault(value, {})[name] = tuple(sorted(ids))
    return table


class Where(NamedTuple):
    """Where tickets come from, by their ids."""

    places: Mapping[int, str]
    groups: Mapping[int, str]


def _parts(story: Story, where: Where) -> tuple[tuple[str, str], ...]:
    """Where a ticket belongs whoever worked on it."""
    return (
        ("area", story.area),
        ("channel", story.channel),
        ("place", where.places.get(story.ticket, "")),
        *((("group", where.groups[story.ticket]),) if story.ticket in where.groups else ()),
        ("procedure", story.procedure),
        ("urgency", str(story.promises.urgency)),
    )


Deeds = Sequence[tuple[Story, Reached]]


def _measured(
    counted: Counted, answers: Deeds, endings: Deeds, ratings: Mapping[int, int], where: "Where"
) -> Mapping[str, Mapping[str, Measured]]:
    """Times and ratings of every part; a time is that of the person whose deed it was, a rating the owner's."""
    lengths: defaultdict[tuple[str, str, str], list[timedelta]] = defaultdict(list)
    rated: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for name, deeds in (("first_reply", answers), ("resolve", endings)):
        for story, one in deeds:
            persons = (("person", str(one.staff)),) if one.staff is not None else ()
            for dimension, value in (*_parts(story, where), *persons):
                lengths[dimension, value, name].append(one.worked)
    for story, _ in counted:
        if story.ticket in ratings:
            persons = (("person", str(story.assignee)),) if story.assignee is not None else ()
            for part in (*_parts(story, where), *persons):
                rated[part].append(ratings[story.ticket])
    table: dict[str, dict[str, Measured]] = {dimension: {} for dimension in DIMENSIONS}
    for dimension, value in sorted({(dimension, value) for dimension, value, _ in lengths} | set(rated)):
        table[dimension][value] = Measured(
            times(lengths[dimension, value, "first_reply"]),
            times(lengths[dimension, value, "resolve"]),
            satisfaction(rated[dimension, value]),
        )
    return table


def _of(story: Story, start: datetime, end: datetime) -> set[str]:
    """The figures this ticket is counted in."""

    def within(at: datetime) -> bool:
        return start <= at < end

    rounds = [one for one in story.answers if within(one.at)]
    tests: dict[str, Callable[[], bool]] = {
        "received": lambda: within(story.opened_at),
        "reopened": lambda: any(within(at) for at in story.reopenings),
        "back": lambda: _back(story, start, end),
        "carried": lambda: story.opened_at < start and not _settled_at(story, start) and not story.gone_at(start),
        "answered": lambda: bool(rounds),
        "answered_late": lambda: any(one.late for one in rounds),
        "answered_on_time": lambda: bool(rounds) and not any(one.late for one in rounds),
        "live": lambda: not story.settled and not story.gone,
        "merged": lambda: story.gone and within(story.merges[-1][0]),
        "split": lambda: any(within(at) for at in story.splits),
        "unclaimed": lambda: not story.gone and story.status in (Status.NEW, Status.OPEN),
        "waiting": lambda: not story.gone and story.status is Status.WAITING,
        "overdue": lambda: story.overdue(end),
        "rated": lambda: any(within(at) for at, _ in story.ratings),
        "transferred": lambda: any(within(one.at) for one in story.transfers),
        "apologised": lambda: any(within(at) for at in story.apologies),
    }
    found = {name for name, holds in tests.items() if holds()}
    if story.settled and within(story.endings[-1].at):
        found |= {"settled", "late" if story.endings[-1].late else "on_time"}
    return found


def _settled_at(story: Story, moment: datetime) -> bool:
    """Whether it stood settled just before `moment`."""
    endings = [one.at for one in story.endings if one.at < moment]
    reopenings = [at for at in story.reopenings if at < moment]
    return len(endings) > len(reopenings)


def _back(story: Story, start: datetime, end: datetime) -> bool:
    """Settled when the period began and reopened during it, or parted during it from the ticket it had gone into."""
    if story.gone_at(start) and any(until is not None and start <= until < end for _, until in story.merges):
        return True
    return _settled_at(story, start) and any(start <= at < end for at in story.reopenings)


def _rating(story: Story, start: datetime) -> int:
    return [rating for at, rating in story.ratings if at >= start][-1]


def _persons(story: Story, figure: str, start: datetime, end: datetime) -> set[int]:
    """To whom of staff a figure of this ticket is counted."""
    if figure in ("settled", "on_time", "late"):
        staff = {story.endings[-1].staff}
    elif figure.startswith("answered"):
        staff = {one.staff for one in story.answers if start <= one.at < end}
    elif figure in ("live", "waiting", "overdue", "rated"):
        staff = {story.assignee}
    else:
        staff = set()
    return {one for one in staff if one is not None}
