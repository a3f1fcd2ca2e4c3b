"""Files of our own making on their way to somebody: kept like papers that passed through, under a name of ours."""

import hashlib
import uuid
from datetime import datetime
from typing import Any

from channels.contract import AttachmentKind
from tickets.models import StoredFile


async def keep(
    office: str, content: bytes, name: str, mime: str, now: datetime, *, kind: AttachmentKind = AttachmentKind.DOCUMENT
) -> dict[str, Any]:
    """Store a file in the caller's transaction, and give it as an attachment of an outbox row.

    Its channel is empty, so no network is ever asked for it: `bot/files.py` finds it by its reference.
    """
    ref = f"own:{uuid.uuid4().hex}"
    await StoredFile.create(
        office=office,
        channel="",
        ref_digest=hashlib.sha256(ref.encode()).hexdigest(),
        name=name[:200],
        mime=mime,
        content=content,
        at=now,
    )
    return {"kind": kind.value, "channel": "", "ref": ref, "name": name[:200], "mime": mime, "size": len(content)}
