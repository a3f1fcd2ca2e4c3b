"""Which parameters did a caller send, whatever way it wrote them?"""

import json
from dataclasses import dataclass, field
from typing import Any

from aiohttp import BodyPartReader, web


class ParamError(Exception):
    """The body cannot be read, or a parameter has not the form it must have."""


@dataclass(frozen=True)
class Upload:
    """A file of a multipart body."""

    name: str
    content_type: str
    data: bytes


@dataclass(frozen=True)
class Params:
    """The parameters of one call: strings from forms, JSON values from JSON."""

    values: dict[str, Any] = field(default_factory=dict)
    files: dict[str, Upload] = field(default_factory=dict)
    multipart: bool = False

    def text(self, name: str) -> str | None:
        """The parameter as a string, or None when it is missing."""
        value = self.values.get(name)
        if value is None:
            return None
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)

    def integer(self, name: str) -> int | None:
        """The parameter as a whole number, None when missing or empty; ParamError when it is none."""
        value = self.values.get(name)
        if value is None or value == "":
            return None
        try:
            return int(value)
        except (TypeError, ValueError):
            raise ParamError(f"{name} must be an integer") from None

    def truth(self, name: str, default: bool = False) -> bool:
        """The parameter as yes or no."""
        value = self.values.get(name)
        if value is None:
            return default
        return value if isinstance(value, bool) else str(value).lower() in ("true", "1", "yes")

    def data(self, name: str) -> Any:
        """The parameter as JSON data, also when it came as a string of JSON; ParamError when that cannot be read."""
        value = self.values.get(name)
        if not isinstance(value, str) or value == "":
            return None if value == "" else value
        try:
            return json.loads(value)
        except ValueError:
            raise ParamError(f"can't parse {name} JSON object") from None


async def read(request: web.Request) -> Params:
    """The query, and over it the body as JSON, form or multipart. Raises ParamError when the body is none of them."""
    values: dict[str, Any] = dict(request.query)
    kind = request.content_type
    if kind.startswith("multipart/"):
        files = await _multipart(request, values)
        return Params(values, files, multipart=True)
    raw = await request.read()
    if not raw.strip():
        return Params(values)
    if kind == "application/x-www-form-urlencoded":
        values |= {name: str(value) for name, value in (await request.post()).items()}
    else:
        try:
            body = json.loads(raw)
        except ValueError:
            raise ParamError("can't parse JSON object") from None
        if not isinstance(body, dict):
            raise ParamError("object expected")
        values |= body
    return Params(values)


async def _multipart(request: web.Request, values: dict[str, Any]) -> dict[str, Upload]:
    files: dict[str, Upload] = {}
    try:
        async for part in await request.multipart():
            if not isinstance(part, BodyPartReader) or part.name is None:
                continue
            data = bytes(await part.read(decode=True))
            if part.filename is None:
                values[part.name] = data.decode("utf-8", "replace")
            else:
                kind = part.headers.get("Content-Type", "application/octet-stream")
                files[part.name] = Upload(part.filename, kind, data)
    except ValueError as error:
        raise ParamError(f"can't parse multipart body: {error}") from None
    return files
