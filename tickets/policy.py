"""What one office has laid down: its areas, working time, promises and who hears of late work, as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from tickets.deadlines import LadderStep, Promise
from tickets.flood import PATIENCE, Patience
from tickets.hours import Calendar, Span
from tickets.models.ticket import Urgency

_SEEN = Span(minutes=120)
_STAND_IN = Span(minutes=10)
_UNSEEN = Span(minutes=15)
_CLOSING = Span(minutes=30)
_TWO_DAYS, _THREE_DAYS, _TEN_DAYS = Span(days=2), Span(days=3), Span(days=10)


@dataclass(frozen=True, slots=True)
class OutsideBody:
    """An office that is not ours and handles an area (land registry, tax, social insurance)."""

    name: str
    address: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Area:
    """A procedure area (lĩnh vực) as this office handles it."""

    id: str
    name: str
    department: str = ""
    counter: str = ""
    outside: OutsideBody | None = None


Names = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Duty:
    """How tickets of an area find somebody: `assign` is "none" (people claim), "round_robin" or "least_busy".

    `cap` is how many tickets in hand one person is given at most; `roster` who has duty, by weekday (0 is Monday):
    names for the morning, names for the afternoon.
    """

    assign: str = "none"
    cap: int | None = None
    roster: Mapping[int, tuple[Names, Names]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Waiting:
    """How a resident we wait for is reminded, in working time: the first time, again, how often; and when it ends.

    `close_after` counts from the beginning of the waiting; None: never by itself.
    """

    remind_after: Span = field(default=_TWO_DAYS)
    again_after: Span = field(default=_THREE_DAYS)
    reminders: int = 2
    close_after: Span | None = field(default=_TEN_DAYS)


@dataclass(frozen=True, slots=True)
class Policy:
    """Made once from the office file; every function of the domain that needs a rule of the office receives it."""

    office: str
    name: str
    calendar: Calendar
    areas: Mapping[str, Area]
    reception: str  # the area that takes what fits nowhere else
    promises: Mapping[str, Promise]  # by area id
    default_promise: Promise
    ladder: tuple[LadderStep, ...]
    ask_timeout: Span  # working time a resident has to say which area is meant
    reopen_within: timedelta
    close_after: timedelta
    code_valid: timedelta
    calendars: Mapping[str, Calendar] = field(default_factory=dict)  # by area, where it differs from the office's
    urgent_promises: Mapping[str, Promise] = field(default_factory=dict)  # by area; "" for every other
    # How long promises are for what is less or more pressing than usual, as a factor.
    grades: Mapping[Urgency, float] = field(default_factory=lambda: {Urgency.LOW: 2.0, Urgency.HIGH: 0.5})
    tell_moved: timedelta | None = timedelta(hours=1)  # residents hear of a time moved by so much; None: never
    acknowledged_for: Span = _SEEN  # how long the ladder rests once somebody has seen the alert
    stand_in_after: Span = _STAND_IN  # working time an alert waits for a network before it goes to the next
    digest_to: tuple[str, ...] = ("lead", "supervisor", "head")
    closing_digest: Span = _CLOSING  # working time before closing
    waiting: Waiting = Waiting()
    duties: Mapping[str, Duty] = field(default_factory=dict)  # by area
    default_duty: Duty = Duty()
    unseen_after: Span = _UNSEEN  # working time a resident may wait for an owner who is off duty
    two_supervisors: bool = False  # whether making a supervisor needs a second one
    request_valid: timedelta = timedelta(days=1)  # how long such a request may be confirmed

    patience: Patience = PATIENCE  # with how much one resident may write at once

    def promise(self, area: str, urgency: Urgency = Urgency.NORMAL) -> Promise:
        """What is promised for a ticket of `area` ('' while it is not routed) and of this urgency."""
        usual = self.promises.get(area, self.default_promise)
        if urgency is Urgency.URGENT:
            return self.urgent_promises.get(area, self.urgent_promises.get("", usual))
        return usual.scaled(self.grades.get(urgency, 1.0))

    def duty(self, area: str) -> Duty:
        """How tickets of `area` find somebody: as those of the area whose staff look after it."""
        return self.duties.get(self.desk(area), self.default_duty)

    def calendar_of(self, area: str) -> Calendar:
        """When those who look after `area` work."""
        return self.calendars.get(area, self.calendar)

    def desk(self, area: str) -> str:
        """The area whose staff look after `area`: reception, when an outside body or nobody here handles it."""
        known = self.areas.get(area)
        return self.reception if known is None or known.outside else area
