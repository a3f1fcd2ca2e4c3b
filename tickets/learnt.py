"""What was learnt from labelled messages: one weight per feature and label, stored small and summed fast.

A feature's weights, one per label, are laid side by side in one large integer, 16 bits each, so that adding a feature
to the sum of a message is one addition whatever the number of labels. It is made when a message has the feature, and
kept while few are kept: all of them at hand would take four times the room. Weights are whole numbers from -127 to 127
stored with 128 added, so 257 of them stay below 16 bits, and being whole their sums are the same on every machine.
"""

import json
import math
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from tickets.shorthand import Reading

MAGIC = b"TOHOTRO1"
OFFSET = 128
_LANE = 2  # bytes of one weight in the large integer
_AT_ONCE = 257  # so many features can be added up before a weight's place runs over: 257 times 255 is 65,535
_AT_HAND = 4000  # so many features stay laid out; those of everyday messages are among them
_HEAD = 4  # bytes that tell the length of the stored head
_SKIP = 2  # how far apart the words of a pair with a gap stand


class ModelError(ValueError):
    """The stored model cannot be used; the sentence says why and what to do."""


def features(reading: Reading) -> list[str]:
    """Return what a message is judged by: its words alone, in twos and threes, in twos with a gap, and with marks.

    A word with marks counts beside its plain form ("chua/̉" beside "chua"), so a message without marks is judged by
    the plain forms alone.
    """
    words = reading.words
    found = set(words)
    found.update(map(" ".join, pairwise(words)))
    found.update(map(" ".join, zip(words, words[1:], words[2:], strict=False)))
    found.update(map(" _ ".join, zip(words, words[_SKIP:], strict=False)))
    marked = [None if marks is None else f"{word}/{marks}" for word, marks in zip(words, reading.marks, strict=True)]
    found.update(word for word in marked if word is not None)
    found.update(f"{first} {second}" for first, second in pairwise(marked) if first is not None and second is not None)
    return list(found)


@dataclass(frozen=True, slots=True)
class Weights:
    """The weights of one question (which area, which procedure, is it urgent): `labels`, a bias and rows by feature."""

    labels: tuple[str, ...]
    bias: tuple[float, ...]
    scale: float  # what one step of a stored weight is worth
    rows: dict[str, bytes]
    _laid: dict[str, int] = field(default_factory=dict, repr=False, compare=False)

    def scores(self, found: Iterable[str], least: int = 0, places: Sequence[int] | None = None) -> list[float] | None:
        """Return a score per label (or for the labels at `places`) for the features of a message.

        Unknown features say nothing. None when fewer than `least` of the features were met in learning.
        """
        rows = self.rows
        known = list(filter(rows.__contains__, found))
        count = len(known)
        if count < least:
            return None
        bias = self.bias
        if not count:
            return list(bias) if places is None else [bias[place] for place in places]
        sums = self._sums(known)
        worth = self.scale / math.sqrt(count)
        ground = OFFSET * count
        if places is not None:
            return [bias[place] + worth * (sums[place] - ground) for place in places]
        return [own + worth * (one - ground) for own, one in zip(bias, sums, strict=True)]

    def _sums(self, known: Sequence[str]) -> Sequence[int]:
        """Each label's weights of the features `known` added up, 128 more than they are worth for every feature."""
        laid, size = self._laid.get, _LANE * len(self.labels)
        parts: list[Sequence[int]] = []
        for at in range(0, len(known), _AT_ONCE):
            total = sum([laid(name) or self._lay(name) for name in known[at : at + _AT_ONCE]])
            parts.append(memoryview(total.to_bytes(size, "little")).cast("H"))
        return parts[0] if len(parts) == 1 else [sum(several) for several in zip(*parts, strict=True)]

    def _lay(self, name: str) -> int:
        lanes = bytearray(_LANE * len(self.labels))
        lanes[::_LANE] = self.rows[name]
        if len(self._laid) >= _AT_HAND:
            self._laid.clear()
        one = self._laid[name] = int.from_bytes(lanes, "little")
        return one

    def spoke(self, found: Iterable[str], label: int, most: int) -> tuple[str, ...]:
        """Return the plain words among the features that spoke most for the label at position `label`."""
        rows = self.rows
        heard = [
            (rows[one][label], one) for one in found if one in rows and rows[one][label] > OFFSET and "/" not in one
        ]
        heard.sort(key=lambda one: (-one[0], one[1]))
        return tuple(one for _, one in heard[:most])


@dataclass(frozen=True, slots=True)
class Model:
    """Everything learnt: weights by question, and the settings of the decision that were found with them."""

    questions: dict[str, Weights]
    settings: dict[str, float]


def to_bytes(model: Model) -> bytes:
    """Return the stored form, always the same for the same model."""
    head: dict[str, object] = {"settings": model.settings, "questions": {}}
    names: list[str] = sorted({name for one in model.questions.values() for name in one.rows})
    body = bytearray()
    questions: dict[str, object] = {}
    for question, weights in sorted(model.questions.items()):
        mine = [number for number, name in enumerate(names) if name in weights.rows]
        questions[question] = {
            "labels": weights.labels,
            "bias": weights.bias,
            "scale": weights.scale,
            "features": [after - before for before, after in zip([0, *mine], mine, strict=False)],
        }
        for column in range(len(weights.labels)):  # by column: what is alike stands together and packs better
            body += bytes(weights.rows[names[number]][column] for number in mine)
    head |= {"questions": questions, "names": "\n".join(names)}
    written = json.dumps(head, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    return MAGIC + zlib.compress(len(written).to_bytes(_HEAD, "little") + written + bytes(body), 9)


def from_bytes(stored: bytes) -> Model:
    """Return the model of `to_bytes`. Raises ModelError for anything else."""
    try:
        if not stored.startswith(MAGIC):
            raise ModelError("this is no model of ours; run `tohotro learn` to make it again")
        plain = zlib.decompress(stored[len(MAGIC) :])
        length = int.from_bytes(plain[:_HEAD], "little")
        head = json.loads(plain[_HEAD : _HEAD + length])
        names = head["names"].split("\n")
        at = _HEAD + length
        questions: dict[str, Weights] = {}
        for question, one in sorted(head["questions"].items()):
            mine, number = list[int](), 0
            for step in one["features"]:
                number += step
                mine.append(number)
            width = len(one["labels"])
            columns, at = plain[at : at + width * len(mine)], at + width * len(mine)
            if at > len(plain):
                raise ModelError("the stored model breaks off; run `tohotro learn` to make it again")
            rows = {names[number]: columns[place :: len(mine)] for place, number in enumerate(mine)}
            questions[question] = Weights(tuple(one["labels"]), tuple(one["bias"]), one["scale"], rows)
    except (ValueError, KeyError, IndexError, TypeError, zlib.error) as error:
        if isinstance(error, ModelError):
            raise
        raise ModelError(f"the stored model is damaged ({error}); run `tohotro learn` to make it again") from error
    return Model(questions, head["settings"])
