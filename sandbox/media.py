"""Where do the small real files come from that emulated people send?"""

import random
import struct


def jpeg(width: int, height: int, seed: int = 0) -> bytes:
    """A baseline grey JPEG that looks like a written page from afar; another seed gives another page.

    Only the mean of each 8x8 block is coded (ITU T.81, DC coefficients), which needs no transform.
    """
    ink = random.Random(seed)  # noqa: S311 - a picture of a page, nothing secret
    columns, rows = -(-width // 8), -(-height // 8)
    bits: list[str] = []
    last = 0
    for place in range(columns * rows):
        row, column = divmod(place, columns)
        written = row % 2 and 0 < row < rows - 1 and 0 < column < columns - 1 and ink.random() < 0.7
        level = ink.randrange(-55, -15) if written else 58 + ink.randrange(4)
        difference, last = level - last, level
        size = abs(difference).bit_length()
        value = difference if difference > 0 else difference + (1 << size) - 1
        bits.append(f"{size:04b}" + (f"{value:0{size}b}" if size else "") + "0")
    stream = "".join(bits)
    stream += "1" * (-len(stream) % 8)
    scan = int(stream, 2).to_bytes(len(stream) // 8, "big").replace(b"\xff", b"\xff\x00")

    def part(marker: int, body: bytes) -> bytes:
        return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body

    return (
        b"\xff\xd8"
        + part(0xE0, b"JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00")
        + part(0xDB, b"\x00" + bytes([16] + [1] * 63))
        + part(0xC0, struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\x00")
        + part(0xC4, b"\x00" + bytes([0, 0, 0, 12] + [0] * 12) + bytes(range(12)))
        + part(0xC4, b"\x10" + bytes([1] + [0] * 15) + b"\x00")
        + part(0xDA, b"\x01\x01\x00\x00\x3f\x00")
        + scan
        + b"\xff\xd9"
    )


def picture_size(data: bytes) -> tuple[int, int] | None:
    """Width and height of a JPEG, PNG or GIF, (0, 0) for WebP; None when it is no picture."""
    if data.startswith(b"\x89PNG\r\n\x1a\n") and len(data) >= 24:
        return struct.unpack(">II", data[16:24])
    if data.startswith((b"GIF87a", b"GIF89a")) and len(data) >= 10:
        return struct.unpack("<HH", data[6:10])
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return (0, 0)
    return _jpeg_size(data) if data.startswith(b"\xff\xd8\xff") else None


def _jpeg_size(data: bytes) -> tuple[int, int] | None:
    at = 2
    while at + 9 <= len(data) and data[at] == 0xFF:
        marker, length = struct.unpack(">BH", data[at + 1 : at + 4])
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return width, height
        at += 2 + length
    return None


def pdf(title: str = "To khai mau") -> bytes:
    """A one-page PDF with a line of ASCII text."""
    text = f"BT /F1 18 Tf 60 760 Td ({title}) Tj ET".encode("ascii", "replace")
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(text), text),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    out = b"%PDF-1.4\n"
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj%s endobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(out)
    out += b"xref\n0 6\n0000000000 65535 f \n" + table
    return out + b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % start


def aac(frames: int = 16) -> bytes:
    """ADTS AAC, 16 kHz mono, silence: what Zalo gives for a voice message."""
    silence = bytes.fromhex("00c800802380")
    length = len(silence) + 7
    header = bytes([0xFF, 0xF1, 0x60, 0x40 | (length >> 11), (length >> 3) & 0xFF, ((length & 7) << 5) | 0x1F, 0xFC])
    return (header + silence) * frames


def ogg() -> bytes:
    """An Ogg Opus file of one silent frame: what Telegram gives for a voice message."""
    head = b"OpusHead\x01\x01\x00\x00" + struct.pack("<I", 48000) + b"\x00\x00\x00"
    tags = b"OpusTags" + struct.pack("<I", 7) + b"sandbox" + struct.pack("<I", 0)
    return _ogg_page(head, 0, 2, 0) + _ogg_page(tags, 1, 0, 0) + _ogg_page(b"\xf8\xff\xfe", 2, 4, 960)


def _ogg_page(packet: bytes, number: int, flags: int, position: int) -> bytes:
    page = struct.pack("<4sBBqIIIBB", b"OggS", 0, flags, position, 1, number, 0, 1, len(packet)) + packet
    crc = 0
    for byte in page:
        crc ^= byte << 24
        for _ in range(8):
            crc = ((crc << 1) ^ 0x04C11DB7 if crc & 0x80000000 else crc << 1) & 0xFFFFFFFF
    return page[:22] + struct.pack("<I", crc) + page[26:]


def mp4() -> bytes:
    """The outer boxes of an MP4; enough to be recognised and carried, nothing to play."""
    kind = b"isom\x00\x00\x02\x00isommp41"
    return struct.pack(">I", len(kind) + 8) + b"ftyp" + kind + struct.pack(">I", 8) + b"mdat"


def webp() -> bytes:
    """A WebP of one pixel."""
    return bytes.fromhex("52494646220000005745425056503820160000003001009d012a010001000ec0fe25a400037000000000")
