"""Does the control door do what it promises, the same for every network, and tell clearly what it cannot?"""

import asyncio
import re
from typing import Any

import httpx
import pytest
from aiogram import Bot
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

import sandbox
from sandbox import Sandbox, media
from sandbox.faults import Fault, Faults
from tests.sandbox.sandbox_doors import WAIT, Door, turns

HOA = 5001


async def test_the_line_tells_a_client_where_and_with_what(networks: Sandbox) -> None:
    line = networks.networks_line()
    assert {name: sorted(entry) for name, entry in line.items()} == {
        "telegram": ["api_url", "token"],
        "zalo_bot": ["api_url", "token"],
        "zalo_oa": ["api_url", "app_id", "app_secret", "oa_id", "oa_secret", "oauth_url", "refresh_token", "token"],
        "smsgate": ["api_url", "password", "signing_key", "username"],
        "esms": ["api_key", "api_url", "mo_key", "secret_key", "webhook_token"],
        "speedsms": ["access_token", "api_url", "webhook_token"],
        "twilio": ["account_sid", "api_url", "auth_token", "sender"],
        "jasmin": ["api_url", "password", "username", "webhook_token"],
    }
    assert line["zalo_bot"]["api_url"] == f"{networks.url}/sandbox/zalo-bot"


BAD = [
    pytest.param("say", {}, "network", id="no network"),
    pytest.param("say", {"network": "fax", "from": 1, "text": "x"}, "telegram, zalo_bot, zalo_oa, smsgate", id="a fax"),
    pytest.param("say", {"network": "zalo_bot", "from": 1, "event": "follow"}, 'knows no "event"', id="no such deed"),
    pytest.param("say", {"network": "zalo_oa", "from": 1, "event": "dance"}, "must be one of", id="no such event"),
    pytest.param("say", {"network": "telegram", "text": "x"}, '"from" is missing', id="nobody speaks"),
    pytest.param("say", {"network": "telegram", "from": "hoa", "text": "x"}, "whole numbers", id="a name for an id"),
    pytest.param("say", {"network": "telegram", "from": -5, "text": "x"}, "positive", id="a group speaks"),
    pytest.param("say", {"network": "telegram", "from": 1}, "nothing to do", id="nothing said"),
    pytest.param("say", {"network": "telegram", "from": 1, "txt": "x"}, "unknown: txt", id="a key that is none"),
    pytest.param("say", {"network": "telegram", "from": 1, "text": 5}, '"text" must be text', id="a number as text"),
    pytest.param("say", {"network": "telegram", "from": 1, "photo": True, "voice": True}, "one of", id="two media"),
    pytest.param("say", {"network": "telegram", "from": 1, "album": 11}, "at most 10", id="an album too thick"),
    pytest.param("say", {"network": "telegram", "from": 1, "chat": 7, "text": "x"}, "negative", id="another's chat"),
    pytest.param("say", {"network": "smsgate", "from": "09", "chat": "1", "text": "x"}, "no groups", id="an SMS group"),
    pytest.param("say", {"network": "smsgate", "from": "09", "voice": True}, "SMS carries text", id="a voice SMS"),
    pytest.param("say", {"network": "zalo_bot", "from": "a", "edit": "1", "text": "x"}, 'no "edit"', id="a Zalo edit"),
    pytest.param("fault", {"network": "telegram", "kind": "fire"}, "429, 500, timeout", id="an unknown fault"),
    pytest.param("fault", {"network": "telegram", "kind": "blocked"}, 'needs a "chat"', id="blocked by nobody"),
    pytest.param("fault", {"network": "telegram", "kind": "wrapped"}, "zalo_bot has", id="wrapped elsewhere"),
    pytest.param("fault", {"network": "telegram", "kind": "500", "times": 0}, "from 1", id="no times"),
]


@pytest.mark.parametrize(("route", "body", "words"), BAD)
async def test_bad_input_gets_a_helpful_sentence(
    route: str, body: dict[str, Any], words: str, http: httpx.AsyncClient
) -> None:
    answer = await http.post(f"/sandbox/control/{route}", json=body)
    assert answer.status_code == 400
    assert words in answer.json()["error"]


@pytest.mark.parametrize("raw", [b"", b"{", b"[1]", b"\xff"])
async def test_bodies_that_are_no_object_are_refused(raw: bytes, http: httpx.AsyncClient) -> None:
    answer = await http.post("/sandbox/control/say", content=raw)
    assert answer.status_code == 400
    assert "body" in answer.json()["error"]


async def test_an_absent_button_is_answered_with_those_that_are_there(
    bot: Bot, door: Door, http: httpx.AsyncClient
) -> None:
    await door.say("telegram", sender=HOA, text="chào")
    keys = [[InlineKeyboardButton(text="Nhận", callback_data="1"), InlineKeyboardButton(text="Xem", callback_data="2")]]
    await bot.send_message(HOA, "thẻ", reply_markup=InlineKeyboardMarkup(inline_keyboard=keys))
    body = {"network": "telegram", "from": HOA, "press": "Trả"}
    answer = await http.post("/sandbox/control/say", json=body)
    assert (answer.status_code, answer.json()["buttons"]) == (404, ["Nhận", "Xem"])


async def test_seen_starts_after_a_message_and_waits_for_a_new_one(bot: Bot, door: Door, networks: Sandbox) -> None:
    asked = await door.say("telegram", sender=HOA, text="chào")
    first = await bot.send_message(HOA, "một")
    assert [m["text"] for m in await door.seen("telegram", HOA, after=asked)] == ["một"]
    waiting = asyncio.create_task(door.seen("telegram", HOA, after=first.message_id, wait=WAIT))
    await turns(lambda: networks.networks["telegram"].book.bell._waiting)
    await bot.send_message(HOA, "hai")
    assert [m["text"] for m in await waiting] == ["hai"]
    await bot.delete_message(HOA, first.message_id)
    assert [m["text"] for m in await door.seen("telegram", HOA, after=first.message_id)] == ["hai"]


async def test_a_wait_for_any_change_notices_an_edit(bot: Bot, door: Door, http: httpx.AsyncClient) -> None:
    await door.say("telegram", sender=HOA, text="chào")
    sent = await bot.send_message(HOA, "trước")
    query = {"network": "telegram", "chat": HOA}
    version = (await http.get("/sandbox/control/seen", params=query)).headers["X-Sandbox-Version"]
    waiting = asyncio.create_task(http.get("/sandbox/control/seen", params=query | {"version": version, "wait": 4}))
    await bot.edit_message_text("sau", chat_id=HOA, message_id=sent.message_id)
    answer = await asyncio.wait_for(waiting, 3)
    assert [m["text"] for m in answer.json()] == ["sau"]
    assert answer.headers["X-Sandbox-Version"] != version


async def test_seen_after_an_unknown_message_says_so(door: Door, http: httpx.AsyncClient) -> None:
    await door.say("telegram", sender=HOA, text="chào")
    for chat in (HOA, 6):
        answer = await http.get("/sandbox/control/seen", params={"network": "telegram", "chat": chat, "after": "99"})
        assert answer.status_code == 400
        assert "never had a message 99" in answer.json()["error"]


async def test_ids_may_be_numbers_or_text_and_chats_are_listed(door: Door, http: httpx.AsyncClient) -> None:
    await door.say("telegram", sender=str(HOA), text="chào")
    spoken = await door.say("telegram", sender=HOA, text="lại chào")
    assert await door.say("telegram", sender=HOA, edit=int(spoken), text="sửa") == spoken
    chats = (await http.get("/sandbox/control/chats")).json()
    assert {name: found for name, found in chats.items() if found} == {"telegram": [str(HOA)]}
    own = await door.seen("telegram", HOA, own=1)
    assert [(m["from"], m["text"], m["edited"]) for m in own] == [(str(HOA), "chào", False), (str(HOA), "sửa", True)]


async def test_calls_are_listed_without_secrets(bot: Bot, door: Door, http: httpx.AsyncClient) -> None:
    await door.say("telegram", sender=HOA, text="chào")
    await bot.send_message(HOA, "bí mật của bác Hoa")
    answer = await http.get("/sandbox/control/calls", params={"network": "telegram"})
    (call,) = answer.json()
    assert (call["method"], call["chat"], call["status"]) == ("sendMessage", str(HOA), 200)
    assert bot.token not in answer.text
    assert "bí mật" not in answer.text


async def test_odd_text_goes_through_unharmed(door: Door, bot: Bot) -> None:
    odd = "NFD: e\u0323\u0302 \u202e<b>&amp;</b> *x* \x00 " + "dài " * 25_000
    await door.say("telegram", sender=HOA, text=odd)
    heard = (await bot.get_updates())[-1].message
    assert heard is not None
    assert heard.text == odd


async def test_waiting_in_vain_tells_what_was_there(bot: Bot, networks: Sandbox) -> None:
    await networks.say("telegram", sender=HOA, text="chào")
    await bot.send_message(HOA, "có cái này")
    with pytest.raises(TimeoutError, match="có cái này"):
        await networks.until("telegram", HOA, lambda m: m.text == "cái khác", 0.01)


async def test_the_page_is_one_file_without_outside_resources(http: httpx.AsyncClient) -> None:
    page = await http.get("/")
    assert page.status_code == 200
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert not re.findall(r'(?:src|href)=(?!"data:)|url\(|@import|https?://', page.text)
    bare = await sandbox.start(page=False)
    async with httpx.AsyncClient(base_url=bare.url, verify=False) as client:
        assert (await client.get("/")).status_code == 404
    await bare.stop()


async def test_the_page_offers_every_network_there_is(http: httpx.AsyncClient, networks: Sandbox) -> None:
    page = (await http.get("/")).text
    offered = set(
        re.findall(r'<option value="(\w+)">', page.partition('data-key="network"')[2].partition("</select>")[0])
    )
    named = re.search(r"const NETWORKS = \{(.*?)\};", page, re.DOTALL)
    assert named is not None
    assert offered == set(re.findall(r"(\w+):", named[1])) == set(networks.networks)


async def test_a_port_in_use_is_an_error_and_leaves_nothing_open(networks: Sandbox) -> None:
    port = int(networks.url.rsplit(":", 1)[1])
    with pytest.raises(OSError, match="address already in use"):
        await sandbox.start(port=port)


def test_a_flood_without_a_count_lasts_as_long_as_it_says() -> None:
    now = [100.0]
    faults = Faults(lambda: now[0])
    faults.add(Fault("429", retry_after=30))
    first = faults.take("sendMessage", "1", speaks=True)
    assert first is not None
    assert first.retry_after == 30
    now[0] += 10.5
    later = faults.take("sendMessage", "2", speaks=True)
    assert later is not None
    assert later.retry_after == 20
    now[0] += 19.5
    assert faults.take("sendMessage", "1", speaks=True) is None


def test_counted_and_named_faults_meet_their_calls_only() -> None:
    faults = Faults()
    faults.add(Fault("500", chat="1", times=1))
    faults.add(Fault("500", method="getMe", times=1))
    assert faults.take("sendMessage", "2", speaks=True) is None
    assert faults.take("sendChatAction", "1", speaks=False) is None
    assert faults.take("sendMessage", "1", speaks=True) is not None
    assert faults.take("sendMessage", "1", speaks=True) is None
    assert faults.take("getMe", None, speaks=False) is not None
    assert faults.take("getMe", None, speaks=False) is None


def test_clearing_a_chat_leaves_the_others_as_they_are() -> None:
    faults = Faults()
    faults.add(Fault("blocked", chat="1"))
    faults.add(Fault("blocked", chat="2"))
    faults.clear("1")
    assert not faults.strikes("blocked", "1")
    assert faults.strikes("blocked", "2")


@pytest.mark.parametrize(("width", "height"), [(8, 8), (90, 120), (13, 7)])
def test_made_pictures_are_real_and_differ(width: int, height: int) -> None:
    picture = media.jpeg(width, height, 1)
    assert media.picture_size(picture) == (width, height)
    assert picture != media.jpeg(width, height, 2)
    assert picture.startswith(b"\xff\xd8\xff")
    assert picture.endswith(b"\xff\xd9")
