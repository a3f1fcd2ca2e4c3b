"""Messages leave no faster than a network allows, over all processes, with Redis and without."""

import asyncio
from datetime import timedelta

import pytest
from redis.asyncio import Redis

from bot.limits import GROUP_RESERVE, RESERVE, YIELDS, Bucket, Limits, buckets, turns
from channels.contract import Capabilities, Rate
from channels.telegram.adapter import CAPABILITIES

SLOW = Bucket("slow", Rate(per_second=0.5, burst=3))


async def test_a_burst_leaves_at_once_and_the_rest_waits_whichever_process_asks(redis_url: str) -> None:
    first, second = Redis.from_url(redis_url), Redis.from_url(redis_url)
    processes = [Limits(first), Limits(second)]
    waits = [await processes[number % 2].take([SLOW]) for number in range(4)]
    assert waits[:3] == [0, 0, 0]
    assert 1.5 < waits[3] <= 2
    await asyncio.gather(first.aclose(), second.aclose())


async def test_of_two_budgets_none_is_spent_when_one_is_empty(redis_url: str) -> None:
    redis = Redis.from_url(redis_url)
    limits = Limits(redis)
    full, empty = Bucket("full", Rate(0.1, burst=1)), Bucket("empty", Rate(0.1, burst=1))
    assert await limits.take([empty]) == 0
    assert await limits.take([full, empty]) > 0
    assert await limits.take([full]) == 0
    await redis.aclose()


async def test_without_redis_each_process_keeps_to_half() -> None:
    redis = Redis(unix_socket_path="/nonexistent")
    limits = Limits(redis)
    waits = [await limits.take([SLOW]) for _ in range(4)]
    assert waits[:3] == [0, 0, 0]
    assert 3.5 < waits[3] <= 4
    await redis.aclose()


async def test_bulk_leaves_room_for_answers(redis_url: str) -> None:
    redis = Redis.from_url(redis_url)
    limits = Limits(redis)
    can = Capabilities(100, overall=Rate(per_second=0.01, burst=RESERVE + 2))
    bulk = [await limits.take(buckets(can, "o", "c", str(chat), bulk=True)) for chat in range(3)]
    assert [wait > 0 for wait in bulk] == [False, False, True]
    answers = [await limits.take(buckets(can, "o", "c", str(chat))) for chat in range(RESERVE + 1)]
    assert [wait > 0 for wait in answers] == [False] * RESERVE + [True]
    await redis.aclose()


async def test_in_a_storm_changes_of_a_group_make_room_for_what_is_new_and_then_take_one_turn_of_several(
    redis_url: str,
) -> None:
    redis = Redis.from_url(redis_url)
    limits = Limits(redis)
    can = Capabilities(100, per_group=Rate(per_second=0.001, burst=6), group_mark="-")

    async def left(age: timedelta | None, change: int | None = None) -> bool:
        return await limits.take_any(turns(can, "o", "storm", "-1", bulk=True, edits=change, age=age)) <= 0

    assert [await left(None) for _ in range(6 - GROUP_RESERVE)] == [True] * (6 - GROUP_RESERVE)
    assert not await left(timedelta(), 1), "what is left is for what is new"
    assert await left(YIELDS, 2), "it has waited long enough"
    assert not await left(YIELDS, 3), "but not the next at once"
    assert await left(None)
    assert not await left(None)
    await redis.aclose()


def test_a_network_that_states_nothing_is_not_held_back() -> None:
    assert buckets(Capabilities(100), "o", "c", "an") == []


@pytest.mark.parametrize(
    ("chat", "rate"),
    [
        pytest.param("12", CAPABILITIES.per_chat, id="a private chat"),
        pytest.param("-100", CAPABILITIES.per_group, id="a group"),
    ],
)
def test_telegram_states_its_limits(chat: str, rate: Rate) -> None:
    assert [one.rate for one in buckets(CAPABILITIES, "o", "c", chat)] == [rate, CAPABILITIES.overall]


def test_no_minute_in_a_telegram_group_has_more_than_twenty() -> None:
    assert CAPABILITIES.per_group is not None
    assert CAPABILITIES.per_group.burst + 60 * CAPABILITIES.per_group.per_second <= 20
