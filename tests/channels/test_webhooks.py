"""The door for webhooks: what is answered when, and that nothing gets in unproven."""

from collections.abc import Mapping
from typing import cast

import pytest

from channels.contract import Channel, Event, Inbound, InboundKind
from channels.errors import Malformed, Unverified
from channels.webhooks import MAX_BODY, Answer, Busy, receive

HELLO = Inbound("e1", InboundKind.MESSAGE, "c", "u", text="xin chào")


class Teaching:
    """The smallest channel: `secret` in a header, a body of `hello`, `nothing` or rubbish."""

    def verify(self, headers: Mapping[str, str], _body: bytes, query: Mapping[str, str], _status: bool) -> None:
        if "secret" not in (headers.get("X-Proof"), query.get("proof")):
            raise Unverified

    def parse(self, _headers: Mapping[str, str], body: bytes, query: Mapping[str, str], _status: bool) -> list[Event]:
        known: dict[bytes, list[Event]] = {b"hello": [HELLO], b"nothing": [], b"": [HELLO] if query else []}
        if body not in known:
            raise Malformed
        return known[body]


async def answer_to(
    body: bytes, proof: str = "secret", query: dict[str, str] | None = None, *, busy: bool = False
) -> tuple[Answer, list[Event], list[bytes]]:
    accepted: list[Event] = []
    unread: list[bytes] = []

    async def accept(events: list[Event]) -> None:
        if busy:
            raise Busy(retry_after=7)
        accepted.extend(events)

    async def unknown(raw: bytes) -> None:
        unread.append(raw)

    channel = cast("Channel", Teaching())
    answer = await receive(channel, {"X-Proof": proof}, body, query or {}, False, accept, unknown)
    return answer, accepted, unread


@pytest.mark.parametrize(
    ("body", "proof", "query", "status", "outcome", "events"),
    [
        pytest.param(b"hello", "secret", {}, 200, "accepted", 1, id="an event is handed over, then answered"),
        pytest.param(
            b"nothing", "secret", {}, 200, "ignored", 0, id="unknown kinds are answered 200, or come for ever"
        ),
        pytest.param(b"rubbish", "secret", {}, 400, "malformed", 0, id="a verified body that cannot be read"),
        pytest.param(b"hello", "guess", {}, 401, "unverified", 0, id="a wrong secret"),
        pytest.param(b"rubbish", "", {}, 401, "unverified", 0, id="proof is asked for before the body is read"),
        pytest.param(b"", "", {}, 200, "probe", 0, id="an address tried with nothing in hand"),
        pytest.param(b" \n", "", {}, 200, "probe", 0, id="or with a line end"),
        pytest.param(b"", "", {"proof": "secret"}, 200, "accepted", 1, id="a GET with everything in the query"),
        pytest.param(b"", "", {"proof": "guess"}, 401, "unverified", 0, id="a GET with a wrong password"),
        pytest.param(b"x" * MAX_BODY, "", {}, 401, "unverified", 0, id="one megabyte is looked at"),
        pytest.param(b"x" * (MAX_BODY + 1), "secret", {}, 413, "too_large", 0, id="more is not"),
    ],
)
async def test_answers(
    *, body: bytes, proof: str, query: dict[str, str], status: int, outcome: str, events: int
) -> None:
    answer, accepted, _ = await answer_to(body, proof, query)
    assert (answer.status, answer.outcome, answer.events, len(accepted)) == (status, outcome, events, events)
    # Kannel sends anything else on to the resident as an SMS.
    assert (answer.body, answer.content_type.partition(";")[0]) == (b"", "text/plain")


async def test_what_cannot_be_kept_now_is_asked_for_again() -> None:
    answer, accepted, _ = await answer_to(b"hello", busy=True)
    assert (answer.status, answer.outcome, dict(answer.headers), accepted) == (503, "busy", {"Retry-After": "7"}, [])


async def test_a_body_without_events_can_be_kept() -> None:
    assert (await answer_to(b"nothing"))[2] == [b"nothing"]
    assert (await answer_to(b"nothing", "guess"))[2] == []
    assert (await answer_to(b"hello"))[2] == []
