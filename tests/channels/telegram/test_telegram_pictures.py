"""Would a picture lose something as a photo of Telegram? Its size is read from its first bytes."""

import struct

import pytest

from channels.telegram import pictures
from sandbox import media

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + struct.pack(">II", 1200, 1700)
PAGE = media.jpeg(960, 1280)


def webp(form: bytes, rest: bytes) -> bytes:
    return b"RIFF\x00\x00\x00\x00WEBP" + form + b"\x00\x00\x00\x00" + rest


@pytest.mark.parametrize(
    ("content", "size"),
    [
        pytest.param(PAGE, (960, 1280), id="a JPEG"),
        pytest.param(PAGE[:2] + b"\xff" * 5 + PAGE[2:], (960, 1280), id="a JPEG with fill bytes"),
        pytest.param(b"\xff\xd8\xff\xe1\xff\xffExif" + bytes(0xFFF9) + PAGE[2:], (960, 1280), id="a JPEG behind Exif"),
        pytest.param(PNG, (1200, 1700), id="a PNG"),
        pytest.param(media.webp(), (1, 1), id="a WebP with loss"),
        pytest.param(webp(b"VP8L", b"\x2f" + struct.pack("<I", 1999 | 2999 << 14)), (2000, 3000), id="one without"),
        pytest.param(webp(b"VP8X", bytes(4) + b"\xcf\x07\x00\xb7\x0b\x00"), (2000, 3000), id="an extended one"),
        pytest.param(PAGE[:20], (), id="a JPEG that ends too early"),
        pytest.param(b"\xff\xd8\xff\xe0\x00\x00" + PAGE[2:], (), id="a JPEG with a part of no length"),
        pytest.param(PNG[:18], (), id="a PNG that ends too early"),
        pytest.param(webp(b"VP9 ", b""), (), id="a WebP of a form to come"),
        pytest.param(b"GIF89a", (), id="another kind"),
        pytest.param(b"", (), id="nothing"),
    ],
)
def test_size(content: bytes, size: tuple[int, ...]) -> None:
    assert pictures.size(content) == size


@pytest.mark.parametrize(
    ("content", "loses"),
    [
        pytest.param(PAGE, False, id="as large as Telegram keeps it"),
        pytest.param(media.jpeg(960, 1288), True, id="a little larger"),
        pytest.param(PAGE.ljust(pictures.HEAVIEST + 1, b"\0"), True, id="finer than Telegram keeps it"),
        pytest.param(b"bytes", False, id="whatever it is"),
    ],
)
def test_loses(content: bytes, loses: bool) -> None:
    assert pictures.loses(content) is loses
