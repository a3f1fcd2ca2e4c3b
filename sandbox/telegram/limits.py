"""Is the bot writing faster than Telegram allows?

Telegram's bot FAQ names about one message a second in a chat, 20 a minute in a group and 30 a second overall, and
tolerates short bursts without saying how short. Here: a private chat takes 30 at once and one a second from then on;
a group takes 20 within any minute, edits and new topics included (tdlib/td#2592); all chats together take 30 a second.
A little is allowed on top, so that a client which keeps exactly to the limits is not refused for the network's jitter.
"""

import math
import time
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass

GROUP_MESSAGES = 20
GROUP_SECONDS = 59.0


@dataclass
class Bucket:
    """Tokens that come back with time."""

    size: float
    per_second: float
    level: float
    at: float

    def wait(self, now: float, count: int) -> float:
        """Seconds until `count` tokens are there."""
        self.level = min(self.size, self.level + (now - self.at) * self.per_second)
        self.at = now
        return max(0.0, (min(count, self.size) - self.level) / self.per_second)


class Limits:
    """The sending budget of one bot."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        now = clock()
        self._all = Bucket(33, 30, 33, now)
        self._private: dict[int, Bucket] = {}
        self._groups: defaultdict[int, deque[float]] = defaultdict(deque)

    def spend(self, chat: int, count: int = 1) -> int:
        """Takes `count` messages to `chat` from the budget; returns 0, or the seconds to wait when it is used up."""
        now = self._clock()
        wait = max(self._all.wait(now, count), self._wait_in_chat(chat, now, count))
        if wait > 0:
            return max(1, math.ceil(wait))
        self._all.level -= count
        if chat < 0:
            self._groups[chat].extend([now] * count)
        else:
            self._private[chat].level -= count
        return 0

    def _wait_in_chat(self, chat: int, now: float, count: int) -> float:
        if chat > 0:
            return self._private.setdefault(chat, Bucket(30, 1, 30, now)).wait(now, count)
        sent = self._groups[chat]
        while sent and sent[0] <= now - GROUP_SECONDS:
            sent.popleft()
        over = len(sent) + count - GROUP_MESSAGES
        return sent[over - 1] + GROUP_SECONDS - now if 0 < over <= len(sent) else 0.0
