"""What a file says it is, by type and by name, against what it begins with."""

import pytest

from bot.sniffing import lies, real_type

PNG, PDF, PROGRAM, PAGE = b"\x89PNG\r\n\x1a\n..", b"%PDF-1.7", b"MZ\x90", b"<html><script>"


@pytest.mark.parametrize(
    ("content", "declared", "name", "lie"),
    [
        pytest.param(PDF, "application/pdf", "don.pdf", False, id="a paper"),
        pytest.param(PNG, "image/jpeg", "anh.jpg", False, id="a picture of another kind harms nobody"),
        pytest.param(PROGRAM, "image/jpeg", "anh.jpg", True, id="a program called a picture"),
        pytest.param(PROGRAM, "application/octet-stream", "don.pdf", True, id="a program with the name of a paper"),
        pytest.param(PROGRAM, "", "don.docx", True, id="a program with the name of a letter"),
        pytest.param(PAGE, "application/pdf", "don.pdf", True, id="a web page called a paper"),
        pytest.param(PROGRAM, "application/octet-stream", "cai-dat.exe", False, id="a program that says so"),
        pytest.param(b"PK\x03\x04", "", "don.docx", False, id="a letter begins as an archive does"),
        pytest.param(b"\x00\x01", "application/pdf", "don.pdf", True, id="nothing known called a paper"),
        pytest.param("Kính gửi".encode(), "text/plain", "don.txt", False, id="words"),
        pytest.param(b"", "", "", False, id="nothing at all"),
    ],
)
def test_a_file_is_taken_for_what_it_begins_with(content: bytes, declared: str, name: str, lie: bool) -> None:
    assert lies(content, declared, name) is lie


def test_the_type_of_a_lie_is_what_it_is() -> None:
    assert real_type(PROGRAM, "image/jpeg") == ("application/x-msdownload", True)
