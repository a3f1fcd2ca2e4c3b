"""How is an emulated network misbehaving right now?"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

from sandbox.bell import Bell

KINDS = ("429", "500", "timeout", "drop-answer", "blocked", "down", "wrapped", "duplicate", "swap")
# A call whose answer never comes is let go after this many seconds.
HOLD = 60.0


@dataclass
class Fault:
    """One misbehaviour: which calls it meets and how often."""

    kind: str
    chat: str | None = None
    method: str | None = None
    times: int | None = None
    retry_after: int = 1
    ends: float | None = None
    over: bool = False

    def concerns(self, chat: str | None) -> bool:
        """Whether a call about `chat` meets it."""
        return self.chat is None or self.chat == chat


class Faults:
    """The misbehaviours in force, in the order in which they were asked for.

    With `times` a fault goes after so many calls; without, it stays until it is cleared. A 429 without `times` ends
    by itself when its `retry_after` has passed since the first call it refused: so ends a real flood wait.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._faults: list[Fault] = []
        self._held: list[Fault] = []
        self._bell = Bell()

    def add(self, fault: Fault) -> None:
        """Puts a fault in force."""
        self._faults.append(fault)

    def clear(self, chat: str | None = None, kind: str | None = None) -> None:
        """Ends the faults of this chat, or all of them; calls held by a timeout are let go."""
        for fault in [*self._faults, *self._held]:
            if (chat is None or fault.chat == chat) and kind in (None, fault.kind):
                fault.over = True
        self._faults = [fault for fault in self._faults if not fault.over]
        self._bell.ring()

    def strikes(self, kind: str, chat: str | None = None) -> bool:
        """Whether this call meets a fault of the kind; uses it up by one."""
        fault = next((f for f in self._faults if f.kind == kind and f.concerns(chat)), None)
        if fault is not None:
            self._use(fault)
        return fault is not None

    def take(self, method: str, chat: str | None, *, speaks: bool) -> Fault | None:
        """The fault in the way of this call (429, 500, timeout or drop-answer), used up by one.

        A fault that names no method meets only the calls that `speaks` marks, those that bring a person something:
        otherwise a poll or a typing signal in between would use it up.
        """
        self._faults = [f for f in self._faults if f.ends is None or f.ends > self._clock()]
        for fault in self._faults:
            if fault.kind not in ("429", "500", "timeout", "drop-answer") or not fault.concerns(chat):
                continue
            if (fault.method or "").lower() != method.lower() if fault.method else not speaks:
                continue
            self._use(fault)
            if fault.kind == "429" and fault.times is None:
                fault.ends = fault.ends or self._clock() + fault.retry_after
                return Fault("429", retry_after=max(1, math.ceil(fault.ends - self._clock())))
            return fault
        return None

    async def hold(self, fault: Fault) -> None:
        """Returns when the fault is cleared or a minute has passed."""
        self._held.append(fault)
        self._bell.ring()
        try:
            await self._bell.until(lambda: fault.over or None, HOLD)
        finally:
            self._held.remove(fault)

    def _use(self, fault: Fault) -> None:
        if fault.times is not None:
            fault.times -= 1
            if fault.times <= 0:
                self._faults.remove(fault)
