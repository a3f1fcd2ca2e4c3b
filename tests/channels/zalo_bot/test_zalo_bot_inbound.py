"""Zalo Bot, inward: rows of bodies as Zalo sends them and the events they become."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.contract import Attachment, AttachmentKind, Inbound, InboundKind
from channels.errors import Malformed
from channels.zalo_bot import parse
from channels.zalo_bot.adapter import SECRET_HEADER, ZaloBot, build
from channels.zalo_bot.settings import Settings

PAYLOADS = Path(__file__).parent / "payloads"
TOKEN, SECRET = "1459000000000000001:made-up-token", "made-up-webhook-secret"
CHAT = "9c0d4f2a7b8e1356c4d0"
AT = datetime.fromtimestamp(1790000000.123, UTC)


@pytest.fixture
async def channel() -> Any:
    made = build(Settings(name="zalo", token=TOKEN, secret=SECRET, mode="webhook"))
    yield made
    await made.close()


def said(message_id: str, text: str = "", **more: Any) -> Inbound:
    basis = Inbound(
        event_id=message_id, kind=InboundKind.MESSAGE, chat=CHAT, user=CHAT, name="Nguyễn Thị Hoa", text=text,
        message_id=message_id, sent_at=AT,
    )  # fmt: skip
    return replace(basis, **more)


def photo(url: str) -> tuple[Attachment, ...]:
    return (Attachment(AttachmentKind.PHOTO, "zalo", url),)


FIRST = said("7f3a9c1e5b2d4860af17", "Cho tôi hỏi thủ tục đăng ký khai sinh")
UNSUPPORTED = InboundKind.UNSUPPORTED

ROWS = [
    pytest.param("text_flat", [FIRST], id="text, flat as in live traffic"),
    pytest.param("text_wrapped", [FIRST], id="text, wrapped as in the documents, is the same event"),
    pytest.param("text_list", [FIRST, said("7f3a9c1e5b2d4860af18", "và cần giấy tờ gì ạ")], id="several at once"),
    pytest.param(
        "text_strange",
        [said("00000000000000000001", "Đất đai <b>*đậm*</b>", name="")],
        id="decomposed letters, NUL, direction mark, markup, no name",
    ),
    pytest.param("text_lone_surrogate", [said("00000000000000000002", "vỡ \ufffd đôi")], id="half an emoji"),
    pytest.param("text_empty", [said("00000000000000000003", kind=UNSUPPORTED)], id="a text of nothing"),
    pytest.param(
        "date_in_seconds",
        [said("00000000000000000004", "một năm trước", sent_at=datetime.fromtimestamp(1758464000, UTC))],
        id="a date in seconds, a year old",
    ),
    pytest.param("date_out_of_range", [said("00000000000000000005", "xa quá", sent_at=None)], id="a date of no year"),
    pytest.param(
        "image_live",
        [
            said(
                "b81c00000000000000aa",
                "Ảnh giấy khai sinh cũ",
                attachments=photo("https://photo.example.zdn.vn/abc.jpg"),
            )
        ],
        id="a picture with its caption, as it comes",
    ),
    pytest.param(
        "image_documented",
        [said("b81c00000000000000ab", attachments=photo("https://photo.example.zdn.vn/abd.jpg"))],
        id="a picture as documented, without words",
    ),
    pytest.param("image_without_address", [said("b81c00000000000000ac", "Ảnh đây ạ")], id="a picture that is missing"),
    pytest.param(
        "sticker",
        [
            said(
                "b81c00000000000000ad",
                attachments=(
                    Attachment(
                        AttachmentKind.STICKER, "zalo", "https://zalo-api.zadn.vn/sticker/1.png", "bfe458bf64fa8da4d4eb"
                    ),
                ),
            )
        ],
        id="a sticker",
    ),
    pytest.param(
        "voice",
        [
            said(
                "b81c00000000000000ae",
                attachments=(
                    Attachment(AttachmentKind.VOICE, "zalo", "https://voice.example.zdn.vn/1.aac", mime="audio/aac"),
                ),
            )
        ],
        id="a voice message",
    ),
    pytest.param(
        "link", [said("b81c00000000000000af", "xem giúp\nhttps://dichvucong.example/hs/1")], id="a link keeps its words"
    ),
    pytest.param("unsupported", [said("b81c00000000000000b0", kind=UNSUPPORTED)], id="what Zalo would not show"),
    pytest.param(
        "unsupported_without_message",
        [said("", kind=UNSUPPORTED, event_id="HASH", name="", sent_at=None)],
        id="the same without its message",
    ),
    pytest.param("unsupported_from_nobody", [], id="the same from nobody"),
    pytest.param(
        "group",
        [said("b81c00000000000000b1", "hỏi chung", chat="g0000000000000000001", group=True, addressed=True)],
        id="in a group",
    ),
    pytest.param("echo_by_id", [], id="our own words come back, by id"),
    pytest.param("echo_by_flag", [], id="our own words come back, by flag"),
    pytest.param("unknown_kind", [], id="a kind nobody knows, with the id of a message we have"),
    pytest.param("empty_poll", [], id="the end of a quiet poll"),
    pytest.param("wrong_types", [], id="every field of a wrong type"),
]


@pytest.mark.parametrize(("file", "expected"), ROWS)
async def test_a_body_becomes_events(
    *, file: str, expected: list[Inbound], channel: ZaloBot, deliver: Any, delivery: Any, nothing_secret_logged: Any
) -> None:
    body = (PAYLOADS / f"{file}.json").read_bytes()
    result = await deliver(channel, delivery({SECRET_HEADER.lower(): SECRET}, body))

    found = result.without_raw()
    hashed = [event.event_id for event in found if event.event_id.startswith("sha256:")]
    assert [replace(event, event_id="HASH") if event.event_id in hashed else event for event in found] == expected
    assert (result.answer.status, result.answer.outcome) == (200, "accepted" if expected else "ignored")
    assert result.kept_unread == ([] if expected else [body])
    json.dumps([event.raw for event in result.events]).encode()

    again = await deliver(channel, delivery({SECRET_HEADER: SECRET}, body))
    assert [event.event_id for event in again.events] == [event.event_id for event in found]

    for forged in ({}, {SECRET_HEADER: SECRET + "x"}, {SECRET_HEADER: "ñ\udcff"}):
        refused = await deliver(channel, delivery(forged, body))
        assert (refused.answer.status, refused.events, refused.kept_unread) == (401, [], [])
    nothing_secret_logged(SECRET, TOKEN)


@pytest.mark.parametrize(
    ("body", "query", "status"),
    [
        pytest.param(b"", {}, 200, id="the console tries the address"),
        pytest.param(b"", {"secret": "a1b2c3"}, 200, id="the registered address carries its mark"),
        pytest.param(b"not json", {}, 401, id="no proof, no reading"),
    ],
)
async def test_probes(
    *, body: bytes, query: dict[str, str], status: int, channel: ZaloBot, deliver: Any, delivery: Any
) -> None:
    result = await deliver(channel, delivery({}, body, query))
    assert (result.answer.status, result.events, result.kept_unread) == (status, [], [])


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"not json", id="no JSON"),
        pytest.param(b"\xff\xfe{\x00", id="no UTF-8"),
        pytest.param(b'{"event_name": "message.text.received", "message": {"date": NaN}}', id="not a number"),
        pytest.param(b'{"message": {"date": 1e999}}', id="infinite"),
        pytest.param(b"[" * 100_000, id="nested for ever"),
        pytest.param(b'{"a": ' + b"9" * 10_000 + b"}", id="a number of ten thousand digits"),
    ],
)
async def test_bodies_that_cannot_be_read(body: bytes, channel: ZaloBot, deliver: Any, delivery: Any) -> None:
    result = await deliver(channel, delivery({SECRET_HEADER: SECRET}, body))
    assert (result.answer.status, result.answer.outcome, result.events) == (400, "malformed", [])
    with pytest.raises(Malformed):
        channel.parse({}, body, {}, False)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["message", "chat", "from", "id", "text", "date", "photo_url"]), inner)
    ),
    max_leaves=12,
)


@given(st.sampled_from(["text", "image", "sticker", "voice", "link", "unsupported", "x"]), JSON, JSON)
def test_no_json_breaks_the_reading(kind: str, message: Any, around: Any) -> None:
    update = {**(around if isinstance(around, dict) else {}), "event_name": f"message.{kind}.received"}
    for one in parse.updates([update | {"message": message}, around]):
        event = parse.event(one, "zalo", {"1"})
        assert event is None or (isinstance(event, Inbound) and event.chat and event.event_id)


def test_the_secret_comes_from_the_token_when_none_is_set(nothing_secret_logged: Callable[..., None]) -> None:
    settings = Settings(name="zalo", token=TOKEN)
    derived = settings.webhook_secret()
    assert 8 <= len(derived) <= 256
    assert derived.isalnum()
    assert TOKEN not in derived
    assert derived == Settings(name="other", token=TOKEN).webhook_secret()
    assert derived != Settings(name="zalo", token=TOKEN + "2").webhook_secret()
    assert TOKEN not in repr(settings) + repr(build(settings))
