"""Zalo Bot, outward: rows of messages and of answers, over real HTTP to a stand-in that follows a script."""

import asyncio
import unicodedata
from collections.abc import AsyncIterator
from typing import Any

import pytest

from channels.contract import AttachmentKind, Button, File, Outbound, OutboundFile, OutboundKind
from channels.errors import (
    QuotaSpent,
    Refused,
    SendError,
    Throttled,
    Unauthorised,
    Uncertain,
    Unreachable,
)
from channels.text import utf16_units
from channels.zalo_bot.adapter import ZaloBot, build
from channels.zalo_bot.settings import Settings

TOKEN, SECRET = "1459000000000000001:made-up-token", "made-up-webhook-secret"
CHAT = "9c0d4f2a7b8e1356c4d0"
PHOTO = AttachmentKind.PHOTO
TWO = (Button("Có", "/co"), Button("Không", "/khong"))


def made(url: str) -> ZaloBot:
    return build(Settings(name="zalo", token=TOKEN, secret=SECRET, api_url=url + "/base"))


@pytest.fixture
async def channel(stand_in: Any) -> AsyncIterator[ZaloBot]:
    bot = made(stand_in.url)
    yield bot
    await bot.close()


def ok(message_id: str = "") -> dict[str, Any]:
    return {"ok": True, "result": {"message_id": message_id, "date": 1790000000123}, "error_code": 0}


def no(code: int, description: str = "", key: str = "error_code") -> dict[str, Any]:
    return {"ok": False, "description": description, key: code}


def photo(url: str = "https://ward.example/f/1.jpg?sig=x") -> OutboundFile:
    return OutboundFile(PHOTO, url=url)


ROWS = [
    pytest.param(
        Outbound("r", CHAT, text="Đã nhận hồ sơ <b>*_"),
        [("sendMessage", {"chat_id": CHAT, "text": "Đã nhận hồ sơ <b>*_"})],
        id="words are sent as they are, without any markup mode",
    ),
    pytest.param(
        Outbound("r", CHAT, text=unicodedata.normalize("NFD", "Đất")),
        [("sendMessage", {"chat_id": CHAT, "text": "Đất"})],
        id="decomposed letters are composed",
    ),
    pytest.param(
        Outbound("r", CHAT, text="Chọn:", buttons=(TWO, (Button("Khác", "/x"),))),
        [("sendMessage", {"chat_id": CHAT, "text": "Chọn:\n1. Có\n2. Không\n3. Khác"})],
        id="buttons become numbered lines",
    ),
    pytest.param(
        Outbound("r", CHAT, text="Mẫu tờ khai", attachments=(photo(),)),
        [("sendPhoto", {"chat_id": CHAT, "photo": "https://ward.example/f/1.jpg?sig=x", "caption": "Mẫu tờ khai"})],
        id="one picture carries the words",
    ),
    pytest.param(
        Outbound("r", CHAT, text="Hai ảnh", attachments=(photo("https://a.example/1"), photo("https://a.example/2"))),
        [
            ("sendMessage", {"chat_id": CHAT, "text": "Hai ảnh"}),
            ("sendPhoto", {"chat_id": CHAT, "photo": "https://a.example/1"}),
            ("sendPhoto", {"chat_id": CHAT, "photo": "https://a.example/2"}),
        ],
        id="several pictures follow the words",
    ),
    pytest.param(Outbound("r", CHAT, kind=OutboundKind.ANSWER_PRESS, press_id="1"), [], id="no press to answer"),
]  # fmt: skip


@pytest.mark.parametrize(("message", "calls"), ROWS)
async def test_a_message_becomes_calls(
    *,
    message: Outbound,
    calls: list[tuple[str, dict[str, Any]]],
    channel: ZaloBot,
    stand_in: Any,
    reply: Any,
    nothing_secret_logged: Any,
) -> None:
    stand_in.will(*(reply(body=ok(f"id{number}")) for number, _ in enumerate(calls)))
    sent = await channel.send(message)
    assert sent.message_ids == tuple(f"id{number}" for number, _ in enumerate(calls))
    asked = [(request.method, request.path, request.json()) for request in stand_in.requests]
    assert asked == [("POST", f"/base/bot{TOKEN}/{method}", params) for method, params in calls]
    assert all(request.headers["Content-Type"] == "application/json" for request in stand_in.requests)
    nothing_secret_logged(TOKEN, TOKEN.replace(":", "%3A"))


async def test_a_long_decomposed_answer_arrives_whole_in_parts(channel: ZaloBot, stand_in: Any, reply: Any) -> None:
    text = unicodedata.normalize("NFD", "Hồ sơ đã được tiếp nhận và đang xử lý. " * 150).strip()
    stand_in.will(*(reply(body=ok(str(number))) for number in range(4)))
    assert len((await channel.send(Outbound("r", CHAT, text=text))).message_ids) == 4
    parts = [request.json()["text"] for request in stand_in.requests]
    assert max(map(utf16_units, parts)) <= 1900
    assert " ".join(parts) == unicodedata.normalize("NFC", text)


REFUSED_HERE = [
    pytest.param(Outbound("r", CHAT), id="nothing at all"),
    pytest.param(Outbound("r", CHAT, text=" \n"), id="white space"),
    pytest.param(Outbound("r", CHAT, kind=OutboundKind.EDIT, text="x", message_id="1"), id="an edit"),
    pytest.param(Outbound("r", CHAT, text="x", attachments=(OutboundFile(PHOTO),)), id="a picture without an address"),
    pytest.param(
        Outbound("r", CHAT, text="x", attachments=(OutboundFile(PHOTO, file=File(b"x", "x.jpg", "image/jpeg")),)),
        id="a picture as bytes",
    ),
    pytest.param(
        Outbound("r", CHAT, attachments=(photo("data:image/png;base64,AA"),)), id="a picture inside its address"
    ),
    pytest.param(
        Outbound("r", CHAT, text="x", attachments=(OutboundFile(AttachmentKind.VOICE, url="https://a.example/1"),)),
        id="a voice message",
    ),
    pytest.param(
        Outbound("r", CHAT, text="x", attachments=(photo(), OutboundFile(AttachmentKind.DOCUMENT, url="https://a"))),
        id="a document beside a picture",
    ),
]


@pytest.mark.parametrize("message", REFUSED_HERE)
async def test_what_zalo_cannot_carry_is_refused_before_anything_is_sent(
    message: Outbound, channel: ZaloBot, stand_in: Any
) -> None:
    with pytest.raises(Refused):
        await channel.send(message)
    assert stand_in.requests == []


ANSWERS = [
    pytest.param({"body": no(400, "Bad request: chat_id is invalid")}, Refused, id="400 inside 200"),
    pytest.param({"body": no(400), "status": 400}, Refused, id="400 inside 400"),
    pytest.param({"body": no(401, "Unauthorized")}, Unauthorised, id="401: the token was reset"),
    pytest.param({"body": no(403)}, Unreachable, id="403, which is an error of theirs"),
    pytest.param({"body": no(404)}, Refused, id="404"),
    pytest.param({"body": no(408)}, Uncertain, id="408 to something that is no poll"),
    pytest.param({"body": no(426, key="errorCode")}, QuotaSpent, id="426 under the other spelling"),
    pytest.param({"body": no(429)}, QuotaSpent, id="429: the month's messages are used up"),
    pytest.param({"body": no(429), "headers": {"Retry-After": "3"}}, Throttled, id="429 that says how long"),
    pytest.param({"body": no(418)}, Refused, id="a code nobody wrote about"),
    pytest.param({"body": no(500), "status": 500}, Unreachable, id="500"),
    pytest.param({"body": {"ok": False}}, Unreachable, id="no, without a reason"),
    pytest.param({"body": {"ok": False, "error_code": "401"}}, Unauthorised, id="a code in quotes"),
    pytest.param({"body": {"ok": "yes"}}, Unreachable, id="ok is neither true nor false"),
    pytest.param({"body": [1]}, Unreachable, id="an answer of another shape"),
    pytest.param({"body": "<html>502 Bad Gateway</html>", "status": 502}, Unreachable, id="HTML of a proxy"),
    pytest.param({"body": "<html>welcome</html>"}, Unreachable, id="HTML under 200"),
    pytest.param({"body": "", "status": 504}, Uncertain, id="504: it may have arrived"),
    pytest.param({"body": "slow down", "status": 429}, Throttled, id="429 of a proxy"),
    pytest.param({"body": "", "status": 302, "headers": {"Location": "/login"}}, Unreachable, id="sent elsewhere"),
    pytest.param({"body": "[" * 100_000}, Unreachable, id="an answer nested for ever"),
    pytest.param({"cut": True}, Uncertain, id="the answer is lost"),
]


@pytest.mark.parametrize(("answer", "error"), ANSWERS)
async def test_an_answer_becomes_an_error(
    *, answer: dict[str, Any], error: type[SendError], channel: ZaloBot, stand_in: Any, reply: Any,
    nothing_secret_logged: Any,
) -> None:  # fmt: skip
    stand_in.will(reply(**answer))
    with pytest.raises(SendError) as caught:
        await channel.send(Outbound("r", CHAT, text="lời của người dân"))
    assert type(caught.value) is error
    assert len(stand_in.requests) == 1
    told = repr(caught.value) + str(caught.value) + repr(caught.value.__cause__)
    assert TOKEN not in told
    assert "người dân" not in told
    nothing_secret_logged(TOKEN, "người dân")


async def test_a_provider_that_quotes_the_token_does_not_get_it_into_our_log(
    channel: ZaloBot, stand_in: Any, reply: Any
) -> None:
    stand_in.will(reply(body=no(400, f"no such path /bot{TOKEN}/sendMessage")))
    with pytest.raises(Refused) as caught:
        await channel.send(Outbound("r", CHAT, text="x"))
    assert str(caught.value) == "sendMessage: 400 no such path /bot***/sendMessage"


async def test_an_answer_that_never_comes_is_uncertain(
    channel: ZaloBot, stand_in: Any, reply: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in.will(reply(held=True))
    with pytest.raises(Uncertain):
        await channel.client.call("sendMessage", {"chat_id": CHAT, "text": "x"}, read=0.2)


async def test_nobody_there_is_unreachable(nobody: str, nothing_secret_logged: Any) -> None:
    bot = made(nobody)
    with pytest.raises(Unreachable) as caught:
        await bot.send(Outbound("r", CHAT, text="x"))
    assert not isinstance(caught.value, Uncertain)
    nothing_secret_logged(TOKEN)
    await bot.close()


async def test_a_sender_without_patience_does_not_repeat_what_arrived(
    channel: ZaloBot, stand_in: Any, reply: Any
) -> None:
    message = Outbound("r", CHAT, text="".join(f"câu số {number}. " for number in range(200)))
    stand_in.will(reply(body=ok("1")), reply(held=True), reply(body=ok("2")))
    sending = asyncio.create_task(channel.send(message))
    async with asyncio.timeout(10):
        await stand_in.asked(2)
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending
    assert (await channel.send(message)).message_ids == ("1", "2")


async def test_a_second_try_goes_on_where_the_first_one_failed(channel: ZaloBot, stand_in: Any, reply: Any) -> None:
    message = Outbound("r", CHAT, text="".join(f"câu số {number}. " for number in range(350)))
    stand_in.will(reply(body=ok("1")), reply(body=no(403)), reply(cut=True), reply(body=ok("2")), reply(body=ok("3")))
    for _ in range(2):
        with pytest.raises(Unreachable):
            await channel.send(message)
    assert (await channel.send(message)).message_ids == ("1", "2", "3")
    texts = [request.json()["text"] for request in stand_in.requests]
    assert texts[1] == texts[2] == texts[3]
    assert len(set(texts)) == 3
