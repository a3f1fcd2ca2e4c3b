"""What bears on danger: what words mean, which meanings stand together, and nothing written with other marks."""

import pytest

from tickets.perils import traits
from tickets.shorthand import read
from tickets.terms import spans
from tickets.urgency import danger


def heard(text: str) -> set[str]:
    reading = read(text)
    sequences = spans(reading.words)
    present = {phrase for _, _, phrase in sequences}
    return set(traits(reading, sequences, present, danger(present)))


MEANT = [
    ("nhà cháy rồi", "%fire", "marks that say fire"),
    ("nha chay roi", "%fire", "without marks it may be fire"),
    ("con nít bị nhốt đang khóc", "%child %confined", "a child, and shut in"),
    ("chồng em đang cầm dao đòi giết em", "!rule", "what a rule finds"),
    ("cứu", "!length 0", "how long it is"),
]


@pytest.mark.parametrize(("text", "trait"), [pytest.param(*row[:2], id=row[2]) for row in MEANT])
def test_is_heard(text: str, trait: str) -> None:
    assert trait in heard(text)


NOT_MEANT = [
    ("tôi chạy xe ôm", "%fire", "chạy is to drive"),
    ("đánh cầu lông ở sân nào", "!rule", "a sport"),
    ("xin bản sao giấy tờ", "%injured", "papers alone"),
]


@pytest.mark.parametrize(("text", "trait"), [pytest.param(*row[:2], id=row[2]) for row in NOT_MEANT])
def test_is_not_heard(text: str, trait: str) -> None:
    assert trait not in heard(text)
