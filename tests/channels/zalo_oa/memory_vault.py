"""A place for tokens within one process, for tests of the adapter alone."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime

from channels.grants import Kept


@dataclass
class MemoryVault:
    """Held by one at a time, like the real one."""

    kept: Kept | None = None
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def read(self) -> Kept | None:
        return self.kept

    @asynccontextmanager
    async def held(self) -> AsyncIterator["MemoryVault"]:
        async with self.lock:
            yield self

    async def keep(self, sealed: str, got_at: datetime, expires_at: datetime) -> None:
        self.kept = Kept(sealed, (self.kept.version if self.kept else 0) + 1, got_at, expires_at)

    async def refuse(self, reason: str) -> None:
        if self.kept is not None:
            self.kept = replace(self.kept, refused=reason)
