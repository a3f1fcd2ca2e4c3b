"""How does an event reach the bot's webhook, in order and again when it was not taken?"""

import asyncio
from collections import deque
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field

from aiohttp import ClientError, ClientSession, ClientTimeout

# The providers wait seconds to hours between tries; here the schedule is compressed so that a test sees several.
FIRST_WAIT = 0.2
LONGEST_WAIT = 3.0
OVERTAKEN = 4.0  # seconds an event lags behind that others are to overtake


@dataclass(frozen=True)
class Parcel:
    """One event for one webhook. The headers are made anew at every try, as a signature with a time needs it."""

    url: str
    body: bytes
    headers: Callable[[bytes], Mapping[str, str]]
    taken: Callable[[bytes], None] = field(default=lambda _answer: None)
    refused: Callable[[str], None] = field(default=lambda _reason: None)
    given_up: Callable[[], None] = field(default=lambda: None)  # after the last try
    method: str = "POST"
    enough: Callable[[bytes], bool] = field(default=lambda _answer: True)  # some look at more than the status


class Courier:
    """Brings parcels to webhooks: one after the other within a lane, lanes side by side up to `at_once`."""

    def __init__(
        self,
        session: ClientSession,
        *,
        patience: float,
        tries: int | None = None,
        at_once: int = 1,
        longest_wait: float = LONGEST_WAIT,
    ) -> None:
        """`patience`: seconds the receiver has for its answer; `tries`: None means until it is taken."""
        self._longest = longest_wait
        self._session = session
        self._timeout = ClientTimeout(total=patience)
        self._tries = tries
        self._gate = asyncio.Semaphore(at_once)
        self._lanes: dict[Hashable, deque[Parcel]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def hand(self, lane: Hashable, parcel: Parcel, *, lagging: bool = False) -> None:
        """Takes a parcel for delivery behind the others of its lane; `lagging`: later, so that others overtake it."""
        wait = OVERTAKEN if lagging else 0.0
        lane = object() if lagging else lane
        if lane in self._lanes:
            self._lanes[lane].append(parcel)
            return
        self._lanes[lane] = deque([parcel])
        task = asyncio.get_running_loop().create_task(self._run(lane, wait))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    @property
    def waiting(self) -> int:
        """How many parcels are not delivered."""
        return sum(len(parcels) for parcels in self._lanes.values())

    async def stop(self) -> None:
        """Gives up everything not yet delivered."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._lanes.clear()

    async def _run(self, lane: Hashable, wait: float) -> None:
        await asyncio.sleep(wait)
        parcels = self._lanes[lane]
        while parcels:
            await self._bring(parcels[0])
            parcels.popleft()
        del self._lanes[lane]

    async def _bring(self, parcel: Parcel) -> None:
        wait = FIRST_WAIT
        tried = 0
        while self._tries is None or tried < self._tries:
            tried += 1
            async with self._gate:
                reason = await self._try(parcel)
            if reason is None:
                return
            parcel.refused(reason)
            await asyncio.sleep(wait)
            wait = min(wait * 2, self._longest)
        parcel.given_up()

    async def _try(self, parcel: Parcel) -> str | None:
        headers = {"Content-Type": "application/json", **parcel.headers(parcel.body)}
        try:
            data = parcel.body if parcel.method == "POST" else None
            async with self._session.request(
                parcel.method, parcel.url, data=data, headers=headers, timeout=self._timeout, allow_redirects=False
            ) as response:
                answer = await response.read()
        except TimeoutError:
            return "Read timeout expired"
        except ClientError as error:
            return "Connection refused" if isinstance(error, OSError) else f"Connection failed: {type(error).__name__}"
        if not 200 <= response.status < 300:
            return f"Wrong response from the webhook: {response.status} {response.reason}"
        if not parcel.enough(answer):
            return "Wrong response from the webhook: not the answer that is asked for"
        parcel.taken(answer)
        return None
