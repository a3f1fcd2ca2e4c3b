"""The day itself, scene by scene: what people write, press and wait to hear. A wait in vain is a failed expectation.

What residents ask first is taken from the project's set of invented resident messages.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.demo.cast import GROUP, Cast
from bot.stage import Stage
from tickets.models import Role, Ticket

MORNING = datetime(2026, 11, 23, 8, 0, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))  # a Monday; the day after is a holiday

BIRTH = (
    "Con gái tôi lấy chồng Đài Loan, về Việt Nam ở cữ rồi đẻ bên này luôn. "
    "Giấy tờ cho cháu thì phường mình nhận hay phải lên tỉnh?"
)
LAND = "Tôi muốn xin phép xây nhà cho thằng lớn trên phần đất nhà tôi chia cho nó. Trình tự ra răng?"
DISABILITY = "giay khuyet tat bi rach nat, doi to moi"
COPY = "bang cap 3 cua minh ep plastic tu hoi nao roi thi con dong dau sao y duoc ko, hay phai boc ra"
MOST = 3  # areas offered to choose from
UNCLEAR = "giay nay xin xac nhan cua phuong"


@dataclass
class Day:
    """The stage, the people, and what was counted on the way."""

    stage: Stage
    cast: Cast
    refused_claims: int = 0
    failed: list[str] = field(default_factory=list)

    def expect(self, what: str, *, holds: bool) -> None:
        """Note an expectation that does not hold."""
        if not holds:
            self.failed.append(what)


Scene = Callable[[Day], Awaitable[None]]


async def joining(day: Day) -> None:
    """Staff join by one-time code; the supervisor links the team's group; those in it are seen there."""
    cast, enrol = day.cast, day.stage.enrol
    await enrol(cast.binh, Role.SUPERVISOR)
    await enrol(cast.mai, Role.MEMBER, ["ho-tich", "chung-thuc"])
    await enrol(cast.nam, Role.MEMBER, ["ho-tich"])
    await enrol(cast.ha, Role.MEMBER, ["dat-dai"])
    await enrol(cast.quang, Role.LEAD, ["xay-dung", "bao-tro-xa-hoi"])
    boss = cast.binh.among(GROUP)
    await boss.says("/batdau ho-tich, chung-thuc")
    await boss.hears("Hộ tịch", "Chứng thực")
    for one in (cast.mai, cast.nam):
        in_group = one.among(GROUP)
        await in_group.says("/cho")
        await in_group.hears("Không có phiếu nào")


async def two_at_once(day: Day) -> None:
    """A question from Zalo reaches the right group; two press "Nhận" at once; one wins, the other is told who."""
    cast = day.cast
    await cast.hoa.says(BIRTH)
    await cast.hoa.hears("phiếu #1", "Hộ tịch")
    group = cast.binh.among(GROUP)
    card = await group.sees("Phiếu #1", "Hộ tịch", "Đài Loan")
    day.expect("the card offers to claim", holds="Nhận" in card["buttons"])
    toasts = await asyncio.gather(*(one.among(GROUP).presses("Nhận", wait=10) for one in (cast.mai, cast.nam)))
    lost = [toast for toast in toasts if toast and "nhận trước" in toast]
    day.refused_claims += len(lost)
    day.expect("exactly one of two claims at once is refused", holds=len(lost) == 1)
    winner = await _owner(day, 1)
    day.expect("the one who lost is told who won", holds=bool(lost) and winner in lost[0])
    await cast.hoa.hears("đang xem việc của ông/bà")
    await group.sees("Phiếu #1", "đang giải quyết")


async def answered_and_rated(day: Day) -> None:
    """The owner answers by replying; the resident sends a photo of a paper; it is resolved and rated."""
    cast = day.cast
    owner = cast.mai if await _owner(day, 1) == cast.mai.name else cast.nam
    asked = await owner.hears("#1", "Đài Loan")
    await owner.says("Dạ phường nhận hồ sơ, ông/bà chụp giúp giấy chứng sinh của cháu ạ.", reply_to=asked["message_id"])
    await cast.hoa.hears(owner.name, "giấy chứng sinh")
    await cast.hoa.sends_photo("giay chung sinh day a")
    photo = await owner.hears("giay chung sinh day a")
    day.expect("the officer receives the photo of the paper", holds=any(photo["attachments"]))
    await owner.says("/xong 1 Giấy đủ rồi, mời ông/bà tới quầy số 9 trong giờ làm việc.")
    await cast.hoa.hears("quầy số 9")
    await cast.hoa.hears("đã xong", "1.")
    await cast.hoa.says("5")
    await cast.hoa.hears("cảm ơn")


async def transferred(day: Day) -> None:
    """A question lands with construction, belongs to land, and is taken over by an officer who has only Zalo."""
    cast = day.cast
    await cast.minh.says(LAND)
    await cast.minh.hears("phiếu #2", "Xây dựng")
    await cast.quang.hears("Phiếu #2", "Xây dựng")
    await cast.quang.says("/chuyen 2 dat-dai tách thửa trước, xin phép sau")
    await cast.quang.hears("Đã chuyển phiếu #2")
    await cast.minh.hears("phụ trách Đất đai")
    await cast.ha.hears("Phiếu #2", "Đất đai")
    await cast.ha.says("nhan 2")
    await cast.ha.hears("đã nhận phiếu #2")
    await cast.nam.says("/nhan 2")
    refused = await cast.nam.hears("Phiếu #2")
    day.refused_claims += 1
    day.expect("somebody without the area is refused", holds="ngoài lĩnh vực" in refused["text"])


async def waited_and_reopened(day: Day) -> None:
    """The officer waits; a paper comes; resolved too early, reopened by the resident, resolved again and rated."""
    cast = day.cast
    await cast.ha.says("doi 2 Ông/bà chụp giúp sổ đỏ trang có sơ đồ thửa đất.")
    await cast.minh.hears("Đặng Thu Hà", "sơ đồ thửa đất")
    await cast.minh.hears("đang chờ ông/bà bổ sung")
    await day.stage.time_passes(timedelta(minutes=20))
    await cast.minh.sends_photo("Dạ sổ đây ạ")
    await cast.ha.hears("Dạ sổ đây ạ")
    await cast.ha.says("xong 2 Ông/bà nộp đơn tách thửa tại quầy số 3 trước, rồi xin phép xây dựng.")
    await cast.minh.hears("quầy số 3")
    await cast.minh.hears("đã xong")
    await cast.minh.presses("Chưa xong")
    await cast.minh.hears("đã được mở lại")
    await cast.ha.hears("Phiếu #2 được mở lại")
    await cast.minh.says("Còn lệ phí thì bao nhiêu vậy chị?")
    await cast.ha.hears("Còn lệ phí")
    await cast.ha.says("tl 2 Lệ phí theo bảng niêm yết ở quầy, ông/bà xem giúp ạ.")
    await cast.minh.hears("bảng niêm yết")
    await cast.ha.says("xong 2")
    await cast.minh.hears("đã xong")
    await cast.minh.presses("Tốt")
    await cast.minh.hears("cảm ơn")


async def by_sms(day: Day) -> None:
    """An unaccented SMS is understood, answered without marks, and settled."""
    cast = day.cast
    await cast.sau.says(DISABILITY)
    await cast.sau.hears("phieu #3")
    await cast.quang.hears("Phiếu #3", "Bảo trợ xã hội")
    await cast.quang.presses("Nhận")
    await cast.quang.hears("đã nhận phiếu #3")
    await cast.quang.says("/tl 3 Ông mang giấy cũ và căn cước tới quầy số 7 để đổi ạ.")
    answer = await cast.sau.hears("quay so 7")
    day.expect("an SMS is sent without diacritics", holds=answer["text"].isascii())
    await cast.sau.says("cam on chau")
    await cast.quang.hears("cam on chau")
    await cast.quang.says("/xong 3")
    await cast.sau.hears("da xong")
    await cast.sau.says("danh gia 5")
    await cast.sau.hears("cam on")


async def asked_back(day: Day) -> None:
    """An unclear question is asked back with choices; one press routes it."""
    cast = day.cast
    await cast.minh.says("/moi")
    await cast.minh.hears("phiếu riêng")
    await cast.minh.says(UNCLEAR)
    offer = await cast.minh.hears("việc nào sau đây")
    areas = [label for label in offer["buttons"] if label != "Khác"]
    day.expect(
        "at most three areas are offered, and another way", holds=0 < len(areas) <= MOST and areas != offer["buttons"]
    )
    await cast.minh.presses("Chứng thực")
    await cast.minh.hears("Chứng thực", "phiếu #4")
    await cast.mai.among(GROUP).sees("Phiếu #4", "Chứng thực")
    await cast.mai.says("/nhan 4")
    await cast.mai.hears("đã nhận phiếu #4")
    await cast.mai.says("/xong 4 Dạ được, ông/bà mang bản gốc tới quầy số 6.")
    await cast.minh.hears("quầy số 6")


async def nobody_took_it(day: Day) -> None:
    """A ticket nobody takes is warned about, then reported to the supervisor, who hands it to somebody."""
    cast = day.cast
    await cast.lan.says(COPY)
    await cast.lan.hears("phiếu #5", "Chứng thực")
    await day.stage.settled()
    await day.stage.time_passes(timedelta(minutes=50))
    await cast.mai.hears("Sắp đến hạn trả lời", "#5")
    await day.stage.time_passes(timedelta(hours=5, minutes=10))  # over lunch, two working hours past the promise
    alert = await cast.binh.hears("QUÁ HẠN trả lời", "#5")
    day.expect("the supervisor can assign from the alert", holds="Phân công" in alert["buttons"])
    await cast.binh.presses("Phân công")
    await cast.binh.hears("Giao phiếu #5 cho ai")
    await cast.binh.presses("Lê Thị Mai")
    await cast.mai.hears("được giao cho anh/chị")
    await cast.mai.says("/xong 5 Dạ vẫn sao y được nếu còn đọc rõ, mời ông/bà mang tới quầy số 6.")
    await cast.lan.hears("quầy số 6")


async def _owner(day: Day, number: int) -> str:
    ticket = await Ticket.get(office=day.stage.desk.policy.office, number=number).prefetch_related("assignee")
    return ticket.assignee.name if ticket.assignee is not None else ""


SCENES: tuple[Scene, ...] = (
    joining,
    two_at_once,
    answered_and_rated,
    transferred,
    waited_and_reopened,
    by_sms,
    asked_back,
    nobody_took_it,
)
