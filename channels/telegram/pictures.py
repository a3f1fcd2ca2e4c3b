"""Whether Telegram would show a picture smaller or coarser than it is, read from the picture's first bytes alone."""

import struct

# A photo is kept within 1280 by 1280 pixels at its common largest size and written anew as JPEG, in a few hundred
# kilobytes (core.telegram.org/api/files#image-thumbnail-types, 2026-11); small print on a paper is lost by that.
LONGEST = 1280  # pixels
HEAVIEST = 1024 * 1024  # bytes

_JPEG, _PNG = b"\xff\xd8", b"\x89PNG\r\n\x1a\n"
_MARK = 0xFF
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # those three begin no frame (ITU T.81, table B.1)


def loses(content: bytes) -> bool:
    """Whether `content`, sent as a photo, would arrive with less than it has."""
    return len(content) > HEAVIEST or max(size(content), default=0) > LONGEST


def size(content: bytes) -> tuple[int, ...]:
    """Width and height in pixels of a JPEG, PNG or WebP; nothing where they cannot be read."""
    try:
        if content.startswith(_JPEG):
            return _jpeg(content)
        if content.startswith(_PNG):
            return struct.unpack_from(">II", content, 16)
        if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
            return _webp(content)
    except struct.error:  # it ends too early
        pass
    return ()


def _jpeg(content: bytes) -> tuple[int, ...]:
    at = 2
    while at < len(content):
        sign, marker, length = struct.unpack_from(">BBH", content, at)
        if sign != _MARK:
            break
        if marker == _MARK:  # any number of these may stand before a marker
            at += 1
        elif marker in _FRAMES:
            high, wide = struct.unpack_from(">HH", content, at + 5)
            return wide, high
        else:
            at += 2 + length
    return ()


def _webp(content: bytes) -> tuple[int, ...]:
    """The three forms of developers.google.com/speed/webp/docs/riff_container, 2026-11."""
    match content[12:16]:
        case b"VP8 ":
            return tuple(side & 0x3FFF for side in struct.unpack_from("<HH", content, 26))
        case b"VP8L":
            (bits,) = struct.unpack_from("<I", content, 21)
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        case b"VP8X":
            wide, high = (int.from_bytes(content[at : at + 3], "little") + 1 for at in (24, 27))
            return wide, high
    return ()
