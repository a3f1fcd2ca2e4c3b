"""Which numbers lead to one person and must not stand where neighbours read, and which belong to an office?"""

import pytest

from tickets.privacy import personal_numbers


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("gọi tôi 0912 345 678", ["0912345678"], id="a mobile with spaces"),
        pytest.param("số +84 91 234 56 78 nhé", ["84912345678"], id="a mobile with the country's number"),
        pytest.param("căn cước 056123456789", ["056123456789"], id="an identity number"),
        pytest.param("chứng minh nhân dân 225123456", ["225123456"], id="an identity number of before 2021"),
        pytest.param("hồ sơ H32.15-251121-0001", ["H32.15-251121-0001"], id="a dossier"),
        pytest.param("gọi tổng đài 0258 3822 222", [], id="a landline"),
        pytest.param("gọi 1900 1234 hoặc 113", [], id="a hotline"),
        pytest.param("ngày 21-11-2026, quầy 9, lệ phí 8.000 đồng", [], id="a date, a counter, a fee"),
        pytest.param("thủ tục 1.001193.000.00.00.H32", [], id="a procedure's code"),
    ],
)
def test_personal_numbers(text: str, found: list[str]) -> None:
    assert personal_numbers(text) == found
