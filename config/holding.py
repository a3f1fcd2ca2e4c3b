"""Who holds the data folder: a lock that lives as long as its taker or any server the taker started."""

import contextlib
import fcntl
import logging
import os
import signal
import subprocess
import time
from pathlib import Path

from config.errors import OWN_SERVERS, StoresBusyError, StoresError, explain

log = logging.getLogger(__name__)

ENDING = 10.0  # seconds the servers of a killed process get to end by themselves


def take(home: Path, marks: tuple[str, ...]) -> int:
    """The lock of `home`, as an open file. Waits for servers whose starter is gone, and ends them if they stay.

    A server of ours is known by one of `marks` in its command line. Raises StoresBusyError when a living process holds
    the lock, StoresError when it cannot be had for another reason.
    """
    try:
        lock = os.open(home / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise StoresError(explain(f"The data folder {home} cannot be locked", str(error))) from error
    begun, ended = time.monotonic(), False
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder, orphans = _noted(lock)
            waited = time.monotonic() - begun
            if alive(holder) or waited > 2 * ENDING or not isinstance(error, BlockingIOError):
                os.close(lock)
                raise _not_ours(home, holder, orphans, error) from error
            if waited > ENDING / 2 and not ended:
                ended = True
                _end(orphans, marks)
            time.sleep(0.05)
            continue
        if home.stat().st_uid not in {0, os.geteuid()}:
            os.fchown(lock, home.stat().st_uid, -1)  # root started what belongs to a user
        note(lock, [])
        return lock


def _not_ours(home: Path, holder: int, orphans: list[int], error: OSError) -> StoresError:
    if not isinstance(error, BlockingIOError):
        return StoresError(explain(f"The data folder {home} cannot be locked", str(error)))
    if alive(holder):
        return StoresBusyError(f"Process {holder} already runs the stores of {home}: use that one, or end it first.")
    pids = ", ".join(map(str, orphans)) or "see `fuser` on the file 'lock' there"
    who = f"Process {holder}" if holder else "The process"
    return StoresError(
        f"{who}, which ran the stores of {home}, is gone, but a process it started still holds them: "
        f"end it ({pids}) and start again, or {OWN_SERVERS}."
    )


def note(lock: int, pids: list[int]) -> None:
    os.ftruncate(lock, 0)
    os.pwrite(lock, " ".join(map(str, [os.getpid(), *pids])).encode(), 0)


def leave(lock: int) -> None:
    """Give the lock back. Children of a killed server may keep it a moment longer; nobody is named as holder then."""
    os.ftruncate(lock, 0)
    os.close(lock)


def _noted(lock: int) -> tuple[int, list[int]]:
    """The process that took the lock last (0: unknown), and the servers it started."""
    pids = [int(word) for word in os.pread(lock, 200, 0).split() if word.isdigit()]
    return (pids[0], pids[1:]) if pids else (0, [])


def alive(pid: int) -> bool:
    if pid <= 0:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _end(pids: list[int], marks: tuple[str, ...]) -> None:
    """End servers left over where no kernel does it (macOS). A number that now names another program is left alone."""
    for pid in pids:
        shown = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False)  # noqa: S603, S607  # a number and fixed words
        if any(mark in shown.stdout for mark in marks):
            log.warning("ending process %d, a server whose starter is gone", pid)
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGINT)
