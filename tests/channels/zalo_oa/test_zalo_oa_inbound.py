"""Zalo OA, inward: rows of bodies as Zalo sends them, signed over their bytes, and the events they become."""

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.contract import Attachment, AttachmentKind, Event, Inbound, InboundKind, Receipt, ReceiptState
from channels.errors import NotOurs
from channels.zalo_oa import parse
from channels.zalo_oa.adapter import ZaloOa, build
from channels.zalo_oa.settings import Settings
from channels.zalo_oa.signature import HEADER, digest

PAYLOADS = Path(__file__).parent / "payloads"
APP, OA, USER = "3600000000000000456", "5790000000000000001", "4800000000000000123"
APP_SECRET, OA_SECRET = "made-up-app-secret", "made-up-oa-secret"
GROUP = "g:g-made-up-001"


def at(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


@pytest.fixture
async def channel() -> Any:
    made = build(Settings(name="oa", app_id=APP, app_secret=APP_SECRET, oa_id=OA, oa_secret=OA_SECRET))
    yield made
    await made.close()


def said(message_id: str, text: str = "", **more: Any) -> Inbound:
    basis = Inbound(
        event_id=message_id, kind=InboundKind.MESSAGE, chat=USER, user=USER, text=text, message_id=message_id,
        sent_at=at(1790000002345),
    )  # fmt: skip
    return replace(basis, **more)


def happened(kind: InboundKind, event: str, milliseconds: int, **more: Any) -> Inbound:
    made = said("", kind=kind, event_id=f"{event}:{USER}:{milliseconds}", sent_at=at(milliseconds))
    return replace(made, **more)


def paper(kind: AttachmentKind, ref: str = "", name: str = "", **more: Any) -> tuple[Attachment, ...]:
    return (Attachment(kind, "oa", ref, name, **more),)


PHOTO, FILE, CARD = AttachmentKind.PHOTO, AttachmentKind.DOCUMENT, AttachmentKind.CONTACT
HIDDEN = InboundKind.UNSUPPORTED

ROWS = [
    pytest.param("text", [said("c0ffee00d15ea5e01234", "Tôi muốn hỏi về hộ khẩu")], id="a text"),
    pytest.param(
        "text_other_key", [said("c0ffee00d15ea5e01235", "Tôi muốn hỏi về hộ khẩu")], id="its id as message_id"
    ),
    pytest.param("text_quoting", [said("c0ffee00d15ea5e01236", "Vâng ạ", reply_to="beef0001")], id="with a quote"),
    pytest.param("numbers", [said("90071992547409931234", "số")], id="ids beyond 2^53 and the time as numbers"),
    pytest.param("text_strange", [said("m1", "Đất <b>")], id="decomposed letters, NUL, direction mark, markup"),
    pytest.param(
        "image", [said("m2", "Giấy khai sinh cũ", attachments=paper(PHOTO, "https://f.zdn.vn/1.jpg"))], id="a picture"
    ),
    pytest.param(
        "image_thumbnail_only",
        [said("m3", attachments=paper(PHOTO, "https://t.zdn.vn/1.jpg"))],
        id="only its thumbnail",
    ),
    pytest.param(
        "images",
        [said("m4", attachments=paper(PHOTO, "https://f.zdn.vn/1.jpg") + paper(PHOTO, "https://f.zdn.vn/2.jpg"))],
        id="two pictures",
    ),
    pytest.param("gif", [said("m5", attachments=paper(PHOTO, "https://f.zdn.vn/1.gif"))], id="a moving picture"),
    pytest.param(
        "file",
        [said("m6", attachments=paper(FILE, "https://f.zdn.vn/a", "don-xin-xac-nhan.pdf", size=183221))],
        id="a file, its size as text",
    ),
    pytest.param(
        "audio", [said("m7", attachments=paper(AttachmentKind.VOICE, "https://v.zdn.vn/1.amr"))], id="a voice"
    ),
    pytest.param(
        "video", [said("m8", attachments=paper(AttachmentKind.VIDEO, "https://v.zdn.vn/1.mp4"))], id="a video"
    ),
    pytest.param(
        "sticker",
        [
            said(
                "m9",
                attachments=paper(AttachmentKind.STICKER, "https://zalo-api.zadn.vn/s/1.png", "bfe458bf64fa8da4d4eb"),
            )
        ],
        id="a sticker only",
    ),
    pytest.param(
        "sticker_id_only",
        [said("m10", attachments=paper(AttachmentKind.STICKER, "", "46911"))],
        id="without its picture",
    ),
    pytest.param(
        "location",
        [said("m11", attachments=paper(AttachmentKind.LOCATION, latitude=12.252, longitude=109.19))],
        id="a place, in text",
    ),
    pytest.param("location_nowhere", [said("m12", kind=HIDDEN)], id="a place that is none"),
    pytest.param("business_card", [said("m13", attachments=paper(CARD, phone="84912000000"))], id="a business card"),
    pytest.param("business_card_words", [said("m14", "Bác Tư tổ 5")], id="a card whose description is no JSON"),
    pytest.param(
        "link", [said("m15", "xem giúp\nCổng dịch vụ công\nhttps://dichvucong.example/1")], id="a link keeps its words"
    ),
    pytest.param(
        "text_without_message", [happened(HIDDEN, "user_send_text", 1790000002345)], id="an event without its message"
    ),
    pytest.param("image_without_attachments", [said("m16", kind=HIDDEN)], id="a picture that is missing"),
    pytest.param("from_nobody", [], id="from nobody"),
    pytest.param("follow", [happened(InboundKind.FOLLOWED, "follow", 1790000000001)], id="a follower"),
    pytest.param("unfollow", [happened(InboundKind.LEFT, "unfollow", 1790000000002)], id="one less"),
    pytest.param("click", [happened(InboundKind.OPENED, "user_click_chatnow", 1790000000003)], id="the chat opened"),
    pytest.param(
        "submit_info",
        [
            happened(
                InboundKind.MESSAGE,
                "user_submit_info",
                1790000012000,
                name="Lê Thị Mai",
                attachments=(Attachment(CARD, name="Lê Thị Mai, 12 Lê Lợi, Phường A, Huế", phone="84912000000"),),
            )
        ],
        id="contact details, nested",
    ),
    pytest.param(
        "submit_info_flat",
        [
            happened(
                InboundKind.MESSAGE,
                "user_submit_info",
                1790000012001,
                name="Lê Thị Mai",
                attachments=(Attachment(CARD, name="Lê Thị Mai, 12 Lê Lợi, Phường A, Huế", phone="84912000000"),),
            )
        ],
        id="contact details, flat, the phone a number",
    ),
    pytest.param("withdraw", [happened(InboundKind.WITHDRAWN, "user_withdraw", 1790000012002)], id="data withdrawn"),
    pytest.param(
        "seen",
        [
            Receipt("read:o1", ReceiptState.READ, message_id="o1"),
            Receipt("read:o2", ReceiptState.READ, message_id="o2"),
        ],
        id="two were read",
    ),
    pytest.param("received", [Receipt("delivered:o1", ReceiptState.DELIVERED, message_id="o1")], id="one arrived"),
    pytest.param("reacted", [], id="a reaction is only kept"),
    pytest.param("unknown", [], id="a kind nobody knows"),
    pytest.param("new_kind", [said("m31", kind=HIDDEN)], id="a kind of message of next year"),
    pytest.param(
        "group_new_kind",
        [said("m30", kind=HIDDEN, chat=GROUP, group=True)],
        id="the same in a group, kept no longer than other talk there",
    ),
    pytest.param(
        "echo_text", [said("o3", "Mời bác lên phường", kind=InboundKind.STAFF_SAID)], id="words of the office"
    ),
    pytest.param(
        "echo_image",
        [said("o4", kind=InboundKind.STAFF_SAID, attachments=paper(PHOTO, "https://f.zdn.vn/9.jpg"))],
        id="a picture of the office",
    ),
    pytest.param(
        "group_text",
        [said("dd44", "Cống ngõ 5 bị tắc", chat=GROUP, group=True, sent_at=at(1790000020000))],
        id="in a group",
    ),
    pytest.param(
        "group_called",
        [said("dd45", "làm khai sinh ở đâu", chat=GROUP, group=True, addressed=True, reply_to="dd44")],
        id="in a group, to us",
    ),
    pytest.param(
        "group_location",
        [
            said(
                "dd46",
                chat=GROUP,
                group=True,
                attachments=paper(AttachmentKind.LOCATION, latitude=12.5, longitude=109.1),
            )
        ],
        id="a place in a group",
    ),
    pytest.param(
        "group_echo",
        [said("dd47", "Lịch tiếp dân", chat=GROUP, user=OA, group=True, kind=InboundKind.STAFF_SAID)],
        id="the office in a group",
    ),
    pytest.param(
        "group_made",
        [
            said(
                "",
                kind=InboundKind.JOINED,
                chat=GROUP,
                user=GROUP,
                group=True,
                sent_at=at(1790000020001),
                event_id="create_group:g-made-up-001:1790000020001",
            )
        ],
        id="a new group",
    ),
    pytest.param(
        "group_ended",
        [
            said(
                "",
                kind=InboundKind.LEFT,
                chat=GROUP,
                user=GROUP,
                group=True,
                sent_at=at(1790000020002),
                event_id="HASH",
            )
        ],
        id="a group that ended, as one source spells it",
    ),
    pytest.param("group_joined", [], id="somebody joins a group"),
    pytest.param("wrong_types", [said("", kind=HIDDEN, event_id="HASH", sent_at=None)], id="fields of wrong types"),
    pytest.param("empty_object", [], id="an object of nothing"),
]


def timestamp_of(body: bytes) -> str:
    found = json.loads(body, parse_int=str).get("timestamp", "")
    return found if isinstance(found, str) else ""


def signed(body: bytes, secret: str = OA_SECRET) -> dict[str, str]:
    return {HEADER: f"mac={digest(APP, body, timestamp_of(body), secret)}"}


def same_ids(events: list[Event]) -> list[Event]:
    return [replace(one, event_id="HASH") if one.event_id.startswith("sha256:") else one for one in events]


@pytest.mark.parametrize(("file", "expected"), ROWS)
async def test_a_body_becomes_events(
    *, file: str, expected: list[Event], channel: ZaloOa, deliver: Any, delivery: Any, nothing_secret_logged: Any
) -> None:
    body = (PAYLOADS / f"{file}.json").read_bytes()
    result = await deliver(channel, delivery(signed(body), body))

    assert same_ids(result.without_raw()) == expected
    assert (result.answer.status, result.answer.outcome) == (200, "accepted" if expected else "ignored")
    assert result.kept_unread == ([] if expected else [body])
    json.dumps([event.raw for event in result.events]).encode()

    retried = {name.lower(): value for name, value in signed(body).items()} | {"num_retry": "3"}
    again = await deliver(channel, delivery(retried, body))
    assert [event.event_id for event in again.events] == [event.event_id for event in result.events]
    by_the_apps_secret = await deliver(channel, delivery(signed(body, APP_SECRET), body))
    assert by_the_apps_secret.answer.status == 200

    for header in FORGED(body):
        refused = await deliver(channel, delivery(header, body))
        assert (refused.answer.status, refused.events, refused.kept_unread) == (401, [], [])
    changed = body.replace(b'"app_id"', b'"app_Id"', 1) if b'"app_id"' in body else body + b" "
    assert (await deliver(channel, delivery(signed(body), changed))).answer.status == 401
    nothing_secret_logged(APP_SECRET, OA_SECRET)


def FORGED(body: bytes) -> list[dict[str, str]]:  # noqa: N802 - a table made for each body
    stamp = timestamp_of(body)
    again = json.dumps(json.loads(body), separators=(", ", ": ")).encode() + b" "
    return [
        {HEADER: "mac="},
        {HEADER: "mac=" + "0" * 64},
        {HEADER: "mac=ñ\udcff"},
        {HEADER: "mac=" + digest(APP, body, stamp, OA_SECRET + "x")},
        {HEADER: "mac=" + digest(OA, body, stamp, OA_SECRET)},  # the account's id in the place of the app's
        {HEADER: "mac=" + digest(APP, body, stamp + "0", OA_SECRET)},
        {HEADER: "mac=" + digest(APP, again, stamp, OA_SECRET)},  # over JSON that was written anew
        {HEADER: "mac=" + hashlib.sha256(OA_SECRET.encode() + body).hexdigest()},
    ]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        pytest.param(b"", 200, id="the console tries the address"),
        pytest.param(b"{}", 200, id="with an object of nothing"),
        pytest.param(b'{"event_name": "console_test"}', 200, id="with an event nobody knows"),
        pytest.param(b"not json", 200, id="with what is no JSON"),
        pytest.param((PAYLOADS / "text.json").read_bytes(), 401, id="a known event proves itself or is refused"),
    ],
)
async def test_unsigned(*, body: bytes, status: int, channel: ZaloOa, deliver: Any, delivery: Any) -> None:
    result = await deliver(channel, delivery({}, body))
    assert (result.answer.status, result.events, result.kept_unread) == (status, [], [])


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"not json", id="no JSON"),
        pytest.param(b"\xff\xfe{\x00", id="no UTF-8"),
        pytest.param(b'{"event_name": "user_send_text", "timestamp": NaN}', id="not a number"),
        pytest.param(b"[" * 100_000, id="nested for ever"),
    ],
)
async def test_bodies_that_cannot_be_read(body: bytes, channel: ZaloOa, deliver: Any, delivery: Any) -> None:
    result = await deliver(channel, delivery({HEADER: "mac=" + digest(APP, body, "", OA_SECRET)}, body))
    assert (result.answer.status, result.answer.outcome, result.events) == (400, "malformed", [])


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["message", "sender", "id", "text", "attachments", "payload", "coordinates", "info"]), inner
        )
    ),
    max_leaves=12,
)
NAMES = ["user_send_text", "user_send_file", "user_send_location", "oa_send_group_image", "user_submit_info", "follow"]


@given(st.sampled_from([*NAMES, "user_seen_message", "create_group"]), JSON, JSON)
def test_no_json_breaks_the_reading(name: str, message: Any, around: Any) -> None:
    body = {**(around if isinstance(around, dict) else {}), "event_name": name, "message": message}
    for one in (*parse.events(body, "oa", OA), *parse.events(around, "oa", OA)):
        assert one.event_id
        assert isinstance(one, Receipt) or one.chat


OTHER = "5790000000000000999"
TWO = {"sender": {"id": USER}, "recipient": {"id": OTHER}}
WHOSE = [
    pytest.param({"event_name": "user_send_text", **TWO}, OTHER, id="said to another account"),
    pytest.param(
        {"event_name": "oa_send_text", "sender": {"id": OTHER}, "recipient": {"id": USER}}, OTHER, id="said by another"
    ),
    pytest.param({"event_name": "follow", "oa_id": OTHER, "follower": {"id": USER}}, OTHER, id="another is followed"),
    pytest.param({"event_name": "user_send_group_text", "oa_id": OTHER, **TWO}, OTHER, id="in a group of another"),
    pytest.param({"event_name": "user_seen_message", **TWO}, OTHER, id="another's message is read"),
    pytest.param({"event_name": "follow", "oa_id": int(OA), "follower": {"id": USER}}, "", id="ours, as a number"),
    pytest.param({"event_name": "follow", "follower": {"id": USER}}, "", id="nobody says whose it is"),
    pytest.param({"event_name": "user_send_group_text", **TWO}, "", id="a group, and nobody says whose"),
    pytest.param(
        {"event_name": "user_received_message", "sender": {"id": OA}, "recipient": {"id": USER}}, "", id="ours arrived"
    ),
    pytest.param(
        {"event_name": "user_received_message", "sender": {"id": USER}, "recipient": {"id": OA}},
        "",
        id="ours arrived, the other way round",
    ),
    pytest.param(["no object"], "", id="no object at all"),
]


@pytest.mark.parametrize(("payload", "other"), WHOSE)
async def test_whose_event_it_is(channel: ZaloOa, payload: Any, other: str) -> None:
    assert parse.account_of(payload, OA) == other
    if other:
        with pytest.raises(NotOurs) as raised:
            channel.parse({}, json.dumps(payload).encode(), {}, False)
        assert raised.value.account == f"zalo_oa account {other}"
