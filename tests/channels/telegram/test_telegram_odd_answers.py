"""What does the adapter do when Telegram, or something in its place, answers strangely or not at all?"""

import asyncio
import logging
import traceback
from typing import Any

import pytest
from aiohttp import web

from channels import errors
from channels.contract import (
    Attachment,
    AttachmentKind,
    Event,
    File,
    Inbound,
    Menu,
    Outbound,
    OutboundFile,
    OutboundKind,
)
from channels.telegram import files, render
from channels.telegram.adapter import Telegram
from tests.channels.telegram.scripted_telegram import TOKEN, Scripted, channel_to, no, ok, scripted_api

WORDS = "lời của người dân"
RESIDENT = {"id": 700001, "is_bot": False, "first_name": "Mẫu"}


def update(number: int, text: str = "Xin chào") -> dict[str, Any]:
    chat = {"id": 700001, "type": "private", "first_name": "Mẫu"}
    return {
        "update_id": number,
        "message": {"message_id": number, "date": 1795226400, "from": RESIDENT, "chat": chat, "text": text},
    }


def words(events: list[Event]) -> list[str]:
    return [event.text for event in events if isinstance(event, Inbound)]


def message(text: str, **more: Any) -> Outbound:
    return Outbound(ref="r1", chat="700001", text=text, **more)


# ------------------------------------------------------------------------------------------------------------ polling


async def test_the_next_batch_is_asked_for_only_when_the_caller_comes_back(api: Scripted, channel: Telegram) -> None:
    api.will("getUpdates", ok([update(11), update(10)]), ok([update(12, "Nữa")]))
    batches = channel.poll()
    assert words(await anext(batches)) == ["Xin chào", "Xin chào"]
    assert [asked.get("offset") for asked in api.parameters("getUpdates")] == [None]
    assert words(await anext(batches)) == ["Nữa"]
    assert [asked.get("offset") for asked in api.parameters("getUpdates")] == [None, 12]
    assert api.parameters("getUpdates")[0]["allowed_updates"] == [
        "message",
        "edited_message",
        "callback_query",
        "my_chat_member",
    ]


async def test_a_batch_without_events_is_passed_over_and_forgotten(api: Scripted, channel: Telegram) -> None:
    api.will("getUpdates", ok([]), ok([{"update_id": 5, "telepathy": {}}]), ok([update(6)]))
    assert words(await anext(channel.poll())) == ["Xin chào"]
    assert [asked.get("offset") for asked in api.parameters("getUpdates")] == [None, None, 6]


@pytest.mark.parametrize(
    "trouble",
    [
        pytest.param((502, "<html>Bad Gateway</html>"), id="a gateway's page"),
        pytest.param((200, "<html>"), id="an answer that is none"),
        pytest.param(ok({"update_id": 5}), id="no list"),
        pytest.param(ok([{"no": "id"}]), id="updates without an id"),
        pytest.param(no(500, "Internal Server Error"), id="500"),
        pytest.param(no(429, "Too Many Requests: retry after 1", retry_after=1), id="429"),
    ],
)
async def test_polling_outlives_trouble(api: Scripted, channel: Telegram, trouble: Any) -> None:
    api.will("getUpdates", trouble, ok([update(6)]))
    async with asyncio.timeout(10):
        assert words(await anext(channel.poll())) == ["Xin chào"]


async def test_an_update_we_fail_at_does_not_hold_up_the_rest(
    api: Scripted, channel: Telegram, caplog: pytest.LogCaptureFixture
) -> None:
    deep: Any = "lời"
    for _ in range(700):
        deep = [deep]
    api.will("getUpdates", ok([update(5) | {"later": deep}, update(6, "Sau đó")]))
    batch = words(await anext(channel.poll()))
    assert batch[-1] == "Sau đó"
    assert "lời" not in caplog.text


async def test_another_poller_is_named_in_the_log(
    api: Scripted, channel: Telegram, caplog: pytest.LogCaptureFixture
) -> None:
    api.will(
        "getUpdates",
        no(409, "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"),
        ok([update(6)]),
    )
    async with asyncio.timeout(10):
        await anext(channel.poll())
    assert "another program polls with the same token" in caplog.text
    assert "AAscripted" not in caplog.text


@pytest.mark.parametrize("status", [401, 404])
async def test_a_wrong_token_ends_polling(api: Scripted, channel: Telegram, status: int) -> None:
    api.will("getUpdates", no(status, {401: "Unauthorized", 404: "Not Found"}[status]))
    with pytest.raises(errors.Unauthorised):
        await anext(channel.poll())


# ------------------------------------------------------------------------------------------------------------ sending

LONG = "\n\n".join("Hồ sơ gồm có giấy tờ sau đây. " * 100 for _ in range(4))
PARTS = render.split(LONG, render.TEXT)


async def test_a_second_try_goes_on_where_the_first_one_ended(api: Scripted, channel: Telegram) -> None:
    api.will("sendMessage", ok({"message_id": 1}), no(500, "Internal Server Error"), ok({"message_id": 2}))
    assert len(PARTS) == 4
    with pytest.raises(errors.Unreachable):
        await channel.send(message(LONG))
    api.will("sendMessage", *(ok({"message_id": number}) for number in (2, 3, 4)))
    sent = await channel.send(message(LONG))
    assert sent.message_ids == ("1", "2", "3", "4")
    assert [asked["text"] for asked in api.parameters("sendMessage")] == [PARTS[0], PARTS[1], *PARTS[1:]]
    api.will("sendMessage", ok({"message_id": 9}))
    assert (await channel.send(message("Tin khác"))).message_ids == ("9",), "and nothing of it is left afterwards"


async def test_what_is_refused_for_good_is_not_remembered(api: Scripted, channel: Telegram) -> None:
    api.will("sendMessage", ok({"message_id": 1}), no(403, "Forbidden: bot was blocked by the user"))
    with pytest.raises(errors.Blocked):
        await channel.send(message(LONG))
    api.will("sendMessage", ok({"message_id": 5}))
    assert (await channel.send(message("Lại"))).message_ids == ("5",)


async def test_an_accepted_message_is_sent_whatever_else_the_answer_holds(api: Scripted, channel: Telegram) -> None:
    api.will("sendMessage", ok({"message_id": 7, "chat": "of a later API", "date": "soon"}))
    assert (await channel.send(message("x"))).message_ids == ("7",)
    assert api.parameters("sendMessage")[0]["link_preview_options"] == {"is_disabled": True}


async def test_the_words_of_a_photo_are_edited_as_its_caption(api: Scripted, channel: Telegram) -> None:
    api.will("editMessageText", no(400, "Bad Request: there is no text in the message to edit"))
    api.will("editMessageCaption", ok(True))
    edit = Outbound(ref="r", chat="700001", kind=OutboundKind.EDIT, message_id="30", text="Đã nhận")
    assert (await channel.send(edit)).message_ids == ("30",)
    assert api.parameters("editMessageCaption") == [{"chat_id": 700001, "message_id": 30, "caption": "Đã nhận"}]


async def hang(_: web.Request) -> web.StreamResponse:
    await asyncio.Event().wait()
    return web.Response()


async def cut(request: web.Request) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


@pytest.mark.parametrize("behaviour", [pytest.param(hang, id="no answer"), pytest.param(cut, id="cut off")])
async def test_a_request_that_left_and_was_not_answered_is_uncertain(api: Scripted, behaviour: Any) -> None:
    api.will("sendMessage", behaviour)
    async with channel_to(api.address, answer=0.3) as impatient:
        with pytest.raises(errors.Uncertain) as caught:
            await impatient.send(message(WORDS))
    shown = "".join(traceback.format_exception(caught.value))
    assert "AAscripted" not in shown
    assert WORDS not in shown


async def test_nobody_at_home_is_unreachable_and_nothing_was_sent() -> None:
    async with scripted_api() as gone:
        address = gone.address
    async with channel_to(address) as channel:
        with pytest.raises(errors.Unreachable) as caught:
            await channel.send(message("x"))
    assert not isinstance(caught.value, errors.Uncertain)
    assert "AAscripted" not in "".join(traceback.format_exception(caught.value))


async def test_through_an_http_proxy(api: Scripted) -> None:
    api.will("getMe", ok({"username": "ToHoTroThuBot"}))
    proxy = api.address.replace("//", "//mau:mat-khau@")
    async with channel_to("http://telegram.invalid", proxy=proxy) as channel:
        assert await channel.whoami() == "@ToHoTroThuBot"
    assert api.headers[0]["Host"] == "telegram.invalid"
    assert api.headers[0]["Proxy-Authorization"].startswith("Basic ")


async def test_a_file_of_strange_name_is_uploaded(api: Scripted, channel: Telegram) -> None:
    api.will("sendDocument", ok({"message_id": 1}))
    file = OutboundFile(AttachmentKind.DOCUMENT, file=File(b"%PDF", 'Đơn "xin"\r\nX-Evil: 1.pdf', "application/pdf"))
    await channel.send(message("Gửi", attachments=(file,)))
    (asked,) = api.parameters("sendDocument")
    assert asked["caption"] == "Gửi"
    assert "xin" in next(value for key, value in asked.items() if key not in {"chat_id", "document", "caption"})


# ------------------------------------------------------------------------------------------------------------ fetching

PHOTO = Attachment(AttachmentKind.PHOTO, "telegram", ref="photo:AAA")


async def test_a_fetched_file_has_a_name_and_a_type(api: Scripted, channel: Telegram) -> None:
    async def content(_: web.Request) -> web.StreamResponse:
        return web.Response(body=b"jpeg")

    api.will("getFile", ok({"file_id": "AAA", "file_unique_id": "A", "file_path": "photos/file_12.jpg"}))
    api.will("photos/file_12.jpg", content)
    assert await channel.fetch(PHOTO) == File(b"jpeg", "file_12.jpg", "image/jpeg")
    assert api.parameters("getFile") == [{"file_id": "AAA"}]
    named = Attachment(AttachmentKind.DOCUMENT, "telegram", ref="document:AAA", name="Đơn.pdf", mime="application/x")
    assert await channel.fetch(named) == File(b"jpeg", "Đơn.pdf", "application/x")


async def endless(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    for _ in range(files.DOWNLOAD_LIMIT // 2**20 + 2):
        await response.write(bytes(2**20))
    return response


@pytest.mark.parametrize(
    ("file", "download", "expected"),
    [
        pytest.param(no(400, "Bad Request: file is too big"), ok(1), errors.Refused, id="too big, says Telegram"),
        pytest.param(ok({"file_id": "AAA"}), ok(1), errors.Refused, id="no path"),
        pytest.param(ok({"file_path": "f"}), endless, errors.TooLarge, id="too big, as it turns out"),
        pytest.param(ok({"file_path": "f"}), (404, ""), errors.Refused, id="gone"),
        pytest.param(ok({"file_path": "f"}), (502, ""), errors.Unreachable, id="a gateway's refusal"),
        pytest.param(ok({"file_path": "f"}), cut, errors.Unreachable, id="cut off"),
    ],
)
async def test_files_that_cannot_be_fetched(
    api: Scripted, channel: Telegram, file: Any, download: Any, expected: type[errors.SendError]
) -> None:
    api.will("getFile", file)
    api.will("f", download)
    with pytest.raises(expected) as caught:
        await channel.fetch(PHOTO)
    assert type(caught.value) is expected
    assert TOKEN not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize(
    "attachment",
    [
        pytest.param(Attachment(AttachmentKind.LOCATION, "telegram", ref="geo:12.2,109.1"), id="a place"),
        pytest.param(Attachment(AttachmentKind.VIDEO, "telegram", ref="video:A", size=2**30), id="known to be too big"),
    ],
)
async def test_what_need_not_be_asked_for(channel: Telegram, attachment: Attachment) -> None:
    with pytest.raises(errors.Refused):
        await channel.fetch(attachment)


# -------------------------------------------------------------------------------------------------- before the first

URL = "https://to-ho-tro.vi-du.test/webhooks/o/telegram"
WANTED = ["message", "edited_message", "callback_query", "my_chat_member"]


@pytest.mark.parametrize(
    ("info", "set_anew"),
    [
        pytest.param({"url": ""}, True, id="none is set"),
        pytest.param({"url": "https://elsewhere.vi-du.test/"}, True, id="another is set"),
        pytest.param({"url": URL, "allowed_updates": ["message"]}, True, id="it asks for other updates"),
        pytest.param({"url": URL, "allowed_updates": WANTED[::-1]}, False, id="it is as it should be"),
        pytest.param(
            {
                "url": URL,
                "allowed_updates": WANTED,
                "last_error_message": "Wrong response from the webhook: 401 Unauthorized",
            },
            True,
            id="we refused what came, so its secret is another",
        ),
        pytest.param(
            {"url": URL, "allowed_updates": WANTED, "last_error_message": "Connection timed out"},
            False,
            id="we were away",
        ),
    ],
)
async def test_the_webhook_is_set_only_when_it_differs(api: Scripted, info: dict[str, Any], set_anew: bool) -> None:
    api.will("getMe", ok({"username": "ToHoTroThuBot"}))
    api.will("getWebhookInfo", ok(info))
    api.will("setWebhook", ok(True))
    async with channel_to(api.address, mode="webhook", secret="of_our-own") as channel:
        assert not channel.polls
        await channel.prepare(URL)
    assert api.parameters("setWebhook") == (
        [{"url": URL, "secret_token": "of_our-own", "allowed_updates": WANTED, "drop_pending_updates": False}]
        if set_anew
        else []
    )


async def test_a_webhook_without_a_public_address_names_the_remedy(api: Scripted) -> None:
    api.will("getMe", ok({"username": "ToHoTroThuBot"}))
    async with channel_to(api.address, mode="webhook") as channel:
        with pytest.raises(errors.Refused, match="TOHOTRO_PUBLIC_URL"):
            await channel.prepare("")


async def test_polling_clears_the_webhook_and_keeps_what_waits(api: Scripted, channel: Telegram) -> None:
    api.will("getMe", ok({"username": "ToHoTroThuBot"}))
    api.will("deleteWebhook", ok(True))
    assert channel.polls
    await channel.prepare("")
    assert api.methods() == ["getMe", "deleteWebhook"]
    assert not api.parameters("deleteWebhook")[0].get("drop_pending_updates")


async def test_a_chat_that_is_gone_does_not_keep_others_from_their_menu(
    api: Scripted, channel: Telegram, caplog: pytest.LogCaptureFixture
) -> None:
    api.will("setMyCommands", no(400, "Bad Request: chat not found"), ok(True))
    commands = (("cho", "Phiếu đang chờ"),)
    await channel.announce((Menu("vi", commands, chat="-9000001"), Menu("vi", commands, chat="700002")))
    assert [asked["scope"]["chat_id"] for asked in api.parameters("setMyCommands")] == [-9000001, 700002]
    assert "chat not found" in caplog.text


async def test_a_menu_waits_for_a_better_time(api: Scripted, channel: Telegram) -> None:
    api.will("setMyCommands", no(429, "Too Many Requests: retry after 3", retry_after=3))
    with pytest.raises(errors.Throttled):
        await channel.announce((Menu("vi", (("cho", "Phiếu đang chờ"),)),))


async def test_who_we_are(api: Scripted, channel: Telegram) -> None:
    api.will("getMe", no(401, "Unauthorized"))
    with pytest.raises(errors.Unauthorised):
        await channel.whoami()
    api.will("getMe", ok({"id": 1}))
    with pytest.raises(errors.Unreachable):
        await channel.whoami()


async def test_nothing_secret_is_said_at_the_loudest(api: Scripted, caplog: pytest.LogCaptureFixture) -> None:
    api.will("getMe", ok({"username": "ToHoTroThuBot"}))
    api.will("sendMessage", no(500, "Internal Server Error"))
    with caplog.at_level(logging.DEBUG):
        async with channel_to(api.address, secret="webhook_hidden") as channel:
            await channel.whoami()
            with pytest.raises(errors.Unreachable) as caught:
                await channel.send(message(WORDS))
            said = caplog.text + repr(channel) + repr(caught.value) + "".join(traceback.format_exception(caught.value))
    assert "getMe" in said
    for hidden in ("AAscripted", "webhook_hidden", WORDS):
        assert hidden not in said
