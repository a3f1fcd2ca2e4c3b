"""Whose number is it, and may it be answered?"""

import pytest

from channels.sms.numbers import NumberClass, number

OWN = frozenset({"+84901000111"})
MOBILE, SHORT, ALPHA, UNKNOWN = NumberClass.MOBILE, NumberClass.SHORT, NumberClass.ALPHA, NumberClass.UNKNOWN


@pytest.mark.parametrize(
    ("raw", "e164", "kind"),
    [
        *(
            pytest.param(raw, "+84912345678", MOBILE, id=f"written {raw}")
            for raw in (
                "+84912345678", "0912345678", "84912345678", "0084912345678", "912345678", "0912.345.678",
                "(+84) 91-234-5678", "+84 0912 345 678", " 0912 345 678 ", "０９１２３４５６７８",
            )
        ),
        pytest.param("01681234567", "+84381234567", MOBILE, id="eleven digits of before 2018, Viettel"),
        pytest.param("+841681234567", "+84381234567", MOBILE, id="the same with its country"),
        pytest.param("00841201234567", "+84701234567", MOBILE, id="MobiFone"),
        pytest.param("841271234567", "+84811234567", MOBILE, id="VinaPhone"),
        pytest.param("01991234567", "+84591234567", MOBILE, id="Gmobile"),
        pytest.param("0521234567", "+84521234567", MOBILE, id="a block the tables do not know yet"),
        pytest.param("+12025550123", "+12025550123", MOBILE, id="abroad, where mobiles look like others"),
        pytest.param("+447400123456", "+447400123456", MOBILE, id="a mobile abroad"),
        pytest.param("02583822222", "+842583822222", UNKNOWN, id="a landline"),
        pytest.param("113", "", SHORT, id="police"),
        pytest.param("191", "", SHORT, id="an operator"),
        pytest.param("8088", "", SHORT, id="a service that costs money"),
        pytest.param("19001234", "", SHORT, id="a hotline with a price"),
        pytest.param("+8419001234", "", SHORT, id="the same with its country"),
        pytest.param("1800599920", "", SHORT, id="a hotline without"),
        pytest.param("VIETTEL", "", ALPHA, id="a brand"),
        pytest.param("Zalo123", "", ALPHA, id="a brand with digits"),
        pytest.param("UBND-P.BNT", "", ALPHA, id="a brand with signs"),
        pytest.param("", "", UNKNOWN, id="nobody"),
        pytest.param("+", "", UNKNOWN, id="a sign"),
        pytest.param("12345678901234567890", "", UNKNOWN, id="too long for a number"),
        pytest.param("0901000111", "+84901000111", NumberClass.OWN, id="ourselves"),
        pytest.param("\ud800", "", UNKNOWN, id="half a character"),
    ],
)  # fmt: skip
def test_senders(raw: str, e164: str, kind: NumberClass) -> None:
    found = number(raw, OWN)
    assert (found.e164, found.kind) == (e164, kind)
    assert found.raw == raw
    assert found.answerable is (kind is MOBILE)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (f"0{old}0000000", f"+84{new}0000000")
        for old, new in {
            162: 32, 163: 33, 164: 34, 165: 35, 166: 36, 167: 37, 168: 38, 169: 39, 120: 70, 121: 79, 122: 77, 126: 76,
            128: 78, 123: 83, 124: 84, 125: 85, 127: 81, 129: 82, 186: 56, 188: 58, 199: 59,
        }.items()
    ],
)  # fmt: skip
def test_every_old_prefix_has_its_new_one(old: str, new: str) -> None:
    assert number(old).e164 == new
