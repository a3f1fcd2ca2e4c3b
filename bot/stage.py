"""A whole helpdesk at work in this process against the emulated networks, for the demonstration and the conversations.

Everything is real but the networks: office file, HTTP, adapters, intake, queue, workers, PostgreSQL. Only the clock can
be moved.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from aiohttp import ClientSession

from sandbox.person import Door, NeverHeard, Person
from tickets import people
from tickets.models import InboxRow, InboxState, OutboxRow, OutboxState, Role

if TYPE_CHECKING:
    from bot.wiring import App, Desk
    from sandbox.server import Sandbox

PATIENCE = 40.0  # seconds until what is under way must have come to rest
_GLANCE = 0.02
_HELD = timedelta(seconds=3)  # what a network's limits hold back for so long is still under way


@dataclass(frozen=True, slots=True)
class Stage:
    """A helpdesk, the networks it believes in, and the door through which people are played."""

    app: "App"
    networks: "Sandbox"
    door: Door

    @property
    def desk(self) -> "Desk":
        """The first office; the demonstration and most conversations have one."""
        return next(iter(self.app.desks.values()))

    def person(self, network: str, id_: str, name: str = "") -> Person:
        return Person(self.door, network, id_, name)

    async def enrol(self, person: Person, role: Role, areas: Sequence[str] = (), desk: "Desk | None" = None) -> Person:
        """Invite as the administrator does at the command line; the person types the code and is welcomed."""
        desk = desk or self.desk
        code = await people.invite(
            office=desk.policy.office,
            role=role,
            areas=areas,
            name=person.name,
            now=self.app.clock.now(),
            valid=desk.policy.code_valid,
        )
        await person.says(code)
        await person.hears(person.name)
        return person

    async def time_passes(self, span: timedelta) -> None:
        """Move the office's clock and let the program notice."""
        self.app.clock.move(span)
        self.app.jobs.ring_minute()

    async def it_is(self, moment: datetime) -> None:
        """Set the office's clock (aware) and let the program notice."""
        self.app.clock.set(moment)
        self.app.jobs.ring_minute()

    async def settled(self) -> None:
        """Wait until nothing waits: every event taken and handled, every message due sent. Raises NeverHeard."""
        try:
            async with asyncio.timeout(PATIENCE):
                while await self._under_way():  # noqa: ASYNC110 - rows in PostgreSQL ring no bell in this process
                    await asyncio.sleep(_GLANCE)
        except TimeoutError:
            stuck = await OutboxRow.filter(state__in=[OutboxState.QUEUED, OutboxState.SENDING]).order_by("id").limit(5)
            rows = [f"{one.kind} to {one.channel} {one.chat}, {one.state}, {one.error or 'no error'}" for one in stuck]
            raise NeverHeard(f"still under way after {PATIENCE} s: {await self._under_way()} {rows}") from None

    async def _under_way(self) -> dict[str, int]:
        """What waits, by where it waits; empty when nothing does."""
        outbox, now = OutboxRow.all(), self.app.clock.now()
        counts = {
            "events the networks still hold": self.networks.undelivered,
            "events not handled": await InboxRow.filter(state=InboxState.NEW).count(),
            "messages due": await outbox.filter(state=OutboxState.QUEUED, due_at__lte=now + _HELD).count(),
            "messages being sent": await outbox.filter(state=OutboxState.SENDING).count(),
        }
        return {where: count for where, count in counts.items() if count}


@contextlib.asynccontextmanager
async def staged(app: "App", networks: "Sandbox") -> AsyncIterator[Stage]:
    """The helpdesk `app` at work, all parts in this loop, until the block is left."""
    from bot import running

    async with ClientSession() as session, running.started(app):
        yield Stage(app, networks, Door(networks.url, session))
