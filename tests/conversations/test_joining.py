"""Conversations: two tickets that are one matter become one and can be parted again; one that is two becomes two."""

from datetime import timedelta

import pytest

from bot.stage import Stage
from sandbox.person import Person
from tests.conversations.conftest import People, number_of
from tests.conversations.test_claiming import QUESTION, opened
from tickets import clocks
from tickets.models import Act, Event, EventKind, Message, Role, Status, Ticket
from tickets.reports.reading import figures_of

NETWORKS = pytest.mark.parametrize("network", ["telegram", "zalo_bot"])


async def ticket(number: int) -> Ticket:
    return await Ticket.get(office="phuong-thu", number=number).prefetch_related("assignee")


async def second(resident: Person, words: str = "khai sinh cho cháu cần thêm giấy gì không") -> int:
    """One more matter of the same resident."""
    await resident.says("/moi")
    await resident.hears("hỏi việc gì nữa")
    return await opened(resident, words)


async def clocks_agree(stage: Stage, *numbers: int) -> None:
    rows = await Ticket.filter(office="phuong-thu", number__in=numbers)
    assert await clocks.differences(stage.desk.policy, rows) == []


@NETWORKS
async def test_two_tickets_become_one_and_two_again(people: People, stage: Stage, network: str) -> None:
    mai, resident = await people.staff("Mai Thử", network=network), people.resident(network)
    first = await opened(resident)
    await stage.time_passes(timedelta(minutes=5))
    late = await second(resident)
    await mai.says(f"/nhan {first}")
    await mai.hears("đã nhận phiếu")
    before = await ticket(late)
    await mai.says(f"/gop {late} vao {first}")
    await mai.hears(f"Đã gộp phiếu #{late} vào phiếu #{first}")
    await resident.hears(f"#{late}", "cùng một việc", f"#{first}")
    await mai.hears("cần thêm giấy gì không")  # the owner has everything that was said
    await stage.settled()
    assert (await ticket(late)).status is Status.CLOSED
    await clocks_agree(stage, first, late)
    await mai.says(f"/xem {first}")
    shown = await mai.hears(f"#{first}", "cần thêm giấy gì không")
    assert QUESTION[:20] in shown["text"]
    await mai.says(f"/tl {late} Dạ chỉ cần giấy chứng sinh")  # the old number still leads to the matter
    await resident.hears(f"phiếu #{first}", "giấy chứng sinh")
    await stage.time_passes(timedelta(minutes=10))
    if network == "telegram":
        await mai.presses("Tách lại")
    else:
        await mai.says(f"gop {late} bo")
    await mai.hears(f"Đã tách lại phiếu #{late}")
    await resident.hears(f"#{late}", "xem riêng trở lại")
    await stage.settled()
    after = await ticket(late)
    assert (after.status, after.assignee_id, after.area) == (before.status, before.assignee_id, before.area)
    assert after.first_reply_due
    assert before.first_reply_due
    later = after.first_reply_due - before.first_reply_due
    assert timedelta(minutes=10) <= later < timedelta(minutes=11)  # what passed meanwhile counts for nobody
    await clocks_agree(stage, first, late)
    assert await Act.filter(kind__in=["merged", "unmerged"], data__contains={"number": late}).count() == 2


@NETWORKS
async def test_the_older_number_stays_whichever_is_named_first(people: People, stage: Stage, network: str) -> None:
    mai, resident = await people.staff("Mai Thử", network=network), people.resident(network)
    first = await opened(resident)
    late = await second(resident)
    await mai.says(f"/nhan {late}")
    await mai.hears("đã nhận phiếu")
    await mai.says(f"/gop {first}")
    offer = await mai.hears("Gộp phiếu", f"#{first}")
    if network == "telegram":
        await mai.presses(offer["buttons"][0])
    else:
        await mai.says("1")
    await mai.hears(f"Đã gộp phiếu #{late} vào phiếu #{first}")
    await stage.settled()
    kept = await ticket(first)
    assert kept.assignee is not None
    assert kept.assignee.name == "Mai Thử"  # whoever had the other has this one
    await clocks_agree(stage, first, late)


@NETWORKS
async def test_what_is_owed_to_the_merged_one_is_owed_by_the_other(people: People, stage: Stage, network: str) -> None:
    mai, resident = await people.staff("Mai Thử", network=network), people.resident("zalo_bot")
    first = await opened(resident)
    await mai.says(f"/tl {first} Bà mang giấy chứng sinh ra phường")
    await resident.hears("Bà mang giấy chứng sinh ra phường")
    await mai.says(f"/doi {first}")
    await mai.hears("chờ người dân")
    late = await second(resident)
    await mai.says(f"/gop {first} {late}")
    await mai.hears("Đã gộp")
    await stage.settled()
    kept = await ticket(first)
    assert kept.status is Status.CLAIMED  # waiting has ended: now it is our turn
    assert kept.next_reply_due is not None
    await clocks_agree(stage, first, late)


@NETWORKS
async def test_words_of_the_resident_follow_the_merge(people: People, stage: Stage, network: str) -> None:
    mai, resident = await people.staff("Mai Thử", network=network), people.resident(network)
    first, late = await opened(resident), await second(resident)
    answer = next(one for one in await resident.seen() if f"#{late}" in one["text"])
    await mai.says(f"/nhan {first}")
    await mai.hears("đã nhận phiếu")
    await mai.says(f"/gop {first} {late}")
    await resident.hears("cùng một việc")
    await resident.says("cháu tôi sinh ở Nha Trang", reply_to=answer["message_id"])
    await mai.hears(f"#{first}", "sinh ở Nha Trang")
    await stage.settled()
    assert await Message.filter(ticket__number=first, text__contains="sinh ở").exists()
    assert await Ticket.filter(office="phuong-thu", number=late + 1).count() == 0


@NETWORKS
async def test_tickets_of_two_residents_are_never_merged(people: People, network: str) -> None:
    mai = await people.staff("Mai Thử", network=network)
    first, other = await opened(people.resident(network)), await opened(people.resident("smsgate"))
    await mai.says(f"/gop {first} {other}")
    await mai.hears("hai người dân khác nhau")
    await mai.says(f"/gop {first} {first}")
    await mai.hears("chính nó")
    await mai.says(f"/gop {first} bo")
    await mai.hears("không nằm trong phiếu nào")
    await mai.says(f"/gop {first}")
    await mai.hears("không có phiếu nào khác")
    await mai.says(f"/gop {first} 999999")
    await mai.hears("Không tìm thấy")


@NETWORKS
async def test_whoever_does_not_have_the_ticket_does_not_merge_it(people: People, network: str) -> None:
    mai, nam = await people.staff("Mai Thử", network=network), await people.staff("Nam Thử", network="zalo_bot")
    resident = people.resident(network)
    first, late = await opened(resident), await second(resident)
    await mai.says(f"/nhan {first}")
    await mai.hears("đã nhận phiếu")
    await nam.says(f"/gop {first} {late}")
    await nam.hears("người khác giữ")


@NETWORKS
async def test_a_second_matter_gets_a_ticket_of_its_own(people: People, stage: Stage, network: str) -> None:
    mai = await people.staff("Mai Thử", network=network)
    land, resident = await people.staff("Hà Thử", areas="xay-dung", network=network), people.resident(network)
    number = await opened(resident)
    await mai.says(f"/nhan {number}")
    await mai.hears("đã nhận phiếu")
    await resident.says("với lại xin giấy phép xây dựng nhà ở riêng lẻ thì làm sao")
    await mai.hears("giấy phép xây dựng")
    await mai.says(f"/tach {number}")
    await mai.hears("Tin nào", f"#{number}")
    if network == "telegram":
        await mai.says(f"/tach {number} 2")
    else:
        await mai.says("2")
    new = number_of(await mai.hears("Đã tách việc thứ hai"))
    assert new == number
    made = await Ticket.get(office="phuong-thu", number=number + 1)
    await resident.hears("có hai việc", f"#{made.number}", f"#{number}")
    await land.hears(f"Phiếu #{made.number}", "giấy phép xây dựng")
    await stage.settled()
    assert made.area == "xay-dung"
    assert made.previous_id is not None
    assert await Message.filter(ticket_id=made.id).count() == 1
    await clocks_agree(stage, number, made.number)
    boss = await people.staff("Bình Thử", areas="", role=Role.SUPERVISOR, network=network)
    await boss.says(f"/gop {made.number} {number}")
    await boss.hears(f"Đã gộp phiếu #{made.number} vào phiếu #{number}")
    await clocks_agree(stage, number, made.number)


@NETWORKS
async def test_a_single_message_cannot_be_split(people: People, network: str) -> None:
    mai = await people.staff("Mai Thử", network=network)
    number = await opened(people.resident(network))
    await mai.says(f"/tach {number}")
    await mai.hears("chỉ có một tin")
    await mai.says(f"/tach {number} 7 xay-dung")
    await mai.hears("chỉ có một tin")


async def test_figures_count_a_merged_matter_once(people: People, stage: Stage) -> None:
    mai, resident = await people.staff("Mai Thử"), people.resident("telegram")
    first, late = await opened(resident), await second(resident)
    since = (await ticket(first)).opened_at
    await mai.says(f"/nhan {first}")
    await mai.hears("đã nhận phiếu")
    await mai.says(f"/gop {first} {late}")
    await mai.hears("Đã gộp")
    await mai.says(f"/xong {first} Đã xong ạ")
    await mai.hears("Đã giải quyết")
    await stage.time_passes(timedelta(minutes=1))
    found = await figures_of(stage.desk.policy, since, stage.app.clock.now())
    ids = {(await ticket(first)).id: "kept", (await ticket(late)).id: "gone"}
    named = {name: {ids[one] for one in of if one in ids} for name, of in found.sets.items()}
    assert named["received"] == {"kept", "gone"}
    assert named["settled"] == {"kept"}
    assert named["merged"] == {"gone"}
    assert named["live"] == set()
    assert await Event.filter(ticket__number=late, kind=EventKind.MERGED).count() == 1


async def test_merging_and_splitting_are_typed_by_sms_too(people: People, stage: Stage) -> None:
    mai, resident = (
        await people.staff("Mai Thu", areas="ho-tich,xay-dung", network="smsgate"),
        people.resident("zalo_bot"),
    )
    first, late = await opened(resident), await second(resident)
    await mai.says(f"nhan {first}")
    await mai.hears(f"da nhan phieu #{first}")
    await mai.says(f"gop {late} vao {first}")
    await mai.hears(f"Da gop phieu #{late} vao phieu #{first}")
    await resident.hears(f"#{late}", "cùng một việc", f"#{first}")
    await resident.says("với lại xin giấy phép xây dựng nhà ở riêng lẻ thì làm sao")
    await mai.hears(f"#{first}", "giay phep xay dung")
    await mai.says(f"tach {first}")
    asked = await mai.hears("Tin nao", f"#{first}")
    line = next(line for line in asked["text"].splitlines() if "xay dung" in line and line[:1].isdigit())
    await mai.says(line.partition(".")[0])
    await mai.hears("Da tach viec thu hai")
    await stage.settled()
    made = await ticket(late + 1)
    assert made.area == "xay-dung"
    await clocks_agree(stage, first, late, made.number)
    await mai.says(f"gop {late} bo")
    await mai.hears(f"Da tach lai phieu #{late}")
