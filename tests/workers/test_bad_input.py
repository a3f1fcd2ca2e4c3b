"""Bad days of networks and people: ten thousand webhooks of one sender, answers that are none. The log has each."""

import asyncio
import io
import json
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot import logs, running
from bot.wiring import App, Desk
from channels import errors
from channels.contract import Inbound, InboundKind
from tickets.models import Contact, InboxRow, InboxState, Message, OutboxRow, OutboxState, Ticket
from workers import delivery
from workers.delivery import deliver_chat
from workers.inbound import handle_conversation
from workers.settings import each_minute

Put = Callable[..., Awaitable[OutboxRow]]
MANY = 10_000
AT_ONCE = 50


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What the program logs during a test, as JSON lines."""
    written = io.StringIO()
    logs.configure("INFO", "json", (), written)
    yield written
    logs.configure("WARNING")


def lines(log: io.StringIO, event: str) -> list[dict[str, Any]]:
    return [one for one in map(json.loads, log.getvalue().splitlines()) if one["event"] == event]


# ------------------------------------------------------------------------------------------------- too much of people


def heard(_headers: object, body: bytes, _query: object, _status: object) -> list[Inbound]:
    number = body.decode()
    return [Inbound(f"e{number}", InboundKind.MESSAGE, "an", "an", text=f"tin số {number}", message_id=f"m{number}")]


async def bring(address: str, path: str, numbers: range) -> None:
    """Webhooks of one sender over one connection, each after the answer to the one before."""
    host, port = address.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    for number in numbers:
        body = str(number).encode()
        writer.write(f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200 "), head
    writer.close()


async def test_ten_thousand_webhooks_of_one_sender_are_held_back_with_one_notice_and_none_is_dropped(
    app: App, desk: Desk, ctx: dict[Any, Any], rich: Any, log: io.StringIO, tmp_path: Path, monkeypatch: Any
) -> None:
    monkeypatch.setattr(rich, "parse", heard)
    quiet = app.settings.model_copy(update={"http_port": 0, "data_dir": tmp_path})
    office = desk.office.id
    async with running.started(replace(app, settings=quiet), worker=False, pollers=False) as up:
        share = MANY // AT_ONCE
        connections = [range(first, first + share) for first in range(0, MANY, share)]
        await asyncio.gather(*(bring(up.address, f"/webhooks/{office}/rich", numbers) for numbers in connections))
    assert await InboxRow.filter(state=InboxState.NEW).count() == MANY

    looks = 0
    while await InboxRow.filter(state=InboxState.NEW).exists():
        await handle_conversation(ctx, office, "rich", "an")
        looks += 1
    assert looks < 10, "the rest was held back at once"
    held = await InboxRow.filter(state=InboxState.HELD).count()
    assert held > MANY - 100
    [told] = lines(log, "a sender is held back")
    assert (told["why"], told["waiting"], told["channel"]) == ("flood", held, "rich")
    said = [str(one) for one in await OutboxRow.filter(chat="an").values_list("text", flat=True)]
    assert sum("lưu đủ" in text for text in said) == 1
    assert await Ticket.all().count() <= 1

    app.clock.move(timedelta(minutes=10))
    await each_minute(ctx)
    assert await InboxRow.filter(state=InboxState.HANDLED).count() == MANY
    assert await Ticket.all().count() == 1
    rows = await Message.filter(direction="in").order_by("id").values_list("inbox_id", flat=True)
    assert list(rows) == sorted(rows)
    assert len(set(rows)) == MANY, "every word stands in the ticket, once and in order"
    [contact] = await Contact.filter(user="an")
    assert contact.held_since is None


# ------------------------------------------------------------------------------------------------ nonsense of networks


@pytest.mark.parametrize(
    ("error", "event", "state"),
    [
        pytest.param(
            errors.Unreachable("sendMessage: HTTP 200 without an answer"),
            "a message is tried again", OutboxState.QUEUED, id="garbage, a page, half a body",
        ),
        pytest.param(
            errors.Unreachable("sendMessage: HTTP 302, a redirect"),
            "a message is tried again", OutboxState.QUEUED, id="a redirect",
        ),
        pytest.param(
            errors.Unreachable("sendMessage: certificate verify failed"),
            "a message is tried again", OutboxState.QUEUED, id="a certificate nobody vouched for",
        ),
        pytest.param(
            errors.Refused("sendMessage: error -201 under 200"),
            "a message failed", OutboxState.FAILED, id="200 with an error",
        ),
        pytest.param(
            errors.Unauthorised("sendMessage: the token is no longer good"),
            "a channel cannot send", OutboxState.QUEUED, id="200 that says the token is wrong",
        ),
    ],
)  # fmt: skip
async def test_what_a_network_answered_instead_is_one_line_that_names_it(
    ctx: dict[Any, Any], desk: Desk, put: Put, rich: Any, log: io.StringIO, error: Exception, event: str, state: str
) -> None:
    row = await put("lời của cán bộ")
    rich.script.append(error)
    await deliver_chat(ctx, desk.office.id, "rich", "an")
    [told] = lines(log, event)
    assert (told["office"], told["channel"]) == (desk.office.id, "rich")
    assert "sendMessage: " in told["detail"]
    assert (await OutboxRow.get(id=row.id)).state == state
    assert "lời của cán bộ" not in log.getvalue()


async def test_a_network_that_hangs_is_let_go_and_named(
    ctx: dict[Any, Any], desk: Desk, put: Put, rich: Any, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "_SEND", 0.05)
    await put("một")
    rich.gate.clear()
    await deliver_chat(ctx, desk.office.id, "rich", "an")
    [told] = lines(log, "a message is tried again")
    assert (told["reason"], told["detail"]) == ("uncertain", "no answer in time")
    rich.gate.set()
