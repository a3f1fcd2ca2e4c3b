"""Papers on their way: fetched once, kept, carried as each network can, reachable only by an address we signed."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any, cast

import pytest

from bot import files
from bot.clock import Clock
from bot.files import Carried
from bot.wiring import Desk
from channels import errors
from channels.contract import Attachment, AttachmentKind, Capabilities, Channel, File, FileLimit, OutboundFile
from tickets.models import StoredFile

pytestmark = pytest.mark.usefixtures("database")

PHOTO = {"kind": "photo", "channel": "source", "ref": "p1", "name": "", "mime": "", "size": 0}
PAPER = {"kind": "document", "channel": "source", "ref": "d1", "name": "đơn.pdf", "mime": "application/pdf", "size": 9}
BOTH = frozenset({AttachmentKind.PHOTO, AttachmentKind.DOCUMENT})

JPEG = b"\xff\xd8\xff\xe0jpeg"


@dataclass
class Network:
    """As much of a channel as files ask for."""

    name: str
    capabilities: Capabilities
    holds: dict[str, File | Exception] = field(default_factory=dict)
    fetched: list[str] = field(default_factory=list)

    async def fetch(self, attachment: Attachment) -> File:
        self.fetched.append(attachment.ref)
        await asyncio.sleep(0)
        found = self.holds[attachment.ref]
        if isinstance(found, Exception):
            raise found
        return found


@pytest.fixture
def source() -> Network:
    held = {"p1": File(JPEG, "p.jpg", "image/jpeg"), "d1": File(b"%PDF-1.4", "đơn.pdf", "application/pdf")}
    return Network("source", Capabilities(100, files=BOTH, max_file=100), dict(held))


def target(**can: Any) -> Channel:
    return cast("Channel", Network("target", Capabilities(100, **can)))


def an_office(source: Network, name: str = "o", public_url: str = "https://o.example", key: bytes = b"k" * 32) -> Desk:
    office = SimpleNamespace(id=name)
    made = SimpleNamespace(
        policy=SimpleNamespace(office=name),
        office=office,
        channels={"source": source},
        clock=Clock(),
        public_url=public_url,
        file_key=key,
    )
    return cast("Desk", made)


@pytest.fixture
def desk(source: Network) -> Desk:
    return an_office(source)


@pytest.fixture
async def stored(desk: Desk) -> StoredFile:
    return await files.keep(desk, files.attachment_of(PHOTO))


async def test_a_file_is_fetched_once_however_many_ask(desk: Desk, source: Network) -> None:
    found = await asyncio.gather(*(files.file_for(desk, PHOTO) for _ in range(5)))
    await files.file_for(desk, PHOTO)
    assert set(found) == {File(JPEG, "p.jpg", "image/jpeg")}
    assert await StoredFile.all().count() == 1
    before = len(source.fetched)
    await files.file_for(desk, PHOTO)
    assert len(source.fetched) == before


@pytest.mark.parametrize(
    ("can", "attachment", "expected"),
    [
        pytest.param(
            {"files": BOTH},
            PHOTO,
            Carried((OutboundFile(AttachmentKind.PHOTO, "p.jpg", file=File(JPEG, "p.jpg", "image/jpeg")),)),
            id="bytes where the network takes them",
        ),
        pytest.param(
            {"files": frozenset({AttachmentKind.DOCUMENT})},
            {**PHOTO, "kind": "video"},
            Carried((OutboundFile(AttachmentKind.DOCUMENT, "p.jpg", file=File(JPEG, "p.jpg", "image/jpeg")),)),
            id="a kind it does not know goes as a document",
        ),
        pytest.param(
            {},
            {"kind": "location", "latitude": 12.25, "longitude": 109.19},
            Carried(lines=("https://www.openstreetmap.org/?mlat=12.25&mlon=109.19#map=17",)),
            id="a place is an address of a map",
        ),
        pytest.param(
            {},
            {"kind": "contact", "name": "Lê Mẫu", "phone": "+84000000000"},
            Carried(lines=("Lê Mẫu +84000000000",)),
            id="a contact is words",
        ),
    ],
)
async def test_each_network_gets_what_it_can_take(
    desk: Desk, can: dict[str, Any], attachment: Mapping[str, Any], expected: Carried
) -> None:
    assert await files.resolve(desk, target(**can), [attachment]) == expected


async def test_on_its_own_network_a_photo_goes_by_its_reference_and_is_not_fetched(desk: Desk, source: Network) -> None:
    carried = await files.resolve(desk, cast("Channel", source), [PHOTO])
    assert carried.files == (OutboundFile(AttachmentKind.PHOTO, ref="p1"),)
    assert source.fetched == []


@pytest.mark.parametrize(
    ("holds", "size", "lying", "unchecked"),
    [
        pytest.param(b"%PDF-1.4", 9, (), (), id="it is a paper"),
        pytest.param(b"MZ\x90", 9, ("đơn.pdf",), (), id="it is a program"),
        pytest.param(errors.Unreachable("away"), 9, (), (), id="it cannot be had just now"),
        pytest.param(b"%PDF-1.4", 1000, (), ("đơn.pdf",), id="the network hands out none of its size"),
    ],
)
async def test_a_paper_on_its_own_network_is_looked_into_and_goes_by_its_reference_all_the_same(
    source: Network, holds: bytes | Exception, size: int, lying: tuple[str, ...], unchecked: tuple[str, ...]
) -> None:
    source.holds["d1"] = File(holds, "đơn.pdf", "application/pdf") if isinstance(holds, bytes) else holds
    source.capabilities = replace(source.capabilities, max_fetch=100)
    carried = await files.resolve(an_office(source), cast("Channel", source), [{**PAPER, "size": size}])
    assert carried == Carried(
        (OutboundFile(AttachmentKind.DOCUMENT, name="đơn.pdf", ref="d1"),), lying=lying, unchecked=unchecked
    )


@pytest.mark.parametrize(
    ("suffixes", "most", "goes"),
    [
        pytest.param((".pdf", ".doc"), 100, "as bytes", id="what the network takes"),
        pytest.param((".pdf", ".doc"), 3, "by address", id="too many bytes for it"),
        pytest.param((".doc",), 100, "by address", id="an ending it does not take"),
    ],
)
async def test_where_only_some_files_are_taken_the_others_go_by_a_signed_address(
    desk: Desk, suffixes: tuple[str, ...], most: int, goes: str
) -> None:
    limits = {AttachmentKind.DOCUMENT: (FileLimit(suffixes, most),)}
    carried = await files.resolve(desk, target(files=BOTH, file_limits=limits), [PAPER])
    if goes == "as bytes":
        assert [one.file is not None for one in carried.files] == [True]
        assert carried.lines == ()
    else:
        assert carried.files == ()
        assert carried.lines[0].startswith("https://o.example/files/")


async def test_where_only_addresses_are_taken_a_signed_one_is_given(desk: Desk) -> None:
    carried = await files.resolve(desk, target(file_urls=frozenset({AttachmentKind.PHOTO})), [PHOTO, PAPER])
    [photo], [line] = carried.files, carried.lines
    assert photo.url.startswith("https://o.example/files/")
    assert photo.file is None
    assert line.endswith("/%C4%91%C6%A1n.pdf"), "a paper such a network cannot show is a link under the words"


@pytest.mark.parametrize(
    ("change", "found"),
    [
        pytest.param({"max_file": 3}, {}, id="too large for the network"),
        pytest.param({}, {"p1": errors.Refused("file is too big")}, id="refused by its own network"),
        pytest.param({}, {"p1": errors.ChatGone()}, id="gone"),
    ],
)
async def test_what_cannot_be_carried_is_counted(
    source: Network, change: dict[str, Any], found: dict[str, File | Exception]
) -> None:
    source.holds.update(found)
    desk = an_office(source, public_url="")
    carried = await files.resolve(desk, target(**{"files": BOTH, **change}), [PHOTO, PAPER])
    assert carried.lost == 2 - len(carried.files) == (2 if change else 1)


async def test_a_network_that_cannot_be_reached_now_is_asked_later(desk: Desk, source: Network) -> None:
    source.holds["p1"] = errors.Unreachable("502")
    with pytest.raises(errors.Unreachable):
        await files.resolve(desk, target(files=BOTH), [PHOTO])
    assert await StoredFile.all().count() == 0


async def test_a_channel_switched_off_loses_its_files_and_fails_nothing(desk: Desk) -> None:
    carried = await files.resolve(desk, target(files=BOTH), [{**PHOTO, "channel": "gone"}])
    assert carried == Carried(lost=1)


# -------------------------------------------------------------------------------------------------- signed addresses


def link(url: str) -> str:
    return url.split("/")[-2]


async def test_our_own_address_serves_the_file_again_and_again(desk: Desk, stored: StoredFile) -> None:
    url = files.public_url(desk, stored)
    assert url.endswith("/p.jpg")
    for _ in range(3):
        found = await files.serve({"o": desk}, link(url))
        assert found is not None
        assert found.content == JPEG


@pytest.mark.parametrize(
    "forged",
    [
        pytest.param("", id="nothing"),
        pytest.param("1", id="a bare number"),
        pytest.param("{id}.9999999999.", id="no signature"),
        pytest.param("{id}.9999999999.{signature}", id="a later end"),
        pytest.param("{other}.{expiry}.{signature}", id="another file"),
        pytest.param("{id}.{expiry}.{signature}x", id="one letter more"),
        pytest.param("-{id}.{expiry}.{signature}", id="a negative number"),
        pytest.param("{id}.{expiry}.ữ", id="letters no signature has"),
        pytest.param("99999999999999999999.{expiry}.{signature}", id="a number no database holds"),
        pytest.param("².{expiry}.{signature}", id="a digit that is no number"),
    ],
)
async def test_an_address_that_is_not_ours_serves_nothing(desk: Desk, stored: StoredFile, forged: str) -> None:
    number, expiry, signature = link(files.public_url(desk, stored)).split(".")
    made = forged.format(id=number, other=int(number) + 1, expiry=expiry, signature=signature)
    assert await files.serve({"o": desk}, made) is None


async def test_an_address_ends_after_a_day_of_real_time(
    desk: Desk, stored: StoredFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = link(files.public_url(desk, stored))
    later = time.time() + files.LINK_LIFE + 1
    monkeypatch.setattr("bot.files.time.time", lambda: later)
    assert await files.serve({"o": desk}, made) is None


async def test_one_office_signs_nothing_of_another(desk: Desk, source: Network, stored: StoredFile) -> None:
    other = an_office(source, "p", key=b"p" * 32)
    assert await files.serve({"o": desk, "p": other}, link(files.public_url(other, stored))) is None


async def test_without_a_public_address_there_is_no_link(source: Network, stored: StoredFile) -> None:
    assert files.public_url(an_office(source, public_url=""), stored) == ""


@pytest.mark.parametrize(
    ("mime", "sent", "shown"),
    [
        pytest.param("image/jpeg", "image/jpeg", "inline", id="a picture is shown"),
        pytest.param("application/pdf", "application/pdf", "attachment", id="a paper is downloaded"),
        pytest.param("text/html", "text/html", "attachment", id="a page is never opened under our name"),
        pytest.param("image/svg+xml", "image/svg+xml", "attachment", id="nor a drawing that can hold a program"),
        pytest.param("image/jpeg\r\nSet-Cookie: a=b", "application/octet-stream", "attachment", id="no second header"),
        pytest.param("", "application/octet-stream", "attachment", id="unknown"),
    ],
)
def test_headers_are_safe_whatever_the_network_said(mime: str, sent: str, shown: str) -> None:
    headers = files.headers(StoredFile(name='a"\r\nđ.jpg', mime=mime, content=b""))
    assert headers["Content-Type"] == sent
    assert headers["Content-Disposition"] == f"{shown}; filename*=UTF-8''a%22%0D%0A%C4%91.jpg"
    assert headers["X-Content-Type-Options"] == "nosniff"
