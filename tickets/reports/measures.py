"""How long things took and how content residents were, of any set of tickets: median, p90, mean; and of each ticket."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

_NINETIETH = 0.9

Measure = Literal["first_median", "first_p90", "resolve_median", "resolve_p90", "satisfaction"]
MEASURES: tuple[Measure, ...] = ("first_median", "first_p90", "resolve_median", "resolve_p90", "satisfaction")


@dataclass(frozen=True, slots=True)
class Times:
    """How long something took, in working time: how many there were, the median, and what nine of ten stayed within."""

    count: int = 0
    median: timedelta | None = None
    p90: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Satisfaction:
    """The last rating of each ticket rated in the period; `spread` says how often each of 1 to 5 was given."""

    count: int = 0
    mean: float | None = None
    spread: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Measured:
    """The three together, of one area, person or other part of the tickets."""

    first_reply: Times = Times()
    resolve: Times = Times()
    satisfaction: Satisfaction = Satisfaction()

    def value(self, measure: Measure) -> timedelta | float | None:
        """One of the five as a number that can be compared; None where there is nothing to measure."""
        match measure:
            case "first_median":
                return self.first_reply.median
            case "first_p90":
                return self.first_reply.p90
            case "resolve_median":
                return self.resolve.median
            case "resolve_p90":
                return self.resolve.p90
            case "satisfaction":
                return self.satisfaction.mean


def times(lengths: Sequence[timedelta]) -> Times:
    """Median and 90th percentile (nearest rank: a length that was really taken)."""
    if not lengths:
        return Times()
    ordered = sorted(lengths)
    count = len(ordered)
    lower, upper = ordered[(count - 1) // 2], ordered[count // 2]
    return Times(count, lower + (upper - lower) / 2, ordered[math.ceil(_NINETIETH * count) - 1])


def satisfaction(ratings: Sequence[int]) -> Satisfaction:
    """How often each rating was given, and their mean."""
    if not ratings:
        return Satisfaction()
    spread = Counter(ratings)
    return Satisfaction(len(ratings), sum(ratings) / len(ratings), {value: spread[value] for value in sorted(spread)})


def ranked(rows: Mapping[str, Measured], measure: Measure) -> list[str]:
    """The keys of `rows` from the one to look at first: the slowest, the least content; the unmeasured come last.

    Of two that are equal the one with more behind it comes first.
    """

    def order(row: tuple[str, Measured]) -> tuple[bool, float, int, str]:
        key, measured = row
        value = measured.value(measure)
        number = value.total_seconds() if isinstance(value, timedelta) else value
        worst = 0.0 if number is None else number if measure == "satisfaction" else -number
        return number is None, worst, -behind(measured, measure), key

    return [key for key, _ in sorted(rows.items(), key=order)]


def behind(measured: Measured, measure: Measure) -> int:
    """How many answers, settlings or ratings stand behind a value."""
    if measure == "satisfaction":
        return measured.satisfaction.count
    return (measured.first_reply if measure.startswith("first") else measured.resolve).count


def longest(lengths: Iterable[tuple[int, timedelta]]) -> dict[int, timedelta]:
    """By ticket the longest of its lengths: a reopened one may have been answered twice in a period."""
    found: dict[int, timedelta] = {}
    for ticket, length in lengths:
        found[ticket] = max(length, found.get(ticket, length))
    return found
