"""Requests to a provider over httpx: one client for life, and what each failure on the way means for a message."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import httpx

from channels.errors import Refused, SendError, Throttled, Uncertain, Unreachable
from channels.trace import Trace

USER_AGENT = "tohotro"
CONNECT = 5.0  # seconds
READ = 30.0


def timeouts(read: float = READ) -> httpx.Timeout:
    """Seconds to wait: `read` for the answer, shorter for the connection."""
    return httpx.Timeout(read, connect=CONNECT, pool=CONNECT)


def new_client(*secrets: str, auth: httpx.BasicAuth | None = None) -> tuple[httpx.AsyncClient, Trace]:
    """A client to be kept until the channel closes, and the trace of what it does. Redirects are not followed: an
    answer elsewhere is no answer of the provider, and must not be given our credentials.
    """
    trace = Trace(httpx.AsyncHTTPTransport(retries=0), secrets)
    client = httpx.AsyncClient(
        transport=trace,
        auth=auth,
        timeout=timeouts(),
        headers={"User-Agent": USER_AGENT},
        follow_redirects=False,
    )
    return client, trace


@contextmanager
def outcome_of(what: str, *, repeatable: bool = False) -> Iterator[None]:
    """Turn httpx's failures during `what` into ours. `repeatable`: the provider recognises a second try of the same
    request, so that a lost answer is not uncertain.

    The original exception is not shown in the chain: its request can hold the token.
    """
    lost: type[SendError] = Unreachable if repeatable else Uncertain
    failure: SendError
    try:
        yield
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError) as problem:
        failure = Unreachable(f"{what}: no connection ({type(problem).__name__})")
    except (httpx.InvalidURL, httpx.UnsupportedProtocol, httpx.LocalProtocolError) as problem:
        failure = Refused(f"{what}: not a request that can be made ({type(problem).__name__})")
    except httpx.HTTPError as problem:
        failure = lost(f"{what}: no answer ({type(problem).__name__})")
    else:
        return
    raise failure from None


def throttled(response: httpx.Response, what: str, default: float) -> Throttled:
    """A 429 with the seconds its Retry-After names, `default` when it names none (a date counts as none)."""
    try:
        seconds = float(response.headers.get("Retry-After", ""))
    except ValueError:
        seconds = default
    return Throttled(seconds if 0 <= seconds < 86_400 else default, f"{what}: HTTP 429")  # noqa: PLR2004 - one day


def base_url(value: str) -> str:
    """A provider's address from the office file, without the slash at its end. Raises `ValueError` with a remedy."""
    parts = urlsplit(value.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("write the whole address, such as https://gateway.example")
    if parts.query or parts.fragment or parts.username:
        raise ValueError("write the address alone, without a query, a # part or a user name")
    return value.strip().rstrip("/")
