"""An application for an office of the tests' own, and its web server."""

import dataclasses
import io
import json
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot import logs, metrics, wiring
from bot.jobs import Jobs
from bot.wiring import App
from config import catalogue
from config.embedded import Stores
from config.settings import Settings
from tests.bot.web_office import CHANNELS, KANNEL_PASSWORD, OFFICE, TOKEN, served

Write = Callable[..., Path]


def _writing(folder: Path) -> Write:
    def write(name: str = "office.yaml", **keys: Any) -> Path:
        office = {
            "office": OFFICE,
            "name": "UBND phường Thử",
            "channels": CHANNELS,
            "departments": [{"id": "mot-cua", "name": "Bộ phận Một cửa", "areas": list(catalogue.load().areas)}],
            "hours": {"mon-fri": ["07:30-11:30", "13:30-17:00"]},
        }
        path = folder / name
        path.write_text(json.dumps(office | keys, ensure_ascii=False, indent=1), encoding="utf-8")  # JSON is YAML too
        return path

    return write


@pytest.fixture
def office_file(tmp_path: Path) -> Write:
    """Writes a right office file with other values under the given keys, and returns its path."""
    return _writing(tmp_path)


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What the program logs during a test, as JSON lines, with the secrets of the test office hidden."""
    written = io.StringIO()
    logs.configure("DEBUG", "json", (TOKEN, KANNEL_PASSWORD), written)
    yield written
    logs.configure("WARNING")


@pytest.fixture(scope="session")
async def opened(stores: Stores, schema: None, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[App]:
    """The application of the test office on the tests' stores, made once; nothing runs yet."""
    settings = Settings(
        _env_file=None,
        database_url=stores.database_url,
        redis_url=stores.redis_url,
        offices=_writing(tmp_path_factory.mktemp("office"))(),
        http_port=0,
        log_level="WARNING",
    )
    app = await wiring.open_app(settings, environ={})
    yield app
    await wiring.close_app(app)


@pytest.fixture
async def app(opened: App, database: str, redis_url: str, log: io.StringIO) -> AsyncIterator[App]:
    """That application with empty tables, an empty queue and counters at nought."""
    jobs = Jobs(redis_url, opened.clock)
    jobs.open()
    yield dataclasses.replace(opened, database_url=database, redis_url=redis_url, jobs=jobs, metrics=metrics.make())
    await jobs.close()


@pytest.fixture
def empty_stores(database: str, redis_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Programs started by a test use empty tables and an empty queue."""
    monkeypatch.setenv("TOHOTRO_DATABASE_URL", database)
    monkeypatch.setenv("TOHOTRO_REDIS_URL", redis_url)


@pytest.fixture
async def web(app: App) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the running web server."""
    async with served(app) as client:
        yield client


@pytest.fixture
def no_stores(stores: Stores, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Settings without stores: the data folder is empty and both addresses are unset. Returns the folder."""
    monkeypatch.setenv("TOHOTRO_DATABASE_URL", "")
    monkeypatch.setenv("TOHOTRO_REDIS_URL", "")
    monkeypatch.setenv("TOHOTRO_DATA_DIR", str(tmp_path / "data"))
    return tmp_path / "data"
