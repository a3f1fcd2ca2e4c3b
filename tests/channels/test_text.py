"""Text between people and networks: cleaning, splitting, unmarking, counting."""

import itertools
import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.contract import Button
from channels.text import (
    CUT_MARK,
    MAX_INBOUND,
    Parts,
    clean,
    gsm7_units,
    line,
    numbered,
    plain,
    sms_parts,
    split,
    storable,
    utf16_units,
)

ANY_TEXT = st.text(st.characters(), max_size=400)  # lone surrogates and control characters included
FAMILY = "👨‍👩‍👧"  # three people joined: eight UTF-16 units
FLAG = "🇻🇳"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param("Phường Bắc Nha Trang", "Phường Bắc Nha Trang", id="ordinary words stay"),
        pytest.param(unicodedata.normalize("NFD", "Đường phố"), "Đường phố", id="decomposed letters are composed"),
        pytest.param("a\x00b", "ab", id="NUL is removed"),
        pytest.param("a\ud800b", "a\ufffdb", id="a lone surrogate is replaced"),
        pytest.param("a\r\nb\rc\u2028d", "a\nb\nc\nd", id="line ends are one kind"),
        pytest.param("a\tb\x07\x1b[31mc\x9f", "a\tb[31mc", id="control characters go, tab stays"),
        pytest.param("gửi\u202eexe.pdf\u2066x\u2069\u200f", "gửiexe.pdfx", id="direction marks go"),
        pytest.param("<b>&amp;*_[x](y)", "<b>&amp;*_[x](y)", id="markup is words like any other"),
        pytest.param(FAMILY + FLAG, FAMILY + FLAG, id="joined emoji stay joined"),
        pytest.param("", "", id="nothing stays nothing"),
    ],
)
def test_words_of_a_stranger_become_storable(given: str, expected: str) -> None:
    assert clean(given) == expected


def test_a_text_of_100_000_characters_is_cut_with_a_mark() -> None:
    cut = clean("ố" * 100_000)
    assert len(cut) == MAX_INBOUND
    assert cut.endswith("ố" + CUT_MARK)
    assert clean("x" * MAX_INBOUND) == "x" * MAX_INBOUND


def test_a_run_of_combining_marks_is_shortened() -> None:
    # Normalising such a run costs its length squared: one megabyte of it would hold up everything for minutes.
    hostile = "a" + "\u0301\u0327" * 500_000
    assert len(clean(hostile)) < 100


@given(ANY_TEXT)
def test_cleaned_text_is_stable_and_storable(text: str) -> None:
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    assert storable(cleaned) == cleaned
    cleaned.encode()
    assert "\x00" not in cleaned


def test_names_are_one_line() -> None:
    assert line("  Nguyễn\n\tVăn\u202e  A ") == "Nguyễn Văn A"
    assert len(line("a" * 1000)) == 200


def test_payloads_become_storable_in_depth() -> None:
    assert storable({"a\x00": ["\ud83d", {"b": "\x00", "c": 1, "d": None}]}) == {
        "a": ["\ufffd", {"b": "", "c": 1, "d": None}],
    }


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        pytest.param("ngắn", 100, ["ngắn"], id="what fits is one part"),
        pytest.param(" \n ", 100, [], id="white space is nothing to say"),
        pytest.param("Một đoạn.\n\nHai đoạn ở đây", 18, ["Một đoạn.", "Hai đoạn ở đây"], id="at a paragraph"),
        pytest.param("Dòng một ở đây\nDòng hai", 18, ["Dòng một ở đây", "Dòng hai"], id="at a line"),
        pytest.param("Xin chào bạn. Rất vui được gặp", 20, ["Xin chào bạn.", "Rất vui được gặp"], id="at a sentence"),
        pytest.param("không có dấu chấm nào cả", 12, ["không có dấu", "chấm nào cả"], id="at a word, the limit exact"),
        pytest.param("a. bbbbbbbbb cccccc", 14, ["a. bbbbbbbbb", "cccccc"], id="no tiny first part for a sentence"),
        pytest.param("abcdefghij", 4, ["abcd", "efgh", "ij"], id="inside a word when there is no other way"),
        pytest.param("a😀😀", 2, ["a", "😀", "😀"], id="an emoji is two units and stays whole"),
        pytest.param("ab" + FAMILY, 9, ["ab", FAMILY], id="a family stays together"),
        pytest.param("a" + FLAG, 4, ["a", FLAG], id="a flag stays whole"),
        pytest.param("abe\u0323x", 3, ["ab", "e\u0323x"], id="a mark stays on its letter"),
    ],
)
def test_long_texts_are_cut_where_a_reader_would(text: str, limit: int, expected: list[str]) -> None:
    assert split(text, limit) == expected


@given(st.text(st.characters(codec="utf-8"), max_size=300), st.integers(2, 50))
def test_parts_fit_and_lose_nothing_but_white_space(text: str, limit: int) -> None:
    parts = split(text, limit)
    assert all(part and utf16_units(part) <= limit for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


def test_a_part_must_hold_an_emoji() -> None:
    with pytest.raises(ValueError, match="two UTF-16 units"):
        split("x", 1)


def test_buttons_are_numbered_on_over_the_rows() -> None:
    rows = ((Button("Nhận", "/nhan 12"), Button("Xem", "/xem 12")), (Button("Chuyển", "/chuyen 12"),))
    assert numbered("Phiếu 12", rows) == "Phiếu 12\n1. Nhận\n2. Xem\n3. Chuyển"
    assert numbered("", rows) == "1. Nhận\n2. Xem\n3. Chuyển"
    assert numbered("Phiếu 12", ()) == "Phiếu 12"


VOWELS = [
    "".join(pair) for pair in itertools.product("aăâeêioôơuưyAĂÂEÊIOÔƠUƯY", ["", *"\u0300\u0301\u0303\u0309\u0323"])
]


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        pytest.param("Đường đi Bắc Nha Trang", "Duong di Bac Nha Trang", id="case is kept"),
        pytest.param("“Hồ sơ” – ‘xong’… 50.000₫", "\"Ho so\" - 'xong'... 50.000d", id="typography"),
        pytest.param("a\u00a0b", "a b", id="a space that does not break"),
        pytest.param("5 m², ½ ngày, №1", "5 m2, 1/2 ngay, No1", id="what has a plain form gets it"),
        pytest.param("Xong 👍", "Xong 👍", id="what has none is left"),
        pytest.param("Δ và Ω", "Δ va Ω", id="letters GSM-7 has are left"),
        pytest.param("ก็ 한국", "ก็ 한국", id="other scripts keep their marks"),
    ],
)
def test_marks_come_off(marked: str, expected: str) -> None:
    assert plain(marked) == expected
    assert plain(unicodedata.normalize("NFD", marked)) == expected


def test_every_vietnamese_letter_fits_gsm7_without_its_marks() -> None:
    letters = unicodedata.normalize("NFC", "".join(VOWELS) + "đĐ")
    assert len(set(letters)) == 146
    assert gsm7_units(plain(letters)) == len(letters)


@pytest.mark.parametrize(
    ("text", "encoding", "units", "count"),
    [
        pytest.param("", "GSM-7", 0, 0, id="nothing"),
        pytest.param("a" * 160, "GSM-7", 160, 1, id="160 septets fit one"),
        pytest.param("a" * 161, "GSM-7", 161, 2, id="161 do not"),
        pytest.param("a" * 306, "GSM-7", 306, 2, id="306 are two of 153"),
        pytest.param("a" * 307, "GSM-7", 307, 3, id="307 are three"),
        pytest.param("a" * 159 + "€", "GSM-7", 161, 2, id="the euro is two septets"),
        pytest.param("a" * 152 + "€" + "a" * 152, "GSM-7", 306, 3, id="an escape pair is not torn at 153"),
        pytest.param("ạ" * 70, "UCS-2", 70, 1, id="70 marked letters fit one"),
        pytest.param("ạ" * 71, "UCS-2", 71, 2, id="71 do not"),
        pytest.param("ạ" * 134, "UCS-2", 134, 2, id="134 are two of 67"),
        pytest.param("ạ" * 135, "UCS-2", 135, 3, id="135 are three"),
        pytest.param("😀" * 35, "UCS-2", 70, 1, id="35 emoji fit one"),
        pytest.param("😀" * 66, "UCS-2", 132, 2, id="33 emoji a part, one unit left over"),
        pytest.param("😀" * 67, "UCS-2", 134, 3, id="the 67th emoji does not fit, though 134 units would"),
        pytest.param("Đã nhận hồ sơ", "UCS-2", 13, 1, id="one marked letter decides"),
        pytest.param("à è ò", "GSM-7", 5, 1, id="the few marked letters GSM-7 has"),
    ],
)
def test_parts_are_counted_as_the_network_bills_them(text: str, encoding: str, units: int, count: int) -> None:
    parts = sms_parts(text)
    assert (parts.encoding, parts.units, parts.count) == (encoding, units, count)


@given(st.text("aạ€😀 \n", max_size=400))
def test_more_text_never_costs_less(text: str) -> None:
    shorter, longer = sms_parts(text), sms_parts(text + "a")
    assert isinstance(shorter, Parts)
    assert longer.count >= shorter.count


def test_stored_text_survives_json() -> None:
    assert json.loads(json.dumps(clean("Hồ sơ 😀"))) == "Hồ sơ 😀"
