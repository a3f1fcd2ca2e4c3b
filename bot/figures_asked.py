"""What somebody asks of the figures in one line: which figure or breakdown, of a part, of a period, in which order."""

import zlib
from collections.abc import Iterable
from dataclasses import dataclass, replace

from tickets.folding import fold
from tickets.reports.measures import Measure

_LONGEST = 3  # words: "đang giải quyết"

# Behind the words "thống kê", which may also begin a sentence, only these are taken for a command without a slash.
SPOKEN = (
    *("ngay", "hom nay", "hom qua", "tuan", "tuan nay", "tuan truoc", "thang", "thang nay", "thang truoc"),
    *("quy", "quy nay", "quy truoc", "nam", "nam nay", "nam truoc"),
)

# The words staff type, folded and squeezed; the first of each figure is what buttons type.
WORDS = {
    "received": ("tiepnhan", "nhan", "received"),
    "settled": ("dagiaiquyet", "giaiquyet", "xong", "settled"),
    "on_time": ("dunghen", "ontime"),
    "late": ("trehen", "tre", "late"),
    "answered": ("datraloi", "traloi", "answered"),
    "answered_on_time": ("traloidunghen",),
    "answered_late": ("traloitre",),
    "deflected": ("tutracuu", "deflected"),
    "carried": ("tondauky", "ton", "carried"),
    "reopened": ("molai", "reopened"),
    "back": ("molaikytruoc", "back"),
    "live": ("danggiaiquyet", "dang", "live"),
    "unclaimed": ("chuaainhan", "unclaimed"),
    "waiting": ("chonguoidan", "waiting"),
    "overdue": ("quahan", "overdue"),
    "rated": ("hailong", "danhgia", "rated"),
    "transferred": ("chuyen", "transferred"),
    "apologised": ("xinloi", "apologised"),
    "merged": ("gop", "merged"),
    "split": ("tach", "split"),
    "area": ("linhvuc", "area"),
    "channel": ("kenh", "channel"),
    "place": ("todanpho", "place"),
    "group": ("nhom", "nhomdan", "group"),
    "urgency": ("mucgap", "urgency"),
    "reason": ("lydo", "reason"),
    "person": ("nguoi", "canbo", "person"),
}
_MEANT = {word: name for name, words in WORDS.items() for word in words}
# By what a table, or a list of tickets, is put in order; the first word is what buttons type.
ORDERS: dict[Measure, tuple[str, ...]] = {
    "first_median": ("tl", "traloi", "trungvi", "median"),
    "first_p90": ("p90", "traloip90"),
    "resolve_median": ("gq", "giaiquyet", "resolve"),
    "resolve_p90": ("gq90", "giaiquyetp90", "resolvep90"),
    "satisfaction": ("hl", "hailong", "satisfaction"),
}
_ORDER: dict[str, Measure] = {word: measure for measure, words in ORDERS.items() for word in words}
_SORT = ("xep", "sort")
DIMENSIONS = ("area", "channel", "place", "person", "urgency", "group")
# A dimension as a button names it, with the beginning of a value: a command under a button has 64 bytes.
SHORT = {"a": "area", "c": "channel", "n": "place", "i": "person", "u": "urgency", "g": "group", "r": "reason"}
_LETTER = {name: letter for letter, name in SHORT.items()}
_BEGINNING = 16  # letters


@dataclass(frozen=True, slots=True)
class Asked:
    """What a line asks for: a figure or a dimension (or, empty, the overview), of a part, of a period, from a page.

    `order`: by which measure the rows stand; None: the busiest first, tickets in the order in which they came.
    """

    what: str = ""
    part: tuple[str, str] | None = None  # dimension, value
    order: Measure | None = None
    period: str = ""
    page: int = 1


def understood(text: str) -> Asked:
    """Read "trễ hẹn tháng 10", "/thongke người xếp=p90" or "/thongke late 2026-11-16..2026-11-22 area=ho-tich p2".

    The period stays in words.
    """
    asked = Asked()
    rest = []
    for word in text.split():
        name, equals, value = word.partition("=")
        name = fold(name)
        if equals and name in (*SHORT, *SHORT.values()):
            asked = replace(asked, part=(SHORT.get(name, name), value))
        elif equals and name in _SORT:
            asked = replace(asked, order=_ORDER.get("".join(fold(value).split("_")), asked.order))
        elif word[:1] == "p" and word[1:].isascii() and word[1:].isdigit() and len(word) <= len("p9999"):
            asked = replace(asked, page=max(1, int(word[1:])))
        else:
            rest.append(word)
    for length in range(min(_LONGEST, len(rest)), 0, -1):
        squeezed = "".join(fold(word).replace("_", "") for word in rest[:length])
        if squeezed in _MEANT:
            return replace(asked, what=_MEANT[squeezed], period=" ".join(rest[length:]))
    return replace(asked, period=" ".join(rest))


def part_of(dimension: str, value: str) -> str:
    """A part of the tickets as one short word of a command."""
    return f"{_LETTER[dimension]}={value[:_BEGINNING]}"


def value_meant(said: str, values: Iterable[str]) -> str:
    """The value of a dimension that is called `said`, or begins with it where a button had no room for all of it."""
    known = sorted(values)
    begun = [one for one in known if one.startswith(said)] if len(said) >= _BEGINNING else []
    return said if said in known or not begun else begun[0]


def key_of(reason: str) -> str:
    """A reason as one short word; reasons alike to the eye share theirs."""
    return f"{zlib.crc32(' '.join(fold(reason).split()).encode()):08x}"
