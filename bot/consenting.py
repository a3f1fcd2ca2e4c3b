"""`tohotro zalo-oa connect`, and the page an administrator comes back to: how a provider lets the office in."""

import asyncio
from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import structlog
import typer
from tortoise.context import TortoiseContext

from bot import exits, grants, logs, wiring
from bot.clock import Clock
from channels.errors import SendError
from config import database
from config.settings import environment

if TYPE_CHECKING:
    from bot.wiring import Desk
    from config.settings import Settings

log = structlog.get_logger(__name__)

# The address of the page holds a code: no referrer, nothing kept.
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'",
}


async def answer(desks: Mapping[str, "Desk"], query: Mapping[str, str]) -> tuple[int, str]:
    """The HTTP status and the page for whoever comes back with this query."""
    status, key, values, desk = 200, "consent.done", {}, next(iter(desks.values()), None)
    try:
        desk, _, who = await grants.finish(desks, query.get("code", ""), query.get("oa_id", ""), query.get("state", ""))
        values = {"who": who}
    except grants.NoConsent as nothing:
        status, key = 400, str(nothing)
    except SendError as error:
        log.warning("consent was not accepted", reason=error.reason, detail=error.detail)
        status, key, values = 502, "consent.failed", {"reason": error.detail}
    sentence = desk.texts.say(desk.office.language, key, **values) if desk is not None else key
    return status, f'<!doctype html><meta charset="utf-8"><title>Tổ Hỗ Trợ</title><p>{escape(sentence)}</p>'


def main(*, office: str, answer: str) -> int:
    """Print the link, or take the address the browser ended at. Returns the exit code."""
    chosen = wiring.settings()
    logs.configure("WARNING", chosen.log_format)
    if not chosen.public_url and not answer:
        exits.complain(
            "Nobody could come back: set TOHOTRO_PUBLIC_URL to the https address of this server, and enter "
            f"that address with {grants.CALLBACK} behind it as callback in the app's page at developers.zalo.me."
        )
        return exits.CONFIG
    with wiring.stores(chosen) as (url, _):
        return asyncio.run(_connect(chosen, url, office, answer))


async def _connect(chosen: "Settings", url: str, office: str, came_back: str) -> int:
    await database.wait_for(url, wiring.PATIENCE)
    if not chosen.database_url:  # a private one, which perhaps nobody has run yet
        await database.migrate(url)
    await wiring.migrated(url)
    async with TortoiseContext() as orm:
        await orm.init(config=database.tortoise_config(url))
        desks = wiring.desks(chosen, wiring.offices(chosen, environment()), Clock(), url)
        found = [(desk, name, channel) for desk in desks.values() for name, channel in grants.of(desk)]
        meant = [one for one in found if not office or one[0].policy.office == office]
        if len(meant) != 1:
            choices = ", ".join(f"--office {desk.policy.office}" for desk, _, _ in found) or "none is switched on"
            exits.complain(
                f"Which Official Account? There are: {choices}. `tohotro check` says which variables to set."
            )
            return exits.USAGE
        try:
            if came_back:
                return await _take(desks, came_back)
            desk, name, channel = meant[0]
            typer.echo(await grants.begin(desk, name, channel))
        finally:
            for one in desks.values():
                for open_one in one.channels.values():
                    await open_one.close()
    typer.echo(f"Open this link as an administrator of the Official Account of {desk.policy.name}, within an hour.")
    typer.echo(f"The app at developers.zalo.me must have this callback: {desk.public_url}{grants.CALLBACK}")
    typer.echo(f"and this webhook: {desk.webhook_url(name)}")
    return 0


async def _take(desks: Mapping[str, "Desk"], came_back: str) -> int:
    query = {key: values[0] for key, values in parse_qs(urlsplit(came_back).query).items()}
    try:
        _, name, who = await grants.finish(desks, query.get("code", ""), query.get("oa_id", ""), query["state"])
    except (grants.NoConsent, KeyError):
        exits.complain("That address was used already, is older than an hour, or is not the whole one: begin again.")
        return exits.FAILED
    except SendError as error:
        exits.complain(f"Zalo did not let us in: {error.detail}")
        return exits.FAILED
    typer.echo(f"{name}: connected as {who}.")
    return 0
