"""Nothing lost, nothing doubled, in order: tried by breaking everything while people write (P1 to P5, P7).

`make chaos`, or `python -m benchmarks.chaos [--seconds N] [--residents N] [--seed N]`. Prints one JSON line with the
counts and ends non-zero when a promise was broken.
"""

import argparse
import asyncio
import json
import os
import random
import re
import signal
import sys
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import uvloop
from redis.asyncio import Redis

from benchmarks.ground import Ground, enrol, ground
from tickets.models import Direction, InboxRow, InboxState, Message, OutboxRow, OutboxState, Ticket
from tickets.order import in_order

OFFICER = "4200001"
NETWORKS = ("telegram", "zalo_bot", "smsgate")
CHANNELS = {"telegram": "telegram", "zalo_bot": "zalo", "smsgate": "sms"}
WORKERS = ("worker-1", "worker-2")
SETTLES = 420.0  # seconds until everything is at rest: five tries in vain are followed by a pause of five minutes
_CALM = 5  # looks in a row that found nothing waiting
_PAUSE = (0.5, 2.0)  # seconds between two breakages
_STORES = 8.0  # seconds a store at least is left alone after it was broken: it must be seen to come back, too


@dataclass
class Resident:
    """Somebody who writes numbered messages and is answered."""

    network: str
    id: str
    said: list[str] = field(default_factory=list)


@dataclass
class Chaos:
    """The scene: who writes, what was broken, and the officer who answers every ticket once."""

    up: Ground
    random: random.Random
    residents: list[Resident]
    broken: Counter[str] = field(default_factory=Counter)
    answered: set[int] = field(default_factory=set)
    after: str | None = None
    store_rests: float = 0.0
    web_back: asyncio.Future[None] = field(default_factory=asyncio.Future)
    waits: dict[str, int] = field(default_factory=dict)  # for what, when last looked

    # --------------------------------------------------------------------------------------------------- the people

    async def writes(self, one: Resident, messages: int, seconds: float) -> None:
        for number in range(messages):
            await asyncio.sleep(self.random.uniform(0, 2 * seconds / messages))
            text = f"Cho hỏi thủ tục đăng ký khai sinh cho con, lời thứ {number:03} của {one.id}"
            one.said.append(text)
            await self.up.networks.say(one.network, sender=one.id, text=text, **_named(one))

    async def answers(self, until: asyncio.Event) -> None:
        """The officer: one reply to every ticket whose card is seen."""
        while not until.is_set():
            for message in self.up.networks.seen("telegram", OFFICER, self.after):
                self.after = message.id
                found = re.search(r"#(\d+)", message.text)
                number = int(found[1]) if found else 0
                if number and number not in self.answered:
                    self.answered.add(number)
                    await self.up.networks.say("telegram", sender=OFFICER, text=f"/tl {number} {reply(number)}")
            await asyncio.sleep(0.1)

    # ------------------------------------------------------------------------------------------------- the breakages

    async def breaks(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            await asyncio.sleep(self.random.uniform(*_PAUSE))
            await self._one()

    async def _one(self) -> None:
        deeds: dict[str, Any] = {
            "worker killed": lambda: self._killed("worker", self.random.choice(WORKERS)),
            "queue flushed": self._flushed,
            "network 429": lambda: self._fault("429", times=3, retry_after=self.random.randint(1, 2)),
            "network 500": lambda: self._fault("500", times=3),
            "answer dropped": lambda: self._fault("drop-answer", times=1),
            "webhook twice": lambda: self._fault("duplicate", times=5),
            "webhooks out of order": lambda: self._fault("swap", times=5),
            "network hangs": lambda: self._fault("timeout", times=1),
            "network down": self._down,
        }
        if self.web_back.done():
            deeds["web killed"] = self._web_killed
        if time.monotonic() > self.store_rests:
            deeds["PostgreSQL killed"] = lambda: self._store("PostgreSQL", signal.SIGKILL)
            deeds["PostgreSQL stopped"] = lambda: self._store("PostgreSQL", signal.SIGINT)
            deeds["Redis killed"] = lambda: self._store("Valkey", signal.SIGKILL)
        name = self.random.choice(sorted(deeds))
        self.broken[name] += 1
        await deeds[name]()

    async def _killed(self, part: str, name: str) -> None:
        if name in self.up.parts:
            await self.up.end(name, signal.SIGKILL)
        await self.up.start(part, name)

    async def _web_killed(self) -> None:
        """The web part is seen to come back before it is killed again: the networks do not try for ever."""
        await self._killed("web", "web")
        self.web_back = asyncio.ensure_future(self.up.ready())

    async def supervises(self, until: asyncio.Event) -> None:
        """What dies by itself is started again, as whatever runs the parts of an office does."""
        while not until.is_set():
            for name, process in list(self.up.parts.items()):
                if process.returncode is not None:
                    self.broken["died by itself"] += 1
                    await self._killed(name.partition("-")[0], name)
            await asyncio.sleep(0.5)

    async def _flushed(self) -> None:
        redis: Redis = Redis.from_url(self.up.stores.redis_url)
        with suppress(Exception):  # it may be down just now
            await redis.flushall()
        await redis.aclose()

    async def _fault(self, kind: str, **more: Any) -> None:
        self.up.networks.fault(self.random.choice(NETWORKS), kind, **more)

    async def _down(self) -> None:
        network = self.random.choice(NETWORKS)
        self.up.networks.fault(network, "down")
        await asyncio.sleep(1)
        self.up.networks.fault(network, "clear")

    async def _store(self, name: str, sign: int) -> None:
        os.kill(self.up.stores.pids[name], sign)
        await asyncio.sleep(self.random.uniform(0.2, 2))
        self.up.stores.revive()
        self.store_rests = time.monotonic() + _STORES

    # --------------------------------------------------------------------------------------------------- the reckoning

    async def settled(self, patience: float) -> float:
        """Seconds until nothing waited any more. Raises TimeoutError."""
        begun = time.monotonic()
        async with asyncio.timeout(patience):
            calm = 0
            while calm < _CALM:
                with suppress(OSError):
                    self.waits = {
                        "events with the networks": self.up.networks.undelivered,
                        "events not handled": await InboxRow.filter(state=InboxState.NEW).count(),
                        "messages not sent": await OutboxRow.filter(
                            state__in=[OutboxState.QUEUED, OutboxState.SENDING]
                        ).count(),
                        "tickets not answered": max(0, await Ticket.all().count() - len(self.answered)),
                    }
                    calm = calm + 1 if not any(self.waits.values()) else 0
                await asyncio.sleep(0.2)
        return time.monotonic() - begun

    async def counted(self) -> dict[str, Any]:
        """What came of everything, and in `wrong` each promise that was broken, in a sentence."""
        wrong: list[str] = []
        for one in self.residents:
            wrong += await self._of(one)
        tickets = await Ticket.all().count()
        if tickets != len(self.residents):
            wrong.append(f"{tickets} tickets of {len(self.residents)} residents")
        twice = await self._sent_twice(wrong)
        failed = await OutboxRow.filter(state=OutboxState.FAILED).count()
        poisoned = await InboxRow.filter(state=InboxState.FAILED).count()
        if poisoned:
            wrong.append(f"{poisoned} events were set aside")
        return {
            "said": sum(len(one.said) for one in self.residents),
            "tickets": tickets,
            "replies": len(self.answered),
            "outgoing": await OutboxRow.filter(state__in=["sent", "delivered", "read"]).count(),
            "failed": failed,
            "maybe_twice": await OutboxRow.filter(maybe_twice=True).count(),
            "seen_twice": twice,
            "broken": dict(self.broken),
            "wrong": wrong,
        }

    async def _of(self, one: Resident) -> list[str]:
        who = f"{one.network} {one.id}"
        wrong = []
        stored = await InboxRow.filter(channel=CHANNELS[one.network], user=one.id, kind="message").order_by("id")
        texts = [row.text for row in stored]
        if sorted(texts) != sorted(one.said):
            wrong.append(f"{who}: said {len(one.said)}, stored {len(texts)}, lost {set(one.said) - set(texts)}")
        kept = in_order(await Message.filter(direction=Direction.IN, inbox_id__in=[row.id for row in stored]))
        if len(kept) != len(texts):
            wrong.append(f"{who}: {len(kept)} messages in tickets for {len(texts)} events")
        elif [message.text for message in kept] != [text for text in one.said if text in texts]:
            wrong.append(f"{who}: in another order than said")
        mine = {message.ticket_id for message in kept}
        if len(mine) != 1:
            wrong.append(f"{who}: messages in {len(mine)} tickets")
        seen = "\n".join(message.text for message in self.up.networks.seen(one.network, one.id))
        for ticket in await Ticket.filter(id__in=list(mine)):
            # an SMS is sent without marks
            if reply(ticket.number) not in seen and f"da ro viec {ticket.number}." not in seen:
                wrong.append(  # noqa: PERF401 - a sentence
                    f"{who}: never saw the reply to ticket {ticket.number}"
                )
        return wrong

    async def _sent_twice(self, wrong: list[str]) -> int:
        """How many messages people saw oftener than we wrote them. Each must be on record as perhaps sent twice."""
        twice = 0
        for one in self.residents:
            rows = await OutboxRow.filter(channel=CHANNELS[one.network], chat=one.id, kind="message").values_list(
                "state", "maybe_twice"
            )
            seen = len(self.up.networks.seen(one.network, one.id))
            sent = sum(state in ("sent", "delivered", "read") for state, _ in rows)
            marked = sum(maybe for _, maybe in rows)
            if seen < sent:
                wrong.append(f"{one.network} {one.id}: {sent} sent, {seen} seen")
            if seen > sent + marked:
                wrong.append(f"{one.network} {one.id}: {seen} seen of {sent} sent, only {marked} on record as doubtful")
            twice += max(0, seen - sent)
        return twice


def reply(number: int) -> str:
    return f"da ro viec {number}."


def _named(one: Resident) -> dict[str, str]:
    return {} if one.network == "smsgate" else {"name": "Dân Thử"}


def _residents(count: int) -> list[Resident]:
    ids = {
        "telegram": lambda n: f"{5_100_000 + n}",
        "zalo_bot": lambda n: f"{n + 1:020x}",
        "smsgate": lambda n: f"+8491{n + 1:07d}",
    }
    return [Resident(NETWORKS[n % 3], ids[NETWORKS[n % 3]](n)) for n in range(count)]


async def played(seconds: float, residents: int, messages: int, seed: int) -> dict[str, Any]:
    """The whole: `residents` write `messages` each during `seconds` of breakages; then the reckoning."""
    async with ground(log_level="INFO") as up:
        chaos = Chaos(up, random.Random(seed), _residents(residents))  # noqa: S311 - chosen to be repeated
        await up.start("web")
        for name in WORKERS:
            await up.start("worker", name)
        await up.ready()
        chaos.web_back.set_result(None)
        await enrol(up, "telegram", OFFICER, "Cán bộ Thử")
        over = asyncio.Event()
        answering = asyncio.gather(chaos.answers(over), chaos.supervises(over))
        writing = [asyncio.create_task(chaos.writes(one, messages, seconds * 0.9)) for one in chaos.residents]
        await chaos.breaks(seconds)
        await asyncio.gather(*writing)
        for network in NETWORKS:
            up.networks.fault(network, "clear")
        up.stores.revive()
        late = ""
        rest = 0.0
        try:
            rest = await chaos.settled(SETTLES)
        except TimeoutError:
            late = f"not at rest {SETTLES:.0f} s after the last breakage: {chaos.waits}"
        over.set()
        await answering
        await chaos.web_back
        found = await chaos.counted()
        if late:
            found["wrong"].append(late)
        return {"seed": seed, "seconds": seconds, "settled_after": round(rest, 1)} | found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=120.0)
    parser.add_argument("--residents", type=int, default=24)
    parser.add_argument("--messages", type=int, default=20, help="of each resident")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    chosen = parser.parse_args()
    found = uvloop.run(played(chosen.seconds, chosen.residents, chosen.messages, chosen.seed))
    print(json.dumps(found, ensure_ascii=False))
    return 1 if found["wrong"] else 0


if __name__ == "__main__":
    sys.exit(main())
