"""Where do the pictures and papers lie that travel through the emulated networks?"""

import secrets
from dataclasses import dataclass

from aiohttp import web

PATH = "/sandbox/files"


@dataclass(frozen=True)
class Blob:
    """A file held in memory."""

    id: str
    name: str
    content_type: str
    data: bytes

    @property
    def path(self) -> str:
        """The path under which the sandbox serves it, any number of times."""
        return f"{PATH}/{self.id}/{self.name}"

    def shown(self) -> dict[str, object]:
        """The file as the control door prints it within an attachment."""
        return {"name": self.name, "content_type": self.content_type, "size": len(self.data), "url": self.path}


class Files:
    """Every file of every network, served to whoever knows its address."""

    def __init__(self) -> None:
        self._blobs: dict[str, Blob] = {}

    def put(self, data: bytes, content_type: str, name: str) -> Blob:
        """Keeps a file; the name is cut down to what may stand in a path."""
        clean = "".join(c if c.isalnum() or c in "._-" else "_" for c in name)[-80:] or "file"
        blob = Blob(secrets.token_hex(8), clean, content_type, data)
        self._blobs[blob.id] = blob
        return blob

    async def serve(self, request: web.Request) -> web.Response:
        """GET of one file."""
        blob = self._blobs.get(request.match_info["id"])
        if blob is None:
            return web.Response(status=404, text="no such file")
        headers = {"Content-Type": blob.content_type, "X-Content-Type-Options": "nosniff"}
        return web.Response(body=blob.data, headers=headers)
