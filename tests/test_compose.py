"""compose.yaml is valid, and what it names exists."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    found: dict[str, Any] = YAML(typ="safe").load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    return found


def test_it_is_what_the_compose_specification_describes() -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", "compose.yaml"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_services_wait_for_services_that_exist_and_can_tell_how_they_are(compose: dict[str, Any]) -> None:
    services = compose["services"]
    for name, service in services.items():
        for other, wait in service.get("depends_on", {}).items():
            assert other in services, f"{name} waits for {other}, which does not exist"
            if wait["condition"] == "service_healthy":
                assert "healthcheck" in services[other], f"{name} waits for the health of {other}, which has no check"
            if wait["condition"] == "service_completed_successfully":
                assert services[other]["restart"] == "no", f"{name} waits for the end of {other}, which never ends"


def test_every_named_volume_is_declared_and_every_declared_one_is_used(compose: dict[str, Any]) -> None:
    mounted = {
        volume.split(":")[0]
        for service in compose["services"].values()
        for volume in service.get("volumes", [])
        if not volume.startswith((".", "/"))
    }
    assert mounted == set(compose["volumes"])


def test_folders_of_ours_that_are_mounted_exist(compose: dict[str, Any]) -> None:
    for service in compose["services"].values():
        for volume in service.get("volumes", []):
            if volume.startswith("."):
                assert (ROOT / volume.split(":")[0]).is_dir(), volume


def test_addresses_name_services(compose: dict[str, Any]) -> None:
    for service in compose["services"].values():
        for value in service.get("environment", {}).values():
            for host in re.findall(r"://(?:[^@/]*@)?([a-z]+):\d+", str(value)):
                assert host in compose["services"], value


def test_web_and_worker_start_after_the_migration_and_migrate_runs_the_migration(compose: dict[str, Any]) -> None:
    services = compose["services"]
    assert services["migrate"]["command"] == ["migrate"]
    for part in ("web", "worker"):
        assert services[part]["command"] == [part]
        assert services[part]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"


def test_no_secret_is_written_inside_and_nothing_sleeps(compose: dict[str, Any]) -> None:
    for service in compose["services"].values():
        for name, value in service.get("environment", {}).items():
            if "PASSWORD" in name or "PASSWORD" in str(value):
                assert "${POSTGRES_PASSWORD:?" in str(value)
        command = " ".join(service.get("command", []))
        assert "sleep" not in command
