"""Does the trace of provider exchanges keep what helps and lose what is secret?"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from channels.trace import KEPT, Trace, redact

TOKEN = "12345:AbC-dé/f+g h"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(f"https://x.test/bot{TOKEN}/getMe", "https://x.test/bot***/getMe", id="raw"),
        pytest.param("?t=12345%3AAbC-d%C3%A9%2Ff%2Bg%20h", "?t=***", id="percent-encoded whole, upper-case hex"),
        pytest.param("?t=12345%3aAbC-d%c3%a9%2ff%2bg%20h", "?t=***", id="percent-encoded whole, lower-case hex"),
        pytest.param("?t=12345:AbC-d%C3%A9/f%2Bg+h&x=1", "?t=***&x=1", id="encoded in part, blank as plus"),
        pytest.param("12345:abc-dé/f+g h", "12345:abc-dé/f+g h", id="another case is another word"),
        pytest.param("token-2 and token", "*** and ***", id="a secret that begins with another goes whole"),
        pytest.param("nothing here", "nothing here", id="nothing secret"),
    ],
)
def test_secrets_are_removed(text: str, expected: str) -> None:
    assert redact(text, (TOKEN, "token", "token-2", "")) == expected


def test_no_secrets_change_nothing() -> None:
    assert redact("as it was", ("",)) == "as it was"


@contextmanager
def hearing(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    with caplog.at_level(logging.DEBUG), caplog.at_level(logging.DEBUG, logger="channels.trace"):
        yield


async def test_an_exchange_is_remembered_and_logged_without_the_token(caplog: pytest.LogCaptureFixture) -> None:
    trace = Trace(httpx.MockTransport(lambda _: httpx.Response(204)), (TOKEN,))
    with hearing(caplog):
        async with httpx.AsyncClient(transport=trace) as client:
            await client.post("https://api.test/send", params={"token": TOKEN}, json={"text": "words of a resident"})
    (exchange,) = trace.exchanges
    assert (exchange.method, exchange.url, exchange.status, exchange.error) == (
        "POST",
        "https://api.test/send?token=***",
        204,
        "",
    )
    assert "https://api.test/send?token=***" in caplog.text
    assert "AbC" not in caplog.text
    assert "words of a resident" not in caplog.text


async def test_a_failure_is_remembered_by_its_class_only(caplog: pytest.LogCaptureFixture) -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError(f"no route to {request.url}")

    trace = Trace(httpx.MockTransport(refuse), (TOKEN,))
    async with httpx.AsyncClient(transport=trace) as client:
        with hearing(caplog), pytest.raises(httpx.ConnectError):
            await client.get("https://api.test/", params={"token": TOKEN})
    assert (trace.exchanges[0].status, trace.exchanges[0].error) == (None, "ConnectError")
    assert "AbC" not in caplog.text


async def test_only_the_last_exchanges_are_kept() -> None:
    trace = Trace(httpx.MockTransport(lambda _: httpx.Response(200)), ())
    async with httpx.AsyncClient(transport=trace) as client:
        for number in range(KEPT + 5):
            await client.get(f"https://api.test/{number}")
    assert len(trace.exchanges) == KEPT
    assert trace.exchanges[0].url.endswith("/5")
