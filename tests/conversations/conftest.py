"""A helpdesk at work in this process against the emulated networks, and people to play on them."""

import re
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest

from bot import wiring
from bot.clock import Clock
from bot.stage import Stage, staged
from channels.text import plain
from config.embedded import Stores
from config.settings import Settings
from sandbox import server
from sandbox.person import PATIENCE, Door, Json, Person
from tickets.models import OutboxRow, OutboxState, Role, Staff, StaffChat, Status, Ticket

OFFICES = Path(__file__).with_name("offices")
MONDAY_8 = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # 08:00 in Vietnam

_numbers = count(1)


@dataclass(frozen=True)
class Helpdesk:
    """Two offices in one process, each with accounts of its own."""

    thu: Stage
    vi: Stage


@pytest.fixture(scope="session")
async def helpdesk(stores: Stores, schema: None) -> AsyncIterator[Helpdesk]:
    """Started once; each conversation brings its own people."""
    networks = await server.start(page=False, limits=False)
    elsewhere = await server.start(page=False, limits=False)  # where the second office has its account
    line, other = networks.networks_line(), elsewhere.networks_line()
    environ = {
        "T_TELEGRAM_TOKEN": line["telegram"]["token"],
        "T_TELEGRAM_URL": line["telegram"]["api_url"],
        "T_ZALO_TOKEN": line["zalo_bot"]["token"],
        "T_ZALO_URL": line["zalo_bot"]["api_url"],
        **{f"T_OA_{key.upper()}": value for key, value in line["zalo_oa"].items()},
        "T_SMS_URL": line["smsgate"]["api_url"],
        "T_SMS_USER": line["smsgate"]["username"],
        "T_SMS_PASSWORD": line["smsgate"]["password"],
        "T_SMS_KEY": line["smsgate"]["signing_key"],
        "V_TELEGRAM_TOKEN": other["telegram"]["token"],
        "V_TELEGRAM_URL": other["telegram"]["api_url"],
        "B_NUMBER_URL": other["twilio"]["api_url"],
        "B_NUMBER_SID": other["twilio"]["account_sid"],
        "B_NUMBER_TOKEN": other["twilio"]["auth_token"],
        "B_BRAND_URL": other["esms"]["api_url"],
        "B_BRAND_KEY": other["esms"]["api_key"],
        "B_BRAND_SECRET": other["esms"]["secret_key"],
        "B_BRAND_WORD": other["esms"]["webhook_token"],
        "W_ZALO_TOKEN": other["zalo_bot"]["token"],
        "W_ZALO_URL": other["zalo_bot"]["api_url"],
        "W_SMS_URL": other["smsgate"]["api_url"],
        "W_SMS_USER": other["smsgate"]["username"],
        "W_SMS_PASSWORD": other["smsgate"]["password"],
        "W_SMS_KEY": other["smsgate"]["signing_key"],
    }
    port = _free_port()
    settings = Settings(
        _env_file=None,
        database_url=stores.database_url,
        redis_url=stores.redis_url,
        offices=OFFICES,
        http_port=port,
        public_url=f"http://127.0.0.1:{port}",
        log_level="ERROR",
    )
    clock = Clock()
    clock.set(MONDAY_8)
    app = await wiring.open_app(settings, clock=clock, environ=environ)
    networks.enter("zalo_oa", app.desks["phuong-thu"].webhook_url("oa"))
    try:
        async with staged(app, networks) as stage:
            yield Helpdesk(stage, replace(stage, networks=elsewhere, door=Door(elsewhere.url, stage.door.session)))
    finally:
        await wiring.close_app(app)
        await networks.stop()
        await elsewhere.stop()


@pytest.fixture
async def stage(helpdesk: Helpdesk) -> AsyncIterator[Stage]:
    """The first office on a Monday at eight, with nobody at work yet and nothing on their desks."""
    helpdesk.thu.app.clock.set(MONDAY_8)
    yield helpdesk.thu
    await helpdesk.thu.settled()
    # Time goes back for the next conversation: nothing of this one may then be late, or wait for its moment.
    await OutboxRow.filter(state=OutboxState.QUEUED).update(state=OutboxState.DROPPED)
    await Ticket.all().update(status=Status.CLOSED)
    await Staff.all().update(active=False)
    await StaffChat.all().update(active=False)


class ByPhone(Person):
    """Somebody whose short messages come without diacritics: hears what others hear, in plain letters."""

    async def hears(self, *parts: str, patience: float = PATIENCE) -> Json:
        return await super().hears(*map(plain, parts), patience=patience)

    async def sees(self, *parts: str, patience: float = PATIENCE) -> Json:
        return await super().sees(*map(plain, parts), patience=patience)


class People:
    """Invented people with names and numbers of their own in every conversation."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def resident(self, network: str, name: str = "Bà Thử") -> Person:
        who = _id(network, next(_numbers))
        if network == "smsgate":
            return ByPhone(self._stage.door, network, who, name)
        return self._stage.person(network, who, name)

    async def staff(
        self, name: str, areas: str = "ho-tich", role: Role = Role.MEMBER, network: str = "telegram"
    ) -> Person:
        person = self.resident(network, name)
        return await self._stage.enrol(person, role, areas.split(",") if areas else [])

    def group(self) -> str:
        """The id of a new Telegram group."""
        return str(-1002000000000 - next(_numbers))


def _id(network: str, number: int) -> str:
    return {
        "telegram": f"{500000 + number}",
        "zalo_bot": f"{number:020x}",
        "zalo_oa": f"48{number:017d}",
        "smsgate": f"+8491{number:07d}",
    }[network]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def people(stage: Stage) -> People:
    return People(stage)


def number_of(message: dict[str, object]) -> int:
    """The ticket number somebody reads in a message."""
    found = re.search(r"#(\d+)", str(message["text"]))
    assert found is not None, message["text"]
    return int(found[1])


async def chooses(person: Person, question: dict[str, object], part: str) -> None:
    """Press the button whose label has `part`, or type the number it stands under."""
    if person.network == "telegram":
        rows = question["buttons"]
        assert isinstance(rows, list)
        labels = [str(one) for row in rows for one in ([row] if isinstance(row, str) else row)]
        await person.presses(next(label for label in labels if part in label))
        return
    line = next(line for line in str(question["text"]).splitlines() if part in line and line[:1].isdigit())
    await person.says(line.split(".")[0].split(")")[0].strip())
