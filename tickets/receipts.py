"""What a network says became of a message of ours: taken, arrived, read, failed; in any order and however often."""

from datetime import datetime

from tortoise import connections

from tickets import outbox, rows
from tickets.models import OutboxRow, OutboxState

# Which states a receipt may change, by what it says. "Delivered" after "failed" is believed, because parts of an SMS
# report for themselves and a network that once gave up may have succeeded; the other way round it is not. A row that
# waits for another try is only helped by good news.
_CHANGES = {
    "sent": (OutboxState.QUEUED, OutboxState.SENDING),
    "delivered": (OutboxState.QUEUED, OutboxState.SENDING, OutboxState.SENT, OutboxState.FAILED),
    "read": (OutboxState.QUEUED, OutboxState.SENDING, OutboxState.SENT, OutboxState.FAILED, OutboxState.DELIVERED),
    "failed": (OutboxState.SENDING, OutboxState.SENT),
}


async def note(
    *, office: str, channel: str, state: str, ref: str, message_id: str, reason: str, now: datetime
) -> tuple[OutboxRow | None, bool]:
    """What the network says became of a message, known by our `outbox.reference` or else by its `message_id`.

    `state` is a word of the channels' ReceiptState. Receipts in any order and number come to the same end. Returns the
    row (None: not a message of ours, or its sending is not yet recorded, see `in_flight`) and whether this changed it.
    """
    row = await _by_reference(office, channel, ref) or await _by_message_id(office, channel, message_id)
    if row is None:
        return None, False
    changed = await connections.get("default").execute_query_dict(
        "UPDATE outbox SET state = $2::text, lease_until = NULL, sent_at = COALESCE(sent_at, $3),"
        " error = CASE WHEN $2::text = 'failed' THEN 'failed' ELSE '' END, detail = $4"
        " WHERE id = $1 AND state = ANY($5::text[]) RETURNING *",
        [row.id, state, now, reason[:1000], [str(one) for one in _CHANGES[state]]],
    )
    return (rows.made(OutboxRow, changed[0]), True) if changed else (row, False)


async def in_flight(office: str, channel: str) -> bool:
    """Whether something is leaving on this account whose network id is not known yet.

    Ask before `note`: if it says no, a row that `note` does not find will never be found.
    """
    found = await connections.get("default").execute_query_dict(
        "SELECT EXISTS (SELECT 1 FROM outbox WHERE office = $1 AND channel = $2 AND state = 'sending') AS found",
        [office, channel],
    )
    return bool(found[0]["found"])


async def _by_reference(office: str, channel: str, ref: str) -> OutboxRow | None:
    number, _, _ = ref.partition("-")
    if not number.isdecimal() or len(number) > 18:  # noqa: PLR2004 - what a bigint holds
        return None
    row = await OutboxRow.get_or_none(id=int(number), office=office, channel=channel)
    return row if row is not None and outbox.reference(row) == ref else None


async def _by_message_id(office: str, channel: str, message_id: str) -> OutboxRow | None:
    if not message_id:
        return None
    return (
        await OutboxRow.filter(office=office, channel=channel, provider_ids__contains=[message_id])
        .order_by("-id")
        .first()
    )
