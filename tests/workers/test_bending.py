"""What a row becomes where a network cannot change, show or hold what was meant."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from channels import errors
from channels.contract import Button, OutboundKind, Sent
from tickets.models import OutboxKind, OutboxRow, OutboxState, Staff

Put = Callable[..., Awaitable[OutboxRow]]
Trouble = Callable[..., Awaitable[None]]
Until = Callable[..., Awaitable[None]]
Deliver = Callable[..., Awaitable[None]]


async def again(row: OutboxRow) -> OutboxRow:
    return await OutboxRow.get(id=row.id)


async def test_an_edit_changes_the_message_its_row_became(put: Put, deliver: Deliver, rich: Any) -> None:
    rich.script.append(Sent(("m1",)))
    card = await put("thẻ", card=True)
    await deliver()
    edit = await put("thẻ mới", kind=OutboxKind.EDIT, edits=card, card=True, buttons=[[("Xem", "/xem 1")]])
    await deliver()
    sent = rich.sent[1]
    assert (sent.kind, sent.message_id, sent.text) == (OutboundKind.EDIT, "m1", "thẻ mới")
    assert sent.buttons == ((Button("Xem", "/xem 1"),),)
    assert (await again(edit)).provider_ids == [], "the message is known by the row that made it"


async def test_an_edit_that_changes_nothing_is_fine(put: Put, deliver: Deliver, rich: Any, officer: Staff) -> None:
    card = await put("thẻ")
    await deliver()
    edit = await put("thẻ", kind=OutboxKind.EDIT, edits=card, author=officer)
    rich.script.append(errors.NothingToChange("not modified"))
    await deliver()
    assert (await again(edit)).state is OutboxState.SENT
    assert await OutboxRow.filter(chat="officer").count() == 0


@pytest.mark.parametrize(
    ("channel", "card", "result", "texts"),
    [
        pytest.param("poor", True, OutboxState.DROPPED, ["the"], id="a card stays as it was where nothing can change"),
        pytest.param("poor", False, OutboxState.SENT, ["the", "the moi"], id="anything else is said anew"),
    ],
)
async def test_where_nothing_can_be_changed(
    put: Put, deliver: Deliver, poor: Any, channel: str, card: bool, result: OutboxState, texts: list[str]
) -> None:
    original = await put("thẻ", channel=channel, card=card)
    await deliver(channel=channel)
    edit = await put("thẻ mới", channel=channel, kind=OutboxKind.EDIT, edits=original, card=card)
    await deliver(channel=channel)
    assert (await again(edit)).state is result
    assert poor.texts == texts


async def test_an_edit_of_what_never_arrived_is_said_anew(put: Put, deliver: Deliver, rich: Any) -> None:
    rich.script.append(errors.Refused("no"))
    original = await put("một")
    await deliver()
    await put("một, sửa", kind=OutboxKind.EDIT, edits=original)
    await deliver()
    assert rich.sent[1].kind is OutboundKind.MESSAGE


async def test_a_message_is_bent_to_what_the_network_can(put: Put, deliver: Deliver, rich: Any, poor: Any) -> None:
    for channel in ("rich", "poor"):
        await put("Được ạ", channel=channel, reply_to="r1", buttons=[[("Nhận", "/nhan 1")]])
        await put("", channel=channel, kind=OutboxKind.ANSWER_PRESS, press_id="p")
        await deliver(channel=channel)
    words = {one.kind: one for one in rich.sent}
    assert words[OutboundKind.MESSAGE].text == "Được ạ"
    assert words[OutboundKind.MESSAGE].reply_to == "r1"
    assert words[OutboundKind.ANSWER_PRESS].press_id == "p"
    [sms] = poor.sent
    assert (sms.text, sms.reply_to, sms.buttons) == ("Duoc a", "", ((Button("Nhan", "/nhan 1"),),))
