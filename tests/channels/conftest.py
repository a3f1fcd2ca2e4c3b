"""What every row of a channel's table is put through: the door for webhooks, and a look at the log."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace

import pytest

from channels.contract import Channel, Event
from channels.webhooks import Answer, receive


@dataclass
class Delivery:
    """One request as the provider makes it."""

    headers: Mapping[str, str]
    body: bytes
    query: Mapping[str, str] = field(default_factory=dict)
    status: bool = False


@dataclass
class Result:
    """What came of it."""

    answer: Answer
    events: list[Event]
    kept_unread: list[bytes]

    def without_raw(self) -> list[Event]:
        return [replace(event, raw={}) for event in self.events]


Deliver = Callable[[Channel, Delivery], Awaitable[Result]]


@pytest.fixture
def deliver() -> Deliver:
    """Hands a delivery to a channel through the same door as the server does."""

    async def run(channel: Channel, delivery: Delivery) -> Result:
        events: list[Event] = []
        unread: list[bytes] = []

        async def accept(batch: list[Event]) -> None:
            events.extend(batch)

        async def unknown(body: bytes) -> None:
            unread.append(body)

        answer = await receive(
            channel, delivery.headers, delivery.body, delivery.query, delivery.status, accept, unknown
        )
        return Result(answer, events, unread)

    return run


@pytest.fixture
def delivery() -> type[Delivery]:
    """The class itself, as test folders are no packages to import it from."""
    return Delivery


@pytest.fixture
def nothing_secret_logged(caplog: pytest.LogCaptureFixture) -> Callable[..., None]:
    """Call with secrets at the end of a test: none of them may stand in anything logged at any level."""
    caplog.set_level(logging.DEBUG)

    def check(*secrets: str) -> None:
        logged = [record.getMessage() + str(record.exc_info or "") for record in caplog.records]
        for secret in secrets:
            assert not [line for line in logged if secret in line]

    return check
