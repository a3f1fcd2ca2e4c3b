"""What the log holds, and what never gets there."""

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from bot import logs

SECRET = "bi-mat-rat-dai"


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    logs.configure("INFO", "json", (SECRET, "1234"), stream)
    yield stream
    logs.configure("WARNING")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("gọi 0912345678 nhé", "gọi …678 nhé", id="a number as people write it"),
        pytest.param("gọi 0912 345 678", "gọi …678", id="in groups"),
        pytest.param("0258.3822.229", "…229", id="a landline with dots"),
        pytest.param("+84912345678", "…678", id="as networks write it"),
        pytest.param("84912345678", "…678", id="without the plus"),
        pytest.param("CCCD 001099012345", "CCCD …345", id="an identity card"),
        pytest.param("CMND 225123456,", "CMND …456,", id="an old identity card"),
        pytest.param(f"https://x/bot{SECRET}/getMe", "https://x/bot[secret]/getMe", id="a secret inside an address"),
        pytest.param("phiếu 1234, thủ tục 1.001193", "phiếu 1234, thủ tục 1.001193", id="numbers of ours stay"),
        pytest.param("2026-11-21T20:26:00.123456+00:00", "2026-11-21T20:26:00.123456+00:00", id="a moment stays"),
        pytest.param("http://127.0.0.1:8080/x", "http://127.0.0.1:8080/x", id="an address of a machine stays"),
        pytest.param("9f86d081884c7d659a2feaa0c55ad015", "9f86d081884c7d659a2feaa0c55ad015", id="a digest stays"),
    ],
)
def test_numbers_of_people_and_secrets_are_masked_wherever_they_stand(
    written: io.StringIO, text: str, shown: str
) -> None:
    log = structlog.get_logger("bot.test")
    log.info(text, plain=text, deep={"list": [text, ("x", text)]})
    line = json.loads(written.getvalue())
    assert (line["event"], line["plain"]) == (shown, shown)
    assert line["deep"] == {"list": [shown, ["x", shown]]}


def test_tracebacks_and_the_lines_of_libraries_are_masked_too(written: io.StringIO) -> None:
    try:
        int(f"{SECRET} for 0912345678")
    except ValueError:
        structlog.get_logger("bot.test").exception("failed", reference="ABCD1234")
        logging.getLogger("library").exception("failed with %s", SECRET)
    ours, theirs = map(json.loads, written.getvalue().splitlines())
    assert "ValueError: invalid literal for int() with base 10: '[secret] for …678'" in ours["exception"]
    assert (ours["reference"], ours["level"]) == ("ABCD1234", "error")
    assert theirs["event"] == "failed with [secret]"
    assert SECRET not in written.getvalue()


def test_libraries_that_log_addresses_are_quiet(written: io.StringIO) -> None:
    logging.getLogger("httpx").info("HTTP Request: POST https://api/bot1:x/getMe")
    logging.getLogger("aiogram.event").info("Update id=1 is handled")
    logging.getLogger("httpx").warning("something is wrong")
    assert [json.loads(line)["logger"] for line in written.getvalue().splitlines()] == ["httpx"]


def test_configuring_twice_writes_each_line_once(written: io.StringIO) -> None:
    again = io.StringIO()
    logs.configure("INFO", "text", (), again)
    structlog.get_logger("bot.test").info("một dòng")
    assert again.getvalue().count("một dòng") == 1
    assert written.getvalue() == ""


def test_a_reference_can_be_read_out_over_the_telephone() -> None:
    references = {logs.reference() for _ in range(500)}
    assert len(references) == 500
    for one in references:
        assert len(one) == 8
        assert not set(one) & set("ILOU")
