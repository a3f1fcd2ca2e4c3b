"""Does `tohotro report` write what was asked for, and say plainly what makes no sense?"""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from config.embedded import Stores

ROOT = Path(__file__).resolve().parents[2]
Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def run(stores: Stores, schema: None, tmp_path: Path) -> Run:
    def report(*words: str, **environ: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-W", "error", "-m", "bot", "report", *words],
            cwd=ROOT,
            env={
                **os.environ,
                "TOHOTRO_DATABASE_URL": stores.database_url,
                "TOHOTRO_REDIS_URL": stores.redis_url,
                "TOHOTRO_OFFICES": str(ROOT / "config" / "offices"),
                **environ,
            },
            capture_output=True,
            text=True,
            check=False,
        )

    return report


WEEK = ("--from", "2026-03-02", "--to", "2026-03-08")


@pytest.mark.parametrize(
    ("name", "begins"), [("bao cao.docx", b"PK"), ("b.XLSX", b"PK"), ("b.json", b"{")], ids=["docx", "xlsx", "json"]
)
def test_a_report_is_written(run: Run, tmp_path: Path, name: str, begins: bytes) -> None:
    out = tmp_path / name
    done = run("--office", "nam-gia-nghia", *WEEK, "--out", str(out), TZ="America/New_York")
    assert done.returncode == 0, done.stderr
    assert out.read_bytes().startswith(begins)
    assert [one.name for one in tmp_path.iterdir()] == [name]
    assert out.stat().st_mode & 0o077 == 0
    if name.endswith("json"):
        found = json.loads(out.read_text())
        assert found["period"]["from"] == "2026-03-01T17:00:00+00:00"  # midnight of the office
        assert found["period"]["until"] == "2026-03-08T17:00:00+00:00"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        pytest.param(("--office", "nam-gia-nghi", *WEEK, "--out", "a.docx"), "no office 'nam-gia-nghi'", id="office"),
        pytest.param((*WEEK, "--out", "a.docx"), "Say which office is meant", id="two offices and none named"),
        pytest.param(
            ("--office", "nam-gia-nghia", "--from", "02/03/2026", "--to", "2026-03-08", "--out", "a.docx"),
            "year-month-day: 2026-03-02",
            id="a day as people write it",
        ),
        pytest.param(
            ("--office", "nam-gia-nghia", "--from", "2026-02-30", "--to", "2026-03-08", "--out", "a.docx"),
            "there is no day 2026-02-30",
            id="a day that does not exist",
        ),
        pytest.param(
            ("--office", "nam-gia-nghia", "--from", "2026-03-08", "--to", "2026-03-02", "--out", "a.docx"),
            "earlier day at --from",
            id="the end before the beginning",
        ),
        pytest.param(
            ("--office", "nam-gia-nghia", *WEEK, "--out", "a.pdf"), "End it with .docx, .xlsx, .json", id="a format"
        ),
        pytest.param(
            ("--office", "nam-gia-nghia", *WEEK, "--out", "nowhere/a.docx"), "no folder nowhere", id="a folder"
        ),
    ],
)
def test_what_makes_no_sense_is_said_before_anything_is_opened(run: Run, words: tuple[str, ...], sentence: str) -> None:
    done = run(*words)
    assert done.returncode == 2
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
