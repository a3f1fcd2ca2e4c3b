"""Zalo OA, outward: rows of messages and the calls they become, over real HTTP to a stand-in that follows a script."""

import unicodedata
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from channels.contract import AttachmentKind, Button, File, Outbound, OutboundFile, OutboundKind
from channels.errors import Refused, Throttled, Unauthorised
from channels.grants import Kept
from channels.text import utf16_units
from channels.zalo_oa.adapter import ZaloOa, build
from channels.zalo_oa.settings import Settings
from channels.zalo_oa.tokens import Pair, Seal
from tests.channels.zalo_oa.memory_vault import MemoryVault

USER = "4800000000000000123"
PHOTO, PAPER = AttachmentKind.PHOTO, AttachmentKind.DOCUMENT
TWO = ((Button("Có", "/co 1"), Button("Không", "/khong 1")),)
SIX = tuple((Button(str(number), f"/{number}"),) for number in range(6))
CS, GROUP = "/v3.0/oa/message/cs", "/v3.0/oa/group/message"
JPEG = File(b"\xff\xd8\xff", "anh.jpg", "image/jpeg")
GIF = File(b"GIF89a\x10\x00\x08\x00", "anh.gif", "image/gif")
PDF = File(b"%PDF-", "to-khai.pdf", "application/pdf")


@pytest.fixture
async def channel(stand_in: Any) -> AsyncIterator[ZaloOa]:
    settings = Settings(
        name="oa", app_id="360", app_secret="made-up-app-secret", oa_id="579", oa_secret="made-up-oa-secret",
        api_url=stand_in.url, oauth_url=stand_in.url,
    )  # fmt: skip
    made = build(settings)
    now = datetime.now(UTC)
    made.use(MemoryVault(Kept(Seal(settings).close(Pair("AT-1", "RT-1")), 1, now, now + timedelta(hours=25))))
    yield made
    await made.close()


def media(kind: str, **more: Any) -> dict[str, Any]:
    element = {"media_type": kind, "attachment_id": "up", **more}
    return {"type": "template", "payload": {"template_type": "media", "elements": [element]}}


def buttons(*choices: Button) -> dict[str, Any]:
    made = [{"title": one.label, "type": "oa.query.hide", "payload": one.command} for one in choices]
    return {"type": "template", "payload": {"buttons": made}}


def to(message: dict[str, Any], path: str = CS, **recipient: str) -> tuple[str, Any]:
    return path, {"recipient": recipient or {"user_id": USER}, "message": message}


ROWS = [
    pytest.param(Outbound("r", USER, text="Đã nhận <b>*_"), [to({"text": "Đã nhận <b>*_"})], id="words as they are"),
    pytest.param(
        Outbound("r", USER, text=unicodedata.normalize("NFD", "Đất")), [to({"text": "Đất"})], id="composed letters"
    ),
    pytest.param(
        Outbound("r", USER, text="Chọn:", buttons=TWO),
        [to({"text": "Chọn:\n1. Có\n2. Không", "attachment": buttons(*TWO[0])})],
        id="choices as numbers and as buttons",
    ),
    pytest.param(
        Outbound("r", USER, text="Chọn:", buttons=SIX),
        [to({"text": "Chọn:\n1. 0\n2. 1\n3. 2\n4. 3\n5. 4\n6. 5"})],
        id="more than five are numbers only",
    ),
    pytest.param(
        Outbound("r", USER, text="Vâng", reply_to="m1"), [to({"text": "Vâng", "quote_message_id": "m1"})], id="a quote"
    ),
    pytest.param(
        Outbound("r", USER, text="Mẫu", attachments=(OutboundFile(PHOTO, file=JPEG),)),
        [("/v2.0/oa/upload/image", None), to({"text": "Mẫu", "attachment": media("image")})],
        id="one picture carries the words",
    ),
    pytest.param(
        Outbound("r", USER, attachments=(OutboundFile(PHOTO, file=GIF),)),
        [("/v2.0/oa/upload/gif", None), to({"attachment": media("gif", width=16, height=8)})],
        id="a moving picture has its size",
    ),
    pytest.param(
        Outbound("r", USER, text="Tờ khai", attachments=(OutboundFile(PAPER, file=PDF),)),
        [
            to({"text": "Tờ khai"}),
            ("/v2.0/oa/upload/file", None),
            to({"attachment": {"type": "file", "payload": {"token": "up"}}}),
        ],
        id="a paper follows the words",
    ),
    pytest.param(
        Outbound("r", "g:g-1", text="Lịch [@all]"),
        [to({"text": "Lịch [ @all]"}, GROUP, group_id="g-1")],
        id="into a group",
    ),
    pytest.param(
        Outbound("r", USER, kind=OutboundKind.ASK_CONTACT, text="Thông tin\nĐể gọi lại"),
        [
            to({
                "attachment": {
                    "type": "template",
                    "payload": {
                        "template_type": "request_user_info",
                        "elements": [{"title": "Thông tin", "subtitle": "Để gọi lại"}],
                    },
                }
            })
        ],
        id="a form for contact details",
    ),
    pytest.param(Outbound("r", USER, kind=OutboundKind.ANSWER_PRESS, press_id="1"), [], id="no press to answer"),
]  # fmt: skip


@pytest.mark.parametrize(("message", "calls"), ROWS)
async def test_a_message_becomes_calls(
    *,
    message: Outbound,
    calls: list[tuple[str, Any]],
    channel: ZaloOa,
    stand_in: Any,
    reply: Any,
    nothing_secret_logged: Any,
) -> None:
    answer = {"error": 0, "message": "Success", "data": {"message_id": "id", "attachment_id": "up", "token": "up"}}
    stand_in.will(*(reply(body=answer) for _ in calls))
    sent = await channel.send(message)
    assert sent.message_ids == ("id",) * sum(body is not None for _, body in calls)
    assert [one.path for one in stand_in.requests] == [path for path, _ in calls]
    for request, (_, body) in zip(stand_in.requests, calls, strict=True):
        assert request.headers["access_token"] == "AT-1"
        assert "Authorization" not in request.headers
        assert len(request.headers["appsecret_proof"]) == 64
        if body is None:
            assert b'name="file"; filename="' in request.body
        else:
            assert request.json() == body
    nothing_secret_logged("AT-1", "RT-1", "made-up-app-secret")


async def test_a_long_decomposed_answer_arrives_whole_in_parts(channel: ZaloOa, stand_in: Any, reply: Any) -> None:
    text = unicodedata.normalize("NFD", "Hồ sơ đã được tiếp nhận và đang xử lý. " * 130).strip()
    stand_in.will(*(reply(body={"error": 0, "data": {"message_id": str(number)}}) for number in range(3)))
    assert (await channel.send(Outbound("r", USER, text=text))).message_ids == ("0", "1", "2")
    parts = [request.json()["message"]["text"] for request in stand_in.requests]
    assert max(map(utf16_units, parts)) <= 1900
    assert " ".join(parts) == unicodedata.normalize("NFC", text)


async def test_a_second_try_goes_on_where_the_first_one_failed(channel: ZaloOa, stand_in: Any, reply: Any) -> None:
    text = "Một câu dài. " * 250
    stand_in.will(reply(body={"error": 0, "data": {"message_id": "a"}}), reply(body={"error": -200}))
    with pytest.raises(Exception, match="-200"):
        await channel.send(Outbound("r", USER, text=text))
    stand_in.will(reply(body={"error": 0, "data": {"message_id": "b"}}))
    assert (await channel.send(Outbound("r", USER, text=text))).message_ids == ("a", "b")


async def test_a_token_that_is_not_taken_is_renewed_once_and_then_no_more(
    channel: ZaloOa, stand_in: Any, reply: Any
) -> None:
    good = {"access_token": "AT-2", "refresh_token": "RT-2", "expires_in": "90000"}
    stand_in.will(reply(body={"error": -216}), reply(body=good), reply(body={"error": "-216"}))
    with pytest.raises(Unauthorised, match="just renewed"):
        await channel.send(Outbound("r", USER, text="x"))
    paths = [request.path for request in stand_in.requests]
    assert paths == [CS, "/v4/oa/access_token", CS]
    assert stand_in.requests[-1].headers["access_token"] == "AT-2"


async def test_limits_of_zalo_are_the_offices_to_correct(stand_in: Any, reply: Any) -> None:
    settings = Settings(
        name="oa", app_id="360", app_secret="made-up-app-secret", oa_id="579", oa_secret="made-up-oa-secret",
        api_url=stand_in.url, oauth_url=stand_in.url, max_text=100, buttons_at_most=1, rows_of_a_read=7,
        answer_within=4, night_ends=(datetime.now(UTC) + timedelta(hours=9)).hour, price_after_free=70,
        free_window_hours=24, window_days=3, window_margin_minutes=0, image_limit=9, gif_limit=9, file_limit=9,
        calls_per_minute=120,
    )  # fmt: skip
    made = build(settings)
    now = datetime.now(UTC)
    made.use(MemoryVault(Kept(Seal(settings).close(Pair("AT-1", "RT-1")), 1, now, now + timedelta(hours=25))))
    can = made.capabilities
    assert (can.max_text, can.answer_within, can.max_file) == (100, 4, 9)
    assert can.overall is not None
    assert can.overall.per_second == 1
    assert can.window is not None
    assert (can.window.free, can.window.last, can.window.price) == (timedelta(days=1), timedelta(days=3), 70)
    stand_in.will(reply(body={"error": 0, "data": {"message_id": "a"}}))
    await made.send(Outbound("r", USER, text="Chọn:", buttons=TWO))
    assert "attachment" not in stand_in.requests[-1].json()["message"], "two choices are one too many here"
    stand_in.will(reply(body={"error": 0, "data": []}))
    assert await made.missed(now) == []
    assert "%22count%22%3A7" in stand_in.requests[-1].path
    stand_in.will(reply(body={"error": -234}))
    with pytest.raises(Throttled) as night:
        await made.send(Outbound("r", USER, text="x"))
    assert timedelta(hours=1) < timedelta(seconds=night.value.retry_after) <= timedelta(hours=2)
    await made.close()


def test_every_price_window_and_limit_says_when_it_was_read() -> None:
    told = {name: field.description or "" for name, field in Settings.model_fields.items()}
    limits = {
        *("max_text", "free_window_hours", "window_days", "price_after_free", "image_limit", "gif_limit", "file_limit"),
        *("calls_per_minute", "refresh_token_days", "buttons_at_most", "rows_of_a_read", "answer_within", "night_ends"),
        "media_hosts",
    }
    assert {name for name, words in told.items() if "(read 20" in words} == limits


@pytest.mark.parametrize(
    "message",
    [
        pytest.param(Outbound("r", USER), id="nothing at all"),
        pytest.param(Outbound("r", USER, kind=OutboundKind.EDIT, text="x", message_id="1"), id="an edit"),
        pytest.param(Outbound("r", USER, attachments=(OutboundFile(PHOTO, url="https://a.example/1"),)), id="no bytes"),
        pytest.param(Outbound("r", USER, attachments=(OutboundFile(AttachmentKind.VOICE, file=JPEG),)), id="a voice"),
    ],
)
async def test_what_zalo_cannot_carry_is_refused_before_anything_is_sent(
    message: Outbound, channel: ZaloOa, stand_in: Any
) -> None:
    with pytest.raises(Refused):
        await channel.send(message)
    assert stand_in.requests == []
