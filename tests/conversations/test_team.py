"""Conversations: who is staff, what they may do, and what becomes of everything when somebody goes."""

from datetime import timedelta

import pytest

from bot.stage import Stage
from tests.conversations.conftest import People
from tests.conversations.test_claiming import opened
from tests.conversations.test_duty import networks, owner_of
from tickets.models import Act, Contact, Dialog, Invitation, Role, Staff, StaffChatMember, Ticket

BUILDING = "Xin hỏi thủ tục cấp giấy phép xây dựng nhà ở riêng lẻ"


@pytest.fixture(autouse=True)
async def _no_supervisor_but_those_of_this_conversation(stage: Stage) -> None:
    await Staff.all().update(active=False)


async def _named(name: str) -> Staff:
    return await Staff.get(name=name, active=True)


@networks
async def test_a_supervisor_sees_who_is_there_and_changes_role_and_areas(
    people: People, stage: Stage, network: str
) -> None:
    boss = await people.staff("Bình Thử", areas="", role=Role.SUPERVISOR, network=network)
    mai = await people.staff("Mai Thử", areas="ho-tich,chung-thuc", network=network)
    await people.staff("Nam Thử", network=network)
    number = await opened(people.resident(network))
    await mai.says(f"/nhan {number}")
    await mai.hears("đã nhận phiếu")
    await boss.says("/nhansu")
    await boss.hears("Mai Thử · thành viên · đang trực · Hộ tịch", "giữ 1 phiếu")
    await boss.says("/nhansu Mai Thử")
    await boss.hears("Mai Thử", "thành viên", "Hộ tịch")
    await boss.says("/nhansu Mai Thử vai trò")
    await boss.hears("Vai trò mới của Mai Thử?")
    await boss.says("/nhansu Mai Thử vai trò tổ trưởng")
    await boss.hears("Mai Thử nay là tổ trưởng")
    await mai.hears("Bình Thử vừa đổi quyền của anh/chị: tổ trưởng")
    await mai.says("/quahan")
    await mai.hears("Không có phiếu nào quá hạn")
    await boss.says("/nhansu Mai Thử linhvuc dat-dai")
    await boss.hears("Mai Thử nay là tổ trưởng, lĩnh vực: Đất đai", "1 phiếu ngoài lĩnh vực")
    assert await owner_of(number) is None
    await mai.says(f"/nhan {number}")
    await mai.hears("ngoài lĩnh vực của anh/chị")
    await boss.says("/nhansu Bình Thử vaitro member")
    await boss.hears("không tự đổi quyền của mình")
    await stage.settled()
    kinds = await Act.filter(about_id=(await _named("Mai Thử")).id).order_by("id").values_list("kind", flat=True)
    assert kinds == ["role", "areas"]


@networks
async def test_somebody_who_leaves_while_holding_tickets(people: People, stage: Stage, network: str) -> None:
    boss = await people.staff("Bình Thử", areas="", role=Role.SUPERVISOR, network=network)
    mai = await people.staff("Mai Thử", network=network)
    nam = await people.staff("Nam Thử", network=network)
    first, second = await opened(people.resident(network)), await opened(people.resident(network))
    for number in (first, second):
        await mai.says(f"/nhan {number}")
        await mai.hears(f"đã nhận phiếu #{number}")
    await mai.says("/themkenh")
    code = (await mai.hears("Mã thêm kênh"))["text"].split("\n")[0].removeprefix("Mã thêm kênh: ")
    await mai.says("/vang 30/11 nghỉ phép")
    await mai.hears("Đã ghi")
    await boss.says("/nhansu Mai Thử rời")
    await boss.hears("Cho Mai Thử thôi việc", "đang giữ 2 phiếu")
    gone = await _named("Mai Thử")
    await boss.says("/nhansu Mai Thử roi Nam Thử")
    await boss.hears("Mai Thử không còn trong Tổ hỗ trợ", "2 phiếu đã giao Nam Thử")
    await nam.hears("Mai Thử bàn giao cho anh/chị 2 phiếu", f"#{second}")
    await mai.hears("không còn trong Tổ hỗ trợ")
    for line in (f"/nhan {first}", "/cuatoi", f"/tl {second} Dạ thử xem", "/truc on"):
        await mai.says(line)
        await mai.hears("không còn trong Tổ hỗ trợ nên không dùng được")
    other = people.resident("smsgate", "Mai Thử")
    await other.says(code)
    await other.hears("ma moi khong dung")  # the channel she was about to add stays shut
    assert {await owner_of(first), await owner_of(second)} == {"Nam Thử"}
    if network == "telegram":
        await mai.sees("không còn hiển thị với anh/chị")
        assert not any(f"Phiếu #{first}" in one["text"] for one in await mai.seen())
    contacts = await Contact.filter(staff_id=gone.id)
    assert not await Dialog.filter(user__in=[one.user for one in contacts]).exists()
    assert not await StaffChatMember.filter(staff_id=gone.id).exists()
    assert not await Invitation.filter(staff_id=gone.id, expires_at__gt=stage.app.clock.now()).exists()
    await nam.says(f"/xong {first} Dạ xong ạ")  # cards put right after this go to nobody who left
    await nam.hears("Đã giải quyết")
    await stage.settled()
    if network == "telegram":
        assert not any(f"Phiếu #{first}" in one["text"] for one in await mai.seen())
    await mai.says("lam khai sinh cho be can giay to gi")
    await mai.hears("đã nhận tin của ông/bà")  # a resident like any other


@networks
async def test_a_question_that_was_open_dies_with_the_rights(people: People, stage: Stage, network: str) -> None:
    boss = await people.staff("Bình Thử", areas="", role=Role.SUPERVISOR, network=network)
    lan = await people.staff("Lan Thử", role=Role.LEAD, network=network)
    number = await opened(people.resident(network))
    await lan.says(f"/giahan {number} 1d")
    await lan.hears("Vì sao gia hạn")
    await boss.says("/nhansu Lan Thử roi chac")
    await boss.hears("không còn trong Tổ hỗ trợ")
    before = (await Ticket.get(office="phuong-thu", number=number)).first_reply_due
    await lan.says("vì chờ hồ sơ gốc")
    await stage.settled()
    assert (await Ticket.get(office="phuong-thu", number=number)).first_reply_due == before


@networks
async def test_a_lead_decides_about_members_of_their_own_areas_only(people: People, network: str) -> None:
    await people.staff("Bình Thử", areas="", role=Role.SUPERVISOR, network=network)
    lan = await people.staff("Lan Thử", role=Role.LEAD, network=network)
    await people.staff("Hà Thử", areas="dat-dai", network=network)
    await people.staff("Mai Thử", network=network)
    await lan.says("/nhansu Hà Thử roi chac")
    await lan.hears("quyền cao hơn")
    await lan.says("/nhansu Mai Thử vaitro lead")
    await lan.hears("quyền cao hơn")
    await lan.says("/nhansu Mai Thử linhvuc ho-tich, dat-dai")
    await lan.hears("quyền cao hơn")
    await lan.says("/nhansu Bình Thử roi chac")
    await lan.hears("quyền cao hơn")
    await lan.says("/nhansu Mai Thử roi chac")
    await lan.hears("Mai Thử không còn")


@networks
async def test_the_last_supervisor_stays(people: People, network: str) -> None:
    boss = await people.staff("Bình Thử", areas="", role=Role.SUPERVISOR, network=network)
    hoa = await people.staff("Hoa Thử", areas="", role=Role.SUPERVISOR, network=network)
    await boss.says("/nhansu Hoa Thử vaitro lead")
    await boss.hears("Hoa Thử nay là tổ trưởng")
    await hoa.says("/nhansu Bình Thử roi chac")
    await hoa.hears("quyền cao hơn")
    await boss.says("/nhansu Bình Thử roi chac")
    await boss.hears("không tự đổi")


@networks
async def test_two_supervisors_make_a_supervisor(people: People, stage: Stage, network: str) -> None:
    boss = await people.staff("Bình Thử", areas="", role=Role.SUPERVISOR, network=network)
    await boss.says("/moicanbo lanhdao tatca Minh Thử")
    await boss.hears("chưa có lãnh đạo thứ hai")
    hoa = await people.staff("Hoa Thử", areas="", role=Role.SUPERVISOR, network=network)
    await boss.says("/moicanbo lanhdao tatca Minh Thử")
    asked = (await boss.hears("cần lãnh đạo thứ hai", "Hoa Thử"))["text"]
    request = asked.split()[2]
    await boss.says(f"/duyet {request}")
    await boss.hears("cần một lãnh đạo khác")
    await hoa.hears(f"Yêu cầu {request}: Bình Thử muốn mời Minh Thử làm lãnh đạo phụ trách")
    if network == "telegram":
        await hoa.presses("Đồng ý")
    else:
        await hoa.says("1")
    await hoa.hears("Đã đồng ý")
    answer = (await boss.hears("Hoa Thử đã đồng ý", "Mã mời"))["text"]
    code = answer.split("Mã mời (lãnh đạo phụ trách): ")[1].split("\n")[0]
    minh = people.resident(network, "Minh Thử")
    await minh.says(code)
    await minh.hears("Minh Thử", "lãnh đạo phụ trách")
    await hoa.says(f"/duyet {request}")
    await hoa.hears("đã quyết")
    kinds = await Act.filter(office="phuong-thu").order_by("-id").limit(4).values_list("kind", flat=True)
    assert kinds[::-1] == ["asked", "approved", "invited", "joined"]


@networks
async def test_a_request_is_refused_or_expires(people: People, stage: Stage, network: str) -> None:
    boss = await people.staff("Bình Thử", areas="", role=Role.SUPERVISOR, network=network)
    hoa = await people.staff("Hoa Thử", areas="", role=Role.SUPERVISOR, network=network)
    lan = await people.staff("Lan Thử", role=Role.LEAD, network=network)
    await boss.says("/nhansu Lan Thử vaitro lanhdao")
    first = (await boss.hears("cần lãnh đạo thứ hai"))["text"].split()[2]
    await lan.says(f"/duyet {first}")
    await lan.hears("quyền cao hơn")
    await hoa.says(f"/tuchoi {first}")
    await boss.hears("Hoa Thử không đồng ý")
    await boss.says("/nhansu Lan Thử vaitro lanhdao")
    second = (await boss.hears("cần lãnh đạo thứ hai"))["text"].split()[2]
    await stage.time_passes(timedelta(hours=25))
    await hoa.says(f"/duyet {second}")
    await hoa.hears("hết hạn")
    assert (await _named("Lan Thử")).role is Role.LEAD
    await boss.says("/nhansu Lan Thử vaitro lanhdao")
    third = (await boss.hears("cần lãnh đạo thứ hai"))["text"].split()[2]
    await hoa.says(f"/duyet {third}")
    await lan.hears("lãnh đạo phụ trách")
    assert (await _named("Lan Thử")).role is Role.SUPERVISOR


@networks
async def test_who_works_from_two_apps_has_left_on_both(people: People, stage: Stage, network: str) -> None:
    boss = await people.staff("Bình Thử", areas="", role=Role.SUPERVISOR, network=network)
    mai = await people.staff("Mai Thử", network=network)
    await mai.says("/themkenh")
    code = (await mai.hears("Mã thêm kênh"))["text"].split("\n")[0].removeprefix("Mã thêm kênh: ")
    also_mai = people.resident("zalo_bot" if network == "telegram" else "telegram", "Mai Thử")
    await also_mai.says(code)
    await also_mai.hears("đã vào Tổ hỗ trợ")
    await also_mai.says("/themkenh")
    code = (await also_mai.hears("Mã thêm kênh"))["text"].split("\n")[0].removeprefix("Mã thêm kênh: ")
    by_sms = people.resident("smsgate", "Mai Thử")
    await by_sms.says(code)
    await by_sms.hears("đã vào Tổ hỗ trợ")
    number = await opened(people.resident(network))
    await boss.says("/nhansu Mai Thử roi chac")
    await boss.hears("không còn trong Tổ hỗ trợ")
    for app in (mai, also_mai, by_sms):
        await app.says(f"/nhan {number}")
        await app.hears("không còn trong Tổ hỗ trợ nên không dùng được")
    assert await owner_of(number) is None


@networks
async def test_who_left_can_be_invited_again(people: People, network: str) -> None:
    boss = await people.staff("Bình Thử", areas="", role=Role.SUPERVISOR, network=network)
    mai = await people.staff("Mai Thử", network=network)
    await boss.says("/nhansu Mai Thử roi chac")
    await mai.hears("không còn trong Tổ hỗ trợ")
    await boss.says("/moicanbo thanhvien ho-tich Mai Thử")
    code = (await boss.hears("Mã mời"))["text"].split(": ")[1].split("\n")[0]
    await mai.says(code)
    await mai.hears("đã vào Tổ hỗ trợ")
    await mai.says("/cuatoi")
    await mai.hears("không giữ phiếu nào")


async def test_a_group_is_left_by_hand_and_its_buttons_do_nothing(people: People, stage: Stage) -> None:
    boss = await people.staff("Bình Thử", areas="", role=Role.SUPERVISOR)
    mai, nam = await people.staff("Mai Thử"), await people.staff("Nam Thử")
    group = people.group()
    await boss.among(group).says("/batdau ho-tich")
    await boss.among(group).hears("Hộ tịch")
    for one in (mai, nam):
        await one.among(group).says("/cuatoi")
        await one.among(group).hears("không giữ phiếu nào")
    number = await opened(people.resident("telegram"))
    await mai.among(group).sees(f"Phiếu #{number}")
    await boss.says("/nhansu Mai Thử roi chac")
    await boss.hears("Mai Thử không còn trong Tổ hỗ trợ", "ra khỏi các nhóm")
    toast = await mai.among(group).presses("Nhận", wait=10)
    assert toast is not None
    assert "Chỉ cán bộ" in toast
    assert await owner_of(number) is None
