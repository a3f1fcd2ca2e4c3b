"""The private stores: one holder, any number of guests, nothing left behind and nothing lost by a kill."""

import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg
import pytest
from arq.connections import RedisSettings
from redis import asyncio as redis

from config import embedded, servers
from config.embedded import Stores
from config.errors import StoresBusyError, StoresError

HOLD = """
import sys
from pathlib import Path
from config import embedded
stores = embedded.start_or_attach(Path(sys.argv[1]))
print(*stores.pids.values(), "owned" if stores.owned else "attached", flush=True)
sys.stdin.readline()
stores.stop()
"""

Program = Callable[..., subprocess.Popen[str]]


def first_words(process: subprocess.Popen[str]) -> list[str]:
    assert process.stdout is not None
    return process.stdout.readline().split()


def gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except FileNotFoundError:
        return True


def until(condition: Callable[[], bool], limit: float = 15.0) -> None:
    end = time.monotonic() + limit
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)


async def remember(stores: Stores, value: int) -> None:
    """Write one acknowledged row, as the program would."""
    link = await asyncpg.connect(stores.database_url)
    await link.execute("create table if not exists memory (value int)")
    await link.execute("insert into memory values ($1)", value)
    await link.close()


async def remembered(stores: Stores) -> list[int]:
    link = await asyncpg.connect(stores.database_url)
    rows = await link.fetch("select value from memory order by value")
    await link.close()
    return [row["value"] for row in rows]


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[Stores]:
    with embedded.start(tmp_path / "data") as started:
        yield started


async def test_both_urls_are_understood_by_every_client(stores: Stores) -> None:
    link = await asyncpg.connect(stores.database_url)
    try:
        settings = await link.fetchrow(
            "select current_database() as database, current_setting('timezone') as zone, "
            "current_setting('max_connections')::int as connections, current_setting('listen_addresses') as tcp, "
            "current_setting('fsync') as fsync, lower('ĐẶNG') as lowered"
        )
    finally:
        await link.close()
    assert dict(settings) == {
        "database": "tohotro",
        "zone": "UTC",
        "connections": 60,
        "tcp": "",
        "fsync": "on",
        "lowered": "đặng",
    }
    client = redis.from_url(stores.redis_url)
    assert await client.ping()
    assert (await client.config_get("maxmemory-policy"))["maxmemory-policy"] == "noeviction"
    await client.aclose()
    named = RedisSettings.from_dsn(stores.redis_url)
    client = redis.Redis(unix_socket_path=named.unix_socket_path, db=named.database)
    assert await client.ping()
    await client.aclose()


async def test_a_folder_with_a_space_and_a_deep_path_serves_as_well(tmp_path: Path) -> None:
    deep = tmp_path / "Tổ hỗ trợ của phường" / ("sâu" * 40) / "data"
    with embedded.start(deep) as stores:
        await remember(stores, 1)
        assert await remembered(stores) == [1]
        sockets = Path(stores.redis_url.removeprefix("unix://").partition("?")[0]).parent
        assert len(os.fsencode(sockets / servers.POSTGRES_SOCKET)) <= 107
        assert sockets.stat().st_mode & 0o777 == 0o700
        assert embedded.urls(deep) == (stores.database_url, stores.redis_url)
    assert not sockets.exists(), "the short folder for sockets goes with the servers"


async def test_a_second_process_attaches_and_leaves_the_servers_running(
    tmp_path: Path, stores: Stores, run_python: Program
) -> None:
    with pytest.raises(StoresBusyError, match=f"Process {os.getpid()} already runs the stores"):
        embedded.start(tmp_path / "data")
    guest = run_python(HOLD, tmp_path / "data")
    assert first_words(guest) == ["attached"]
    guest.communicate("\n")
    assert guest.returncode == 0
    embedded.attach(tmp_path / "data").stop()
    await remember(stores, 1)
    assert await remembered(stores) == [1]


def test_two_that_start_at_once_agree_on_one_holder(tmp_path: Path, run_python: Program) -> None:
    both = [run_python(HOLD, tmp_path / "data") for _ in range(2)]
    assert sorted(first_words(process)[-1] for process in both) == ["attached", "owned"]
    for process in both:
        process.communicate("\n")
        assert process.returncode == 0


async def test_kill_9_of_the_holder_leaves_no_process_and_the_next_start_has_every_row(
    tmp_path: Path, run_python: Program
) -> None:
    pids: list[str] = []
    for value in range(3):  # each starts at once after the kill, while the old servers may still be ending
        holder = run_python(HOLD, tmp_path / "data")
        *pids, role = first_words(holder)
        assert role == "owned"
        await remember(embedded.attach(tmp_path / "data"), value)
        holder.kill()
        holder.wait()
    until(lambda: all(gone(int(pid)) for pid in pids))
    with pytest.raises(StoresError, match=r"is gone: start it with `tohotro run`"):
        embedded.attach(tmp_path / "data")
    with embedded.start(tmp_path / "data") as stores:
        assert await remembered(stores) == [0, 1, 2]


async def test_kill_9_of_the_servers_is_repaired_in_place_and_by_the_next_start(tmp_path: Path) -> None:
    stores = embedded.start(tmp_path / "data")
    await remember(stores, 1)
    assert stores.revive() == []
    for pid in stores.pids.values():
        os.kill(pid, signal.SIGKILL)
    until(lambda: all(gone(pid) for pid in stores.pids.values()))
    with pytest.raises(StoresError, match=f"end process {os.getpid()} and start again"):
        embedded.attach(tmp_path / "data")
    assert stores.revive() == ["PostgreSQL", "Valkey"]
    await remember(stores, 2)
    for pid in stores.pids.values():
        os.kill(pid, signal.SIGKILL)
    stores.stop()
    stores.stop()
    with embedded.start(tmp_path / "data") as again:
        assert await remembered(again) == [1, 2]


def test_a_database_that_was_cut_short_is_made_anew(tmp_path: Path) -> None:
    half = tmp_path / "data" / "embedded" / "postgres.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    with embedded.start(tmp_path / "data", fsync=False):
        assert not half.exists()
        assert (tmp_path / "data/embedded/postgres/PG_VERSION").exists()


def test_files_are_closed_to_others(tmp_path: Path, stores: Stores) -> None:
    assert (tmp_path / "data" / "embedded").stat().st_mode & 0o077 == 0
    assert "password" not in json.dumps(embedded.urls(tmp_path / "data"))
    assert stores.owned


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        pytest.param(
            lambda home: (home / "postgres" / "PG_VERSION").write_text("14\n"),
            r"another version of PostgreSQL: restore a backup into a new data folder",
            id="data of another PostgreSQL version",
        ),
        pytest.param(
            lambda home: (home / "postgres" / "global" / "pg_control").unlink(),
            r"PostgreSQL ended while starting.*pg_control.*set TOHOTRO_DATABASE_URL",
            id="a file of the database is missing",
        ),
        pytest.param(
            lambda home: (home / "valkey/appendonlydir/appendonly.aof.manifest").write_text("nonsense\n"),
            r"Valkey ended while starting.*TOHOTRO_REDIS_URL",
            id="the queue's file is damaged",
        ),
    ],
)
def test_a_server_that_cannot_start_says_why_and_leaves_nothing_running(
    tmp_path: Path, spoil: Callable[[Path], object], sentence: str
) -> None:
    data = tmp_path / "data"
    embedded.start(data, fsync=False).stop()
    spoil(data / "embedded")
    with pytest.raises(StoresError, match=f"(?s){sentence}"):
        embedded.start_or_attach(data, fsync=False)
    home = str(data / "embedded")
    left = [p for p in Path("/proc").glob("[0-9]*/cmdline") if home.encode() in read(p)]
    assert left == []


def read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def test_a_data_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(StoresError, match=r"file/data/embedded cannot be made or used .*set TOHOTRO_DATA_DIR"):
        embedded.start(tmp_path / "file" / "data")


def test_nobody_at_home_says_how_to_start(tmp_path: Path) -> None:
    with pytest.raises(StoresError, match=r"No process runs the stores of .*`tohotro run`"):
        embedded.attach(tmp_path / "data")


def test_a_short_socket_folder_of_somebody_else_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    deep = tmp_path / ("x" * 100) / "data"
    sockets = Path(embedded.urls(deep)[0].partition("host=")[2])
    sockets.symlink_to("/")
    try:
        with pytest.raises(StoresError, match=r"belongs to somebody else: remove it"):
            embedded.start(deep, fsync=False)
    finally:
        sockets.unlink()


def test_servers_are_only_started_by_the_thread_that_lasts(tmp_path: Path) -> None:
    said: list[str] = []

    def elsewhere() -> None:
        try:
            embedded.start(tmp_path / "data", fsync=False)
        except RuntimeError as error:
            said.append(str(error))

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert len(said) == 1
    assert "main thread" in said[0]
    embedded.start(tmp_path / "data", fsync=False).stop()
