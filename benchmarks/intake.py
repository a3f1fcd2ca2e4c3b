"""Acknowledged webhooks a second, beside the floor, in alternating turns of one run."""

import asyncio
import json
import os
import signal
import statistics
import sys
from typing import Any

from benchmarks import load
from benchmarks.ground import ROOT, Ground, _free_port, policy
from channels.telegram.settings import Settings as Telegram
from channels.zalo_bot.settings import Settings as Zalo

_WORDS = "Cho tôi hỏi thủ tục đăng ký khai sinh cho cháu thì cần những giấy tờ gì và nộp ở đâu ạ"


async def measure(ground: Ground, *, seconds: float, turns: int) -> list[dict[str, Any]]:
    """Rates and latencies of both bodies over 50 and 200 connections; the web part must run, the worker must not."""
    port = _free_port()
    floor = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.floor", str(port),
        cwd=ROOT, env=os.environ | {"FLOOR_DATABASE_URL": ground.stores.database_url},
    )  # fmt: skip
    try:
        await _answers(port)
        return [
            await _one(ground, port, shape, connections, seconds, turns)
            for shape in ("telegram", "zalo")
            for connections in (50, 200)
        ]
    finally:
        floor.send_signal(signal.SIGTERM)
        await floor.wait()


async def _one(ground: Ground, floor: int, shape: str, connections: int, seconds: float, turns: int) -> dict[str, Any]:
    bodies = _Bodies(ground, shape)
    ours: list[load.Load] = []
    bare: list[load.Load] = []
    for _ in range(turns):
        bare.append(await load.run(floor, bodies.bare, connections, seconds))
        ours.append(await load.run(ground.port, bodies.ours, connections, seconds))
    rate, rate_bare = statistics.median(o.rate for o in ours), statistics.median(o.rate for o in bare)
    half = await load.run(ground.port, bodies.ours, connections, seconds, rate=rate / 2)
    half_bare = await load.run(floor, bodies.bare, connections, seconds, rate=rate / 2)
    return {
        "body": shape,
        "connections": connections,
        "per_second": round(rate),
        "spread": [round(min(o.rate for o in ours)), round(max(o.rate for o in ours))],
        "floor_per_second": round(rate_bare),
        "ratio": round(rate / rate_bare, 2),
        "p50_ms": round(statistics.median(o.quantile(0.5) for o in ours), 1),
        "p99_ms": round(statistics.median(o.quantile(0.99) for o in ours), 1),
        "half_load_p99_ms": round(half.quantile(0.99), 1),
        "floor_half_load_p99_ms": round(half_bare.quantile(0.99), 1),
        "refused": sum(o.refused for o in (*ours, half)),
    }


class _Bodies:
    """Requests as the networks send them, each with ids of its own."""

    count = 0  # over all runs: an id seen before would be stored for free

    def __init__(self, ground: Ground, shape: str) -> None:
        office = policy(ground).office
        lines = ground.networks.networks_line()
        self._shape = shape
        name = {"telegram": "telegram", "zalo": "zalo"}[shape]
        self._path = f"/webhooks/{office}/{name}"
        if shape == "telegram":
            secret = Telegram(name=name, token=lines["telegram"]["token"]).webhook_secret()
            self._headers = {"X-Telegram-Bot-Api-Secret-Token": secret}
        else:
            secret = Zalo(name=name, token=lines["zalo_bot"]["token"]).webhook_secret()
            self._headers = {"X-Bot-Api-Secret-Token": secret}

    def ours(self, _: int) -> bytes:
        return load.post("bench", self._path, self._headers, self._body())

    def bare(self, _: int) -> bytes:
        return load.post("bench", "/", self._headers, self._body())

    def _body(self) -> bytes:
        _Bodies.count += 1
        number = _Bodies.count
        person = 7_000_000 + number % 5000
        if self._shape == "telegram":
            who = {"id": person, "is_bot": False, "first_name": "Thử", "last_name": "Tải", "language_code": "vi"}
            said: dict[str, Any] = {
                "update_id": 900_000_000 + number,
                "message": {
                    "message_id": number,
                    "from": who,
                    "chat": {"id": person, "first_name": "Thử", "last_name": "Tải", "type": "private"},
                    "date": 1795_000_000,
                    "text": _WORDS,
                },
            }
        else:
            said = {
                "event_name": "message.text.received",
                "message": {
                    "from": {"id": f"{person:020x}", "display_name": "Thử Tải", "is_bot": False},
                    "chat": {"id": f"{person:020x}", "chat_type": "PRIVATE"},
                    "text": _WORDS,
                    "message_id": f"bench{number:016x}",
                    "date": 1795_000_000_000,
                },
            }
        return json.dumps(said, ensure_ascii=False).encode()


async def _answers(port: int) -> None:
    async with asyncio.timeout(20):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.05)
            else:
                writer.close()
                return
