"""Answers when a ticket's promises fall due, are warned about and climb the ladder; computed from recorded moments."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from tickets.hours import Calendar, Span, add, advance, elapsed, next_opening

PromiseName = Literal["first_reply", "resolve"]
WARN = "warn"
WARNED = "assignee"
"""The role that hears of a promise before it is broken; the ladder says who hears afterwards."""


@dataclass(frozen=True, slots=True)
class Promise:
    """How soon an area answers and settles a ticket, and at which share of that time (0 to 1) its assignee is warned.

    Raises ValueError for a share outside 0 to 1 and for an empty span, which could only be broken.
    """

    first_reply: Span
    resolve: Span
    warn_at: float = 0.75

    def __post_init__(self) -> None:
        if not 0 < self.warn_at <= 1:
            raise ValueError(f"a warning comes at a share of the time above 0 and up to 1, not {self.warn_at}")
        if Span() in (self.first_reply, self.resolve):
            raise ValueError("a promise of no time at all cannot be kept")


@dataclass(frozen=True, slots=True)
class LadderStep:
    """Who (a role: assignee, lead, supervisor…) hears of a broken promise, so much working time after it was due."""

    after: Span
    to: str


@dataclass(frozen=True, slots=True)
class Due:
    """The moments (aware) at which a ticket's promises are warned about and broken."""

    first_reply_at: datetime
    first_reply_warn_at: datetime
    resolve_at: datetime
    resolve_warn_at: datetime


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the ladder for one promise: at `at` it is passed and the role `to` should hear of it.

    `key` is "warn" or "late-0", "late-1"… in the order of the ladder; with `promise` and `due` (a promise made anew is
    another one) it names the step for good, so that it is announced once.
    """

    promise: PromiseName
    key: str
    due: datetime
    at: datetime
    to: str


def opening(calendar: Calendar, promise: Promise, opened_at: datetime) -> Due:
    """Return the due times of a ticket opened (or reopened) at `opened_at` (aware). Raises NoWorkingTime."""
    first_reply_at = add(calendar, opened_at, promise.first_reply)
    resolve_at = add(calendar, opened_at, promise.resolve)
    return Due(
        first_reply_at=first_reply_at,
        first_reply_warn_at=_warning(calendar, promise, opened_at, first_reply_at),
        resolve_at=resolve_at,
        resolve_warn_at=_warning(calendar, promise, opened_at, resolve_at),
    )


def shift(calendar: Calendar, due: Due, waiting_from: datetime, waiting_to: datetime) -> Due:
    """Return the due times after the clock stood still between two aware moments (waiting for the resident, snoozed).

    What was left of the working time of each moment when the wait began is counted from its end. A moment that was past
    already stays past: waiting does not mend a broken promise. A wait that ends before it began changes nothing (a
    clock was set back). Raises NoWorkingTime.
    """
    if waiting_to <= waiting_from:
        return due

    def later(moment: datetime) -> datetime:
        if moment <= waiting_from:
            return moment
        return max(moment, advance(calendar, waiting_to, elapsed(calendar, waiting_from, moment)))

    return Due(
        first_reply_at=later(due.first_reply_at),
        first_reply_warn_at=later(due.first_reply_warn_at),
        resolve_at=later(due.resolve_at),
        resolve_warn_at=later(due.resolve_warn_at),
    )


def steps(due: Due, ladder: Sequence[LadderStep], calendar: Calendar, *, answered: bool = False) -> tuple[Step, ...]:
    """Return every step of both promises in the order in which they are passed; once `answered`, of resolving only.

    The times say when a step is passed, not when it may be announced: that is `announce_at`. Raises NoWorkingTime.
    """
    found = list(_steps("resolve", due.resolve_warn_at, due.resolve_at, ladder, calendar))
    if not answered:
        found += _steps("first_reply", due.first_reply_warn_at, due.first_reply_at, ladder, calendar)
    return tuple(sorted(found, key=lambda step: step.at))


def announce_at(calendar: Calendar, at: datetime, urgent: bool) -> datetime:
    """Return when something that happened at `at` (aware) may be told: at once when urgent, else in working hours.

    Raises NoWorkingTime.
    """
    return at if urgent else next_opening(calendar, at)


def _warning(calendar: Calendar, promise: Promise, start: datetime, due: datetime) -> datetime:
    return advance(calendar, start, elapsed(calendar, start, due) * promise.warn_at)


def _steps(
    promise: PromiseName, warn_at: datetime, due: datetime, ladder: Sequence[LadderStep], calendar: Calendar
) -> Iterator[Step]:
    if warn_at < due:  # a warning that comes with the breach tells nobody anything
        yield Step(promise, WARN, due, warn_at, WARNED)
    for number, rung in enumerate(ladder):
        yield Step(promise, f"late-{number}", due, add(calendar, due, rung.after), rung.to)
