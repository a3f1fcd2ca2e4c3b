"""Tells a greeting, thanks or an empty message from one in which a resident needs something."""

from collections.abc import Sequence
from typing import Literal

from tickets.shorthand import word_set

Kind = Literal["question", "greeting", "thanks", "empty", "complaint-formal"]

_HELLO = word_set("chao alo hello hi helo hey lo aloo xin kinh ola hallo morning")
# Words that carry no matter: kin terms, particles, forms of address, times of day, names of the office.
_POLITE = word_set(
    """a ah ad admin adm oi da vang e em anh chi co chu bac ong ba cau mo di con chau minh toi ban moi nguoi ca can
    bo phuong xa uy ban nhan dan quy ngai cac shop nha ne nhe nhen nghen hen do day vay roi ok u uh um duoc tot
    hay qua lam rat that nhieu lan nua luon voi cho hoi xiu ti chut mot buoi sang trua chieu toi ngay lanh vui
    ve co ai khong o dau het day la thi ma va cung to ho tro trung tam hanh chinh cong mot cua tong dai zalo may
    gium dum giup de biet nhan duoc chuc khoe manh hanh phuc binh an gi nay kia cai nao nhan tin tra loi tan
    tinh chu dao nhanh gon le hai long tuyet voi thay thuong yeu the gioi xong on good thoi hieu thu coi truc
    nhan cai duoc xem test rieng gui loi online"""
)
_THANKS = ("cam on", "cam on nhieu", "biet on", "camon", "doi on", "on nhieu", "tri an")
_ASKING = word_set("khong gi dau nao sao bao may ai chua hay hoi can muon xin")
_COUNTING = word_set("so thu lan")  # before a number: "tin nhắn số 6"
_SLIGHT = 3.0
"""Evidence for an area below which thanks are only thanks."""


def kind_of(seen: Sequence[str]) -> Kind:
    """Return the kind as far as the folded words `seen` of a message show it by themselves."""
    if not seen:
        return "empty"
    rest = [word for word in seen if word not in _HELLO and word not in _POLITE and not word.isdigit()]
    if rest:
        return "question"
    joined = " ".join(seen)
    if any(thanks in joined for thanks in _THANKS):
        return "thanks"
    if any(word in _HELLO for word in seen):
        return "greeting"
    return "question"


def names_nothing(seen: Sequence[str]) -> bool:
    """Whether the folded words `seen` carry no matter at all: courtesies and numbers. Nobody can be sure what it is."""
    for at, word in enumerate(seen):
        counts = word in _COUNTING and seen[at + 1 : at + 2] and seen[at + 1].isdigit()
        if not counts and word not in _POLITE and word not in _HELLO and not word.isdigit():
            return False
    return True


def refine(kind: Kind, seen: Sequence[str], evidence: float) -> Kind:
    """Return the kind in the light of the strongest `evidence` for an area: thanks that name a matter in passing."""
    if kind != "question" or evidence >= _SLIGHT:
        return kind
    joined = " ".join(seen)
    if not any(thanks in joined for thanks in _THANKS):
        return kind
    before = joined.split("cam on")[0].split()
    asks = any(word in _ASKING for word in before) and "roi" not in before
    return "question" if asks else "thanks"
