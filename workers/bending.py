"""A row as its network can carry it, by the network's stated capabilities alone."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from bot import boards, files
from channels.contract import Button, Channel, Outbound, OutboundKind
from channels.errors import Throttled, Unreachable
from channels.text import plain
from tickets import outbox
from tickets.models import OutboxKind, OutboxRow, OutboxState

if TYPE_CHECKING:
    from bot.wiring import Desk

_ORIGINAL = 2.0  # seconds until it is worth while to look again whether a message has left
_FILE_TRIES = 3  # then the words go without the file


async def outbound(desk: "Desk", channel: Channel, row: OutboxRow) -> Outbound | None:
    """What to hand to `channel`; None when it can show nothing of it. Fetches files, so not inside a transaction.

    Raises channels.errors.Unreachable while a file cannot be had.
    """
    can = channel.capabilities
    kind, target = await _kind(channel, row)
    if kind is None:
        return None
    if row.board:
        await _write_list(desk, row)
    carried = await _carried(desk, channel, row) if kind is OutboundKind.MESSAGE else files.Carried()
    lines = [row.text, *carried.lines]
    if carried.lost:
        lines.append(desk.texts.say(desk.office.language, "files.lost", count=carried.lost))
    if carried.too_large:
        lines.append(desk.texts.say(desk.office.language, "files.too_large", count=carried.too_large))
    lines += [desk.texts.say(desk.office.language, "files.lying", name=name) for name in carried.lying]
    lines += [desk.texts.say(desk.office.language, "files.unchecked", name=name) for name in carried.unchecked]
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
        only_for=row.only_for,
        again_since=_really_made(desk, row) if row.maybe_twice else None,
    )


def _really_made(desk: "Desk", row: OutboxRow) -> datetime:
    """When a row was made by real time, which networks go by; the business clock may have been moved."""
    return datetime.now(UTC) - max(desk.clock.now() - row.created_at, timedelta())


async def _write_list(desk: "Desk", row: OutboxRow) -> None:
    """The words of a list of cards as they are now, kept with it: a number typed chooses among its buttons."""
    row.text, buttons = await boards.compose(desk, row.edits_id or row.id, desk.clock.now())
    row.buttons = [[list(button) for button in line] for line in buttons]
    await OutboxRow.filter(id__in=[row.id, row.edits_id or row.id]).update(text=row.text, buttons=row.buttons)


async def _kind(channel: Channel, row: OutboxRow) -> tuple[OutboundKind | None, str]:
    """As what the row goes out, and the network's id of the message an edit changes.

    Where a message cannot be changed, a card stays as it was, and anything else is said anew.
    """
    if row.kind is OutboxKind.ANSWER_PRESS:
        return (OutboundKind.ANSWER_PRESS if channel.capabilities.buttons else None), ""
    if row.kind is OutboxKind.ASK_CONTACT and channel.capabilities.contact_form:
        return OutboundKind.ASK_CONTACT, ""
    if row.kind is OutboxKind.REACT:
        return (OutboundKind.REACT if channel.capabilities.reactions else None), row.reply_to
    if row.kind is OutboxKind.WITHDRAW:
        original = await OutboxRow.get_or_none(id=row.edits_id)
        known = original is not None and channel.capabilities.withdraws
        return (OutboundKind.WITHDRAW, " ".join(original.provider_ids)) if known and original else (None, "")
    if row.kind is OutboxKind.EDIT:
        original = await OutboxRow.get_or_none(id=row.edits_id)
        if channel.capabilities.edits and original is not None and original.provider_ids:
            return OutboundKind.EDIT, original.provider_ids[-1]  # buttons hang on the last part of a long message
        if original is not None and original.state in (OutboxState.QUEUED, OutboxState.SENDING):
            raise Throttled(_ORIGINAL, "what it changes has not left")
        if row.card or row.board:
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
