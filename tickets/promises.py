"""What a ticket's event log says of its promises: which run, since when, due when, kept or broken. No row is read.

The rules are written out in docs/deadlines.md; this is the one place that applies them, for the columns a ticket keeps
and for everything that is recomputed from events.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, NamedTuple

from tickets import deadlines
from tickets.deadlines import PromiseName, Term
from tickets.hours import Calendar, Span
from tickets.models.event import EventKind
from tickets.models.ticket import Status, Urgency
from tickets.policy import Policy

ENDS_WAITING = frozenset(
    {EventKind.RESUMED, EventKind.ASSIGNED, EventKind.RELEASED, EventKind.TRANSFERRED, EventKind.RESOLVED}
)


class Happened(NamedTuple):
    """One event as plain values, in the order of the log; `at` is aware."""

    kind: str
    at: datetime
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Run:
    """One promise while it runs: how long it is, in which calendar, what is promised now and what was at first."""

    name: PromiseName
    span: Span
    warn_at: float
    calendar: Calendar
    term: Term
    promised: datetime  # due without the extensions people gave
    extended: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """A promise that came to its end at `at`, against the `due` in force then; `promised` is due without extensions.

    `dropped`: it ended without being kept or broken, as the matter went to another area.
    """

    name: PromiseName
    start: datetime
    due: datetime
    promised: datetime
    at: datetime
    extended: int
    dropped: bool = False

    @property
    def kept(self) -> bool:
        return self.at <= self.due


class Rest(NamedTuple):
    """What stood when a ticket was merged into another, to be taken up again when it is parted from it."""

    at: datetime
    running: Mapping[PromiseName, Run]
    paused_at: datetime | None
    settled: bool
    ended: int  # how many promises had come to their end


@dataclass(slots=True)
class Promises:
    """The promises of one ticket as its events are shown one after the other to `see`."""

    policy: Policy
    area: str = ""
    urgency: Urgency = Urgency.NORMAL
    paused_at: datetime | None = None
    first_replied_at: datetime | None = None
    quiet_until: datetime | None = None
    settled: bool = False
    running: dict[PromiseName, Run] = field(default_factory=dict)
    ended: list[Outcome] = field(default_factory=list)
    last: dict[PromiseName, Term] = field(default_factory=dict)  # of first reply and resolve, kept after their end
    _waits: list[tuple[datetime, datetime]] = field(default_factory=list)
    _rest: "Rest | None" = None  # while the ticket is merged into another
    _lent: dict[int, datetime] = field(default_factory=dict)  # the answers owed since a ticket went into this one

    def see(self, kind: str, at: datetime, data: Mapping[str, Any]) -> None:
        """Take in the next event. Raises NoWorkingTime when the office never opens again."""
        if kind in ENDS_WAITING and self.paused_at is not None:
            self._go_on(at)
        step = _STEPS.get(kind)
        if step is not None:
            step(self, at, data)

    def columns(self) -> dict[str, Any]:
        """What a ticket's row keeps of this."""
        first, last = self.last["first_reply"], self.last["resolve"]
        following = self.running.get("next_reply")
        return {
            "first_reply_warn": first.warn,
            "first_reply_due": first.due,
            "next_reply_warn": following.term.warn if following else None,
            "next_reply_due": following.term.due if following else None,
            "resolve_warn": last.warn,
            "resolve_due": last.due,
            "paused_at": self.paused_at,
            "first_replied_at": self.first_replied_at,
            "quiet_until": self.quiet_until,
        }

    def _opened(self, at: datetime, data: Mapping[str, Any]) -> None:
        self.urgency = _urgency(data)
        self._begin_all(at)

    def _routed(self, _: datetime, data: Mapping[str, Any]) -> None:
        self.area = str(data.get("area", ""))
        for run in list(self.running.values()):
            self._begin(run.name, run.term.start)

    def _taken(self, _: datetime, __: Mapping[str, Any]) -> None:
        self.area = self.area or self.policy.reception

    def _transferred(self, at: datetime, data: Mapping[str, Any]) -> None:
        self.area = str(data.get("area", ""))
        self._end("resolve", at, dropped=True)
        self._begin("resolve", at)

    def _waits_for_resident(self, at: datetime, _: Mapping[str, Any]) -> None:
        self.paused_at = at

    def _resident_wrote(self, at: datetime, data: Mapping[str, Any]) -> None:
        owed = self.first_replied_at is not None and not self.settled and not data.get("courtesy")
        if owed and "next_reply" not in self.running:
            self._begin("next_reply", at)

    def _replied(self, at: datetime, _: Mapping[str, Any]) -> None:
        self.first_replied_at = self.first_replied_at or at
        self._end("first_reply", at)
        self._end("next_reply", at)

    def _resolved(self, at: datetime, _: Mapping[str, Any]) -> None:
        self.settled, self.quiet_until = True, None
        for name in list(self.running):
            self._end(name, at)

    def _reopened(self, at: datetime, _: Mapping[str, Any]) -> None:
        self.settled, self.first_replied_at = False, None
        self._waits.clear()
        self._begin_all(at)

    def _acknowledged(self, _: datetime, data: Mapping[str, Any]) -> None:
        self.quiet_until = datetime.fromisoformat(str(data["until"]))

    def _begin_all(self, at: datetime) -> None:
        self._begin("first_reply", at)
        self._begin("resolve", at)

    def _begin(self, name: PromiseName, start: datetime) -> None:
        promise = self.policy.promise(self.area, self.urgency)
        calendar, span = self.policy.calendar_of(self.area), promise.span(name)
        begun = deadlines.term(calendar, span, promise.warn_at, start)
        self._keep(Run(name, span, promise.warn_at, calendar, begun, begun.due))

    def _keep(self, run: Run) -> None:
        self.running[run.name] = run
        if run.name != "next_reply":
            self.last[run.name] = run.term

    def _end(self, name: PromiseName, at: datetime, *, dropped: bool = False) -> None:
        run = self.running.pop(name, None)
        if run is not None:
            one = run.term
            self.ended.append(Outcome(name, one.start, one.due, run.promised, at, run.extended, dropped))

    def _go_on(self, at: datetime) -> None:
        since = self.paused_at
        self.paused_at = None
        if since is None:
            return
        self._waits.append((since, at))
        for run in list(self.running.values()):
            self._keep(_waited(run, since, at))

    def _reprioritised(self, at: datetime, data: Mapping[str, Any]) -> None:
        """Counted anew from where each promise began; what would lie in the past by that counts from now.

        More urgent never means later than promised.
        """
        usual, self.urgency = self.urgency, _urgency(data)
        raised = self.urgency.rank > usual.rank
        for before in list(self.running.values()):
            self._begin(before.name, before.term.start)
            for since, until in self._waits:
                if since >= before.term.start:
                    self._keep(_waited(self.running[before.name], since, until))
            after = self.running[before.name].term
            late = before.term.due <= at
            if not late and after.due <= at:
                self._begin(before.name, at)
                after = self.running[before.name].term
            if raised and (late or after.due > before.term.due):
                self._keep(before)

    def _merged(self, at: datetime, _: Mapping[str, Any]) -> None:
        """Another ticket answers for it from now on: nothing here is kept or broken."""
        self._rest = Rest(at, dict(self.running), self.paused_at, self.settled, len(self.ended))
        for name in list(self.running):
            self._end(name, at, dropped=True)
        self.settled, self.paused_at = True, None

    def _unmerged(self, at: datetime, data: Mapping[str, Any]) -> None:
        """As it was; the time between counts for nobody, like waiting."""
        rest, self._rest = self._rest, None
        if rest is None:
            return
        del self.ended[rest.ended :]
        self.settled, self.paused_at = rest.settled, rest.paused_at
        for run in rest.running.values():
            self._keep(run)
        if self.paused_at is None:
            self.paused_at = rest.at
            self._go_on(at)
        elif data.get("status") != Status.WAITING:
            self._go_on(at)

    def _absorbed(self, at: datetime, data: Mapping[str, Any]) -> None:
        if data.get("owed") and self.first_replied_at is not None and "next_reply" not in self.running:
            self._begin("next_reply", at)
            self._lent[int(data["other"])] = at

    def _parted(self, at: datetime, data: Mapping[str, Any]) -> None:
        since, run = self._lent.pop(int(data["other"]), None), self.running.get("next_reply")
        if run is not None and run.term.start == since:
            self._end("next_reply", at, dropped=True)

    def _split(self, at: datetime, data: Mapping[str, Any]) -> None:
        if not data.get("owed"):
            self._end("next_reply", at, dropped=True)

    def _extended(self, at: datetime, data: Mapping[str, Any]) -> None:
        until = datetime.fromisoformat(str(data["until"]))
        for run in list(self.running.values()):
            if run.term.due < until:
                warn = deadlines.warning(run.calendar, run.span, run.warn_at, at, until)
                self._keep(replace(run, term=Term(run.term.start, warn, until), extended=run.extended + 1))


def _urgency(data: Mapping[str, Any]) -> Urgency:
    """Of an event of opening or of another urgency; events from before there were four name no grade."""
    return Urgency.URGENT if data.get("urgent") else Urgency(data.get("grade", Urgency.NORMAL))


def follow(policy: Policy, happened: Iterable[Happened]) -> Promises:
    """The promises of one ticket from its events in their order. Raises NoWorkingTime."""
    story = Promises(policy)
    for one in happened:
        story.see(*one)
    return story


def _waited(run: Run, since: datetime, until: datetime) -> Run:
    now = deadlines.moved(run.calendar, run.span, run.term, since, until)
    first = deadlines.moved(run.calendar, run.span, Term(run.term.start, run.promised, run.promised), since, until)
    return replace(run, term=now, promised=first.due)


# ruff: noqa: SLF001  # the table stands behind the class whose steps it lists
_STEPS: dict[str, Callable[[Promises, datetime, Mapping[str, Any]], None]] = {
    EventKind.OPENED: Promises._opened,
    EventKind.ROUTED: Promises._routed,
    EventKind.CLAIMED: Promises._taken,
    EventKind.ASSIGNED: Promises._taken,
    EventKind.TRANSFERRED: Promises._transferred,
    EventKind.WAITING: Promises._waits_for_resident,
    EventKind.RESIDENT_WROTE: Promises._resident_wrote,
    EventKind.REPLIED: Promises._replied,
    EventKind.RESOLVED: Promises._resolved,
    EventKind.REOPENED: Promises._reopened,
    EventKind.PRIORITY: Promises._reprioritised,
    EventKind.EXTENDED: Promises._extended,
    EventKind.APOLOGISED: Promises._extended,
    EventKind.ACKNOWLEDGED: Promises._acknowledged,
    EventKind.MERGED: Promises._merged,
    EventKind.UNMERGED: Promises._unmerged,
    EventKind.ABSORBED: Promises._absorbed,
    EventKind.PARTED: Promises._parted,
    EventKind.SPLIT: Promises._split,
}
