"""A private PostgreSQL and a Redis-compatible server inside the data folder, for those who name none of their own.

One process holds the folder and starts the servers; any other that finds it held attaches to them, so
`tohotro staff invite` works while `tohotro run` runs. The lock is inherited by the servers: while one of them lives,
even after its starter was killed, nobody starts a second one on the same files (Valkey itself would not notice).
"""

import contextlib
import hashlib
import json
import logging
import os
import re
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from config import holding, servers
from config.errors import StoresBusyError, StoresError, explain
from config.servers import Identity, Server

log = logging.getLogger(__name__)

_READY = 180.0  # seconds a living server may take to answer: it may be replaying its log after a crash
_STOP = 8.0  # seconds for a polite end
_LOG_LIMIT = 5_000_000  # bytes after which a server's log is put aside
# A socket's path may have 107 bytes on Linux and 103 on macOS. The letters are those that every reader of a URL agrees
# on: arq takes the path of a unix:// URL as it stands, redis-py decodes it.
_SOCKET_PATH = re.compile(r"[A-Za-z0-9/._-]{1,100}")


@dataclass(frozen=True, slots=True)
class _Held:
    """What the process that started the servers holds."""

    home: Path
    sockets: Path
    who: Identity
    lock: int
    servers: tuple[Server, Server]


class Stores:
    """The two stores and, in the process that started them, their servers. Also a context manager that stops them."""

    def __init__(self, database_url: str, redis_url: str, held: _Held | None = None) -> None:
        self.database_url = database_url
        self.redis_url = redis_url
        self._held = held

    @property
    def owned(self) -> bool:
        """Whether this process started the servers and will stop them."""
        return self._held is not None

    @property
    def pids(self) -> dict[str, int]:
        """Process ids of the servers started here, by name."""
        running = self._held.servers if self._held else ()
        return {server.name: server.process.pid for server in running if server.process}

    def revive(self) -> list[str]:
        """Start again whichever server has died, wait for it, and return their names; nothing to do when attached.

        Main thread only. Raises StoresError when one does not come back.
        """
        dead = [server for server in self._held.servers if not server.alive()] if self._held else []
        for server in dead:
            log.warning("%s has died and is started again", server.name)
        if self._held and dead:
            _bring_up(self._held, dead)
        return [server.name for server in dead]

    def stop(self) -> None:
        """End the servers this process started, within ten seconds. Of attached stores, and twice: nothing happens."""
        held, self._held = self._held, None
        if held is not None:
            _bring_down(held)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def start(data_dir: Path, *, fsync: bool = True) -> Stores:
    """Start PostgreSQL and Valkey in `data_dir`, made when missing, and wait until both answer. Main thread only.

    `fsync=False` is for tests: faster, and a power cut loses data. Raises StoresBusyError when a living process holds
    the folder, StoresError with the reason and a remedy when a server cannot be started.
    """
    home = _home(data_dir)
    lock = holding.take(home, (str(home), str(_socket_folder(home))))
    held: _Held | None = None
    try:
        _runtime(home).unlink(missing_ok=True)
        who = servers.identity(home)
        sockets = _sockets(home, who)
        servers.make_database(home, who, fsync=fsync)
        pair = (servers.postgres(home, sockets, who, fsync=fsync), servers.valkey(home, sockets, who, fsync=fsync))
        held = _Held(home, sockets, who, lock, pair)
        for server in pair:
            if server.log.exists() and server.log.stat().st_size > _LOG_LIMIT:
                server.log.replace(server.log.with_suffix(".old.log"))
        _bring_up(held, list(pair))
    except BaseException as error:
        if held is None:
            holding.leave(lock)
        else:
            _bring_down(held)
        if isinstance(error, OSError):
            raise StoresError(explain(f"The data folder {home} cannot be used", str(error))) from error
        raise
    return Stores(*_urls(sockets), held)


def attach(data_dir: Path) -> Stores:
    """The stores another process runs in `data_dir`; raises StoresError when nobody does, or they do not answer."""
    home = data_dir.resolve() / "embedded"
    try:
        noted = json.loads(_runtime(home).read_text(encoding="utf-8"))
        pid, sockets = int(noted["pid"]), Path(noted["sockets"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StoresError(f"No process runs the stores of {home}: start the program with `tohotro run`.") from error
    if not holding.alive(pid):
        raise StoresError(f"Process {pid}, which ran the stores of {home}, is gone: start it with `tohotro run`.")
    try:
        servers.ask_postgres(sockets)
        servers.ask_valkey(sockets)
    except OSError as error:
        raise StoresError(
            f"Process {pid} holds {home}, but its stores do not answer ({error}): end process {pid} and start again."
        ) from error
    return Stores(*_urls(sockets))


def start_or_attach(data_dir: Path, *, fsync: bool = True, patience: float = 30.0) -> Stores:
    """Start the stores of `data_dir`, or attach to those another process runs there. Main thread only.

    Waits up to `patience` seconds for a process that is just starting or ending them. Raises StoresError.
    """
    end = time.monotonic() + patience
    while True:
        try:
            return start(data_dir, fsync=fsync)
        except StoresBusyError:
            try:
                return attach(data_dir)
            except StoresError:
                if time.monotonic() > end:
                    raise
        time.sleep(0.1)


def urls(data_dir: Path) -> tuple[str, str]:
    """Where the stores of `data_dir` are or would be: the PostgreSQL URL and the Redis URL. Starts nothing."""
    return _urls(_socket_folder(data_dir.resolve() / "embedded"))


def _urls(sockets: Path) -> tuple[str, str]:
    # this form is understood by asyncpg, by Tortoise 1.1.9 and, without a password, by libpq
    database = f"postgresql://{servers.USER}@/{servers.DATABASE}?host={sockets}"
    return database, f"unix://{sockets / servers.VALKEY_SOCKET}?db=0"


def _home(data_dir: Path) -> Path:
    home = data_dir.resolve() / "embedded"
    try:
        home.mkdir(parents=True, exist_ok=True)
        home.chmod(0o700)
    except OSError as error:
        raise StoresError(
            f"The data folder {home} cannot be made or used ({error}): set TOHOTRO_DATA_DIR to a folder of yours."
        ) from error
    return home


def _runtime(home: Path) -> Path:
    return home / "runtime.json"


def _socket_folder(home: Path) -> Path:
    short = f"tohotro-{hashlib.sha256(os.fsencode(home)).hexdigest()[:12]}"
    for folder in (home, Path(tempfile.gettempdir()) / short):
        if _SOCKET_PATH.fullmatch(str(folder / servers.POSTGRES_SOCKET)):
            return folder
    return Path("/tmp") / short  # noqa: S108  # its owner and mode are checked before use


def _sockets(home: Path, who: Identity) -> Path:
    folder = _socket_folder(home)
    if folder != home:
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
        if folder.is_symlink() or not folder.is_dir() or found.st_uid not in {os.geteuid(), who.uid}:
            raise StoresError(f"{folder} belongs to somebody else: remove it, or set TMPDIR to a folder of yours.")
        folder.chmod(0o700)
        if who.uid is not None:
            os.chown(folder, who.uid, -1)
    return folder


def _bring_up(held: _Held, wanted: list[Server]) -> None:
    sizes = {server.name: server.log.stat().st_size if server.log.exists() else 0 for server in wanted}
    for server in wanted:
        servers.spawn(server, held.who, held.lock)
    holding.note(held.lock, [server.process.pid for server in held.servers if server.process])
    for server in wanted:
        _await(server, held, sizes[server.name])
    noted = {"pid": os.getpid(), "sockets": str(held.sockets)}
    noted |= dict(zip(("database_url", "redis_url"), _urls(held.sockets), strict=True))
    draft = held.home / "runtime.new"
    draft.write_text(json.dumps(noted, indent=1), encoding="utf-8")
    draft.replace(_runtime(held.home))


def _await(server: Server, held: _Held, logged: int) -> None:
    end, reborn = time.monotonic() + _READY, time.monotonic() + holding.ENDING
    while True:
        try:
            return server.ask()
        except OSError as error:
            reason = str(error)
        if not server.alive():
            said = servers.tail(server.log, logged)
            # a postmaster that was killed leaves its children a moment longer
            if time.monotonic() > reborn or not re.search(r"still in use|postmaster\.pid.* already exists", said):
                raise StoresError(explain(f"{server.name} ended while starting", said or reason))
            time.sleep(0.2)
            servers.spawn(server, held.who, held.lock)
        elif time.monotonic() > end:
            raise StoresError(explain(f"{server.name} does not answer after {_READY:.0f} s", reason))
        time.sleep(0.01)


def _bring_down(held: _Held) -> None:
    _runtime(held.home).unlink(missing_ok=True)
    running = [server for server in held.servers if server.process is not None]
    for server in running:
        if server.alive() and server.process:
            server.process.send_signal(server.stop_signal)
    end = time.monotonic() + _STOP
    for server in running:
        assert server.process is not None
        try:
            server.process.wait(max(0.1, end - time.monotonic()))
        except subprocess.TimeoutExpired:
            log.warning(
                "%s did not end in %.0f s and is killed; it recovers when it is started next", server.name, _STOP
            )
            server.process.send_signal(signal.SIGQUIT)  # PostgreSQL: at once, children too
            with contextlib.suppress(subprocess.TimeoutExpired):
                server.process.wait(1)
            server.process.kill()
            server.process.wait()
    if held.sockets != held.home:
        with contextlib.suppress(OSError):
            held.sockets.rmdir()
    holding.leave(held.lock)
