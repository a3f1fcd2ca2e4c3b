"""`tohotro recompute`: does every due time kept with a ticket agree with its event log and the calendar as it is?"""

import asyncio
from collections.abc import Sequence
from datetime import datetime

import typer
from tortoise.context import TortoiseContext
from tortoise.transactions import in_transaction

from bot import exits, logs, wiring
from bot.policies import policy_of
from config import catalogue, database
from config.office import Office
from config.settings import environment
from tickets import clocks
from tickets.calendars import Rules
from tickets.clocks import Difference
from tickets.policy import Policy

_SHOWN = 20  # differences told one by one


def main(*, office: str, write: bool) -> int:
    """Compare all tickets, print what differs, and with `write` mend it. Returns 1 while anything differs.

    A difference is no accident after the office file was changed: its hours and promises count for what is under way.
    """
    chosen = wiring.settings()
    logs.configure("WARNING", chosen.log_format)
    served = [one for one in wiring.offices(chosen, environment()) if office in ("", one.id)]
    if not served:
        exits.complain(f"There is no office {office!r}.")
        return exits.FAILED
    with wiring.stores(chosen) as (url, _):
        agrees = asyncio.run(_all(url, served, write=write))
    return 0 if agrees or write else exits.FAILED


async def _all(url: str, served: Sequence[Office], *, write: bool) -> bool:
    await database.wait_for(url, wiring.PATIENCE)
    await wiring.migrated(url)
    agrees = True
    async with TortoiseContext() as orm:
        await orm.init(config=database.tortoise_config(url))
        for one in served:
            rules = Rules(policy_of(one, catalogue.load()))
            await rules.refresh(now=True)
            count, found = await clocks.apart(rules.policy)
            _say(one.id, count, found, rules.policy)
            agrees = agrees and not found
            if found and write:
                async with in_transaction():
                    mended = await clocks.mend(rules.policy)
                typer.echo(f"{one.id}: {len(mended)} tickets brought in line with their logs")
    return agrees


def _say(office: str, count: int, found: Sequence[Difference], policy: Policy) -> None:
    mark = "✔" if not found else "✘"
    typer.echo(f"{mark} {office}: {count} tickets, {len(found)} differ from their event log")
    zone = policy.calendar.zone

    def shown(moment: datetime | None) -> str:
        return "none" if moment is None else f"{moment.astimezone(zone):%d.%m.%Y %H:%M:%S}"

    for one in found[:_SHOWN]:
        parts = [f"{name} is {shown(kept)}, recomputed {shown(told)}" for name, (kept, told) in one.columns.items()]
        typer.echo(f"  #{one.number}: {'; '.join(parts)}")
    if len(found) > _SHOWN:
        typer.echo(f"  … and {len(found) - _SHOWN} more")
    if found:
        typer.echo("  → after a change of the office file: tohotro recompute --write")
