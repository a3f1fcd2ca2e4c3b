"""Requests to a provider over httpx: one client for life, and what each failure on the way means for a message."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import httpx

from channels.errors import Malformed, Refused, SendError, Throttled, Unauthorised, Uncertain, Unreachable
from channels.payload import load_json
from channels.text import line
from channels.trace import Trace

USER_AGENT = "tohotro"
CONNECT = 5.0  # seconds
READ = 30.0


@lru_cache(maxsize=1)
def _trusted() -> ssl.SSLContext:
    """The authorities we believe, read once: it takes a tenth of a second, and every channel has a client."""
    return httpx.create_ssl_context()


def timeouts(read: float = READ) -> httpx.Timeout:
    """Seconds to wait: `read` for the answer, shorter for the connection."""
    return httpx.Timeout(read, connect=CONNECT, pool=CONNECT)


def new_client(*secrets: str, auth: httpx.BasicAuth | None = None) -> tuple[httpx.AsyncClient, Trace]:
    """A client to be kept until the channel closes, and the trace of what it does. Redirects are not followed: an
    answer elsewhere is no answer of the provider, and must not be given our credentials.
    """
    trace = Trace(httpx.AsyncHTTPTransport(verify=_trusted(), retries=0), secrets)
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
        failure = Unreachable(f"{what}: no connection ({why(problem)})")
    except (httpx.InvalidURL, httpx.UnsupportedProtocol, httpx.LocalProtocolError) as problem:
        failure = Refused(f"{what}: not a request that can be made ({type(problem).__name__})")
    except httpx.HTTPError as problem:
        failure = lost(f"{what}: no answer ({type(problem).__name__})")
    else:
        return
    raise failure from None


def why(problem: BaseException) -> str:
    """A connection's failure in words that an administrator can act on, without anything of the request."""
    cause: BaseException | None = problem
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            said = getattr(cause, "verify_message", "")  # aiohttp's own kind of it has none, its cause has
            if said or cause.__cause__ is None:
                return f"the server's certificate is not accepted: {said or type(cause).__name__}"
        cause = cause.__cause__ or cause.__context__
    return type(problem).__name__


def failure_of(response: httpx.Response, what: str, said: str = "", wait: float = 60.0) -> SendError:
    """What an HTTP status that is no success means for a message; `said` are the provider's own words, harmless to
    log; `wait`: seconds, when a 429 names none.
    """
    status = response.status_code
    words = f"{what}: HTTP {status} {said}".rstrip()
    if status in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
        return Unauthorised(words)
    if status == httpx.codes.TOO_MANY_REQUESTS:
        return throttled(response, what, wait)
    if response.is_redirect:
        return Unreachable(f"{words}: redirected to another address, which is not followed; look at api_url")
    if response.is_client_error:
        return Refused(words)
    return Uncertain(words) if status == httpx.codes.GATEWAY_TIMEOUT else Unreachable(words)


def json_object(response: httpx.Response) -> dict[str, Any] | None:
    """The JSON object of an answer, None when it holds none: garbage, HTML, half a body."""
    try:
        found = load_json(response.content)
    except Malformed:
        return None
    return found if isinstance(found, dict) else None


def senseless(response: httpx.Response, what: str) -> str:
    """Words for an answer that is not what the API says, without any of it: it may hold anything."""
    kind = line(response.headers.get("Content-Type", "").partition(";")[0], 40) or "no content type"
    return f"{what}: HTTP {response.status_code} with an answer that is not the API's ({kind})"


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
