"""Conversations: finding tickets again, and putting one aside."""

from datetime import timedelta

import pytest

from bot.stage import Stage
from channels.text import plain
from tests.conversations.conftest import People
from tests.conversations.test_claiming import opened
from tickets.models import Status, Ticket

NETWORKS = pytest.mark.parametrize("network", ["telegram", "zalo_bot"])


@pytest.mark.parametrize(
    ("query", "network"),
    [
        pytest.param("/tim KHAI SINH cháu Bảo Ngọc", "telegram", id="with marks and capitals"),
        pytest.param("tim bao ngoc", "zalo_bot", id="without marks, on Zalo"),
        pytest.param("/tim Trần Thị Tìm", "telegram", id="by the resident's name"),
    ],
)
async def test_a_ticket_is_found_by_its_words(people: People, query: str, network: str) -> None:
    mai = await people.staff("Mai Thử", network=network)
    number = await opened(people.resident("telegram", "Trần Thị Tìm"), "lam giay khai sinh cho cháu Bảo Ngọc")
    await opened(people.resident("telegram"), "khai sinh tre thi lam sao")
    await mai.says(query if network == "telegram" else f"/{query}")
    found = await mai.hears("Tìm thấy")
    assert f"#{number}" in found["text"]
    assert "tre thi" not in found["text"]


@NETWORKS
async def test_a_ticket_is_found_by_the_end_of_a_phone_number(people: People, network: str) -> None:
    mai, resident = await people.staff("Mai Thử", network=network), people.resident("smsgate")
    number = await opened(resident, "lam khai sinh cho be can giay to gi")
    await mai.says(f"/tim {resident.id[-5:]}")
    await mai.hears("Tìm thấy", f"#{number}")


@NETWORKS
async def test_what_is_not_theirs_is_not_found(people: People, network: str) -> None:
    land = await people.staff("Hà Thử", areas="dat-dai", network=network)
    await opened(people.resident("telegram"), "lam khai sinh cho cháu Vô Hình")
    await land.says("/tim Vô Hình")
    await land.hears("Không tìm thấy")


@NETWORKS
async def test_a_ticket_put_aside_comes_back_in_time(people: People, stage: Stage, network: str) -> None:
    mai = await people.staff("Mai Thử", network=network)
    number = await opened(people.resident(network), "lam khai sinh cho be can giay to gi")
    await mai.says(f"/nhan {number}")
    await mai.hears("đã nhận")
    await mai.says(f"/henlai {number} khi nào rảnh")
    await mai.hears("Hẹn lại lúc nào")
    await mai.says(f"/henlai {number} 30p")
    await mai.hears(f"#{number}", "08:30 hôm nay")
    await stage.settled()
    assert (await Ticket.get(number=number, office="phuong-thu")).status is Status.SNOOZED
    await stage.time_passes(timedelta(minutes=31))
    await mai.hears("Đến giờ hẹn", f"#{number}")


@NETWORKS
async def test_what_the_resident_says_brings_a_ticket_back_before_its_time(
    people: People, stage: Stage, network: str
) -> None:
    mai, resident = await people.staff("Mai Thử", network=network), people.resident(network)
    number = await opened(resident, "lam khai sinh cho be can giay to gi")
    await mai.says(f"/nhan {number}")
    await mai.hears("đã nhận")
    due = (await Ticket.get(number=number, office="phuong-thu")).first_reply_due
    await mai.says(f"hen lai {number} 22:00")
    await mai.hears(f"#{number}", "ngoài giờ làm việc", "dời tới 07:30 ngày mai")
    await resident.says("dạ tôi gửi thêm giấy chứng sinh rồi đó")
    await mai.hears(f"#{number}", "giấy chứng sinh")
    await stage.settled()
    back = await Ticket.get(number=number, office="phuong-thu")
    assert (back.status, back.first_reply_due) == (Status.CLAIMED, due), "it is our own decision: the promise stays"
    await stage.time_passes(timedelta(days=1, minutes=1))
    await stage.settled()
    assert not any("Đến giờ hẹn" in one["text"] for one in await mai.seen())


@NETWORKS
@pytest.mark.parametrize(
    ("line", "answer"),
    [
        pytest.param("/henlai {number}", "Hẹn lại lúc nào", id="no time"),
        pytest.param("/henlai {number} hôm qua", "Hẹn lại lúc nào", id="a time that has passed"),
        pytest.param("/henlai {number} 32:00", "Hẹn lại lúc nào", id="an hour that no clock shows"),
        pytest.param("/henlai 999999 30p", "Không tìm thấy", id="a number nobody has"),
    ],
)
async def test_a_ticket_cannot_be_put_aside_so(people: People, network: str, line: str, answer: str) -> None:
    mai = await people.staff("Mai Thử", network=network)
    number = await opened(people.resident(network), "lam khai sinh cho be can giay to gi")
    await mai.says(f"/nhan {number}")
    await mai.hears("đã nhận")
    await mai.says(line.format(number=number))
    await mai.hears(answer)
    assert (await Ticket.get(number=number, office="phuong-thu")).status is Status.CLAIMED


@pytest.mark.parametrize(
    ("query", "network"),
    [
        pytest.param("THT-{number}", "telegram", id="its number as an office writes it"),
        pytest.param("{number}", "zalo_bot", id="its number alone, on Zalo"),
        pytest.param("nguyen thi so dau", "telegram", id="the name without marks"),
        pytest.param("giay chung sinh bi ra", "zalo_bot", id="words of a later message, the last only begun, on Zalo"),
    ],
)
async def test_a_ticket_is_found_by_what_somebody_remembers(people: People, query: str, network: str) -> None:
    mai = await people.staff("Mai Thử", network=network)
    resident = people.resident("telegram", "Nguyễn Thị Số Đầu")
    number = await opened(resident, "khai sinh cho cháu Tí")
    await mai.says(f"/nhan {number}")
    await mai.hears("đã nhận phiếu")
    await resident.says("giấy chứng sinh bị rách một góc thì có được không")
    await mai.hears("bị rách một góc")
    await mai.says(f"/tim {query.format(number=number)}")
    await mai.hears("Tìm thấy", f"#{number}")


@pytest.mark.parametrize("network", ["telegram", "zalo_bot", "smsgate"])
async def test_a_long_list_is_read_page_by_page(people: People, stage: Stage, network: str) -> None:
    mai = await people.staff("Mai Thử", areas="nghia-vu-quan-su", network=network)
    number = await opened(people.resident("telegram"), "đăng ký nghĩa vụ quân sự lần đầu cho con trai")
    await stage.settled()
    one = await Ticket.get(office="phuong-thu", number=number)
    for more in range(11):  # as many as a page and a bit
        fields = {"office": one.office, "area": one.area, "status": Status.OPEN, "subject": f"nghĩa vụ số {more}"}
        people_of = {"resident_id": one.resident_id, "contact_id": one.contact_id}
        first_number = 900000 + 20 * ["telegram", "zalo_bot", "smsgate"].index(network)
        await Ticket.create(number=first_number + more, opened_at=one.opened_at, **fields, **people_of)
    await mai.says("/cho")
    first = await mai.hears("12 phiếu (trang 1/2)")
    if network == "telegram":
        await mai.presses("Xem tiếp")
        await mai.sees("12 phiếu (trang 2/2)")  # the same message has turned its page
        assert not any("trang 1/2" in message["text"] for message in await mai.seen())
    else:
        turn = next(line for line in first["text"].splitlines() if plain(line).endswith("Xem tiep"))
        await mai.says(turn.partition(".")[0])
        await mai.hears("12 phiếu (trang 2/2)")
        await mai.says("trước")
        await mai.hears("12 phiếu (trang 1/2)")
