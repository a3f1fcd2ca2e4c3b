"""May the sandbox call this address, and what lies there? It never calls anything beyond this machine."""

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

from aiohttp import ClientError, ClientSession, ClientTimeout

LIMIT = 50 * 1024 * 1024


class FetchError(Exception):
    """The address is not on this machine, or answered no file."""


@dataclass(frozen=True)
class Fetched:
    """The bytes found at an address."""

    data: bytes
    content_type: str


def is_loopback(url: str) -> bool:
    """Whether the URL's host is this machine under a loopback name."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return False
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


async def fetch(session: ClientSession, url: str, seconds: float = 10) -> Fetched:
    """Gets a file from a loopback URL. Raises FetchError with a reason."""
    if urlsplit(url).scheme not in ("http", "https") or not is_loopback(url):
        raise FetchError("the emulated network fetches loopback http(s) addresses only")
    try:
        timeout = ClientTimeout(total=seconds)
        async with session.get(url, timeout=timeout, allow_redirects=False) as response:
            if response.status != 200:
                raise FetchError(f"HTTP {response.status}")
            data = await response.content.read(LIMIT)
            return Fetched(data, response.content_type)
    except (ClientError, TimeoutError) as error:
        raise FetchError(type(error).__name__) from None
