"""Which stretch of time somebody means by "tuần trước", "tháng 10" or "20/11", on the office's own calendar of days."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tickets.errors import DomainError
from tickets.folding import fold

_EARLIEST, _LATEST = date(2000, 1, 1), date(2100, 1, 1)
_WEEK = 7

_KINDS = {
    "": "week",
    "ngay": "day",
    "hom": "day",
    "today": "day",
    "day": "day",
    "tuan": "week",
    "week": "week",
    "thang": "month",
    "month": "month",
    "quy": "quarter",
    "quarter": "quarter",
    "nam": "year",
    "year": "year",
}
_NOW = frozenset({"", "nay", "this", "hientai"})
_BEFORE = frozenset({"truoc", "roi", "qua", "last", "vuaqua"})
_QUARTERS = 4
_MONTHS = 12


class PeriodUnclear(DomainError):
    """`said`: words that name no period, or one that ends before it begins."""

    text = "figures.which_period"


@dataclass(frozen=True, slots=True)
class Period:
    """From `start` until before `end`, both aware. `first` and `last` are its days in the office's zone, last included.

    `kind` is day, week, month, quarter, year or span (any other days).
    """

    start: datetime
    end: datetime
    first: date
    last: date
    kind: str = "span"

    def until(self, now: datetime) -> datetime:
        """How far it can be counted at `now`: to its end, or to now while it still runs."""
        return max(self.start, min(self.end, now))

    @property
    def code(self) -> str:
        """The same period in one short word that `meant` understands: a command under a button has 64 bytes."""
        return f"{self.first:%y%m%d}-{self.last:%y%m%d}"


def days(first: date, last: date, zone: ZoneInfo, kind: str = "span") -> Period:
    """The period of whole days in `zone`, both included. Raises PeriodUnclear when it would end before it begins."""
    if last < first or first < _EARLIEST or last >= _LATEST:
        raise PeriodUnclear(said=f"{first:%d/%m/%Y} - {last:%d/%m/%Y}")
    return Period(_midnight(first, zone), _midnight(last + timedelta(days=1), zone), first, last, kind)


def meant(text: str, now: datetime, zone: ZoneInfo) -> Period:
    """The period `text` names at `now` (aware), in any spelling; no words mean this week. Raises PeriodUnclear."""
    today = now.astimezone(zone).date()
    said = fold(text).strip()
    try:
        found = _by_dates(said, today) or _by_name(said, today)
    except (ValueError, OverflowError):  # there is no 31/02
        found = None
    if found is None:
        raise PeriodUnclear(said=text.strip()[:60])
    return days(found[0], found[1], zone, found[2])


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, zone).astimezone(UTC)


Days = tuple[date, date, str]
_SHORT = re.compile(r"(\d\d)(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)")  # what `Period.code` writes
_DAY = r"(\d{4})-(\d{1,2})-(\d{1,2})|(\d{1,2})[/.](\d{1,2})(?:[/.](\d{4}))?"


def _by_dates(said: str, today: date) -> Days | None:
    """One day or two."""
    if short := _SHORT.fullmatch(said):
        parts = [int(one) for one in short.groups()]
        return _whole(date(2000 + parts[0], *parts[1:3]), date(2000 + parts[3], *parts[4:]))
    rest = re.sub(r"\b(?:ngay|tu|from|on)\b", " ", said)
    found = list(re.finditer(_DAY, rest))
    between = re.sub(_DAY, "|", rest)
    if not found or not re.fullmatch(r"\s*\|\s*(?:(?:-|–|\.\.|den|toi|to|until|\s)\s*\|)?\s*", between):
        return None
    marks = [_date(one, today) for one in found]
    if len(marks) == 1:
        return marks[0], marks[0], "day"
    return _whole(marks[0], marks[1])


def _whole(first: date, last: date) -> Days:
    """The days from `first` to `last`, as the week, month… that they are."""
    whole = [kind for kind in ("day", "week", "month", "quarter", "year") if _one(kind, first) == (first, last, kind)]
    return first, last, whole[0] if whole else "span"


def _date(found: re.Match[str], today: date) -> date:
    if found[1]:
        return date(int(found[1]), int(found[2]), int(found[3]))
    if found[6]:
        return date(int(found[6]), int(found[5]), int(found[4]))
    guess = date(today.year, int(found[5]), int(found[4]))
    return guess if guess <= today else date(today.year - 1, int(found[5]), int(found[4]))  # figures are of the past


def _by_name(said: str, today: date) -> Days | None:
    squeezed = said.replace(" ", "")
    if squeezed in ("homqua", "yesterday"):
        return _one("day", today - timedelta(days=1))
    found = re.fullmatch(r"(this|last)?([a-z]*?)(?:so)?(nay|truoc|roi|qua|vuaqua|hientai|[\d/]+)?", squeezed)
    if found is None or found[2] not in _KINDS:
        return None
    kind, which = _KINDS[found[2]], found[1] or found[3] or ""
    if which in _NOW:
        return _one(kind, today)
    if which in _BEFORE:
        return _one(kind, _one(kind, today)[0] - timedelta(days=1))
    return _numbered(kind, which, today)


def _numbered(kind: str, which: str, today: date) -> Days | None:
    number, _, year = which.partition("/")
    of_year = int(year) if year else today.year
    if kind == "year" and not year:
        return _one(kind, date(int(number), 1, 1))
    if kind == "day" and not year:
        return _one(kind, date(today.year, today.month, int(number)))
    if kind == "month":
        guess = date(of_year, int(number), 1)
        return _one(kind, guess if year or guess <= today else guess.replace(year=of_year - 1))
    if kind == "quarter" and 1 <= int(number) <= _QUARTERS:
        return _one(kind, date(of_year, 3 * int(number) - 2, 1))
    return None


def _one(kind: str, day: date) -> Days:
    """The day, week (Monday to Sunday), month, quarter or year in which `day` lies."""
    if kind == "day":
        return day, day, kind
    if kind == "week":
        monday = day - timedelta(days=day.weekday())
        return monday, monday + timedelta(days=_WEEK - 1), kind
    months = {"month": 1, "quarter": 3, "year": 12}[kind]
    first = date(day.year, (day.month - 1) // months * months + 1, 1)
    year, month = divmod(first.month - 1 + months, _MONTHS)
    return first, date(first.year + year, month + 1, 1) - timedelta(days=1), kind
