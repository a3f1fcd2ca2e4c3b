"""Are teencode, abbreviations and slips of the finger read as the words that were meant?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets.shorthand import read, speller, words

READINGS = [
    ("lm gks cho bé mún mấy ngày", "lam giay khai sinh cho be muon may ngay", "a common paper and everyday teencode"),
    ("CCCD hết hạn dc ko ạ", "can cuoc het han duoc khong a", "capitals and two short words"),
    ("hk có j đâu", "khong co gi dau", "hk as the Southern không"),
    ("nhập hk cho vk", "nhap ho khau cho vo", "hk behind a word that goes with hộ khẩu"),
    ("hoc mn tu thuc", "hoc mam non tu thuc", "mn behind a word of school"),
    ("chao mn", "chao moi nguoi", "mn as everybody"),
    ("ck mk 45t r", "chong minh 45 tuoi roi", "an age"),
    ("ra đời 2t nay", "ra doi 2 tuoi nay", "a number with t is an age"),
    ("đăng kí, xử lí", "dang ky xu ly", "i for y"),
    ("sao-y/2 bản... gấp!!! 😭", "sao y 2 ban gap", "signs and emoji"),
    ("ks_cho_con", "khai sinh cho con", "underscores"),
    ("", "", "nothing"),
]


@pytest.mark.parametrize(("text", "meant"), [pytest.param(*row[:2], id=row[2]) for row in READINGS])
def test_is_read_as(text: str, meant: str) -> None:
    assert " ".join(words(text)) == meant


KNOWN = speller(
    [("khai", "sinh"), ("tam", "tru"), ("phuong",), ("chung", "thuc"), ("xong",), ("giay", "to"), ("dien",)]
)

SLIPS = [
    ("pường", "phuong", "a letter left out"),
    ("phuwowng", "phuong", "telex keys that stayed letters"),
    ("giaasy", "giay", "telex keys in the middle"),
    ("khaisinh", "khai sinh", "two words joined that often stand together"),
    ("fường", "phuong", "f for ph"),
    ("zien", "dien", "z for d"),
    ("xnog", "xong", "two letters swapped"),
    ("nguyen", "nguyen", "a syllable we know nothing about is left alone"),
    ("facebook", "facebook", "a foreign word is left alone"),
    ("abc123", "abc123", "a code is left alone"),
]


@pytest.mark.parametrize(("typed", "meant"), [pytest.param(*row[:2], id=row[2]) for row in SLIPS])
def test_slips_are_mended(typed: str, meant: str) -> None:
    assert " ".join(KNOWN.mend(read(typed)).words) == meant


def test_marks_are_known_where_they_were_written() -> None:
    accented = read("chùa ở đâu ạ")
    assert accented.words == ["chua", "o", "dau", "a"]
    assert accented.marks[0] != read("chưa ở đâu ạ").marks[0]
    assert read("hoà").marks == read("hòa").marks  # the two places a mark may stand
    assert read("chua o dau").marks == [None, None, None]
    assert read("dc chùa").marks[0] is None  # nobody can say which marks an abbreviation would have had


@given(st.text())
def test_any_text_is_read_and_mended(text: str) -> None:
    reading = KNOWN.mend(read(text))
    assert len(reading.words) == len(reading.marks)
    assert all(word and " " not in word for word in reading.words)
