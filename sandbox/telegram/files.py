"""How do files come into the emulated Telegram, and how does the bot get them out?"""

import mimetypes
import secrets
from typing import TYPE_CHECKING

from sandbox import loopback
from sandbox.conversation import Json
from sandbox.files import Blob
from sandbox.media import jpeg, picture_size
from sandbox.params import Params, Upload
from sandbox.telegram.errors import bad
from sandbox.telegram.state import State, StoredFile

if TYPE_CHECKING:
    from sandbox.telegram.network import Telegram

# Bot API: bots download up to 20 MB and upload photos up to 10 MB, other files up to 50 MB.
DOWNLOAD = 20 * 1024 * 1024
PHOTO = 10 * 1024 * 1024
UPLOAD = 50 * 1024 * 1024
FOLDERS = {"photo": "photos", "voice": "voice", "video": "videos", "sticker": "stickers", "audio": "music"}


def keep(state: State, kind: str, blob: Blob, *, sized: str = "") -> StoredFile:
    """Gives a file its Telegram ids and path."""
    unique = f"AQAD{secrets.token_urlsafe(9)}"
    file_id = f"{kind[:2].upper()}{sized}{secrets.token_urlsafe(36)}"
    ending = blob.name.rsplit(".", 1)[-1] if "." in blob.name else "bin"
    path = f"{FOLDERS.get(kind, 'documents')}/file_{len(state.files)}.{ending}"
    stored = StoredFile(file_id, unique, path, blob)
    state.files[file_id] = state.paths[path] = stored
    return stored


def describe(kind: str, stored: StoredFile) -> Json:
    """The object of the kind (Document, Voice, Video, Sticker...) for one file; a PhotoSize for photos."""
    blob = stored.blob
    base: Json = {"file_id": stored.id, "file_unique_id": stored.unique_id, "file_size": len(blob.data)}
    width, height = picture_size(blob.data) or (0, 0)
    if kind == "photo":
        return base | {"width": width, "height": height}
    if kind == "sticker":
        flags: Json = {"type": "regular", "is_animated": False, "is_video": False, "emoji": "👍"}
        return base | flags | {"width": width or 512, "height": height or 512}
    if kind == "video_note":
        return base | {"length": 240, "duration": 3}
    named = base | {"mime_type": blob.content_type}
    if kind != "voice":
        named["file_name"] = blob.name
    if kind in ("video", "animation"):
        named |= {"width": 320, "height": 240}
    return named | ({} if kind == "document" else {"duration": 3})


def photo_from_person(net: "Telegram", seed: int) -> list[Json]:
    """A photo taken by a person: the same picture in three sizes, smallest first."""
    sizes = []
    for letter, width, height in (("s", 90, 120), ("m", 240, 320), ("x", 720, 960)):
        blob = net.ground.files.put(jpeg(width, height, seed), "image/jpeg", f"photo_{seed}_{letter}.jpg")
        sizes.append(describe("photo", keep(net.state, "photo", blob, sized=letter)))
    return sizes


async def incoming(net: "Telegram", p: Params, kind: str, given: str | None) -> list[Json] | Json:
    """The media object for a parameter that is an upload, `attach://name`, a file id or a URL. Raises Refusal."""
    upload = p.files.get(given.removeprefix("attach://")) if given and given.startswith("attach://") else None
    upload = upload or (p.files.get(kind) if given is None else None)
    if upload is None:
        if not given:
            raise bad(f"there is no {kind.replace('_', ' ')} in the request")
        if given in net.state.files:
            again = describe(kind, net.state.files[given])
            return [again] if kind == "photo" else again
        upload = await _from_url(net, given)
    if not upload.data:
        raise bad("file must be non-empty")
    if len(upload.data) > UPLOAD:
        raise bad("file is too big")
    if kind == "photo" and len(upload.data) > PHOTO:
        raise bad("file is too big for a photo")
    if kind == "photo" and picture_size(upload.data) is None:
        raise bad("IMAGE_PROCESS_FAILED")
    content_type = mimetypes.guess_type(upload.name)[0] or upload.content_type
    stored = keep(net.state, kind, net.ground.files.put(upload.data, content_type, upload.name))
    return [describe(kind, stored)] if kind == "photo" else describe(kind, stored)


async def _from_url(net: "Telegram", url: str) -> Upload:
    if not url.startswith(("http://", "https://")):
        raise bad("wrong file identifier/HTTP URL specified")
    try:
        fetched = await loopback.fetch(net.ground.session, url)
    except loopback.FetchError:
        raise bad("failed to get HTTP URL content") from None
    return Upload(url.split("?", maxsplit=1)[0].rsplit("/", 1)[-1] or "file", fetched.content_type, fetched.data)


async def get_file(net: "Telegram", p: Params) -> Json:
    """getFile."""
    stored = net.state.files.get(p.text("file_id") or "")
    if stored is None:
        raise bad("invalid file_id")
    if len(stored.blob.data) > DOWNLOAD:
        raise bad("file is too big")
    return {
        "file_id": stored.id,
        "file_unique_id": stored.unique_id,
        "file_size": len(stored.blob.data),
        "file_path": stored.path,
    }
