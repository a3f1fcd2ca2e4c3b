"""The doorbell: says to the workers "look at this conversation", "look at this chat"; the only door to the queue.

A ring carries no data and may be lost: what it is about is in the database, where a sweep finds it. So nothing ever
waits for Redis. Rings are collected and sent by a task of their own, and dropped while Redis is away.

arq (0.28, in maintenance) has no way to say "look again" to a job that runs: a second job of the same id is refused
until the first has ended, so what is stored during its last look would be stranded. Therefore each job has its own
id, and a key beside the queue, the bell, says that one is queued and has not begun. It is hung up and queued in one
step, by a script, and taken down by the job before its first look.
"""

import asyncio
import contextlib
import json
import time
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import unquote
from uuid import uuid4

import structlog
from arq.connections import RedisSettings
from arq.constants import default_queue_name, expires_extra_ms, job_key_prefix
from arq.jobs import serialize_job
from redis.asyncio import Redis
from redis.exceptions import RedisError

from bot.clock import Clock
from bot.limits import Limits
from tickets.inbox import Conversation
from tickets.outbox import Chat

log = structlog.get_logger(__name__)

INBOUND = "handle_conversation"
DELIVERY = "deliver_chat"
MINUTE = "each_minute"

_BELL_MS = 10_000  # a job lost from the queue keeps its bell no longer than this
_MARGIN = timedelta(milliseconds=5)  # scores are whole milliseconds; a job must not come before its time
_PAUSE = 1.0  # seconds after Redis failed in which rings are dropped

# KEYS: the queue, then for each ring its bell and its job. ARGV: the prefix of jobs, then for each ring the life of its
# bell, the job, the life of that, its score. All times in milliseconds. One script for all that rang meanwhile.
_RING = """
for i = 2, #KEYS, 2 do
  local a = (i - 2) * 2 + 1
  if redis.call('SET', KEYS[i], '1', 'NX', 'PX', ARGV[a + 1]) then
    redis.call('PSETEX', KEYS[i + 1], ARGV[a + 3], ARGV[a + 2])
    redis.call('ZADD', KEYS[1], ARGV[a + 4], KEYS[i + 1]:sub(#ARGV[1] + 1))
  end
end
"""
_RINGS = 500  # of one script, which nothing else in Redis runs beside


_Ring = tuple[str, tuple[str, ...], datetime | None]  # job, its arguments, its moment (real time)


def to_bytes(job: dict[str, Any]) -> bytes:
    """A job as it lies in the queue: JSON, because whoever could write a pickle there could run code here."""
    return json.dumps(job, default=lambda thing: type(thing).__name__).encode()


def from_bytes(job: bytes) -> dict[str, Any]:
    """The opposite of `to_bytes`. Raises ValueError for anything else."""
    found: dict[str, Any] = json.loads(job)
    return found


def redis_settings(redis_url: str) -> RedisSettings:
    """The parts of a redis://, rediss:// or unix:// URL. arq itself leaves %40 in a password as it stands."""
    settings = RedisSettings.from_dsn(redis_url)
    settings.username = settings.username and unquote(settings.username)
    settings.password = settings.password and unquote(settings.password)
    return settings


class Jobs:
    """Rings for the workers. Opened once a process, outside any transaction."""

    def __init__(self, redis_url: str, clock: Clock) -> None:
        self._clock = clock
        settings = redis_settings(redis_url)
        self._redis: Redis = Redis(
            host=str(settings.host),
            port=settings.port,
            unix_socket_path=settings.unix_socket_path,
            db=settings.database,
            username=settings.username,
            password=settings.password,
            ssl=settings.ssl,
            socket_connect_timeout=2,
            socket_timeout=5,
        )
        self.limits = Limits(self._redis)
        self._ring_all = self._redis.register_script(_RING)
        self._pending: dict[str, _Ring] = {}
        self._awake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._away_since: float | None = None
        self._closing = False

    def open(self) -> None:
        """Begin to send rings. Call it where no transaction is open: the task would inherit it."""
        if self._task is None:
            self._task = asyncio.create_task(self._send_for_ever(), name="rings")

    async def close(self) -> None:
        """Send what was rung last, if Redis takes it at once, and let go of the connection."""
        self._closing = True
        self._awake.set()
        if self._task is not None:
            # asked to end first: redis 5.3 loses a cancellation that meets it while it connects
            await asyncio.wait([self._task], timeout=_PAUSE)
            self._task.cancel()
            await asyncio.wait([self._task], timeout=_PAUSE)
            self._task = None
        await self._redis.aclose()

    async def ping(self) -> None:
        """Raise redis' errors or OSError unless Redis answers."""
        await self._redis.ping()

    def ring_inbound(self, *conversations: Conversation, after: timedelta = timedelta()) -> None:
        """There is something to handle in these conversations; look `after` so much real time."""
        for one in conversations:
            self._ring(f"in:{_key(one)}", INBOUND, one, self._moment(after))

    def ring_delivery(self, chat: Chat | tuple[str, str, str], at: datetime | None = None) -> None:
        """There is something to send to this chat, now or `at` that moment of the business clock."""
        if at is None:
            self._ring(f"out:{_key(chat)}", DELIVERY, chat, None)
        else:
            moment = self._moment(self._clock.until(at) + _MARGIN)
            # a bell of its own: a message that can leave now must not wait for one that may not
            self._ring(f"later:{_key(chat)}:{at.timestamp():.3f}", DELIVERY, chat, moment)

    def ring_again(self, chat: Chat | tuple[str, str, str], after: timedelta) -> None:
        """Look at this chat `after` so much real time; as good as a ring at once for whoever rings meanwhile."""
        self._ring(f"out:{_key(chat)}", DELIVERY, chat, self._moment(after))

    def ring_minute(self) -> None:
        """Do now what is done each minute, because the clock was moved."""
        self._ring(f"minute:{uuid4().hex}", MINUTE, (), None)

    async def answered_inbound(self, conversation: Conversation) -> None:
        """The job has begun: who rings from now on, rings for another look."""
        await self._take_down(f"in:{_key(conversation)}")

    async def answered_delivery(self, chat: Chat) -> None:
        """As `answered_inbound`, for a chat."""
        await self._take_down(f"out:{_key(chat)}")

    async def _take_down(self, bell: str) -> None:
        with contextlib.suppress(RedisError, OSError):  # it falls by itself
            await self._redis.delete(_bell(bell))

    async def depth(self) -> int:
        """How many jobs are queued, those for later included. Raises redis' errors."""
        return int(await self._redis.zcard(default_queue_name))

    def _moment(self, after: timedelta) -> datetime | None:
        # real time: the queue knows no other
        return datetime.now().astimezone() + after if after else None

    def _ring(self, bell: str, job: str, names: Iterable[str], at: datetime | None) -> None:
        self._pending.setdefault(bell, (job, tuple(names), at))
        self._awake.set()

    async def _send_for_ever(self) -> None:
        while not self._closing:
            await self._awake.wait()
            self._awake.clear()
            await self._send()
            if self._away_since is not None and not self._closing:
                await asyncio.sleep(_PAUSE)
                self._pending.clear()  # the sweep finds them

    async def _send(self) -> None:
        pending, self._pending = self._pending, {}
        if not pending:
            return
        rings = list(pending.items())
        try:
            for start in range(0, len(rings), _RINGS):
                keys, arguments = _rung(rings[start : start + _RINGS])
                await self._ring_all(keys=keys, args=arguments)
        except (RedisError, OSError) as error:
            if self._away_since is None:
                self._away_since = time.monotonic()
                log.warning(
                    "Redis is away, the sweep will find what nobody rings for",
                    error=type(error).__name__,
                    lost_rings=len(pending),
                )
            return
        if self._away_since is not None:
            log.info("Redis is back", seconds=round(time.monotonic() - self._away_since, 1))
            self._away_since = None


def _rung(rings: Sequence[tuple[str, _Ring]]) -> tuple[list[str], list[str | bytes]]:
    """The keys and arguments of the script for these rings."""
    now = int(time.time() * 1000)
    keys: list[str] = [default_queue_name]
    arguments: list[str | bytes] = [job_key_prefix]
    for bell, (job, names, at) in rings:
        score = now if at is None else int(at.timestamp() * 1000) + 1
        body = serialize_job(job, names, {}, None, now, serializer=to_bytes)
        keys += (_bell(bell), job_key_prefix + uuid4().hex)
        arguments += (str(score - now + _BELL_MS), body, str(score - now + expires_extra_ms), str(score))
    return keys, arguments


def _key(names: Iterable[str]) -> str:
    return "\x1f".join(names)  # no name of an office, account or chat holds this sign


def _bell(name: str) -> str:
    return f"tohotro:bell:{name}"
