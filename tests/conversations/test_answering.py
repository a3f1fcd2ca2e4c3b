"""Conversations: words and papers go both ways, and nothing internal goes out."""

from datetime import timedelta

import pytest

from bot.stage import Stage
from tests.conversations.conftest import People, chooses, number_of
from tests.conversations.test_claiming import QUESTION, opened
from tickets.models import Role, Status, Ticket

NETWORKS = pytest.mark.parametrize("network", ["telegram", "zalo_bot"])
PAIRS = [
    pytest.param(resident, officer, id=f"{resident} to {officer}")
    for resident in ("telegram", "zalo_bot", "smsgate")
    for officer in ("telegram", "zalo_bot", "smsgate")
]


@pytest.mark.parametrize(("theirs", "ours"), PAIRS)
async def test_words_go_both_ways(people: People, theirs: str, ours: str) -> None:
    officer, resident = await people.staff("Ha Thu", network=ours), people.resident(theirs)
    number = await opened(resident)
    await officer.says(f"nhan {number}")
    await officer.hears(f"#{number}", QUESTION)
    await officer.says(f"tl {number} Moi ong ba toi quay so 9")
    answer = await resident.hears("Moi ong ba toi quay so 9")
    assert f"#{number}" in answer["text"]
    await resident.says("da may gio dong cua vay")
    await officer.hears(f"#{number}", "may gio dong cua")


@pytest.mark.parametrize("ours", ["telegram", "zalo_oa"])
async def test_a_reply_to_the_residents_words_is_relayed(people: People, ours: str) -> None:
    mai, resident = await people.staff("Mai Thử", network=ours), people.resident("zalo_bot")
    number = await opened(resident)
    await mai.says(f"/nhan {number}")
    words = await mai.hears(f"#{number}", QUESTION)
    await mai.says("Dạ ông bà mang giấy chứng sinh ạ", reply_to=words["message_id"])
    await resident.hears("giấy chứng sinh")
    await mai.says("Vâng", reply_to=words["message_id"])  # yes, and not the command it is without its marks
    await resident.hears("Vâng")


@NETWORKS
async def test_what_is_no_reply_stays_with_the_bot(people: People, stage: Stage, network: str) -> None:
    mai, resident = await people.staff("Mai Thử", network=network), people.resident(network)
    number = await opened(resident)
    await mai.says(f"/nhan {number}")
    await mai.hears("đã nhận")
    await mai.says("ông này hỏi hoài mệt ghê")
    await mai.hears("chưa gửi cho ai")
    await mai.says(f"/ghichu {number} hỏi lại phòng Kinh tế")
    await mai.hears("người dân không thấy")
    await stage.settled()
    heard = " ".join(one["text"] for one in await resident.seen())
    assert "mệt ghê" not in heard
    assert "Kinh tế" not in heard


async def test_answering_a_card_in_a_group_is_talk_among_staff(people: People, stage: Stage) -> None:
    boss = await people.staff("Bình Thử", areas="", role=Role.SUPERVISOR)
    mai, resident = await people.staff("Mai Thử"), people.resident("telegram")
    group = people.group()
    await boss.among(group).says("/batdau ho-tich")
    await boss.among(group).hears("Hộ tịch")
    await mai.among(group).says("/cuatoi")
    await mai.among(group).hears("không giữ")
    number = await opened(resident)
    card = await mai.among(group).hears(f"Phiếu #{number}")
    await mai.among(group).says("ai rảnh nhận giùm, ca này khó", reply_to=card["message_id"])
    await stage.settled()
    assert not any("ca này khó" in one["text"] for one in await resident.seen())


@NETWORKS
async def test_a_card_masks_name_and_numbers(people: People, network: str) -> None:
    mai, resident = await people.staff("Mai Thử", network=network), people.resident(network, "Nguyễn Văn Thử")
    await resident.says("lam khai sinh cho be, so cua toi 0912345678, cccd 056123456789")
    card = await mai.hears("Phiếu #")
    assert "N. V. Thử" in card["text"]
    for secret in ("Nguyễn Văn", "0912345678", "056123456789"):
        assert secret not in card["text"]


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [("zalo_bot", "telegram"), ("telegram", "zalo_bot"), ("zalo_oa", "zalo_bot"), ("zalo_bot", "zalo_bot")],
)
async def test_a_photo_of_a_paper_reaches_the_officer(people: People, theirs: str, ours: str) -> None:
    mai, resident = await people.staff("Mai Thử", network=ours), people.resident(theirs)
    number = await opened(resident)
    await mai.says(f"/nhan {number}")
    await mai.hears("đã nhận")
    await resident.sends_photo("giay chung sinh")
    photo = await mai.hears(f"#{number}", "giay chung sinh")
    assert photo["attachments"]


@NETWORKS
async def test_a_photo_without_words_opens_a_ticket_at_reception(people: People, network: str) -> None:
    desk, resident = await people.staff("Thu Thử", areas="tiep-nhan", network=network), people.resident(network)
    await resident.sends_photo()
    number = number_of(await resident.hears("#"))
    await chooses(desk, await desk.hears(f"Phiếu #{number}", "Tiếp nhận", "1 tệp"), "Nhận")
    photo = await desk.hears(f"#{number}", "1 tệp", "gửi")
    assert photo["attachments"]


@NETWORKS
async def test_an_album_is_one_ticket(people: People, stage: Stage, network: str) -> None:
    await people.staff("Thu Thử", areas="tiep-nhan")
    resident = people.resident(network)
    await resident.does(album=4, text="giay to nha toi day")
    number = number_of(await resident.hears("#"))
    await stage.settled()
    assert await Ticket.filter(resident__name=resident.name, number__gte=number).count() == 1


@pytest.mark.parametrize("network", ["telegram", "zalo_bot", "smsgate"])
async def test_waiting_tells_the_resident_what_is_missing_and_their_word_ends_it(people: People, network: str) -> None:
    mai, resident = await people.staff("Mai Thử"), people.resident(network)
    number = await opened(resident)
    await mai.says(f"/nhan {number}")
    await mai.hears("đã nhận")
    await mai.says(f"/doi {number} Ong ba gui giup ngay sinh cua chau")
    await resident.hears("ngay sinh cua chau")
    await resident.hears("chờ ông/bà bổ sung" if network != "smsgate" else "cho ong/ba bo sung")
    assert (await Ticket.get(number=number, office="phuong-thu")).status is Status.WAITING
    await resident.says("ngay 3 thang 11")
    await mai.hears("ngay 3 thang 11")
    assert (await Ticket.get(number=number, office="phuong-thu")).status is Status.CLAIMED


async def test_an_edit_is_shown_beside_the_old_words(people: People) -> None:
    mai, resident = await people.staff("Mai Thử"), people.resident("telegram")
    number = await opened(resident)
    await mai.says(f"/nhan {number}")
    await mai.hears("đã nhận")
    said = await resident.says("cháu sinh ngày 3 tháng 11")
    await mai.hears("ngày 3 tháng 11")
    await resident.does(edit=said, text="cháu sinh ngày 5 tháng 11")
    await mai.hears(f"#{number}", "đã sửa lời", "ngày 3", "ngày 5")


@NETWORKS
async def test_an_undeliverable_answer_is_told_to_its_author_who_resends_with_one_tap(
    people: People, stage: Stage, network: str
) -> None:
    mai, resident = await people.staff("Mai Thử", network=network), people.resident(network)
    number = await opened(resident)
    await mai.says(f"/nhan {number}")
    await mai.hears("đã nhận")
    await stage.settled()
    await resident.does(block=True)
    await mai.says(f"/tl {number} Mời ông bà tới quầy số 9")
    failure = await mai.hears("chưa tới được người dân", "chặn" if network == "telegram" else "từ chối")
    assert failure["buttons"] == (["Gửi lại"] if network == "telegram" else [])
    await resident.does(unblock=True)
    await chooses(mai, failure, "Gửi lại")
    await resident.hears("quầy số 9")


@NETWORKS
async def test_an_officers_pause_is_confirmed_only_after_a_while(people: People, stage: Stage, network: str) -> None:
    await people.staff("Mai Thử")
    resident = people.resident(network)
    number = await opened(resident)
    await resident.says("à quên, bé sinh ở trạm y tế")
    await stage.settled()
    stage.app.clock.move(timedelta(minutes=20))
    await resident.says("thêm nữa là bé đã có giấy chứng sinh rồi")
    added = await resident.hears("đã nhận thêm tin")
    assert f"#{number}" in added["text"]
    assert sum("đã nhận thêm tin" in one["text"] for one in await resident.seen()) == 1


@NETWORKS
async def test_a_supervisor_sees_what_could_not_be_delivered_and_about_which_ticket(
    people: People, stage: Stage, network: str
) -> None:
    boss = await people.staff("Bình Thử", areas="", role=Role.SUPERVISOR, network=network)
    mai, resident = await people.staff("Mai Thử", network=network), people.resident(network)
    number = await opened(resident)
    await mai.says(f"/nhan {number}")
    await mai.hears("đã nhận")
    await stage.settled()
    await resident.does(block=True)
    await mai.says(f"/tl {number} Mời ông bà tới quầy số 9")
    await mai.hears("chưa tới được người dân")
    await boss.says("/loi")
    await boss.hears(f"Phiếu #{number}", "hôm nay", "chặn" if network == "telegram" else "từ chối")
