"""The `tohotro` command: which words it takes, and which part of the program each one starts.

Everything slow is imported inside the command that needs it, so that `--help` and `route` answer at once.
"""

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from bot import catalogue_cli, exits

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Tổ Hỗ Trợ: the helpdesk of a ward office, worked from chat. Settings come from TOHOTRO_… and from .env.",
)
staff = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="People of the support team.")
app.add_typer(staff, name="staff")
zalo_oa = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="The Zalo Official Account of an office.")
app.add_typer(zalo_oa, name="zalo-oa")
app.add_typer(catalogue_cli.app, name="catalogue")


class Role(StrEnum):
    """As `tickets.models.Role`, which would bring the whole database library along."""

    MEMBER = "member"
    LEAD = "lead"
    SUPERVISOR = "supervisor"
    HEAD = "head"


@app.callback()
def _begin() -> None:
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        # Vietnamese must come through whatever the locale; pipes to and from us carry UTF-8
        getattr(stream, "reconfigure", lambda **_: None)(encoding="utf-8", errors="replace")


@app.command()
def run() -> None:
    """Everything in one go, on this machine.

    Web, worker and pollers in one process, with private stores unless their URLs are set.
    """
    from bot import running

    with exits.speaking():
        running.start(migrate=True, web=True, worker=True, pollers=True)


@app.command()
def web() -> None:
    """The part that listens.

    Webhooks, health, metrics, files, and the pollers of channels that poll.
    """
    from bot import running

    with exits.speaking():
        running.start(web=True, pollers=True)


@app.command()
def worker() -> None:
    """The part that works.

    Handles what came in, sends what goes out, and watches the time.
    """
    from bot import running

    with exits.speaking():
        running.start(worker=True)


@app.command()
def migrate() -> None:
    """Bring the database up to this version.

    Several at once wait for each other.
    """
    from bot import running

    with exits.speaking():
        for line in running.migrate_now():
            typer.echo(line)


@app.command()
def demo(
    json: Annotated[bool, typer.Option("--json", help="end with one JSON object of counts and checks")] = False,
) -> None:
    """A scripted working day, checked at the end.

    Over the emulated networks, through the real code; ends non-zero if an expectation failed.
    """
    from importlib import import_module

    with exits.speaking():
        raise typer.Exit(import_module("bot.demo").main(json=json))


@app.command()
def sandbox(
    port: Annotated[int, typer.Option(help="of the page and the emulated networks; 0 picks a free one")] = 8090,
    only_networks: Annotated[bool, typer.Option("--only-networks", help="leave the helpdesk itself out")] = False,
) -> None:
    """A page to play resident and staff.

    The helpdesk against emulated networks. When ready, prints one JSON line with the page's address and what a client
    of each network needs to connect.
    """
    from bot import emulated

    with exits.speaking():
        emulated.start(port=port, only_networks=only_networks)


@app.command()
def check(
    files: Annotated[list[Path] | None, typer.Argument(metavar="[FILE]…", help="office files; default: ours")] = None,
    online: Annotated[bool, typer.Option("--online", help="also ask each provider who we are")] = False,
) -> None:
    """Every mistake in settings and offices.

    All at once, each with file, line and remedy.
    """
    from bot import check as checking

    with exits.speaking():
        raise typer.Exit(checking.main(files or [], online=online))


@app.command()
def route() -> None:
    """Text to area, JSON lines in and out.

    Reads {"text": …} and writes where a resident's message would go, a line for a line.
    """
    from bot import route as routing

    with exits.speaking():
        routing.main(sys.stdin, sys.stdout)


@app.command()
def learn(
    staff: Annotated[
        bool, typer.Option("--staff", help="each office's own model, from what its staff taught by correcting tickets")
    ] = False,
    office: Annotated[str, typer.Option(help="with --staff: of this office alone")] = "",
    out: Annotated[Path | None, typer.Option(help="without --staff: where to write the model")] = None,
) -> None:
    """Learn anew what residents mean.

    From the labelled messages of the project the shipped model; with --staff an office's own beside it, kept in the
    database only when it understands the staff's corrections better.
    """
    from bot.learning import command, taught

    with exits.speaking():
        raise typer.Exit(taught.main(office, typer.echo) if staff else command.main(out, typer.echo))


@app.command()
def doctor(
    worker: Annotated[
        bool, typer.Option("--worker", help="look only whether a worker lives, as health checks do")
    ] = False,
) -> None:
    """Why does it not work?

    Looks at stores, queue age, stuck rows, channels, people, clock and disk.
    """
    from bot import doctor as examination

    with exits.speaking():
        raise typer.Exit(examination.main(worker=worker))


@app.command()
def recompute(
    office: Annotated[str, typer.Option(help="only this one")] = "",
    write: Annotated[bool, typer.Option("--write", help="bring the rows in line with their logs")] = False,
) -> None:
    """Do the stored due times agree with the event log?

    Works out every promise of every ticket from its events and the calendar as it is now; ends non-zero when a stored
    time differs.
    """
    from bot import recompute as recomputing

    with exits.speaking():
        raise typer.Exit(recomputing.main(office=office, write=write))


@app.command()
def report(
    first: Annotated[str, typer.Option("--from", metavar="DAY", help="first day, as 2026-11-16")],
    last: Annotated[str, typer.Option("--to", metavar="DAY", help="last day, included")],
    out: Annotated[Path, typer.Option(help="where to write; ends with .docx, .xlsx or .json")],
    office: Annotated[str, typer.Option(help="its short name; needed when several are served")] = "",
) -> None:
    """The report of a period.

    A Word document in the layout of Nghị định 30/2020, a workbook, or JSON.
    """
    from bot import report_cli

    with exits.speaking():
        report_cli.main(office=office, first=first, last=last, out=out)


@staff.command()
def invite(
    role: Annotated[Role, typer.Option(help="what the person may do")],
    areas: Annotated[str, typer.Option(metavar="A,B", help="ids or names; empty: all, for leads and supervisors")] = "",
    name: Annotated[str, typer.Option(help="of the person; empty: as they call themselves in their app")] = "",
    office: Annotated[str, typer.Option(help="needed when several offices have channels switched on")] = "",
) -> None:
    """Print a one-time code with which one person joins the support team."""
    from bot import enrolment

    with exits.speaking():
        enrolment.main(role=role.value, areas=areas, name=name, office=office)


@zalo_oa.callback()
def _of_accounts() -> None:
    """The Zalo Official Account of an office."""  # with a callback, `connect` stays a word though it is the only one


@zalo_oa.command()
def connect(
    office: Annotated[str, typer.Option(help="needed when several offices have such a channel")] = "",
    answer: Annotated[
        str, typer.Option(help="the address the browser ended at, if it could not reach our server")
    ] = "",
) -> None:
    """Print the link on which the administrator of the Official Account lets us in.

    Good once and for an hour. The browser comes back to /zalo-oa/callback of TOHOTRO_PUBLIC_URL.
    """
    from bot import consenting

    with exits.speaking():
        raise typer.Exit(consenting.main(office=office, answer=answer))
