"""How fast it is beside the floor of its own stack: `make bench`, or `python -m benchmarks.bench --help`.

Everything in one run, on the machine at hand, the load generator on the same cores. Prints a table, then one JSON line.
"""

import argparse
import asyncio
import json
import os
import platform
from typing import Any

import uvloop

from benchmarks import footprint, growth, intake, whole_way
from benchmarks.ground import ground

PARTS = ("intake", "whole", "idle", "growth", "footprint")


async def main(chosen: argparse.Namespace) -> dict[str, Any]:
    found: dict[str, Any] = {
        "machine": footprint.machine(),
        "python": platform.python_version(),
        "load_before": round(os.getloadavg()[0], 1),
    }
    wanted = chosen.only.split(",") if chosen.only else PARTS
    async with ground() as up:
        await up.start("web")
        await up.ready()
        if "intake" in wanted:
            found["intake"] = await intake.measure(up, seconds=chosen.seconds, turns=chosen.turns)
            await up.end("web")
    async with ground() as up:  # a new one: what the intake took in is nobody's question
        await up.start("web")
        await up.start("worker")
        await up.ready()
        await whole_way.prepare(up)
        await whole_way.idle(up, 5)  # everything imported, plans made
        found["memory_idle_mb"] = footprint.everything(up)
        stop = asyncio.Event()
        watching = asyncio.create_task(footprint.peak(up, stop))
        if "idle" in wanted:
            found["idle"] = await whole_way.idle(up, chosen.times)
        if "whole" in wanted:
            found["whole_way"] = [await whole_way.at_rate(up, rate, chosen.seconds * 2) for rate in chosen.rates]
            runs = [await whole_way.saturation(up, chosen.burst) for _ in range(chosen.turns)]
            found["saturation"] = sorted(runs, key=lambda run: run["per_second"])[len(runs) // 2] | {
                "spread": [min(r["per_second"] for r in runs), max(r["per_second"] for r in runs)]
            }
        if "growth" in wanted:
            found["growth"] = await growth.measure(up, chosen.sizes)
        stop.set()
        found["memory_peak_mb"] = await watching
        found["memory_after_mb"] = footprint.everything(up)
    found["load_after"] = round(os.getloadavg()[0], 1)
    return found


def table(found: dict[str, Any]) -> str:
    lines = [f"{found['machine']}, Python {found['python']}, load before {found['load_before']}", ""]
    for one in found.get("intake", ()):
        lines.append(  # noqa: PERF401 - a sentence of four lines reads better in a loop
            f"intake {one['body']:9}{one['connections']:4} connections  {one['per_second']:6}/s  floor"
            f" {one['floor_per_second']:6}/s  ratio {one['ratio']:.2f}  p50 {one['p50_ms']} p99 {one['p99_ms']} ms"
            f"  half load p99 {one['half_load_p99_ms']} (floor {one['floor_half_load_p99_ms']}) ms"
        )
    for one in found.get("whole_way", ()):
        lines.append(  # noqa: PERF401 - same
            f"whole way {one['offered_per_second']:4}/s offered  p50 {one['p50_ms']} p95 {one['p95_ms']}"
            f" p99 {one['p99_ms']} ms  unanswered {one['unanswered']} of {one['messages']}"
        )
    if "saturation" in found:
        one = found["saturation"]
        lines.append(f"saturation {one['per_second']}/s (spread {one['spread']}), unanswered {one['unanswered']}")
    if "idle" in found:
        lines.append(f"idle: message in → answer out p50 {found['idle']['p50_ms']} p95 {found['idle']['p95_ms']} ms")
    if "growth" in found:
        for name, at in found["growth"]["least_ms"].items():
            sizes = "  ".join(f"{int(size):>9,}: {ms:8.1f} ms" for size, ms in at.items())
            lines.append(f"{name:18}{sizes}  × {found['growth']['grown'][name]}")
    lines.append(f"memory idle {sum(found['memory_idle_mb'].values())} MB, peak {found['memory_peak_mb']} MB")
    return "\n".join(lines)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help=f"some of {','.join(PARTS)}")
    parser.add_argument("--seconds", type=float, default=4.0, help="of one turn of the intake; twice that at a rate")
    parser.add_argument("--turns", type=int, default=3, help="repetitions of what is compared")
    parser.add_argument("--times", type=int, default=40, help="questions on the idle system")
    parser.add_argument("--burst", type=int, default=600, help="messages at once for saturation")
    parser.add_argument("--rates", type=lambda text: [int(n) for n in text.split(",")], default=[10, 50, 100, 200])
    parser.add_argument(
        "--sizes", type=lambda text: [int(n) for n in text.split(",")], default=[10_000, 100_000],
        help="tickets; 10000,100000,1000000 takes some minutes and 3 GB of disk",
    )  # fmt: skip
    return parser.parse_args()


if __name__ == "__main__":
    result = uvloop.run(main(arguments()))
    print(table(result))
    print(json.dumps(result, ensure_ascii=False))
