"""Reading what a network sent: header lookup, constant-time comparison and JSON that can be stored."""

import hmac
import json
import re
from collections.abc import Mapping
from typing import Any, NoReturn

from channels.errors import Malformed
from channels.text import storable


class Source(dict[str, Any]):
    """A JSON object and the text it was read from, which is kept instead of writing the object anew. Never changed."""

    __slots__ = ("text",)

    def __init__(self, read: dict[str, Any], text: str) -> None:
        super().__init__(read)
        self.text = text


def header(headers: Mapping[str, str], name: str) -> str:
    """The value of a header whatever its case, "" when missing."""
    value = headers.get(name)
    if value is None:
        wanted = name.lower()
        value = (
            headers[wanted]
            if wanted in headers
            else next((found for key, found in headers.items() if key.lower() == wanted), "")
        )
    return value


def same(given: str, expected: str) -> bool:
    """Whether two secrets are equal, taking as long for a near miss as for a far one. An empty one never matches."""
    return bool(expected) and hmac.compare_digest(_bytes(given), _bytes(expected))


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")  # bytes of a header that are no UTF-8 arrive as lone surrogates


# What may stand for U+0000 or a lone surrogate: escaped, as bytes (as real letters from U+D000 begin), or in
# another encoding than UTF-8, which has zero bytes.
_DELICATE = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])|[\xed\x00]")


def load_json(body: bytes) -> Any:
    """JSON as the provider sent it, made storable; an object that needed nothing as a `Source`.

    Raises `Malformed` for anything PostgreSQL's jsonb would refuse.
    """
    try:
        text = body.decode(json.detect_encoding(body), "surrogatepass")
        read = _DECODER.decode(text)
        # looked for sign by sign first, as a pattern with alternatives takes longer than reading the JSON
        if (b"\\u" in body or b"\xed" in body or b"\x00" in body) and _DELICATE.search(body):
            return storable(read)
        return Source(read, text) if isinstance(read, dict) else read
    except (ValueError, RecursionError) as problem:  # UnicodeDecodeError and JSONDecodeError are ValueErrors
        raise Malformed(f"not JSON: {type(problem).__name__}") from None


def _not_a_number(word: str) -> NoReturn:
    raise ValueError(word)


_MAX_DIGITS = 1000  # PostgreSQL takes 16,383 behind the point, exponent included


def _finite(digits: str) -> float:
    number = float(digits)
    vanished = number == 0 and any(digit in "123456789" for digit in digits.lower().partition("e")[0])
    if vanished or number in (float("inf"), float("-inf")) or len(digits) > _MAX_DIGITS:
        raise ValueError("number out of range")
    return number


_DECODER = json.JSONDecoder(parse_constant=_not_a_number, parse_float=_finite)


def mapping(value: Any) -> dict[str, Any]:
    """`value` if it is a JSON object, else an empty one."""
    return value if isinstance(value, dict) else {}


def string(value: Any) -> str:
    """A JSON string or whole number as text, "" for anything else: providers mix the two for ids."""
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return ""
