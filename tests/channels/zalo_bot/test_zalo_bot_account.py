"""Zalo Bot as an account: its webhook, its polls and the files it receives, over real HTTP to a stand-in."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from channels.contract import Attachment, AttachmentKind, File
from channels.errors import Refused, SendError, Throttled, TooLarge, Unauthorised, Unreachable
from channels.zalo_bot.adapter import SECRET_HEADER, ZaloBot, build
from channels.zalo_bot.settings import Settings

TOKEN, SECRET = "1459000000000000001:made-up-token", "made-up-webhook-secret"
CHAT = "9c0d4f2a7b8e1356c4d0"
PHOTO = AttachmentKind.PHOTO


def made(url: str, secret: str = SECRET, mode: str = "webhook") -> ZaloBot:
    return build(Settings(name="zalo", token=TOKEN, secret=secret, api_url=url, mode=mode))


@pytest.fixture
async def channel(stand_in: Any) -> AsyncIterator[ZaloBot]:
    bot = made(stand_in.url)
    yield bot
    await bot.close()


def no(code: int, description: str = "") -> dict[str, Any]:
    return {"ok": False, "description": description, "error_code": code}


def named(number: str = "1459000000000000001") -> dict[str, Any]:
    return {"ok": True, "result": {"id": number, "account_name": "bot.thu", "account_type": "BASIC"}}


def hook(url: str, **more: Any) -> dict[str, Any]:
    return {"ok": True, "result": {"url": url, "updated_at": 1790000000123, **more}}


def methods(stand_in: Any) -> list[str]:
    return [request.path.rpartition("/")[2] for request in stand_in.requests]


async def test_a_webhook_is_registered_once_and_again_only_for_a_new_secret(
    channel: ZaloBot, stand_in: Any, reply: Any, caplog: pytest.LogCaptureFixture
) -> None:
    address = "https://ward.example/webhooks/bnt/zalo"
    stand_in.will(reply(body=named()), reply(body=hook("")), reply(body=hook("x", verification={"ok": True})))
    await channel.prepare(address)
    asked = stand_in.requests[-1].json()
    assert asked["secret_token"] == SECRET
    assert asked["url"].startswith(address + "?")
    assert "WARNING" not in caplog.text

    stand_in.will(reply(body=named()), reply(body=hook(asked["url"])))
    await channel.prepare(address)
    assert methods(stand_in) == ["getMe", "getWebhookInfo", "setWebhook", "getMe", "getWebhookInfo"]

    other = made(stand_in.url, secret="another-secret")
    stand_in.will(reply(body=named()), reply(body=hook(asked["url"])), reply(body=hook("x")))
    await other.prepare(address)
    assert methods(stand_in)[-1] == "setWebhook"
    await other.close()


async def test_a_webhook_that_zalo_cannot_reach_is_told(
    channel: ZaloBot, stand_in: Any, reply: Any, caplog: pytest.LogCaptureFixture
) -> None:
    check = {"ok": False, "outcome": "webhook.http.403", "status_code": 403}
    stand_in.will(reply(body=named()), reply(body=hook("")), reply(body=hook("x", verification=check)))
    await channel.prepare("https://ward.example/webhooks/bnt/zalo")
    assert "webhook.http.403" in caplog.text


async def test_polling_removes_a_webhook_loudly_and_leaves_none_alone(
    stand_in: Any, reply: Any, caplog: pytest.LogCaptureFixture
) -> None:
    channel = made(stand_in.url, mode="polling")
    stand_in.will(reply(body=named()), reply(body=hook("")))
    await channel.prepare("")
    assert caplog.text == ""
    stand_in.will(reply(body=named()), reply(body=hook("https://old.example")), reply(body=hook("")))
    await channel.prepare("")
    assert methods(stand_in)[-1] == "deleteWebhook"
    assert "had a webhook" in caplog.text
    await channel.close()


async def test_a_webhook_is_not_removed_because_an_address_is_missing(
    channel: ZaloBot, stand_in: Any, reply: Any, caplog: pytest.LogCaptureFixture
) -> None:
    stand_in.will(reply(body=named()), reply(body=hook("https://old.example")))
    await channel.prepare("")
    assert methods(stand_in) == ["getMe", "getWebhookInfo"]
    assert "PUBLIC_URL" in caplog.text


async def test_the_bot_says_who_it_is_and_then_knows_its_echo(channel: ZaloBot, stand_in: Any, reply: Any) -> None:
    stand_in.will(reply(body=named("abc")))
    assert await channel.whoami() == "bot.thu (abc)"
    echo = b'{"event_name":"message.text.received","message":{"message_id":"1","from":{"id":"abc"},"text":"x"}}'
    assert channel.parse({SECRET_HEADER: SECRET}, echo, {}, False) == []


async def test_a_reset_token_is_told_at_once(channel: ZaloBot, stand_in: Any, reply: Any) -> None:
    stand_in.will(reply(body=no(401)))
    with pytest.raises(Unauthorised):
        await channel.whoami()


# ----------------------------------------------------------------------------------------------------------- polling


def update(number: int) -> dict[str, Any]:
    message = {"message_id": f"m{number}", "chat": {"id": CHAT}, "from": {"id": CHAT}, "text": f"tin {number}"}
    return {"event_name": "message.text.received", "message": message}


async def test_polling_reads_whatever_shape_comes_and_asks_on_only_when_it_is_stored(
    channel: ZaloBot, stand_in: Any, reply: Any
) -> None:
    quiet = reply(body=no(408, "Request timeout"))
    stand_in.will(
        quiet,
        reply(body={"ok": True, "result": update(1)}),
        reply(body={"ok": True, "result": None}),
        reply(body={"ok": True, "result": {}}),
        reply(body={"ok": True}),
        reply(body={"ok": True, "result": [update(2), update(3)]}),
    )
    batches = channel.poll()
    (first,) = await anext(batches)
    assert first.event_id == "m1"
    assert len(stand_in.requests) == 2  # the next one waits for the caller
    assert [event.event_id for event in await anext(batches)] == ["m2", "m3"]
    assert stand_in.requests[0].json() == {"timeout": 30}


async def test_polling_outlives_trouble_and_removes_a_webhook_once(
    channel: ZaloBot, stand_in: Any, reply: Any, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []

    async def noted(seconds: float) -> None:
        pauses.append(seconds)

    monkeypatch.setattr(channel, "_sleep", noted)
    stand_in.will(
        reply(body=no(400, "webhook is active")),
        reply(body=hook("")),
        reply(body="<html>", status=502),
        reply(cut=True),
        reply(body=no(429)),
        reply(body=no(429), headers={"Retry-After": "7"}),
        reply(body=no(400, "webhook is active")),
        reply(body={"ok": True, "result": update(1)}),
    )
    (event,) = await anext(channel.poll())
    assert event.event_id == "m1"
    assert methods(stand_in).count("deleteWebhook") == 1
    assert "webhook is active" in caplog.text
    first, second, quota, asked, _last = pauses
    assert first < second
    assert (quota, asked) == (60, 7)


async def test_polling_ends_when_the_token_is_no_longer_good(channel: ZaloBot, stand_in: Any, reply: Any) -> None:
    stand_in.will(reply(body=no(401)))
    with pytest.raises(Unauthorised):
        await anext(channel.poll())


# ------------------------------------------------------------------------------------------------------------- files

JPEG = b"\xff\xd8\xff\xe0" + b"\0" * 100


def there(url: str, kind: AttachmentKind = PHOTO) -> Attachment:
    return Attachment(kind, "zalo", url)


async def test_a_picture_is_fetched_and_named_by_what_it_is(channel: ZaloBot, stand_in: Any, reply: Any) -> None:
    stand_in.will(reply(body=JPEG, headers={"Content-Type": "text/html"}))
    assert await channel.fetch(there(f"{stand_in.url}/f/abc.php?x=1")) == File(JPEG, "abc.jpg", "image/jpeg")
    assert TOKEN not in stand_in.requests[0].path


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        pytest.param([{"status": 404}], Refused, id="expired"),
        pytest.param([{"status": 503}], Unreachable, id="away for now"),
        pytest.param([{"status": 429, "headers": {"Retry-After": "2"}}], Throttled, id="too often"),
        pytest.param([{"body": b"x" * (10 * 1024 * 1024 + 1)}], TooLarge, id="larger than 10 MB"),
        pytest.param([{"body": b"<script>"}], Refused, id="not a picture"),
        pytest.param(
            [{"status": 302, "headers": {"Location": "http://192.0.2.1/"}}], Refused, id="led into the office"
        ),
        pytest.param([{"status": 302, "headers": {"Location": "/again"}}] * 3, Refused, id="led in circles"),
        pytest.param([{"cut": True}], Unreachable, id="broken off"),
    ],
)
async def test_files_that_do_not_come(
    *, answers: list[dict[str, Any]], error: type[SendError], channel: ZaloBot, stand_in: Any, reply: Any
) -> None:
    stand_in.will(*(reply(**answer) for answer in answers))
    with pytest.raises(SendError) as caught:
        await channel.fetch(there(f"{stand_in.url}/f/abc.jpg"))
    assert type(caught.value) is error


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:1/x", "https://evil.example/zdn.vn", "https://zdn.vn.evil.example/x", "https://evilzdn.vn/x",
        "http://photo.zdn.vn/x", "https://photo.zdn.vn:8443/x", "https://photo.zdn.vn@evil.example/x",
        "file:///etc/passwd", "ftp://photo.zdn.vn/x", "", "https://", "https://[::1", "//photo.zdn.vn/x",
    ],
)  # fmt: skip
async def test_only_zalos_own_hosts_are_asked(url: str, channel: ZaloBot, stand_in: Any) -> None:
    with pytest.raises(Refused):
        await channel.fetch(there(url))
    assert stand_in.requests == []
