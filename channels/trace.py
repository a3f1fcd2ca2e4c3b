"""What was said between us and a provider over httpx, with secrets removed: for debug logs and `doctor`."""

import logging
import re
import time
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

import httpx

log = logging.getLogger(__name__)

# httpx writes every URL at INFO and httpcore every request line at DEBUG; several providers carry the token in the
# URL, so neither may speak whatever level the rest of the program is set to.
for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.WARNING)

KEPT = 100  # exchanges remembered by one Trace


@lru_cache(maxsize=64)
def _pattern(secrets: tuple[str, ...]) -> re.Pattern[str] | None:
    """Each character of a secret may stand as itself or percent-encoded: URLs mix both, and differ in which."""

    def character(char: str) -> str:
        encoded = "".join(f"%{byte:02x}" for byte in char.encode("utf-8", "surrogatepass"))
        plus = r"|\+" if char == " " else ""
        return f"(?:{re.escape(char)}|(?i:{encoded}){plus})"

    longest_first = sorted({secret for secret in secrets if secret}, key=len, reverse=True)
    if not longest_first:
        return None
    return re.compile("|".join("".join(map(character, secret)) for secret in longest_first))


def redact(text: str, secrets: tuple[str, ...]) -> str:
    """`text` with every one of `secrets`, raw or percent-encoded in whole or in part, replaced by `***`."""
    pattern = _pattern(secrets)
    return pattern.sub("***", text) if pattern else text


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and how it ended. `status` is None when no answer came; `error` then names the exception's class."""

    at: datetime  # UTC
    method: str
    url: str  # redacted
    status: int | None
    milliseconds: int  # until the answer's headers
    error: str = ""


class Trace(httpx.AsyncBaseTransport):
    """A transport around `inner` that remembers the last exchanges and logs each at DEBUG.

    `secrets` are the strings that may never be seen: tokens, passwords. Bodies and headers are not looked at, because
    they hold residents' words and credentials.
    """

    def __init__(self, inner: httpx.AsyncBaseTransport, secrets: tuple[str, ...]) -> None:
        self._inner = inner
        self._secrets = secrets
        self.exchanges: deque[Exchange] = deque(maxlen=KEPT)

    def __repr__(self) -> str:
        return f"<Trace of {len(self.exchanges)} exchanges>"

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Pass `request` on; raises whatever the inner transport raises."""
        at, started = datetime.now(UTC), time.monotonic()
        status: int | None = None
        error = ""
        try:
            response = await self._inner.handle_async_request(request)
            status = response.status_code
        except BaseException as problem:
            error = type(problem).__name__  # its text may quote the URL
            raise
        else:
            return response
        finally:
            exchange = Exchange(
                at=at,
                method=request.method,
                url=redact(str(request.url), self._secrets),
                status=status,
                milliseconds=round((time.monotonic() - started) * 1000),
                error=error,
            )
            self.exchanges.append(exchange)
            log.debug("%s %s → %s in %d ms", exchange.method, exchange.url, status or error, exchange.milliseconds)

    async def aclose(self) -> None:
        """Close the inner transport."""
        await self._inner.aclose()
