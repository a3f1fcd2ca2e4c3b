"""Answers when a ticket's promises fall due, are warned about and climb the ladder; computed from recorded moments."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from tickets.hours import Calendar, Span, add, advance, elapsed, next_opening

PromiseName = Literal["first_reply", "next_reply", "resolve"]
WARN = "warn"
WARNED = "assignee"
"""The role that hears of a promise before it is broken; the ladder says who hears afterwards."""


@dataclass(frozen=True, slots=True)
class Promise:
    """How soon an area answers and settles a ticket, and at which share of that time (0 to 1) its assignee is warned.

    `next_reply` is for what the resident writes once they have been answered; None: as soon as the first reply.
    Raises ValueError for a share outside 0 to 1 and for an empty span, which could only be broken.
    """

    first_reply: Span
    resolve: Span
    warn_at: float = 0.75
    next_reply: Span | None = None

    def __post_init__(self) -> None:
        if not 0 < self.warn_at <= 1:
            raise ValueError(f"a warning comes at a share of the time above 0 and up to 1, not {self.warn_at}")
        if Span() in (self.first_reply, self.resolve, self.next_reply):
            raise ValueError("a promise of no time at all cannot be kept")

    def scaled(self, factor: float) -> "Promise":
        """The same with every time `factor` as long; a time of day stays, no promise becomes nothing."""
        return (
            self
            if factor == 1
            else Promise(
                self.first_reply.scaled(factor),
                self.resolve.scaled(factor),
                self.warn_at,
                self.next_reply.scaled(factor) if self.next_reply is not None else None,
            )
        )

    def span(self, name: PromiseName) -> Span:
        """Return the length of one of the three promises."""
        match name:
            case "first_reply":
                return self.first_reply
            case "next_reply":
                return self.next_reply or self.first_reply
            case "resolve":
                return self.resolve


@dataclass(frozen=True, slots=True)
class LadderStep:
    """Who (a role: assignee, lead, supervisor…) hears of a broken promise, so much working time after it was due."""

    after: Span
    to: str


@dataclass(frozen=True, slots=True)
class Term:
    """One promise that runs since `start`: when it is warned about and when it is broken (aware moments)."""

    start: datetime
    warn: datetime
    due: datetime


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


def term(calendar: Calendar, span: Span, warn_at: float, start: datetime) -> Term:
    """Return the term of a promise of `span` that begins to run at `start` (aware). Raises NoWorkingTime."""
    due = add(calendar, start, span)
    return Term(start, warning(calendar, span, warn_at, start, due), due)


def warning(calendar: Calendar, span: Span, warn_at: float, start: datetime, due: datetime) -> datetime:
    """Return when the share `warn_at` of the time from `start` to `due` has passed: worked time, or real for real."""
    if span.by_the_clock:
        return start + (due - start) * warn_at
    return advance(calendar, start, elapsed(calendar, start, due) * warn_at)


def moved(calendar: Calendar, span: Span, one: Term, since: datetime, until: datetime) -> Term:
    """Return the term after its clock stood still between two aware moments (waiting for the resident).

    What was left of the time of each moment when the wait began is counted from its end. A moment that was past already
    stays past: waiting does not mend a broken promise. A wait that ends before it began changes nothing (a clock was
    set back). Raises NoWorkingTime.
    """
    if until <= since:
        return one

    def later(moment: datetime) -> datetime:
        if moment <= since:
            return moment
        left = moment - since if span.by_the_clock else elapsed(calendar, since, moment)
        return max(moment, until + left if span.by_the_clock else advance(calendar, until, left))

    return Term(one.start, later(one.warn), later(one.due))


def opening(calendar: Calendar, promise: Promise, opened_at: datetime) -> Due:
    """Return the due times of a ticket opened (or reopened) at `opened_at` (aware). Raises NoWorkingTime."""
    first = term(calendar, promise.first_reply, promise.warn_at, opened_at)
    last = term(calendar, promise.resolve, promise.warn_at, opened_at)
    return Due(first.due, first.warn, last.due, last.warn)


def shift(calendar: Calendar, due: Due, waiting_from: datetime, waiting_to: datetime) -> Due:
    """Return the due times of both promises, kept in working time, after a wait: `moved` for each of them."""
    first = Term(waiting_from, due.first_reply_warn_at, due.first_reply_at)
    last = Term(waiting_from, due.resolve_warn_at, due.resolve_at)
    first, last = (moved(calendar, Span(), one, waiting_from, waiting_to) for one in (first, last))
    return Due(first.due, first.warn, last.due, last.warn)


def steps(due: Due, ladder: Sequence[LadderStep], calendar: Calendar, *, answered: bool = False) -> tuple[Step, ...]:
    """Return every step of both promises in the order in which they are passed; once `answered`, of resolving only.

    The times say when a step is passed, not when it may be announced: that is `announce_at`. Raises NoWorkingTime.
    """
    found = list(climb("resolve", due.resolve_warn_at, due.resolve_at, ladder, calendar))
    if not answered:
        found += climb("first_reply", due.first_reply_warn_at, due.first_reply_at, ladder, calendar)
    return tuple(sorted(found, key=lambda step: step.at))


def announce_at(calendar: Calendar, at: datetime, urgent: bool) -> datetime:
    """Return when something that happened at `at` (aware) may be told: at once when urgent, else in working hours.

    Raises NoWorkingTime.
    """
    return at if urgent else next_opening(calendar, at)


def climb(
    promise: PromiseName, warn_at: datetime, due: datetime, ladder: Sequence[LadderStep], calendar: Calendar
) -> Iterator[Step]:
    """The warning and the rungs of one promise, counted in the time of `calendar`. Raises NoWorkingTime."""
    if warn_at < due:  # a warning that comes with the breach tells nobody anything
        yield Step(promise, WARN, due, warn_at, WARNED)
    for number, rung in enumerate(ladder):
        yield Step(promise, f"late-{number}", due, add(calendar, due, rung.after), rung.to)
