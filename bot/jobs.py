"""The doorbell: says to the workers "look at this conversation", "look at this chat"; the only door to the queue.

A ring carries no data and may be lost: what it is about is in the database, where a sweep finds it. So nothing ever
waits for Redis. A process that has a worker looks itself, as long as it is not too busy. Everything else goes through
Redis: what was rung for lies in a sorted set, each name once, and a job says that somebody should look into it. One
job serves for all names that gather until it begins: a job of arq costs more than handling a message does.

arq (0.28, in maintenance) has no way to say "look again" to a job that runs: a second job of the same id is refused
until the first has ended, so what is rung for during its last look would be stranded. Therefore each job has its own
id, and a key beside the queue, the bell, says that one is queued and has not begun. It is hung up and queued in one
step, by a script, and taken down by the job before its first look.

arq looks into its queue from time to time only. So whoever rings calls the workers first, by Redis' own messages, and
leaves a job only where none of them listens; one that hears the call and is too busy leaves the job then.
"""

import asyncio
import contextlib
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol
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
from tickets.models import Priority
from tickets.outbox import Chat

log = structlog.get_logger(__name__)

INBOUND = "in"  # kinds of rings
DELIVERY = "out"
LOOK = "look"  # jobs
MINUTE = "each_minute"

_NAMES = "tohotro:rung"
_BELL = "tohotro:bell"
_CALL = "tohotro:call:"  # and the number of the database, as calls are heard in all of a server: where workers listen
_HEAR = 4.0  # seconds of silence after which the connection is tried: less than a socket may take to answer
_BELL_MS = 10_000  # a job lost from the queue keeps its bell no longer than this
_MARGIN = timedelta(milliseconds=5)  # no look must come before its time
_PAUSE = 1.0  # seconds after Redis failed in which rings are dropped
_GATHER = 0.02  # seconds after a ring in which what else is rung for gathers for the next; the first never waits
_APART = "\x1f"  # no name of an office, account or chat holds this sign

# KEYS: names, bell, job, queue. ARGV: now, life of the bell, job, life of the job, id of the job, where to call ('' to
# leave it to the queue), then the names. All times in milliseconds.
_RING = """
for i = 7, #ARGV do redis.call('ZADD', KEYS[1], 'NX', ARGV[1], ARGV[i]) end
if redis.call('ZCARD', KEYS[1]) > 0 and redis.call('SET', KEYS[2], '1', 'NX', 'PX', ARGV[2]) then
  if ARGV[6] == '' or redis.call('PUBLISH', ARGV[6], '') == 0 then
    redis.call('PSETEX', KEYS[3], ARGV[4], ARGV[3])
    redis.call('ZADD', KEYS[4], ARGV[1], ARGV[5])
  end
end
"""


class Here(Protocol):
    """Who looks in this process."""

    def look(self, kind: str, names: tuple[str, ...], *, taken: bool = False, first: bool = False) -> bool: ...
    async def close(self, seconds: float) -> None: ...


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
        self._call = f"{_CALL}{settings.database}"
        self._ring_all = self._redis.register_script(_RING)
        self._pending: dict[str, None] = {}
        self._minutes = 0
        self._busy = False
        self._deaf = False
        self._timers: dict[tuple[str, ...], asyncio.TimerHandle] = {}
        self._here: Here | None = None
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
        for timer in self._timers.values():
            timer.cancel()
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

    def work_here(self, here: Here) -> None:
        """From now on this process looks itself at what it rings for, as long as `here` has room."""
        self._here = here

    async def leave(self, seconds: float) -> None:
        """This process looks no longer; what has begun gets so long to end. What is rung for now is for others."""
        here, self._here = self._here, None
        if here is not None:
            await here.close(seconds)

    def ring_inbound(self, *conversations: Conversation, after: timedelta = timedelta()) -> None:
        """There is something to handle in these conversations; look `after` so much real time."""
        for one in conversations:
            self._ring(INBOUND, one, after)

    def ring_delivery(self, chat: Chat | tuple[str, str, str], at: datetime | None = None) -> None:
        """There is something to send to this chat, now or `at` that moment of the business clock."""
        self._ring(DELIVERY, chat, timedelta() if at is None else self._clock.until(at) + _MARGIN)

    def ring_deliveries(self, chats: Mapping[Chat, Priority]) -> None:
        """As `ring_delivery`; those with an answer somebody waits for are looked at before all others."""
        for chat, priority in chats.items():
            self._ring(DELIVERY, chat, timedelta(), first=priority == Priority.ANSWER)

    def ring_minute(self) -> None:
        """Do now what is done each minute, because the clock was moved."""
        self._minutes += 1
        self._awake.set()

    async def rung(self, count: int) -> list[tuple[str, tuple[str, ...]]]:
        """Take what was rung for, the longest ago first, at most `count`: kind and names.

        The bell is taken down before, so whoever rings from now on rings for another look.
        """
        try:
            async with self._redis.pipeline(transaction=False) as pipe:
                pipe.delete(_BELL)
                pipe.zpopmin(_NAMES, count)
                _, taken = await pipe.execute()
        except (RedisError, OSError):
            return []  # the sweep finds them
        return [(kind, tuple(names)) for kind, *names in (name.decode().split(_APART) for name, _ in taken)]

    def ring_on(self) -> None:
        """There may be more in the set than was taken: a job for whoever has room."""
        self._busy = True
        self._pending.setdefault("")
        self._awake.set()

    async def listen(self, heard: Callable[[], Awaitable[None]]) -> None:
        """Call `heard` as soon as somebody rings through Redis, until `listen_no_more`. While Redis is away the queue
        and the sweep do what is left to do.
        """
        self._deaf = False
        while not self._deaf:
            try:
                async with self._redis.pubsub() as calls:
                    await calls.subscribe(self._call)
                    while not self._deaf:
                        call = await calls.get_message(ignore_subscribe_messages=True, timeout=_HEAR)
                        if call is not None and not self._deaf:
                            await heard()
            except (RedisError, OSError):
                await asyncio.sleep(_PAUSE)

    async def listen_no_more(self) -> None:
        """End `listen`: by a call to itself, because redis 5.3 leaves a connection open whose reading is cancelled."""
        self._deaf = True
        with contextlib.suppress(RedisError, OSError):
            await self._redis.publish(self._call, "")

    async def depth(self) -> int:
        """How many conversations and chats were rung for through Redis and wait. Raises redis' errors."""
        return int(await self._redis.zcard(_NAMES))

    def _ring(self, kind: str, names: tuple[str, ...], after: timedelta, *, first: bool = False) -> None:
        if after > timedelta():
            self._ring_later(kind, names, after)
        elif self._here is None or not self._here.look(kind, tuple(names), first=first):
            self._pending.setdefault(_APART.join((kind, *names)))
            self._awake.set()

    def _ring_later(self, kind: str, names: tuple[str, ...], after: timedelta) -> None:
        # By a clock of this process: should it end before, the sweep finds what is due.
        loop = asyncio.get_running_loop()
        moment = loop.time() + after.total_seconds()
        key = (kind, *names, f"{moment:.2f}")  # an earlier moment must not wait for a later one, nor the other way
        if key not in self._timers and not self._closing:
            self._timers[key] = loop.call_at(moment, self._due, key, kind, tuple(names))

    def _due(self, key: tuple[str, ...], kind: str, names: tuple[str, ...]) -> None:
        del self._timers[key]
        self._ring(kind, names, timedelta())

    async def _send_for_ever(self) -> None:
        while not self._closing:
            await self._awake.wait()
            self._awake.clear()
            await self._send()
            if self._away_since is not None and not self._closing:
                await asyncio.sleep(_PAUSE)
                self._pending.clear()  # the sweep finds them
            elif not self._closing:
                await asyncio.sleep(_GATHER)

    async def _send(self) -> None:
        pending, self._pending = self._pending, {}
        minutes, self._minutes = self._minutes, 0
        busy, self._busy = self._busy, False
        if not pending and not minutes:
            return
        now = int(time.time() * 1000)
        try:
            if pending:
                job, body = _job(LOOK, now)
                keys = (_NAMES, _BELL, job_key_prefix + job, default_queue_name)
                names = [name for name in pending if name]
                call = "" if busy else self._call
                await self._ring_all(keys=keys, args=(now, _BELL_MS, body, expires_extra_ms, job, call, *names))
            if minutes:
                job, body = _job(MINUTE, now)
                await self._redis.psetex(job_key_prefix + job, expires_extra_ms, body)
                await self._redis.zadd(default_queue_name, {job: now})
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


def _job(function: str, now: int) -> tuple[str, bytes]:
    """A job of arq's, to be done at once: its id and what it says."""
    return uuid4().hex, serialize_job(function, (), {}, None, now, serializer=to_bytes)
