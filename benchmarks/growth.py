"""What staff wait for, when the office has had ten thousand, a hundred thousand or a million tickets.

The number of live tickets (300) and of new ones a week (500) stays the same, as it does in an office: what grows is the
past. Written straight into the tables, with the events and messages a ticket has on the average.
"""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from tortoise import connections
from tortoise.transactions import in_transaction

from benchmarks.ground import Ground, policy
from bot import wiring
from bot.clock import Clock
from tickets import lifecycle, queries, search
from tickets.models import Role, Staff, Ticket
from tickets.reports import reading
from workers.deadlines import announce_due

LIVE = 300
WEEKLY = 500
_TIMES = 15
_CALM = 900.0  # seconds PostgreSQL may go on cleaning up after a filling
_CLEANING = "SELECT count(*) AS busy FROM pg_stat_activity WHERE backend_type = 'autovacuum worker'"

# Each size from the beginning: what was new at a smaller one would still be new at the next.
_EMPTY = (
    "TRUNCATE ticket, event, message CASCADE",
    "DELETE FROM contact WHERE \"user\" LIKE 'g%'",
    "DELETE FROM resident WHERE NOT EXISTS (SELECT 1 FROM contact WHERE contact.resident_id = resident.id)",
)

_FILL = """
WITH numbers AS (SELECT generate_series($2::int, $3::int) AS n),
people AS (
    INSERT INTO resident (office, name, language, created_at)
    SELECT $1, 'Dân ' || n, 'vi', $4::timestamptz FROM numbers RETURNING id, substr(name, 5)::int AS n),
contacts AS (
    INSERT INTO contact (office, channel, "user", chat, name, reachable, welcomed, last_seen_at, resident_id)
    SELECT $1, 'telegram', 'g' || n, 'g' || n, 'Dân ' || n, true, true, $4, id FROM people
    RETURNING id, resident_id, substr("user", 2)::int AS n)
INSERT INTO ticket (office, number, resident_id, contact_id, status, area, procedure_code, assignee_id, urgent, subject,
    folded, opened_at, routed_at, claimed_at, first_replied_at, last_resident_at, resolved_at, closed_at,
    first_reply_warn, first_reply_due, resolve_warn, resolve_due, rating_comment)
SELECT $1, 1000000 + n, resident_id, id, CASE WHEN live THEN 'open' ELSE 'closed' END, 'ho-tich', '',
    CASE WHEN live THEN NULL ELSE $5::bigint END, false, 'Hỏi việc số ' || n, 'hoi viec so ' || n || ' khai sinh',
    at, at, CASE WHEN live THEN NULL ELSE at + interval '9 minutes' END,
    CASE WHEN live THEN NULL ELSE at + interval '20 minutes' END, at,
    CASE WHEN live THEN NULL ELSE at + interval '5 hours' END, CASE WHEN live THEN NULL ELSE at + interval '3 days' END,
    at + interval '40 days', at + interval '41 days', at + interval '42 days', at + interval '43 days', ''
FROM (SELECT *, n > $3 - $6::int AS live,
             $4::timestamptz - ($3 - n) * interval '7 days' / $7::int AS at FROM contacts) made
"""
_EVENTS = """
INSERT INTO event (ticket_id, kind, staff_id, reason, data, at)
SELECT ticket.id, kind, CASE WHEN kind IN ('opened', 'routed') THEN NULL ELSE $1::bigint END, '', data::jsonb,
       opened_at + after
FROM ticket, (VALUES ('opened', '{"channel": "telegram", "urgent": false}', interval '0'),
     ('routed', '{"area": "ho-tich", "by": "matcher", "procedure": "", "confidence": 1}', interval '0'),
     ('claimed', '{}', interval '9 minutes'), ('replied', '{}', interval '20 minutes'),
     ('resolved', '{}', interval '5 hours'), ('closed', '{}', interval '3 days')) AS happened (kind, data, after)
WHERE ticket.number >= $2 AND (ticket.status = 'closed' OR kind IN ('opened', 'routed')) ORDER BY opened_at + after
"""
_MESSAGES = """
INSERT INTO message (ticket_id, direction, text, attachments, earlier_texts, at)
SELECT id, direction, 'Lời về việc số ' || number, '[]', '[]', opened_at
FROM ticket, (VALUES ('in'), ('out')) AS w (direction)
WHERE number >= $1
"""


async def measure(ground: Ground, sizes: list[int]) -> dict[str, Any]:
    """Milliseconds of each question at each size, median and least, and how much the largest takes of the smallest."""
    settings = wiring.settings(
        _env_file=None,
        database_url=ground.stores.database_url,
        redis_url=ground.stores.redis_url,
        offices=ground.environ["TOHOTRO_OFFICES"],
        log_level="ERROR",
    )
    app = await wiring.open_app(settings, environ=ground.environ, clock=Clock())
    try:
        rules = policy(ground)
        staff = await Staff.create(
            office=rules.office, name="Cán bộ Lớn", role=Role.SUPERVISOR, areas=[], created_at=datetime.now(UTC)
        )
        desk = app.desks[rules.office]
        found: dict[str, dict[int, float]] = {}
        least: dict[str, dict[int, float]] = {}
        for size in sizes:
            await _fill(rules.office, staff, size)
            for name, ask in _questions(app, desk, staff).items():
                took = await _times(ask)
                found.setdefault(name, {})[size] = statistics.median(took)
                least.setdefault(name, {})[size] = min(took)
        # Of the least times: minutes lie between the sizes, in which others may have come to use the machine.
        grown = {name: round(at[sizes[-1]] / at[sizes[0]], 2) for name, at in least.items()}
        return {
            "sizes": sizes,
            "live": LIVE,
            "ms": _shown(found),
            "least_ms": _shown(least),
            "grown": grown,
            "worst": max(grown.values()),
        }
    finally:
        await wiring.close_app(app)


async def _fill(office: str, staff: Staff, size: int) -> None:
    link = connections.get("default")
    now = datetime.now(UTC)
    for statement in _EMPTY:
        await link.execute_query(statement)
    await link.execute_query(_FILL, [office, 1, size, now, staff.id, LIVE, WEEKLY])
    await link.execute_query(_EVENTS, [staff.id, 1_000_001])
    await link.execute_query(_MESSAGES, [1_000_001])
    await link.execute_query("VACUUM ANALYZE")
    await link.execute_query("CHECKPOINT")
    async with asyncio.timeout(_CALM):  # what was begun while the tables grew is not what is measured
        while (await link.execute_query_dict(_CLEANING))[0]["busy"]:  # noqa: ASYNC110 - PostgreSQL rings no bell
            await asyncio.sleep(1)


def _questions(app: Any, desk: Any, staff: Staff) -> dict[str, Callable[[], Awaitable[object]]]:
    rules = desk.policy
    now = datetime.now(UTC)

    async def claim() -> None:
        try:
            async with in_transaction():
                ticket = await Ticket.filter(office=rules.office, status="open").order_by("-id").first()
                assert ticket is not None
                await lifecycle.claim(rules, ticket, staff, now)
                raise LookupError  # noqa: TRY301 - so that the next finds it open again
        except LookupError:
            return

    return {
        "queue list": lambda: queries.queue(rules, staff),
        "claim": claim,
        "search": lambda: search.search(rules, staff, "việc số 77"),
        "deadline scan": lambda: announce_due(app, desk, now),
        "figures of a week": lambda: reading.figures_of(rules, now - timedelta(days=7), now),
    }


def _shown(found: dict[str, dict[int, float]]) -> dict[str, dict[str, float]]:
    return {name: {str(size): round(ms, 1) for size, ms in at.items()} for name, at in found.items()}


async def _times(ask: Callable[[], Awaitable[object]]) -> list[float]:
    """Milliseconds."""
    seconds = []
    for _ in range(_TIMES):
        begun = time.perf_counter()
        await ask()
        seconds.append((time.perf_counter() - begun) * 1000)
    return seconds
