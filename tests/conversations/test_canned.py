"""Conversations: canned replies are looked at before they are sent, filled in, and edited with their history."""

import pytest

from bot.stage import Stage
from tests.conversations.conftest import People, chooses
from tests.conversations.test_claiming import opened
from tickets.models import Act, CannedReply, Message, Role, Ticket

NETWORKS = pytest.mark.parametrize("network", ["telegram", "zalo_bot"])


@pytest.fixture(autouse=True)
async def _none_yet(stage: Stage) -> None:
    await CannedReply.all().delete()


@NETWORKS
async def test_a_reply_is_filled_in_looked_at_and_sent(people: People, stage: Stage, network: str) -> None:
    lead = await people.staff("Lan Thử", role=Role.LEAD, network=network)
    mai = await people.staff("Mai Thử", network=network)
    resident = people.resident(network, "Bà Mẫu")
    await lead.says(
        "/mau sua ho-tich Giấy chứng sinh: Dạ thưa {tên}, phiếu {số} ({lĩnh vực}) cần giấy chứng sinh."
        " Giờ làm việc: {giờ}. {canbo}"
    )
    await lead.hears("Đã thêm mẫu Giấy chứng sinh (Hộ tịch)")
    number = await opened(resident)
    await mai.says(f"/nhan {number}")
    await mai.hears("đã nhận phiếu")
    await mai.says(f"/mau {number} giay chung sinh")
    look = await mai.hears("CHƯA gửi", "Bà Mẫu", f"#{number}", "Hộ tịch", "07:30–11:30", "Mai Thử")
    assert "{" not in look["text"]
    await stage.settled()
    assert not await Message.filter(ticket__number=number, direction="out").exists()
    if network == "telegram":
        await mai.presses("Gửi")
    else:
        await mai.says("1")
    told = await resident.hears("Dạ thưa Bà Mẫu", f"phiếu #{number} (Hộ tịch) cần giấy chứng sinh")
    assert "Mai Thử" in told["text"]


@NETWORKS
async def test_a_reply_is_changed_in_two_steps_and_its_history_stays(people: People, network: str) -> None:
    lead = await people.staff("Lan Thử", role=Role.LEAD, network=network)
    await lead.says("/mau sua Hẹn chiều: Dạ, chiều nay mời ông/bà tới.")
    await lead.hears("Đã thêm mẫu Hẹn chiều (Hộ tịch)")  # the only area of this lead
    await lead.says("/mau sua ho-tich Hẹn chiều")
    await lead.hears("Xin viết nội dung")
    await lead.says("Dạ, 14:00 mời ông/bà tới quầy.")
    await lead.hears("Trước: “Dạ, chiều nay mời ông/bà tới.”", "Nay: “Dạ, 14:00 mời ông/bà tới quầy.”")
    await lead.says("/mau bo ho-tich hẹn chiều")
    await lead.hears("Đã bỏ mẫu")
    await lead.says("/mau nhatky ho-tich hen chieu")
    history = await lead.hears("3 lần viết", "Lan Thử: bỏ mẫu", "chiều nay mời", "14:00 mời")
    assert history["text"].index("14:00") < history["text"].index("chiều nay")
    await lead.says("/mau")
    await lead.hears("Chưa có mẫu")
    assert await Act.filter(kind="template", data__contains={"name": "Hẹn chiều"}).count() >= 2


@NETWORKS
async def test_a_long_list_is_chosen_from_page_by_page(people: People, network: str) -> None:
    boss = await people.staff("Bình Thử", areas="", role=Role.SUPERVISOR, network=network)
    mai, resident = await people.staff("Mai Thử", network=network), people.resident(network)
    for count in range(10):
        await boss.says(f"/mau sua Mẫu {count}: Dạ, câu số {count} của {{coquan}}.")
        await boss.hears(f"Đã thêm mẫu Mẫu {count} (chung)")
    number = await opened(resident)
    await mai.says(f"/nhan {number}")
    await mai.hears("đã nhận phiếu")
    await mai.says(f"/mau {number}")
    inside = () if network == "telegram" else ("Mẫu 0", "9. Xem tiếp")  # what buttons say stands nowhere else
    first = await mai.hears("Mẫu trả lời: 10 (trang 1/2)", *inside)
    await chooses(mai, first, "Xem tiếp")
    turned = mai.sees if network == "telegram" else mai.hears  # a page turned by its button stays where it is
    await chooses(mai, await turned("(trang 2/2)"), "Mẫu 9")
    await chooses(mai, await mai.hears("CHƯA gửi", "câu số 9 của UBND phường Thử"), "Gửi")
    await resident.hears("câu số 9 của UBND phường Thử")


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        pytest.param("/mau sua ho-tich X: Dạ {khong co}", "không biết điền gì", id="an unknown placeholder"),
        pytest.param(f"/mau sua ho-tich {'tên dài ' * 30}: Dạ", "không dùng được", id="a name of 240 letters"),
        pytest.param("/mau sua ho-tich X\u202ey\u0007z: Dạ", "Đã thêm mẫu Xyz", id="a name with control marks"),
        pytest.param(f"/mau sua ho-tich Dài: {'a' * 3500}", "nhiều nhất", id="too many words"),
        pytest.param("/mau sua xay-dung Mẫu lạ: Dạ", "quyền cao hơn", id="another area's"),
        pytest.param("/mau bo ho-tich không có", "Không có mẫu nào", id="taking out what is not there"),
        pytest.param("/mau không có", "Không có mẫu nào", id="using what is not there"),
        pytest.param("/mau 999999 x", "Không tìm thấy", id="for no ticket"),
        pytest.param("/mau sua", "Viết:", id="nothing said"),
    ],
)
@NETWORKS
async def test_what_cannot_be_is_refused_in_words(people: People, line: str, answer: str, network: str) -> None:
    lead = await people.staff("Lan Thử", role=Role.LEAD, network=network)
    await lead.says(line)
    await lead.hears(answer)


@NETWORKS
async def test_a_member_uses_but_does_not_write(people: People, network: str) -> None:
    mai, lead = (
        await people.staff("Mai Thử", network=network),
        await people.staff("Lan Thử", areas="xay-dung", role=Role.LEAD, network=network),
    )
    await mai.says("/mau sua ho-tich Chào: Dạ chào")
    await mai.hears("quyền cao hơn")
    await lead.says("/mau sua xay-dung Bản vẽ: Dạ, xin thêm bản vẽ.")
    await lead.hears("Đã thêm")
    number = await opened(people.resident(network))
    await mai.says(f"/mau {number} Bản vẽ")
    await mai.hears("Không có mẫu nào")  # that of another area


@NETWORKS
async def test_a_residents_name_is_data(people: People, network: str) -> None:
    lead, resident = (
        await people.staff("Lan Thử", role=Role.LEAD, network=network),
        people.resident(network, "{canbo} <b>Bà</b>"),
    )
    await lead.says("/mau sua ho-tich Chào: Dạ chào {ten}, {thutuc} xong.")
    await lead.hears("Đã thêm")
    number = await opened(resident)
    await Ticket.filter(office="phuong-thu", number=number).update(procedure_code="")
    await lead.says(f"/mau {number} chào")
    await lead.hears("Dạ chào {canbo} <b>Bà</b>", "Chưa có gì để điền vào {thutuc}")


@NETWORKS
async def test_who_has_told_no_name_is_addressed_as_one_addresses_people(people: People, network: str) -> None:
    lead, resident = await people.staff("Lan Thử", role=Role.LEAD, network=network), people.resident("smsgate")
    await lead.says("/mau sua ho-tich Chào: Dạ thưa {ten} {thutuc}, xin chờ ạ.")
    await lead.hears("Đã thêm")
    number = await opened(resident)
    await Ticket.filter(office="phuong-thu", number=number).update(procedure_code="")
    await lead.says(f"mau {number} chào")
    await lead.hears("Dạ thưa ông/bà, xin chờ ạ.", "Chưa có gì để điền vào {thutuc}")
