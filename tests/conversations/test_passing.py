"""Conversations: a ticket goes on with its reason, to an area, a department, a colleague, or a body outside."""

import pytest

from bot.stage import Stage
from tests.conversations.conftest import People
from tests.conversations.test_claiming import opened
from tickets import clocks
from tickets.models import Act, Event, EventKind, Role, Status, Ticket

NETWORKS = pytest.mark.parametrize("network", ["telegram", "zalo_bot"])


async def ticket(number: int) -> Ticket:
    return await Ticket.get(office="phuong-thu", number=number).prefetch_related("assignee")


@NETWORKS
async def test_the_new_area_reads_why(people: People, stage: Stage, network: str) -> None:
    mai = await people.staff("Mai Thử", network=network)
    land, resident = await people.staff("Hà Thử", areas="xay-dung", network=network), people.resident(network)
    number = await opened(resident)
    await mai.says(f"/chuyen {number} xay-dung bà hỏi thêm giấy phép sửa nhà")
    await mai.hears(f"Đã chuyển phiếu #{number}")
    await land.hears(f"Phiếu #{number}", "Chuyển từ", "bà hỏi thêm giấy phép sửa nhà")
    await resident.hears("đã được chuyển", f"#{number}")
    moved = await Event.get(ticket__number=number, ticket__office="phuong-thu", kind=EventKind.TRANSFERRED)
    assert moved.reason == "bà hỏi thêm giấy phép sửa nhà"
    assert await Act.filter(kind="transferred", data__contains={"number": number}).count() == 1
    assert await clocks.differences(stage.desk.policy, [await ticket(number)]) == []


@NETWORKS
async def test_a_chosen_area_asks_for_the_reason(people: People, stage: Stage, network: str) -> None:
    mai = await people.staff("Mai Thử", network=network)
    number = await opened(people.resident(network))
    await mai.says(f"/chuyen {number}")
    offer = await mai.hears("sang lĩnh vực nào")
    if network == "telegram":
        await mai.presses("Xây dựng")
    else:
        lines = offer["text"].splitlines()
        await mai.says(next(line.split(".")[0] for line in lines if line.endswith("Xây dựng")))
    asked = await mai.hears("Vì sao chuyển", "Xây dựng")
    assert (await ticket(number)).area == "ho-tich"
    if network == "telegram":
        assert "Sai lĩnh vực" in asked["buttons"]
        await mai.presses("Sai lĩnh vực")
    else:
        await mai.says("bà chỉ hỏi về nhà")
    await mai.hears("Đã chuyển phiếu")
    moved = await Event.get(ticket__number=number, ticket__office="phuong-thu", kind=EventKind.TRANSFERRED)
    assert moved.reason == ("Sai lĩnh vực" if network == "telegram" else "bà chỉ hỏi về nhà")


@NETWORKS
@pytest.mark.parametrize(
    "whom",
    [
        pytest.param("Nam Thử Việc", id="the whole name"),
        pytest.param("nam thu viec, sáng mai tôi nghỉ", id="without marks, a comma, a reason"),
        pytest.param("@Việc sáng mai tôi nghỉ", id="the given name behind an @"),
        pytest.param("Việc: sáng mai tôi nghỉ", id="the given name alone"),
    ],
)
async def test_a_colleague_is_named_as_people_do(people: People, network: str, whom: str) -> None:
    mai, nam = await people.staff("Mai Thử", network=network), await people.staff("Nam Thử Việc", network=network)
    number = await opened(people.resident(network))
    await mai.says(f"/nhan {number}")
    await mai.hears("đã nhận phiếu")
    await mai.says(f"/chuyen {number} {whom}")
    await mai.hears("Đã giao phiếu", "Nam Thử Việc")
    await nam.hears(f"#{number}", "vừa được giao")
    if "nghỉ" in whom:
        await nam.hears("Mai Thử", "Lý do: sáng mai tôi nghỉ")
    owner = (await ticket(number)).assignee
    assert owner is not None
    assert owner.name == "Nam Thử Việc"


@NETWORKS
async def test_two_of_a_name_are_asked_about(people: People, network: str) -> None:
    mai = await people.staff("Mai Thử", network=network)
    for name in ("Lê Thử Hoa", "Trần Thử Hoa"):
        await people.staff(name, network=network)
    number = await opened(people.resident(network))
    await mai.says(f"/nhan {number}")
    await mai.hears("đã nhận phiếu")
    await mai.says(f"/chuyen {number} Hoa")
    await mai.hears("giao cho ai", *(() if network == "telegram" else ("Lê Thử Hoa", "Trần Thử Hoa")))
    if network == "telegram":
        await mai.presses("Trần Thử Hoa")
    else:
        await mai.says("2")
    await mai.hears("Đã giao phiếu", "Trần Thử Hoa")
    await mai.says(f"/chuyen {number} Ai Đó Lạ Lắm")
    await mai.hears("Không rõ")


@NETWORKS
async def test_a_department_is_a_choice_of_its_areas(people: People, network: str) -> None:
    mai = await people.staff("Mai Thử", network=network)
    number = await opened(people.resident(network))
    await mai.says(f"/chuyen {number} Bộ phận Một cửa xin xem giúp")
    await mai.hears("sang lĩnh vực nào")
    await mai.says(f"/chuyen {number} bhxh hỏi thẻ bảo hiểm y tế")
    await mai.hears("Đã chuyển")
    assert (await ticket(number)).area == "bao-hiem-xa-hoi-bao-hiem-y-te"


@NETWORKS
async def test_the_resident_is_sent_to_another_body_with_its_address(people: People, network: str) -> None:
    mai, resident = await people.staff("Mai Thử", network=network), people.resident(network)
    number = await opened(resident)
    await mai.says(f"/chuyen {number} thuế phần lệ phí trước bạ do bên thuế tính")
    told = await resident.hears("Thuế cơ sở Thử", "lệ phí trước bạ", "2 đường Thử", "0900 000 002")
    assert f"#{number}" in told["text"]
    await mai.hears("Đã hướng dẫn", "Thuế cơ sở Thử")
    row = await ticket(number)
    assert row.status is Status.CLAIMED
    assert row.first_replied_at is not None
    await mai.says(f"/chuyen {number} Văn phòng Đăng ký đất đai Thử")
    await mai.hears("chưa ghi địa chỉ")


@NETWORKS
async def test_the_area_of_another_body_is_taken_by_reception(people: People, network: str) -> None:
    mai, resident = await people.staff("Mai Thử", network=network), people.resident(network)
    front = await people.staff("Thu Thử", areas="tiep-nhan", network=network)
    number = await opened(resident)
    await mai.says(f"/chuyen {number} Bảo hiểm xã hội cơ sở Thử bà hỏi thẻ bảo hiểm")
    await resident.hears("Bảo hiểm xã hội cơ sở Thử", "1 đường Thử", "0900 000 001")
    await front.hears(f"Phiếu #{number}", "bà hỏi thẻ bảo hiểm")


@NETWORKS
async def test_whoever_does_not_have_it_does_not_pass_it_on(people: People, network: str) -> None:
    mai, nam = await people.staff("Mai Thử", network=network), await people.staff("Nam Thử", network=network)
    await people.staff("Bình Thử", areas="", role=Role.SUPERVISOR)
    number = await opened(people.resident(network))
    await mai.says(f"/nhan {number}")
    await mai.hears("đã nhận phiếu")
    await nam.says(f"/chuyen {number} Bình Thử")
    await nam.hears("người khác giữ")
