"""What is kept of an event a network told us: its row, with every part as its column takes it."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from channels.contract import Attachment, Event, Inbound, Receipt, SenderClass
from channels.payload import Source
from channels.text import clean, is_storable, line, storable
from tickets.inbox import NewRow

RECEIPT = "receipt"  # the kind of a row that holds one; see `row_of`
UNKNOWN = "unknown"  # the kind of a row that holds what we do not understand

_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False)


def row_of(office: str, channel: str, event: Event, now: datetime) -> NewRow:
    """The row of an event received at `now`.

    A receipt's state is in `text`, our reference in `reply_to`, the network's id in `message_id`, its reason in `name`;
    it has no chat, so the receipts of an account are handled in the order in which they came.
    """
    if isinstance(event, Receipt):
        return NewRow(
            office=office,
            channel=channel,
            event_id=_fit(event.event_id, 160),
            kind=RECEIPT,
            received_at=now,
            text=str(event.state),
            name=line(event.reason),
            message_id=_fit(event.message_id, 160),
            reply_to=_fit(event.ref, 160),
            payload=_payload(event.raw),
        )
    return NewRow(
        office=office,
        channel=channel,
        event_id=_fit(event.event_id, 160),
        kind=str(event.kind),
        received_at=now,
        chat=_fit(event.chat, 128),
        user=_fit(event.user, 128),
        name=line(event.name),
        group=event.group,
        addressed=event.addressed,
        forwarded=event.forwarded,
        machine=event.sender is SenderClass.MACHINE,
        text=clean(event.text),
        attachments=tuple(_attachment(channel, one) for one in event.attachments),
        message_id=_fit(event.message_id, 160),
        reply_to=_fit(event.reply_to, 160),
        album=_fit(event.album, 64),
        press_id=_fit(event.press_id, 64),
        sent_at=_aware(event),
        payload=_payload(event.raw),
    )


def unknown_row(office: str, channel: str, body: bytes, now: datetime) -> NewRow:
    """The row of a body in which nothing was understood, known again by what it holds."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        said = body.decode(errors="replace")
    digest = hashlib.sha256(body).hexdigest()
    payload = _payload(said if isinstance(said, dict) else {"body": said})
    event_id = f"{UNKNOWN}:{digest}"
    return NewRow(office, channel, event_id, kind=UNKNOWN, received_at=now, payload=payload, ignored=True)


def _attachment(channel: str, one: Attachment) -> dict[str, Any]:
    values: dict[str, Any] = storable({**asdict(one), "kind": str(one.kind), "channel": one.channel or channel})
    values["name"] = line(one.name)
    return values


def _fit(name: str, limit: int) -> str:
    """An id as its column takes it; one that is too long is told apart by its digest instead."""
    if len(name) <= limit and is_storable(name):
        return name
    name = str(storable(name))
    return name if len(name) <= limit else "sha256:" + hashlib.sha256(name.encode()).hexdigest()[: limit - 7]


def _aware(event: Inbound) -> datetime | None:
    return event.sent_at if event.sent_at is not None and event.sent_at.tzinfo is not None else None


def _payload(raw: Mapping[str, Any]) -> str:
    """The provider's own words as jsonb takes them. What cannot be kept is named, because the event itself counts."""
    try:
        if type(raw) is Source:
            return raw.text
        kept = _ENCODER.encode(raw if isinstance(raw, dict) else dict(raw))
        # encoded, U+0000 reads as an escape; words that only look like one are made storable for nothing
        return kept if "\\u0000" not in kept and is_storable(kept) else _ENCODER.encode(storable(dict(raw)))
    except (TypeError, ValueError, RecursionError) as error:
        return _ENCODER.encode({"not_kept": type(error).__name__})
