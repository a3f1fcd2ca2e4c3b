"""A real Kannel on loopback: installed when absent, configured, started, killed and started again."""

import asyncio
import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

PACKAGES = ("kannel", "kannel-extras")
SENDER = "8088"
USER, PASSWORD, HOOK = "helpdesk", "loopback-only", "loopback-only-hook"
_UPDATE, _INSTALL = 60, 120  # seconds
_UP = 30.0
_POLICY = Path("/usr/sbin/policy-rc.d")  # Debian's way to keep a package from starting its daemon


class NotHereError(Exception):
    """Kannel is not installed and cannot be; the text says why."""


def installed() -> dict[str, Path]:
    """Where the programs are, installing the Debian package when they are absent. Raises NotHereError."""
    found = _programs()
    if found is not None:
        return found
    if shutil.which("apt-get") is None:
        raise NotHereError("this machine has no apt-get, and Kannel is tried as a Debian package")
    if os.geteuid() != 0:
        raise NotHereError(f"not root, so nothing can be installed; as root: apt-get install {' '.join(PACKAGES)}")
    environ = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    with _no_daemon():
        for words, seconds in (
            (["update"], _UPDATE),
            (["install", "-y", "--no-install-recommends", *PACKAGES], _INSTALL),
        ):
            try:
                done = subprocess.run(  # noqa: S603 - fixed words
                    ["apt-get", "-q", "-o", "Acquire::Retries=1", "-o", "Acquire::http::Timeout=15", *words],  # noqa: S607
                    env=environ, capture_output=True, text=True, timeout=seconds, check=False,
                )  # fmt: skip
            except subprocess.TimeoutExpired:
                raise NotHereError(f"apt-get {words[0]} was not done after {seconds} s") from None
            if done.returncode != 0 and words[0] == "install":
                last = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:]
                raise NotHereError(f"apt-get cannot install it: {' '.join(last)}")
    found = _programs()
    if found is None:
        raise NotHereError("the package was installed, but bearerbox, smsbox or fakesmsc is not in it")
    return found


def _programs() -> dict[str, Path] | None:
    found = {name: shutil.which(name) for name in ("bearerbox", "smsbox")}
    folders = ("kannel/test", "*/kannel/test")  # the second: of one architecture
    simulators = [one for folder in folders for one in sorted(Path("/usr/lib").glob(f"{folder}/fakesmsc"))]
    found["fakesmsc"] = shutil.which("fakesmsc") or (str(simulators[0]) if simulators else None)
    return {name: Path(path) for name, path in found.items() if path} if all(found.values()) else None


@contextmanager
def _no_daemon() -> Iterator[None]:
    """The package would start a Kannel with a configuration of its own."""
    if _POLICY.exists():
        yield
        return
    _POLICY.write_text("#!/bin/sh\nexit 101\n", encoding="utf-8")
    _POLICY.chmod(0o755)
    try:
        yield
    finally:
        _POLICY.unlink(missing_ok=True)


@dataclass
class Kannel:
    """One bearerbox and one smsbox in `folder`, bringing messages to `webhook` (an http address without a query)."""

    programs: dict[str, Path]
    folder: Path
    webhook: str
    ports: dict[str, int] = field(default_factory=dict)
    _running: dict[str, asyncio.subprocess.Process] = field(default_factory=dict)

    @property
    def sendsms(self) -> str:
        """Where it is asked to send."""
        return f"http://127.0.0.1:{self.ports['sendsms']}"

    def configure(self) -> None:
        """Write its configuration, every door on loopback."""
        for name in ("store", "dlr"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        self.ports = dict(zip(("admin", "box", "sendsms", "fake"), _free_ports(4), strict=True))
        mo = self.webhook.replace("http://", f"http://kannel:{HOOK}@", 1) + "?id=%I&from=%q&to=%Q&ts=%T&smsc=%i"
        (self.folder / "kannel.conf").write_text(_CONFIG.format(**self.ports, mo=mo, folder=self.folder), "utf-8")

    async def start(self, *names: str) -> None:
        """Start both boxes, or those named, and wait until their doors are open."""
        for name, port in (("bearerbox", self.ports["box"]), ("smsbox", self.ports["sendsms"])):
            if (not names or name in names) and name not in self._running:
                with (self.folder / f"{name}.log").open("ab") as log:
                    self._running[name] = await self._box(name, log)
                await _open(port)

    async def _box(self, name: str, log: IO[bytes]) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            str(self.programs[name]), "-v", "1", "kannel.conf", cwd=self.folder, stdout=log, stderr=log
        )

    async def end(self, *names: str, sign: int = signal.SIGTERM) -> None:
        """End both boxes, or those named; one that lingers over its queue is killed after three seconds."""
        for name in names or ("smsbox", "bearerbox"):
            process = self._running.pop(name, None)
            if process is None:
                continue
            with suppress(ProcessLookupError):
                process.send_signal(sign)
            try:
                await asyncio.wait_for(process.wait(), 3)
            except TimeoutError:
                process.kill()
                await process.wait()

    async def fakesmsc(self, line: str, seconds: float) -> bytes:
        """Let Kannel's own simulator be the handset that sends `line`; what it wrote within `seconds`."""
        process = await asyncio.create_subprocess_exec(
            str(self.programs["fakesmsc"]),
            *("-H", "127.0.0.1", "-r", str(self.ports["fake"]), "-i", "1", "-m", "1"),
            line,
            cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        assert process.stdout is not None
        said = b""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while chunk := await process.stdout.read(65536):
                    said += chunk
        with suppress(ProcessLookupError):
            process.terminate()
        await process.wait()
        return said


async def _open(port: int) -> None:
    async with asyncio.timeout(_UP):
        while True:
            with suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.close()
                return
            await asyncio.sleep(0.05)


def _free_ports(count: int) -> list[int]:
    taken = [socket.socket() for _ in range(count)]
    for one in taken:
        one.bind(("127.0.0.1", 0))
    ports = [int(one.getsockname()[1]) for one in taken]
    for one in taken:
        one.close()
    return ports


_CONFIG = """\
group = core
admin-port = {admin}
admin-interface = "127.0.0.1"
admin-password = "loopback-only"
status-password = "loopback-only"
smsbox-port = {box}
smsbox-interface = "127.0.0.1"
box-allow-ip = "127.0.0.1"
store-type = spool
store-location = "store"
dlr-storage = spool
dlr-spool = "dlr"
sms-combine-concatenated-mo-timeout = 60

group = smsc
smsc = fake
smsc-id = sim1
our-host = "127.0.0.1"
port = {fake}
connect-allow-ip = "127.0.0.1"
denied-smsc-id = loop1

group = smsc
smsc = loopback
smsc-id = loop1
allowed-smsc-id = loop1

group = smsbox
bearerbox-host = "127.0.0.1"
sendsms-port = {sendsms}
sendsms-interface = "127.0.0.1"
mo-recode = true
http-request-retry = 1000
http-queue-delay = 1
http-timeout = 3

group = sendsms-user
username = "helpdesk"
password = "loopback-only"
max-messages = 10
concatenation = true
default-smsc = sim1

group = sms-service
name = mo
keyword = default
catch-all = true
max-messages = 0
send-sender = true
post-url = "{mo}"
"""
