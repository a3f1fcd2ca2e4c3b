"""How else a resident might have typed a message: without marks, in teencode, with slips, in Southern words."""

import random
from collections.abc import Iterator
from dataclasses import replace

from bot.learning.examples import Example
from tickets.folding import fold

_SWAPPED = 0.7  # how often a word that could be said otherwise is
_BARE = 0.5  # half of those who shorten leave the marks out too
_SLIP = 0.12  # how often a long word has a slip of the finger
_LONG = 4  # letters


def _table(written: str) -> dict[str, tuple[str, ...]]:
    rows = (line.partition("=") for line in written.strip().splitlines())
    return {word.strip(): tuple(one.strip() for one in others.split(",")) for word, _, others in rows}


# Everyday substitutions of chats, one way: what is written out = what is typed. General knowledge, no single messages.
_TEEN = _table(
    """
    không = ko, k, hok, khum
    được = dc, đc
    gì = j, gì z
    vậy = z, v
    rồi = r, rùi
    biết = bít, bik
    chồng = ck
    vợ = vk
    bao nhiêu = bn
    bao lâu = bl
    đăng ký = đk, dky
    khai sinh = ks
    kết hôn = khôn, kh
    căn cước = cccd, cc
    hộ khẩu = hk, shk
    bảo hiểm y tế = bhyt
    bảo hiểm xã hội = bhxh
    bảo hiểm = bh
    giấy = giay, gíay
    hồ sơ = hs, hso
    người = ng
    phường = p, fuong
    như thế nào = ntn
    làm = lm
    mình = mk, mik
    thủ tục = thủ tuc, tt
    online = onl
    điện thoại = đt
    xây dựng = xd
    kinh doanh = kd
    xác nhận = xn
    nghĩa vụ quân sự = nvqs
    tạm trú = tamtru
    dịch vụ công = dvc
    tài khoản = tk
    """
)
# Southern and Central words for the same things.
_REGION = _table(
    """
    không = hổng, hông
    tôi = tui
    mẹ = má
    bố = ba, cha
    sinh = sanh
    nhận = lãnh, nhận
    ốm = bệnh
    xe máy = xe honda
    lợn = heo
    thuê = mướn
    vào = vô
    thế nào = làm sao, ra răng
    đâu = mô, đâu
    bây giờ = chừ, giờ
    này = ni, này
    chết = mất
    nhà tôi = nhà tui
    bao giờ = chừng nào, khi nào
    giúp = giùm, dùm
    hỏng = hư
    nói = biểu, nói
    cháu = con, cháu
    xây = cất, xây
    quả = trái
    """
)


def variants(example: Example, chance: random.Random) -> Iterator[Example]:
    """The message itself and how it might also have been typed; `chance` is the only source of variety."""
    yield example
    text = example.text
    if text.isascii() or example.origin == "vocabulary":  # its plain words are among the features anyhow
        return
    yield replace(example, text=fold(text), style="nodia", weight=example.weight * 0.7)
    if example.origin == "catalogue":
        return
    other = _swapped(text, _REGION, chance)
    teen = _swapped(other, _TEEN, chance)
    if chance.random() < _BARE:
        teen = fold(teen)
    yield replace(example, text=_slips(teen, chance), style="teen", weight=example.weight * 0.5)


def without_marks(example: Example) -> Example:
    return replace(example, text=fold(example.text), style="nodia")


def _swapped(text: str, table: dict[str, tuple[str, ...]], chance: random.Random) -> str:
    padded = f" {text} "
    for word, others in table.items():
        if f" {word} " in padded and chance.random() < _SWAPPED:
            padded = padded.replace(f" {word} ", f" {chance.choice(others)} ")
    return padded.strip()


def _slips(text: str, chance: random.Random) -> str:
    """A slip of the finger here and there: a letter left out, or two exchanged."""
    words = text.split()
    for at, word in enumerate(words):
        if len(word) >= _LONG and chance.random() < _SLIP:
            spot = chance.randrange(1, len(word) - 1)
            exchanged = word[:spot] + word[spot + 1] + word[spot] + word[spot + 2 :]
            words[at] = chance.choice((word[:spot] + word[spot + 1 :], exchanged))
    return " ".join(words)
