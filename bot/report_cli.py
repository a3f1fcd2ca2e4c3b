"""`tohotro report`: the report of any days, as a Word document, a workbook or JSON."""

import asyncio
import os
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import typer
from tortoise.context import TortoiseContext

from bot import exits, logs, weekly, wiring
from bot.clock import Clock
from bot.documents import as_json, weekly_docx, workbook
from bot.policies import policy_of
from bot.texts.catalog import Catalog
from bot.weekly import Report
from config import catalogue, database
from config.catalogue import Catalogue
from config.mistakes import did_you_mean
from config.office import Office
from config.settings import environment
from config.working_time import WrittenWrong, day
from tickets.calendars import Rules
from tickets.policy import Policy
from tickets.reports import periods
from tickets.reports.periods import Period, PeriodUnclear

FORMATS: dict[str, Callable[[Report, Catalog], bytes]] = {
    ".docx": weekly_docx.written,
    ".xlsx": workbook.written,
    ".json": as_json.written,
}


@dataclass(frozen=True, slots=True)
class _Ward:
    """An office without channels."""

    office: Office
    policy: Policy
    catalogue: Catalogue


def main(*, office: str, first: str, last: str, out: Path) -> None:
    """Write the report of `office` from day `first` to day `last`, both included, to `out`.

    Exits with 2 for words that make no sense. The file is there whole or not at all.
    """
    chosen = wiring.settings()
    logs.configure("WARNING", chosen.log_format)
    meant = _office(wiring.offices(chosen, environment()), office)
    known = catalogue.load()
    policy = policy_of(meant, known)
    period = _period(policy, first, last)
    write = FORMATS.get(out.suffix.lower())
    if write is None:
        _wrong(f"{out.name!r} names no format we write. End it with {', '.join(FORMATS)}.")
    if not out.resolve().parent.is_dir():
        _wrong(f"There is no folder {out.parent}. Make it first.")
    with wiring.stores(chosen) as (url, _):
        report = asyncio.run(_made(url, not chosen.database_url, meant, policy, known, period))
    _put(out, write(report, Catalog.load()))
    received = report.period.count("received")
    typer.echo(f"{out}: {meant.name}, {period.first} to {period.last}, {received} tickets received.")


async def _made(url: str, private: bool, office: Office, policy: Policy, known: Catalogue, period: Period) -> Report:
    await database.wait_for(url, wiring.PATIENCE)
    if private:  # perhaps nobody has run the program yet
        await database.migrate(url)
    else:
        await wiring.migrated(url)
    async with TortoiseContext() as orm:
        await orm.init(config=database.tortoise_config(url))
        rules = Rules(policy)
        await rules.refresh(now=True)
        return await weekly.of_period(_Ward(office, rules.policy, known), period, Clock().now())


def _office(served: Sequence[Office], wanted: str) -> Office:
    by_id = {one.id: one for one in served}
    if wanted and wanted not in by_id:
        _wrong(f"There is no office {wanted!r}. {did_you_mean(wanted, by_id, 'Offices')}")
    if not wanted and len(served) != 1:
        _wrong(f"Say which office is meant: {', '.join(f'--office {one}' for one in by_id)}.")
    return by_id[wanted] if wanted else served[0]


def _period(policy: Policy, first: str, last: str) -> Period:
    try:
        return periods.days(day(first), day(last), policy.calendar.zone)
    except WrittenWrong as error:
        _wrong(f"{error}. {error.remedy}")
    except PeriodUnclear:
        _wrong(f"A period from {first} to {last} cannot be. Write the earlier day at --from.")


def _put(out: Path, content: bytes) -> None:
    """Beside its place first, so that nobody ever opens half a report."""
    try:
        with tempfile.NamedTemporaryFile(dir=out.resolve().parent, prefix=f".{out.name}.", delete=False) as beside:
            beside.write(content)
        Path(beside.name).chmod(0o600)
        os.replace(beside.name, out)  # noqa: PTH105 - Path.replace says the same, less clearly atomic
    except OSError as error:
        _wrong(f"{out} cannot be written: {error.strerror}.")


def _wrong(sentence: str) -> NoReturn:
    exits.complain(sentence)
    raise typer.Exit(exits.USAGE)
