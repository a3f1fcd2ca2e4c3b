"""How long a million additions of working time take, over two years of an office with two sessions a day and Tết."""

import argparse
import json
import platform
import random
import statistics
import time
from datetime import date, datetime, timedelta
from datetime import time as clock
from zoneinfo import ZoneInfo

from config import national_days
from tickets.hours import Calendar, Span, add

ZONE = "Asia/Ho_Chi_Minh"
DAY = ((clock(7, 30), clock(11, 30)), (clock(13, 30), clock(17, 0)))
SPANS = (Span(minutes=30), Span(minutes=60), Span(minutes=480), Span(days=2), Span(real_days=10), Span(until=clock(15)))


def office() -> Calendar:
    """The ward's week with the country's days of 2026 and 2027."""
    known = national_days.load().days.values()
    off = frozenset(one.day for one in known if one.off)
    worked = {one.day: DAY for one in known if not one.off}
    return Calendar(ZONE, (DAY,) * 5 + ((), ()), off, worked)


def once(calendar: Calendar, starts: list[datetime], count: int) -> float:
    """Seconds that `count` additions take."""
    begun = time.perf_counter()
    for number in range(count):
        add(calendar, starts[number % len(starts)], SPANS[number % len(SPANS)])
    return time.perf_counter() - begun


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1_000_000)
    parser.add_argument("--repeat", type=int, default=3)
    chosen = parser.parse_args()
    calendar, chance = office(), random.Random(20261121)  # noqa: S311  # no secret
    first = datetime.combine(date(2026, 1, 1), clock(), ZoneInfo(ZONE))
    starts = [first + timedelta(minutes=chance.randrange(365 * 24 * 60)) for _ in range(10_000)]
    add(calendar, first, Span(days=300))  # the years are worked out once
    seconds = [once(calendar, starts, chosen.count) for _ in range(chosen.repeat)]
    told = {
        "additions": chosen.count,
        "seconds_median": round(statistics.median(seconds), 2),
        "seconds_all": [round(one, 2) for one in seconds],
        "microseconds_each": round(statistics.median(seconds) / chosen.count * 1e6, 2),
        "python": platform.python_version(),
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
