"""What the everyday vocabulary and the catalogue's own names say about a message, as evidence by area and procedure."""

from collections import defaultdict
from collections.abc import Sequence

from tickets.shorthand import Reading, word_set
from tickets.terms import Index, Marks

_INSIDE = 0.4  # what is left of an expression that stands within a longer one ("bảo hiểm" in "bảo hiểm thất nghiệp")
_UNMARKED = 0.5  # what a single syllable without marks is worth: "de" is đê, để, đẻ, đề, dê and dễ
_WRONG_MARKS = 0.75  # how much of a longer expression is lost when all its words carry other marks
_FAINT = 0.05  # a catalogue term of which so little is said says nothing
_CHANCE = 0.3  # what it is worth when it may be a chance meeting of everyday words ("doi qua": đổi qua, đòi quà)
_ENOUGH = 0.4  # from here an expression counts as said, in a combination
_CATALOGUE = 0.7  # how much the official names and synonyms count beside the everyday expressions

# Syllables that, without marks, are far more often everyday words (chưa, bao giờ, đó, bên, từ, cũng…) than what the
# vocabulary means by them (chùa, bão, đò, bến, tu, cúng…).
_EVERYDAY = word_set(
    """chua bao gio do ben tu cung den sap vo de duong on phu ke dinh co ca mua con ma lan dat bo chi ban cho hoi trong
    chiu het ghe lon dua bia vui nua duoc cong cat tan ba cha thu mo ra di ve nam thang ngay sau truoc bi bui ray be cu
    gia them lai doi luc dung dot nuoi ranh ho hinh so mua thoi cam dien kien luong tien ao mi mia tom canh pha xom nhac
    giup xuong dan nuoc nhom bau lop hoc co giai le hoi vay von viec nghe quan tiem dao dong thong tra loi loi mang lay
    chua kham goi hoan vao thue nghi luat nhan bung om dam song chet trom lop bot hem mong"""
)


def expression_scores(
    reading: Reading, sequences: Sequence[tuple[int, int, str]], index: Index
) -> tuple[dict[int, float], dict[int, list[str]]]:
    """Return the evidence for each area by position, and the words that gave it; `sequences` are those of `spans`."""
    scores: dict[int, float] = defaultdict(float)
    spoke: dict[int, list[str]] = defaultdict(list)
    counted: set[str] = set()
    taken: list[tuple[int, int]] = []
    for start, end, phrase in sequences:
        found = index.expressions.get(phrase)
        if found is None or phrase in counted:
            continue
        counted.add(phrase)
        within = any(first <= start and end <= last for first, last in taken)
        for one in found:
            likeness = _likeness(phrase, one.marks, reading.marks[start:end])
            if likeness:
                scores[one.speaks_for] += one.strength * likeness * (_INSIDE if within else 1.0)
                if not within:
                    spoke[one.speaks_for].append(phrase)
                if likeness >= _ENOUGH and end - start > 1:
                    taken.append((start, end))
    for number, said in _combined(reading, sequences, index).items():
        combination = index.combinations[number]
        if len(said) == combination.parts:
            scores[combination.area] += combination.strength
            spoke[combination.area].append(" + ".join(sorted(said)))
    return scores, spoke


def _combined(reading: Reading, sequences: Sequence[tuple[int, int, str]], index: Index) -> dict[int, set[str]]:
    """The parts that were said of each combination."""
    combined: dict[int, set[str]] = defaultdict(set)
    for start, end, phrase in sequences:
        for part in index.parts.get(phrase, ()):
            if _likeness(phrase, part.marks, reading.marks[start:end]) >= _ENOUGH:
                combined[part.speaks_for].add(phrase)
    return combined


def _likeness(phrase: str, expected: Marks, written: Sequence[str | None]) -> float:
    """How far the marks in a message allow it to have meant an expression with the same letters, 0 to 1."""
    wrong = 0
    for one, other in zip(expected, written, strict=True):
        if other is not None and one is not None and one != other:
            wrong += 1
    if len(expected) > 1:
        if not wrong and written[0] is not None:
            return 1.0
        if _EVERYDAY.issuperset(phrase.split()):
            return 0.0 if wrong == len(expected) else _CHANCE
        return 1 - _WRONG_MARKS * wrong / len(expected)
    if wrong:
        return 0.0
    if written[0] is not None:
        return 1.0
    return 0.0 if phrase in _EVERYDAY else _UNMARKED


def catalogue_scores(present: set[str], scores: dict[int, float], index: Index) -> dict[int, float]:
    """Add to the areas' `scores` what names and synonyms say, and return the scores of the procedures."""
    gathered: dict[int, float] = {}
    for phrase in present & index.grams.keys():
        for number, weight in index.grams[phrase]:
            gathered[number] = gathered.get(number, 0.0) + weight
    procedures: dict[int, float] = {}
    best: dict[int, float] = {}
    terms = index.terms
    for number, weight in gathered.items():
        term = terms[number]
        score = weight * weight / term.whole
        if score >= _FAINT and score > procedures.get(term.procedure, 0.0):
            procedures[term.procedure] = score
            if score > best.get(term.area, 0.0):
                best[term.area] = score
    for area, score in best.items():
        scores[area] += _CATALOGUE * score
    return procedures
