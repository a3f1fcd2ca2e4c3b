"""`tohotro staff invite`: the code with which the first people of an office join, before anybody can invite by chat."""

import asyncio
from collections.abc import Sequence
from typing import NoReturn
from zoneinfo import ZoneInfo

import typer
from tortoise.context import TortoiseContext

from bot import emulated, exits, logs, wiring
from bot.clock import Clock
from bot.policies import policy_of
from config import catalogue, database
from config.mistakes import did_you_mean
from config.office import Office
from config.settings import environment
from tickets import people
from tickets.folding import fold
from tickets.models import Role
from tickets.policy import Policy


def main(*, role: str, areas: str, name: str, office: str) -> None:
    """Print the code, alone on the first line, and what to do with it. Exits with 2 for words that make no sense.

    `areas` are ids or names, separated by commas; without `office` the first is meant that has a channel switched on.
    """
    own = wiring.settings()
    played = emulated.settings_of_running(own)
    chosen = played or own
    logs.configure("WARNING", chosen.log_format)
    served = wiring.offices(chosen, environment())
    meant = _office(served, office)
    policy = policy_of(meant, catalogue.load())
    ids = [_area(policy, one.strip()) for one in areas.split(",") if one.strip()]
    if role == Role.MEMBER and not ids:
        _wrong("A member works on certain areas: name them, as --areas ho-tich,chung-thuc.")
    with wiring.stores(chosen) as (url, _):
        code = asyncio.run(_invited(url, not chosen.database_url, policy, Role(role), ids, name.strip()))
    until = Clock().now() + policy.code_valid
    works_on = ", ".join(policy.areas[one].name for one in ids) or "all areas"
    if played is not None:
        exits.complain(
            "This code is for the sandbox that is running. Stop it to invite people into the helpdesk itself."
        )
    typer.echo(code)
    local = until.astimezone(ZoneInfo(meant.timezone))
    typer.echo(f"For one {role} of {meant.name} ({works_on}), until {local:%d.%m.%Y %H:%M}.")
    accounts = ", ".join(str(getattr(one, "name", "")) for one in meant.channels)
    if accounts:
        typer.echo(f"The person sends this code, and nothing else, to the office in one of: {accounts}.")
    else:
        typer.echo("No channel of this office is on yet: `tohotro check` says which variables to set.")


async def _invited(url: str, private: bool, policy: Policy, role: Role, areas: Sequence[str], name: str) -> str:
    await database.wait_for(url, wiring.PATIENCE)
    if private:  # perhaps nobody has run the program yet
        await database.migrate(url)
    else:
        await wiring.migrated(url)
    async with TortoiseContext() as orm:
        await orm.init(config=database.tortoise_config(url))
        return await people.invite(
            office=policy.office, role=role, areas=areas, name=name, now=Clock().now(), valid=policy.code_valid
        )


def _office(served: Sequence[Office], wanted: str) -> Office:
    """The office that is meant, or the end of the program."""
    by_id = {one.id: one for one in served}
    if wanted in by_id:
        return by_id[wanted]
    if wanted:
        _wrong(f"There is no office {wanted!r}. {did_you_mean(wanted, by_id, 'Offices')}")
    awake = [one for one in served if one.channels] or list(served)
    if len(served) > 1:
        others = ", ".join(f"--office {one.id}" for one in served if one is not awake[0])
        exits.complain(f"For office {awake[0].id}, the first with a channel that is on; for another say {others}.")
    return awake[0]


def _area(policy: Policy, wanted: str) -> str:
    """The id of an area given by id or name, or the end of the program."""
    found = [one.id for one in policy.areas.values() if wanted == one.id or fold(wanted) == fold(one.name)]
    if not found:
        _wrong(f"There is no area {wanted!r}. {did_you_mean(fold(wanted).replace(' ', '-'), policy.areas, 'Areas')}")
    return found[0]


def _wrong(sentence: str) -> NoReturn:
    exits.complain(sentence)
    raise typer.Exit(exits.USAGE)
