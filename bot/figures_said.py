"""The figures of a period in words, as long as the network lets them be."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot import cards, times
from tickets.models import Staff
from tickets.reports.figures import Figures
from tickets.reports.measures import MEASURES, Measure, Measured, behind, ranked
from tickets.reports.measures import Times as Lengths
from tickets.reports.periods import Period

if TYPE_CHECKING:
    from bot.wiring import Desk

SHORT = 1500  # characters; where a message holds less, every line is paid for or nobody scrolls
# Which time stands behind a ticket that counts in a figure.
BEHIND = dict.fromkeys(("answered", "answered_on_time", "answered_late"), "first_reply") | dict.fromkeys(
    ("settled", "on_time", "late"), "resolve"
)
# The list of tickets behind a measure.
LIST_OF: dict[Measure, str] = {
    one: "rated" if one == "satisfaction" else "answered" if one.startswith("first") else "settled" for one in MEASURES
}
TOP = 5  # rows of a breakdown inside the overview


def title(desk: "Desk", language: str, period: Period, now: datetime) -> str:
    """ "Tuần 16/11 – 22/11/2026", and until when it is counted while it runs."""
    say = desk.texts.say
    first, last = period.first, period.last
    dates = f"{last:%d/%m/%Y}" if first == last else f"{first:%d/%m} – {last:%d/%m/%Y}"
    if first.year != last.year:
        dates = f"{first:%d/%m/%Y} – {last:%d/%m/%Y}"
    name = say(language, f"figures.period_{period.kind}", dates=dates, month=f"{first:%m/%Y}", year=first.year)
    if period.start <= now < period.end:
        return say(language, "figures.so_far", period=name, at=times.moment(desk, language, now, now))
    return name


def overview(
    desk: "Desk",
    language: str,
    found: Figures,
    period: Period,
    now: datetime,
    *,
    room: int,
    groups: Mapping[int, str] = MappingProxyType({}),
) -> str:
    """Everything, in at most a dozen lines; in three where the network has `room` for little."""
    say = desk.texts.say
    values = {name: found.count(name) for name in found.sets}
    head = title(desk, language, period, now)
    rating = mean(found.satisfaction.mean)
    values_said = {
        **values,
        "first_median": _length(desk, language, found.first_reply.median),
        "first_p90": _length(desk, language, found.first_reply.p90),
        "resolve_median": _length(desk, language, found.resolve.median),
        "resolve_p90": _length(desk, language, found.resolve.p90),
        "rating": rating,
        "ratings": found.satisfaction.count,
    }
    if room < SHORT:
        return say(language, "figures.short", period=head, **_asked(desk, language, "figures.short", values_said))
    keys = ["flow", "settled", "answered", "live", "deflected"]
    keys += ["first_reply"] * bool(found.first_reply.count) + ["resolve"] * bool(found.resolve.count)
    keys += ["satisfaction"] * bool(found.satisfaction.count) + ["apologised"] * bool(values["apologised"])
    lines = [say(language, "figures.head", period=head)]
    lines += [say(language, f"figures.{key}", **_asked(desk, language, f"figures.{key}", values_said)) for key in keys]
    if not any(values.values()):
        lines = [lines[0], say(language, "figures.nothing")]
    for dimension in ("area", "channel", "place", "group"):
        rows = received_by(desk, language, found, dimension, groups)
        if len(rows) > 1 or (rows and dimension in ("area", "group")):
            told = ", ".join(f"{name} {count}" for name, count in rows[:TOP])
            lines.append(say(language, f"figures.by_{dimension}", rows=told))
    if found.reasons:
        said = "; ".join(f"{reason(desk, language, why)} {len(ids)}" for why, ids in found.reasons[:TOP])
        lines.append(say(language, "figures.reasons", count=values["transferred"], rows=said))
    return "\n".join(lines)


def received_by(
    desk: "Desk", language: str, found: Figures, dimension: str, names: Mapping[int, str]
) -> list[tuple[str, int]]:
    """What came in, by the values of a dimension in words, the most first; what is not known is left out."""
    rows = [
        (value_name(desk, language, dimension, value, names), len(sets.get("received", ())))
        for value, sets in found.by[dimension].items()
        if value
    ]
    return sorted([row for row in rows if row[1]], key=lambda row: (-row[1], row[0]))


def table(desk: "Desk", language: str, found: Figures, dimension: str, staff: Mapping[int, str]) -> list[str]:
    """One line for each value of a dimension, the busiest first. `staff` is names by id."""
    lines = []
    rows = sorted(found.by[dimension].items(), key=lambda row: (-_weight(row[1]), row[0]))
    for value, sets in rows:
        key = "figures.row_person" if dimension == "person" else "figures.row"
        counts = {name: len(sets.get(name, ())) for name in found.sets}
        name = value_name(desk, language, dimension, value, staff)
        lines.append(desk.texts.say(language, key, name=name, **_asked(desk, language, key, counts)))
    return lines


def ranking(
    desk: "Desk", language: str, found: Figures, dimension: str, measure: Measure, staff: Mapping[int, str]
) -> list[str]:
    """One line for each value of a dimension that can be measured, the one to look at first at the head."""
    rows = found.measured[dimension]
    lines = []
    for place, value in enumerate(ranked(rows, measure), start=1):
        if rows[value].value(measure) is None:
            continue
        name = value_name(desk, language, dimension, value, staff)
        said = measured(desk, language, rows[value], measure)
        lines.append(
            desk.texts.say(
                language, "figures.ranked", place=place, name=name, value=said, count=behind(rows[value], measure)
            )
        )
    return lines


def measured(desk: "Desk", language: str, one: Measured, measure: Measure) -> str:
    """One of the five measures in words."""
    value = one.value(measure)
    return _length(desk, language, value) if not isinstance(value, float) else mean(value)


def mean(value: float | None) -> str:
    """A mean rating, as 4,2."""
    return "–" if value is None else f"{value:.1f}".replace(".", ",")


def contribution(desk: "Desk", language: str, found: Figures, ticket: int, figure: str) -> str:
    """What a ticket contributes to the times or ratings its figure stands behind; empty for other figures."""
    if figure == "rated":
        return desk.texts.say(language, "figures.given", rating=found.ratings[ticket])
    kind = BEHIND.get(figure, "")
    return _length(desk, language, found.lengths[kind][ticket]) if kind else ""


def value_name(desk: "Desk", language: str, dimension: str, value: str, staff: Mapping[int, str]) -> str:
    """An area, channel, tổ dân phố, group or person as people call it; `staff` is names by id, of groups too."""
    if dimension == "area":
        return cards.area_name(desk, value, language)
    if dimension in ("person", "group"):
        return staff.get(int(value), value)
    if dimension == "place" and value:
        return place_name(desk, language, value)
    if dimension == "urgency":
        return desk.texts.say(language, f"late.urgency_{value}")
    return value or desk.texts.say(language, "figures.unknown")


def place_name(desk: "Desk", language: str, place: str) -> str:
    """`tdp-5` as "Tổ dân phố 5"."""
    kind, _, number = place.rpartition("-")
    return desk.texts.say(language, f"figures.place_{kind.replace('-', '_')}", number=number)


def reason(desk: "Desk", language: str, why: str) -> str:
    return why or desk.texts.say(language, "figures.no_reason")


async def names(ids: list[int]) -> dict[int, str]:
    """Who these members of staff are."""
    return {one.id: one.name for one in await Staff.filter(id__in=ids)}


def zone(desk: "Desk") -> ZoneInfo:
    return ZoneInfo(desk.policy.calendar.timezone)


def lengths(desk: "Desk", language: str, measured: Lengths) -> tuple[str, str]:
    """Median and 90th percentile in words."""
    return _length(desk, language, measured.median), _length(desk, language, measured.p90)


def _length(desk: "Desk", language: str, span: timedelta | None) -> str:
    """Working time in hours and minutes: a working day has no 24 hours, so days are not said."""
    if span is None:
        return "–"
    minutes = round(span.total_seconds() / 60)
    hours, minutes = divmod(minutes, 60)
    if not hours:
        return desk.texts.say(language, "time.minutes", minutes=minutes)
    if not minutes:
        return desk.texts.say(language, "time.whole_hours", hours=hours)
    return desk.texts.say(language, "time.hours", hours=hours, minutes=minutes)


def _weight(sets: Mapping[str, tuple[int, ...]]) -> int:
    return max((len(ids) for ids in sets.values()), default=0)


def _asked(desk: "Desk", language: str, key: str, values: Mapping[str, object]) -> dict[str, object]:
    wanted = desk.texts.placeholders(language, key)
    return {name: value for name, value in values.items() if name in wanted}
