"""Who looks at what was rung for in this process: one look at a time for a chat, a few at once for an account.

A look costs no queue: what this process has itself caused to be said, it also sends. Should it die, the sweep of any
other finds what it had in its lines.
"""

import asyncio
import contextlib
import contextvars
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

import structlog

Names = tuple[str, ...]
Look = Callable[..., Awaitable[None]]

log = structlog.get_logger(__name__)

FULL = 50  # names that wait in a line; more are left to other processes


@dataclass(frozen=True, slots=True)
class Kind:
    """What is done for one kind of ring, so many at once; `account`: of each (office, channel), else in all."""

    look: Look
    at_once: int
    account: bool = False


@dataclass(slots=True)
class _Line:
    kind: Kind
    waiting: OrderedDict[Names, None] = field(default_factory=OrderedDict)
    running: dict[Names, bool] = field(default_factory=dict)  # and whether it was rung for again meanwhile
    moved: asyncio.Event = field(default_factory=asyncio.Event)


class Lines:
    """Made where no transaction is open: every look starts from the context of that moment."""

    def __init__(self, kinds: Mapping[str, Kind], seconds: float) -> None:
        """`seconds`: what one look may take."""
        self._kinds = kinds
        self._seconds = seconds
        self._lines: dict[tuple[str, ...], _Line] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._context = contextvars.copy_context()
        self._open = True

    def look(self, kind: str, names: Names, *, taken: bool = False, first: bool = False) -> bool:
        """Look at these names soon, `first` before all that wait; once more if somebody is looking just now.

        False when too many wait already (unless `taken` from the queue for us), or when this process is ending.
        """
        if not self._open:
            return False
        line = self._line(kind, names)
        if names in line.running:
            line.running[names] = True
        elif names not in line.waiting:
            if len(line.waiting) >= FULL and not (taken or first):
                return False
            line.waiting[names] = None
            if first:
                line.waiting.move_to_end(names, last=False)
            self._go_on(line)
            line.moved.set()
        elif first:
            line.waiting.move_to_end(names, last=False)
        return True

    async def room(self, kind: str, seconds: float) -> int:
        """How many more names the line of `kind`, which is not of an account, takes without letting them wait long.

        Waits so many seconds until there is any; then 0.
        """
        line = self._line(kind, ())
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while len(line.waiting) >= line.kind.at_once:
                    line.moved.clear()
                    await line.moved.wait()
        return max(0, 2 * line.kind.at_once - len(line.waiting) - len(line.running)) if self._open else 0

    async def close(self, seconds: float) -> None:
        """Begin nothing any more, and wait so long for what has begun; the rest ends cancelled."""
        self._open = False
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=seconds)
            for task in late:
                task.cancel()
            if late:
                await asyncio.wait(late)

    def _line(self, kind: str, names: Names) -> _Line:
        what = self._kinds[kind]
        key = (kind, *names[:2]) if what.account else (kind,)
        line = self._lines.get(key)
        if line is None:
            line = self._lines[key] = _Line(what)
        return line

    def _go_on(self, line: _Line) -> None:
        while self._open and line.waiting and len(line.running) < line.kind.at_once:
            names = next(iter(line.waiting))
            del line.waiting[names]
            line.running[names] = False
            task = asyncio.get_running_loop().create_task(self._run(line, names), context=self._context.copy())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _run(self, line: _Line, names: Names) -> None:
        try:
            async with asyncio.timeout(self._seconds):
                await line.kind.look(*names)
        except TimeoutError:
            log.error("a look took too long", seconds=self._seconds)  # noqa: TRY400 - the trace shows only where it waited
        finally:
            if line.running.pop(names):
                line.waiting[names] = None  # behind the others
            self._go_on(line)
            line.moved.set()
