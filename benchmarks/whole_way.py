"""A resident's message in → ticket, routing, answer and staff card accepted by the emulated network."""

import asyncio
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any

from benchmarks.ground import Ground, enrol
from benchmarks.load import quantile

OFFICERS = {"4100001": "ho-tich", "4100002": "chung-thuc"}  # one each, so that one chat is not what is measured
_GLANCE = 50  # messages said before others get a turn
_ASKS = (
    "Cho hỏi thủ tục đăng ký khai sinh cho con cần giấy tờ gì",
    "Tôi muốn chứng thực bản sao sổ hộ khẩu thì đến đâu",
)
_people = count(20_000_000)
_LETTERS = "bcdfghjklmnpqrst"


@dataclass
class Run:
    """Messages said, and when each was answered and shown to staff (loop seconds after it was due)."""

    said: dict[str, float] = field(default_factory=dict)  # person → due
    answered: dict[str, float] = field(default_factory=dict)
    shown: dict[str, float] = field(default_factory=dict)

    def whole(self) -> list[float]:
        """Seconds until both had happened."""
        return [max(self.answered[who], self.shown[who]) - due for who, due in self.said.items() if self.done(who)]

    def done(self, who: str) -> bool:
        return who in self.answered and who in self.shown


async def prepare(ground: Ground) -> None:
    """Two officers; each ticket's card goes to one of them."""
    for person, area in OFFICERS.items():
        await enrol(ground, "telegram", person, "Cán bộ Đo", [area])


async def at_rate(ground: Ground, rate: float, seconds: float, patience: float = 60.0) -> dict[str, Any]:
    """New residents, one message each, `rate` a second; from the moment each was due until both saw it."""
    run = await _run(ground, [number / rate for number in range(int(rate * seconds))], patience)
    whole = run.whole()
    return {
        "offered_per_second": rate,
        "messages": len(run.said),
        "unanswered": len(run.said) - len(whole),
        "p50_ms": round(quantile(whole, 0.5) * 1000),
        "p95_ms": round(quantile(whole, 0.95) * 1000),
        "p99_ms": round(quantile(whole, 0.99) * 1000),
    }


async def saturation(ground: Ground, messages: int, patience: float = 120.0) -> dict[str, Any]:
    """Everything at once; the rate between the first and the last tenth of the completions."""
    run = await _run(ground, [0.0] * messages, patience)
    ends = sorted(max(run.answered[who], run.shown[who]) for who in run.said if run.done(who))
    low, high = len(ends) // 10, len(ends) * 9 // 10
    took = ends[high - 1] - ends[low] if high - 1 > low else 0
    return {
        "messages": messages,
        "unanswered": messages - len(ends),
        "per_second": round((high - 1 - low) / took, 1) if took else 0,
    }


async def idle(ground: Ground, times: int) -> dict[str, Any]:
    """One question after the other on an idle system, each from a new resident: message in → answer out."""
    seconds = []
    for _ in range(times):
        run = await _run(ground, [0.0], 20)
        seconds += [run.answered[who] - due for who, due in run.said.items() if who in run.answered]
    return {
        "messages": times,
        "p50_ms": round(quantile(seconds, 0.5) * 1000, 1),
        "p95_ms": round(quantile(seconds, 0.95) * 1000, 1),
    }


async def _run(ground: Ground, offsets: list[float], patience: float) -> Run:
    run = Run()
    begun = time.time()
    marks: dict[str, str] = {}
    watching = asyncio.create_task(_watch(ground, run, marks, len(offsets), patience + (offsets[-1] if offsets else 0)))
    for number, offset in enumerate(offsets):
        pause = begun + offset - time.time()
        if pause > 0:
            await asyncio.sleep(pause)
        elif number % _GLANCE == 0:
            await asyncio.sleep(0)
        who = str(next(_people))
        mark = "".join(_LETTERS[int(digit, 16)] for digit in f"{int(who):x}")
        marks[mark] = who
        run.said[who] = begun + offset
        await ground.networks.say("telegram", sender=who, name="Dân Thử", text=f"{_ASKS[number % 2]} ({mark})")
    await watching
    return run


async def _watch(ground: Ground, run: Run, marks: dict[str, str], total: int, patience: float) -> None:
    """Note what the network accepted. Times are those of the network's own book, so looking seldom costs nothing."""
    end = time.time() + patience
    after: dict[str, str] = {}
    while time.time() < end:
        for officer in OFFICERS:
            for message in ground.networks.seen("telegram", officer, after.get(officer)):
                after[officer] = message.id
                who = marks.get(message.text.rpartition("(")[2].partition(")")[0])
                if who is not None:
                    run.shown.setdefault(who, _moment(message.at))
        for who in list(run.said):
            if who not in run.answered:
                seen = ground.networks.seen("telegram", who)
                if len(seen) > 1:  # the welcome, then the answer
                    run.answered[who] = _moment(seen[1].at)
        if len(run.said) == total and all(run.done(who) for who in run.said):
            return
        await asyncio.sleep(0.02 if total == 1 else 0.25)


def _moment(at: datetime) -> float:
    return at.astimezone(UTC).timestamp()
