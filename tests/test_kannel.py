"""`make kannel` where there is no Kannel and none can be had, and what a handset makes of the lines it is sent.

The proofs themselves are run by `make kannel`; they need the Debian package.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import pytest

from benchmarks.handset import Seen, mo

ROOT = Path(__file__).parent.parent
HOA = "+84912345678"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        pytest.param(["--if-possible"], 0, id="the continuous check is not failed by it"),
        pytest.param([], 2, id="whoever asked for it is told by the exit code"),
    ],
)
def test_a_machine_that_cannot_have_it_says_why(tmp_path: Path, words: list[str], code: int) -> None:
    environ = {key: value for key, value in os.environ.items() if key != "PATH"}
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.kannel", *words],
        cwd=ROOT,
        env=environ | {"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == code, done.stderr
    assert "Kannel was NOT tried: this machine has no apt-get" in done.stderr
    assert json.loads(done.stdout)["kannel"] == "not tried"


def line(kind: str, data: str) -> bytes:
    return f"8088 {HOA} {kind} {data}\n".encode()


def part(total: int, number: int, words: str) -> bytes:
    header = quote(bytes([5, 0, 3, 77, total, number]), safe="")
    return line("udh", f"{header} data {quote(words.encode('utf-16-be'), safe='')}")


def test_a_handset_shows_what_it_was_sent_and_joins_parts_in_any_order() -> None:
    seen = Seen()
    seen.read(line("text", "xin chao"))
    seen.read(line("ucs-2", quote("Dạ, vâng ạ".encode("utf-16-be"), safe="")))
    for number, words in ((3, "ba"), (1, "một "), (2, "hai ")):
        seen.read(part(3, number, words))
    assert seen.texts[HOA] == ["xin chao", "Dạ, vâng ạ", "một hai ba"]
    assert seen.lines == 5


def test_a_handset_writes_what_kannel_reads() -> None:
    assert mo(HOA, "8088", "ạ b") == f"{HOA} 8088 ucs2 %1E%A1%00%20%00b"
