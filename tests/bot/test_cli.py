"""The `tohotro` command: what it prints and with which number it ends, as a shell sees it."""

import asyncio
import json
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from bot import exits, wiring
from config.embedded import Stores
from config.errors import StoresError
from config.settings import Settings
from tests.bot.program import ROOT, running, started, tohotro
from tests.bot.web_office import OFFICE
from tickets.models import Invitation, Role
from tickets.people import CODE_PREFIX

COMMANDS = ("run", "web", "worker", "migrate", "demo", "sandbox", "check", "route", "doctor", "staff")
SLOW = ("aiogram", "tortoise", "aiohttp", "pydantic", "asyncpg", "arq", "httpx")


async def test_help_names_every_command(tmp_path: Path) -> None:
    ended = await tohotro(tmp_path, "--help")
    assert ended.code == 0
    for command in COMMANDS:
        assert f"\n  {command} " in ended.out


@pytest.mark.parametrize(
    ("module", "allowed"),
    [
        pytest.param("bot.cli", (), id="help waits for no library"),
        pytest.param("bot.route", ("pydantic",), id="routing waits for no network and no database"),
    ],
)
async def test_what_starts_quickly_imports_little(module: str, allowed: tuple[str, ...], tmp_path: Path) -> None:
    code = f"import sys, {module}; print(*[name for name in {SLOW} if name in sys.modules])"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, cwd=ROOT, stdout=asyncio.subprocess.PIPE, env=os.environ
    )
    out, _ = await process.communicate()
    assert set(out.decode().split()) <= set(allowed)


@pytest.mark.parametrize(
    ("words", "environ", "code", "says"),
    [
        pytest.param(["nonsense"], {}, exits.USAGE, "No such command", id="a word that is no command"),
        pytest.param(["staff", "invite"], {}, exits.USAGE, "--role", id="an option that is needed"),
        pytest.param(
            ["run"], {"TOHOTRO_HTTP_PORT": "abc"}, exits.CONFIG, "TOHOTRO_HTTP_PORT", id="a setting that is wrong"
        ),
        pytest.param(
            ["run"],
            {"TOHOTRO_DATABASE_URL": "mysql://x/y"},
            exits.CONFIG,
            "postgresql://",
            id="a database that is not PostgreSQL",
        ),
        pytest.param(
            ["web"], {"TOHOTRO_OFFICES": "/no/such/office.yaml"}, exits.CONFIG, "TOHOTRO_OFFICES", id="no office file"
        ),
        pytest.param(["doctor"], {"TOHOTRO_LOG_LEVEL": "LOUD"}, exits.CONFIG, "LOG_LEVEL", id="a level that is none"),
    ],
)
async def test_what_is_wrong_ends_with_its_number_and_a_sentence_without_a_traceback(
    stores: Stores, tmp_path: Path, words: list[str], environ: dict[str, str], code: int, says: str
) -> None:
    ended = await tohotro(tmp_path, *words, **environ)
    assert ended.code == code, ended.err
    assert says in ended.err
    assert "Traceback" not in ended.err


async def test_every_mistake_of_every_office_file_is_told_at_once_before_anything_starts(
    no_stores: Path, tmp_path: Path, office_file: Callable[..., Path]
) -> None:
    folder = tmp_path / "offices"
    folder.mkdir()
    office_file("offices/a.yaml", hours={"mon-fri": ["17:00-13:30"]})
    office_file("offices/b.yaml", office="b", departments=[{"id": "x", "name": "X", "areas": ["ho-tich"]}])
    ended = await tohotro(tmp_path, "run", TOHOTRO_OFFICES=str(folder))
    assert ended.code == exits.CONFIG
    assert "a.yaml:" in ended.err
    assert "ends before it begins" in ended.err
    assert "b.yaml:" in ended.err
    assert "nobody handles" in ended.err
    assert "embedded" not in ended.err
    assert no_stores.name not in os.listdir(tmp_path)  # noqa: PTH208  # a name is enough


async def test_a_database_that_refuses_us_ends_it_with_a_remedy(
    stores: Stores, tmp_path: Path, office_file: Callable[..., Path]
) -> None:
    url = stores.database_url.replace("/tohotro?", "/khong_co?")
    ended = await tohotro(tmp_path, "web", TOHOTRO_DATABASE_URL=url, TOHOTRO_OFFICES=str(office_file(channels=[])))
    assert ended.code == exits.UNAVAILABLE, ended.err
    assert "correct TOHOTRO_DATABASE_URL" in ended.err
    assert "Traceback" not in ended.err


@pytest.mark.parametrize(
    ("addresses", "says"),
    [
        pytest.param(
            {"database_url": "postgresql://a:matkhau@127.0.0.1:9/x"},
            "PostgreSQL at postgresql://127.0.0.1:9/x",
            id="database",
        ),
        pytest.param({"redis_url": "redis://:matkhau@127.0.0.1:9/0"}, "Redis at redis://127.0.0.1:9/0", id="queue"),
    ],
)
async def test_a_store_that_is_away_is_waited_for_and_then_given_up_with_a_remedy(
    stores: Stores,
    schema: None,
    office_file: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
    addresses: dict[str, str],
    says: str,
) -> None:
    monkeypatch.setattr(wiring, "PATIENCE", 0.3)
    given = {"database_url": stores.database_url, "redis_url": stores.redis_url} | addresses
    settings = Settings(_env_file=None, offices=office_file(channels=[]), log_level="ERROR", **given)
    with pytest.raises(StoresError) as raised:
        await wiring.open_app(settings, environ={})
    assert says in str(raised.value)
    assert "or correct TOHOTRO_" in str(raised.value)
    assert "matkhau" not in str(raised.value)


async def test_route_answers_each_line_before_the_next_is_asked_and_goes_on_after_a_bad_one(tmp_path: Path) -> None:
    process = await started(tmp_path, "route")
    assert process.stdin is not None
    assert process.stdout is not None

    async def ask(line: str) -> dict[str, object]:
        process.stdin.write(line.encode() + b"\n")  # type: ignore[union-attr]  # asserted above
        async with asyncio.timeout(20):
            answered: dict[str, object] = json.loads(await process.stdout.readline())  # type: ignore[union-attr]  # same
        return answered

    birth = await ask('{"text": "làm giấy khai sinh cho con mới đẻ"}')
    assert (birth["area"], birth["area_id"], birth["decision"], birth["urgent"]) == (
        "Hộ tịch",
        "ho-tich",
        "route",
        False,
    )
    assert birth["procedure_code"] == "1.001193"
    candidates = birth["candidates"]
    assert isinstance(candidates, list)
    assert set(candidates[0]) == {"area", "area_id", "procedure_code", "confidence"}
    assert "error" in await ask("không phải JSON")
    assert "error" in await ask("[1]")
    assert "error" in await ask('{"text": 5}')
    empty = await ask('{"text": ""}')
    assert (empty["area"], empty["candidates"]) == (None, [])
    assert (await ask('{"text": "lam giay khai sinh"}'))["area_id"] == "ho-tich"
    process.stdin.close()
    assert await process.wait() == 0


async def test_an_invitation_is_printed_alone_on_its_line_and_kept_as_a_digest(
    empty_stores: None, tmp_path: Path, office_file: Callable[..., Path]
) -> None:
    words = ("staff", "invite", "--role", "member", "--areas", "Hộ tịch, chung-thuc", "--name", "Lê Thị Thử")
    ended = await tohotro(tmp_path, *words, TOHOTRO_OFFICES=str(office_file(channels=[])))
    assert ended.code == 0, ended.err
    code = ended.out.splitlines()[0]
    assert code.startswith(CODE_PREFIX)
    kept = await Invitation.get()
    assert (kept.office, kept.role, kept.areas, kept.name) == (
        OFFICE,
        Role.MEMBER,
        ["ho-tich", "chung-thuc"],
        "Lê Thị Thử",
    )
    assert code not in kept.digest


@pytest.mark.parametrize(
    ("words", "says"),
    [
        pytest.param(["--role", "member"], "name them, as --areas", id="a member without areas"),
        pytest.param(["--role", "lead", "--areas", "ho-tic"], "Did you mean 'ho-tich'?", id="an area misspelt"),
        pytest.param(["--role", "lead", "--office", "khong-co"], OFFICE, id="an office we do not have"),
        pytest.param(["--role", "boss"], "supervisor", id="a role that is none"),
    ],
)
async def test_an_invitation_that_makes_no_sense_is_not_given(
    empty_stores: None, tmp_path: Path, office_file: Callable[..., Path], words: list[str], says: str
) -> None:
    ended = await tohotro(tmp_path, "staff", "invite", *words, TOHOTRO_OFFICES=str(office_file(channels=[])))
    assert ended.code == exits.USAGE
    assert says in ended.err
    assert not await Invitation.exists()


async def test_of_several_offices_the_first_that_can_be_written_to_is_meant_and_named(
    empty_stores: None, tmp_path: Path, office_file: Callable[..., Path]
) -> None:
    folder = tmp_path / "offices"
    folder.mkdir()
    zalo = {"name": "zalo", "kind": "zalo_bot", "token": "${THU_TOKEN}"}
    office_file("offices/a.yaml", channels=[zalo])
    office_file("offices/b.yaml", office="phuong-khac", channels=[])
    words = ("staff", "invite", "--role", "supervisor")
    given = await tohotro(tmp_path, *words, TOHOTRO_OFFICES=str(folder), THU_TOKEN="145900:bi-mat")
    assert given.code == 0
    assert f"For office {OFFICE}" in given.err
    assert "--office phuong-khac" in given.err
    assert (await Invitation.get()).office == OFFICE


async def test_migrating_twice_does_nothing_the_second_time(empty_stores: None, tmp_path: Path) -> None:
    ended = await tohotro(tmp_path, "migrate")
    assert (ended.code, ended.out) == (0, "the database is up to date\n")


@pytest.mark.parametrize("part", [pytest.param(part, id=part) for part in ("run", "web", "worker")])
async def test_asked_to_stop_each_part_ends_by_itself_within_ten_seconds(
    part: str, empty_stores: None, tmp_path: Path, office_file: Callable[..., Path]
) -> None:
    environ = {"TOHOTRO_OFFICES": str(office_file(channels=[])), "TOHOTRO_HTTP_PORT": "0"}
    async with running(tmp_path, part, until=b"] ready", **environ) as process:
        asked = time.monotonic()
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(10):
            _, err = await process.communicate()
    assert process.returncode == 0, err.decode()
    assert time.monotonic() - asked < 10
    assert b"Traceback" not in err


async def test_a_port_that_is_taken_is_named_with_the_setting_to_change(
    empty_stores: None, tmp_path: Path, office_file: Callable[..., Path]
) -> None:
    taken = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = taken.sockets[0].getsockname()[1]
    environ = {"TOHOTRO_OFFICES": str(office_file(channels=[])), "TOHOTRO_HTTP_PORT": str(port)}
    ended = await tohotro(tmp_path, "web", **environ)
    taken.close()
    assert ended.code == exits.CONFIG
    assert f"127.0.0.1:{port}" in ended.err
    assert "TOHOTRO_HTTP_PORT" in ended.err


def installed(home: Path) -> Path:
    """The program in another folder, as `make` puts it there; returns its launcher."""
    venv, real = home / ".venv", Path(sys.executable).parents[1]
    (venv / "bin").mkdir(parents=True)
    (venv / "bin" / "python").symlink_to(Path(sys.executable).resolve())
    (venv / "lib").symlink_to(real / "lib")
    shutil.copy(real / "pyvenv.cfg", venv)
    for package in ("bot", "channels", "config", "tickets"):
        (home / package).symlink_to(ROOT / package)
    return Path(shutil.copy(ROOT / "bot" / "launcher.sh", venv / "bin" / "tohotro"))


async def test_the_launcher_works_from_anywhere_through_a_link_and_in_a_path_with_a_space(tmp_path: Path) -> None:
    link = tmp_path / "tohotro"
    link.symlink_to(installed(tmp_path / "thư mục có dấu cách"))
    process = await asyncio.create_subprocess_exec(
        str(link),
        "route",
        cwd="/",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env={"PATH": os.environ["PATH"]},
    )
    out, _ = await process.communicate('{"text": "chứng thực bản sao"}'.encode())
    assert process.returncode == 0
    assert json.loads(out)["area"] == "Chứng thực"
