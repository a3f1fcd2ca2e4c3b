"""Conversations: tags, the right procedure, and what a resident has asked before, across channels and within rights."""

import pytest

from bot.stage import Stage
from tests.conversations.conftest import People
from tests.conversations.test_claiming import opened
from tickets import clocks
from tickets.models import Contact, Event, EventKind, Role, Ticket

NETWORKS = pytest.mark.parametrize("network", ["telegram", "zalo_bot"])


@NETWORKS
async def test_tags_are_put_on_found_by_and_taken_off(people: People, network: str) -> None:
    mai = await people.staff("Mai Thử", network=network)
    number = await opened(people.resident(network))
    await mai.says(f"/the {number}")
    await mai.hears("chưa có thẻ")
    await mai.says(f"/the {number} Hộ nghèo, nhà ở xã hội {network}")
    await mai.hears(f"#{number}", "Hộ nghèo", "nhà ở xã hội")
    await mai.says(f"/xem {number}")
    await mai.hears("Thẻ: Hộ nghèo")
    await mai.says(f"/tim #nha o xa hoi {network}")
    await mai.hears("Tìm thấy 1 phiếu", f"#{number}")
    await mai.says(f"/the {number} -ho ngheo")
    left = await mai.hears(f"#{number}", "nhà ở xã hội")
    assert "Hộ nghèo" not in left["text"]
    await mai.says(f"/the {number} {'dài ' * 20}")
    await mai.hears("không dùng được")
    tagged = Event.filter(ticket__number=number, ticket__office="phuong-thu", kind=EventKind.TAGGED)
    assert [len(one.data["tags"]) for one in await tagged.order_by("id")] == [2, 1]


@NETWORKS
async def test_a_procedure_of_another_area_takes_the_ticket_there(people: People, stage: Stage, network: str) -> None:
    mai = await people.staff("Mai Thử", network=network)
    other, resident = await people.staff("Hà Thử", areas="chung-thuc", network=network), people.resident(network)
    number = await opened(resident)
    await mai.says(f"/nhan {number}")
    await mai.hears("đã nhận phiếu")
    await mai.says(f"/dung {number} 2.000815")
    await mai.hears("2.000815")
    await mai.hears("đã chuyển sang đó")
    await other.hears(f"Phiếu #{number}", "Đúng thủ tục")
    await stage.settled()
    row = await Ticket.get(office="phuong-thu", number=number)
    assert (row.area, row.procedure_code, row.assignee_id) == ("chung-thuc", "2.000815", None)
    assert await clocks.differences(stage.desk.policy, [row]) == []


@NETWORKS
async def test_whoever_serves_both_areas_keeps_the_ticket(people: People, network: str) -> None:
    mai = await people.staff("Mai Thử", areas="ho-tich,chung-thuc", network=network)
    number = await opened(people.resident(network))
    await mai.says(f"/nhan {number}")
    await mai.hears("đã nhận phiếu")
    await mai.says(f"/dung {number} 2.000815")
    await mai.hears("vẫn do người đang giữ")
    row = await Ticket.get(office="phuong-thu", number=number).prefetch_related("assignee")
    assert row.assignee is not None
    assert (row.area, row.assignee.name) == ("chung-thuc", "Mai Thử")


@NETWORKS
async def test_what_a_resident_asked_before_on_any_app(people: People, stage: Stage, network: str) -> None:
    mai = await people.staff("Mai Thử", network=network)
    await people.staff("Hà Thử", areas="xay-dung")
    resident, by_phone = people.resident(network), people.resident("smsgate")
    number = await opened(resident)
    earlier = await opened(by_phone, "hoi khai sinh cho chau ngoai sinh o que")
    elsewhere = await opened(people.resident("smsgate"), "xin giay phep xay dung nha o rieng le")
    await stage.settled()
    whose = await Ticket.get(office="phuong-thu", number=number)
    for one in (earlier, elsewhere):  # the resident has linked their apps
        row = await Ticket.get(office="phuong-thu", number=one)
        await Ticket.filter(id=row.id).update(resident_id=whose.resident_id)
        await Contact.filter(id=row.contact_id).update(resident_id=whose.resident_id)
    await mai.says(f"/lichsu {number}")
    past = await mai.hears("đã hỏi 2 việc", "sms", f"#{number}", f"#{earlier}", "và 1 việc thuộc lĩnh vực khác")
    assert f"#{elsewhere}" not in past["text"]
    assert "rieng le" not in past["text"]
    boss = await people.staff("Bình Thử", areas="", role=Role.SUPERVISOR, network=network)
    await boss.says(f"/lichsu {number}")
    await boss.hears("đã hỏi 3 việc", f"#{elsewhere}")


@NETWORKS
async def test_a_note_is_read_by_colleagues_and_by_nobody_else(people: People, stage: Stage, network: str) -> None:
    mai, resident = await people.staff("Mai Thử", network=network), people.resident(network)
    lead = await people.staff("Lan Thử", role=Role.LEAD, network=network)
    number = await opened(resident)
    await mai.says(f"/nhan {number}")
    await mai.hears("đã nhận phiếu")
    await mai.says(f"/ghichu {number} đã gọi bệnh viện, chờ họ trả lời")
    await mai.hears("người dân không thấy", f"#{number}")
    await lead.says(f"ghi chu {number} nhớ hỏi cả trạm y tế")
    await lead.hears("người dân không thấy", f"#{number}")
    await mai.says(f"/ghichu {number}")
    await mai.hears("nội dung")
    await lead.says(f"/xem {number}")
    shown = await lead.hears(f"#{number}", "đã gọi bệnh viện", "nhớ hỏi cả trạm y tế")
    line = next(line for line in shown["text"].splitlines() if "bệnh viện" in line)
    assert "Mai Thử" in line
    assert "ghi chú" in line.lower()
    await mai.says(f"/tl {number} Dạ mời bà tới quầy số 9")
    await resident.hears("quầy số 9")
    await mai.says(f"/xong {number}")
    await resident.hears("đã xong")
    await resident.says("/trangthai")
    await resident.hears(f"#{number}")
    await stage.settled()
    heard = " ".join(one["text"] for one in await resident.seen())
    assert "bệnh viện" not in heard
    assert "trạm y tế" not in heard
    noted = await Event.filter(ticket__number=number, ticket__office="phuong-thu", kind=EventKind.REPLIED).count()
    assert noted == 1, "a note is no answer"


@NETWORKS
async def test_whoever_lacks_the_area_neither_notes_nor_reads_notes(people: People, network: str) -> None:
    mai, ha = await people.staff("Mai Thử", network=network), await people.staff("Hà Thử", "dat-dai", network=network)
    number = await opened(people.resident(network))
    await mai.says(f"/ghichu {number} bà hẹn chiều")
    await mai.hears("người dân không thấy")
    await ha.says(f"/ghichu {number} tôi cũng biết bà này")
    await ha.hears("ngoài lĩnh vực")
    await ha.says(f"/xem {number}")
    assert "bà hẹn chiều" not in (await ha.hears(f"#{number}"))["text"]
