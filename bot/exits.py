"""With which number the program ends, and how an administrator's mistake becomes a sentence instead of a traceback."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from config.errors import ConfigError, StoresError

FAILED = 1  # what was asked to be checked does not hold
USAGE = 2  # typer's own
UNAVAILABLE = 69  # EX_UNAVAILABLE of sysexits.h: PostgreSQL or Redis is away, or stays behind the program
CONFIG = 78  # EX_CONFIG of sysexits.h: settings or an office file


@contextmanager
def speaking() -> Iterator[None]:
    """Turn what is wrong with the configuration or the stores into its sentence and its number."""
    try:
        yield
    except StoresError as error:
        complain(str(error))
        raise typer.Exit(UNAVAILABLE) from error
    except ConfigError as error:
        complain(str(error))
        raise typer.Exit(CONFIG) from error


def complain(sentence: str) -> None:
    """Write to standard error."""
    print(sentence, file=sys.stderr, flush=True)  # noqa: T201  # the command line's own voice
