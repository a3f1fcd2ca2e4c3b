"""Papers on their way from one network to another: fetched once, kept, sent as bytes or as a signed address."""

import asyncio
import base64
import hashlib
import hmac
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import structlog
from tortoise.exceptions import IntegrityError

from bot import sniffing
from channels.contract import Attachment, AttachmentKind, Capabilities, Channel, File, OutboundFile
from channels.errors import Refused, SendError, TooLarge, Unreachable
from tickets.models import StoredFile

if TYPE_CHECKING:
    from bot.wiring import Desk

log = structlog.get_logger(__name__)

LINK_LIFE = 24 * 3600  # seconds: Zalo fetches an address more than once, and again when the picture is looked at
MAX_FILE = 50 * 1024 * 1024  # bytes; the most any of the networks sends
_FETCH = 20.0  # seconds

_FIELDS = frozenset(one.name for one in fields(Attachment))
_MIME = re.compile(r"[a-z]+/[a-z0-9][a-z0-9.+-]*")
_INLINE = ("image/jpeg", "image/png", "image/gif", "image/webp", "audio/", "video/")  # shown; the rest is downloaded


@dataclass(frozen=True, slots=True)
class Carried:
    """What a network can take of some attachments. `lines` go under the text; `lost` could not be carried at all.

    `too_large` were lost because their own network hands out no files of that size; `lying` (by name) are not what they
    were said to be, and of the `unchecked` that cannot be said.
    """

    files: tuple[OutboundFile, ...] = ()
    lines: tuple[str, ...] = ()
    lost: int = 0
    too_large: int = 0
    lying: tuple[str, ...] = ()
    unchecked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _FoundOut:
    """What is wrong with files looked at so far, by their names."""

    lying: list[str] = field(default_factory=list)
    unchecked: list[str] = field(default_factory=list)


def attachment_of(values: Mapping[str, Any]) -> Attachment:
    """An attachment as rows keep it, back in the channels' words."""
    known = {name: value for name, value in values.items() if name in _FIELDS}
    return Attachment(**{**known, "kind": AttachmentKind(values["kind"])})


async def resolve(desk: "Desk", target: Channel, attachments: Sequence[Mapping[str, Any]]) -> Carried:
    """What `target` can carry of `attachments`, fetching and keeping what it needs. Not inside a transaction.

    Raises channels.errors.Unreachable when a file may be had later. A file that is gone or too large counts as lost.
    """
    carried: list[OutboundFile] = []
    lines: list[str] = []
    found_out = _FoundOut()
    lost = too_large = 0
    for values in attachments:
        one = attachment_of(values)
        try:
            found = await _carry(desk, target, one, found_out)
        except Unreachable:
            raise
        except TooLarge:
            too_large += 1
            continue
        except SendError as error:
            log.warning("a file was lost", office=desk.policy.office, channel=one.channel, reason=error.reason)
            found = None
        match found:
            case OutboundFile():
                carried.append(found)
            case str():
                lines.append(found)
            case None:
                lost += 1
    return Carried(tuple(carried), tuple(lines), lost, too_large, tuple(found_out.lying), tuple(found_out.unchecked))


def is_too_large(desk: "Desk", target: Channel, one: Attachment) -> bool:
    """Whether the network `one` came by will not hand it out, and `target` is not that very network."""
    source = desk.channels.get(one.channel)
    limit = source.capabilities.max_fetch if source is not None else 0
    return bool(limit) and one.size > limit and one.channel != target.name


async def _carry(desk: "Desk", target: Channel, one: Attachment, found_out: _FoundOut) -> OutboundFile | str | None:
    """The file in a form `target` takes, else an address for the text, else None. What is wrong with it is noted."""
    if one.kind is AttachmentKind.LOCATION:
        return f"https://www.openstreetmap.org/?mlat={one.latitude}&mlon={one.longitude}#map=17"
    if one.kind is AttachmentKind.CONTACT:
        return f"{one.name} {one.phone}".strip()
    if is_too_large(desk, target, one):
        raise TooLarge
    can = target.capabilities
    kind: AttachmentKind = one.kind if one.kind in can.files | can.file_urls else AttachmentKind.DOCUMENT
    if kind in can.files and one.channel == target.name and one.ref and not can.file_limits:
        await _look_into(desk, one, found_out)
        return OutboundFile(kind, name=one.name, ref=one.ref)
    if kind in can.files and one.size <= (can.max_file or MAX_FILE):
        stored = await keep(desk, one)
        kind = _as_it_is(kind, stored, one, found_out)
        if _fits(can, kind, stored):
            return OutboundFile(kind, stored.name, file=File(stored.content, stored.name, stored.mime))
    if not desk.public_url:
        return None
    stored = await keep(desk, one)
    kind = _as_it_is(kind, stored, one, found_out)
    address = public_url(desk, stored)
    return OutboundFile(kind, stored.name, url=address) if kind in can.file_urls else address


def _fits(can: Capabilities, kind: AttachmentKind, stored: StoredFile) -> bool:
    size, limits = len(stored.content), can.file_limits.get(kind)
    if limits is None:
        return size <= (can.max_file or MAX_FILE)
    name = stored.name.lower()
    return any(name.endswith(one.suffixes) and size <= one.max_bytes for one in limits)


def _as_it_is(kind: AttachmentKind, stored: StoredFile, one: Attachment, found_out: _FoundOut) -> AttachmentKind:
    """The kind under which a file goes out: what says it is a picture and is none is a document, with a warning."""
    declared = one.mime or ("image/jpeg" if kind is AttachmentKind.PHOTO else "")
    if not sniffing.lies(stored.content, declared, stored.name):
        return kind
    if stored.name not in found_out.lying:
        found_out.lying.append(stored.name)
    return AttachmentKind.DOCUMENT


async def _look_into(desk: "Desk", one: Attachment, found_out: _FoundOut) -> None:
    """Note whether a file lies that goes on within its own network, which needs no bytes of it.

    Pictures and stickers need no look: their network has made them anew. Words must not wait for a file that cannot be
    had, so such a file goes on without.
    """
    if one.kind in (AttachmentKind.PHOTO, AttachmentKind.STICKER):
        return
    source = desk.channels[one.channel]
    if 0 < source.capabilities.max_fetch < one.size:
        if one.kind is AttachmentKind.DOCUMENT:
            found_out.unchecked.append(one.name)
        return
    try:
        _as_it_is(one.kind, await keep(desk, one), one, found_out)
    except SendError as error:
        log.warning("a file goes on unseen", office=desk.policy.office, channel=one.channel, reason=error.reason)


async def file_for(desk: "Desk", attachment: Mapping[str, Any]) -> File:
    """The bytes of something a resident or officer sent. Errors as of `keep`."""
    stored = await keep(desk, attachment_of(attachment))
    return File(stored.content, stored.name, stored.mime)


async def keep(desk: "Desk", one: Attachment) -> StoredFile:
    """The kept copy of `one`, fetched from its network the first time. Not inside a transaction.

    Raises channels.errors' SendError children: Unreachable to try later, any other when it cannot be had.
    """
    office = desk.policy.office
    digest = hashlib.sha256(one.ref.encode()).hexdigest()
    stored = await StoredFile.get_or_none(office=office, channel=one.channel, ref_digest=digest)
    if stored is not None:
        return stored
    source = desk.channels.get(one.channel)
    if source is None or not one.ref:
        raise Refused("the channel it came from is off")
    try:
        async with asyncio.timeout(_FETCH):
            file = await source.fetch(one)
    except TimeoutError as error:
        raise Unreachable("the file did not come in time") from error
    if len(file.content) > MAX_FILE:
        raise TooLarge("the file is too large")
    mime, _ = sniffing.real_type(file.content, file.mime or one.mime)
    file = replace(file, name=(file.name or one.name or str(one.kind))[:200], mime=mime[:100])
    try:
        return await StoredFile.create(
            office=office,
            channel=one.channel,
            ref_digest=digest,
            name=file.name,
            mime=file.mime,
            content=file.content,
            at=desk.clock.now(),
        )
    except IntegrityError:  # another worker fetched it meanwhile
        return await StoredFile.get(office=office, channel=one.channel, ref_digest=digest)


# -------------------------------------------------------------------------------------------------- signed addresses


def public_url(desk: "Desk", stored: StoredFile) -> str:
    """An address at which anybody who has it can fetch the file for a day; empty when the office has no public one."""
    if not desk.public_url:
        return ""
    expiry = int(time.time()) + LINK_LIFE
    link = f"{stored.id}.{expiry}.{_signature(desk, stored.id, expiry)}"
    return f"{desk.public_url.rstrip('/')}/files/{link}/{quote(stored.name, safe='')}"


async def serve(desks: Mapping[str, "Desk"], link: str) -> StoredFile | None:
    """The file an address of ours names by its middle part; None when it was not made by us, is over, or is gone."""
    number, _, rest = link.partition(".")
    expiry, _, signature = rest.partition(".")
    if not (_is_number(number) and _is_number(expiry)) or int(expiry) < time.time():
        return None
    for office, desk in desks.items():
        expected = _signature(desk, int(number), int(expiry))
        if hmac.compare_digest(expected.encode(), signature.encode()):
            return await StoredFile.get_or_none(id=int(number), office=office)
    return None


def headers(stored: StoredFile) -> dict[str, str]:
    """The HTTP headers with which a file goes out: never guessed at, never run in a browser, never kept by others."""
    mime = stored.mime.lower() if _MIME.fullmatch(stored.mime.lower()) else "application/octet-stream"
    shown = "inline" if mime.startswith(_INLINE) else "attachment"
    return {
        "Content-Type": mime,
        "Content-Disposition": f"{shown}; filename*=UTF-8''{quote(stored.name, safe='')}",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cache-Control": f"private, max-age={LINK_LIFE}",
    }


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 18  # noqa: PLR2004 - what a bigint holds


def _signature(desk: "Desk", number: int, expiry: int) -> str:
    said = f"{desk.policy.office}\0{number}\0{expiry}".encode()
    digest = hmac.digest(desk.file_key, said, "sha256")
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
