"""What becomes of what the emulated Telegram refuses, holds back or no longer knows?"""

from typing import Any

import pytest

from channels import errors
from channels.contract import (
    InboundKind,
)
from channels.telegram.adapter import Telegram
from sandbox.server import Sandbox
from tests.channels.telegram.network.speaking import GROUP, NETWORK, RESIDENT, hear, message, to
from tests.channels.telegram.scripted_telegram import channel_to


@pytest.mark.parametrize(
    ("fault", "expected", "arrived"),
    [
        pytest.param({"kind": "429", "retry_after": 7}, errors.Throttled, 0, id="too many"),
        pytest.param({"kind": "500"}, errors.Unreachable, 0, id="an error of theirs"),
        pytest.param({"kind": "down"}, errors.Unreachable, 0, id="nobody there"),
        pytest.param({"kind": "drop-answer"}, errors.Uncertain, 1, id="the answer is lost"),
        pytest.param({"kind": "timeout"}, errors.Uncertain, 0, id="no answer comes"),
        pytest.param({"kind": "blocked", "chat": RESIDENT}, errors.Blocked, 0, id="blocked"),
    ],
)
async def test_faults(
    network: Sandbox, known: Telegram, fault: dict[str, Any], expected: type[errors.SendError], arrived: int
) -> None:
    network.fault(NETWORK, times=1, **fault)
    async with to(network, answer=0.5) as channel:
        with pytest.raises(expected) as caught:
            await channel.send(message("Xin chào"))
        assert type(caught.value) is expected
        if isinstance(caught.value, errors.Throttled):
            assert caught.value.retry_after == 7
        assert len(network.seen(NETWORK, RESIDENT)) == arrived
        network.fault(NETWORK, "clear")
        await channel.send(message("Xin chào"))
    assert len(network.seen(NETWORK, RESIDENT)) == arrived + 1


async def test_the_real_limit_of_a_group_names_its_wait(known: Telegram) -> None:
    async def flood() -> None:
        for _ in range(30):
            await known.send(message("x", GROUP))

    with pytest.raises(errors.Throttled) as caught:
        await flood()
    assert 1 <= caught.value.retry_after <= 60


async def test_blocking_is_heard_and_means_blocked(network: Sandbox, known: Telegram) -> None:
    await network.say(NETWORK, sender=RESIDENT, block=True)
    (left,) = await hear(known)
    assert (left.kind, left.chat) == (InboundKind.LEFT, str(RESIDENT))
    with pytest.raises(errors.Blocked):
        await known.send(message("Có đó không?"))
    await network.say(NETWORK, sender=RESIDENT, unblock=True)
    (back,) = await hear(known)
    assert back.kind is InboundKind.JOINED
    await known.send(message("Chào mừng trở lại"))


@pytest.mark.parametrize("chat", [4711, -4711])
async def test_a_chat_nobody_knows_is_gone(known: Telegram, chat: int) -> None:
    with pytest.raises(errors.ChatGone):
        await known.send(message("Xin chào", chat))


async def test_put_out_of_the_group(network: Sandbox, known: Telegram) -> None:
    network.fault(NETWORK, "blocked", chat=GROUP)
    with pytest.raises(errors.ChatGone):
        await known.send(message("Xin chào", GROUP))


async def test_a_wrong_token_is_unauthorised(network: Sandbox) -> None:
    async with channel_to(network.networks_line()[NETWORK]["api_url"]) as stranger:
        with pytest.raises(errors.Unauthorised):
            await stranger.whoami()
        with pytest.raises(errors.Unauthorised):
            await anext(stranger.poll())
