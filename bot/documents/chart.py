"""The figures of a period as one picture that reads well on a phone."""

import io
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from bot import figures_said
from tickets.reports.figures import Figures
from tickets.reports.periods import Period

if TYPE_CHECKING:
    from bot.wiring import Desk

# Okabe and Ito's palette, told apart with every kind of colour blindness; hatching and numbers say the same without it.
BLUE, ORANGE, GREY, INK, PALE = "#0072B2", "#E69F00", "#999999", "#222222", "#E6E6E6"
WIDTH, HEIGHT = 6.0, 8.0  # inches; at 160 dots 960 × 1280, a phone held upright, and no larger than a chat app shows
DOTS = 160
ROWS = 8  # bars of areas; the rest is one bar together
_DAYS_AS_DAYS, _DAYS_AS_WEEKS = 16, 120  # longer periods are drawn by week, still longer ones by month
_NAME = 20  # letters of an area beside its bar


@dataclass(frozen=True, slots=True)
class Bar:
    """One horizontal bar: settled on time, settled late, and still being worked on."""

    name: str
    on_time: int
    late: int
    live: int


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything that is drawn, in words already."""

    title: str
    heads: tuple[tuple[str, str], ...]  # a large number and what it counts
    course_title: str
    course: tuple[tuple[str, int, int], ...]  # label, received, settled
    bars_title: str
    bars: tuple[Bar, ...]
    legend: tuple[str, str, str, str, str]  # received, settled, on time, late, live
    foot: str


def described(desk: "Desk", language: str, found: Figures, period: Period, now: datetime) -> Picture:
    """What to draw for an office."""

    def say(key: str, **values: object) -> str:
        return desk.texts.say(language, f"chart.{key}", **values)

    rating = f"{found.satisfaction.mean:.1f}".replace(".", ",") if found.satisfaction.mean is not None else "–"
    heads = (
        (str(found.count("received")), say("received")),
        (str(found.count("settled")), say("settled")),
        (str(found.count("overdue")), say("overdue")),
        (rating, say("rating")),
    )
    step, course = _course(found, period, figures_said.zone(desk), now)
    title = figures_said.title(desk, language, period, now)
    return Picture(
        title=title[:1].upper() + title[1:],
        heads=heads,
        course_title=say(f"course_{step}"),
        course=course,
        bars_title=say("by_area"),
        bars=_bars(desk, language, found),
        legend=(say("received"), say("settled"), say("on_time"), say("late"), say("live")),
        foot=desk.policy.name,
    )


def drawn(picture: Picture) -> bytes:
    """The picture as PNG, 960 × 1280. Takes a good part of a second, more the first time; keeps no state of pyplot."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH, HEIGHT), dpi=DOTS, facecolor="white")
    FigureCanvasAgg(figure)
    figure.text(0.05, 0.965, picture.title, fontsize=13, fontweight="bold", color=INK, va="center")
    for number, (large, small) in enumerate(picture.heads):
        x = 0.05 + number * 0.235
        figure.text(
            x,
            0.905,
            large,
            fontsize=24,
            fontweight="bold",
            color=BLUE,
            va="center",
        )
        figure.text(x, 0.868, small, fontsize=9.5, color=INK, va="center")
    _draw_course(figure.add_axes((0.09, 0.565, 0.87, 0.235)), picture)
    _draw_bars(figure.add_axes((0.40, 0.075, 0.54, 0.385)), picture)
    figure.text(0.95, 0.02, picture.foot, fontsize=8.5, color="#555555", ha="right", va="center")
    kept = io.BytesIO()
    figure.savefig(kept, format="png", metadata={"Software": None})
    return kept.getvalue()


def _draw_course(axes: Any, picture: Picture) -> None:
    places = range(len(picture.course))
    received = [row[1] for row in picture.course]
    settled = [row[2] for row in picture.course]
    axes.bar([one - 0.2 for one in places], received, 0.4, color=GREY, label=picture.legend[0])
    axes.bar([one + 0.2 for one in places], settled, 0.4, color=BLUE, label=picture.legend[1])
    every = max(1, -(-len(picture.course) // 8))  # labels that would touch each other are left out
    axes.set_xticks(list(places)[::every], [row[0] for row in picture.course][::every], fontsize=9)
    _plain(axes, picture.course_title)
    axes.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), ncol=2, frameon=False, fontsize=9, borderaxespad=0.1)
    axes.set_ylim(0, max([*received, *settled, 4]) * 1.12)
    axes.yaxis.get_major_locator().set_params(integer=True, nbins=4)
    axes.grid(axis="y", color=PALE)
    axes.set_axisbelow(True)


def _draw_bars(axes: Any, picture: Picture) -> None:
    bars = picture.bars
    places = range(len(bars))
    on_time, late, live = ([getattr(one, name) for one in bars] for name in ("on_time", "late", "live"))
    axes.barh(places, on_time, color=BLUE, height=0.62, label=picture.legend[2])
    axes.barh(
        places, late, left=on_time, color=ORANGE, hatch="///", edgecolor="white", height=0.62, label=picture.legend[3]
    )
    both = [one + other for one, other in zip(on_time, late, strict=True)]
    axes.barh(places, live, left=both, color=GREY, height=0.62, label=picture.legend[4])
    most = max([sum((one.on_time, one.late, one.live)) for one in bars] or [1])
    for place, one in zip(places, bars, strict=True):
        total = one.on_time + one.late + one.live
        axes.text(total + most * 0.015, place, str(total), va="center", fontsize=9.5, color=INK)
    axes.set_yticks(list(places), [one.name for one in bars], fontsize=9.5)
    axes.invert_yaxis()
    axes.set_xlim(0, max(most, 1) * 1.12)
    if len(bars) < 5:  # noqa: PLR2004 - a few bars must not become beams
        axes.set_ylim(4.5, -0.5)
    _plain(axes, picture.bars_title, left=-0.66)
    axes.xaxis.set_visible(False)
    axes.spines["bottom"].set_visible(False)
    if bars:
        axes.legend(loc="upper right", bbox_to_anchor=(1.05, 0.0), ncol=3, frameon=False, fontsize=9, columnspacing=1.0)


def _plain(axes: Any, title: str, left: float = -0.05) -> None:
    axes.text(left, 1.05, title, transform=axes.transAxes, fontsize=11, fontweight="bold", color=INK, va="bottom")
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.tick_params(length=0, colors=INK)


def _bars(desk: "Desk", language: str, found: Figures) -> tuple[Bar, ...]:
    rows = [
        Bar(
            _cut(figures_said.value_name(desk, language, "area", area, {})),
            *(len(sets.get(name, ())) for name in ("on_time", "late", "live")),
        )
        for area, sets in found.by["area"].items()
    ]
    rows = sorted(
        (one for one in rows if one.on_time or one.late or one.live), key=lambda one: (-_total(one), one.name)
    )
    if len(rows) > ROWS:
        rest = rows[ROWS - 1 :]
        name = desk.texts.say(language, "chart.others", count=len(rest))
        together = Bar(
            name, sum(one.on_time for one in rest), sum(one.late for one in rest), sum(one.live for one in rest)
        )
        rows = [*rows[: ROWS - 1], together]
    return tuple(rows)


def _total(bar: Bar) -> int:
    return bar.on_time + bar.late + bar.live


def _cut(name: str) -> str:
    return name if len(name) <= _NAME else name[: _NAME - 1].rstrip(" –-,") + "…"


def _course(
    found: Figures, period: Period, zone: ZoneInfo, now: datetime
) -> tuple[str, tuple[tuple[str, int, int], ...]]:
    """What came in and was settled by day, week or month of the period, as far as it has passed."""
    last = min(period.last, now.astimezone(zone).date())
    length = (period.last - period.first).days + 1
    step = "day" if length <= _DAYS_AS_DAYS else "week" if length <= _DAYS_AS_WEEKS else "month"
    starts: list[date] = []
    day = period.first
    while day <= last:
        start = _start(day, step)
        if not starts or starts[-1] != start:
            starts.append(start)
        day += timedelta(days=1)
    counts = {start: [0, 0] for start in starts}
    for column, moments in enumerate((found.received_at, found.settled_at)):
        for at in moments:
            start = _start(at.astimezone(zone).date(), step)
            if start in counts:
                counts[start][column] += 1
    form = "%m/%y" if step == "month" else "%d/%m"
    return step, tuple((f"{start:{form}}", *counts[start]) for start in starts)  # type: ignore[misc]  # two numbers


def _start(day: date, step: str) -> date:
    if step == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if step == "month" else day
