"""What clocks, calendars and machines do wrong: every way has a row here or a test that it names."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot import weekly
from bot.documents import as_json, weekly_docx, workbook
from bot.wiring import App, Desk
from tests.workers.test_crowd import join, open_many, told  # noqa: F401  # `join` is a fixture
from tickets import clocks, lifecycle, queries
from tickets.calendars import SessionsWrong, check
from tickets.hours import Calendar, NoWorkingTime, Session, Span, add
from tickets.models import Alert, Contact, OutboxRow, Resident, Role, ScheduledRun, Staff, Ticket
from tickets.reports import periods, reading
from workers.deadlines import announce_due
from workers.digest import send_digests
from workers.settings import each_minute

ROOT = Path(__file__).resolve().parents[2]
ZONE = "Asia/Ho_Chi_Minh"
DAY: tuple[Session, ...] = ((time(7, 30), time(11, 30)), (time(13, 30), time(17)))


@pytest.mark.parametrize(
    "sessions",
    [
        pytest.param(((time(7, 30), time(11, 30)), (time(11), time(17))), id="overlapping sessions"),
        pytest.param(((time(8), time(8)),), id="an empty session"),
        pytest.param(((time(22), time(2)),), id="a session past midnight"),
        pytest.param(((time(20), time(0)), (time(21), time(22))), id="a session after one that ends at midnight"),
    ],
)
def test_such_sessions_are_refused_by_the_calendar_and_by_the_command(sessions: tuple[Session, ...]) -> None:
    with pytest.raises(ValueError, match=r"overlap|ends before it begins"):
        Calendar(ZONE, (sessions, (), (), (), (), (), ()))
    with pytest.raises(SessionsWrong):
        check(sessions)


async def test_a_year_without_a_calendar_is_worked_by_its_week_and_one_without_sessions_is_said(desk: Desk) -> None:
    known = desk.policy.calendar
    monday = datetime(2031, 3, 3, 8, tzinfo=ZoneInfo(ZONE))  # nobody has announced anything for 2031
    assert add(known, monday, Span(minutes=60)) == monday + timedelta(hours=1)
    closed = replace(known, extra={date(2031, 1, 1) + timedelta(days=n): () for n in range(800)})
    with pytest.raises(NoWorkingTime, match="no session within 400 days of 2031-03-03"):
        add(closed, monday, Span(minutes=60))


async def test_two_offices_with_different_hours_count_each_its_own(app: App, desk: Desk) -> None:
    """One process, one moment; another week, another zone."""
    near = desk.policy
    far = replace(near, office="phuong-khac", calendar=Calendar("Asia/Tokyo", (((time(9), time(12)),),) * 7))
    now, due = desk.clock.now(), {}
    for policy in (near, far):
        resident = await Resident.create(office=policy.office, created_at=now)
        where = {"office": policy.office, "channel": "rich", "user": "r", "chat": "r", "last_seen_at": now}
        contact = await Contact.create(**where, resident=resident)
        ticket = await lifecycle.open_ticket(policy, contact, resident, "Xin hỏi sao y", now)
        await lifecycle.route(policy, ticket, "chung-thuc", now, by="matcher")
        due[policy.office] = (await Ticket.get(id=ticket.id)).resolve_due
        assert await clocks.apart(policy) == (1, [])
    assert due[near.office] == add(near.calendar, now, near.promise("chung-thuc").resolve)
    assert due[far.office] == add(far.calendar, now, far.promise("chung-thuc").resolve)
    assert due[near.office] != due[far.office]


_ASK = """
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo
from tickets.hours import Calendar, Span, add, closing_today, is_open
from tickets.reports import periods, weekly
day = ((time(7, 30), time(11, 30)), (time(13, 30), time(17)))
office = Calendar("Asia/Ho_Chi_Minh", (day,) * 5 + ((), ()))
said = []
for moment in (datetime(2026, 3, 29, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
               datetime(2026, 11, 1, 5, 30, tzinfo=UTC), datetime(2026, 11, 23, 16, 59, tzinfo=UTC)):
    said += [add(office, moment, Span(minutes=90)), add(office, moment, Span(days=1)), closing_today(office, moment)]
    said += [is_open(office, moment), periods.meant("hôm nay", moment, ZoneInfo("Asia/Ho_Chi_Minh"))]
    said += [weekly.week(office, weekly.Rhythm((4, time(11)), (4, time(15)), date(2025, 8, 27)), date(2026, 3, 23))]
print(said)
"""


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Pacific/Kiritimati"])
async def test_the_zone_of_the_machine_changes_nothing(zone: str) -> None:
    def under(name: str) -> str:
        environ = {**os.environ, "TZ": name, "PYTHONPATH": str(ROOT)}
        return subprocess.run(  # our own words
            [sys.executable, "-c", _ASK], env=environ, cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout

    there, here = await asyncio.gather(asyncio.to_thread(under, zone), asyncio.to_thread(under, "UTC"))
    assert there == here
    assert "2026" in here


async def test_a_clock_set_back_by_an_hour_repeats_nothing(
    app: App,
    desk: Desk,
    join: Callable[..., Any],  # noqa: F811  # the fixture
) -> None:
    await join("lead", Role.LEAD)
    await join("supervisor", Role.SUPERVISOR)
    await open_many(desk, 2)
    for minutes in (95, 1, -60, 30, 30, 1):
        app.clock.move(timedelta(minutes=minutes))
        await each_minute({"app": app})
    said = await OutboxRow.all().values_list("chat", "text")
    assert len(said) == len(set(said))
    assert sum("QUÁ HẠN" in text for _, text in said) == len(await Alert.exclude(outbox_id=None))
    assert await ScheduledRun.filter(name="morning_digest").count() == 1
    [ticket, _] = await Ticket.all().order_by("id")
    boss = await Staff.get(name="supervisor")
    app.clock.move(timedelta(hours=-1))  # before the last event: it counts as it comes, and the row follows the log
    await lifecycle.claim(desk.policy, ticket, boss, app.clock.now())
    assert (await clocks.apart(desk.policy))[1] == []


async def test_a_report_of_a_period_without_tickets_says_so_in_every_form(app: App, desk: Desk) -> None:
    zone = desk.policy.calendar.zone
    period = periods.meant("tháng 2", desk.clock.now(), zone)
    report = await weekly.of_period(desk, period, desk.clock.now())
    assert not any(report.period.sets.values())
    for write in (weekly_docx.written, workbook.written, as_json.written):
        assert write(report, desk.texts)


MANY = 1500


async def test_very_many_overdue_are_still_one_message_one_page_and_exact_figures(
    app: App,
    desk: Desk,
    join: Callable[..., Any],  # noqa: F811  # the fixture
) -> None:
    """Ten thousand are announced in test_crowd.py, and every question is asked of them in benchmarks/overdue.py."""
    await join("supervisor", Role.SUPERVISOR)
    await open_many(desk, MANY)
    app.clock.move(timedelta(hours=3, minutes=25))
    now = app.clock.now()
    boss = await Staff.get(name="supervisor")
    await announce_due(app, desk, now)
    await send_digests(app, desk, now)
    texts = await OutboxRow.filter(chat="supervisor").values_list("text", flat=True)
    assert sum(f"QUÁ HẠN: {MANY} phiếu" in str(text) for text in texts) == 1
    assert max(len(str(text)) for text in texts) < 2000
    page, count = await queries.late(desk.policy, boss, now)
    assert (len(page), count) == (queries.PAGE, MANY)
    found = await reading.figures_of(desk.policy, now - timedelta(days=1), now)
    assert found.count("overdue") == found.count("received") == MANY
