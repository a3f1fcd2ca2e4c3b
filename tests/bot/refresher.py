"""A process that renews the tokens of an account, to be run several at once and killed: `python refresher.py JSON`."""

import asyncio
import json
import sys
from datetime import UTC, datetime
from pathlib import Path

from bot import logs
from bot.vault import PostgresVault
from channels.errors import SendError
from channels.zalo_oa.adapter import build
from channels.zalo_oa.settings import Settings


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


async def main(given: dict[str, str]) -> None:
    logs.configure("CRITICAL")
    channel = build(
        Settings(
            name="oa",
            app_id="360",
            app_secret="made-up-app-secret",
            oa_id="579",
            oa_secret="made-up-oa-secret",
            oauth_url=given["oauth_url"],
            refresh_token=given["refresh_token"],
        )
    )
    channel.use(PostgresVault(given["database_url"], "phuong-thu", "oa", Path(given["folder"])))
    say("ready")
    for command in sys.stdin:
        try:
            if command.strip() == "tend":
                await channel.tend()
                say(json.dumps({"at": datetime.now(UTC).isoformat()}))
            else:
                token = await channel.tokens.renewed(command.strip())
                say(json.dumps({"token": token}))
        except SendError as error:
            say(json.dumps({"error": error.detail}))


if __name__ == "__main__":
    asyncio.run(main(json.loads(sys.argv[1])))
