"""Where the changing tokens of a channel live: a row in PostgreSQL, replaced by one process at a time.

The right to replace is an advisory lock of a connection of its own, held for the whole call to the provider; while it
is held, nothing else reads or writes on that connection. What the provider answers goes first into a small file, then
into the row: a process that dies in between leaves the pair to whoever starts next on this machine. Why, and what
remains: docs/decisions/0013-one-refresher-and-a-journal.md.
"""

import asyncio
import hashlib
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

import asyncpg
import structlog

from channels.errors import Unreachable
from channels.grants import Kept
from config.database import connection_arguments
from tickets.inbox import lock_key

log = structlog.get_logger(__name__)

_PATIENCE = 10.0  # seconds the database may take to answer
_QUEUE = 90.0  # seconds to wait for others who renew: several calls of twenty seconds
_SILENT = 60_000  # milliseconds after which PostgreSQL ends the session of a holder that does not speak: longer than
# any call to a provider, so that a machine that vanished does not keep the others out for ever
_RECORD = 60.0  # seconds to get a new pair into a database that is away
_GONE = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError)

_READ = "SELECT sealed, version, got_at, expires_at, refused FROM channel_grant WHERE office = $1 AND channel = $2"
# Nothing is put in the place of a pair that the writer had not seen.
_KEEP = """
INSERT INTO channel_grant AS kept (office, channel, sealed, version, got_at, expires_at, refused)
VALUES ($1, $2, $3, $4 + 1, $5, $6, '')
ON CONFLICT (office, channel) DO UPDATE
SET sealed = excluded.sealed, version = excluded.version, got_at = excluded.got_at, expires_at = excluded.expires_at,
    refused = ''
WHERE kept.version = $4
RETURNING version
"""
_REFUSE = "UPDATE channel_grant SET refused = $4 WHERE office = $1 AND channel = $2 AND version = $3"

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"


class PostgresVault:
    """The tokens of one account of an office; `folder` is where the file is kept, on this machine."""

    def __init__(self, database_url: str, office: str, channel: str, folder: Path) -> None:
        self._url = database_url
        self.office = office
        self.channel = channel
        name = hashlib.sha256(f"{office}\0{channel}".encode()).hexdigest()[:32]
        self._journal = Journal(folder / f"{name}.json")

    async def read(self) -> Kept | None:
        """What is kept now."""
        try:
            connection = await self._connected()
            try:
                return await self._kept(connection)
            finally:
                connection.terminate()
        except _GONE as error:
            raise Unreachable(f"tokens cannot be read: {type(error).__name__}") from None

    @asynccontextmanager
    async def held(self) -> AsyncIterator["_Held"]:
        """The right to replace what is kept, until the block is left."""
        connection: Connection | None = None
        try:
            try:
                connection = await self._connected()
                key = lock_key("grant", self.office, self.channel)
                await connection.execute("SELECT pg_advisory_lock($1)", key, timeout=_QUEUE)
                await self._recover(connection, self._journal)
                kept = await self._kept(connection)
            except _GONE as error:
                raise Unreachable(f"tokens cannot be held: {type(error).__name__}") from None
            yield _Held(self, self._journal, connection, kept)
        finally:
            if connection is not None:
                connection.terminate()  # at once: the lock goes with it

    async def _connected(self) -> Connection:
        return await asyncpg.connect(
            **connection_arguments(self._url),
            timeout=_PATIENCE,
            command_timeout=_PATIENCE,
            server_settings={"application_name": "tohotro grant", "idle_session_timeout": str(_SILENT)},
        )

    async def _kept(self, connection: Connection) -> Kept | None:
        row = await connection.fetchrow(_READ, self.office, self.channel)
        return Kept(**dict(row)) if row is not None else None

    async def _recover(self, connection: Connection, journal: "Journal") -> None:
        """A pair that a process which died had received and not stored: it takes its place now."""
        noted = journal.read()
        if noted is None:
            return
        if await self._write(connection, noted):
            log.warning("tokens recovered from the journal", office=self.office, channel=self.channel)
        journal.forget()  # in the row, or overtaken by a newer pair

    async def _write(self, connection: Connection, noted: "Noted") -> bool:
        got, expires = (datetime.fromtimestamp(one, UTC) for one in (noted.got_at, noted.expires_at))
        written = await connection.fetchval(
            _KEEP, self.office, self.channel, noted.sealed, noted.instead_of, got, expires
        )
        return written is not None


class _Held:
    """See channels.grants.Held."""

    def __init__(self, vault: PostgresVault, journal: "Journal", connection: Connection, kept: Kept | None) -> None:
        self.kept = kept
        self._vault = vault
        self._journal = journal
        self._connection = connection

    async def keep(self, sealed: str, got_at: datetime, expires_at: datetime) -> None:
        """Into the file, then into the row, patiently: nobody else has this pair."""
        version = self.kept.version if self.kept else 0
        noted = Noted(sealed, version, got_at.timestamp(), expires_at.timestamp())
        self._journal.note(noted)
        end = asyncio.get_running_loop().time() + _RECORD
        connection, own = self._connection, False
        while True:
            try:
                stored = await self._vault._write(connection, noted)  # noqa: SLF001 - one idea in two classes
                break
            except _GONE as error:
                # The lock went with the connection, but who else renews with the old token is refused by the provider:
                # only this pair can follow it.
                if asyncio.get_running_loop().time() > end:
                    raise Unreachable("new tokens could not be stored; they wait in the journal") from None
                log.warning("new tokens wait to be stored", channel=self._vault.channel, error=type(error).__name__)
                await asyncio.sleep(0.5)
                with suppress(*_GONE):
                    connection, own = await self._vault._connected(), True  # noqa: SLF001 - same
        if own:
            connection.terminate()
        self._journal.forget()
        if stored:
            self.kept = Kept(sealed, version + 1, got_at, expires_at)
        else:  # only possible while the database was away and the lock with it
            log.error("somebody else stored tokens meanwhile", office=self._vault.office, channel=self._vault.channel)

    async def refuse(self, reason: str) -> None:
        """Note that the pair in `kept` is at its end."""
        if self.kept is None:
            return
        with suppress(*_GONE):  # then it is asked and refused once more
            await self._connection.execute(
                _REFUSE, self._vault.office, self._vault.channel, self.kept.version, reason[:200]
            )


@dataclass(frozen=True, slots=True)
class Noted:
    """A pair on its way into the row, and the version it follows."""

    sealed: str
    instead_of: int
    got_at: float  # epoch seconds
    expires_at: float


class Journal:
    """One file that holds a pair, encrypted as the row does, from its arrival until it is stored."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def note(self, noted: Noted) -> None:
        """Written whole or not at all, and through to the disk. A folder that cannot be written costs only safety."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            temporary = self._path.with_suffix(".new")
            descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(json.dumps(asdict(noted)))
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(self._path)
        except OSError as error:
            log.warning("new tokens cannot be noted in a file before they are stored", error=error.strerror)

    def read(self) -> Noted | None:
        """What was noted and not stored."""
        try:
            return Noted(**json.loads(self._path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None

    def forget(self) -> None:
        with suppress(OSError):
            self._path.unlink(missing_ok=True)
