"""What ten thousand live tickets cost when the calendar changes under them, and when all of them are late at once.

`python -m benchmarks.overdue`: stores of its own in a temporary folder, one process, nothing of the network. Prints
what each step took and one line of JSON.
"""

import argparse
import json
import platform
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import uvloop
from tortoise import connections
from tortoise.transactions import in_transaction

from benchmarks.ground import OFFICE
from bot import wiring
from bot.clock import Clock
from bot.context import Context
from bot.wiring import App, Desk
from config import embedded
from config.database import migrate
from config.settings import Settings
from tickets import calendars, clocks
from tickets.models import CalendarDay, Contact, InboxRow, OutboxRow, Resident, Role, Staff, Ticket
from workers.deadlines import announce_due
from workers.digest import send_digests
from workers.recounting import recount

MONDAY_8 = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
AREAS = ("chung-thuc", "ho-tich", "dat-dai", "xay-dung", "bao-tro-xa-hoi")

_TICKETS = """
INSERT INTO ticket (office, number, resident_id, contact_id, status, area, procedure_code, urgent, subject, folded,
    opened_at, routed_at, last_resident_at, first_reply_warn, first_reply_due, resolve_warn, resolve_due, told_due,
    rating_comment)
SELECT $1, n, $2, $3, 'open', ($4::text[])[1 + n % 5], '', false, 'Hỏi việc số ' || n, 'hoi viec so ' || n,
    $5, $5, $5, $6::timestamptz, $7::timestamptz, $8::timestamptz, $9::timestamptz, $7, ''
FROM generate_series(1, $10::int) AS n
"""
_EVENTS = """
INSERT INTO event (ticket_id, kind, reason, data, at)
SELECT id, kind, '', CASE kind WHEN 'routed' THEN jsonb_build_object('area', area) ELSE data::jsonb END, opened_at
FROM ticket, (VALUES ('opened', '{"channel": "telegram"}'), ('routed', '{}'), ('resident_wrote', '{}'))
    AS happened (kind, data) ORDER BY id
"""


async def main(count: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="tohotro-") as folder, embedded.start(Path(folder) / "stores") as stores:
        await migrate(stores.database_url)
        settings = Settings(
            _env_file=None,
            database_url=stores.database_url,
            redis_url=stores.redis_url,
            offices=OFFICE,
            log_level="ERROR",
        )
        clock = Clock()
        clock.set(MONDAY_8)
        app = await wiring.open_app(settings, environ={}, clock=clock)
        try:
            return {"tickets": count, "python": platform.python_version()} | await measured(app, count)
        finally:
            await wiring.close_app(app)


async def measured(app: App, count: int) -> dict[str, Any]:
    [desk] = app.desks.values()
    boss = await fill(desk, count)
    found: dict[str, Any] = {}
    app.clock.move(timedelta(minutes=20))  # nobody is at work on the tickets while the calendar changes

    async def timed(name: str, work: Callable[[], Awaitable[object]]) -> object:
        begun, busy = time.perf_counter(), time.process_time()
        came = await work()
        found[name] = round(time.perf_counter() - begun, 2)
        found[name.replace("_seconds", "_own_processor_seconds")] = round(time.process_time() - busy, 2)
        return came

    await timed("lich_command_seconds", lambda: command(desk, boss, "/lich nghi 25/11 bão"))
    chunks = 0
    begun, busy = time.perf_counter(), time.process_time()
    longest = 0.0
    moved = 0
    while await calendars.uncounted(desk.policy.office, await calendars.newest(desk.policy.office)):
        look = time.perf_counter()
        app.clock.move(timedelta(minutes=1))
        moved += await recount(app, desk, app.clock.now())
        longest = max(longest, time.perf_counter() - look)
        chunks += 1
    found["recount_seconds"] = round(time.perf_counter() - begun, 2)
    found["recount_own_processor_seconds"] = round(time.process_time() - busy, 2)
    found["recount_looks"], found["recount_longest_look_seconds"] = chunks, round(longest, 2)
    found["recount_moved"], found["chunk_tickets"] = moved, clocks.BATCH
    found["told_at_the_end"] = await OutboxRow.filter(text__contains="tính lại xong").count()
    app.clock.set(MONDAY_8 + timedelta(days=3, hours=3))
    await timed("ladder_seconds", lambda: announce_due(app, desk, app.clock.now()))
    await timed("ladder_next_minute_seconds", lambda: announce_due(app, desk, app.clock.now() + timedelta(minutes=1)))
    await timed("digest_seconds", lambda: send_digests(app, desk, app.clock.now()))
    await timed("quahan_seconds", lambda: command(desk, boss, "/quahan"))
    await timed("thongke_seconds", lambda: command(desk, boss, "/thongke"))
    await timed("thongke_list_seconds", lambda: command(desk, boss, "/thongke quahan"))
    await timed("thongke_people_seconds", lambda: command(desk, boss, "/thongke linhvuc xep=p90"))
    await timed("recompute_seconds", lambda: clocks.apart(desk.policy))
    found["messages_to_the_supervisor"] = await OutboxRow.filter(chat="boss").count()
    assert await CalendarDay.filter(recounted_at=None).count() == 0
    return found


async def fill(desk: Desk, count: int) -> Staff:
    """Tickets of five areas, asked on Monday at eight, with what the log says of each; and a supervisor."""
    office, now = desk.policy.office, desk.clock.now()
    resident = await Resident.create(office=office, created_at=now)
    where = {"office": office, "channel": "telegram", "user": "r", "chat": "r", "last_seen_at": now}
    contact = await Contact.create(**where, resident=resident)
    due = clocks.at_opening(desk.policy, now, urgent=False)
    link = connections.get("default")
    times = [due[name] for name in ("first_reply_warn", "first_reply_due", "resolve_warn", "resolve_due")]
    await link.execute_query(_TICKETS, [office, resident.id, contact.id, list(AREAS), now, *times, count])
    await link.execute_query(_EVENTS)
    await clocks.mend(desk.policy)
    await link.execute_query("VACUUM ANALYZE")
    boss = await Staff.create(office=office, name="Giám sát", role=Role.SUPERVISOR, areas=[], created_at=now)
    await Contact.create(**where | {"user": "boss", "chat": "boss"}, staff=boss)
    assert await Ticket.all().count() == count
    return boss


async def command(desk: Desk, boss: Staff, line: str) -> None:
    """What the dispatcher does with a line, in one transaction, until the answer is in the outbox."""
    contact = await Contact.get(staff=boss).prefetch_related("staff")
    row = InboxRow(office=desk.policy.office, channel="telegram", chat="boss", user="boss", text=line)
    parsed = desk.commands.find(line, staff=True)
    assert parsed is not None, line
    async with in_transaction():
        await parsed.command.run(Context(desk, row, contact, desk.clock.now(), args=parsed.args))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=10_000)
    told = uvloop.run(main(parser.parse_args().count))
    for name, value in told.items():
        print(f"{name:32} {value}")
    print(json.dumps(told))
