"""Zalo OA against the emulated network, over real HTTP both ways."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from channels.contract import Attachment, AttachmentKind, Button, File, InboundKind, Outbound, OutboundFile, Receipt
from channels.errors import Blocked, ChatGone, PackageTooLow, Refused, SendError, Throttled, Unauthorised, WindowClosed
from channels.zalo_oa.adapter import ZaloOa, build
from channels.zalo_oa.settings import Settings
from sandbox import media
from sandbox.server import Sandbox
from tests.channels.zalo_oa.memory_vault import MemoryVault

HOA = "4800000000000000123"
OA = "zalo_oa"
PHOTO, PAPER = AttachmentKind.PHOTO, AttachmentKind.DOCUMENT


def settings(networks: Sandbox, **more: Any) -> Settings:
    line = {key: value for key, value in networks.networks_line()[OA].items() if key in Settings.model_fields}
    return Settings.model_validate({"name": "oa", **line, **more})


@pytest.fixture
async def oa(networks: Sandbox, nothing_secret_logged: Any) -> AsyncIterator[ZaloOa]:
    made = build(settings(networks))
    made.use(MemoryVault())
    yield made
    await made.close()
    line = networks.networks_line()[OA]
    nothing_secret_logged(line["app_secret"], line["oa_secret"], line["refresh_token"], line["token"])


async def console(networks: Sandbox, **body: Any) -> dict[str, Any]:
    return await networks.networks[OA].console(body)


async def said(networks: Sandbox, **deed: Any) -> str:
    return str((await networks.say(OA, sender=HOA, **deed))["message_id"])


async def test_a_day(oa: ZaloOa, networks: Sandbox, door: Any) -> None:
    assert "UBND phường Thử (5790000000000000001)" in await oa.whoami()
    opened = await door(oa)
    assert (await console(networks, webhook=opened.url))["probe"] == 200
    await said(networks, name="Nguyễn Thị Hoa", text="Cho tôi hỏi thủ tục khai sinh")
    assert (await opened.next()).text == "Cho tôi hỏi thủ tục khai sinh"
    for kind in ("photo", "document", "voice", "video", "sticker"):
        await said(networks, **{kind: True})
        found = await opened.next()
        file = await oa.fetch(found.attachments[0])
        assert file.content, kind
    assert (await said_and_heard(networks, opened, document=True)).attachments[0].name == "don-xin-xac-nhan.pdf"
    assert (await said_and_heard(networks, opened, location=True)).attachments[0].latitude == 12.252
    assert (await said_and_heard(networks, opened, contact=True)).attachments[0].phone == "84912000000"

    sent = await oa.send(Outbound("r1", HOA, text="Mời ông/bà đến bộ phận Một cửa."))
    echo = await opened.next()
    assert (echo.kind, echo.message_id) == (InboundKind.STAFF_SAID, sent.message_ids[0])
    (seen,) = networks.seen(OA, HOA)
    assert (seen.id, seen.text) == (sent.message_ids[0], "Mời ông/bà đến bộ phận Một cửa.")

    await said(networks, event="seen")
    receipt = await opened.next()
    assert isinstance(receipt, Receipt)
    assert receipt.message_id == sent.message_ids[0]
    await said(networks, event="console", text="Tôi là cán bộ, chào bác")
    assert (await opened.next()).text == "Tôi là cán bộ, chào bác"


async def said_and_heard(networks: Sandbox, opened: Any, **deed: Any) -> Any:
    await said(networks, **deed)
    return await opened.next()


async def test_papers_go_as_files_within_the_limits(oa: ZaloOa, networks: Sandbox) -> None:
    await said(networks, text="x")
    picture = File(media.jpeg(100, 100, 1), "anh.jpg", "image/jpeg")
    paper = File(media.pdf(), "to-khai.pdf", "application/pdf")
    await oa.send(Outbound("r", HOA, text="Mẫu", attachments=(OutboundFile(PHOTO, "anh.jpg", file=picture),)))
    await oa.send(Outbound("s", HOA, text="Tờ khai", attachments=(OutboundFile(PAPER, "t.pdf", file=paper),)))
    shown = [(one.text, [paper["kind"] for paper in one.attachments]) for one in networks.seen(OA, HOA)]
    assert shown == [("Mẫu", ["photo"]), ("Tờ khai", []), ("", ["document"])]
    networks.fault(OA, "expired-upload", times=1)
    await oa.send(Outbound("u", HOA, attachments=(OutboundFile(PAPER, "t.pdf", file=paper),)))
    assert len(networks.seen(OA, HOA)) == 4


async def test_choices_are_buttons_and_numbers(oa: ZaloOa, networks: Sandbox, door: Any) -> None:
    opened = await door(oa)
    await console(networks, webhook=opened.url)
    await said_and_heard(networks, opened, text="x")
    asking = Outbound("r", HOA, text="Chọn:", buttons=((Button("Có", "/co 1"),), (Button("Không", "/khong 1"),)))
    await oa.send(asking)
    (shown,) = networks.seen(OA, HOA)
    assert (shown.text, shown.buttons) == ("Chọn:\n1. Có\n2. Không", ["Có", "Không"])
    await opened.next()
    assert (await said_and_heard(networks, opened, press="Không")).text == "/khong 1"
    networks.fault(OA, "no-buttons")
    await oa.send(asking)
    await oa.send(asking)
    assert [one.buttons for one in networks.seen(OA, HOA)] == [["Có", "Không"], [], []]
    assert [call["status"] for call in networks.calls(OA) if call["method"].endswith("/cs")] == [200, -233, 200, 200]


async def test_an_answer_quotes_and_goes_without_the_quote_when_that_is_refused(oa: ZaloOa, networks: Sandbox) -> None:
    question = await said(networks, text="hỏi")
    await oa.send(Outbound("r", HOA, text="đáp", reply_to=question))
    await oa.send(Outbound("s", HOA, text="đáp nữa", reply_to="no-such-message"))
    assert [(one.text, one.reply_to) for one in networks.seen(OA, HOA)] == [("đáp", question), ("đáp nữa", None)]


async def test_into_a_group_nobody_is_called_by_a_quoted_mark(oa: ZaloOa, networks: Sandbox) -> None:
    await said(networks, text="tắc cống", chat="g-1")
    await oa.send(Outbound("r", "g:g-1", text="Đã nhận [@g-1]"))
    (shown,) = networks.seen(OA, "g:g-1")
    assert shown.text == "Đã nhận [ @g-1]"
    with pytest.raises(ChatGone):
        await oa.send(Outbound("r", "g:g-2", text="x"))


ERRORS = [
    pytest.param({"move": 8 * 86400}, {}, WindowClosed, id="nobody spoke for eight days"),
    pytest.param({"package": False}, {}, PackageTooLow, id="the package is too low"),
    pytest.param({"void": True}, {}, Unauthorised, id="the grant was taken back"),
    pytest.param({}, {"kind": "429"}, Throttled, id="too fast"),
    pytest.param({}, {"kind": "500"}, SendError, id="their server fails"),
    pytest.param({}, {"kind": "down"}, SendError, id="they are down"),
    pytest.param({}, {"kind": "blocked", "chat": HOA}, Blocked, id="the person blocked us"),
]


@pytest.mark.parametrize(("body", "fault", "error"), ERRORS)
async def test_errors(
    *, body: dict[str, Any], fault: dict[str, Any], error: type[SendError], oa: ZaloOa, networks: Sandbox
) -> None:
    await said(networks, text="x")
    await oa.send(Outbound("0", HOA, text="trước"))
    await console(networks, **body)
    if fault:
        networks.fault(OA, **fault)
    with pytest.raises(error):
        await oa.send(Outbound("r", HOA, text="sau"))
    assert [one.text for one in networks.seen(OA, HOA)] == ["trước"]


async def test_an_expired_token_is_renewed_once_by_ten_at_the_same_time(oa: ZaloOa, networks: Sandbox) -> None:
    await said(networks, text="x")
    await oa.send(Outbound("0", HOA, text="trước"))
    await console(networks, expire=True)
    await asyncio.gather(*(oa.send(Outbound(f"r{number}", HOA, text=str(number))) for number in range(10)))
    assert len(networks.seen(OA, HOA)) == 11
    assert (await console(networks))["rotations"] == 2  # the first of all, and the one


async def test_consent(networks: Sandbox) -> None:
    made = build(settings(networks, refresh_token=None))
    made.use(MemoryVault())
    assert (await made.standing()).state == "none"
    with pytest.raises(Unauthorised, match="zalo-oa connect"):
        await made.whoami()
    consent = made.consent("http://127.0.0.1:9/zalo-oa/callback")
    async with httpx.AsyncClient() as browser:
        sent_to = urlsplit((await browser.get(consent.url)).headers["Location"])
    back = {key: values[0] for key, values in parse_qs(sent_to.query).items()}
    assert back["state"] == consent.state
    with pytest.raises(Unauthorised, match="says another oa_id"):
        await made.consented(back["code"], "5790000000000000002", back["state"])
    with pytest.raises(Unauthorised):
        await made.consented(back["code"] + "x", back["oa_id"], back["state"])
    assert "UBND phường Thử" in await made.consented(back["code"], back["oa_id"], back["state"])
    with pytest.raises(Unauthorised):
        await made.consented(back["code"], back["oa_id"], back["state"])  # a code is good once
    assert (await made.standing()).state == "good"
    await made.close()


async def test_what_an_outage_swallowed_is_read_with_the_same_ids(oa: ZaloOa, networks: Sandbox) -> None:
    since = datetime.now(UTC) - timedelta(minutes=1)
    ids = [await said(networks, text=f"tin {number}") for number in range(13)]
    other = str((await networks.say(OA, sender="4800000000000000124", photo=True))["message_id"])
    await said(networks, event="console", text="cán bộ đây")
    found = await oa.history.missed(since)
    assert {one.event_id for one in found if one.kind is InboundKind.MESSAGE} == {*ids, other}
    assert [one.text for one in found if one.kind is InboundKind.STAFF_SAID] == ["cán bộ đây"]
    assert await oa.history.missed(datetime.now(UTC) + timedelta(minutes=1)) == []


async def test_a_doubtful_message_is_looked_for_before_it_is_said_again(oa: ZaloOa, networks: Sandbox) -> None:
    await said(networks, text="x")
    first = datetime.now(UTC)
    networks.fault(OA, "drop-answer", times=1)
    with pytest.raises(SendError):
        await oa.send(Outbound("r", HOA, text="một lần thôi"))
    sent = await oa.send(Outbound("r", HOA, text="một lần thôi", again_since=first))
    (shown,) = networks.seen(OA, HOA)
    assert sent.message_ids == (shown.id,)
    networks.fault(OA, "500", times=1)  # this one did not arrive
    with pytest.raises(SendError):
        await oa.send(Outbound("s", HOA, text="lần nữa"))
    await oa.send(Outbound("s", HOA, text="lần nữa", again_since=first))
    assert [one.text for one in networks.seen(OA, HOA)] == ["một lần thôi", "lần nữa"]


async def test_a_file_that_is_gone_is_refused(oa: ZaloOa, networks: Sandbox, door: Any) -> None:
    opened = await door(oa)
    await console(networks, webhook=opened.url)
    networks.fault(OA, "file-gone", times=1)
    gone = await said_and_heard(networks, opened, document=True)
    with pytest.raises(Refused, match="404"):
        await oa.fetch(gone.attachments[0])
    with pytest.raises(Refused, match="not a host"):
        await oa.fetch(Attachment(PHOTO, "oa", "http://192.0.2.1/x.jpg"))


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        pytest.param("bad-signature", "unverified", id="a digest of zeros"),
        pytest.param("no-signature", "unverified", id="no digest"),
        pytest.param("hmac-signature", "unverified", id="an HMAC"),
        pytest.param("numeric-ids", "accepted", id="ids as numbers"),
        pytest.param("duplicate", "accepted", id="twice"),
    ],
)
async def test_webhooks_that_go_wrong(*, fault: str, outcome: str, oa: ZaloOa, networks: Sandbox, door: Any) -> None:
    opened = await door(oa)
    await console(networks, webhook=opened.url)
    networks.fault(OA, fault, times=1)
    await said(networks, text="một")
    first = await opened.next() if outcome == "accepted" else None
    assert outcome == "accepted" or first is None
    await said(networks, text="hai")
    found = await opened.next()
    if fault == "duplicate":
        assert found.event_id == first.event_id if first else False
    assert outcome in opened.outcomes


async def test_who_never_takes_an_event_is_asked_six_times_and_then_no_more(
    oa: ZaloOa, networks: Sandbox, door: Any
) -> None:
    opened = await door(oa)
    await console(networks, webhook=opened.url)
    opened.busy = 6
    await said(networks, text="một")
    async with asyncio.timeout(20):
        while (await console(networks))["subscribed"]:  # noqa: ASYNC110 - the emulated network rings no bell for it
            await asyncio.sleep(0.05)
    await said(networks, text="hai")
    assert opened.outcomes == ["probe", *["busy"] * 6]
    assert opened.arrived.empty()
