"""A webhook request, free of any web framework: limit, verify the raw bytes, parse, hand over, and only then answer."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from channels.contract import Acknowledgement, Channel, Event
from channels.errors import Malformed, NotOurs, Probe, Unverified

MAX_BODY = 1024 * 1024  # bytes; none of the networks sends files themselves, only addresses of files

Outcome = Literal["accepted", "ignored", "elsewhere", "probe", "unverified", "malformed", "too_large", "busy", "failed"]

# Most networks look at the status alone; Kannel wants 200 with an empty text/plain body, because anything else may be
# sent to the resident as an SMS, and it takes 201 and 204 for failures. A network that wants more has `Acknowledges`.
_CONTENT_TYPE = "text/plain; charset=utf-8"
_NOTHING = Acknowledgement()


class Busy(Exception):
    """Raised by `accept` when nothing can be kept at the moment: the provider is asked to come again."""

    def __init__(self, retry_after: int = 5) -> None:
        super().__init__()
        self.retry_after = retry_after  # seconds


@dataclass(frozen=True, slots=True)
class Answer:
    """What to answer the provider, and in `outcome` one word to count by."""

    status: int
    outcome: Outcome
    body: bytes = b""
    content_type: str = _CONTENT_TYPE
    headers: Mapping[str, str] = field(default_factory=dict)
    events: int = 0  # how many were handed over
    account: str = ""  # whose events they are, if not this channel's


async def receive(
    channel: Channel,
    headers: Mapping[str, str],
    body: bytes,
    query: Mapping[str, str],
    status: bool,
    accept: Callable[[list[Event]], Awaitable[None]],
    unknown: Callable[[bytes], Awaitable[None]] | None = None,
) -> Answer:
    """Take one request (POST, or GET with everything in `query`) to `channel`; `status`: it came to `…/status`.

    `accept` gets the events and returns once they are durable, or raises `Busy`; any other exception of its passes
    through, so that the provider gets a 500 and comes again. `unknown` gets a verified body that holds no event, for
    whoever wants to keep it. Nothing is handed over from a request that was not verified.
    """
    events = read(channel, headers, body, query, status)
    if isinstance(events, Answer):
        return events
    try:
        if events:
            await accept(events)
        elif unknown is not None and body.strip():
            await unknown(body)
    except Busy as busy:
        return come_again(busy)
    return stored(channel, body, query, status, len(events))


def read(
    channel: Channel, headers: Mapping[str, str], body: bytes, query: Mapping[str, str], status: bool
) -> Answer | list[Event]:
    """The events of one request, to be stored, or at once what it is answered with. As `receive`."""
    if len(body) > MAX_BODY:
        return Answer(413, "too_large")
    if not query and not body.strip():
        return Answer(200, "probe")  # consoles try an address with nothing in hand, and want to see 200
    try:
        channel.verify(headers, body, query, status)
    except Probe:
        return Answer(200, "probe")
    except Unverified:
        return Answer(401, "unverified")
    try:
        return channel.parse(headers, body, query, status)
    except Malformed:
        return Answer(400, "malformed")
    except NotOurs as other:
        return Answer(200, "elsewhere", account=other.account)


def stored(channel: Channel, body: bytes, query: Mapping[str, str], status: bool, events: int) -> Answer:
    """What is answered once so many events of a request are durable."""
    acknowledge = getattr(channel, "acknowledge", None)  # of `Acknowledges`, which takes long to be asked for by type
    said: Acknowledgement = acknowledge(body, query, status) if acknowledge is not None else _NOTHING
    outcome: Outcome = "accepted" if events else "ignored" if body.strip() else "probe"
    return Answer(200, outcome, said.body, said.content_type, events=events)


def come_again(busy: Busy) -> Answer:
    """What is answered when nothing can be kept."""
    return Answer(503, "busy", headers={"Retry-After": str(busy.retry_after)})
