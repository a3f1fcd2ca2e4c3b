"""The process settings: where values come from, and what is said about wrong ones."""

from pathlib import Path

import pytest

from config import settings
from config.errors import ConfigError
from config.settings import PREFIX, Settings


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No .env and no variable of ours but what a test sets."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(PREFIX + name.upper(), raising=False)


def test_nothing_need_be_set() -> None:
    found = Settings()
    assert (found.database_url, found.redis_url) == ("", "")
    assert (found.data_dir, found.offices) == (Path("data"), Path("config/offices"))
    assert (found.http_host, found.http_port, found.public_url) == ("127.0.0.1", 8080, "")
    assert (found.log_level, found.log_format, found.language) == ("INFO", "text", "vi")


def test_the_names_are_those_of_the_design_and_each_is_described() -> None:
    assert {PREFIX + name.upper() for name in Settings.model_fields} == {
        "TOHOTRO_DATABASE_URL",
        "TOHOTRO_REDIS_URL",
        "TOHOTRO_DATA_DIR",
        "TOHOTRO_KEEP_RAW_DAYS",
        "TOHOTRO_OFFICES",
        "TOHOTRO_HTTP_HOST",
        "TOHOTRO_HTTP_PORT",
        "TOHOTRO_PUBLIC_URL",
        "TOHOTRO_LOG_LEVEL",
        "TOHOTRO_LOG_FORMAT",
        "TOHOTRO_LANGUAGE",
    }
    assert all(info.description for info in Settings.model_fields.values())


def test_the_environment_overrules_the_file_and_empty_is_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text(
        "TOHOTRO_HTTP_PORT=9000\nTOHOTRO_LANGUAGE=en\nTOHOTRO_LOG_LEVEL=debug\nTOHOTRO_REDIS_URL=\nBNT_X=1\n"
    )
    monkeypatch.setenv("TOHOTRO_HTTP_PORT", "9001")
    monkeypatch.setenv("TOHOTRO_PUBLIC_URL", "https://hotro.example.vn/")
    found = Settings()
    assert (found.http_port, found.language, found.log_level, found.redis_url) == (9001, "en", "DEBUG", "")
    assert found.public_url == "https://hotro.example.vn"


def test_passwords_are_not_in_what_is_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOHOTRO_DATABASE_URL", "postgresql://u:hush@db/x")
    monkeypatch.setenv("TOHOTRO_REDIS_URL", "redis://:hush@cache/0")
    found = Settings()
    assert "hush" in found.database_url
    assert "hush" not in f"{found!r} {found}"


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        pytest.param("HTTP_PORT", "http", "TOHOTRO_HTTP_PORT: .*integer", id="a port in words"),
        pytest.param("HTTP_PORT", "70000", "TOHOTRO_HTTP_PORT: .*65535", id="a port too high"),
        pytest.param("LOG_FORMAT", "xml", "TOHOTRO_LOG_FORMAT: .*'text' or 'json'", id="a log format"),
        pytest.param("DATABASE_URL", "sqlite:///hush", "TOHOTRO_DATABASE_URL: only PostgreSQL serves", id="SQLite"),
        pytest.param("REDIS_URL", "hush:6379", "TOHOTRO_REDIS_URL: write redis://", id="no scheme"),
        pytest.param("PUBLIC_URL", "hotro.example.vn", "TOHOTRO_PUBLIC_URL: write the whole address", id="no https"),
    ],
)
def test_a_wrong_value_is_named_but_not_shown(
    name: str, value: str, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(PREFIX + name, value)
    with pytest.raises(ConfigError, match=sentence) as caught:
        Settings()
    assert "hush" not in str(caught.value)
    assert ".env" in str(caught.value)


def test_all_wrong_values_are_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOHOTRO_HTTP_PORT", "x")
    monkeypatch.setenv("TOHOTRO_LOG_FORMAT", "x")
    with pytest.raises(ConfigError, match=r"TOHOTRO_HTTP_PORT.*TOHOTRO_LOG_FORMAT"):
        Settings()


def test_an_office_file_may_name_what_stands_in_the_env_file(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text("BNT_A=one\nBNT_B='${BNT_A} $x'\nBNT_C=file\nBNT_BARE\n", encoding="utf-8")
    monkeypatch.setenv("BNT_C", "process")
    found = settings.environment()
    assert {name: found[name] for name in ("BNT_A", "BNT_B", "BNT_C")} == {
        "BNT_A": "one",
        "BNT_B": "${BNT_A} $x",
        "BNT_C": "process",
    }
    assert "BNT_BARE" not in found


def test_an_env_file_in_another_encoding_is_named() -> None:
    Path(".env").write_bytes("BNT_A=phường".encode("utf-16"))
    with pytest.raises(ConfigError, match="UTF-8"):
        settings.environment()
    with pytest.raises(ConfigError, match="UTF-8"):
        Settings()


def test_a_misspelt_setting_does_not_go_unnoticed() -> None:
    found = settings.misspelt({"TOHOTRO_DATABSE_URL": "x", "TOHOTRO_HTTP_PORT": "1", "PATH": "x", "TOHOTRO_QQQ": "x"})
    assert found[0] == "TOHOTRO_DATABSE_URL is set, but there is no such setting: did you mean TOHOTRO_DATABASE_URL?"
    assert found[1].startswith("TOHOTRO_QQQ is set, but there is no such setting: known are TOHOTRO_")
    assert len(found) == 2
