"""What an administrator should look at in an office's calendar: a year nobody settled, days unlike the country's."""

from collections.abc import AsyncIterator, Iterator
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.findings import Finding, notice
from config import national_days
from config.office import Office
from tickets import calendars, reaching
from tickets.models import Alert, Role, Staff

WARNED_FROM = 10  # October: the plan of the coming year has been announced in the last quarter
_COUNTRY = ("Asia/Ho_Chi_Minh", "Asia/Saigon")  # whose days off we know


def notices(office: Office, now: datetime) -> Iterator[str]:
    """For `check`: sentences about the days still to come, in English, with what to do. `now` is aware."""
    today = now.astimezone(ZoneInfo(office.timezone)).date()
    if office.timezone not in _COUNTRY:
        return
    yield from _unsettled(office, today)
    off, worked = office.hours.days_off, set(office.hours.extra_days)
    for sentence in national_days.unlike(off, worked, today):
        yield f"{office.id}: {sentence}."
    for year in (today.year, today.year + 1):
        apart = national_days.library_differs(off, year, today) if any(day.year == year for day in off) else []
        if apart:
            yield (f"{office.id}: cross-check of {year}, where only the announcement decides: {'; '.join(apart)}.")


def _unsettled(office: Office, today: date) -> Iterator[str]:
    off = office.hours.days_off
    for year in (today.year, today.year + 1):
        due = year == today.year or today.month >= WARNED_FROM
        if due and not any(day.year == year for day in off):
            yield f"{office.id}: the calendar of {year} has no day off at all. Add them under hours, days_off."
        elif due and year not in national_days.load().announced:
            yield (
                f"{office.id}: the days off of {year} are provisional, no announcement is known. Compare them when it "
                f"comes; a supervisor then confirms with /lich xacnhan {year}."
            )


async def findings(office: Office, now: datetime) -> AsyncIterator[Finding]:
    """For `doctor`: the coming year as people left it in chat, and those above whom no message reaches."""
    today = now.astimezone(ZoneInfo(office.timezone)).date()
    coming = today.year + 1
    known = national_days.load().announced | await calendars.confirmed(office.id)
    if today.month >= WARNED_FROM and coming not in known:
        yield notice(
            f"{office.id}: nobody has confirmed the calendar of {coming}",
            f"compare it with the announcement, then /lich xacnhan {coming} by a supervisor in chat",
        )
    above = await Staff.filter(office=office.id, active=True).exclude(role=Role.MEMBER).order_by("id")
    reached = await reaching.of_staff([one.id for one in above], office.channel_names)
    mute = [one.name for one in above if one.id not in reached]
    if mute:
        yield notice(
            f"{office.id}: alerts meant for {', '.join(mute)} go to the next above them",
            "they write to the office from their app in a private chat, or /themkenh adds one more app",
        )
    unheard = await Alert.filter(ticket__office=office.id, staff_id=None).count()
    if unheard:
        yield notice(
            f"{office.id}: {unheard} steps of late work could be told to nobody",
            f"tohotro staff invite --role supervisor --office {office.id}",
        )
