"""What the environment tells the process: where its stores, office files and data are, and how it speaks."""

import os
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from config.errors import ConfigError

PREFIX = "TOHOTRO_"
ENV_FILE = Path(".env")


class Settings(BaseSettings):
    """The process settings. Made in bot/wiring.py and config/database.py only; everybody else receives values.

    The docs page and .env.example are generated from the descriptions here. Raises ConfigError naming every variable
    that is wrong.
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=ENV_FILE,
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    database_url: str = Field(
        default="",
        repr=False,  # holds a password
        description="PostgreSQL, as postgresql://user:password@host:5432/database. "
        "Empty: the program starts a private one inside the data folder.",
    )
    redis_url: str = Field(
        default="",
        repr=False,
        description="Redis or Valkey, as redis://:password@host:6379/0. Empty: a private one inside the data folder.",
    )
    data_dir: Path = Field(
        default=Path("data"),
        description="Folder for the private stores, the spool of unsaved events and generated files.",
    )
    offices: Path = Field(
        default=Path("config/offices"), description="The office file, or a folder of them, one per ward."
    )
    http_host: str = Field(
        default="127.0.0.1", description="Address the web server listens on; 0.0.0.0 inside a container."
    )
    http_port: int = Field(default=8080, ge=0, le=65535, description="Port of the web server; 0 takes a free one.")
    public_url: str = Field(
        default="",
        description="https address under which providers reach the web server, for channels in webhook mode.",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="INFO", description="The least important lines to log: DEBUG, INFO, WARNING or ERROR."
    )
    log_format: Literal["text", "json"] = Field(
        default="text", description="text for people, json for log collectors: one object a line."
    )
    keep_raw_days: int = Field(
        default=30,
        ge=1,
        le=3650,
        description="Days for which the networks' own messages, as they came, and copies of papers are kept.",
    )
    language: str = Field(
        default="vi",
        description="Language of offices whose file names none: vi, en, or another there is a file of in `bot/texts`.",
    )

    def __init__(self, **values: Any) -> None:
        try:
            super().__init__(**values)
        except ValidationError as error:
            raise ConfigError(_sentence(error)) from None
        except UnicodeDecodeError:
            raise ConfigError(f"{ENV_FILE} is not UTF-8: save it as UTF-8.") from None

    @field_validator("log_level", mode="before")
    @classmethod
    def _any_case(cls, value: Any) -> Any:
        return value.upper() if isinstance(value, str) else value

    @field_validator("database_url")
    @classmethod
    def _postgresql(cls, value: str) -> str:
        if value and _scheme(value) not in {"postgresql", "postgres", "asyncpg"}:
            raise ValueError("only PostgreSQL serves; write postgresql://user:password@host:5432/database")
        return value

    @field_validator("redis_url")
    @classmethod
    def _redis(cls, value: str) -> str:
        if value and _scheme(value) not in {"redis", "rediss", "unix"}:
            raise ValueError("write redis://host:6379/0, rediss://host:6379/0 or unix:///path/of/socket?db=0")
        return value

    @field_validator("public_url")
    @classmethod
    def _address(cls, value: str) -> str:
        if value and (_scheme(value) not in {"https", "http"} or not urlsplit(value).hostname):
            raise ValueError("write the whole address, as https://hotro.example.vn")
        return value.rstrip("/")


def environment(env_file: Path = ENV_FILE) -> dict[str, str]:
    """The variables an office file may name: those of `env_file`, overruled by those of the process.

    Values are taken as they stand: a password may contain `${`. Raises ConfigError when the file is not UTF-8.
    """
    try:
        found = dotenv_values(env_file, interpolate=False, encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ConfigError(f"{env_file} is not UTF-8: save it as UTF-8.") from error
    return {name: value for name, value in found.items() if value is not None} | dict(os.environ)


def misspelt(environ: Mapping[str, str]) -> list[str]:
    """Sentences about variables that begin like ours and are none: a typing mistake there would go unnoticed."""
    known = [name.upper() for name in Settings.model_fields]
    sentences = []
    for name in sorted(environ):
        if name.startswith(PREFIX) and name.removeprefix(PREFIX) not in known:
            near = get_close_matches(name.removeprefix(PREFIX), known, 1)
            hint = (
                f"did you mean {PREFIX}{near[0]}?" if near else f"known are {', '.join(PREFIX + one for one in known)}."
            )
            sentences.append(f"{name} is set, but there is no such setting: {hint}")
    return sentences


def _scheme(value: str) -> str:
    return value.partition("://")[0].lower() if "://" in value else ""


def _sentence(error: ValidationError) -> str:
    parts = []
    for problem in error.errors(include_url=False, include_input=False):
        name = PREFIX + "_".join(map(str, problem["loc"])).upper()
        parts.append(f"{name}: {problem['msg'].removeprefix('Value error, ')}")
    return "The settings are wrong; correct them in the environment or in .env. " + "; ".join(parts) + "."
