"""A whole helpdesk in processes of its own, to be measured or broken: stores, emulated networks, web and worker."""

import asyncio
import os
import signal
import socket
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from aiohttp import ClientError, ClientSession, ClientTimeout
from ruamel.yaml import YAML
from tortoise.context import TortoiseContext

from bot import emulated, wiring
from config import embedded
from config.database import migrate, tortoise_config
from config.embedded import Stores
from sandbox import server
from sandbox.server import Sandbox
from tickets import people
from tickets.models import Contact, Role, Staff
from tickets.policy import Policy

ROOT = Path(__file__).parents[1]
OFFICE = ROOT / "config" / "offices" / "bac-nha-trang.yaml"
UP = 150.0  # seconds a part may take to come up; a machine that others use too can be slow


@dataclass
class Ground:
    """What runs. `parts` by a name of the caller's; their logs lie in `folder`."""

    folder: Path
    stores: Stores
    networks: Sandbox
    environ: dict[str, str]
    port: int
    parts: dict[str, asyncio.subprocess.Process] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self, part: str, name: str = "") -> None:
        """Start `tohotro PART` (web, worker); does not wait for it."""
        name = name or part
        with (self.folder / f"{name}.log").open("ab") as log:
            self.parts[name] = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", part, cwd=self.folder, env=self.environ, stdout=log, stderr=log
            )

    async def ready(self, seconds: float = UP) -> None:
        """Wait until the web part answers that it is ready. Raises RuntimeError with its last words."""
        end = time.monotonic() + seconds
        said = ""
        async with ClientSession(timeout=ClientTimeout(total=5)) as session:
            while time.monotonic() < end:
                with suppress(ClientError, TimeoutError):
                    async with session.get(f"{self.url}/health/ready") as answer:
                        if answer.ok:
                            return
                        said = await answer.text()
                await asyncio.sleep(0.05)
        raise RuntimeError(f"not ready after {seconds} s: {said}\n{(await self.log_of('web'))[-2000:]}")

    async def end(self, name: str, sign: int = signal.SIGTERM) -> float:
        """Send a signal to a part and wait until it is gone; returns the seconds that took."""
        process = self.parts.pop(name)
        begun = time.monotonic()
        if process.returncode is None:
            process.send_signal(sign)
        await process.wait()
        return time.monotonic() - begun

    async def log_of(self, name: str) -> str:
        return await asyncio.to_thread((self.folder / f"{name}.log").read_text, errors="replace")


@asynccontextmanager
async def ground(*, limits: bool = False, log_level: str = "WARNING", fsync: bool = True) -> AsyncIterator[Ground]:
    """Stores, migrated, and networks, with Tortoise connected in the caller's task; no part runs yet.

    The office is the first that ships, its Telegram and Zalo channels called by webhook. `limits` as of the sandbox.
    Main thread only.
    """
    networks = await server.start(page=False, limits=limits)
    with tempfile.TemporaryDirectory(prefix="tohotro-") as name:
        folder = Path(name)
        office = folder / "office.yaml"
        variables = emulated.office_against(OFFICE, networks.networks_line(), office)
        _by_webhook(office, limits=limits)
        port = _free_port()
        with embedded.start(folder / "stores", fsync=fsync) as stores:
            try:
                await migrate(stores.database_url)
                environ = {key: value for key, value in os.environ.items() if not key.startswith("TOHOTRO_")}
                environ |= variables | {
                    "PYTHONPATH": str(ROOT),
                    "TOHOTRO_DATABASE_URL": stores.database_url,
                    "TOHOTRO_REDIS_URL": stores.redis_url,
                    "TOHOTRO_DATA_DIR": str(folder / "data"),
                    "TOHOTRO_OFFICES": str(office),
                    "TOHOTRO_HTTP_PORT": str(port),
                    "TOHOTRO_PUBLIC_URL": f"http://127.0.0.1:{port}",
                    "TOHOTRO_LOG_LEVEL": log_level,
                }
                async with TortoiseContext() as context:
                    await context.init(config=tortoise_config(stores.database_url))
                    made = Ground(folder, stores, networks, environ, port)
                    try:
                        yield made
                    finally:
                        for part in list(made.parts):
                            await made.end(part, signal.SIGKILL)
            finally:
                await networks.stop()


def policy(ground_: Ground) -> Policy:
    """The rules of the office at work."""
    known = wiring.shipped_catalogue()
    settings = wiring.settings(_env_file=None, offices=Path(ground_.environ["TOHOTRO_OFFICES"]))
    [office] = wiring.offices(settings, ground_.environ)
    return wiring.policy_of(office, known)


async def enrol(ground_: Ground, network: str, person: str, name: str, areas: Sequence[str] = ()) -> Staff:
    """Make somebody staff of `areas` (empty: all): they write the code they were given. The parts must run."""
    rules = policy(ground_)
    now = datetime.now(UTC)
    code = await people.invite(
        office=rules.office,
        role=Role.MEMBER,
        areas=list(areas) or sorted(rules.areas),
        name=name,
        now=now,
        valid=rules.code_valid,
    )
    await ground_.networks.say(network, sender=person, name=name, text=code)
    async with asyncio.timeout(UP):
        while True:
            found = await Contact.get_or_none(user=person, staff_id__isnull=False).prefetch_related("staff")
            if found is not None and found.staff is not None:
                return found.staff
            await asyncio.sleep(0.05)


def _by_webhook(office: Path, *, limits: bool) -> None:
    yaml = YAML()
    read = yaml.load(office.read_text(encoding="utf-8"))
    for channel in read["channels"]:
        if "mode" in channel:
            channel["mode"] = "webhook"
        if channel["kind"] == "telegram":
            channel["limits"] = limits  # else Telegram's limits would be what is measured
    with office.open("w", encoding="utf-8") as file:
        yaml.dump(read, file)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
