"""Two worker processes on one database, at the same minute: never two reports, two alerts, two digests."""

import asyncio
import sys
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.wiring import App, Desk
from tests.workers.conftest import OFFICE
from tests.workers.test_crowd import join, open_many  # noqa: F401  # `join` is a fixture
from tickets.models import Alert, OutboxRow, OutboxState, ReportRun, Role, ScheduledRun

ROOT = Path(__file__).resolve().parents[2]
FRIDAY_8 = datetime(2026, 11, 27, 1, 0, tzinfo=UTC)  # 08:00 in Vietnam
PATIENCE = 120.0

Process = asyncio.subprocess.Process


async def worker(app: App) -> Process:
    """Another process, ready for its first minute."""
    started = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.workers.working_process",
        app.database_url,
        app.redis_url,
        str(OFFICE),
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    await said(started, b"ready")
    return started


async def said(process: Process, word: bytes) -> None:
    assert process.stdout is not None
    async with asyncio.timeout(PATIENCE):
        while (line := await process.stdout.readline()).strip() != word:
            assert line, "the worker has ended"


async def both(workers: list[Process], moment: datetime) -> None:
    """The same minute in all of them at once; everything written before has arrived."""
    await OutboxRow.filter(state=OutboxState.QUEUED).update(state=OutboxState.SENT, sent_at=moment)
    for one in workers:
        assert one.stdin is not None
        one.stdin.write(f"{moment.isoformat()}\n".encode())
    await asyncio.gather(*(said(one, b"done") for one in workers))


async def test_two_worker_processes_do_everything_once(
    app: App,
    desk: Desk,
    join: Callable[..., Any],  # noqa: F811  # the fixture
) -> None:
    app.clock.set(FRIDAY_8)
    for name, role, areas in (
        ("member", Role.MEMBER, ("chung-thuc",)),
        ("lead", Role.LEAD, ("chung-thuc",)),
        ("supervisor", Role.SUPERVISOR, ()),
    ):
        await join(name, role, areas)
    await open_many(desk, 2)
    workers = await asyncio.gather(worker(app), worker(app))
    try:
        hours = (8, 8.8, 9.05, 9.6, 10, 10.6, 11, 11.1, 13.6, 15, 15.1, 16.5, 16.6)
        for hour in hours:
            await both(list(workers), FRIDAY_8 + timedelta(hours=hour - 8))
        await open_many(desk, 8, first=101, at=FRIDAY_8 + timedelta(hours=8))
        for minute in range(3):  # many at once: kept for one digest
            await both(list(workers), FRIDAY_8 + timedelta(days=3, hours=3, minutes=minute))
    finally:
        for one in workers:
            one.kill()
            await one.wait()
    texts = Counter(await OutboxRow.all().values_list("chat", "text"))
    assert max(texts.values()) == 1, [text for text, count in texts.items() if count > 1]
    assert of(texts, "supervisor", "BẢN NHÁP BÁO CÁO TUẦN") == 1
    assert of(texts, "supervisor", "ĐẾN GIỜ GỬI BÁO CÁO TUẦN") == 1
    assert await ReportRun.filter(step__in=["close", "deliver", "remind"]).count() == 3
    for number in (1, 2):
        for chat in ("member", "lead", "supervisor"):
            assert of(texts, chat, "QUÁ HẠN trả lời", f"#{number} ") == 1, (chat, number)
    assert of(texts, "supervisor", "QUÁ HẠN: ") == 1
    alerts = await Alert.all().values_list("ticket_id", "promise", "step", "due", "staff_id")
    assert len(alerts) == len(set(alerts)) > 0
    assert await ScheduledRun.filter(name="morning_digest").count() == 2  # Friday's and Monday's


def of(texts: Counter[Any], chat: str, *parts: str) -> int:
    return sum(count for (where, text), count in texts.items() if where == chat and all(part in text for part in parts))
