"""The program as its users start it: in a process of its own, in a folder of its own."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
LIMIT = 60.0  # seconds


@dataclass(frozen=True)
class Ended:
    """What a command said and with which number it ended."""

    code: int
    out: str
    err: str


async def started(cwd: Path, *words: str, **environ: str) -> asyncio.subprocess.Process:
    """`tohotro WORDS` started in `cwd`, with these variables over those of the tests."""
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        *words,
        cwd=cwd,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | environ,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def tohotro(cwd: Path, *words: str, stdin: str = "", **environ: str) -> Ended:
    """The same, waited for."""
    process = await started(cwd, *words, **environ)
    async with asyncio.timeout(LIMIT):
        out, err = await process.communicate(stdin.encode())
    assert process.returncode is not None
    return Ended(process.returncode, out.decode(), err.decode())


@asynccontextmanager
async def running(cwd: Path, *words: str, until: bytes, **environ: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """The same, once it has logged `until`; killed at the end if it still runs."""
    process = await started(cwd, *words, **environ)
    assert process.stderr is not None
    seen = b""
    try:
        async with asyncio.timeout(LIMIT):
            while until not in seen:
                line = await process.stderr.readline()
                assert line, seen.decode()
                seen += line
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
