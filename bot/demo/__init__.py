"""A scripted working day of one ward, played through the real program over the emulated networks, and checked."""

import asyncio
import dataclasses
import json as json_module
import sys
import time
from pathlib import Path

import uvloop

OFFICE = Path(__file__).parents[2] / "config" / "offices" / "bac-nha-trang.yaml"
AT_MOST = 180.0  # seconds; a day that takes longer hangs


def main(*, json: bool) -> int:
    """Play the day and print it, with `json` one object as the last line. Returns 1 when an expectation failed."""
    from bot.demo import transcript
    from bot.demo.play import played

    began = time.monotonic()
    day, counts = uvloop.run(asyncio.wait_for(played(OFFICE), AT_MOST))
    _print(transcript.of(day.cast))
    _print(transcript.summary(counts, time.monotonic() - began))
    if json:
        _print(json_module.dumps(dataclasses.asdict(counts), ensure_ascii=False))
    return 1 if counts.failed else 0


def _print(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
