"""Do updates of the emulated Telegram reach the bot once, in order, by poll or by webhook?"""

import asyncio
import json

import httpx
import pytest
from aiogram import Bot, Dispatcher
from aiogram.exceptions import TelegramConflictError
from aiogram.filters import CommandStart
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup, Message

from sandbox import Sandbox
from sandbox.bell import Bell
from sandbox.telegram.limits import Limits
from tests.sandbox.sandbox_doors import WAIT, Door, Hook, turns

HOA, NAM, GROUP = 5001, 5002, -1001234567890


async def test_an_update_comes_again_until_it_is_confirmed(bot: Bot, door: Door) -> None:
    for text in ("một", "hai", "ba"):
        await door.say("telegram", sender=HOA, text=text)
    first = await bot.get_updates(limit=2)
    assert [u.message.text for u in first if u.message] == ["một", "hai"]
    assert [u.update_id for u in await bot.get_updates(limit=2)] == [u.update_id for u in first]
    rest = await bot.get_updates(offset=first[-1].update_id + 1)
    assert [u.message.text for u in rest if u.message] == ["ba"]
    assert await bot.get_updates(offset=rest[-1].update_id + 1) == []


async def test_a_long_poll_answers_at_the_moment_somebody_speaks(bot: Bot, networks: Sandbox) -> None:
    poll = asyncio.create_task(bot.get_updates(timeout=30))
    await asyncio.sleep(0)
    await networks.say("telegram", sender=HOA, text="có ai không")
    (update,) = await asyncio.wait_for(poll, WAIT)
    assert update.message is not None
    assert update.message.text == "có ai không"


async def test_the_older_of_two_polls_is_ended(bot: Bot, networks: Sandbox) -> None:
    older = asyncio.create_task(bot.get_updates(timeout=30))
    bell = networks.networks["telegram"].updates._bell  # type: ignore[attr-defined] # the poll is seen from inside
    await turns(lambda: bell._waiting)
    newer = asyncio.create_task(bot.get_updates(timeout=30))
    with pytest.raises(TelegramConflictError, match="terminated by other getUpdates request"):
        await asyncio.wait_for(older, WAIT)
    await networks.say("telegram", sender=HOA, text="cho bản mới")
    assert len(await asyncio.wait_for(newer, WAIT)) == 1


async def test_polling_and_webhook_exclude_each_other(bot: Bot, hook: Hook) -> None:
    await bot.set_webhook(hook.url)
    with pytest.raises(TelegramConflictError, match="can't use getUpdates method while webhook is active"):
        await bot.get_updates()
    await bot.delete_webhook()
    assert await bot.get_updates() == []


async def test_the_dispatcher_of_aiogram_lives_on_it(bot: Bot, networks: Sandbox) -> None:
    dispatcher = Dispatcher()

    @dispatcher.message(CommandStart(deep_link=True))
    async def begin(message: Message) -> None:
        await message.answer(f"mã {(message.text or '').split()[1]}")

    polling = asyncio.create_task(dispatcher.start_polling(bot, handle_signals=False, close_bot_session=False))
    await networks.say("telegram", sender=HOA, start="ABC123")
    await networks.until("telegram", HOA, lambda m: m.text == "mã ABC123", WAIT)
    await dispatcher.stop_polling()
    await polling


async def test_a_webhook_gets_the_secret_and_what_waited_for_it(bot: Bot, door: Door, hook: Hook) -> None:
    await door.say("telegram", sender=HOA, name="Hoa", text="trước")
    await bot.set_webhook(hook.url, secret_token="bi-mat_1")
    await door.say("telegram", sender=HOA, text="sau")
    got = await hook.wait(2)
    assert [json.loads(body)["message"]["text"] for _, body in got] == ["trước", "sau"]
    assert {headers["X-Telegram-Bot-Api-Secret-Token"] for headers, _ in got} == {"bi-mat_1"}


async def test_a_refused_update_comes_again_before_the_next_of_its_chat(
    bot: Bot, door: Door, hook: Hook, networks: Sandbox
) -> None:
    hook.statuses = [500, 503]
    await bot.set_webhook(hook.url)
    await door.say("telegram", sender=HOA, text="một")
    await door.say("telegram", sender=HOA, text="hai")
    assert await hook.bell.until(lambda: hook.refused or None, WAIT)
    info = await bot.get_webhook_info()
    assert (info.url, info.pending_update_count) == (hook.url, 2)
    got = await hook.wait(2)
    assert [json.loads(body)["message"]["text"] for _, body in got] == ["một", "hai"]
    assert hook.refused == 2
    updates = networks.networks["telegram"].updates  # type: ignore[attr-defined] # the queue is seen from inside
    await turns(lambda: not updates._pending)
    info = await bot.get_webhook_info()
    assert info.pending_update_count == 0
    assert info.last_error_message in (
        "Wrong response from the webhook: 500 Internal Server Error",
        "Wrong response from the webhook: 503 Service Unavailable",
    )


async def test_a_doubled_delivery_is_the_same_update_twice(bot: Bot, door: Door, hook: Hook) -> None:
    await bot.set_webhook(hook.url)
    await door.fault("telegram", kind="duplicate", times=1)
    await door.say("telegram", sender=HOA, text="hai lần")
    first, second = await hook.wait(2)
    assert first[1] == second[1]


async def test_a_webhook_may_answer_with_a_method(bot: Bot, networks: Sandbox, hook: Hook) -> None:
    hook.answer = json.dumps({"method": "sendMessage", "chat_id": HOA, "text": "trả lời ngay"})
    await bot.set_webhook(hook.url)
    await networks.say("telegram", sender=HOA, text="?")
    await networks.until("telegram", HOA, lambda m: m.text == "trả lời ngay", WAIT)


async def test_dropped_updates_and_unwanted_kinds_stay_away(bot: Bot, door: Door) -> None:
    await door.say("telegram", sender=HOA, text="cũ")
    await bot.delete_webhook(drop_pending_updates=True)
    assert await bot.get_updates(allowed_updates=["message"]) == []
    spoken = await door.say("telegram", sender=HOA, text="mới")
    await door.say("telegram", sender=HOA, edit=spoken, text="mới hơn")
    updates = await bot.get_updates()
    assert [u.event_type for u in updates] == ["message"]


async def test_an_edit_by_a_person_is_an_edited_message(bot: Bot, door: Door) -> None:
    spoken = await door.say("telegram", sender=HOA, text="mới")
    await door.say("telegram", sender=HOA, edit=spoken, text="sửa")
    edited = (await bot.get_updates())[-1].edited_message
    assert edited is not None
    assert (str(edited.message_id), edited.text) == (spoken, "sửa")
    assert edited.edit_date


async def test_a_first_word_in_a_group_brings_the_bot_in_and_commands_are_marked(bot: Bot, door: Door) -> None:
    await door.say("telegram", sender=HOA, name="Hoa", chat=GROUP, text="/nhan 12 nhé")
    joined, spoken = await bot.get_updates()
    assert joined.my_chat_member is not None
    assert joined.my_chat_member.new_chat_member.status == "administrator"
    assert spoken.message is not None
    assert spoken.message.chat.type == "supergroup"
    assert [(e.type, e.offset, e.length) for e in spoken.message.entities or []] == [("bot_command", 0, 5)]


async def test_a_press_brings_the_data_and_the_answer_is_a_toast(
    bot: Bot, door: Door, http: httpx.AsyncClient, networks: Sandbox
) -> None:
    await door.say("telegram", sender=HOA, chat=GROUP, text="bắt đầu")
    button = InlineKeyboardButton(text="Nhận", callback_data="nhan:12")
    old = await bot.send_message(GROUP, "cũ", reply_markup=InlineKeyboardMarkup(inline_keyboard=[[button]]))
    card = await bot.send_message(GROUP, "thẻ", reply_markup=InlineKeyboardMarkup(inline_keyboard=[[button]]))

    press = asyncio.create_task(networks.say("telegram", sender=NAM, chat=GROUP, press="Nhận", wait=WAIT))
    update = (await bot.get_updates(timeout=5))[-1]
    assert update.callback_query is not None
    assert update.callback_query.data == "nhan:12"
    assert update.callback_query.from_user.id == NAM
    assert update.callback_query.message is not None
    assert update.callback_query.message.message_id == card.message_id
    await bot.answer_callback_query(update.callback_query.id, text="Đã có người nhận")
    assert (await asyncio.wait_for(press, WAIT)) == {"message_id": str(card.message_id), "toast": "Đã có người nhận"}

    answer = await http.get("/sandbox/control/toasts", params={"network": "telegram", "from": NAM})
    assert [toast["text"] for toast in answer.json()] == ["Đã có người nhận"]
    assert await door.say("telegram", sender=NAM, chat=GROUP, press="Nhận", reply_to=old.message_id) == str(
        old.message_id
    )


async def test_a_reply_of_a_person_carries_the_message_it_answers(bot: Bot, door: Door) -> None:
    await door.say("telegram", sender=HOA, text="chào")
    card = await bot.send_message(HOA, "thẻ của phiếu 12")
    await door.say("telegram", sender=HOA, text="xong", reply_to=card.message_id)
    heard = (await bot.get_updates())[-1].message
    assert heard is not None
    assert heard.reply_to_message is not None
    assert heard.reply_to_message.text == "thẻ của phiếu 12"


async def test_every_kind_of_content_is_decoded_by_aiogram(bot: Bot, door: Door) -> None:
    kinds = ("document", "voice", "video", "sticker", "location", "contact")
    for kind in kinds:
        await door.say("telegram", sender=HOA, **{kind: True})
    updates = await bot.get_updates()
    assert [u.message.content_type for u in updates if u.message] == list(kinds)


async def test_who_left_a_group_hears_nothing_of_it(bot: Bot, door: Door) -> None:
    await door.say("telegram", sender=HOA, chat=GROUP, text="vào")
    await bot.leave_chat(GROUP)
    await door.say("telegram", sender=HOA, chat=GROUP, text="nói sau lưng")
    assert [u.message.text for u in await bot.get_updates() if u.message] == ["vào"]


@pytest.fixture
def clock() -> list[float]:
    return [1000.0]


def test_a_private_chat_takes_a_burst_and_then_one_a_second(clock: list[float]) -> None:
    limits = Limits(lambda: clock[0])
    assert [limits.spend(HOA) for _ in range(30)] == [0] * 30
    assert limits.spend(HOA) == 1
    for _ in range(100):
        clock[0] += 1
        assert limits.spend(HOA) == 0
    assert limits.spend(HOA) == 1


def test_a_group_takes_twenty_in_any_minute(clock: list[float]) -> None:
    limits = Limits(lambda: clock[0])
    for _ in range(20):
        assert limits.spend(GROUP) == 0
        clock[0] += 1
    assert limits.spend(GROUP) == 39
    clock[0] += 39
    assert limits.spend(GROUP) == 0
    assert limits.spend(GROUP) > 0


def test_a_client_that_keeps_to_twenty_a_minute_is_never_refused(clock: list[float]) -> None:
    limits = Limits(lambda: clock[0])
    for _ in range(10):
        assert [limits.spend(GROUP) for _ in range(20)] == [0] * 20
        clock[0] += 60


def test_all_chats_together_take_thirty_a_second(clock: list[float]) -> None:
    limits = Limits(lambda: clock[0])
    refused = [limits.spend(chat) for chat in range(1, 40)]
    assert sum(1 for wait in refused if wait) == 6
    for second in range(1, 6):
        clock[0] += 1
        assert not any(limits.spend(1000 * second + chat) for chat in range(30))


async def test_waiting_is_woken_by_the_ring_alone() -> None:
    bell, there = Bell(), []
    waiting = asyncio.create_task(bell.until(lambda: there or None, WAIT))
    await asyncio.sleep(0)
    there.append("x")
    bell.ring()
    assert await waiting == ["x"]
    assert await bell.until(lambda: None, 0.001) is None
