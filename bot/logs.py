"""What is written to the log, in which form, and what never gets there: secrets and residents' numbers."""

import logging
import re
import secrets
import sys
from collections.abc import Callable, Collection
from typing import Any, Literal, TextIO

import structlog
from structlog.typing import EventDict, WrappedLogger

# Telephone numbers as people and networks write them, and the numbers of identity cards (9 digits, 12 since 2016).
_NUMBER = re.compile(r"(?<![\w.:-])(?:\+?84|0)(?:[ .-]?\d){8,10}(?![\w-])|(?<![\w.:-])(?:\d{12}|\d{9})(?![\w-])")
_KEPT = 3  # last digits left of such a number, so that two lines about one person can be told to belong together
_SHORTEST_SECRET = 6  # characters; hiding every "1234" would make the log unreadable

# Libraries that tell more than an administrator wants; httpx and aiogram write addresses that hold tokens.
_QUIET = ("aiogram", "aiohttp.access", "arq", "asyncio", "httpcore", "httpx", "tortoise")

# Crockford's base 32: no I, L, O or U, so it can be read out over the telephone.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def reference() -> str:
    """Eight characters that name one unexpected failure, in the log and to the person it happened to."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(8))


def configure(
    level: str = "INFO",
    form: Literal["text", "json"] = "text",
    hidden: Collection[str] = (),
    stream: TextIO | None = None,
) -> None:
    """Send our log and the libraries' to `stream` (standard error), one event a line. May be called again.

    `hidden` are the configured secrets; they and the numbers of people are taken out of every event, tracebacks too.
    """
    shared: list[Callable[[WrappedLogger, str, EventDict], Any]] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        Redaction(hidden),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    last: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False, default=str)
        if form == "json"
        else structlog.dev.ConsoleRenderer(
            colors=(stream or sys.stderr).isatty(), exception_formatter=structlog.dev.plain_traceback, pad_event_to=0
        )
    )
    handler = _Handler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
        )
    )
    logging.getLogger("aiohttp.server").addFilter(_not_a_strangers_mistake)  # adding it again changes nothing
    root = logging.getLogger()
    for old in [one for one in root.handlers if isinstance(one, _Handler)]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level)
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,  # loggers made at import must follow a later change
    )


def _not_a_strangers_mistake(record: logging.LogRecord) -> bool:
    """Whether a line of aiohttp's server is worth reading: it tells of a body that does not unpack (answered with 400)
    with a traceback, so anybody could fill the log.
    """
    return not (record.exc_info and getattr(record.exc_info[0], "__name__", "") == "RequestPayloadError")


class _Handler(logging.Handler):
    """Ours, told apart from those of a test runner, which also changes standard error as it goes."""

    def __init__(self, stream: TextIO | None) -> None:
        super().__init__()
        self._stream = stream

    def emit(self, record: logging.LogRecord) -> None:
        try:
            stream = self._stream or sys.stderr
            stream.write(self.format(record) + "\n")
            stream.flush()
        except Exception:
            self.handleError(record)


class Redaction:
    """A structlog processor that masks secrets and people's numbers in every value of an event, however deep."""

    def __init__(self, hidden: Collection[str] = ()) -> None:
        # longest first, so that a secret that begins with another is hidden whole
        words = sorted({word for word in hidden if len(word) >= _SHORTEST_SECRET}, key=len, reverse=True)
        self._secrets = re.compile("|".join(map(re.escape, words))) if words else None

    def __call__(self, _logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        return {key: value if key.startswith("_") else self.clean(value) for key, value in event.items()}

    def clean(self, value: Any) -> Any:
        """`value` with every text inside it cleaned; numbers, truth values and None stay."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {self.clean(key): self.clean(inner) for key, inner in value.items()}
        if isinstance(value, list | tuple | set | frozenset):
            return [self.clean(inner) for inner in value]
        if value is None or isinstance(value, bool | int | float):
            return value
        return self.text(str(value))

    def text(self, value: str) -> str:
        """`value` without secrets and people's numbers."""
        if self._secrets:
            value = self._secrets.sub("[secret]", value)
        return _NUMBER.sub(lambda found: f"…{found.group()[-_KEPT:]}", value)
