"""What a file really is, by its first bytes, whatever its name and its sender say."""

from pathlib import PurePath

_SIGNS: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"GIF8", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (0, b"%PDF-", "application/pdf"),
    (0, b"OggS", "audio/ogg"),
    (0, b"ID3", "audio/mpeg"),
    (4, b"ftyp", "video/mp4"),
    (0, b"PK\x03\x04", "application/zip"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (0, b"MZ", "application/x-msdownload"),
    (0, b"\x7fELF", "application/x-executable"),
    (0, b"#!", "text/x-script"),
    (0, b"<!DOCTYPE html", "text/html"),
    (0, b"<html", "text/html"),
    (0, b"<script", "text/html"),
)
# Types whose files begin in ways that vary, or as one of those above: the sender's word has to do.
_FAMILIES = {
    "application/zip": (
        "application/vnd.openxmlformats",
        "application/zip",
        "application/vnd.oasis",
        "application/epub",
    ),
    "application/x-ole-storage": ("application/msword", "application/vnd.ms-", "application/x-ole"),
    "video/mp4": ("video/", "audio/mp4", "audio/x-m4a", "audio/m4a", "image/heic", "image/heif", "image/avif"),
    "audio/ogg": ("audio/", "video/ogg", "application/ogg"),
    "audio/mpeg": ("audio/",),
}
_SURE = ("image/", "application/pdf")  # what these names promise always begins in a known way
_HARMFUL = ("application/x-msdownload", "application/x-executable", "text/x-script", "text/html")
UNKNOWN = "application/octet-stream"
# What people open without a thought because of its name.
_BY_NAME = {
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".pdf": "application/pdf",
    ".doc": "application/msword",
    ".docx": "application/vnd.openxmlformats",
    ".xls": "application/vnd.ms-excel",
    ".xlsx": "application/vnd.openxmlformats",
    ".txt": "text/plain",
    ".mp3": "audio/mpeg",
    ".mp4": "video/mp4",
    ".zip": "application/zip",
}


def real_type(content: bytes, declared: str) -> tuple[str, bool]:
    """The type to treat a file as, and whether its `declared` type was a lie."""
    said = declared.partition(";")[0].strip().lower()
    found = next((mime for at, sign, mime in _SIGNS if content[at : at + len(sign)].lower() == sign.lower()), "")
    if found:
        fits = said.startswith(_FAMILIES.get(found, (found,)))
        picture = found.startswith("image/") and said.startswith("image/")  # a PNG called a JPEG harms nobody
        sure = found in _HARMFUL or said.startswith(_SURE)
        lied = not fits and not picture and bool(said) and said != UNKNOWN and sure
        return (said if fits else found), lied
    if said.startswith(_SURE) and said not in ("image/svg+xml", "image/heic", "image/heif", "image/avif", "image/tiff"):
        return UNKNOWN, True
    return declared, False


def lies(content: bytes, declared: str, name: str) -> bool:
    """Whether a file is not what its `declared` type or the ending of its `name` promises."""
    by_name = _BY_NAME.get(PurePath(name).suffix.lower(), "")
    return real_type(content, declared)[1] or real_type(content, by_name)[1]
