"""Is what was learnt what the examples teach, small, quick, the same every time, and safe from a worse one?"""

import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.learning import augment, command, examples, teach, train
from bot.learning.examples import Example, ExampleError
from bot.understanding import MODEL, index_of, untaught
from config import catalogue
from config.catalogue import Catalogue
from tickets import learnt
from tickets.learnt import ModelError
from tickets.matching import match

KNOWN = catalogue.load()


def test_learning_again_gives_the_shipped_model_to_the_bit() -> None:
    assert learnt.to_bytes(command.make(KNOWN)) == MODEL.read_bytes(), "run `tohotro learn` and commit the model"


def test_it_is_small_and_quickly_there() -> None:
    assert MODEL.stat().st_size < 2_000_000
    begun = time.process_time()
    model = learnt.from_bytes(MODEL.read_bytes())
    assert time.process_time() - begun < 1
    assert learnt.to_bytes(model) == MODEL.read_bytes()


DAMAGED = [
    pytest.param(b"", id="nothing"),
    pytest.param(b"PK\x03\x04", id="another file"),
    pytest.param(MODEL.read_bytes()[:5000], id="cut off"),
    pytest.param(MODEL.read_bytes()[:8] + b"x" * 100, id="garbled"),
]


@pytest.mark.parametrize("stored", DAMAGED)
def test_a_damaged_model_says_what_to_do(stored: bytes) -> None:
    with pytest.raises(ModelError, match="tohotro learn"):
        learnt.from_bytes(stored)


def test_two_labels_are_told_apart_and_the_words_are_named() -> None:
    lessons = [train.Lesson(["khai sinh", "con"], {"a": 1.0}, 5), train.Lesson(["dat", "con"], {"b": 1.0}, 5)]
    weights = train.learn(lessons, ("a", "b"))
    first, second = weights.scores(["khai sinh", "con"])
    assert first > second
    assert weights.spoke(["khai sinh", "con", "never met"], 0, 1) == ("khai sinh",)
    assert weights.scores(["never met"]) == list(weights.bias)


def test_what_is_learnt_does_not_depend_on_the_order_of_features() -> None:
    lessons = [train.Lesson(["khai", "sinh", "con", "be", "gi"], {"a": 1.0}), train.Lesson(["dat", "do"], {"b": 1.0})]
    turned = [train.Lesson(list(reversed(one.features)), one.labels) for one in lessons]
    deaf = train.Manner(least=0, deaf=0.5)
    assert train.learn(lessons, ("a", "b"), deaf) == train.learn(turned, ("a", "b"), deaf)


def test_a_message_of_very_many_known_words_adds_up_as_one_of_few() -> None:
    rows = {f"w{number}": bytes((255, 1)) for number in range(700)}
    weights = learnt.Weights(("a", "b"), (0.0, 0.0), 1.0, rows)
    first, second = weights.scores(list(rows)) or ()
    assert (round(first), round(second)) == (round(127 * 700**0.5), round(-127 * 700**0.5))


def test_variants_are_the_same_every_time_and_keep_their_label() -> None:
    import random

    example = Example("đăng ký khai sinh cho con không được", "ho-tich")
    several = list(augment.variants(example, random.Random(1)))
    assert several == list(augment.variants(example, random.Random(1)))
    assert {one.area for one in several} == {"ho-tich"}
    assert several[1].text == "dang ky khai sinh cho con khong duoc"


WRONG_FILES = [
    ("một câu không có mục\n", "no section above", "a message without a section"),
    ("@ ho-xa\ncâu\n", "'ho-xa' is not in the catalogue", "an area nobody knows"),
    ("@ ho-tich 9.9\ncâu\n", "'9.9' is not in the catalogue", "a code nobody knows"),
    ("@ ho-tich\ncâu | ho-xa\n", "'ho-xa' is not in the catalogue", "another area nobody knows"),
]


@pytest.mark.parametrize(("text", "said"), [pytest.param(*row[:2], id=row[2]) for row in WRONG_FILES])
def test_a_wrong_file_of_examples_names_its_line(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "examples").mkdir()
    (tmp_path / "examples" / "x.txt").write_text(text, encoding="utf-8")
    for name in ("resident_messages.jsonl", "real_questions.jsonl"):
        (tmp_path / name).write_text("", encoding="utf-8")
    with pytest.raises(ExampleError, match="line"):
        examples.labelled(KNOWN, tmp_path)
    with pytest.raises(ExampleError, match=said):
        examples.labelled(KNOWN, tmp_path)


def test_teaching_further_keeps_what_was_known_and_adds_what_is_new() -> None:
    lessons = [train.Lesson(["khai sinh", "con"], {"a": 1.0}, 5), train.Lesson(["dat", "con"], {"b": 1.0}, 5)]
    known = train.learn(lessons, ("a", "b"))
    more = train.learn([train.Lesson(["so mu u"], {"b": 1.0}, 5)] * 5, ("a", "b"), known=known)
    assert dict(zip(more.labels, more.scores(["so mu u"]) or (), strict=True))["b"] > 0
    first, second = more.scores(["khai sinh", "con"]) or ()
    assert first > second


def corrections(*texts: str) -> list[Example]:
    return [Example(text, "nong-nghiep", origin="staff") for text in texts]


LOCAL = corrections(
    *(f"{words} bao giờ phát vậy cán bộ" for words in ("phiếu mù u", "tem mù u", "thẻ mù u", "sổ mù u"))
)


def knows_nothing(*_: object) -> learnt.Model:
    return learnt.Model({}, {})


def the_shipped_one(*_: object) -> learnt.Model:
    return learnt.from_bytes(MODEL.read_bytes())


def test_with_few_corrections_nothing_is_learnt() -> None:
    lesson = command.from_staff(LOCAL[:2], KNOWN, knows_nothing)
    assert lesson.model is None
    assert "too few" in lesson.told


def knows_only_them(known: Catalogue, taught: Sequence[Example]) -> learnt.Model:
    plain = untaught(known)
    return teach.learn([one for several in teach.hear(taught, plain) for one in several], known)


WORSE = [
    pytest.param(knows_only_them, "worse on the project", id="a model that has forgotten everything else"),
    pytest.param(the_shipped_one, "no better", id="a model that has learnt nothing"),
]


@pytest.mark.parametrize(("maker", "why"), WORSE)
def test_a_model_that_is_worse_is_refused(maker: command.Maker, why: str) -> None:
    project = [one for one in examples.labelled(KNOWN) if one.origin == "questions"]
    lesson = command.from_staff([*LOCAL, *LOCAL], KNOWN, maker, project)
    assert lesson.model is None, lesson.told
    assert why in lesson.told


def test_an_index_without_a_model_still_understands() -> None:
    index = index_of(KNOWN, learnt.Model({}, {}))
    assert match("làm khai sinh cho con", index).area == "ho-tich"
