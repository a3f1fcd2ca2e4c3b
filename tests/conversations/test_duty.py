"""Conversations: who works when, and who is given what; each on Telegram and on Zalo alike."""

from datetime import datetime, timedelta

import pytest

from bot.stage import Stage
from tests.conversations.conftest import MONDAY_8, People
from tests.conversations.test_claiming import opened
from tickets import clocks
from tickets.models import Event, EventKind, Role, ScheduledRun, Staff, Status, Ticket

BUILDING = "Xin hỏi thủ tục cấp giấy phép xây dựng nhà ở riêng lẻ"  # an area that takes turns, two tickets each
SURROUNDINGS = "Xin hỏi đăng ký môi trường cho cơ sở sản xuất"  # an area that gives to the least busy

networks = pytest.mark.parametrize(
    "network", [pytest.param("telegram", id="on Telegram"), pytest.param("zalo_bot", id="on Zalo")]
)


@pytest.fixture(autouse=True)
async def _no_half_of_a_day_has_begun_yet(stage: Stage) -> None:
    await ScheduledRun.all().delete()


def at(day: int, clock: str) -> datetime:
    """A moment of November 2026 on the office's clock."""
    hour, minute = map(int, clock.split(":"))
    return MONDAY_8.replace(day=day, hour=0, minute=0) + timedelta(hours=hour - 7, minutes=minute)


async def owner_of(number: int) -> str | None:
    ticket = await Ticket.get(office="phuong-thu", number=number).prefetch_related("assignee")
    return ticket.assignee.name if ticket.assignee else None


@networks
async def test_turns_are_taken_up_to_the_cap_and_the_oldest_goes_to_whoever_gets_room(
    people: People, stage: Stage, network: str
) -> None:
    mai = await people.staff("Mai Thử", areas="xay-dung", network=network)
    nam = await people.staff("Nam Thử", areas="xay-dung", network=network)
    residents = [people.resident(network) for _ in range(6)]
    numbers = [await opened(one, BUILDING) for one in residents]
    await stage.settled()
    owners = [await owner_of(one) for one in numbers]
    assert sorted(owners[:2], key=str) == ["Mai Thử", "Nam Thử"]
    assert owners[2:4] == owners[:2], "one after the other"
    assert owners[4:] == [None, None], "nobody has room for a third"
    first = mai if owners[0] == "Mai Thử" else nam
    await first.hears(f"Phiếu #{numbers[0]} tới lượt anh/chị", "Xây dựng")
    await first.says(f"/xong {numbers[0]} Dạ mời ông/bà ghé quầy số 3")
    await first.hears(f"Phiếu #{numbers[4]} tới lượt anh/chị")
    await residents[0].hears("quầy số 3")
    assert await owner_of(numbers[5]) is None, "the older one first"
    [event] = await Event.filter(ticket__number=numbers[4], ticket__office="phuong-thu", kind=EventKind.ASSIGNED)
    assert (event.reason, event.staff_id, event.data["auto"]) == ("round_robin", None, True)
    tickets = await Ticket.filter(office="phuong-thu", number__in=numbers)
    assert await clocks.differences(stage.desk.policy, tickets) == []


@networks
async def test_the_least_busy_is_given_it_and_nobody_at_lunch(people: People, stage: Stage, network: str) -> None:
    mai = await people.staff("Mai Thử", areas="moi-truong,ho-tich", network=network)
    nam = await people.staff("Nam Thử", areas="moi-truong", network=network)
    mine = await opened(people.resident(network))
    await mai.says(f"/nhan {mine}")
    await mai.hears("đã nhận phiếu")
    number = await opened(people.resident(network), SURROUNDINGS)
    await nam.hears(f"Phiếu #{number}", "giữ ít phiếu nhất")
    await stage.it_is(at(23, "12:10"))
    later = await opened(people.resident(network), SURROUNDINGS)
    await stage.settled()
    assert await owner_of(later) is None
    await stage.it_is(at(23, "13:31"))
    await mai.hears(f"Phiếu #{later}", "giữ ít phiếu nhất")  # both hold one, and the program gave Nam one before


@networks
async def test_who_puts_a_ticket_back_is_not_given_it_again(people: People, network: str) -> None:
    mai = await people.staff("Mai Thử", areas="xay-dung", network=network)
    nam = await people.staff("Nam Thử", areas="xay-dung", network=network)
    number = await opened(people.resident(network), BUILDING)
    first, second = (mai, nam) if await owner_of(number) == "Mai Thử" else (nam, mai)
    await first.hears(f"#{number} tới lượt")
    await first.says(f"/tra {number} ngoài tầm của tôi")
    await second.hears(f"#{number} tới lượt")


@networks
async def test_a_resident_who_comes_back_meets_the_former_owner_only_when_on_duty(
    people: People, stage: Stage, network: str
) -> None:
    mai = await people.staff("Mai Thử", network=network)
    nam = await people.staff("Nam Thử", network=network)
    ba, ong = people.resident(network), people.resident(network, "Ông Thử")
    first, second = await opened(ba), await opened(ong)
    for number in (first, second):
        await mai.says(f"/nhan {number}")
        await mai.hears(f"đã nhận phiếu #{number}")
        await mai.says(f"/xong {number} Dạ xong ạ")
        await mai.hears("Đã giải quyết")
    await ba.says("khai sinh cho bé thì cần bản chính hay bản sao vậy cô")
    await mai.hears(f"#{first} được mở lại")
    await mai.says("/truc off")
    await mai.hears("nghỉ trực")
    await ong.says("khai sinh cho bé thì cần bản chính hay bản sao vậy cô")
    await nam.hears(f"#{second}", "trước")
    await stage.settled()
    assert await owner_of(second) is None


@networks
async def test_away_with_a_substitute_hands_over_everything_and_answers_in_between_arrive(
    people: People, stage: Stage, network: str
) -> None:
    mai = await people.staff("Mai Thử", network=network)
    nam = await people.staff("Nam Thử", network=network)
    ba, ong = people.resident(network), people.resident(network, "Ông Thử")
    first, second = await opened(ba), await opened(ong)
    for number in (first, second):
        await mai.says(f"/nhan {number}")
        await mai.hears(f"đã nhận phiếu #{number}")
    await mai.says(f"/doi {second} Ông gửi giúp giấy chứng sinh")
    await mai.hears("chờ người dân")
    await mai.says("/vang hôm nay đến 25/11 con ốm; thay Nam Thử")
    await mai.hears("Đã ghi Mai Thử vắng", "Nam Thử thay")
    await mai.hears("2 phiếu đã giao Nam Thử, 0 phiếu về hàng chờ")
    await nam.hears("Mai Thử bàn giao cho anh/chị 2 phiếu", f"#{first}", "con ốm")
    assert {await owner_of(first), await owner_of(second)} == {"Nam Thử"}
    await ong.says("Dạ giấy chứng sinh số 12 đây ạ")
    await nam.hears("giấy chứng sinh số 12")
    await mai.says("/truc")
    await mai.hears("đang trực")  # back early
    await mai.says("/vang")
    await mai.hears("Không ai được ghi vắng")
    tickets = await Ticket.filter(office="phuong-thu", number__in=[first, second])
    assert await clocks.differences(stage.desk.policy, tickets) == []


@networks
async def test_away_without_a_substitute_puts_everything_back_and_ends_by_itself(
    people: People, stage: Stage, network: str
) -> None:
    mai = await people.staff("Mai Thử", network=network)
    nam = await people.staff("Nam Thử", network=network)
    ba = people.resident(network)
    number = await opened(ba)
    await mai.says(f"/nhan {number}")
    await nam.hears(f"#{number}")
    await mai.says("/vang 24/11 sáng đi khám")
    await mai.hears("Đã ghi Mai Thử vắng từ", "về hàng chờ")
    assert await owner_of(number) == "Mai Thử", "not before it begins"
    await stage.it_is(at(24, "07:31"))
    await mai.hears("Anh/chị được ghi vắng tới", "1 phiếu đã về hàng chờ")
    await nam.hears(f"#{number}", "trước")
    await ba.says("Cô ơi em hỏi thêm: bé sinh ở Đà Nẵng")
    await nam.says(f"/nhan {number}")
    await nam.hears("bé sinh ở Đà Nẵng")
    await stage.it_is(at(24, "11:31"))
    await mai.hears("Hết thời gian vắng")


@networks
async def test_a_lead_enters_the_absence_of_a_colleague_but_not_of_another_area(people: People, network: str) -> None:
    lead = await people.staff("Lan Thử", role=Role.LEAD, network=network)
    mai = await people.staff("Mai Thử", network=network)
    await people.staff("Hà Thử", areas="dat-dai", network=network)
    await lead.says("/vang @Mai Thử: 24/11 nghỉ phép")
    await lead.hears("Đã ghi Mai Thử vắng")
    await mai.hears("Lan Thử ghi anh/chị vắng")
    await lead.says("/vang @Hà Thử: 24/11 nghỉ phép")
    await lead.hears("quyền cao hơn")
    await mai.says("/vang @Lan Thử: 24/11 nghỉ phép")
    await mai.hears("quyền cao hơn")
    await lead.says("/vang 20/11 nghỉ phép")
    await lead.hears("chưa đúng")
    await lead.says("/vang @Mai Thử: het")
    await lead.hears("Mai Thử không còn vắng")


@networks
async def test_a_ticket_whose_owner_went_home_is_noticed(people: People, stage: Stage, network: str) -> None:
    lead = await people.staff("Lan Thử", role=Role.LEAD, network=network)
    mai = await people.staff("Mai Thử", network=network)
    ba = people.resident(network)
    number = await opened(ba)
    await mai.says(f"/nhan {number}")
    await mai.hears("đã nhận phiếu")
    await lead.says("/truc off")
    await lead.hears("nghỉ trực")
    await mai.says("/truc off")
    await mai.hears("còn giữ 1 phiếu", "hàng chờ")
    await stage.time_passes(timedelta(minutes=16))
    await lead.hears(f"Phiếu #{number}", "Mai Thử nghỉ trực, chưa có ai khác trực")
    await mai.hears(f"#{number} đang đợi anh/chị")
    await stage.time_passes(timedelta(minutes=5))
    nam = await people.staff("Nam Thử", network=network)
    await stage.time_passes(timedelta(minutes=1))
    await nam.hears(f"#{number}", "trước")
    await mai.hears(f"#{number} đã về hàng chờ")
    told = [one["text"] for one in await lead.seen() if "chưa có ai khác trực" in one["text"]]
    assert len(told) == 1, "once"
    [event] = await Event.filter(ticket__number=number, ticket__office="phuong-thu", kind=EventKind.RELEASED)
    assert (event.reason, event.staff_id) == ("owner_off_duty", None)


@networks
async def test_all_at_once_back_into_the_queue(people: People, network: str) -> None:
    mai = await people.staff("Mai Thử", network=network)
    numbers = [await opened(people.resident(network)) for _ in range(2)]
    for number in numbers:
        await mai.says(f"/nhan {number}")
        await mai.hears(f"đã nhận phiếu #{number}")
    await mai.says("/truc off")
    await mai.hears("còn giữ 2 phiếu")
    await mai.says("/trahet")
    await mai.hears("Đã trả 2 phiếu")
    assert [await owner_of(one) for one in numbers] == [None, None]
    assert await Ticket.filter(office="phuong-thu", number__in=numbers, status=Status.OPEN).count() == 2


@networks
async def test_the_roster_changes_the_guard_at_each_half_of_the_day(people: People, stage: Stage, network: str) -> None:
    lead = await people.staff("Lan Thử", areas="giao-thong", role=Role.LEAD, network=network)
    early = await people.staff("Sáng Thử", areas="giao-thong", network=network)
    late = await people.staff("Chiều Thử", areas="giao-thong", network=network)
    await early.says("/truc off")
    await early.hears("nghỉ trực")
    await stage.it_is(at(24, "07:31"))
    await early.hears("Đến ca trực")
    await lead.says("/lichtruc")
    await lead.hears("Giao thông", "sáng: Sáng Thử", "chiều: Chiều Thử")
    await stage.it_is(at(24, "13:31"))
    await late.hears("Đến ca trực")
    await early.says("/lichtruc")
    shown = await early.hears("Đang trực lúc này")
    assert "Sáng Thử" not in shown["text"].split("Đang trực lúc này")[1]
    await lead.says("/lichtruc homnay chiều @giao-thong Sáng Thử; Chiều Thử đi họp")
    await lead.hears("Đã xếp lịch trực Giao thông", "chiều: Sáng Thử")
    await early.hears("Lan Thử xếp lịch trực có anh/chị")
    await early.hears("Đến ca trực")
    await late.says("/lichtruc 24/11 @giao-thong bo")
    await late.hears("quyền cao hơn")
    await lead.says("/lichtruc 24/11 @giao-thong bo")
    await lead.hears("như lịch hằng tuần")
    await late.hears("Đến ca trực")


async def test_the_card_in_the_group_shows_whom_the_program_chose(people: People, stage: Stage) -> None:
    boss = await people.staff("Bình Thử", areas="", role=Role.SUPERVISOR)
    mai = await people.staff("Mai Thử", areas="xay-dung")
    group = people.group()
    await boss.among(group).says("/batdau xay-dung")
    await boss.among(group).hears("Xây dựng")
    await mai.among(group).says("/cuatoi")
    await mai.among(group).hears("không giữ phiếu nào")
    number = await opened(people.resident("zalo_bot"), BUILDING)
    await mai.hears(f"#{number} tới lượt anh/chị")
    await mai.among(group).sees(f"#{number}", "Mai Thử")


@networks
async def test_who_is_gone_from_the_table_holds_nothing_for_long(people: People, stage: Stage, network: str) -> None:
    mai, nam = await people.staff("Mai Thử", network=network), await people.staff("Nam Thử", network=network)
    number = await opened(people.resident(network))
    await mai.says(f"/nhan {number}")
    await mai.hears("đã nhận phiếu")
    await Staff.filter(name="Mai Thử").update(active=False)  # not by chat: by a hand in the database
    await stage.time_passes(timedelta(minutes=1))
    await nam.says("/cuatoi")
    await nam.hears("không giữ phiếu nào")
    await stage.time_passes(timedelta(minutes=1))
    await nam.hears(f"#{number}", "trước")
    assert await owner_of(number) is None
