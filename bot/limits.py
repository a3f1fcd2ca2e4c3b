"""How fast we may write, by what each network states: token buckets shared by all workers through Redis.

Without Redis each process keeps buckets of its own at half the rate; the networks' own 429 stays the last word, and is
obeyed. The buckets are GCRA cells: one number each, the moment at which the bucket would be full again.
"""

import time
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Any, NamedTuple

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from channels.contract import Capabilities, Rate, group_of

log = structlog.get_logger(__name__)

EDIT = Rate(per_second=1 / 2)  # of one message: what changes within two seconds is shown as one change
RESERVE = 10  # messages of the overall burst that bulk notices leave to answers
GROUP_RESERVE = 2  # messages of a group's burst that changes of what stands there leave to what is new,
YIELDS = timedelta(seconds=120)  # for so long; behind that a change takes a turn, so that what stands becomes true,
LATE = Rate(per_second=1 / 30)  # but not every turn: a storm brings as many changes as tickets

_MANY = 10_000  # local buckets; then the full ones are forgotten
_PAUSE = 5.0  # seconds after Redis failed in which it is not asked

# KEYS: buckets. ARGV, four each: microseconds a message, burst, messages to leave over, life in milliseconds. All or
# none of the buckets give a message. Returns the microseconds to wait.
_TAKE = """
local t = redis.call('TIME')
local now = t[1] * 1000000 + t[2]
local wait = 0
local full = {}
for i, key in ipairs(KEYS) do
  local each, burst, over = tonumber(ARGV[4*i-3]), tonumber(ARGV[4*i-2]), tonumber(ARGV[4*i-1])
  full[i] = math.max(tonumber(redis.call('GET', key) or 0), now)
  wait = math.max(wait, full[i] + each - (now + each * math.max(burst - over, 1)))
end
if wait > 0 then return math.ceil(wait) end
for i, key in ipairs(KEYS) do
  redis.call('SET', key, string.format('%.0f', full[i] + tonumber(ARGV[4*i-3])), 'PX', ARGV[4*i])
end
return 0
"""


class Bucket(NamedTuple):
    """One budget and its name; `over`: how many messages this one must leave for others."""

    name: str
    rate: Rate
    over: int = 0


def buckets(
    can: Capabilities,
    office: str,
    channel: str,
    chat: str,
    *,
    bulk: bool = False,
    edits: int | None = None,
    yields: bool = False,
    late: bool = False,
) -> list[Bucket]:
    """What one message to `chat` is taken from; `edits` names the message it changes, `bulk` that it can wait.

    `yields`: in a group it makes room for what is new there, `late`: it has done so long enough and takes one of the
    turns kept for such. All topics of a group draw on the group's own budget.
    """
    account = f"{office}\x1f{channel}"
    chat = group_of(chat)
    group = bool(can.group_mark) and chat.startswith(can.group_mark)
    chat_rate = can.per_group if group else can.per_chat
    found = []
    if edits is not None:
        found.append(Bucket(f"edit\x1f{edits}", EDIT))
    if chat_rate is not None:
        found.append(Bucket(f"chat\x1f{account}\x1f{chat}", chat_rate, GROUP_RESERVE if group and yields else 0))
    if group and late:
        found.append(Bucket(f"late\x1f{account}\x1f{chat}", LATE))
    if can.overall is not None:
        found.append(Bucket(f"all\x1f{account}", can.overall, RESERVE if bulk else 0))
    return found


def turns(
    can: Capabilities, office: str, channel: str, chat: str, *, bulk: bool, edits: int | None, age: timedelta | None
) -> list[list[Bucket]]:
    """As `buckets`, each way in which a message may leave. `age`: of a change of what stands in `chat`, else None."""
    one = partial(buckets, can, office, channel, chat, bulk=bulk, edits=edits)
    if age is None:
        return [one()]
    return [one(yields=True)] if age < YIELDS else [one(yields=True), one(late=True)]


class Limits:
    """The budgets of all accounts. Not closing `redis` is the caller's."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._local: dict[str, float] = {}
        self._away_until = 0.0

    async def take(self, wanted: Sequence[Bucket]) -> float:
        """Take one message from each bucket: 0; or none from any, and the seconds until it is worth asking again."""
        if not wanted:
            return 0.0
        if time.monotonic() >= self._away_until:
            try:
                return await self._shared(wanted)
            except (RedisError, OSError) as error:
                self._away_until = time.monotonic() + _PAUSE
                log.debug("limits are kept by this process alone", error=type(error).__name__)
        return self._alone(wanted)

    async def take_any(self, ways: Sequence[Sequence[Bucket]]) -> float:
        """Take one message by the first of `ways` that gives one: 0; or the seconds until the first of them may."""
        waits = []
        for wanted in ways:
            waits.append(await self.take(wanted))
            if waits[-1] <= 0:
                return 0.0
        return min(waits)

    async def _shared(self, wanted: Sequence[Bucket]) -> float:
        arguments: list[str] = []
        for _, rate, over in wanted:
            life = 1000 * (rate.burst + 1) / rate.per_second + 1000
            arguments += [f"{1_000_000 / rate.per_second:.0f}", str(rate.burst), str(over), f"{life:.0f}"]
        keys = [f"tohotro:limit:{one.name}" for one in wanted]
        asked: Any = self._redis.eval(_TAKE, len(keys), *keys, *arguments)  # redis types it for both of its clients
        return float(await asked) / 1_000_000

    def _alone(self, wanted: Sequence[Bucket]) -> float:
        now = time.monotonic()
        if len(self._local) > _MANY:
            self._local = {name: full for name, full in self._local.items() if full > now}
        full = [max(self._local.get(one.name, 0.0), now) for one in wanted]
        each = [2 / one.rate.per_second for one in wanted]
        wait = max(
            full[i] + each[i] - (now + each[i] * max(one.rate.burst - one.over, 1)) for i, one in enumerate(wanted)
        )
        if wait > 0:
            return wait
        for i, one in enumerate(wanted):
            self._local[one.name] = full[i] + each[i]
        return 0.0
