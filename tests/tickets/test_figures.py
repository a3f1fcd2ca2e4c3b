"""Do the figures agree with a slow recomputation that shares nothing with them but the events, over a whole year?"""

import math
from bisect import bisect_left
from datetime import UTC, datetime, timedelta

import pytest

from tests.tickets.generated_year import YEAR_BEGINS, YEAR_ENDS, Year, make
from tickets.models import Role, Staff
from tickets.policy import Policy
from tickets.reports.figures import FIGURES, Figures, figures, times
from tickets.reports.measures import Measured, Times, ranked, satisfaction
from tickets.reports.reading import figures_of, seen_by, stories_of
from tickets.reports.story import Happening

MINUTE = timedelta(minutes=1)
VIETNAM = timedelta(hours=7)
TICKETS = 800


def open_minutes() -> list[datetime]:
    """Every minute the office of the tests is open, found by looking at each minute of fifteen months."""
    found = []
    at = YEAR_BEGINS
    while at < YEAR_ENDS + timedelta(days=90):
        local = at + VIETNAM
        clock = local.hour * 60 + local.minute
        if local.weekday() < 5 and (450 <= clock < 690 or 810 <= clock < 1020):
            found.append(at)
        at += MINUTE
    return found


class Slow:
    """One ticket until a moment, worked out minute by minute."""

    def __init__(self, lived: list[Happening], until: datetime, minutes: list[datetime]) -> None:
        self.minutes = minutes
        self.events = [one for one in lived if one.at < until]
        self.area = self.reply_area = ""
        self.state = "none"
        self.opened = self.events[0].at if self.events else until
        self.channel = self.events[0].data["channel"] if self.events else ""
        self.round = self.opened
        self.resolve_from = self.opened
        self.waits: list[list[datetime]] = []
        self.answered = False
        self.answers: list[tuple[datetime, bool, int]] = []
        self.endings: list[tuple[datetime, bool, int]] = []
        self.reopened: list[datetime] = []
        self.rated: list[tuple[datetime, int]] = []
        self.transferred: list[datetime] = []
        self.merged_at = self.opened
        self.parted: list[datetime] = []
        for one in self.events:
            self.see(one)

    def see(self, one: Happening) -> None:  # noqa: C901, PLR0912 - one case for each kind of event
        if one.kind in ("released", "transferred", "resumed", "resolved") and self.state == "waiting":
            self.waits[-1].append(one.at)
        match one.kind:
            case "opened":
                self.state = "new"
            case "routed":
                self.state, self.area = "open", one.data["area"]
                self.reply_area = self.area
            case "claimed" | "resumed":
                self.state = "claimed"
            case "released":
                self.state = "open"
            case "transferred":
                self.state, self.area, self.resolve_from = "open", one.data["area"], one.at
                self.transferred.append(one.at)
            case "waiting":
                self.state = "waiting"
                self.waits.append([one.at])
            case "replied":
                if not self.answered:
                    self.answers.append((one.at, one.at > self.reply_due(one.at), self.worked(self.round, one.at)))
                self.answered = True
            case "resolved":
                self.state = "resolved"
                self.endings.append((one.at, one.at > self.resolve_due(one.at), self.worked(self.round, one.at)))
            case "reopened":
                self.state, self.answered = "open", False
                self.round = self.resolve_from = one.at
                self.reply_area = self.area
                self.waits = []
                self.reopened.append(one.at)
            case "closed":
                self.state = "closed"
            case "merged":
                self.state, self.merged_at = "merged", one.at
            case "unmerged":
                self.state = one.data["status"]
                self.parted.append(one.at)
                if self.state != "waiting":
                    self.waits.append([self.merged_at, one.at])
            case "rated":
                self.rated.append((one.at, one.data["rating"]))

    def reply_due(self, now: datetime) -> datetime:
        return self.due(self.round, 30 if self.reply_area == "ho-tich" else 60, now)

    def resolve_due(self, now: datetime) -> datetime:
        return self.due(self.resolve_from, 480, now)

    def due(self, start: datetime, wanted: int, now: datetime) -> datetime:
        """The end of the `wanted`-th open minute after `start` in which nobody waited for the resident."""
        place = bisect_left(self.minutes, start)
        counted = 0
        while counted < wanted:
            minute = self.minutes[place]
            place += 1
            counted += not self.waited(minute, now)
        return self.minutes[place - 1] + MINUTE

    def waited(self, minute: datetime, now: datetime) -> bool:
        return any(wait[0] <= minute < (wait[1] if len(wait) > 1 else now) for wait in self.waits)

    def worked(self, start: datetime, end: datetime) -> int:
        places = range(bisect_left(self.minutes, start), bisect_left(self.minutes, end))
        return sum(not self.waited(self.minutes[place], end) for place in places)


def slowly(year: Year, start: datetime, end: datetime, minutes: list[datetime]) -> dict[str, set[int]]:
    found: dict[str, set[int]] = {name: set() for name in FIGURES}
    for ticket, lived in year.happened.items():
        now, before = Slow(lived, end, minutes), Slow(lived, start, minutes)
        if now.state == "none":
            continue
        gone, was_gone = now.state == "merged", before.state == "merged"
        settled = now.state in ("resolved", "closed")
        was_settled = before.state in ("resolved", "closed")
        told = {
            "received": start <= now.opened,
            "carried": before.state != "none" and not was_settled and not was_gone,
            "back": (was_settled and any(at >= start for at in now.reopened))
            or (was_gone and any(at >= start for at in now.parted)),
            "merged": gone and now.merged_at >= start,
            "reopened": any(at >= start for at in now.reopened),
            "settled": settled and now.endings[-1][0] >= start,
            "late": settled and now.endings[-1][0] >= start and now.endings[-1][1],
            "on_time": settled and now.endings[-1][0] >= start and not now.endings[-1][1],
            "answered": any(at >= start for at, _, _ in now.answers),
            "answered_late": any(at >= start and late for at, late, _ in now.answers),
            "answered_on_time": any(at >= start for at, _, _ in now.answers)
            and not any(at >= start and late for at, late, _ in now.answers),
            "live": not settled and not gone,
            "unclaimed": now.state in ("new", "open"),
            "waiting": now.state == "waiting",
            "overdue": not settled
            and not gone
            and now.state != "waiting"
            and (now.resolve_due(end) < end or (not now.answered and now.reply_due(end) < end)),
            "rated": any(at >= start for at, _ in now.rated),
            "transferred": any(at >= start for at in now.transferred),
        }
        for name, holds in told.items():
            if holds:
                found[name].add(ticket)
    return found


@pytest.fixture
async def year(database: str, policy: Policy) -> Year:
    return await make(policy.office, tickets=TICKETS, seed=20261121)


def day(month: int, day_: int) -> datetime:
    return datetime(2026, month, day_, tzinfo=UTC) - VIETNAM


async def test_a_generated_year_agrees_with_a_slow_recomputation(year: Year, policy: Policy) -> None:
    minutes = open_minutes()
    for start, end in (
        (YEAR_BEGINS, YEAR_ENDS),
        (day(3, 1), day(4, 1)),
        (day(11, 16), day(11, 23)),
        (day(6, 10), day(6, 11)),
    ):
        fast = await figures_of(policy, start, end)
        slow = slowly(year, start, end, minutes)
        assert {name: set(ids) for name, ids in fast.sets.items()} == slow
        told = [Slow(lived, end, minutes) for lived in year.happened.values()]
        endings = [
            one.endings[-1][2] for one in told if one.state in ("resolved", "closed") and one.endings[-1][0] >= start
        ]
        answers = [worked for one in told for at, _, worked in one.answers if at >= start]
        _agrees(fast.resolve.median, fast.resolve.p90, endings)
        _agrees(fast.first_reply.median, fast.first_reply.p90, answers)
        ratings = [
            [value for at, value in one.rated if at >= start][-1]
            for one in told
            if any(a >= start for a, _ in one.rated)
        ]
        assert fast.satisfaction.count == len(ratings)
        assert fast.satisfaction.mean == (sum(ratings) / len(ratings) if ratings else None)
        for ticket in fast.sets["received"]:
            one = Slow(year.happened[ticket], end, minutes)
            assert ticket in fast.by["area"][one.area]["received"]
            assert ticket in fast.by["channel"][one.channel]["received"]


def _agrees(median: timedelta | None, p90: timedelta | None, minutes: list[int]) -> None:
    ordered = sorted(minutes)
    if not ordered:
        assert (median, p90) == (None, None)
        return
    middle = (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2
    assert median == timedelta(minutes=middle)
    assert p90 == timedelta(minutes=ordered[math.ceil(0.9 * len(ordered)) - 1])


async def test_weeks_follow_each_other_without_a_gap(year: Year, policy: Policy) -> None:
    """What was live at the end of a week is what the next one carries; nothing is counted twice or not at all."""
    whole = await figures_of(policy, YEAR_BEGINS, YEAR_ENDS)
    start, last, received = YEAR_BEGINS, None, 0
    while start < YEAR_ENDS:
        end = min(start + timedelta(days=7), YEAR_ENDS)
        week = await figures_of(policy, start, end)
        received += week.count("received")
        assert balance(week)
        if last is not None:
            assert week.sets["carried"] == last.sets["live"]
        start, last = end, week
    assert received == whole.count("received") == TICKETS
    assert last is not None
    assert last.sets["live"] == whole.sets["live"]


def balance(found: Figures) -> bool:
    came = [set(found.sets[name]) for name in ("carried", "received", "back")]
    left = [set(found.sets[name]) for name in ("settled", "live", "merged")]
    return sum(map(len, came)) == len(set().union(*came)) and set().union(*came) == set().union(*left)


async def test_the_past_does_not_change_with_what_happens_later(year: Year, policy: Policy) -> None:
    """Figures of March from the events up to March, and from everything known at the end of the year."""
    start, end = day(3, 1), day(4, 1)
    known_later = await stories_of(policy, start, end)
    assert figures(known_later, start, end) == await figures_of(policy, start, end)


async def test_a_member_of_staff_counts_what_they_may_see(year: Year, policy: Policy) -> None:
    lead = await Staff.create(
        office=policy.office, name="Tổ trưởng Thử", role=Role.LEAD, areas=["ho-tich"], created_at=YEAR_BEGINS
    )
    wanted = seen_by(policy, lead)
    own = await figures_of(policy, YEAR_BEGINS, YEAR_ENDS, wanted=wanted)
    everything = await figures_of(policy, YEAR_BEGINS, YEAR_ENDS)
    assert set(own.by["area"]) == {"ho-tich"}
    assert own.sets["received"] == everything.by["area"]["ho-tich"]["received"]


async def test_a_period_without_tickets_is_all_zero(database: str, policy: Policy) -> None:
    found = await figures_of(policy, YEAR_BEGINS, YEAR_ENDS)
    assert {found.count(name) for name in FIGURES} == {0}
    assert (found.first_reply.median, found.satisfaction.mean) == (None, None)


@pytest.mark.parametrize(
    ("minutes", "median", "p90"),
    [
        pytest.param([], None, None, id="nothing"),
        pytest.param([7], 7, 7, id="one"),
        pytest.param([1, 2], 1.5, 2, id="two"),
        pytest.param([1, 2, 3, 4, 5, 6, 7, 8, 9, 100], 5.5, 9, id="nine of ten within nine"),
    ],
)
def test_median_and_ninetieth_percentile(minutes: list[int], median: float | None, p90: float | None) -> None:
    found = times([timedelta(minutes=one) for one in minutes])
    assert found.median == (None if median is None else timedelta(minutes=median))
    assert found.p90 == (None if p90 is None else timedelta(minutes=p90))


async def test_times_and_ratings_of_a_part_are_those_of_its_tickets_alone(database: str, policy: Policy) -> None:
    await make(policy.office, tickets=200, seed=11)
    start, end = YEAR_BEGINS + timedelta(days=100), YEAR_BEGINS + timedelta(days=200)
    stories = await stories_of(policy, start, end)
    found = figures(stories, start, end)
    areas = {one.area for one in stories}
    assert len(areas) > 1
    for area in areas:
        alone = figures([one for one in stories if one.area == area], start, end)
        expected = Measured(alone.first_reply, alone.resolve, alone.satisfaction)
        assert found.measured["area"].get(area, Measured()) == expected
    assert sum(one.resolve.count for one in found.measured["person"].values()) == found.resolve.count
    assert times(list(found.lengths["resolve"].values())) == found.resolve
    assert set(found.ratings) == set(found.sets["rated"])


def test_the_slowest_and_the_least_content_come_first_and_the_unmeasured_last() -> None:
    rows = {
        "quick": Measured(times([MINUTE]), Times(), satisfaction([5, 4])),
        "slow": Measured(times([9 * MINUTE, MINUTE * 90]), Times(), satisfaction([2])),
        "even": Measured(times([MINUTE, MINUTE]), Times(), satisfaction([2, 2])),
        "silent": Measured(),
    }
    assert ranked(rows, "first_median") == ["slow", "even", "quick", "silent"]
    assert ranked(rows, "first_p90")[0] == "slow"
    assert ranked(rows, "satisfaction") == ["even", "slow", "quick", "silent"]
    assert ranked(rows, "resolve_median") == ["even", "quick", "silent", "slow"]
