"""Turns what residents type (teencode, abbreviations, telex leftovers, joined words) into plain folded syllables."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from tickets.folding import fold

# Each line: short forms as they look when folded = the folded words they stand for. Forms with several everyday
# readings (tt, dt, tr, ca) are left out on purpose: a wrong expansion costs more than a word not understood.
_SHORT = """
cccd cmnd cmt cmtnd cancuoc = can cuoc
ks ksinh khaisinh = khai sinh
gks = giay khai sinh
dkks = dang ky khai sinh
khon kethon = ket hon
dkkh = dang ky ket hon
gdkkh gcnkh = giay ket hon
tthn = tinh trang hon nhan
ktu = khai tu
ctu = chung tu
shk hokhau hkhau = ho khau
kt3 tamtru ttru = tam tru
slyl syll = so yeu ly lich
bhyt = bao hiem y te
bhxh = bao hiem xa hoi
bhtn = bao hiem that nghiep
bh = bao hiem
btxh = bao tro xa hoi
tcxh = tro cap xa hoi
nkt = nguoi khuyet tat
ccb = cuu chien binh
tnxp = thanh nien xung phong
qsdd = quyen su dung dat
sodo = so do
gpxd cpxd = giay phep xay dung
xd = xay dung
gpkd = giay phep kinh doanh
dkkd = dang ky kinh doanh
hkd = ho kinh doanh
kd = kinh doanh
mst = ma so thue
attp vsattp atvstp = an toan thuc pham
gpmt = giay phep moi truong
dtm = danh gia tac dong moi truong
dmt nlmt = dien mat troi
nvqs = nghia vu quan su
xkld = xuat khau lao dong
nhcs nhcsxh = ngan hang chinh sach
clb = cau lac bo
htx = hop tac xa
dvc dvcqg dvctt = dich vu cong
tthc = thu tuc hanh chinh
hs hso = ho so
mk mik mjk = minh
pass matkhau = mat khau
thcs = trung hoc co so
sv = sinh vien
kcn = khu cong nghiep
hdld = hop dong lao dong
hdmb = hop dong mua ban
hdong = hop dong
uq = uy quyen
ubnd ub = uy ban
gcn = giay chung nhan
gxn = giay xac nhan
xn = xac nhan
cty = cong ty
bv = benh vien
nn = nuoc ngoai
mb = mat bang
tk tkhoan acc nick = tai khoan
sdt = so dien thoai
dthoai = dien thoai
ko k kg khg kh hok hong hum khum hog = khong
dc = duoc
dk dky dki = dang ky
dag dg = dang
j ji = gi
z v zay dzay = vay
r rui oy = roi
ntn = nhu the nao
lm = lam
ck = chong
vk = vo
bn = bao nhieu
bl = bao lau
bd = bat dau
bt bik bit bjt = biet
h = gio
hqua = hom qua
p fuong = phuong
trc = truoc
ms = moi
vs zs = voi
mun = muon
cx cg = cung
nx = nua
ng = nguoi
ngta = nguoi ta
onl online = truc tuyen
free = mien phi
check ktra = kiem tra
thui = thoi
zo = vo
zia = ve
tks thank thanks thks cmon camon = cam on
oke okie okey oki = ok
hihi hehe haha huhu kk =
sanh = sinh
ki = ky
li = ly
qui = quy
tui = toi
nhon = nhan
"""

SHORT: dict[str, tuple[str, ...]] = {
    short: tuple(right.split())
    for left, _, right in (line.partition("=") for line in _SHORT.strip().splitlines())
    for short in left.split()
}


def word_set(text: str) -> frozenset[str]:
    """Return the words of a plain list, for tables that are easier to read without a comma and quotes each."""
    return frozenset(text.split())


# "hk" is hộ khẩu behind these words, and the Southern "không" everywhere else.
_BEFORE_HO_KHAU = word_set("so nhap chuyen tach cat xoa lam giay ten trong doi")
# "mn" is mầm non behind these words, and "everybody" elsewhere.
_BEFORE_MAM_NON = word_set("hoc truong lop tre be giao cap day")

_TOKEN = re.compile(r"[^\W_]+")
_AGE = re.compile(r"(\d{1,3})t")

# The syllables of Vietnamese without marks; what is none of them is a slip of the finger, a name or another language.
_ONSETS = word_set("b c ch d g gh gi h k kh l m n ng ngh nh ph r s t th tr v x")
_RIMES = word_set(
    """a ac ach ai am an ang anh ao ap at au ay e ec em en eng enh ech eo ep et eu i ia ic ich iec iem ien ieng iep
iet ieu im in inh ip it iu o oa oac oach oai oam oan oang oanh oap oat oay oc oe oen oeo oet oi om on ong op ot u ua uan
uang uat uay uc ue uech uenh ui um un ung uo uoc uoi uom uon uong uop uot uou up ut uu uy uya uych uyen uyet uyn uynh
uyt uyu y yem yen yeng yet yeu"""
)
_SYLLABLES = (
    frozenset(onset + rime for onset in ("", *_ONSETS) for rime in _RIMES)
    | {"q" + rime for rime in _RIMES if rime.startswith("u")}
    | word_set("quac quach quai quao quau quen queo quet quit quoc quot quanh quang gi gin giu")
)
# Letters used for others: fuong, zui, jay, wen, and telex keys that were never turned into marks.
_LETTERS = (("f", "ph"), ("z", "v"), ("z", "d"), ("z", "gi"), ("j", "gi"), ("w", "qu"), ("dz", "d"))
_TELEX_DOUBLE = re.compile(r"(aa|ee|oo|dd)")
_TELEX_END = re.compile(r"[sfrxjw]+$")
_TELEX_INSIDE = re.compile(r"(?<=[aeiouy])[sfrxjw](?=[a-z])|w")
_SHORTEST = 4
"""Shorter slips are left alone: with three letters nearly every syllable is one letter away from another."""


@lru_cache(maxsize=50_000)
def _token(raw: str) -> tuple[str, str]:
    """A word folded, and the marks it was written with in an order that does not depend on where they were put."""
    decomposed = unicodedata.normalize("NFD", raw)
    return fold(raw), "".join(sorted(sign for sign in decomposed if sign == "đ" or unicodedata.combining(sign)))


@dataclass(slots=True)
class Reading:
    """The folded words of a message in order, each with the marks it was written with (None where nobody can say)."""

    words: list[str]
    marks: list[str | None]


def read(text: str) -> Reading:
    """Return the words of `text`, short forms written out, signs and emoji dropped.

    In a message written without marks no word's marks are known; in one with marks a bare word is known to be bare.
    """
    found: list[str] = []
    marks: list[str | None] = []
    for raw in _TOKEN.findall(unicodedata.normalize("NFC", text).lower()):
        token, written = _token(raw)
        expansion = _expand(token, found)
        if expansion is None:
            found += token.split()
            marks += [written] * (len(found) - len(marks))
        else:
            found += expansion
            marks += [None] * len(expansion)
    with_marks = sum(1 for written in marks if written)
    if with_marks * 4 < len(marks):
        marks = [written or None for written in marks]
    return Reading(found, marks)


def words(text: str) -> list[str]:
    """Return the folded words of `text` in order, with short forms written out; signs and emoji are dropped."""
    return read(text).words


def _expand(token: str, before: Sequence[str]) -> Sequence[str] | None:
    written_out = SHORT.get(token)
    if written_out is not None:
        return written_out
    if token == "hk":  # noqa: S105 - an abbreviation, not a secret
        return ("ho", "khau") if before and before[-1] in _BEFORE_HO_KHAU else ("khong",)
    if token == "mn":  # noqa: S105 - an abbreviation, not a secret
        return ("mam", "non") if before and before[-1] in _BEFORE_MAM_NON else ("moi", "nguoi")
    if token[-1:] == "t" and (age := _AGE.fullmatch(token)):
        return (age[1], "tuoi")
    return None


@dataclass(frozen=True, slots=True)
class Speller:
    """Mends words that are no Vietnamese syllable, with the help of the words that matter to us."""

    known: frozenset[str]
    pairs: frozenset[tuple[str, str]]
    shortened: dict[str, str | None]  # a known word less one letter → the word; None when several would do

    def mend(self, reading: Reading) -> Reading:
        """Return `reading` with every slip replaced by what was most likely meant; the rest is left as it is."""
        known = self.known
        if all(word in _SYLLABLES or word in known for word in reading.words):
            return reading
        mended, marks = list[str](), list[str | None]()
        for word, written in zip(reading.words, reading.marks, strict=True):
            if word in _SYLLABLES or word in known or not word.isalpha():
                mended.append(word)
                marks.append(written)
            else:
                meant = self._guess(word)
                mended += meant
                marks += [None] * len(meant)
        return Reading(mended, marks)

    def _guess(self, token: str) -> tuple[str, ...]:
        for wrong, right in _LETTERS:
            if wrong in token and (meant := token.replace(wrong, right)) in self.known:
                return (meant,)
        undoubled = _TELEX_DOUBLE.sub(lambda double: double[0][0], token)
        for meant in (undoubled, _TELEX_END.sub("", undoubled), _TELEX_INSIDE.sub("", _TELEX_END.sub("", undoubled))):
            if meant in _SYLLABLES or meant in self.known:
                return (meant,)
        for cut in range(2, len(token) - 1):
            if (token[:cut], token[cut:]) in self.pairs:
                return (token[:cut], token[cut:])
        return (self._near(token) or token,) if len(token) >= _SHORTEST else (token,)

    def _near(self, token: str) -> str | None:
        """The one known word that lacks nothing but a letter that was left out, swapped, mistaken or added."""
        gaps = _without_one(token)
        for candidates in (
            {self.shortened.get(token)},
            {swapped for swapped in _swapped(token) if swapped in self.known},
            {self.shortened.get(gap) for gap in gaps},
            {gap for gap in gaps if gap in self.known},
        ):
            found = candidates - {None}
            if found:
                return found.pop() if len(found) == 1 else None
        return None


def speller(phrases: Iterable[tuple[str, ...]]) -> Speller:
    """Build the speller that knows the words of `phrases` (folded) and which of them stand side by side."""
    known: set[str] = set()
    pairs: set[tuple[str, str]] = set()
    for phrase in phrases:
        known.update(token for token in phrase if token.isalpha())
        pairs.update(pairwise(phrase))
    shortened: dict[str, str | None] = {}
    for word in known:
        if len(word) >= _SHORTEST:
            for gap in set(_without_one(word)):
                shortened[gap] = word if gap not in shortened else None
    return Speller(frozenset(known), frozenset(pairs), shortened)


def _without_one(word: str) -> list[str]:
    return [word[:at] + word[at + 1 :] for at in range(len(word))]


def _swapped(word: str) -> list[str]:
    return [word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in range(len(word) - 1)]
