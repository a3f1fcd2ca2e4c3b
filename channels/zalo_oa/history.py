"""What stands in the chats of the Official Account: read to catch up after an outage, and to settle a doubtful send."""

import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from channels.contract import Attachment, AttachmentKind, Inbound, InboundKind
from channels.errors import Uncertain
from channels.payload import mapping, string
from channels.text import clean, line
from channels.zalo_oa.client import Client, Refusal
from channels.zalo_oa.parse import time_of

RECENT, CONVERSATION = "/v2.0/oa/listrecentchat", "/v2.0/oa/conversation"
_PAGES = 20  # of one chat or list in one go: an outage longer than this is told, not hidden
_SKEW = timedelta(seconds=60)  # between Zalo's clock and ours

_KINDS = {
    "image": AttachmentKind.PHOTO,
    "photo": AttachmentKind.PHOTO,
    "gif": AttachmentKind.PHOTO,
    "voice": AttachmentKind.VOICE,
    "audio": AttachmentKind.VOICE,
    "video": AttachmentKind.VIDEO,
    "file": AttachmentKind.DOCUMENT,
    "sticker": AttachmentKind.STICKER,
}


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a chat as Zalo lists it."""

    message_id: str
    user: str  # the person, whoever spoke
    by_office: bool
    at: datetime | None
    text: str
    name: str
    raw: dict[str, Any]


class History:
    """The chats of one account, by reading."""

    def __init__(self, client: Client, channel: str, page: int) -> None:
        self._client = client
        self._channel = channel
        self._page = page  # rows of one read, at most

    async def recent(self, count: int, offset: int = 0) -> list[Line]:
        """The last message of each chat, the newest first. Raises `Refusal`, `SendError`."""
        return self._lines(await self._client.get(RECENT, {"offset": offset, "count": count}))

    async def conversation(self, user: str, offset: int = 0) -> list[Line]:
        """A page of one chat, the newest first. As `recent`."""
        found = await self._client.get(CONVERSATION, {"user_id": user, "offset": offset, "count": self._page})
        return self._lines(found)

    async def missed(self, since: datetime) -> list[Inbound]:
        """Everything said since `since` (aware), oldest first, by people and by the office. Raises `SendError`."""
        try:
            users: dict[str, None] = {}
            for page in range(_PAGES):
                chats = await self.recent(self._page, page * self._page)
                fresh = [one for one in chats if one.at is None or one.at >= since]
                users |= dict.fromkeys(one.user for one in fresh if one.user)
                if len(fresh) < len(chats) or len(chats) < self._page:
                    break
            found: list[Inbound] = []
            for user in users:
                found += await self._since(user, since)
        except Refusal as refusal:
            raise refusal.error from None
        return sorted(found, key=lambda one: one.sent_at or since)

    async def said(self, user: str, text: str, since: datetime, but: Collection[str]) -> str:
        """The id of a message with exactly this text that the office sent to `user` since `since`, "" when there is
        none. Raises `Uncertain` when it cannot be looked up: better late than twice.
        """
        try:
            lines = await self.conversation(user)
        except Refusal as refusal:
            raise Uncertain(f"what arrived could not be read: {refusal.error.detail}") from None
        wanted = _composed(text)
        for one in reversed(lines):
            late_enough = one.at is None or one.at >= since - _SKEW
            if one.by_office and one.message_id not in but and late_enough and _composed(one.text) == wanted:
                return one.message_id
        return ""

    async def _since(self, user: str, since: datetime) -> list[Inbound]:
        found: list[Inbound] = []
        for page in range(_PAGES):
            lines = await self.conversation(user, page * self._page)
            fresh = [one for one in lines if one.at is None or one.at >= since]
            found += [self._event(one) for one in fresh if one.message_id]
            if len(fresh) < len(lines) or len(lines) < self._page:
                break
        return found

    def _event(self, one: Line) -> Inbound:
        """The same event, under the same id, as the webhook would have brought."""
        kind = _KINDS.get(string(one.raw.get("type")).lower())
        addresses = [string(one.raw.get(key)) for key in ("url", "thumb")]
        ref = next((address for address in addresses if address.startswith(("https://", "http://"))), "")
        papers = (Attachment(kind, self._channel, ref, line(string(one.raw.get("name")), 120)),) if kind and ref else ()
        said = InboundKind.MESSAGE if one.text or papers else InboundKind.UNSUPPORTED
        return Inbound(
            event_id=one.message_id,
            kind=InboundKind.STAFF_SAID if one.by_office else said,
            chat=one.user,
            user=one.user,
            name="" if one.by_office else one.name,
            text=one.text,
            attachments=papers,
            message_id=one.message_id,
            sent_at=one.at,
            raw=one.raw,
        )

    def _lines(self, rows: Any) -> list[Line]:
        return [_line(mapping(row)) for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _line(row: dict[str, Any]) -> Line:
    by_office = string(row.get("src")) == "0"
    person = "to" if by_office else "from"
    return Line(
        message_id=string(row.get("message_id")),
        user=string(row.get(f"{person}_id")),
        by_office=by_office,
        at=time_of(row.get("time")),
        text=clean(string(row.get("message"))).strip(),
        name=line(string(row.get(f"{person}_display_name")), 100),
        raw=row,
    )


def _composed(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())
