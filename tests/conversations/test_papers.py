"""Conversations: papers that cross from one network to another, together and as they were, and those that cannot."""

import pytest

from bot.stage import Stage
from tests.conversations.conftest import People, number_of
from tests.conversations.test_claiming import opened
from tests.conversations.test_in_hand import in_hand
from tickets.models import Direction, Message, OutboxRow, Ticket

MB = 1024 * 1024
NETWORKS = pytest.mark.parametrize("network", ["telegram", "zalo_bot"])


async def test_an_album_reaches_the_officer_as_one_album(people: People, stage: Stage) -> None:
    desk = await people.staff("Thu Thử", areas="tiep-nhan")
    resident = people.resident("telegram")
    await resident.does(album=4, text="giay to nha toi day")
    number = number_of(await resident.hears("#"))
    await stage.settled()
    said = await Message.get(ticket__number=number, direction=Direction.IN)
    assert len(said.attachments) == 4
    await desk.says(f"/nhan {number}")
    await desk.hears(f"#{number}", "giay to nha toi day")
    await stage.settled()
    photos = [one for one in await desk.seen() if one["attachments"]]
    assert len(photos) == 4
    assert len(await OutboxRow.filter(message_id=said.id, chat=desk.id)) == 1, "one message of four pictures"


@pytest.mark.parametrize("theirs", ["telegram", "zalo_bot"])
async def test_an_album_with_an_answer_reaches_the_resident_with_it(people: People, stage: Stage, theirs: str) -> None:
    mai, resident = await people.staff("Mai Thử"), people.resident(theirs)
    number = await in_hand(mai, resident)
    await mai.does(album=3, text=f"/tl {number} Mẫu tờ khai đây ạ")
    await resident.hears("Mẫu tờ khai")
    await stage.settled()
    papers = [paper for one in await resident.seen() for paper in one["attachments"]]
    assert len(papers) == 3
    answers = await Message.filter(ticket__number=number, direction=Direction.OUT)
    assert [len(one.attachments) for one in answers] == [3]
    assert not any("chưa gửi cho ai" in one["text"] for one in await mai.seen())


@pytest.mark.parametrize(
    ("size", "kind"), [pytest.param(1, "photo", id="a small one"), pytest.param(3 * MB, "document", id="a fine one")]
)
async def test_a_photo_keeps_its_quality_on_its_way_to_another_network(people: People, size: int, kind: str) -> None:
    mai, resident = await people.staff("Mai Thử"), people.resident("zalo_bot")
    await in_hand(mai, resident)
    await resident.sends_photo("giay chung sinh", size=size)
    shown = await mai.hears("giay chung sinh")
    said = await resident.door.get("seen", network="zalo_bot", chat=resident.id, own="1")
    [sent] = [paper for one in said for paper in one["attachments"]]
    [arrived] = shown["attachments"]
    assert arrived["kind"] == kind
    assert arrived["size"] == sent["size"] >= size


@NETWORKS
async def test_thirty_photos_at_once_are_one_ticket_and_all_arrive(people: People, stage: Stage, network: str) -> None:
    desk, resident = await people.staff("Thu Thử", areas="tiep-nhan"), people.resident(network)
    for _ in range(3):
        await resident.does(album=10)
    number = number_of(await resident.hears("#"))
    await desk.says(f"/nhan {number}")
    await desk.hears("đã nhận phiếu")
    await stage.settled()
    photos = [paper for one in await desk.seen() for paper in one["attachments"]]
    assert len(photos) == 30
    assert await Ticket.filter(resident__name=resident.name, number=number).count() == 1
    said = [one["text"] for one in await resident.seen()]
    assert sum("đã nhận" in text for text in said) <= 2, said


async def test_a_video_too_large_to_be_fetched_stays_whole_on_its_own_network_and_is_told_elsewhere(
    people: People, stage: Stage
) -> None:
    mai, ha = await people.staff("Mai Thử"), await people.staff("Hà Thử", network="zalo_bot")
    resident = people.resident("telegram")
    number = await opened(resident)
    await resident.does(video=True, size=45 * MB, text="video nha toi")
    await mai.says(f"/nhan {number}")
    await mai.hears(f"#{number}", "video nha toi")
    await stage.settled()
    [shown] = [one for one in await mai.seen() if one["attachments"]]
    assert shown["attachments"][0]["kind"] == "video"
    await mai.says(f"/chuyen {number} @Hà Thử")
    await ha.hears("video nha toi", "lớn quá mức")


async def test_an_answer_with_a_file_too_large_goes_out_in_words_and_the_officer_knows(people: People) -> None:
    mai, resident = await people.staff("Mai Thử"), people.resident("zalo_bot")
    number = await in_hand(mai, resident)
    await mai.does(video=True, size=45 * MB, text=f"/tl {number} Dạ xem hướng dẫn ạ")
    await resident.hears("xem hướng dẫn")
    await mai.hears("lớn quá (45 MB)", "chỉ nhận được lời")


async def test_a_video_the_official_account_hands_out_is_told_when_it_is_too_large(
    people: People, stage: Stage
) -> None:
    mai, resident = await people.staff("Mai Thử"), people.resident("zalo_oa")
    number = await opened(resident)
    await mai.says(f"/nhan {number}")
    await mai.hears("đã nhận phiếu")
    await resident.does(video=True, size=45 * MB, text="video nha toi")
    await mai.hears("video nha toi", "lớn quá mức")


async def test_a_video_the_zalo_bot_is_not_given_is_asked_for_another_way(people: People, stage: Stage) -> None:
    mai, resident = await people.staff("Mai Thử"), people.resident("zalo_bot")
    await in_hand(mai, resident)
    await resident.does(video=True, size=45 * MB)
    await resident.hears("chưa mở được")


@pytest.mark.parametrize("ours", ["telegram", "zalo_bot"])
@pytest.mark.parametrize("theirs", ["telegram", "zalo_oa"])
async def test_a_program_that_calls_itself_a_paper_is_shown_for_what_it_is(
    people: People, theirs: str, ours: str
) -> None:
    ha, resident = await people.staff("Hà Thử", network=ours), people.resident(theirs)
    number = await opened(resident)
    await resident.does(document=True, lying=True, text="anh giay to")
    await ha.says(f"/nhan {number}")
    await ha.hears("anh giay to", "Cẩn thận", "anh-giay-to.jpg" if theirs == "telegram" else "don-xin-xac-nhan.pdf")


async def test_what_zalo_calls_a_photo_and_is_none_is_not_passed_on(people: People, stage: Stage) -> None:
    mai, resident = await people.staff("Mai Thử"), people.resident("zalo_bot")
    await in_hand(mai, resident)
    await resident.does(photo=True, lying=True, text="anh giay to")
    await mai.hears("anh giay to", "1 tệp chưa chuyển được")
    assert not any(one["attachments"] for one in await mai.seen())


@NETWORKS
async def test_a_program_an_officer_sends_in_good_faith_is_marked_too(people: People, network: str) -> None:
    mai, resident = await people.staff("Mai Thử"), people.resident(network)
    number = await in_hand(mai, resident)
    await mai.does(document=True, lying=True, text=f"/tl {number} Mẫu tờ khai đây ạ")
    await resident.hears("Mẫu tờ khai", "Cẩn thận")


@pytest.mark.parametrize(
    ("network", "why"),
    [
        pytest.param("telegram", "chặn", id="Telegram says so"),
        pytest.param("zalo_bot", "từ chối", id="the Zalo bot's platform refuses and does not say why"),
        pytest.param("zalo_oa", "chặn", id="the Official Account has a code for it"),
        pytest.param("smsgate", "không", id="by SMS it comes as a failed delivery, later"),
    ],
)
async def test_a_resident_who_blocks_the_bot_mid_way_leaves_no_answer_unaccounted(
    people: People, stage: Stage, network: str, why: str
) -> None:
    mai, resident = await people.staff("Mai Thử"), people.resident(network)
    number = await in_hand(mai, resident)
    await stage.settled()
    await resident.does(block=True)
    said = await mai.says(f"/tl {number} Mời ông bà tới quầy 9")
    await mai.hears("chưa tới được người dân", why)
    await stage.settled()
    own = await mai.door.get("seen", network="telegram", chat=mai.id, own="1")
    assert next(one for one in own if one["message_id"] == said)["reactions"] == ["💔"]
    await mai.says(f"/thuhoi {number}")
    await mai.hears("chưa tới người dân")
    await resident.does(unblock=True)
    await stage.settled()
    assert not any("9" in one["text"] and "qu" in one["text"] for one in await resident.seen())
