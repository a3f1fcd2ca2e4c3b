"""A real office at work on an empty database, its networks scripted, its worker run only where a test wants it."""

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tortoise import connections

from bot import wiring
from bot.clock import Clock
from bot.intake import Intake
from bot.jobs import Jobs
from bot.wiring import App, Desk
from channels.contract import (
    Attachment,
    AttachmentKind,
    Capabilities,
    Event,
    File,
    Inbound,
    InboundKind,
    Menu,
    Outbound,
    Sent,
)
from config.embedded import Stores
from config.settings import Settings
from tickets import outbox
from tickets.models import Contact, OutboxRow, Role, Staff
from workers.delivery import deliver_chat
from workers.settings import build_worker

OFFICE = Path(__file__).resolve().parents[2] / "config" / "offices" / "bac-nha-trang.yaml"
MONDAY_8 = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # 08:00 in Vietnam

Outcome = Sent | Exception
Until = Callable[..., Awaitable[None]]


class Network:
    """A channel whose network does what the test says: `script` holds what the next sends come to, then all succeed."""

    kind = "scripted"
    polls = False

    def __init__(self, name: str, capabilities: Capabilities) -> None:
        self.name = name
        self.capabilities = capabilities
        self.script: deque[Outcome] = deque()
        self.sent: list[Outbound] = []
        self.files: dict[str, File | Exception] = {}
        self.fetched: list[str] = []
        self.gate = asyncio.Event()  # cleared: sends hang
        self.gate.set()

    @property
    def texts(self) -> list[str]:
        return [one.text for one in self.sent]

    def verify(self, headers: Mapping[str, str], body: bytes, query: Mapping[str, str], status: bool) -> None: ...

    def parse(self, headers: Mapping[str, str], body: bytes, query: Mapping[str, str], status: bool) -> list[Event]:
        raise NotImplementedError

    async def poll(self) -> AsyncIterator[list[Event]]:
        yield []

    async def send(self, message: Outbound) -> Sent:
        self.sent.append(message)
        await self.gate.wait()
        outcome = self.script.popleft() if self.script else Sent((f"{self.name}-{len(self.sent)}",))
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    async def fetch(self, attachment: Attachment) -> File:
        self.fetched.append(attachment.ref)
        found = self.files[attachment.ref]
        if isinstance(found, Exception):
            raise found
        return found

    async def announce(self, menus: tuple[Menu, ...]) -> None: ...

    async def prepare(self, webhook_url: str) -> None: ...

    async def whoami(self) -> str:
        return self.name

    async def close(self) -> None: ...


PICTURES = frozenset({AttachmentKind.PHOTO, AttachmentKind.DOCUMENT})


@pytest.fixture
def rich() -> Network:
    """A network that can do everything."""
    able = Capabilities(
        4096, buttons=True, edits=True, replies=True, groups=True, slash=True, files=PICTURES, max_file=1000
    )
    return Network("rich", able)


@pytest.fixture
def poor() -> Network:
    """A network of words without marks."""
    return Network("poor", Capabilities(160, diacritics=False))


@pytest.fixture
def linking() -> Network:
    """A network that fetches pictures by address."""
    return Network("linking", Capabilities(2000, file_urls=frozenset({AttachmentKind.PHOTO})))


@pytest.fixture(scope="session")
async def opened(stores: Stores, schema: None) -> AsyncIterator[App]:
    """The ward as the program opens it, once: reading the catalogue takes longer than most tests."""
    settings = Settings(
        _env_file=None,
        database_url=stores.database_url,
        redis_url=stores.redis_url,
        offices=OFFICE,
        log_level="ERROR",
    )
    app = await wiring.open_app(settings, environ={})
    yield app
    await wiring.close_app(app)


@pytest.fixture
async def app(
    opened: App, database: str, redis_url: str, rich: Network, poor: Network, linking: Network
) -> AsyncIterator[App]:
    """The ward with scripted networks and nothing in its tables, on a Monday at eight."""
    clock = Clock()
    clock.set(MONDAY_8)
    jobs = Jobs(redis_url, clock)
    jobs.open()
    channels = {one.name: one for one in (rich, poor, linking)}
    desks = {name: replace(desk, channels=channels, clock=clock) for name, desk in opened.desks.items()}
    yield replace(opened, desks=desks, clock=clock, jobs=jobs, database_url=database, redis_url=redis_url)
    await jobs.close()


@pytest.fixture
def desk(app: App) -> Desk:
    [only] = app.desks.values()
    return only


@pytest.fixture
def ctx(app: App) -> dict[Any, Any]:
    """What arq hands to a job."""
    return {"app": app}


@pytest.fixture
def deliver(ctx: dict[Any, Any], desk: Desk) -> Callable[..., Awaitable[None]]:
    """Run the job for a chat: `await deliver("an")`."""
    return lambda chat="an", channel="rich": deliver_chat(ctx, desk.office.id, channel, chat)


@pytest.fixture
async def working(app: App) -> AsyncIterator[None]:
    """A worker at work."""
    worker = build_worker(app)
    running = asyncio.create_task(worker.async_run())
    yield
    worker.allow_pick_jobs = False
    begun = [task for task in worker.tasks.values() if not task.done()]
    if begun:
        await asyncio.wait(begun, timeout=5)
    await worker.close()
    with contextlib.suppress(asyncio.CancelledError):
        await running


@pytest.fixture
async def hears(app: App, desk: Desk) -> Callable[..., Awaitable[None]]:
    """Store what somebody says, as the intake does: `await hears("an", "chào")`."""
    intake = Intake(app)
    count = 0

    async def say(chat: str, *texts: str, channel: str = "rich", **more: Any) -> None:
        nonlocal count
        events = []
        for text in texts:
            count += 1
            values = {"kind": InboundKind.MESSAGE, "chat": chat, "user": chat, "message_id": f"m{count}", **more}
            events.append(Inbound(event_id=f"e{count}", text=text, **values))
        await intake.accept(desk.office.id, channel, events)

    return say


@pytest.fixture
async def put(desk: Desk) -> Callable[..., Awaitable[OutboxRow]]:
    """Write a message for a chat: `await put("chào")`."""

    async def write(text: str, chat: str = "an", channel: str = "rich", **more: Any) -> OutboxRow:
        now = desk.clock.now()
        return await outbox.put(office=desk.office.id, channel=channel, chat=chat, now=now, text=text, **more)

    return write


@pytest.fixture
async def officer(desk: Desk) -> Staff:
    """A member of staff who can be reached in the chat 'officer'."""
    staff = await Staff.create(
        office=desk.office.id, name="Cán bộ Mẫu", role=Role.MEMBER, areas=["ho-tich"], created_at=MONDAY_8
    )
    await Contact.create(
        office=desk.office.id, channel="rich", user="officer", chat="officer", staff=staff, last_seen_at=MONDAY_8
    )
    return staff


@pytest.fixture
async def trouble(database: str) -> AsyncIterator[Callable[..., Awaitable[None]]]:
    """Make the database refuse a message in which 'poison' stands: `await trouble("raise_exception")`.

    With `times` only so often; `on` and `when` choose other rows.
    """
    tables: list[str] = []

    async def make(
        error: str, times: int = 1_000_000, on: str = "INSERT ON message", when: str = "NEW.text LIKE '%poison%'"
    ) -> None:
        await sql("CREATE SEQUENCE refusals")  # counts what is rolled back, too
        await sql(f"""
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
              IF {when} AND nextval('refusals') <= {times} THEN
                RAISE EXCEPTION 'refused' USING ERRCODE = '{error}';
              END IF;
              RETURN NEW;
            END $$""")
        await sql(f"CREATE TRIGGER refuse BEFORE {on} FOR EACH ROW EXECUTE FUNCTION refuse()")
        tables.append(on.rsplit(maxsplit=1)[-1])

    yield make
    for table in tables:
        await sql(f"DROP TRIGGER refuse ON {table}")
        await sql("DROP FUNCTION refuse")
        await sql("DROP SEQUENCE refusals")


async def sql(statement: str) -> None:
    await connections.get("default").execute_query(statement)
