"""Memory of everything together, as Linux counts it: proportional set size, shared pages counted once."""

import asyncio
import os
from pathlib import Path

from benchmarks.ground import Ground

_MB = 1024


def everything(ground: Ground) -> dict[str, int]:
    """Megabytes of each part, children included: PostgreSQL, Valkey, web, worker."""
    roots = dict(ground.stores.pids) | {name: part.pid for name, part in ground.parts.items()}
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rpartition(") ")[2].split()[1])
            except (OSError, ValueError, IndexError):
                continue
            children.setdefault(parent, []).append(int(entry.name))
    return {name: sum(map(_pss, _tree(pid, children))) // _MB for name, pid in roots.items()}


async def peak(ground: Ground, until: asyncio.Event) -> int:
    """The most that all parts together took, looked at twice a second until told to stop; megabytes."""
    most = 0
    while not until.is_set():
        most = max(most, sum((await asyncio.to_thread(everything, ground)).values()))
        await asyncio.sleep(0.5)
    return most


def _tree(pid: int, children: dict[int, list[int]]) -> list[int]:
    return [pid, *(below for child in children.get(pid, []) for below in _tree(child, children))]


def _pss(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


def machine() -> str:
    """The processor and how many cores of it may be used."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    name = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "?")
    return f"{name}, {len(os.sched_getaffinity(0))} cores"
