"""Which days and hours somebody means by what they typed about the calendar."""

import re
from dataclasses import dataclass
from datetime import date, time, timedelta

from tickets.calendars import SessionsWrong, check
from tickets.errors import DomainError
from tickets.folding import fold
from tickets.hours import Session

MOST = 31  # days changed by one line: a typing mistake must not close an office for a year
NOON = time(12)
_AHEAD = timedelta(days=550)
_BACK = timedelta(days=370)

_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_USUAL = re.compile(r"(\d{1,2})[/.](\d{1,2})(?:[/.](\d{4}))?")
_SESSION = re.compile(r"(\d{1,2})(?:[:hg](\d{2})?)?[-–](\d{1,2})(?:[:hg](\d{2})?)?")
_TODAY = {"homnay": 0, "mai": 1, "ngaymai": 1, "today": 0, "tomorrow": 1}
_MORNING = ("sang", "morning")
_AFTERNOON = ("chieu", "afternoon")
_TO = ("den", "toi", "to")


class NoSuchDay(DomainError):
    """`said`: no day of the calendar, or one too far away to be meant."""

    text = "calendar.no_such_day"


class TooManyDays(DomainError):
    """`count`, `most`."""

    text = "calendar.too_many_days"


@dataclass(frozen=True, slots=True)
class Said:
    """`days` in order; `sessions` where hours were named; `morning` True or False where half a day was; then words."""

    days: tuple[date, ...]
    sessions: tuple[Session, ...]
    morning: bool | None
    area: str
    reason: str


def understand(line: str, today: date) -> Said:
    """Read `DAY[..DAY] [sáng|chiều|07:30-11:30,…] [@area] reason`. Raises NoSuchDay, TooManyDays, SessionsWrong."""
    words = line.split()
    if not words:
        raise NoSuchDay(said="")
    days = _days(words[0], today)
    sessions: list[Session] = []
    morning: bool | None = None
    area = ""
    rest = words[1:]
    while rest:
        word = rest[0].strip(",;")
        parts = [_SESSION.fullmatch(one) for one in word.split(",")]
        if all(parts):
            sessions += [_session(one, word) for one in parts if one is not None]
        elif fold(word) in (*_MORNING, *_AFTERNOON) and morning is None and not sessions:
            morning = fold(word) in _MORNING
        elif word.startswith("@") and not area:
            area = word[1:]
        else:
            break
        rest = rest[1:]
    check(sessions)
    return Said(days, tuple(sessions), morning, area, " ".join(rest))


def ranged(line: str) -> str:
    """`hôm nay`, `25/11 đến 27/11` and `25/11-27/11` as `understand` wants them: `homnay`, `25/11..27/11`."""
    words = line.split()
    if len(words) > 1 and fold(words[0] + words[1]) in _TODAY:
        words = [words[0] + words[1], *words[2:]]
    if len(words) > 2 and fold(words[1]) in _TO and words[2][:1].isdigit():  # noqa: PLR2004  # DAY to DAY
        words = [f"{words[0]}..{words[2]}", *words[3:]]
    elif words and words[0].count("/") > 1 and words[0].count("-") == 1:
        words[0] = words[0].replace("-", "..")
    return " ".join(words)


def _days(word: str, today: date) -> tuple[date, ...]:
    first, dots, last = word.partition("..")
    begin = _day(first, today)
    end = _day(last, today) if dots else begin
    if end < begin:
        raise NoSuchDay(said=word)
    count = (end - begin).days + 1
    if count > MOST:
        raise TooManyDays(count=count, most=MOST)
    return tuple(begin + timedelta(days=number) for number in range(count))


def _day(word: str, today: date) -> date:
    if (ahead := _TODAY.get(fold(word))) is not None:
        return today + timedelta(days=ahead)
    try:
        if found := _ISO.fullmatch(word):
            day = date(int(found[1]), int(found[2]), int(found[3]))
        elif (found := _USUAL.fullmatch(word)) and found[3]:
            day = date(int(found[3]), int(found[2]), int(found[1]))
        elif found:
            near = [date(today.year + add, int(found[2]), int(found[1])) for add in (-1, 0, 1)]
            day = min(near, key=lambda one: abs(one - today))
        else:
            raise NoSuchDay(said=word)
    except ValueError:
        raise NoSuchDay(said=word) from None
    if not -_BACK <= day - today <= _AHEAD:
        raise NoSuchDay(said=word)
    return day


def _session(found: re.Match[str], said: str) -> Session:
    """Opening and closing; 24:00 is midnight, 00:00 as a closing would be that of the day before."""
    opens, closes = (f"{int(found[hour]):02}:{found[minute] or '00'}" for hour, minute in ((1, 2), (3, 4)))
    if closes == "00:00":
        raise SessionsWrong(said=said)
    try:
        return time.fromisoformat(opens), time.min if closes == "24:00" else time.fromisoformat(closes)
    except ValueError:
        raise SessionsWrong(said=said) from None
