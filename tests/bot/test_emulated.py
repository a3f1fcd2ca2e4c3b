"""`tohotro sandbox`: the helpdesk on emulated networks, and nothing that could reach a real one."""

import asyncio
import json
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot import exits, wiring
from bot.emulated import office_against
from channels import registry
from config.errors import ConfigError
from config.office import load_offices
from tests.bot.program import LIMIT, started, tohotro
from tests.bot.web_office import CHANNELS

NETWORKS = {
    "telegram": {"api_url": "http://127.0.0.1:1/telegram", "token": "7:abc"},
    "smsgate": {
        "api_url": "http://127.0.0.1:1/sms",
        "username": "u",
        "password": "matkhau1",
        "signing_key": "khoa1234",
    },
}
SHIPPED = Path(__file__).parents[2] / "config" / "offices"


def test_every_channel_of_the_copy_is_on_an_emulated_network(tmp_path: Path) -> None:
    copy = tmp_path / "copy.yaml"
    environ = office_against(SHIPPED, NETWORKS, copy)
    loaded = load_offices(copy, environ, registry.schemas())
    assert not loaded.mistakes
    (office,) = loaded.offices
    assert [getattr(one, "api_url", "") for one in office.channels] == [one["api_url"] for one in NETWORKS.values()]
    assert "matkhau1" not in copy.read_text(encoding="utf-8")


def test_a_channel_whose_network_is_not_emulated_is_left_out(tmp_path: Path, office_file: Callable[..., Path]) -> None:
    environ = office_against(office_file(), NETWORKS, tmp_path / "copy.yaml")
    loaded = load_offices(tmp_path / "copy.yaml", environ, registry.schemas())
    kept = [getattr(one, "name", "") for one in loaded.offices[0].channels]
    assert kept == ["telegram"]
    assert len(CHANNELS) > 1


def test_what_is_no_office_file_is_told_so(tmp_path: Path) -> None:
    path = tmp_path / "office.yaml"
    for text in ("- a list", "channels: none", "channels: [", ""):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(ConfigError, match="no office file"):
            office_against(path, NETWORKS, tmp_path / "copy.yaml")


async def first_line(process: asyncio.subprocess.Process) -> dict[str, Any]:
    assert process.stdout is not None
    async with asyncio.timeout(LIMIT):
        found: dict[str, Any] = json.loads(await process.stdout.readline())
    return found


async def test_the_sandbox_says_where_it_is_answers_a_resident_and_ends_when_asked(tmp_path: Path) -> None:
    environ = {"TOHOTRO_OFFICES": str(SHIPPED), "BNT_TELEGRAM_TOKEN": "7:a-real-token"}
    process = await started(tmp_path, "sandbox", "--port", "0", **environ)
    try:
        line = await first_line(process)
        assert line["page"].startswith("http://127.0.0.1:")
        assert set(line["telegram"]) == {"api_url", "token"}
        assert set(line["zalo_bot"]) == {"api_url", "token"}
        assert set(line["smsgate"]) == {"api_url", "username", "password", "signing_key"}
        async with httpx.AsyncClient(base_url=line["page"], trust_env=False) as page:
            assert (await page.get("/")).status_code == 200
            words = {"network": "zalo_bot", "from": "a1", "text": "lam giay khai sinh cho con"}
            assert (await page.post("/sandbox/control/say", json=words)).status_code == 200
            async with asyncio.timeout(20):
                while True:
                    seen = await page.get("/sandbox/control/seen", params={"network": "zalo_bot", "chat": "a1"})
                    if any("Hộ tịch" in message["text"] for message in seen.json()):
                        break
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(10):
            _, err = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode == 0, err.decode()
    assert b"Traceback" not in err


async def test_only_the_networks_can_be_had(tmp_path: Path) -> None:
    process = await started(tmp_path, "sandbox", "--only-networks", "--port", "0")
    try:
        line = await first_line(process)
        telegram = line["telegram"]
        async with httpx.AsyncClient(trust_env=False) as client:
            me = await client.get(f"{telegram['api_url']}/bot{telegram['token']}/getMe")
        assert me.json()["ok"] is True
        process.send_signal(signal.SIGINT)
        async with asyncio.timeout(10):
            await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode == 0


async def test_a_port_that_is_taken_is_told_with_the_way_out(tmp_path: Path) -> None:
    taken = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = taken.sockets[0].getsockname()[1]
    ended = await tohotro(tmp_path, "sandbox", "--only-networks", "--port", str(port))
    taken.close()
    assert ended.code == exits.CONFIG
    assert "--port" in ended.err


async def test_settings_can_be_overruled_so_that_a_sandbox_never_uses_the_offices_own_stores(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TOHOTRO_DATABASE_URL", "postgresql://real@127.0.0.1:9/real")
    assert wiring.settings(database_url="").database_url == ""
