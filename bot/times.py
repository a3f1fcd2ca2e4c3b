"""How a moment and a length of time are said to people, in the office's time zone."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from bot.wiring import Desk

SAID_LATE = timedelta(minutes=15)  # what comes later than this after its time says when it should have come


def moment(desk: "Desk", language: str, at: datetime, now: datetime) -> str:
    """`at` as people say it: the clock alone today, "ngày mai" for tomorrow, else with weekday and date."""
    zone = ZoneInfo(desk.policy.calendar.timezone)
    local, today = at.astimezone(zone), now.astimezone(zone).date()
    clock = local.strftime("%H:%M")
    days = (local.date() - today).days
    if days in (0, 1, -1):
        key = {0: "time.today", 1: "time.tomorrow", -1: "time.yesterday"}[days]
        return desk.texts.say(language, key, clock=clock)
    weekday = desk.texts.say(language, f"time.weekday_{local.weekday()}")
    return desk.texts.say(language, "time.day", clock=clock, weekday=weekday, date=local.strftime("%d/%m"))


def said_late(desk: "Desk", language: str, due: datetime, now: datetime, key: str = "time.said_late") -> str:
    """That something comes late because the program was not running, and when it was due; '' when it is hardly late."""
    return desk.texts.say(language, key, at=moment(desk, language, due, now)) if now - due > SAID_LATE else ""


def length(desk: "Desk", language: str, span: timedelta) -> str:
    """A length of time in the two largest units that matter."""
    minutes = max(0, int(span.total_seconds() // 60))
    days, rest = divmod(minutes, 24 * 60)
    hours, minutes = divmod(rest, 60)
    if days:
        return desk.texts.say(language, "time.days", days=days, hours=hours)
    if hours and not minutes:
        return desk.texts.say(language, "time.whole_hours", hours=hours)
    if hours:
        return desk.texts.say(language, "time.hours", hours=hours, minutes=minutes)
    return desk.texts.say(language, "time.minutes", minutes=minutes)
