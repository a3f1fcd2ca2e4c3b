"""Run by test_two_processes.py, two at a time: a worker process of the ward that does each minute what is due.

Arguments: database, Redis, office file. Every line of the standard input is a moment; when all that is due at it is
done, `done` is printed. The queue's own guard against doing a minute twice is left out: the database must be enough.
"""

import asyncio
import sys
from datetime import datetime
from pathlib import Path

import uvloop

from bot import wiring
from bot.clock import Clock
from config.settings import Settings
from workers.settings import each_minute


async def main(database: str, redis: str, office: str) -> None:
    settings = Settings(_env_file=None, database_url=database, redis_url=redis, offices=Path(office), log_level="ERROR")
    clock = Clock()
    app = await wiring.open_app(settings, clock=clock, environ={})
    try:
        say("ready")
        while line := (await asyncio.to_thread(sys.stdin.readline)).strip():
            clock.set(datetime.fromisoformat(line))
            await each_minute({"app": app})
            say("done")
    finally:
        await wiring.close_app(app)


def say(word: str) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    uvloop.run(main(*sys.argv[1:]))
