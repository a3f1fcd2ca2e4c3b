"""How long a promise lasts: worked minutes or days, real minutes or days, or the same day; and how each is written."""

import math
import re
from dataclasses import dataclass
from datetime import time

_WORKED = r"(?:(?P<days>\d{1,4})d|(?:(?P<hours>\d{1,5})h)?(?:(?P<minutes>\d{1,6})m)?)"
_SPAN = re.compile(rf"{_WORKED}(?P<real>\s+real)?")
_SAME_DAY = re.compile(r"same[ -]day\s+(?:until\s+)?(?P<hour>\d{1,2}):(?P<minute>\d{2})")


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time of one of five kinds; zero is allowed, negative is not. Raises ValueError for a mixture.

    `minutes` and `days` are worked; `real_minutes` and `real_days` go by the clock and the calendar, nights and days
    off included (a term in real days that ends on a day off ends on the next working day); `until` is a time of day:
    what comes before it is due at the closing of the same day, what comes later at the closing of the next working day.
    """

    minutes: int = 0
    days: int = 0
    real_minutes: int = 0
    real_days: int = 0
    until: time | None = None

    def __post_init__(self) -> None:
        lengths = (self.minutes, self.days, self.real_minutes, self.real_days)
        if any(length < 0 for length in lengths):
            raise ValueError(f"a span cannot be negative: {self!r}")
        if sum(map(bool, lengths)) + (self.until is not None) > 1:
            raise ValueError(f"a span is either minutes or working days, of one kind only, not a mixture: {self!r}")

    @property
    def by_the_clock(self) -> bool:
        """Whether it runs on at night and on days off, to the minute."""
        return self.real_minutes > 0

    def scaled(self, factor: float) -> "Span":
        """A span of the same kind, `factor` (above 0) as long, in whole minutes or days, rounded up; `until` stays."""

        def part(length: int) -> int:
            return math.ceil(round(length * factor, 6))

        return Span(
            part(self.minutes), part(self.days), part(self.real_minutes), part(self.real_days), until=self.until
        )

    def __str__(self) -> str:
        if self.until is not None:
            return f"same day {self.until:%H:%M}"
        real = " real" if self.real_minutes or self.real_days else ""
        if self.days or self.real_days:
            return f"{self.days or self.real_days}d{real}"
        hours, minutes = divmod(self.minutes or self.real_minutes, 60)
        length = f"{hours}h{minutes}m" if hours and minutes else f"{hours}h" if hours else f"{minutes}m"
        return f"{length}{real}"


def parse_span(text: str) -> Span:
    """Read "45m", "8h", "1h30m", "2d" (worked), "12h real", "30d real", or "same day 15:00".

    Raises ValueError that shows these forms.
    """
    line = text.strip().lower()
    if found := _SAME_DAY.fullmatch(line):
        hour, minute = int(found["hour"]), int(found["minute"])
        if hour < 24 and minute < 60:  # noqa: PLR2004  # the clock
            return Span(until=time(hour, minute))
    if (found := _SPAN.fullmatch(line)) and any(found[part] for part in ("days", "hours", "minutes")):
        days = int(found["days"] or 0)
        minutes = int(found["hours"] or 0) * 60 + int(found["minutes"] or 0)
        return Span(real_minutes=minutes, real_days=days) if found["real"] else Span(minutes=minutes, days=days)
    raise ValueError(
        f"{text!r} is not a span of working time; write 45m, 8h, 1h30m or 2d, 12h real or 30d real by the calendar, "
        "or same day 15:00"
    )
