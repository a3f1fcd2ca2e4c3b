"""A helpdesk behind a real Kannel: Vietnamese both ways, reports in any order, repetitions, restarts, no loss.

`make kannel`, or `python -m benchmarks.kannel [--messages N] [--if-possible]`. Installs the Debian package when it is
absent, prints one JSON line and ends non-zero when something was lost, doubled or garbled. With `--if-possible` a
machine on which Kannel cannot be installed is told so and is no failure.
"""

import argparse
import asyncio
import json
import random
import re
import shutil
import signal
import sys
import time
import unicodedata
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import uvloop
from ruamel.yaml import YAML

from benchmarks.ground import Ground, ground
from benchmarks.handset import Handset, Seen, mo
from benchmarks.kannel_stage import HOOK, PASSWORD, SENDER, USER, Kannel, NotHereError, installed
from tickets.models import InboxRow, OutboxRow, OutboxState

CHANNEL = "kannel"
MOST = 360.0  # seconds for all proofs together on a busy machine; a quiet one needs about one minute
_WORDS = "Xin chào, tôi hỏi về đăng ký khai sinh cho con & hộ khẩu ạ"
_GOT = re.compile(rb"Got message \d+: <(.*?)>\s*$", re.MULTILINE)
_PARTS, _PART = 20, 67  # of the long message, and UTF-16 units in each


@dataclass
class Stage:
    """The helpdesk, Kannel, the handsets, and what was found wrong."""

    up: Ground
    kannel: Kannel
    handset: Handset
    found: dict[str, Any] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    @property
    def texts(self) -> dict[str, list[str]]:
        return self.handset.seen.texts

    async def until(self, what: str, holds: Callable[[], Awaitable[bool]], seconds: float) -> bool:
        """Wait for something; what does not come is wrong."""
        end = time.monotonic() + seconds
        while not await holds():
            if time.monotonic() > end:
                self.wrong.append(f"{what}: not within {seconds:.0f} s")
                return False
            await asyncio.sleep(0.1)
        return True

    async def stored(self, number: str, text: str, seconds: float = 30) -> bool:
        async def holds() -> bool:
            return await InboxRow.filter(channel=CHANNEL, chat=number, text=text, kind="message").exists()

        return await self.until(f"{text[:30]!r} of {number} stored", holds, seconds)

    async def answered(self, number: str, count: int = 1, seconds: float = 60) -> bool:
        """Whether the handset shows so many of our messages, each as it was written."""

        async def holds() -> bool:
            return len(self.texts[number]) >= count

        if not await self.until(f"answer {count} on {number}", holds, seconds):
            return False
        return await self.as_written(number, self.texts[number])

    async def as_written(self, number: str, shown: list[str]) -> bool:
        """Whether what a handset shows is what we wrote to it."""
        rows = await OutboxRow.filter(channel=CHANNEL, chat=number).order_by("id").values_list("text", flat=True)
        written = [unicodedata.normalize("NFC", str(text)) for text in rows]
        garbled = [one for one in shown if not any(one.startswith(text) for text in written)]
        if garbled:
            self.wrong.append(f"{number} shows {garbled[0][:60]!r}, which nobody wrote")
        return not garbled

    async def once(self, number: str, text: str) -> None:
        count = await InboxRow.filter(channel=CHANNEL, chat=number, text=text).count()
        if count != 1:
            self.wrong.append(f"{text[:30]!r} of {number} is stored {count} times")


async def both_ways(stage: Stage) -> None:
    """Kannel's own simulator as handset: what it says is stored letter by letter, and so is what it shows."""
    number = "+84912000001"
    text = _WORDS
    await stage.handset.stop()
    said = await stage.kannel.fakesmsc(mo(number, SENDER, text), 12)
    stage.handset.start()
    await stage.stored(number, text)
    seen = Seen()
    for line in _GOT.findall(said):
        seen.read(line)
    shown = seen.texts[number] or stage.texts[number]
    stage.found["both_ways"] = bool(seen.texts[number]) and await stage.as_written(number, shown)
    if not stage.found["both_ways"]:
        stage.wrong.append(f"fakesmsc was not shown our answer: {said[-300:]!r}")


async def twenty_parts(stage: Stage) -> None:
    """A long message whose parts come in any order, by Kannel's loopback line, is one message."""
    number = "+84912000020"
    words = [f"phần {n:02} của lời trình bày, ".ljust(_PART, "ạ")[:_PART] for n in range(1, _PARTS + 1)]
    order = random.Random(20).sample(range(_PARTS), _PARTS)  # noqa: S311 - any order, the same at every run
    async with httpx.AsyncClient(verify=False) as http:  # noqa: S501 - nothing on loopback speaks TLS
        for n in order:
            query = {"username": USER, "password": PASSWORD, "smsc": "loop1", "from": number, "to": SENDER}
            query |= {"coding": "2", "charset": "UTF-8", "text": words[n]}
            header = f"%05%00%03%4D%{_PARTS:02X}%{n + 1:02X}"
            address = f"{stage.kannel.sendsms}/cgi-bin/sendsms?{httpx.QueryParams(query)}&udh={header}"
            answer = await http.get(address)
            if answer.status_code != httpx.codes.ACCEPTED:
                stage.wrong.append(f"the loopback line refused a part: {answer.text[:80]}")
    stage.found["twenty_parts"] = await stage.stored(number, "".join(words))


async def duplicates(stage: Stage) -> None:
    """We are so slow that Kannel gives up waiting and asks again, under the same id: stored once."""
    number, text = "+84912000002", f"{_WORDS}, lần hai"
    web = stage.up.parts["web"]
    web.send_signal(signal.SIGSTOP)
    await stage.handset.says(mo(number, SENDER, text))
    await asyncio.sleep(8)  # two of its patiences of three seconds
    web.send_signal(signal.SIGCONT)
    await stage.stored(number, text)
    await stage.answered(number)
    await stage.once(number, text)
    log = await asyncio.to_thread((stage.kannel.folder / "smsbox.log").read_text, errors="replace")
    stage.found["asked_again"] = len(re.findall(r"Couldn't fetch", log))


async def restarts(stage: Stage) -> None:
    """Each side is killed between a message and its answer; both come, once."""
    up, kannel, before = stage.up, stage.kannel, len(stage.wrong)
    # Ours, after the message was acknowledged: nobody is there to answer, until somebody is.
    number, text = "+84912000003", f"{_WORDS}, máy chủ tắt"
    await up.end("worker", signal.SIGKILL)
    await stage.handset.says(mo(number, SENDER, text))
    await stage.stored(number, text)
    await up.end("web", signal.SIGKILL)
    # Ours, before it came: Kannel keeps it and asks again.
    late, words = "+84912000004", f"{_WORDS}, lúc đang tắt"
    await stage.handset.says(mo(late, SENDER, words))
    await asyncio.sleep(1)
    await up.start("web")
    await up.start("worker")
    for one, said in ((number, text), (late, words)):
        await stage.stored(one, said, 90)
        await stage.answered(one, seconds=90)
        await stage.once(one, said)
    stage.found["restart_of_ours"] = len(stage.wrong) == before
    # Kannel's, between: the answer waits until it is back.
    before = len(stage.wrong)
    number, text = "+84912000005", f"{_WORDS}, cổng tắt"
    await up.end("worker", signal.SIGKILL)
    await stage.handset.says(mo(number, SENDER, text))
    await stage.stored(number, text)
    await kannel.end(sign=signal.SIGKILL)
    await up.start("worker")
    await asyncio.sleep(2)
    # And a message that is only in Kannel's own store when all of it dies.
    await kannel.start("bearerbox")
    late, words = "+84912000006", f"{_WORDS}, trong kho"
    await stage.handset.says(mo(late, SENDER, words))
    await asyncio.sleep(1)
    await kannel.end("bearerbox", sign=signal.SIGKILL)
    await kannel.start()
    for one, said in ((number, text), (late, words)):
        await stage.stored(one, said, 75)
        await stage.answered(one, seconds=75)
        await stage.once(one, said)
    stage.found["restart_of_kannel"] = len(stage.wrong) == before


async def many(stage: Stage, count: int) -> None:
    """So many people write at once; every one is stored once and answered, as it was written."""
    said = {f"+8493{n:07d}": f"{_WORDS}, việc số {n}" for n in range(count)}
    begun = time.monotonic()
    await stage.handset.says(*(mo(number, SENDER, text) for number, text in said.items()))

    async def all_stored() -> bool:
        return await InboxRow.filter(channel=CHANNEL, chat__startswith="+8493", kind="message").count() >= count

    async def all_answered() -> bool:
        waiting = OutboxRow.filter(channel=CHANNEL, state__in=(OutboxState.QUEUED, OutboxState.SENDING))
        return sum(bool(stage.texts.get(number)) for number in said) >= count and not await waiting.exists()

    await stage.until(f"{count} messages stored", all_stored, 90)
    stage.found["stored_after"] = round(time.monotonic() - begun, 1)
    await stage.until(f"{count} people answered", all_answered, 150)
    stage.found["answered_after"] = round(time.monotonic() - begun, 1)
    rows = await InboxRow.filter(channel=CHANNEL, chat__startswith="+8493", kind="message").values_list("chat", "text")
    kept = dict(rows)
    sent = Counter(await OutboxRow.filter(channel=CHANNEL, chat__startswith="+8493").values_list("chat", flat=True))
    stage.found |= {
        "messages": count,
        "stored": len(rows),
        "lost": sum(kept.get(number) != text for number, text in said.items()),
        "doubled": len(rows) - len(kept),
        "answered": sum(bool(stage.texts.get(number)) for number in said),
        "answered_twice": sum(len(stage.texts.get(number, ())) > sent[number] for number in said),
    }
    for key in ("lost", "doubled", "answered_twice"):
        if stage.found[key]:
            stage.wrong.append(f"{stage.found[key]} messages {key.replace('_', ' ')}")
    for number in list(said)[:: max(1, count // 20)]:
        await stage.as_written(number, stage.texts.get(number, []))


async def reports(stage: Stage) -> None:
    """Kannel tells of each message that it was taken and that it arrived, in either order: it has arrived."""

    async def all_delivered() -> bool:
        return not await OutboxRow.filter(channel=CHANNEL).exclude(state=OutboxState.DELIVERED).exists()

    await stage.until("every report", all_delivered, 60)
    found = await InboxRow.filter(channel=CHANNEL, kind="receipt").order_by("id").values_list("reply_to", "text")
    told: dict[str, list[str]] = {}
    for ref, state in found:
        told.setdefault(ref, []).append(state)
    stage.found |= {
        "reports": len(found),
        "arrived_before_taken": sum(states[:1] == ["delivered"] and "sent" in states for states in told.values()),
    }
    # Once more by hand, in the wrong order and twice: nothing goes back.
    row = await OutboxRow.filter(channel=CHANNEL).order_by("-id").first()
    if row is None:
        stage.wrong.append("nothing was ever sent")
        return
    ref = f"{row.id}-{int(row.created_at.timestamp())}"
    async with httpx.AsyncClient(verify=False, auth=("kannel", HOOK)) as http:  # noqa: S501 - as above
        for bits in ("8", "1", "4", "8", "1"):
            answer = await http.get(f"{stage.kannel.webhook}/status", params={"ref": ref, "st": bits})
            if (answer.status_code, answer.content) != (200, b""):
                stage.wrong.append(f"a report was answered {answer.status_code}")
    await asyncio.sleep(1)
    await row.refresh_from_db()
    stage.found["reports_out_of_order"] = row.state is OutboxState.DELIVERED
    if row.state is not OutboxState.DELIVERED:
        stage.wrong.append(f"a delivered message went back to {row.state}")


def _joined(up: Ground, programs: dict[str, Path]) -> Kannel:
    """A Kannel configured for the office of `up`, and the office for it."""
    office = Path(up.environ["TOHOTRO_OFFICES"])
    yaml = YAML()
    read = yaml.load(office.read_text(encoding="utf-8"))
    kannel = Kannel(programs, up.folder / "kannel", f"{up.url}/webhooks/{read['office']}/{CHANNEL}")
    kannel.configure()
    read["channels"].append({
        "name": CHANNEL, "kind": "sms", "gateway": "kannel", "api_url": kannel.sendsms, "username": USER,
        "password": PASSWORD, "sender": SENDER, "webhook_password": HOOK, "diacritics": True, "smsc": "sim1",
    })  # fmt: skip
    with office.open("w", encoding="utf-8") as file:
        yaml.dump(read, file)
    return kannel


def _keep(up: Ground, logs: Path) -> None:
    logs.mkdir(parents=True, exist_ok=True)
    for log in (*up.folder.glob("*.log"), *(up.folder / "kannel").glob("*.log")):
        shutil.copy(log, logs)


@asynccontextmanager
async def staged(programs: dict[str, Path], logs: Path | None) -> AsyncIterator[Stage]:
    """Everything up: helpdesk, Kannel, handsets."""
    async with ground(log_level="WARNING") as up:
        kannel = await asyncio.to_thread(_joined, up, programs)
        handset = Handset(kannel.ports["fake"])
        await up.start("web")
        await up.start("worker")
        try:
            await kannel.start()
            await up.ready()
            handset.start()
            yield Stage(up, kannel, handset)
        finally:
            await handset.stop()
            await kannel.end()
            if logs is not None:
                await asyncio.to_thread(_keep, up, logs)


async def proved(programs: dict[str, Path], messages: int, logs: Path | None = None) -> dict[str, Any]:
    """The whole; `wrong` holds a sentence for each thing that was not as it should be."""
    begun = time.monotonic()
    found: dict[str, Any] = {}
    wrong: list[str] = []
    took: dict[str, float] = {}
    try:
        async with staged(programs, logs) as stage, asyncio.timeout(MOST):
            found, wrong = stage.found, stage.wrong
            took["up"] = round(time.monotonic() - begun, 1)
            for proof in (both_ways, twenty_parts, duplicates, restarts, partial(many, count=messages), reports):
                name, at = getattr(proof, "__name__", "many"), time.monotonic()
                print(f"{name} …", file=sys.stderr)
                await proof(stage)
                took[name] = round(time.monotonic() - at, 1)
    except TimeoutError:
        wrong.append(f"not done after {MOST:.0f} s")
    return {**found, "took": took, "seconds": round(time.monotonic() - begun, 1), "wrong": wrong}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=1000)
    parser.add_argument("--if-possible", action="store_true", help="no failure where Kannel cannot be installed")
    parser.add_argument("--logs", type=Path, help="a folder to keep the logs of all programs in")
    chosen = parser.parse_args()
    try:
        programs = installed()
    except NotHereError as why:
        print(f"Kannel was NOT tried: {why}.", file=sys.stderr)
        print(json.dumps({"kannel": "not tried", "why": str(why), "wrong": []}, ensure_ascii=False))
        return 0 if chosen.if_possible else 2
    found = uvloop.run(proved(programs, chosen.messages, chosen.logs))
    print(json.dumps(found, ensure_ascii=False))
    return 1 if found["wrong"] else 0


if __name__ == "__main__":
    sys.exit(main())
