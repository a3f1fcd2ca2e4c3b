"""Recognises a message that cannot wait: somebody is in danger now or soon, and a person must act at once."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """A danger: said when every group has an expression in the message, unless one of `unless` is there too."""

    danger: str
    groups: tuple[frozenset[str], ...]
    unless: frozenset[str] = frozenset()


def danger(expressions: AbstractSet[str]) -> str:
    """Return which danger a message speaks of, empty when none; `expressions` are its folded sequences of words.

    The names: violence, abuse, trafficking, suicide, flood, collapse, fire, electricity, trap, alone, life, cry.
    """
    if _BEGINNINGS.isdisjoint(expressions):
        return ""
    for rule in _RULES:
        if not rule.unless.isdisjoint(expressions):
            continue
        for group in rule.groups:
            if group.isdisjoint(expressions):
                break
        else:
            return rule.danger
    return ""


def at_a_word(expressions: AbstractSet[str]) -> str:
    """Return which danger a message of very few words names; in so few nobody tells of another time or of papers."""
    for name, words in _AT_A_WORD.items():
        if not words.isdisjoint(expressions):
            return name
    return ""


def likeliest(expressions: AbstractSet[str]) -> str:
    """Return which danger a message is about that sounds like danger but fits no rule; empty when it names none."""
    for rule in _RULES:
        if not rule.groups[0].isdisjoint(expressions):
            return rule.danger
    return ""


def _any(text: str) -> frozenset[str]:
    return frozenset(" ".join(phrase.split()) for phrase in text.split(",") if phrase.strip())


_NOW = _any(
    """dang, nay gio, bay gio, gap, lien, ngay, khan cap, cuu, toi nay, hom nay, vua xong, suot, nua dem, dem nay,
    toi lien, xuong gium, chay qua, vua ke, vua bi, moi bi, hang ngay, hoai, cu danh, lai danh, khoc, khong dam,
    phai lam sao, bao ai, goi ai, giup voi, ai toi, cho nguoi, cuu voi, keu cuu"""
)
_LONG_AGO = _any(
    """nam ngoai, nam truoc, nam kia, hoi nho, hoi xua, ngay xua, hoi do, hai nam, ba nam truoc, may nam truoc,
    thang truoc, hon mot nam, hoi truoc"""
)
_PAPERS = _any(
    """thu tuc, ho so, giay to, xin phep, cap phep, danh sach, ho tro thiet hai, den bu, boi thuong, tap huan,
    tuyen truyen, muc phat, quy dinh, bao nhieu tien"""
)
_PEOPLE = _any(
    """con, chau, be, tre, dua nho, dua tre, con nit, tre em, vo, me, ba gia, ong gia, ba cu, ong cu, em gai,
    chi gai, hang xom, con gai, con trai, toi, em, minh, phu nu, me con, vo con, hoc sinh, nguoi gia, tre con,
    thang be"""
)
_CHILD = _any(
    """be, chau, tre, con gai, con trai, dua nho, dua tre, con nit, hoc sinh, em gai, tre em, con be, thang be,
    tuoi, lop"""
)

_RULES = (
    Rule(
        "violence",
        (
            _any(
                """cam dao, xach dao, vac dao, ruot chem, doi chem, ruot danh, doi giet, doa giet, dam chet,
                chem nguoi, danh chet, dang danh, bop co, ruot me, ruot vo, tat xang, doi dot nha, dot nha,
                cam bua, cam riu, cam cay, danh bam, danh dap, bao hanh, hanh ha, troi lai, xich lai, nhot,
                bo doi, cham thuoc, danh con, danh vo, danh me, danh chau, danh be, danh dua, danh thang,
                danh em, danh toi, dap dau, danh ba, danh ong, bi danh, no danh, ong danh, chong danh, roi quat,
                bam tim, chay mau, bi chem, bi dam, say danh, xiu roi danh, quanh vo, quanh con, quanh em,
                quanh me"""
            ),
            _PEOPLE,
            _NOW,
        ),
        _LONG_AGO
        | _PAPERS
        | _any(
            """toa xu, da xu, xu xong, an tu, lenh cam, quyet dinh cam, bo cam, huy cam, go cam, luat,
            tai nan lao dong, so de, danh de, xo so,
            xin hoan, khoi phuc, thiet hai, mien giam, dang ky, nen khong, phim, kich"""
        ),
    ),
    Rule(
        "abuse",
        (
            _any(
                """so mo, xam hai, dam o, hiep dam, cuong hiep, giao cau, sam so, lam nhuc, cuong buc, quay roi,
                du do, so soang, lam bay"""
            ),
            _CHILD,
        ),
        _any("nam ngoai, nam truoc, toa xu, da xu, xu xong, an tu, tap huan, tuyen truyen, phong chong, lop hoc"),
    ),
    Rule(
        "trafficking",
        (
            _any(
                """bi lua ban, lua ban, bi ban sang, ban qua, lua qua, lua sang, bi lua, bi nhot, bi giam, bat coc,
                bi bat coc, giu nguoi, buon nguoi, mua ban nguoi, ban nguoi, giam long, bi giu, ep ban dam,
                bi ep"""
            ),
            _any(
                """campuchia, cam pu chia, cambodia, trung quoc, myanmar, mien dien, cuu, tien chuoc, doi chuoc,
                khong cho ve, khong ve duoc, chich dien, ep, nha hang, bien gioi, con gai, chau, em gai"""
            ),
        ),
        _any(
            """nam ngoai, nam truoc, da ve, ve roi, tro ve, tron ve, tron ve duoc, da tron, moi ve, duoc giai cuu,
            ep nghi, nghi viec,
            hoc nghe, ho tro hoc, lam lai cuoc doi, vay tien, lua tien, lua mat tien, mat tien, lua dao,
            tuyen truyen"""
        ),
    ),
    Rule(
        "suicide",
        (
            _any(
                """khong muon song, chan song, het muon song, tu sat, muon tu tu, dinh tu tu, doi tu tu,
                uong thuoc sau, uong thuoc ray, uong thuoc chuot, uong thuoc ngu, thuoc diet co, nhay cau,
                nhay lau, nhay song, cat tay, treo co, doi nhay, muon chet quach, muon chet di,
                song khong noi nua, chet cho roi, tim cai chet, tu thieu"""
            ),
        ),
        _LONG_AGO
        | _any(
            """co phuon, quang cao, treo co to quoc, chung tu, khai tu, bao tu, lam dam, hong muon chet,
            nong muon chet, cat tay chan, nhay cau long"""
        ),
    ),
    Rule(
        "flood",
        (
            _any(
                """nuoc len, nuoc dang, nuoc ngap, nuoc lu, lu len, lu ve, nuoc vao, nuoc vo, ngap toi, ngap den,
                nuoc toi, nuoc den, lu cuon, nuoc cuon, bi lu, ngap sau, ngap nha"""
            ),
            _any(
                """mac ket, ket, cuu, cuu ho, cho nguoi, thuyen, ca no, gac, mai nha, noc nha, tren mai, tran nha,
                toi nguc, toi co, den co, den nguc, toi bung, di tan, so tan, khong ra duoc, co lap, dang len,
                len nhanh, nhanh qua, cuon troi, bi cuon, chia cat, nguoi gia, con nho, lien tay"""
            ),
        ),
        _LONG_AGO
        | _PAPERS
        | _any(
            """dot truoc, hom truoc, da rut, rut roi, lu vua roi, sau lu, ho tro lu, xem lai, tro cap, nang nen,
            xin xay, con ten"""
        ),
    ),
    Rule(
        "collapse",
        (
            _any(
                """sat lo, lo nui, lo dat, lo doc, nut nha, nut tuong, sap nha, sap tuong, sap cau, sap mai,
                nha sap, tuong sap, cau sap, sap ham, cay do, cay nga, cay gay, cay de, cot dien, cay bat goc"""
            ),
            _any(
                """de trung, bi de, mac ket, cuu, lien, gap, dang nut, dang sat, dang lo, dang do, di tan,
                chan nguoi, cho nguoi, xuong lien, xuong ngay, nguy hiem tinh mang"""
            ),
        ),
        _LONG_AGO | _PAPERS | _any("xin chat, xin don, tien thuoc, bi thuong, gay chan, ep coc, lap bien ban"),
    ),
    Rule(
        "fire",
        (
            _any(
                """dang chay, chay nha, chay lon, boc chay, bi chay, chay no, chay kho, chay xuong, chay quan,
                chay tro, phat hoa, hoa hoan, khoi mu mit, lua chay, lua lan, no binh, xi gas, ro gas, ho gas,
                chay rung, chay cho, chay phong"""
            ),
            _NOW | _any("cuu hoa, mac ket, ket trong, ben trong, mui gas, xe chua chay, 114"),
        ),
        _LONG_AGO
        | _PAPERS
        | _any(
            """dang chay xe, chay xe, quang cao, so goc, phong chay chua chay, cap lai, lam lai, giay phep, xin lai,
            chay hang, chay an, ban chay, hoi dap"""
        ),
    ),
    Rule(
        "electricity",
        (
            _any(
                """day dien dut, day dien roi, day dien sa, day dien ro, ro dien, ro ri dien, dien giat, dien ro,
                tru dien nga, tru dien do, dut day dien, roi day dien, phong dien, no bien ap, no tram dien,
                cham dien, day cao the, day dien rot, day dien dut roi, tru dien nghieng"""
            ),
            _any(
                """nguoi, nuoc, tre, duong, di qua, hem, san, cho, truong, lien, gap, ngay, nguy hiem, via he,
                giat, be, hoc sinh, con nit"""
            ),
        ),
        _LONG_AGO | _PAPERS | _any("tien dien"),
    ),
    Rule(
        "trap",  # where people pass, children above all
        (
            _any(
                """mat nap, mat nap cong, nap cong, ho sau, ho ga, sut lun, sup ho, ho tu than, cay nghieng,
                nghieng han, bat goc, nhanh gay, canh gay, treo lo lung, sap nga, sap do, muon do,
                tuong nghieng, cau gay, day dien, tu dien ho, luu dan, dan phao, qua bom, bom con sot"""
            ),
            _any(
                """tui nho, con nit, hoc sinh, tre con, tre em, sap nho, may dua nho, cong truong, san truong,
                tan hoc, di hoc, nguoi gia, nguoi di duong, nguoi ta di, nguoi ta van di, di lai, truoc cong"""
            ),
            _any(
                """gap, lien, rao lai, rao giup, cho nguoi, sap tan hoc, sang mai, toi lien, chan lai, khan,
                nguy hiem qua, ngay bay gio, xuong ngay"""
            ),
        ),
        _LONG_AGO | _PAPERS,
    ),
    Rule(
        "alone",  # a child, an old or a confused person left behind or lost
        (
            _any(
                """bo roi, bi bo, bo trong, bo lai, bo truoc, bo o, ai bo, vut, di lac, lac duong, lac toi,
                mat tich, bat tinh, ngat xiu, nam ngoai duong, nam giua duong, lanh run, bo doi, bi nhot,
                khong ai nhan, khong nho nha, di dau mat, bo di dau, chua thay ve, duoi nuoc, chet duoi,
                roi xuong, te xuong"""
            ),
            _any(
                """so sinh, con do, be do, do hon, be gai, be trai, dua be, dua tre, con be, thang be, em be,
                chau be, be, tre, cu gia, ba cu, ong cu, ba lao, ong lao, nguoi gia, bi lan, lu lan, nguoi la,
                tam than, con toi, con em, chau toi, con gai, con trai, hoc sinh, co nguoi, mot nguoi, ong gia,
                ba gia, ba ngoai, ong ngoai, me toi, ba toi, cha toi"""
            ),
            _any(
                """gap, lien, ngay, tu toi, tu sang, tu chieu, tu hom qua, hom qua, toi nay, ca dem, mot dem, khoc,
                lanh, con song, cuu, cuu voi, cho nguoi, xuong don, toi don, don ba, don ong, tim giup, bay gio,
                sang nay, chieu nay, khong thay, goi khong, ai truc, tim khong, cap cuu"""
            ),
        ),
        (_LONG_AGO - {"nam ngoai"})  # also "nằm ngoài"
        | _any(
            """nuoi tu nho, nhan nuoi, xin nuoi, nhan con nuoi, con nuoi, khai sinh, thu tuc, mat giay,
            bo di biet tam, giay to, ba nam, giam ho, bo roi tu nho, khen, danh sach, ho so"""
        ),
    ),
    Rule(
        "life",
        (
            _any("nguy hiem tinh mang, nguy kich, hap hoi, sap chet, sap sinh, dang sinh, dang de, chay mau"),
            _any("cuu, gap, lien, cap cuu, xe cap cuu, cho nguoi, khong ai"),
        ),
        _PAPERS | _any("giay, dang ky, dang song, tam tru, dang sinh song, dang sinh hoat"),
    ),
    Rule("cry", (_any("cuu voi, cuu toi, cuu em, cuu me, cuu chau, keu cuu, cuu mang, sos"),), _any("don keu cuu")),
)

_BEGINNINGS = frozenset().union(*(rule.groups[0] for rule in _RULES))  # without one of these no rule holds

_AT_A_WORD = {
    "fire": _any("chay nha, nha chay, nha bi chay, chay roi, co chay, chay to, chay lon, dang chay, chay cho"),
    "suicide": _any("em muon chet, toi muon chet, con muon chet, khong muon song"),
    "violence": _any("dam chem, chem nhau, bi chem, bi dam, danh chet"),
    "alone": _any("duoi nuoc, chet duoi, mat tich, bi bat coc"),
    "life": _any("bat tinh, ngung tho, chay mau"),
    "electricity": _any("dien giat"),
}
