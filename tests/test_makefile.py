"""`make` alone tells what there is, and on a machine where something is missing it says what."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TARGETS = {
    "accuracy",
    "demo",
    "run",
    "sandbox",
    "test",
    "bench",
    "bench-time",
    "chaos",
    "check",
    "learn",
    "lint",
    "types",
    "format",
    "generated",
    "kannel",
    "lock",
    "storm",
    "clean",
}


def make(folder: Path, *words: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """`make WORDS` in `folder`, with an environment of almost nothing."""
    return subprocess.run(
        ["make", *words],
        cwd=folder,
        env={"PATH": os.environ["PATH"]} | environ,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A fresh checkout, as far as make looks at it, in a path with a space."""
    folder = tmp_path / "tổ hỗ trợ"
    (folder / "bot").mkdir(parents=True)
    for name in ("Makefile", "requirements.lock", "requirements-dev.lock", "bot/launcher.sh"):
        shutil.copy(ROOT / name, folder / name)
    return folder


def test_make_alone_lists_every_target(checkout: Path) -> None:
    done = make(checkout)
    assert done.returncode == 0
    assert set(re.findall(r"(?m)^  make ([a-z-]+) ", done.stdout)) == TARGETS
    assert not (checkout / ".venv").exists()


@pytest.mark.parametrize(
    ("python", "says"),
    [
        pytest.param(None, "Python 3.11 or later is needed", id="no Python at all"),
        pytest.param(
            "#!/bin/sh\necho Python 3.9.2; exit 1\n", "is not that: Python 3.9.2", id="a Python that is too old"
        ),
        pytest.param(
            '#!/bin/sh\ncase "$*" in *ensurepip*) exit 1;; esac\nexit 0\n',
            "apt install python3-venv",
            id="a Debian without python3-venv",
        ),
    ],
)
def test_what_is_missing_is_named_with_the_way_to_get_it(checkout: Path, python: str | None, says: str) -> None:
    fake = checkout / "python-of-the-test"
    if python is not None:
        fake.write_text(python, encoding="utf-8")
        fake.chmod(0o755)
    done = make(checkout, "demo", "PYTHON=./python-of-the-test")
    assert done.returncode != 0
    assert says in done.stderr
    assert not (checkout / ".venv").exists()


def test_an_environment_made_from_the_present_lock_is_used_as_it_is(checkout: Path) -> None:
    bin_ = checkout / ".venv" / "bin"
    bin_.mkdir(parents=True)
    (bin_ / "python").write_text("#!/bin/sh\necho ran: $*\n", encoding="utf-8")
    (bin_ / "python").chmod(0o755)
    made = make(checkout, "demo")
    assert "pip install" in made.stdout
    assert made.stdout.rstrip().endswith("ran: -m bot demo")
    again = make(checkout, "demo")
    assert (again.returncode, again.stdout) == (0, "ran: -m bot demo\n")
    with (checkout / "requirements.lock").open("a", encoding="utf-8") as lock:
        lock.write("# another\n")
    assert "pip install" in make(checkout, "demo").stdout


def test_what_is_installed_to_test_is_enough_to_run(checkout: Path) -> None:
    bin_ = checkout / ".venv" / "bin"
    bin_.mkdir(parents=True)
    (bin_ / "python").write_text("#!/bin/sh\necho ran: $*\n", encoding="utf-8")
    (bin_ / "python").chmod(0o755)
    assert "requirements-dev.lock" in make(checkout, "test").stdout
    assert "pip install" not in make(checkout, "demo").stdout


def test_cleaning_never_touches_what_residents_wrote(checkout: Path) -> None:
    (checkout / "data").mkdir()
    (checkout / "data" / "letters").touch()
    (checkout / ".env").touch()
    assert make(checkout, "clean").returncode == 0
    assert (checkout / "data" / "letters").exists()
    assert (checkout / ".env").exists()


def test_the_lock_files_pin_by_hash_and_name_no_host() -> None:
    runtime, dev = (
        (ROOT / name).read_text(encoding="utf-8") for name in ("requirements.lock", "requirements-dev.lock")
    )
    for text in (runtime, dev):
        assert "://" not in text
        assert text.count("==") <= text.count("--hash=sha256:")
    pins = [set(re.findall(r"(?m)^[\w.-]+==[^ \\]+", text)) for text in (runtime, dev)]
    assert pins[0] <= pins[1]
