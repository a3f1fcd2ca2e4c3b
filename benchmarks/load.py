"""HTTP load by raw streams, so that the generator takes little of the two cores it shares with what it measures."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field

Request = Callable[[int], bytes]


@dataclass
class Load:
    """What came of it: seconds of each acknowledged request, and how many were not."""

    seconds: list[float] = field(default_factory=list)
    refused: int = 0
    took: float = 0.0

    @property
    def rate(self) -> float:
        return len(self.seconds) / self.took if self.took else 0.0

    def quantile(self, q: float) -> float:
        """Milliseconds."""
        return quantile(self.seconds, q) * 1000


def quantile(values: list[float], q: float) -> float:
    """0 for an empty list."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(q * len(ordered)))] if ordered else 0.0


def post(host: str, path: str, headers: dict[str, str], body: bytes) -> bytes:
    """The bytes of one request on a connection that stays open."""
    lines = [f"POST {path} HTTP/1.1", f"Host: {host}", "Content-Type: application/json", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


async def run(port: int, request: Request, connections: int, seconds: float, rate: float = 0) -> Load:
    """Requests over `connections` for `seconds`, as fast as they are answered, or `rate` a second.

    At a rate, a request's time counts from the moment it was due, so that a server that stalls cannot hide it.
    """
    load = Load()
    begun = time.perf_counter()
    end = begun + seconds
    count = 0

    async def one() -> None:
        nonlocal count
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            while (now := time.perf_counter()) < end:
                number, count = count, count + 1
                due = begun + number / rate if rate else now
                if due > end:
                    return
                if due > now:
                    await asyncio.sleep(due - now)
                writer.write(request(number))
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0] or 0)
                if length:
                    await reader.readexactly(length)
                if b" 200 " in head[:16]:
                    load.seconds.append(time.perf_counter() - due)
                else:
                    load.refused += 1
        finally:
            writer.close()

    await asyncio.gather(*(one() for _ in range(connections)))
    load.took = time.perf_counter() - begun
    return load
