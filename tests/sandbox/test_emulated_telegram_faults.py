"""Does the emulated Telegram fail towards aiogram as the real one does, by its limits and on request?"""

import asyncio

import httpx
import pytest
from aiogram import Bot
from aiogram.exceptions import (
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)

from sandbox import Sandbox
from tests.sandbox.sandbox_doors import WAIT, Door

HOA = 5001
GROUP = -1001234567890


@pytest.fixture(autouse=True)
async def _people(networks: Sandbox) -> None:
    """Two chats in which somebody has spoken."""
    await networks.say("telegram", sender=HOA, name="Hoa", text="Xin chào")
    await networks.say("telegram", sender=HOA, chat=GROUP, text="Chào cả tổ")


async def test_a_person_who_blocked_the_bot_is_out_of_reach_until_it_is_over(bot: Bot, door: Door) -> None:
    await door.say("telegram", sender=HOA, block=True)
    with pytest.raises(TelegramForbiddenError, match="bot was blocked by the user"):
        await bot.send_message(HOA, "nghe không")
    await door.say("telegram", sender=HOA, unblock=True)
    await bot.send_message(HOA, "nghe rồi")
    states = [u.my_chat_member.new_chat_member.status for u in await bot.get_updates() if u.my_chat_member]
    assert states == ["administrator", "kicked", "member"]


async def test_a_group_that_became_a_supergroup_names_its_new_id(bot: Bot, door: Door) -> None:
    await door.say("telegram", sender=HOA, chat=-4002, text="nhóm nhỏ")
    await door.say("telegram", sender=HOA, chat=-4002, migrate_to=-1000000004002)
    with pytest.raises(TelegramMigrateToChat) as moved:
        await bot.send_message(-4002, "x")
    assert moved.value.migrate_to_chat_id == -1000000004002
    await bot.send_message(moved.value.migrate_to_chat_id, "x")


async def test_the_21st_message_to_a_group_within_a_minute_must_wait(bot: Bot) -> None:
    for number in range(20):
        await bot.send_message(GROUP, str(number))
    with pytest.raises(TelegramRetryAfter) as refused:
        await bot.send_message(GROUP, "quá nhiều")
    assert 50 < refused.value.retry_after <= 60
    await bot.send_message(HOA, "người khác vẫn nhận được")


async def test_counted_faults_meet_only_what_a_person_would_notice(bot: Bot, door: Door) -> None:
    await door.fault("telegram", kind="500", times=2, chat=HOA)
    await bot.get_me()
    await bot.send_chat_action(HOA, "typing")
    await bot.send_message(GROUP, "nhóm khác")
    for _ in range(2):
        with pytest.raises(TelegramServerError):
            await bot.send_message(HOA, "hỏng")
    await bot.send_message(HOA, "lại được")
    assert [m["text"] for m in await door.seen("telegram", HOA)] == ["lại được"]


async def test_a_dropped_answer_leaves_the_message_sent(bot: Bot, door: Door) -> None:
    await door.fault("telegram", kind="drop-answer", times=1)
    with pytest.raises(TelegramNetworkError):
        await bot.send_message(HOA, "một lần")
    assert [m["text"] for m in await door.seen("telegram", HOA)] == ["một lần"]


async def test_a_hanging_call_is_let_go_when_the_fault_is_cleared(bot: Bot, door: Door, networks: Sandbox) -> None:
    await door.fault("telegram", kind="timeout", times=1)
    hanging = asyncio.create_task(bot.send_message(HOA, "treo"))
    faults = networks.networks["telegram"].faults
    assert await faults._bell.until(lambda: faults._held or None, WAIT)
    await door.fault("telegram", kind="clear")
    with pytest.raises(TelegramNetworkError):
        await hanging
    assert await door.seen("telegram", HOA) == []


async def test_a_network_that_is_down_answers_like_a_gateway(bot: Bot, door: Door, http: httpx.AsyncClient) -> None:
    await door.fault("telegram", kind="down")
    with pytest.raises(TelegramServerError, match="Bad Gateway"):
        await bot.get_me()
    await door.fault("telegram", kind="clear")
    assert (await bot.get_me()).is_bot
