"""A handset on Kannel's simulated network (`smsc = fake`): one line over TCP per short message, both ways.

Read in Kannel 1.4.5's source and seen on the wire, 2026-11: a long message arrives in parts with a user data header,
whose coding the line does not tell; ours are always UTF-16.
"""

import asyncio
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import quote, unquote_to_bytes

_CHAIN = 6  # bytes of a header that joins parts: 05 00 03 reference total number


def mo(sender: str, receiver: str, text: str) -> str:
    """The line with which a handset sends `text`."""
    return f"{sender} {receiver} ucs2 {quote(text.encode('utf-16-be'), safe='')}"


@dataclass
class Seen:
    """What handsets show, by number, in the order in which it became whole."""

    texts: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    _parts: defaultdict[tuple[str, int], dict[int, bytes]] = field(default_factory=lambda: defaultdict(dict))
    lines: int = 0

    def read(self, line: bytes) -> None:
        """Take one line of the network."""
        _, number, kind, data = line.rstrip(b"\n").split(b" ", 3)
        self.lines += 1
        chat = number.decode()
        if kind == b"text":
            self.texts[chat].append(data.decode("utf-8", "replace"))
        elif kind == b"ucs-2":
            self.texts[chat].append(_bytes(data).decode("utf-16-be"))
        else:
            header, _, words = data.partition(b" data ")
            self._part(chat, _bytes(header), _bytes(words))

    def _part(self, chat: str, header: bytes, words: bytes) -> None:
        if len(header) != _CHAIN:
            raise ValueError(f"a header that joins nothing: {header.hex()}")
        reference, total, number = header[3:]
        parts = self._parts[chat, reference]
        parts[number] = words
        if len(parts) == total:
            self.texts[chat].append(b"".join(parts[n] for n in sorted(parts)).decode("utf-16-be"))
            del self._parts[chat, reference]


def _bytes(data: bytes) -> bytes:
    return unquote_to_bytes(data.replace(b"+", b" "))


@dataclass
class Handset:
    """All handsets of the network at once, as Kannel takes one client. Comes back by itself when Kannel does."""

    port: int
    seen: Seen = field(default_factory=Seen)
    _writer: asyncio.StreamWriter | None = None
    _task: asyncio.Task[None] | None = None
    _connected: asyncio.Event = field(default_factory=asyncio.Event)

    def start(self) -> None:
        """Begin to listen."""
        self._task = asyncio.create_task(self._listen())

    async def stop(self) -> None:
        """Switch off."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        self._off()

    async def says(self, *lines: str) -> None:
        """Send lines of `mo`, once there is a network."""
        await self._connected.wait()
        assert self._writer is not None
        self._writer.write("".join(line + "\n" for line in lines).encode())
        await self._writer.drain()

    async def _listen(self) -> None:
        while True:
            with suppress(OSError):
                reader, self._writer = await asyncio.open_connection("127.0.0.1", self.port, limit=2**20)
                self._connected.set()
                while line := await reader.readline():
                    self.seen.read(line)
            self._off()
            await asyncio.sleep(0.2)

    def _off(self) -> None:
        self._connected.clear()
        if self._writer is not None:
            self._writer.close()
            self._writer = None
