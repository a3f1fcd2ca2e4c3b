"""What a gateway for short messages does; the adapter does the rest, the same for all."""

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from channels.contract import Acknowledgement, Event, Inbound, InboundKind, SenderClass
from channels.errors import Unverified
from channels.payload import same
from channels.sms.numbers import number
from channels.text import clean, line

TOKEN = "token"  # noqa: S105 - the key under which the server hands over the secret of a webhook's path
MAX_REF = 36  # SMSGate takes no longer id
_NUMBER = re.compile(r"\+?\d{7,}")
_SAFE_REF = re.compile(r"[A-Za-z0-9._:-]+")


class Gateway(Protocol):
    """One account at one gateway. `own`: our own numbers in E.164; `receives`: False when it can only send."""

    own: frozenset[str]
    receives: bool

    def verify(self, headers: Mapping[str, str], body: bytes, query: Mapping[str, str], status: bool) -> None:
        """As `Channel.verify`."""

    def parse(self, headers: Mapping[str, str], body: bytes, query: Mapping[str, str], status: bool) -> list[Event]:
        """As `Channel.parse`."""

    def acknowledge(self, body: bytes, query: Mapping[str, str], status: bool) -> Acknowledgement:
        """As `Acknowledges.acknowledge`."""

    async def send(self, to: str, text: str, ref: str) -> str:
        """One text to one number in E.164. `ref` is of `wire_ref`. Returns the message's id. Raises `SendError`s."""

    async def prepare(self, webhook_url: str) -> None:
        """As `Channel.prepare`."""

    async def whoami(self) -> str:
        """As `Channel.whoami`."""

    async def close(self) -> None:
        """As `Channel.close`."""


def proven(query: Mapping[str, str], secret: str) -> None:
    """For gateways that sign nothing: the secret as the last part of the path, or as `?token=`. Raises `Unverified`."""
    if not same(query.get(TOKEN, ""), secret):
        raise Unverified


def numbers_of(*written: str | None) -> frozenset[str]:
    """Our own numbers in E.164, from how they are written; names and short codes have none."""
    return frozenset(number(one).e164 for one in written if one) - {""}


def wire_ref(ref: str) -> str:
    """Our reference as any gateway carries it in ids and addresses: itself when short and plain, else a digest."""
    if len(ref) <= MAX_REF and _SAFE_REF.fullmatch(ref):
        return ref
    return digest(ref)[:MAX_REF]


def digest(*parts: str) -> str:
    """A key made of several fields; where one ends and the next begins counts."""
    joined = "".join(f"{len(part)}:{part}" for part in parts)
    return hashlib.sha256(joined.encode("utf-8", "surrogatepass")).hexdigest()


def masked(said: str) -> str:
    """A gateway's own words for our logs, without telephone numbers."""
    return _NUMBER.sub("…", said)


def received(
    *,
    event_id: str,
    sender: str,
    text: str,
    message_id: str,
    sent_at: datetime | None,
    own: frozenset[str],
    raw: Mapping[str, Any],
    readable: bool = True,
) -> Inbound:
    """A short message as an event. One without words is of kind UNSUPPORTED, and so is what is not `readable`: a
    picture message, of which we get at most the subject.

    Residents are known by their number in E.164; machines keep what they call themselves, so that nothing can be
    mistaken for a number to answer.
    """
    who = number(sender, own)
    chat = who.e164 if who.answerable else line(sender, 64) or "unknown"
    words = clean(text).strip()
    return Inbound(
        event_id=event_id,
        kind=InboundKind.MESSAGE if words and readable else InboundKind.UNSUPPORTED,
        chat=chat,
        user=chat,
        text=words,
        message_id=message_id,
        sender=SenderClass.PERSON if who.answerable else SenderClass.MACHINE,
        sent_at=sent_at,
        raw=raw,
    )
