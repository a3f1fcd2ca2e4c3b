"""Does the emulated Zalo Bot Platform behave as it was measured to, also towards a client by others?"""

import asyncio
import json
from typing import Any

import httpx
import pytest
import zalo_bot
from aiohttp import web

import sandbox
from sandbox import Sandbox, media
from tests.sandbox.sandbox_doors import WAIT, Door, Hook, turns

HOA = "9c0d4f2a7b8e1356c4d0"
SECRET = "du-dai-tam-chu"


async def call(http: httpx.AsyncClient, base: str, method: str, **values: Any) -> dict[str, Any]:
    answer = await http.post(f"{base}/{method}", json=values)
    assert answer.status_code == 200, "errors come under HTTP 200"
    body: dict[str, Any] = answer.json()
    return body


async def test_python_zalo_bot_reads_writes_and_finds_out_who_it_is(networks: Sandbox, door: Door) -> None:
    line = networks.networks_line()["zalo_bot"]
    async with zalo_bot.Bot(line["token"], base_url=line["api_url"]) as bot:
        me = await bot.get_me()
        assert me.id == line["token"].split(":")[0]
        spoken = await door.say("zalo_bot", sender=HOA, name="Hoa", text="Cho hỏi khai sinh")
        update = await bot.get_update(timeout=5)
        assert (update.message.message_id, update.message.text) == (spoken, "Cho hỏi khai sinh")
        assert (update.message.from_user.display_name, update.message.chat.type) == ("Hoa", "PRIVATE")
        sent = await update.message.reply_text("Mời bác lên phường")
        assert [(m["message_id"], m["text"]) for m in await door.seen("zalo_bot", HOA)] == [
            (sent.message_id, "Mời bác lên phường")
        ]
        assert (await bot._get_webhook_info_async()).url == ""


async def test_one_event_a_poll_and_gone_once_read(zalo: str, http: httpx.AsyncClient, door: Door) -> None:
    await door.say("zalo_bot", sender=HOA, text="một")
    await door.say("zalo_bot", sender=HOA, text="hai")
    texts = [(await call(http, zalo, "getUpdates", timeout="1"))["result"]["message"]["text"] for _ in range(2)]
    assert texts == ["một", "hai"]
    assert await call(http, zalo, "getUpdates", timeout=0) == {
        "ok": False,
        "error_code": 408,
        "description": "Request timeout",
    }


async def test_a_second_poller_is_told_so(zalo: str, http: httpx.AsyncClient, networks: Sandbox) -> None:
    first = asyncio.create_task(call(http, zalo, "getUpdates", timeout=30))
    updates = networks.networks["zalo_bot"].updates  # type: ignore[attr-defined] # the poll is seen from inside
    await turns(lambda: updates._polling)
    assert (await call(http, zalo, "getUpdates", timeout=1))["error_code"] == 409
    await networks.say("zalo_bot", sender=HOA, text="x")
    assert (await first)["ok"]


async def test_a_poll_whose_caller_hung_up_swallows_nothing(zalo: str, networks: Sandbox) -> None:
    updates = networks.networks["zalo_bot"].updates  # type: ignore[attr-defined] # the poll is seen from inside
    async with httpx.AsyncClient(verify=False) as dying:
        poll = asyncio.create_task(dying.post(f"{zalo}/getUpdates", json={"timeout": 30}, timeout=40))
        await turns(lambda: updates._polling)
        poll.cancel()
        await asyncio.gather(poll, return_exceptions=True)
    await turns(lambda: not updates._polling)
    await networks.say("zalo_bot", sender=HOA, text="còn đây")
    async with httpx.AsyncClient(verify=False) as next_one:
        assert (await call(next_one, zalo, "getUpdates", timeout=5))["result"]["message"]["text"] == "còn đây"


EVENTS = [
    pytest.param({"text": "chào"}, "message.text.received", {"text": "chào"}, id="a text"),
    pytest.param({"photo": True, "text": "giấy"}, "message.image.received", {"caption": "giấy"}, id="a photo"),
    pytest.param({"sticker": True}, "message.sticker.received", {"sticker": "46911"}, id="a sticker"),
    pytest.param({"voice": True}, "message.voice.received", {"message_type": "CHAT_VOICE"}, id="a voice message"),
    pytest.param({"document": True}, "message.unsupported.received", {}, id="a file, which bots cannot read"),
    pytest.param({"unsupported": True}, "message.unsupported.received", {}, id="a protected sender"),
]


@pytest.mark.parametrize(("deed", "event", "fields"), EVENTS)
async def test_each_kind_of_message_has_its_event(
    deed: dict[str, Any], event: str, fields: dict[str, Any], zalo: str, http: httpx.AsyncClient, door: Door
) -> None:
    await door.say("zalo_bot", sender=HOA, **deed)
    update = (await call(http, zalo, "getUpdates", timeout=5))["result"]
    assert update["event_name"] == event
    assert update["message"] == update["message"] | fields
    assert update["message"]["chat"]["id"] == update["message"]["from"]["id"] == HOA
    assert len(update["message"]["message_id"]) == 20
    assert update["message"]["date"] > 10**12
    for key in ("photo_url", "voice_url"):
        if key in update["message"]:
            assert (await http.get(update["message"][key])).content


async def test_photos_can_be_fetched_and_come_one_by_one(zalo: str, http: httpx.AsyncClient, door: Door) -> None:
    await door.say("zalo_bot", sender=HOA, album=2, text="hai trang")
    first, second = [(await call(http, zalo, "getUpdates", timeout=5))["result"]["message"] for _ in range(2)]
    pictures = [(await http.get(m["photo_url"])) for m in (first, second)]
    assert [p.headers["Content-Type"] for p in pictures] == ["image/jpeg"] * 2
    assert pictures[0].content != pictures[1].content
    assert media.picture_size(pictures[0].content) == (360, 480)
    assert (first["caption"], second.get("caption")) == ("hai trang", None)


REFUSED = [
    pytest.param("sendMessage", {"text": "x"}, 400, "chat_id must not be empty", id="a message to nobody"),
    pytest.param("sendMessage", {"chat_id": "la", "text": "x"}, 400, "chat_id is invalid", id="who never wrote"),
    pytest.param("sendMessage", {"chat_id": HOA}, 400, "text must not be empty", id="no text"),
    pytest.param(
        "sendMessage", {"chat_id": HOA, "text": "ạ" * 2001}, 400, "text must be between 1 and 2000", id="too long"
    ),
    pytest.param(
        "sendPhoto", {"chat_id": HOA, "photo": "data:x"}, 400, "photo must start with http:// or", id="no upload"
    ),
    pytest.param(
        "sendPhoto", {"chat_id": HOA, "photo": "http://127.0.0.1:9/x"}, 400, "photo URL is invalid", id="nothing there"
    ),
    pytest.param("sendVoice", {"chat_id": HOA, "voice_url": "http://x/a.mp3"}, 400, "ending in .aac", id="not aac"),
    pytest.param("sendSticker", {"chat_id": HOA}, 400, "sticker must not be empty", id="no sticker"),
    pytest.param("sendChatAction", {"chat_id": HOA, "action": "dancing"}, 400, "action is invalid", id="bad action"),
    pytest.param("getme", {}, 400, "invalid API name", id="method names know upper and lower case"),
    pytest.param(
        "setWebhook",
        {"url": "http://127.0.0.1:9/", "secret_token": "ngan"},
        400,
        "between 8 and 256",
        id="short secret",
    ),
    pytest.param("setWebhook", {"url": "http://10.0.0.1/", "secret_token": SECRET}, 400, "public https", id="private"),
    pytest.param("testWebhook", {}, 400, "webhook is not set", id="nothing to test"),
]


@pytest.mark.parametrize(("method", "values", "code", "words"), REFUSED)
async def test_refusals_come_under_http_200(
    method: str, values: dict[str, Any], code: int, words: str, zalo: str, http: httpx.AsyncClient, door: Door
) -> None:
    await door.say("zalo_bot", sender=HOA, text="chào")
    answer = await call(http, zalo, method, **values)
    assert (answer["ok"], answer["error_code"]) == (False, code)
    assert words in answer["description"]


async def test_a_wrong_token_and_a_multipart_body_are_refused(zalo: str, http: httpx.AsyncClient, door: Door) -> None:
    await door.say("zalo_bot", sender=HOA, text="chào")
    wrong = await call(http, zalo + "x", "getMe")
    assert wrong["error_code"] == 401
    multipart = await http.post(f"{zalo}/sendMessage", data={"chat_id": HOA, "text": "x"}, files={"f": b"x"})
    assert multipart.json()["description"] == "Bad request: chat_id must not be empty"
    for answer in (
        await http.post(f"{zalo}/sendMessage", data={"chat_id": HOA, "text": "form"}),
        await http.get(f"{zalo}/sendMessage", params={"chat_id": HOA, "text": "query"}),
    ):
        assert answer.json()["ok"]
    assert [m["text"] for m in await door.seen("zalo_bot", HOA)] == ["form", "query"]


async def test_a_webhook_is_probed_and_gets_flat_events_with_the_secret(
    zalo: str, http: httpx.AsyncClient, door: Door, hook: Hook
) -> None:
    answer = await call(http, zalo, "setWebhook", url=hook.url, secret_token=SECRET)
    assert (answer["result"]["url"], answer["result"]["verification"]["outcome"]) == (hook.url, "webhook.ok")
    assert (await call(http, zalo, "getUpdates", timeout=1))["error_code"] == 400
    await door.say("zalo_bot", sender=HOA, text="phẳng")
    await door.fault("zalo_bot", kind="wrapped")
    await door.say("zalo_bot", sender=HOA, text="gói")
    await door.fault("zalo_bot", kind="clear")
    await door.fault("zalo_bot", kind="duplicate", times=1)
    await door.say("zalo_bot", sender=HOA, text="hai lần")
    probe, flat, wrapped, once, twice = await hook.wait(5)
    assert once[1] == twice[1]
    assert probe[1] == b""
    assert {headers["X-Bot-Api-Secret-Token"] for headers, _ in (probe, flat, wrapped)} == {SECRET}
    assert flat[0]["User-Agent"] == "Java/1.8.0_192"
    assert json.loads(flat[1])["message"]["text"] == "phẳng"
    assert json.loads(wrapped[1])["result"]["message"]["text"] == "gói"
    assert (await call(http, zalo, "testWebhook"))["result"]["ok"]
    assert (await call(http, zalo, "getWebhookInfo"))["result"]["url"] == hook.url
    assert (await call(http, zalo, "deleteWebhook"))["result"]["url"] == ""


async def test_a_webhook_that_does_not_answer_is_kept_and_reported(zalo: str, http: httpx.AsyncClient) -> None:
    url = "http://127.0.0.1:9/hook"
    answer = (await call(http, zalo, "setWebhook", url=url, secret_token=SECRET))["result"]
    assert (answer["verification"]["ok"], answer["verification"]["outcome"]) == (False, "webhook.err.conn")
    assert (await call(http, zalo, "getWebhookInfo"))["result"]["url"] == url


async def test_what_the_webhook_refused_is_delivered_later_in_order(
    zalo: str, http: httpx.AsyncClient, door: Door, hook: Hook
) -> None:
    await call(http, zalo, "setWebhook", url=hook.url, secret_token=SECRET)
    hook.statuses = [503]
    await door.say("zalo_bot", sender=HOA, text="một")
    await door.say("zalo_bot", sender=HOA, text="hai")
    got = await hook.wait(3)
    assert [json.loads(body)["message"]["text"] for _, body in got[1:]] == ["một", "hai"]


async def test_too_many_webhook_tests_answer_in_the_other_spelling(
    zalo: str, http: httpx.AsyncClient, hook: Hook
) -> None:
    await call(http, zalo, "setWebhook", url=hook.url, secret_token=SECRET)
    answers = [await call(http, zalo, "testWebhook") for _ in range(11)]
    assert answers[-1]["errorCode"] == 426


@pytest.fixture
async def gallery() -> Any:
    """Serves a picture; under /once it works a single time. Counts the fetches."""
    fetched: list[str] = []

    async def serve(request: web.Request) -> web.Response:
        if request.path == "/once.jpg" and "/once.jpg" in fetched:
            return web.Response(status=410)
        fetched.append(request.path)
        return web.Response(body=media.jpeg(32, 32, 1), content_type="image/jpeg")

    app = web.Application()
    app.router.add_get("/{name}", serve)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}", fetched
    await runner.cleanup()


async def test_a_photo_is_fetched_twice_and_a_single_use_link_is_black(
    zalo: str, http: httpx.AsyncClient, door: Door, gallery: tuple[str, list[str]]
) -> None:
    base, fetched = gallery
    await door.say("zalo_bot", sender=HOA, text="chào")
    good = await call(http, zalo, "sendPhoto", chat_id=HOA, photo=f"{base}/a.jpg", caption="Mẫu đơn")
    assert good["result"]["message_type"] == "CHAT_PHOTO"
    assert fetched == ["/a.jpg", "/a.jpg"]
    assert (await call(http, zalo, "sendPhoto", chat_id=HOA, photo=f"{base}/once.jpg"))["ok"]
    first, second = await door.seen("zalo_bot", HOA)
    assert first["text"] == "Mẫu đơn"
    assert first["attachments"][0] == first["attachments"][0] | {"kind": "photo", "content_type": "image/jpeg"}
    assert first["attachments"][0]["size"] == len(media.jpeg(32, 32, 1))
    assert "broken" in second["attachments"][0]


async def test_the_51st_person_is_not_served_on_the_free_tier(zalo: str, http: httpx.AsyncClient, door: Door) -> None:
    for number in range(51):
        await door.say("zalo_bot", sender=f"nguoi{number}", text="chào")
    assert (await call(http, zalo, "sendMessage", chat_id="nguoi49", text="x"))["ok"]
    assert (await call(http, zalo, "sendMessage", chat_id="nguoi50", text="x"))["error_code"] == 429


async def test_quotas_can_be_switched_off() -> None:
    running = await sandbox.start(page=False, limits=False)
    line = running.networks_line()["zalo_bot"]
    for number in range(51):
        await running.say("zalo_bot", sender=f"nguoi{number}", text="chào")
    async with httpx.AsyncClient(verify=False) as http:
        base = f"{line['api_url']}/bot{line['token']}"
        assert (await call(http, base, "sendMessage", chat_id="nguoi50", text="x"))["ok"]
    await running.stop()


async def test_faults_of_zalo_come_in_its_own_words(zalo: str, http: httpx.AsyncClient, door: Door) -> None:
    await door.say("zalo_bot", sender=HOA, text="chào")
    await door.fault("zalo_bot", kind="429", times=1)
    assert (await call(http, zalo, "sendMessage", chat_id=HOA, text="x"))["error_code"] == 429
    await door.fault("zalo_bot", kind="blocked", chat=HOA)
    assert (await call(http, zalo, "sendMessage", chat_id=HOA, text="x"))["error_code"] == 400
    await door.fault("zalo_bot", kind="clear", chat=HOA)
    await door.fault("zalo_bot", kind="down")
    gateway = await http.post(f"{zalo}/getMe")
    assert (gateway.status_code, gateway.headers["Content-Type"].split(";")[0]) == (502, "text/html")
    await door.fault("zalo_bot", kind="clear")
    await door.fault("zalo_bot", kind="drop-answer", times=1)
    with pytest.raises(httpx.TransportError):
        await http.post(f"{zalo}/sendMessage", json={"chat_id": HOA, "text": "đã đến"})
    assert [m["text"] for m in await door.seen("zalo_bot", HOA)] == ["đã đến"]


async def test_buttons_do_not_exist_so_a_press_is_typed(zalo: str, http: httpx.AsyncClient, door: Door) -> None:
    await door.say("zalo_bot", sender=HOA, press="1")
    assert (await call(http, zalo, "getUpdates", timeout=5))["result"]["message"]["text"] == "1"


async def test_a_group_is_marked_as_one(zalo: str, http: httpx.AsyncClient, door: Door) -> None:
    await door.say("zalo_bot", sender=HOA, chat="nhom1", text="@bot chào")
    message = (await call(http, zalo, "getUpdates", timeout=WAIT))["result"]["message"]
    assert message["chat"] == {"id": "nhom1", "chat_type": "GROUP"}
