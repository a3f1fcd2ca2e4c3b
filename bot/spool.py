"""Events that came while the database was away: kept in an fsynced file, and replayed in order when it is back (P1).

Each process writes a file of its own and holds it locked. A file whose process died is taken over by whichever process
finds it unlocked, so nothing waits for the same process to come back. A line is an event; one without its end was
never acknowledged, since the acknowledgement follows the fsync of the whole.
"""

import asyncio
import fcntl
import json
import os
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog

from tickets.inbox import NewRow

log = structlog.get_logger(__name__)

LIMIT = 512 * 1024 * 1024  # bytes one process keeps; then the networks are asked to come again
BATCH = 500  # events stored at a time
_TIMES = ("received_at", "sent_at")

Store = Callable[[Sequence[NewRow]], Awaitable[None]]


class NotKeptError(Exception):
    """The spool cannot take it: the disk is full, or read-only, or the limit is reached."""


@dataclass(slots=True)
class _File:
    """One spool file, locked by us: whole up to `size`, replayed up to `done`."""

    path: Path
    handle: int
    size: int = 0
    done: int = 0


@dataclass(slots=True)
class Spool:
    """The files of one process in `folder`, which is made when something is kept."""

    folder: Path
    limit: int = LIMIT
    _own: _File | None = None
    _orphans: list[_File] = field(default_factory=list)
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def pending(self) -> bool:
        """Whether something waits for the database. While it does, what comes must go behind it."""
        return bool(self._orphans) or (self._own is not None and self._own.done < self._own.size)

    async def keep(self, rows: Sequence[NewRow]) -> None:
        """Return once `rows` are on disk, behind those kept before. Raises NotKeptError; then none of them is."""
        lines = b"".join(_line(row) for row in rows)
        async with self._lock:
            try:
                if self._own is None:
                    self._own = await asyncio.to_thread(_create, self.folder)
                if self._own.size + len(lines) > self.limit:
                    raise NotKeptError(f"the spool holds {self._own.size} bytes already")
                await asyncio.to_thread(_append, self._own, lines)
            except OSError as error:
                raise NotKeptError(error.strerror or type(error).__name__) from error

    def adopt(self) -> int:
        """Take over the files of processes that died; returns how many."""
        known = {file.path for file in (*self._orphans, self._own) if file is not None}
        found = [_take_over(path) for path in sorted(self.folder.glob("*.events")) if path not in known]
        taken = [file for file in found if file is not None]
        self._orphans += taken
        return len(taken)

    async def replay(self, store: Store) -> int:
        """Give everything to `store` in the order in which it was kept, and forget it; returns how many events.

        What `store` raises ends it; the rest stays, and what was stored last may be given again.
        """
        count = 0
        while self._orphans:
            count += await self._replay_file(self._orphans[0], store)
            _remove(self._orphans.pop(0))
        if self._own is not None:
            while True:
                count += await self._replay_file(self._own, store)
                async with self._lock:  # something may be on its way into the file
                    if self._own.done == self._own.size:
                        os.ftruncate(self._own.handle, 0)
                        self._own.size = self._own.done = 0
                        return count
        return count

    async def _replay_file(self, file: _File, store: Store) -> int:
        count = 0
        while file.done < file.size:
            batch, end = await asyncio.to_thread(_read, file)
            await store(batch)
            file.done = end
            count += len(batch)
        return count

    async def lay_aside(self, row: NewRow) -> None:
        """Keep for a person to look at what the database will never take. Raises OSError."""
        await asyncio.to_thread(_lay_aside, self.folder / "refused.jsonl", _line(row))

    def close(self) -> None:
        """Let go of the files; one that still holds events stays for whoever comes next."""
        for file in self._orphans:
            os.close(file.handle)
        self._orphans.clear()
        if self._own is not None:
            if self._own.done == self._own.size:
                _remove(self._own)
            else:
                os.close(self._own.handle)
            self._own = None


def _create(folder: Path) -> _File:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"{time.time_ns():020d}-{os.getpid()}.events"
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)  # it holds what residents wrote
    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    directory = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(directory)  # the name of a new file is durable only with its folder
    finally:
        os.close(directory)
    return _File(path, handle)


def _append(file: _File, lines: bytes) -> None:
    written = 0
    try:
        while written < len(lines):
            written += os.pwrite(file.handle, lines[written:], file.size + written)
        os.fsync(file.handle)
    except OSError:
        os.ftruncate(file.handle, file.size)
        raise
    file.size += len(lines)


def _lay_aside(path: Path, line: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(handle, line)
        os.fsync(handle)
    finally:
        os.close(handle)


def _take_over(path: Path) -> _File | None:
    try:
        handle = os.open(path, os.O_RDWR)
    except OSError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if not path.exists():  # its owner removed it meanwhile
            raise FileNotFoundError(path)
    except OSError:
        os.close(handle)
        return None
    return _File(path, handle, os.fstat(handle).st_size)


def _read(file: _File) -> tuple[list[NewRow], int]:
    """The next events of the file, and where they end."""
    rows: list[NewRow] = []
    end = file.done
    for line in _lines(file, end):
        end += len(line)
        try:
            rows.append(_row(json.loads(line)))
        except (ValueError, TypeError, KeyError):
            # only what was never acknowledged can be torn; a file somebody changed by hand must not stop the rest
            log.warning("a line of the spool is not an event", file=file.path.name, bytes=len(line))
        if len(rows) >= BATCH:
            break
    return rows, end


def _lines(file: _File, start: int) -> Iterator[bytes]:
    with open(file.handle, "rb", closefd=False) as reader:
        reader.seek(start)
        while reader.tell() < file.size:
            yield reader.readline()


def _remove(file: _File) -> None:
    file.path.unlink(missing_ok=True)
    os.close(file.handle)


def _line(row: NewRow) -> bytes:
    values: dict[str, Any] = row._asdict()
    for name in _TIMES:
        values[name] = values[name].isoformat() if values[name] is not None else None
    return json.dumps(values, ensure_ascii=False).encode() + b"\n"


def _row(values: dict[str, Any]) -> NewRow:
    if not isinstance(values["payload"], str):  # kept by a version before 2026-11-22
        values["payload"] = json.dumps(values["payload"], ensure_ascii=False)
    row = NewRow(**values | {"attachments": tuple(values["attachments"])})
    sent_at = datetime.fromisoformat(values["sent_at"]) if values["sent_at"] else None
    return row._replace(received_at=datetime.fromisoformat(values["received_at"]), sent_at=sent_at)
