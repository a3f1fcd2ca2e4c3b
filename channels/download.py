"""The bytes behind an address a provider gave us: only from hosts we expect, up to a size, named by what they are."""

from collections.abc import Callable
from pathlib import PurePosixPath

import httpx

from channels.contract import AttachmentKind, File
from channels.errors import Refused, SendError, TooLarge, Unreachable
from channels.http_client import outcome_of, throttled
from channels.text import line

HOPS = 3
OCTETS = "application/octet-stream"


async def download(
    client: httpx.AsyncClient,
    url: str,
    allowed: Callable[[httpx.URL], bool],
    limit: int,
) -> File:
    """The file at `url`, at most `limit` bytes. Every address on the way, redirects included, must be `allowed`: a
    message may name any address, and ours can reach machines of the office that the sender cannot.

    Raises `Refused` (not allowed, gone, too large), `Throttled` or `Unreachable`.
    """
    for _hop in range(HOPS):
        try:
            address = httpx.URL(url)
        except (httpx.InvalidURL, TypeError):
            raise Refused("download: not an address") from None
        if not allowed(address):
            raise Refused(f"download: {line(address.host, 80)} is not a host of the provider's files")
        with outcome_of("download", repeatable=True):
            async with client.stream("GET", address) as response:
                if response.is_redirect and "Location" in response.headers:
                    url = str(address.join(response.headers["Location"]))
                    continue
                if response.status_code != httpx.codes.OK:
                    raise _refusal(response)
                content = await _read(response, limit)
        mime, suffix = sniff(content)
        stem = line(PurePosixPath(address.path).stem, 60) or "file"
        return File(content, stem + suffix, mime)
    raise Refused(f"download: more than {HOPS} redirects")


async def _read(response: httpx.Response, limit: int) -> bytes:
    declared = response.headers.get("Content-Length", "")
    if declared.isdecimal() and int(declared) > limit:
        raise TooLarge(f"download: larger than {limit} bytes")
    content = bytearray()
    async for chunk in response.aiter_bytes():
        content += chunk
        if len(content) > limit:
            raise TooLarge(f"download: larger than {limit} bytes")
    return bytes(content)


def _refusal(response: httpx.Response) -> SendError:
    status = response.status_code
    if status == httpx.codes.TOO_MANY_REQUESTS:
        return throttled(response, "download", 10)
    kind = Unreachable if response.is_server_error else Refused
    return kind(f"download: HTTP {status}")


# First bytes at an offset → type and file name ending; https://en.wikipedia.org/wiki/List_of_file_signatures, 2026.
_SIGNATURES: tuple[tuple[int, bytes, str, str], ...] = (
    (0, b"\xff\xd8\xff", "image/jpeg", ".jpg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png", ".png"),
    (0, b"GIF87a", "image/gif", ".gif"),
    (0, b"GIF89a", "image/gif", ".gif"),
    (8, b"WEBP", "image/webp", ".webp"),
    (4, b"ftyphei", "image/heic", ".heic"),
    (4, b"ftypmif1", "image/heic", ".heic"),
    (4, b"ftypM4A", "audio/mp4", ".m4a"),
    (4, b"ftyp", "video/mp4", ".mp4"),
    (0, b"\xff\xf1", "audio/aac", ".aac"),  # ADTS, without checksum and with
    (0, b"\xff\xf9", "audio/aac", ".aac"),
    (0, b"OggS", "audio/ogg", ".ogg"),
    (0, b"ID3", "audio/mpeg", ".mp3"),
    (0, b"#!AMR", "audio/amr", ".amr"),
    (0, b"%PDF-", "application/pdf", ".pdf"),
    (0, b"PK\x03\x04", "application/zip", ".zip"),
)
_FAMILIES = {
    AttachmentKind.PHOTO: ("image/",),
    AttachmentKind.STICKER: ("image/",),
    AttachmentKind.VOICE: ("audio/", "video/mp4"),
}


def sniff(content: bytes) -> tuple[str, str]:
    """The type of a file and the ending of its name, by its first bytes: what a server calls it is only a claim."""
    for offset, signature, mime, suffix in _SIGNATURES:
        if content.startswith(signature, offset):
            return mime, suffix
    return OCTETS, ".bin"


def expect(kind: AttachmentKind, file: File) -> File:
    """`file`, if it is what an attachment of `kind` is said to be. Raises `Refused` otherwise."""
    families = _FAMILIES.get(kind)
    if families and not file.mime.startswith(families):
        raise Refused(f"download: said to be a {kind}, is {file.mime}")
    return file
