"""What a resident is told of the office's hours: whether it is open, and from when somebody answers."""

from datetime import datetime
from typing import TYPE_CHECKING

from bot import calendar_page, times
from tickets import hours
from tickets.models import Ticket

if TYPE_CHECKING:
    from bot.wiring import Desk


def from_when(desk: "Desk", ticket: Ticket, language: str, now: datetime) -> str:
    """ "13:30 hôm nay" while those who look after the ticket are not at work; empty while they are."""
    calendar = desk.policy.calendar_of(ticket.area)
    if hours.is_open(calendar, now):
        return ""
    return times.moment(desk, language, hours.next_opening(calendar, now), now)


def told(desk: "Desk", language: str, now: datetime) -> str:
    """The hours of the week, and whether the office is open now or when it opens again."""
    calendar = desk.policy.calendar
    week = desk.texts.say(
        language, "resident.hours", office=desk.policy.name, week=calendar_page.week(desk, language, calendar)
    )
    if hours.is_open(calendar, now):
        state = desk.texts.say(language, "resident.open_now")
    else:
        at = times.moment(desk, language, hours.next_opening(calendar, now), now)
        state = desk.texts.say(language, "resident.opens", at=at)
    return f"{week}\n{state}"
