"""A row as its network can carry it, by the network's stated capabilities alone."""

from typing import TYPE_CHECKING

from bot import files
from channels.contract import Button, Channel, Outbound, OutboundKind
from channels.errors import Unreachable
from channels.text import plain
from tickets import outbox
from tickets.models import OutboxKind, OutboxRow

if TYPE_CHECKING:
    from bot.wiring import Desk

_FILE_TRIES = 3  # then the words go without the file


async def outbound(desk: "Desk", channel: Channel, row: OutboxRow) -> Outbound | None:
    """What to hand to `channel`; None when it can show nothing of it. Fetches files, so not inside a transaction.

    Raises channels.errors.Unreachable while a file cannot be had.
    """
    can = channel.capabilities
    kind, target = await _kind(channel, row)
    if kind is None:
        return None
    carried = await _carried(desk, channel, row) if kind is OutboundKind.MESSAGE else files.Carried()
    lines = [row.text, *carried.lines]
    if carried.lost:
        lines.append(desk.texts.say(desk.office.language, "files.lost", count=carried.lost))
    write = str if can.diacritics else plain
    return Outbound(
        ref=outbox.reference(row),
        chat=row.chat,
        kind=kind,
        text=write("\n".join(line for line in lines if line)),
        buttons=tuple(tuple(Button(write(label), command) for label, command in line) for line in row.buttons),
        attachments=carried.files,
        reply_to=row.reply_to if can.replies else "",
        message_id=target,
        press_id=row.press_id,
    )


async def _kind(channel: Channel, row: OutboxRow) -> tuple[OutboundKind | None, str]:
    """As what the row goes out, and the network's id of the message an edit changes.

    Where a message cannot be changed, a card stays as it was, and anything else is said anew.
    """
    if row.kind is OutboxKind.ANSWER_PRESS:
        return (OutboundKind.ANSWER_PRESS if channel.capabilities.buttons else None), ""
    if row.kind is OutboxKind.EDIT:
        original = await OutboxRow.get_or_none(id=row.edits_id)
        if channel.capabilities.edits and original is not None and original.provider_ids:
            return OutboundKind.EDIT, original.provider_ids[-1]  # buttons hang on the last part of a long message
        if row.card:
            return None, ""
    return OutboundKind.MESSAGE, ""


async def _carried(desk: "Desk", channel: Channel, row: OutboxRow) -> files.Carried:
    if not row.attachments:
        return files.Carried()
    try:
        return await files.resolve(desk, channel, row.attachments)
    except Unreachable:
        if row.attempts < _FILE_TRIES:
            raise
        return files.Carried(lost=len(row.attachments))
