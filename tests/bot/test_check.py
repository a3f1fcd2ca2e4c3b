"""`tohotro check`: every mistake at once, each with its place and remedy, and who the providers say we are."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot import exits
from sandbox import server
from tests.bot.program import tohotro
from tests.bot.web_office import OA

ZALO = {"name": "zalo", "kind": "zalo_bot", "token": "${THU_TOKEN}", "api_url": "${THU_URL}"}
Write = Callable[..., Path]


async def test_a_right_file_is_in_order_and_a_channel_that_is_off_is_named_with_its_variables(
    tmp_path: Path, office_file: Write
) -> None:
    ended = await tohotro(tmp_path, "check", str(office_file(channels=[ZALO])))
    assert ended.code == 0, ended.out
    assert "channel 'zalo' is off. To turn it on, set THU_TOKEN, THU_URL." in ended.out
    assert "1 office in order, no mistakes" in ended.out


async def test_mistakes_of_settings_and_of_every_file_are_told_together(tmp_path: Path, office_file: Write) -> None:
    good = office_file("good.yaml", channels=[])
    hours = office_file("hours.yaml", hours={"mon-fri": ["07:30-11:30", "11:00-17:00"]}, colour="blue")
    areas = office_file("areas.yaml", departments=[{"id": "x", "name": "X", "areas": ["ho-tic"]}])
    (tmp_path / "broken.yaml").write_text("office: [", encoding="utf-8")
    files = [str(path) for path in (good, hours, areas, tmp_path / "broken.yaml", tmp_path / "missing.yaml")]
    ended = await tohotro(tmp_path, "check", *files, TOHOTRO_HTTP_PORT="99999", TOHOTRO_OFICES="x")
    assert ended.code == exits.FAILED
    for place, what in (
        ("TOHOTRO_HTTP_PORT", "65535"),
        ("hours.yaml:", "overlap"),
        ("hours.yaml:", "'colour'"),
        ("areas.yaml:", "Did you mean 'ho-tich'?"),
        ("areas.yaml:", "nobody handles"),
        ("broken.yaml:", "cannot be understood"),
        ("missing.yaml:", "no such file"),
        ("TOHOTRO_OFICES", "did you mean TOHOTRO_OFFICES?"),
    ):
        assert any(place in line and what in line for line in ended.out.splitlines()), (place, what, ended.out)
    assert "1 office in order" in ended.out


async def test_an_end_of_waiting_before_its_first_reminder_is_named_with_its_line(
    tmp_path: Path, office_file: Write
) -> None:
    path = office_file(channels=[], waiting={"remind_after": "3d", "close_after": "3d"})
    ended = await tohotro(tmp_path, "check", str(path))
    assert ended.code == exits.FAILED
    number = next(at for at, line in enumerate(path.read_text("utf-8").splitlines(), 1) if '"close_after"' in line)
    [told] = [line for line in ended.out.splitlines() if "close_after" in line]
    assert f"{path.name}:{number}: a ticket would be given up before its resident is reminded" in told
    assert "Let close_after be longer than remind_after" in told


async def test_without_files_it_looks_where_the_program_looks(tmp_path: Path, office_file: Write) -> None:
    path = office_file(channels=[], hours={})
    (tmp_path / ".env").write_text(f"TOHOTRO_OFFICES={path}\n", encoding="utf-8")
    ended = await tohotro(tmp_path, "check")
    assert ended.code == exits.FAILED
    assert "the office is never open" in ended.out


async def test_a_channel_that_waits_to_be_called_where_nobody_is_told_is_noticed(
    tmp_path: Path, office_file: Write
) -> None:
    path = office_file(channels=[ZALO | {"mode": "webhook"}])
    environ = {"THU_TOKEN": "145900:abcdefgh", "THU_URL": "http://127.0.0.1:9"}
    ended = await tohotro(tmp_path, "check", str(path), **environ)
    assert "Set TOHOTRO_PUBLIC_URL" in ended.out
    told = await tohotro(tmp_path, "check", str(path), TOHOTRO_PUBLIC_URL="https://hotro.example.vn", **environ)
    assert "Set TOHOTRO_PUBLIC_URL" not in told.out


async def test_an_address_without_https_is_noticed_where_the_network_takes_no_other(
    tmp_path: Path, office_file: Write
) -> None:
    path = str(office_file(channels=[OA]))
    told = await tohotro(tmp_path, "check", path, TOHOTRO_PUBLIC_URL="http://192.0.2.10:8080")
    assert "'oa' is brought events at https addresses only" in told.out
    right = await tohotro(tmp_path, "check", path, TOHOTRO_PUBLIC_URL="https://hotro.example.vn")
    assert "https addresses only" not in right.out


async def test_an_account_nobody_has_consented_to_is_told_how(
    tmp_path: Path, office_file: Write, empty_stores: None
) -> None:
    ended = await tohotro(tmp_path, "check", str(office_file(channels=[OA])), "--online")
    assert ended.code == exits.FAILED
    assert "has not been let in" in ended.out
    assert "`tohotro zalo-oa connect --office phuong-thu`" in ended.out
    assert "take them from the provider again" not in ended.out


@pytest.mark.parametrize(
    ("token", "code", "says"),
    [
        pytest.param("", 0, "✔ phuong-thu, channel zalo: bot.", id="a token the provider knows"),
        pytest.param("145900:wrongwrong", exits.FAILED, "credentials are not accepted", id="a token it does not know"),
    ],
)
async def test_asked_to_go_online_it_says_who_the_provider_says_we_are(
    tmp_path: Path, office_file: Write, token: str, code: int, says: str
) -> None:
    networks = await server.start(page=False)
    line: dict[str, Any] = networks.networks_line()["zalo_bot"]
    environ = {"THU_TOKEN": token or line["token"], "THU_URL": line["api_url"]}
    ended = await tohotro(tmp_path, "check", str(office_file(channels=[ZALO])), "--online", **environ)
    await networks.stop()
    assert ended.code == code, ended.out
    assert says in ended.out
    assert environ["THU_TOKEN"] not in ended.out + ended.err


async def test_a_provider_that_cannot_be_reached_is_named_with_its_address(tmp_path: Path, office_file: Write) -> None:
    environ = {"THU_TOKEN": "145900:abcdefgh", "THU_URL": "http://127.0.0.1:9"}
    ended = await tohotro(tmp_path, "check", str(office_file(channels=[ZALO])), "--online", **environ)
    assert ended.code == exits.FAILED
    assert "see that http://127.0.0.1:9 can be reached" in ended.out
    assert "Traceback" not in ended.err
