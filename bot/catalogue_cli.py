"""`tohotro catalogue`: bring in, check, compare and hand out the list of procedures as a ward office keeps it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot import exits

if TYPE_CHECKING:
    from config.catalogue.tables import Read

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="The list of procedures: YAML, CSV or XLSX.")


@app.command("check")
def check(
    file: Annotated[Path | None, typer.Argument(help="default: the one in use")] = None,
) -> None:
    """Every mistake of a list at once, each with row and column."""
    from config.catalogue import tables

    with exits.speaking():
        if file is None:
            from config import catalogue

            known = catalogue.load()
            typer.echo(f"{len(known.procedures)} procedures in {len(known.areas)} areas, version {known.version}")
            return
        _tell(tables.read(file))


@app.command("diff")
def diff(file: Annotated[Path, typer.Argument(help="the new list")]) -> None:
    """What a new list would change: procedures that come, go, or differ, field by field."""
    from config import catalogue
    from config.catalogue import tables

    with exits.speaking():
        read = _tell(tables.read(file))
        for line in tables.differences(catalogue.load(), read.rows):
            typer.echo(line)


@app.command("import")
def bring_in(
    file: Annotated[Path, typer.Argument(help="the new list; its rows are taken as confirmed by whoever sends it")],
    into: Annotated[Path | None, typer.Option(help="the procedures.yaml to write; default: the one in use")] = None,
) -> None:
    """Take a new list into use: rows with known codes are changed, new ones added, the others kept.

    Tickets keep the version they were opened under. What a row fills in counts as confirmed.
    """
    from config import catalogue
    from config.catalogue import tables

    with exits.speaking():
        read = _tell(tables.read(file))
        count = tables.merge(into or catalogue.HERE / "procedures.yaml", read.rows)
        typer.echo(f"{count} procedures written; restart the helpdesk to use them")


@app.command("export")
def hand_out(file: Annotated[Path, typer.Argument(help="ends with .yaml, .csv or .xlsx")]) -> None:
    """The list in use as a table to be edited."""
    from config import catalogue
    from config.catalogue import tables

    with exits.speaking():
        known = catalogue.load()
        tables.write(file, known)
        typer.echo(f"{file}: {len(known.procedures)} procedures")


def _tell(read: "Read") -> "Read":
    for note in read.notes:
        typer.echo(note)
    for mistake in read.mistakes:
        exits.complain(mistake)
    if read.mistakes:
        raise typer.Exit(exits.FAILED)
    typer.echo(f"{len(read.rows)} procedures read, no mistake")
    return read
