"""What an office file lays down about time: promises, who hears of a broken one, digests, waiting for residents."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from config import working_time
from config.complaints import Written, parsed, wrong
from config.office_reports import Role
from config.working_time import Duration


def _positive(value: Duration) -> Duration:
    if value == Duration():
        raise wrong("a promise of no time at all cannot be kept", "Write at least 1m.")
    return value


WorkingTime = Annotated[Duration, parsed(working_time.duration)]
PromisedTime = Annotated[Duration, AfterValidator(_positive), parsed(working_time.promised)]
CalendarTime = Annotated[timedelta, parsed(working_time.calendar_length)]
Share = Annotated[float, parsed(working_time.share)]
Stretch = Annotated[float, parsed(working_time.stretch)]


@dataclass(frozen=True, slots=True)
class Promise:
    """The helpdesk's promise for a ticket; at share `warn_at` (0 to 1) of its time somebody is warned.

    `next_reply` is for what the resident writes after the first answer; None: as soon as the first.
    """

    first_reply: Duration
    resolve: Duration
    warn_at: float
    next_reply: Duration | None = None


USUAL = Promise(Duration(minutes=60), Duration(minutes=480), 0.75)


class PromisePart(Written):
    """What is promised differently from the default."""

    first_reply: PromisedTime | None = None
    next_reply: PromisedTime | None = None
    resolve: PromisedTime | None = None
    warn_at: Share | None = None

    def over(self, base: Promise) -> Promise:
        return Promise(
            self.first_reply or base.first_reply,
            self.resolve or base.resolve,
            self.warn_at or base.warn_at,
            self.next_reply or base.next_reply,
        )


class AreaPromises(PromisePart):
    """What an area promises, and what it promises when a matter is urgent."""

    urgent: PromisePart | None = None


URGENT = PromisePart.model_construct(
    first_reply=Duration(real_minutes=15), next_reply=Duration(real_minutes=15), resolve=None, warn_at=None
)


class Promises(Written):
    default: PromisePart = PromisePart()
    urgent: PromisePart = PromisePart()
    high: Share = Field(0.5, description="how long the times are for what is pressing, as 50%")
    low: Stretch = Field(2.0, description="how long the times are for what can wait, as 200%")
    areas: dict[str, AreaPromises] = Field(default_factory=dict)


class Step(Written):
    """Who hears of a broken promise, so much working time after it fell due."""

    after: WorkingTime = Field(description="working time after the due time, as 30m")
    to: Role = Field(description="assignee, lead, supervisor or head")


class MovedPromises(Written):
    """Whether residents hear that the time they were told has moved, and from how much (by the clock) on."""

    tell: bool = True
    by: CalendarTime = timedelta(hours=1)


class Digest(Written):
    """Who is told each working morning and before closing how the office stands."""

    to: tuple[Literal["lead", "supervisor", "head"], ...] = Field(("lead", "supervisor", "head"), min_length=1)
    before_closing: WorkingTime = Duration(minutes=30)


class Waiting(Written):
    """How a resident we wait for is reminded, and when the ticket is settled because nothing came."""

    remind_after: WorkingTime = Field(Duration(days=2), description="working time until the first reminder, as 2d")
    again_after: WorkingTime = Field(Duration(days=3), description="working time between reminders, as 3d")
    reminders: int = Field(2, ge=0, le=10, description="how often at most")
    close_after: WorkingTime | None = Field(
        Duration(days=10), description="working time from the beginning of the waiting, as 10d; null: never"
    )
