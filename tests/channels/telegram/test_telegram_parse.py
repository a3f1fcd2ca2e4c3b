"""Does every kind of Telegram update become the event it should, or none?

A row is a payload file of captured shape (persons, places and ids invented) and the events expected of it; the runner
adds what holds for all.
"""

import copy
import json
import logging
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from channels.contract import Attachment, AttachmentKind, Inbound, InboundKind, SenderClass
from channels.errors import Malformed
from channels.telegram import parse

PAYLOADS = Path(__file__).parent / "payloads"
CHANNEL = "telegram"
US = "ToHoTroThuBot"
RESIDENT = {"chat": "700001", "user": "700001", "name": "Mẫu Nguyễn Văn"}
STAFF = {"chat": "-1009000000001", "user": "700002", "name": "Thử Trần Thị", "group": True}
SMALL_GROUP = STAFF | {"chat": "-9000001"}
TO_US = STAFF | {"addressed": True}
FORWARDED = {"forwarded": True}


def at(hour: int, minute: int, second: int) -> datetime:
    return datetime(2026, 11, 21, hour, minute, second, tzinfo=UTC)


def said(number: int, sent_at: datetime, who: dict[str, Any] = RESIDENT, **more: Any) -> dict[str, Any]:
    """Which message of its second it was stands in the fraction; a change is the last of its second."""
    fraction = 999_999 if more.get("kind") is InboundKind.EDITED else number
    common = {"kind": InboundKind.MESSAGE, "message_id": str(number), "sent_at": sent_at.replace(microsecond=fraction)}
    return common | who | more


def hung(kind: AttachmentKind, ref: str, **more: Any) -> tuple[Attachment]:
    return (Attachment(kind, CHANNEL, ref, **more),)


PHOTO, DOCUMENT, VOICE, VIDEO = (
    AttachmentKind.PHOTO,
    AttachmentKind.DOCUMENT,
    AttachmentKind.VOICE,
    AttachmentKind.VIDEO,
)
FILE = "AgACAgUAAxkBAAI"

# file, the one event expected (without what the runner adds) or None, label
ROWS: list[tuple[str, dict[str, Any] | None, str]] = [
    ("text", said(41, at(2, 0, 41), text="Cho tôi hỏi làm giấy khai sinh cần gì ạ?"), "a resident's words"),
    ("start_payload", said(42, at(2, 0, 42), text="/start moi_AB12"), "/start keeps its payload"),
    ("command_to_us", said(43, at(2, 0, 43), TO_US, text="/nhan 1042"), "our name behind a command goes"),
    ("command_to_us_other_case", said(44, at(2, 0, 44), TO_US, text="/cho"), "our name in another case goes too"),
    ("command_to_another_bot", None, "in a group a command for another bot is not for us"),
    (
        "command_to_another_bot_in_private",
        said(46, at(2, 0, 46), text="/thutuc khai sinh"),
        "in private nobody else can be meant",
    ),
    ("text_decomposed", said(47, at(2, 0, 47), text="Tôi muốn hỏi về hộ tịch"), "NFD Vietnamese becomes NFC"),
    (
        "text_markup",
        said(48, at(2, 0, 48), text="<b>đậm</b> *sao* _gạch_ [x](tg://user?id=1) & {0} %s"),
        "markup is only text",
    ),
    (
        "unclean_text",
        said(901, at(2, 8, 21), text="ab \ufffd c 😀 gnud nâb") | {"name": "Mẫu\ufffd"},
        "NUL, lone surrogates and direction marks do not get in",
    ),
    ("reply_to_card", said(49, at(2, 0, 49), TO_US, text="/xong", reply_to="30"), "an answer names what it answers"),
    (
        "topic_message",
        said(50, at(2, 0, 50), STAFF | {"chat": "-1009000000001/5"}, text="Ai nhận giúp?"),
        "a topic is a chat of its own",
    ),
    (
        "mention",
        said(84, at(2, 2, 4), TO_US, text="👋 làm khai sinh cần gì ạ?"),
        "our name in a group says that we are meant, and goes",
    ),
    (
        "mention_in_caption",
        said(85, at(2, 2, 5), TO_US, text="giấy này đủ chưa", attachments=hung(PHOTO, f"photo:{FILE}g", size=1402)),
        "our name under a photo",
    ),
    ("mention_alone", said(86, at(2, 2, 6), TO_US), "our name and nothing else"),
    (
        "mention_forwarded",
        said(87, at(2, 2, 7), STAFF, text="hỏi giùm") | FORWARDED,
        "what is forwarded was said to somebody else",
    ),
    ("mention_of_another", said(88, at(2, 2, 8), STAFF, text="@ToHoTroThuBot2 và a@ToHoTroThuBot"), "a name like ours"),
    ("reply_to_a_person", said(89, at(2, 2, 9), STAFF, text="đúng rồi", reply_to="88"), "an answer to somebody else"),
    (
        "photo_with_caption",
        said(51, at(2, 0, 51), text="Giấy này đã đủ chưa ạ?", attachments=hung(PHOTO, f"photo:{FILE}x", size=91022)),
        "the largest size of a photo, the caption as words",
    ),
    ("photo_alone", said(52, at(2, 0, 52), attachments=hung(PHOTO, f"photo:{FILE}s", size=1402)), "a photo, no words"),
    (
        "album_part_1",
        said(
            53,
            at(2, 0, 53),
            text="Hai mặt",
            album="13900000000000001",
            attachments=hung(PHOTO, f"photo:{FILE}a1", size=5000),
        ),
        "first of an album",
    ),
    (
        "album_part_2",
        said(54, at(2, 0, 54), album="13900000000000001", attachments=hung(PHOTO, f"photo:{FILE}a2", size=5100)),
        "second of an album",
    ),
    (
        "document",
        said(
            55,
            at(2, 0, 55),
            attachments=hung(
                DOCUMENT,
                f"document:{FILE}doc",
                name="Tờ khai.docx",
                mime="application/vnd.openxmlformats-officedocument.wordprocessingml.document",
                size=20480,
            ),
        ),
        "a document keeps its name, without the folder",
    ),
    (
        "voice",
        said(56, at(2, 0, 56), attachments=hung(VOICE, f"voice:{FILE}voi", mime="audio/ogg", size=15000)),
        "a voice message",
    ),
    (
        "audio",
        said(
            57,
            at(2, 0, 57),
            attachments=hung(VOICE, f"audio:{FILE}aud", name="ghi-am.mp3", mime="audio/mpeg", size=900000),
        ),
        "a sound file",
    ),
    (
        "video",
        said(
            58,
            at(2, 0, 58),
            text="Đường ngập",
            attachments=hung(VIDEO, f"video:{FILE}vid", name="ngap.mp4", mime="video/mp4", size=800000),
        ),
        "a video",
    ),
    (
        "video_note",
        said(59, at(2, 0, 59), attachments=hung(VIDEO, f"video_note:{FILE}note", size=300000)),
        "a round video",
    ),
    (
        "animation",
        said(
            60,
            at(2, 1, 0),
            attachments=hung(VIDEO, f"animation:{FILE}gif", name="x.mp4", mime="video/mp4", size=70000),
        ),
        "an animation counts once although it is repeated as a document",
    ),
    (
        "sticker",
        said(61, at(2, 1, 1), attachments=hung(AttachmentKind.STICKER, f"sticker:{FILE}stk", size=21000)),
        "a sticker",
    ),
    (
        "live_photo",
        said(62, at(2, 1, 2), attachments=hung(PHOTO, f"photo:{FILE}still", size=88000)),
        "a live photo is its still picture",
    ),
    (
        "location",
        said(
            63,
            at(2, 1, 3),
            attachments=hung(AttachmentKind.LOCATION, "geo:12.2797,109.2021", latitude=12.2797, longitude=109.2021),
        ),
        "a place",
    ),
    (
        "venue",
        said(
            64,
            at(2, 1, 4),
            attachments=hung(
                AttachmentKind.LOCATION,
                "geo:12.28,109.2",
                name="Nhà văn hóa (thử), 1 Đường Mẫu",
                latitude=12.28,
                longitude=109.2,
            ),
        ),
        "a named place counts once",
    ),
    (
        "contact",
        said(
            65,
            at(2, 1, 5),
            attachments=hung(AttachmentKind.CONTACT, "tel:84900000001", name="Mẫu Nguyễn Văn", phone="84900000001"),
        ),
        "a contact",
    ),
    ("dice", said(66, at(2, 1, 6), text="🎲"), "a thrown die is its sign"),
    (
        "forwarded",
        said(67, at(2, 1, 7), text="Thông báo cắt điện") | FORWARDED,
        "a forwarded message is its sender's now",
    ),
    ("poll_in_private", said(68, at(2, 1, 8)) | {"kind": InboundKind.UNSUPPORTED}, "a poll cannot be taken"),
    ("poll_in_group", None, "a poll among staff is their own affair"),
    (
        "part_of_a_later_api",
        said(70, at(2, 1, 10), text="Xin giấy xác nhận cư trú"),
        "a part the library does not know does not hide the words",
    ),
    (
        "only_a_part_of_a_later_api",
        said(71, at(2, 1, 11)) | {"kind": InboundKind.UNSUPPORTED},
        "a message of which nothing is understood is not passed over",
    ),
    (
        "another_bot",
        said(72, at(2, 1, 12), text="Tôi là bot")
        | {"chat": STAFF["chat"], "user": "7000000002", "name": "Bot khác", "group": True}
        | {"sender": SenderClass.MACHINE},
        "another bot is a machine",
    ),
    (
        "anonymous_admin",
        said(73, at(2, 1, 13), text="/cho")
        | {"chat": STAFF["chat"], "user": "1087968824", "name": "Group", "group": True}
        | {"sender": SenderClass.MACHINE},
        "who writes as the group itself cannot be known",
    ),
    ("automatic_forward", None, "a channel's post repeated in its group"),
    ("business_message_part", None, "a message to somebody's business account"),
    ("new_members", None, "service: people came in"),
    ("left_member", None, "service: somebody left"),
    ("pinned", None, "service: pinned"),
    ("group_title", None, "service: new title"),
    (
        "migrate_to",
        {"kind": InboundKind.MIGRATED, "chat": "-9000001", "user": "700002", "text": "-1009000000001", "group": True},
        "a group that became a supergroup tells its new id",
    ),
    ("migrate_from", None, "the other half of a migration says nothing new"),
    (
        "edited_text",
        said(82, at(3, 0, 0), text="Cần những gì ạ, cho trẻ 2 tuổi?", kind=InboundKind.EDITED),
        "changed words, with the time of the change",
    ),
    (
        "edited_caption",
        said(
            83,
            at(3, 0, 1),
            text="Thêm chú thích",
            attachments=hung(PHOTO, f"photo:{FILE}x", size=91022),
            kind=InboundKind.EDITED,
        ),
        "a changed caption",
    ),
    ("live_location_moved", None, "a moving position is not a new message every second"),
    (
        "pressed",
        {"kind": InboundKind.PRESSED, "text": "/nhan 1042", "message_id": "30", "press_id": "30001", **STAFF},
        "a pressed button is its command",
    ),
    (
        "pressed_on_old_message",
        {"kind": InboundKind.PRESSED, "text": "/danhgia 5", "message_id": "3", "press_id": "30002", **RESIDENT},
        "a button of a message too old to be shown",
    ),
    ("pressed_inline", None, "a button of an inline message is not ours"),
    ("pressed_game", None, "a game's button is not ours"),
    (
        "bot_added_to_group",
        {"kind": InboundKind.JOINED, "sent_at": at(2, 1, 40), **SMALL_GROUP},
        "we came into a group",
    ),
    (
        "bot_added_as_admin",
        {"kind": InboundKind.JOINED, "sent_at": at(2, 1, 40), **STAFF},
        "we came in as administrator",
    ),
    ("bot_promoted", None, "more rights are not a new arrival"),
    ("bot_restricted_but_in", None, "fewer rights are not a departure"),
    ("bot_kicked", {"kind": InboundKind.LEFT, "sent_at": at(2, 1, 40), **STAFF}, "we were put out"),
    ("bot_left", {"kind": InboundKind.LEFT, "sent_at": at(2, 1, 40), **SMALL_GROUP}, "we left"),
    ("blocked", {"kind": InboundKind.LEFT, "sent_at": at(2, 1, 40), **RESIDENT}, "a resident blocked us"),
    ("unblocked", {"kind": InboundKind.JOINED, "sent_at": at(2, 1, 40), **RESIDENT}, "a resident unblocked us"),
    ("added_to_channel", None, "a channel is not a group"),
    ("channel_post", None, "a channel's post"),
    ("business_message", None, "a business message"),
    ("reaction", None, "a reaction"),
    ("kind_of_a_later_api", None, "a kind of update that does not exist yet"),
    ("message_is_no_object", None, "a message that is not an object"),
    ("message_without_chat", None, "a message without sender or chat"),
]


@pytest.mark.parametrize(("file", "expected"), [pytest.param(file, event, id=label) for file, event, label in ROWS])
def test_update(file: str, expected: dict[str, Any] | None) -> None:
    body = (PAYLOADS / f"{file}.json").read_bytes()
    events = parse.body(body, CHANNEL, US)
    raw = json.loads(
        body.replace(rb"\u0000", b"").replace(rb"\ud83d\ude00", "😀".encode()).replace(rb"\ud83d", b"\\ufffd")
    )
    event_id = f"u{raw['update_id']}"
    assert events == ([] if expected is None else [Inbound(event_id=event_id, raw=raw, **expected)])
    assert events == parse.body(body, CHANNEL, US), "the same update twice has the same id and content"
    for event in events:
        json.dumps(event.raw, allow_nan=False).encode("utf-8")


def test_every_payload_has_a_row() -> None:
    assert sorted(path.stem for path in PAYLOADS.glob("*.json")) == sorted(file for file, _, _ in ROWS)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"<html>", id="no JSON"),
        pytest.param(b"[]", id="a list"),
        pytest.param(b"null", id="null"),
        pytest.param(b"{}", id="no update id"),
        pytest.param(b'{"update_id": "7"}', id="an update id that is text"),
        pytest.param(b'{"update_id": true}', id="an update id that is a truth"),
        pytest.param(b'{"update_id": 1, "x": NaN}', id="a number that is none"),
        pytest.param(b'{"update_id": 1, "message": "\xff"}', id="broken UTF-8"),
        pytest.param(b'{"update_id": 1, "message": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", id="nested without end"),
    ],
)
def test_a_broken_body_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        parse.body(body, CHANNEL, US)


def test_before_our_name_is_known_a_command_in_a_group_is_taken_as_ours() -> None:
    (event,) = parse.body((PAYLOADS / "command_to_another_bot.json").read_bytes(), CHANNEL, "")
    assert isinstance(event, Inbound)
    assert event.text == "/nhan 1042"


def test_a_very_long_text_is_cut_and_its_time_may_be_absurd() -> None:
    update = json.loads((PAYLOADS / "text.json").read_bytes())
    update["message"] |= {"text": "á" * 100_000, "edit_date": 10**17}
    (event,) = parse.body(json.dumps(update).encode(), CHANNEL, US)
    assert isinstance(event, Inbound)
    assert 10_000 < len(event.text) <= 20_000
    assert event.sent_at == at(2, 0, 41).replace(microsecond=int(event.message_id))


def test_what_is_not_understood_is_logged_without_the_words(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        parse.body((PAYLOADS / "part_of_a_later_api.json").read_bytes(), CHANNEL, US)
    assert "forward_origin" in caplog.text
    assert "cư trú" not in caplog.text


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of everything inside `value`, four levels deep."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield (*path, key)
        if len(path) < 3:
            yield from places(item, (*path, key))


ODD = (None, True, -1, 10**30, 1e300, "", "x", "\u202e", [], [[]], {}, {"id": {}})


@pytest.mark.parametrize("file", [file for file, event, _ in ROWS if event is not None])
def test_whatever_stands_in_one_place_the_rest_is_survived(file: str) -> None:
    whole = json.loads((PAYLOADS / f"{file}.json").read_bytes().replace(rb"\ud83d", b"?"))
    for path in places(whole):
        for odd in ODD:
            update = copy.deepcopy(whole)
            inside = update
            for key in path[:-1]:
                inside = inside[key]
            inside[path[-1]] = odd
            with suppress(Malformed):
                for event in parse.update(update, CHANNEL, US):
                    assert isinstance(event, Inbound)
                    assert event.chat
                    assert event.user
