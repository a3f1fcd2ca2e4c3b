"""Conversations: whatever changes people, rules or words of the office stands in `/nhatky`; no command is left out."""

import re
from dataclasses import dataclass, field

import pytest

from bot.stage import Stage
from sandbox.person import Person
from tests.conversations.conftest import People
from tests.conversations.test_claiming import opened
from tests.conversations.test_duty import networks
from tests.conversations.test_joining import second
from tests.conversations.test_linking import code_of
from tickets.acts import ActKind
from tickets.models import Act, CannedReply, ConfirmedFact, InboxRow, InboxState, Role, RosterWeek, Staff

READS = "cho cuatoi xem tim lichsu nhatky thongke quahan tuvan trogiup tiep truoc giolamviec thutuc trangthai"
OF_A_TICKET = (  # each stands in the ticket's own log of events
    "nhan tra trahet bangiao tl guicho ghicho ghichu guilai doi henlai xong molai sua thuhoi the todanpho dung"
    " uutien giahan nhac daxem xinloi phancong rieng xinlienhe"
)
OF_ONESELF = "ngonngu kenh huy khongcoso"
OF_A_RESIDENT = "gapcanbo du moi danhgia phieu linhvuc chuaxong viecnua"
ACTS = {  # what stands in the office's log
    "batdau": (ActKind.JOINED, ActKind.CHANNEL_ADDED, ActKind.GROUP),
    "moicanbo": (ActKind.INVITED, ActKind.ASKED),
    "themkenh": (ActKind.CHANNEL_ADDED,),
    "nhansu": (ActKind.ROLE, ActKind.AREAS, ActKind.LEFT),
    "duyet": (ActKind.APPROVED,),
    "tuchoi": (ActKind.REFUSED,),
    "truc": (ActKind.DUTY,),
    "vang": (ActKind.ABSENCE,),
    "lichtruc": (ActKind.ROSTER,),
    "lich": (ActKind.CALENDAR,),
    "mau": (ActKind.TEMPLATE, ActKind.TEMPLATE_REMOVED),
    "chan": (ActKind.BLOCKED,),
    "bochan": (ActKind.UNBLOCKED,),
    "lienket": (ActKind.LINKED,),
    "golienket": (ActKind.UNLINKED,),
    "nhomdan": (ActKind.RESIDENT_GROUP,),
    "bonhomdan": (ActKind.RESIDENT_GROUP_LEFT,),
    "chuyen": (ActKind.TRANSFERRED,),
    "gop": (ActKind.MERGED, ActKind.UNMERGED),
    "tach": (ActKind.SPLIT,),
    "xacnhan": (ActKind.FACT,),
    "loi": (ActKind.RETRIED,),
    "baocao": (ActKind.REPORT,),
}
ELSEWHERE = {  # walked in test_resident_groups, test_joining and the reports by chat
    ActKind.RESIDENT_GROUP,
    ActKind.RESIDENT_GROUP_LEFT,
    ActKind.SPLIT,
    ActKind.REPORT,
}


def test_every_command_either_stands_in_a_log_or_changes_nothing_of_the_office(stage: Stage) -> None:
    """A new command must be put into one of the lists above."""
    known = {*READS.split(), *OF_A_TICKET.split(), *OF_ONESELF.split(), *OF_A_RESIDENT.split(), *ACTS}
    assert {one.name for one in stage.desk.commands} == known
    told = {kind for kinds in ACTS.values() for kind in kinds}
    assert told == set(ActKind) - {ActKind.OTHER}


@pytest.fixture(autouse=True)
async def _nothing_yet(stage: Stage) -> None:
    await Staff.all().update(active=False)
    for model in (CannedReply, ConfirmedFact, RosterWeek):
        await model.all().delete()


@dataclass
class Walk:
    """What has been done so far, and how to do one thing more and find it in the log."""

    stage: Stage
    boss: Person
    done: set[ActKind] = field(default_factory=set)

    async def does(self, who: Person, line: str, hears: str, kind: ActKind, *, unnamed: bool = False) -> str:
        """`who` types `line`, reads `hears`, and the act stands there by their name; returns what they read."""
        before = await Act.all().count()
        await who.says(line)
        told = await who.hears(hears)
        await self.stage.settled()
        found = await Act.filter(kind=str(kind)).prefetch_related("staff").order_by("-id").first()
        assert await Act.all().count() > before, f"{line} stands in no log"
        assert found is not None, f"{line} stands in no log"
        assert (found.staff.name if found.staff else None) == (None if unnamed else who.name), line
        self.done.add(kind)
        return str(told["text"])


def found_in(text: str, pattern: str) -> str:
    found = re.search(pattern, text, re.MULTILINE)
    assert found is not None, text
    return found[1]


CODE = r"\b([A-Z]{2,3}-\w{4}-\w{4})\b"


async def people_come_and_go(walk: Walk, people: People, other: Person, mai: Person) -> None:
    boss, network = walk.boss, mai.network
    told = await walk.does(boss, "/moicanbo thanhvien ho-tich Tân Thử", "Mã mời", ActKind.INVITED)
    new = people.resident(network, "Tân Thử")
    await walk.does(new, found_in(told, CODE), "đã vào Tổ hỗ trợ", ActKind.JOINED)
    await mai.says("/themkenh")
    code = found_in(str((await mai.hears("Mã thêm kênh"))["text"]), CODE)
    also = people.resident("zalo_bot" if network == "telegram" else "telegram", "Mai Thử")
    await walk.does(also, code, "đã vào Tổ hỗ trợ", ActKind.CHANNEL_ADDED)
    await walk.does(boss, "/nhansu Tân Thử vaitro totruong", "nay là tổ trưởng", ActKind.ROLE)
    await walk.does(boss, "/nhansu Tân Thử linhvuc dat-dai", "Đất đai", ActKind.AREAS)
    await walk.does(boss, "/nhansu Tân Thử roi chac", "không còn trong Tổ hỗ trợ", ActKind.LEFT)
    for line, answer, kind in (
        ("/duyet", "Đã đồng ý yêu cầu", ActKind.APPROVED),
        ("/tuchoi", "Đã bỏ yêu cầu", ActKind.REFUSED),
    ):
        told = await walk.does(boss, "/moicanbo lanhdao tatca Phó Thử", "Đã hỏi: Cường Thử", ActKind.ASKED)
        number = found_in(told, r"Yêu cầu (\d+)")
        await walk.does(other, f"{line} {number}", answer, kind)
    await walk.does(mai, "/truc off", "nghỉ trực", ActKind.DUTY)
    await walk.does(mai, "/vang 30/11 nghỉ phép", "Đã ghi", ActKind.ABSENCE)


async def rules_and_words_change(walk: Walk) -> None:
    boss = walk.boss
    await walk.does(boss, "/lichtruc t6 sáng @ho-tich Nam Thử", "Từ nay", ActKind.ROSTER)
    await walk.does(boss, "/lichtruc 27/11 @ho-tich Nam Thử", "Đã xếp", ActKind.ROSTER)
    await walk.does(boss, "/lich nghi 24/12 sửa trụ sở", "Đã ghi", ActKind.CALENDAR)
    await walk.does(boss, "/lich xacnhan 2027", "Đã xác nhận lịch năm 2027", ActKind.CALENDAR)
    await walk.does(boss, "/lich bo 24/12", "lịch thường", ActKind.CALENDAR)
    await walk.does(boss, "/mau sua ho-tich Chào: Dạ chào {ten}", "Đã thêm mẫu", ActKind.TEMPLATE)
    await walk.does(boss, "/mau bo ho-tich Chào", "Đã bỏ mẫu", ActKind.TEMPLATE_REMOVED)
    await walk.does(boss, "/xacnhan 1.001193 result", "Đã xác nhận mục", ActKind.FACT)
    poison = await InboxRow.all().order_by("-id").first()
    assert poison is not None
    await InboxRow.filter(id=poison.id).update(state=InboxState.FAILED, reference=f"THU{poison.id}")
    await walk.does(boss, f"/loi THU{poison.id}", f"THU{poison.id}", ActKind.RETRIED)


async def residents_and_tickets(walk: Walk, people: People, resident: Person) -> None:
    boss = walk.boss
    number = await opened(resident)
    newer = await second(resident)
    await walk.does(boss, f"/chan {number} 2d chửi bới", "Đã chặn", ActKind.BLOCKED)
    await walk.does(boss, f"/bochan {number}", "Đã bỏ chặn", ActKind.UNBLOCKED)
    also = people.resident("zalo_bot" if resident.network == "telegram" else "telegram")
    await walk.does(also, await code_of(resident), "đã nối với kênh", ActKind.LINKED, unnamed=True)
    await walk.does(also, "/golienket", "đã gỡ nối", ActKind.UNLINKED, unnamed=True)
    await walk.does(boss, f"/chuyen {newer} chung-thuc cần bản sao", "Chứng thực", ActKind.TRANSFERRED)
    await walk.does(boss, f"/gop {newer} vao {number}", "Đã gộp", ActKind.MERGED)
    await walk.does(boss, f"/gop {newer} bo", "Đã tách lại", ActKind.UNMERGED)


@networks
async def test_each_of_them_is_read_in_the_journal(people: People, stage: Stage, network: str) -> None:
    boss = await people.staff("Bình Thử", areas="", role=Role.SUPERVISOR, network=network)
    other = await people.staff("Cường Thử", areas="", role=Role.SUPERVISOR, network=network)
    mai = await people.staff("Mai Thử", network=network)
    await people.staff("Nam Thử", network=network)
    walk = Walk(stage, boss)
    await residents_and_tickets(walk, people, people.resident(network))
    await people_come_and_go(walk, people, other, mai)
    await rules_and_words_change(walk)
    if network == "telegram":
        await walk.does(boss.among(people.group()), "/batdau ho-tich", "Hộ tịch", ActKind.GROUP)
    left = set(ActKind) - walk.done - ELSEWHERE - {ActKind.OTHER}
    assert left == (set() if network == "telegram" else {ActKind.GROUP})
    await boss.says("/nhatky")
    newest = await boss.hears("Nhật ký quản trị", "(trang 1/")
    assert "xử lý lại tin THU" in newest["text"]
    await boss.says("/nhatky trang 3")
    oldest = await boss.hears("(trang 3/", "người dân: nối B. Thử", "người dân: gỡ B. Thử")
    assert "người quản trị: nối" not in oldest["text"]
