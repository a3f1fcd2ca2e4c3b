"""What became of one ticket until a moment, told by its events alone: its state, its answers, endings and moves."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from tickets import hours
from tickets.models.event import EventKind
from tickets.models.ticket import Status
from tickets.policy import Policy
from tickets.promises import Outcome, Promises


class Happening(NamedTuple):
    """One event as plain values. `staff` is the id of who did it, None for the resident or the program."""

    ticket: int
    kind: str
    at: datetime
    staff: int | None
    reason: str
    data: Mapping[str, Any]


class Reached(NamedTuple):
    """The first answer of a round, or the end of a round: the matter settled. A round ends or is reopened.

    `worked` is the working time since the round began, without the time the resident was waited for; `late` is by
    `tickets.promises`; `staff` is whose deed it was.
    """

    at: datetime
    late: bool
    worked: timedelta
    staff: int | None


class Transfer(NamedTuple):
    at: datetime
    before: str
    area: str
    reason: str


@dataclass(slots=True)
class Story:
    """A ticket as its events tell it. A round goes from the opening, or a reopening, to the settling."""

    ticket: int
    opened_at: datetime
    channel: str
    promises: Promises
    round_since: datetime
    status: Status = Status.NEW
    area: str = ""
    procedure: str = ""
    assignee: int | None = None
    waiting_since: datetime | None = None
    waits: list[tuple[datetime, datetime]] = field(default_factory=list)  # of this round
    answers: list[Reached] = field(default_factory=list)  # the first of each round
    endings: list[Reached] = field(default_factory=list)
    reopenings: list[datetime] = field(default_factory=list)
    transfers: list[Transfer] = field(default_factory=list)
    ratings: list[tuple[datetime, int]] = field(default_factory=list)
    apologies: list[datetime] = field(default_factory=list)
    merges: list[tuple[datetime, datetime | None]] = field(default_factory=list)  # into another, and parted again
    splits: list[datetime] = field(default_factory=list)

    @property
    def gone(self) -> bool:
        """Whether it rests in another ticket: that one is counted."""
        return self.gone_at(None)

    def gone_at(self, moment: datetime | None) -> bool:
        """Whether it rested in another ticket just before `moment` (None: at the end of what is told)."""
        return any(
            (moment is None or since < moment) and (until is None or (moment is not None and until >= moment))
            for since, until in self.merges
        )

    @property
    def settled(self) -> bool:
        return self.status in (Status.RESOLVED, Status.CLOSED) and not self.gone

    def overdue(self, at: datetime) -> bool:
        """Whether a promise lies broken at `at` and it is our turn."""
        if self.settled or self.gone or self.status is Status.WAITING:
            return False
        return any(run.term.due < at for run in self.promises.running.values())


def tell(policy: Policy, happenings: Iterable[Happening], until: datetime) -> Story | None:
    """The story of one ticket from its events in their order, as far as they happened before `until` (aware).

    Promises are worked out from the office's calendar as it is now, so that a corrected calendar repairs history.
    None when it had not been opened by then. Raises NoWorkingTime.
    """
    story: Story | None = None
    for one in happenings:
        if one.at >= until:
            continue
        if story is None:
            if one.kind != EventKind.OPENED:
                continue
            story = Story(one.ticket, one.at, str(one.data.get("channel", "")), Promises(policy), one.at)
        before = len(story.promises.ended)
        story.promises.see(one.kind, one.at, one.data)
        step = _STEPS.get(one.kind)
        if step is not None:
            step(policy, story, one)
        _reached(policy, story, one, story.promises.ended[before:])
    return story


def _reached(policy: Policy, story: Story, one: Happening, outcomes: Iterable[Outcome]) -> None:
    """Take over what the event has brought to its end."""
    ended = {outcome.name: outcome for outcome in outcomes if not outcome.dropped}
    if one.kind == EventKind.REPLIED and "first_reply" in ended:
        late = not ended["first_reply"].kept
        story.answers.append(Reached(one.at, late, _worked(policy, story, one.at), one.staff))
    if one.kind == EventKind.RESOLVED:
        late = "resolve" in ended and not ended["resolve"].kept
        story.endings.append(Reached(one.at, late, _worked(policy, story, one.at), one.staff))


def _routed(_: Policy, story: Story, one: Happening) -> None:
    story.status = Status.OPEN
    story.area = str(one.data.get("area", ""))
    story.procedure = str(one.data.get("procedure", ""))


def _claimed(policy: Policy, story: Story, one: Happening) -> None:
    story.status = Status.CLAIMED
    story.assignee = one.staff
    story.area = story.area or policy.reception


def _assigned(policy: Policy, story: Story, one: Happening) -> None:
    _resumed(policy, story, one)
    to = one.data.get("to")
    story.assignee = int(to) if to is not None else None
    story.area = story.area or policy.reception


def _handed_over(_: Policy, story: Story, one: Happening) -> None:
    """A shift given to a colleague: another owner, and nothing else."""
    story.assignee = int(one.data["to"])


def _released(policy: Policy, story: Story, one: Happening) -> None:
    _resumed(policy, story, one)
    story.status = Status.OPEN
    story.assignee = None


def _transferred(policy: Policy, story: Story, one: Happening) -> None:
    _released(policy, story, one)
    area = str(one.data.get("area", ""))
    story.transfers.append(Transfer(one.at, story.area, area, one.reason))
    story.area, story.procedure = area, ""


def _waiting(_: Policy, story: Story, one: Happening) -> None:
    story.status = Status.WAITING
    story.waiting_since = one.at


def _snoozed(_: Policy, story: Story, __: Happening) -> None:
    story.status = Status.SNOOZED


def _resumed(_: Policy, story: Story, one: Happening) -> None:
    if story.waiting_since is not None:
        story.waits.append((story.waiting_since, one.at))
        story.waiting_since = None
    story.status = Status.CLAIMED


def _resolved(policy: Policy, story: Story, one: Happening) -> None:
    _resumed(policy, story, one)
    story.status = Status.RESOLVED
    story.assignee = story.assignee if story.assignee is not None else one.staff


def _reopened(_: Policy, story: Story, one: Happening) -> None:
    story.status = Status.OPEN
    story.reopenings.append(one.at)
    story.round_since = one.at
    story.waits.clear()
    story.waiting_since, story.assignee = None, None


def _closed(_: Policy, story: Story, __: Happening) -> None:
    story.status = Status.CLOSED


def _rated(_: Policy, story: Story, one: Happening) -> None:
    rating = one.data.get("rating")
    if isinstance(rating, int):
        story.ratings.append((one.at, rating))


def _apologised(_: Policy, story: Story, one: Happening) -> None:
    story.apologies.append(one.at)


def _procedure(_: Policy, story: Story, one: Happening) -> None:
    story.procedure = str(one.data.get("procedure", ""))


def _merged(_: Policy, story: Story, one: Happening) -> None:
    """It keeps its state and owner, which it has again once it is parted; nothing happens to it meanwhile."""
    story.merges.append((one.at, None))


def _unmerged(policy: Policy, story: Story, one: Happening) -> None:
    if not story.gone:
        return
    since, _ = story.merges.pop()
    story.merges.append((since, one.at))
    status = Status(one.data["status"])
    if story.waiting_since is None:
        story.waits.append((since, one.at))
    elif status is not Status.WAITING:
        _resumed(policy, story, one)
    story.status, story.assignee = status, one.data.get("assignee")


def _split(_: Policy, story: Story, one: Happening) -> None:
    story.splits.append(one.at)


def _worked(policy: Policy, story: Story, at: datetime) -> timedelta:
    calendar = policy.calendar_of(story.area)
    waited = [*story.waits, *([(story.waiting_since, at)] if story.waiting_since is not None else [])]
    idle = sum((hours.elapsed(calendar, since, until) for since, until in waited), timedelta())
    return max(hours.elapsed(calendar, story.round_since, at) - idle, timedelta())


_STEPS: dict[str, Callable[[Policy, Story, Happening], None]] = {
    EventKind.ROUTED: _routed,
    EventKind.CLAIMED: _claimed,
    EventKind.ASSIGNED: _assigned,
    EventKind.HANDED_OVER: _handed_over,
    EventKind.RELEASED: _released,
    EventKind.TRANSFERRED: _transferred,
    EventKind.WAITING: _waiting,
    EventKind.SNOOZED: _snoozed,
    EventKind.RESUMED: _resumed,
    EventKind.RESOLVED: _resolved,
    EventKind.REOPENED: _reopened,
    EventKind.CLOSED: _closed,
    EventKind.RATED: _rated,
    EventKind.APOLOGISED: _apologised,
    EventKind.PROCEDURE: _procedure,
    EventKind.MERGED: _merged,
    EventKind.UNMERGED: _unmerged,
    EventKind.SPLIT: _split,
}
