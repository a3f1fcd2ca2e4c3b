"""Who looks at what in one process: one look at a time for a chat, so many at once, nothing forgotten."""

import asyncio
from collections import Counter

import pytest

from workers.lines import FULL, Kind, Lines


class Looking:
    """Looks that last until they are let go, and what was seen of them."""

    def __init__(self) -> None:
        self.begun: list[tuple[str, ...]] = []
        self.now: Counter[tuple[str, ...]] = Counter()
        self.most = 0
        self.gate = asyncio.Event()
        self.changed = asyncio.Condition()

    async def until(self, count: int) -> None:
        """Return when so many looks have begun."""
        async with asyncio.timeout(10), self.changed:
            await self.changed.wait_for(lambda: len(self.begun) >= count)

    async def look(self, *names: str) -> None:
        async with self.changed:
            self.begun.append(names)
            self.changed.notify_all()
        self.now[names] += 1
        self.most = max(self.most, self.now.total())
        assert self.now[names] == 1, "two looks at one chat"
        await self.gate.wait()
        self.now[names] -= 1


async def test_a_chat_rung_for_during_its_look_is_looked_at_once_more() -> None:
    seen = Looking()
    lines = Lines({"in": Kind(seen.look, 2)}, 10)
    for _ in range(5):
        assert lines.look("in", ("o", "c", "an"))
        await asyncio.sleep(0)
    seen.gate.set()
    await lines.close(5)
    assert seen.begun == [("o", "c", "an")], "nothing begins when the process ends"
    lines = Lines({"in": Kind(seen.look, 2)}, 10)
    seen.gate.clear()
    lines.look("in", ("o", "c", "an"))
    await asyncio.sleep(0)
    lines.look("in", ("o", "c", "an"))
    lines.look("in", ("o", "c", "an"))
    seen.gate.set()
    await seen.until(3)
    await lines.close(5)
    assert len(seen.begun) == 3


async def test_so_many_at_once_and_each_account_for_itself() -> None:
    seen = Looking()
    lines = Lines({"out": Kind(seen.look, 3, account=True)}, 10)
    for number in range(10):
        lines.look("out", ("o", "slow", str(number)))
    lines.look("out", ("o", "quick", "an"))
    await asyncio.sleep(0)
    assert seen.begun == [("o", "slow", "0"), ("o", "slow", "1"), ("o", "slow", "2"), ("o", "quick", "an")]
    seen.gate.set()
    await seen.until(11)
    await lines.close(5)
    assert seen.most == 4


async def test_an_answer_goes_before_all_that_waits() -> None:
    seen = Looking()
    lines = Lines({"out": Kind(seen.look, 1)}, 10)
    for number in range(FULL + 3):
        lines.look("out", ("o", "c", f"notice {number}"))
    assert lines.look("out", ("o", "c", "notice 40"), first=True), "somebody waits for it now"
    assert lines.look("out", ("o", "c", "answer"), first=True), "however full the line is"
    seen.gate.set()
    await seen.until(FULL + 2)
    await lines.close(5)
    assert [names[2] for names in seen.begun[:4]] == ["notice 0", "answer", "notice 40", "notice 1"]


async def test_a_full_line_leaves_the_rest_to_others_and_takes_what_was_taken_for_it() -> None:
    seen = Looking()
    lines = Lines({"in": Kind(seen.look, 1)}, 10)
    taken = [lines.look("in", ("o", "c", str(number))) for number in range(FULL + 3)]
    assert taken == [True] * (FULL + 1) + [False] * 2
    assert lines.look("in", ("o", "c", "more"), taken=True)
    assert await lines.room("in", 0.01) == 0
    seen.gate.set()
    assert await lines.room("in", 5) > 0
    await lines.close(5)
    assert not lines.look("in", ("o", "c", "an")), "this process is ending"


@pytest.mark.parametrize(
    "fails",
    [
        pytest.param(False, id="a look that takes too long"),
        pytest.param(True, id="a look that is cut off at the end"),
    ],
)
async def test_no_look_holds_its_line_for_ever(fails: bool) -> None:
    seen = Looking()
    lines = Lines({"in": Kind(seen.look, 1)}, 60 if fails else 0.01)
    lines.look("in", ("o", "c", "an"))
    lines.look("in", ("o", "c", "binh"))
    await asyncio.sleep(0)
    if fails:
        await lines.close(0.01)
        assert seen.begun == [("o", "c", "an")]
        return
    await seen.until(2)
    seen.gate.set()
    await lines.close(5)
