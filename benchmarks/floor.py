"""The floor under the intake: the barest aiohttp handler that stores a raw body in PostgreSQL before it answers.

`python -m benchmarks.floor PORT` with FLOOR_DATABASE_URL set. Requests that come while a commit runs are stored by the
next one: what gains most of all that was tried (a fixed linger loses).
"""

import asyncio
import os
import sys
from urllib.parse import parse_qs, urlsplit

import asyncpg
import uvloop
from aiohttp import web

WRITERS = 2
TABLE = "CREATE TABLE IF NOT EXISTS floor (id bigserial PRIMARY KEY, body text NOT NULL)"


async def main(port: int) -> None:
    parts = urlsplit(os.environ["FLOOR_DATABASE_URL"])
    pool = await asyncpg.create_pool(
        host=parse_qs(parts.query)["host"][0], user=parts.username, database=parts.path[1:], min_size=WRITERS
    )
    await pool.execute(TABLE)
    waiting: list[tuple[str, asyncio.Future[None]]] = []
    come = asyncio.Event()

    async def write() -> None:
        while True:
            await come.wait()
            batch = waiting[:500]
            del waiting[: len(batch)]
            if not waiting:
                come.clear()
            if batch:
                await pool.execute("INSERT INTO floor (body) SELECT unnest($1::text[])", [body for body, _ in batch])
                for _, done in batch:
                    done.set_result(None)

    async def take(request: web.Request) -> web.Response:
        done = asyncio.get_running_loop().create_future()
        waiting.append(((await request.read()).decode(), done))
        come.set()
        await done
        return web.Response()

    app = web.Application()
    app.add_routes([web.post("/", take), web.get("/health/ready", lambda _: _ready())])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await asyncio.gather(*(write() for _ in range(WRITERS)))


async def _ready() -> web.Response:
    return web.Response()


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1])))
