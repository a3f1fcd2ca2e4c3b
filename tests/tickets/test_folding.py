"""Does folding bring every spelling of the same words to one storable form?"""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets.folding import fold

CASES = [
    pytest.param("Đăng ký khai sinh", "dang ky khai sinh", id="diacritics and the letter that does not decompose go"),
    pytest.param("ĐƯỜNG ƯỚT Ỡ", "duong uot o", id="capitals with two marks each"),
    pytest.param(unicodedata.normalize("NFD", "Giấy tờ của bé"), "giay to cua be", id="decomposed spelling"),
    pytest.param(unicodedata.normalize("NFC", "Giấy tờ của bé"), "giay to cua be", id="composed spelling"),
    pytest.param("  sổ \t hộ\r\n\nkhẩu  ", "so ho khau", id="white space and line breaks become one space"),
    pytest.param("sổ\u00a0hộ\u3000khẩu", "so ho khau", id="no-break and ideographic spaces"),
    pytest.param("c\u200bcc\ufeffd \u202ecmnd\u202c", "cccd cmnd", id="invisible characters and directions go"),
    pytest.param("a\x00b", "a b", id="NUL, which PostgreSQL refuses"),
    pytest.param("a\ud800b", "a?b", id="a lone surrogate, which cannot be encoded"),
    pytest.param("Ｃăn cước", "can cuoc", id="full-width letter"),
    pytest.param("𝐡ộ 𝐤𝐡ẩ𝐮", "ho khau", id="styled letters"),
    pytest.param("ðăng ký", "dang ky", id="eth left over from a wrong code page"),
    pytest.param("İstanbul", "istanbul", id="a capital whose lower case carries a mark"),
    pytest.param("ok 👍🏽", "ok 👍🏽", id="emoji stay"),
    pytest.param("cccd/2.001193 - 50%", "cccd/2.001193 - 50%", id="digits and signs stay"),
    pytest.param("", "", id="nothing"),
]


@pytest.mark.parametrize(("text", "folded"), CASES)
def test_folds_to(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text(alphabet=st.characters(exclude_categories=())))
def test_any_text_folds_once_and_can_be_stored(text: str) -> None:
    folded = fold(text)
    assert fold(folded) == folded
    assert "\x00" not in folded
    folded.encode()


@given(st.text(alphabet="ăâđêôơưáàảãạếềểễệứừửữự ABCXYZ"))
def test_composed_and_decomposed_are_the_same(text: str) -> None:
    assert fold(unicodedata.normalize("NFC", text)) == fold(unicodedata.normalize("NFD", text))
