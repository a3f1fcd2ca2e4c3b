"""Conversations: which ticket an answer goes to, two who answer at once, and words set right or taken back."""

import asyncio

import pytest

from bot.stage import Stage
from sandbox.person import Person
from tests.conversations.conftest import People
from tests.conversations.test_claiming import QUESTION, opened
from tickets.models import Message, Role

BOTH = pytest.mark.parametrize("network", ["telegram", "zalo_bot"])


async def in_hand(officer: Person, resident: Person) -> int:
    """A ticket of `resident`, claimed by `officer`."""
    number = await opened(resident)
    await officer.says(f"/nhan {number}")
    await officer.hears(f"đã nhận phiếu #{number}")
    await officer.hears(f"#{number}", QUESTION)
    return number


@BOTH
async def test_an_answer_without_a_number_goes_to_the_ticket_in_mind_and_says_so(people: People, network: str) -> None:
    ha = await people.staff("Hà Thử", network=network)
    first, second = people.resident("smsgate"), people.resident("smsgate")
    one, two = await in_hand(ha, first), await in_hand(ha, second)
    await ha.says(f"/xem {one}")
    await ha.hears(f"Phiếu #{one}")
    await ha.says("/tl Dạ mời ông bà tới quầy 9" if network == "telegram" else "tl Dạ mời ông bà tới quầy 9")
    await ha.hears("Đang gửi tới người dân", f"phiếu #{one} ·")
    await first.hears("quay 9")
    assert not any("quay 9" in message["text"] for message in await second.seen())
    assert two != one


@BOTH
async def test_an_answer_that_could_be_meant_for_two_is_asked_about(people: People, stage: Stage, network: str) -> None:
    ha = await people.staff("Hà Thử", network=network)
    first, second = people.resident("smsgate"), people.resident("smsgate")
    one, two = await in_hand(ha, first), await in_hand(ha, second)
    await ha.says(f"/xem {one}")
    await ha.hears(f"Phiếu #{one}")
    await second.says("toi quen hoi them, co can anh the khong")
    await ha.hears(f"#{two}", "anh the")
    await ha.says("/tl Dạ không cần ạ")
    asked = await ha.hears("gửi cho phiếu nào", "không cần")
    for resident in (first, second):
        assert not any("khong can" in message["text"] for message in await resident.seen())
    if network == "telegram":
        label = next(label for label in asked["buttons"] if f"#{two}" in label)
        await ha.presses(label)
    else:
        line = next(line for line in asked["text"].splitlines() if f"#{two}" in line and line[0].isdigit())
        await ha.says(line.partition(".")[0])
    await second.hears("khong can")
    await stage.settled()
    assert not any("khong can" in message["text"] for message in await first.seen())


@BOTH
async def test_words_without_a_command_stay_until_one_tap_says_where_they_go(people: People, network: str) -> None:
    ha, resident = await people.staff("Hà Thử", network=network), people.resident("smsgate")
    number = await in_hand(ha, resident)
    await ha.says("Dạ mai ông bà quay lại giúp")
    offer = await ha.hears("chưa gửi cho ai", "tl SỐ-PHIẾU")
    assert not any("mai ong ba" in message["text"] for message in await resident.seen())
    if network == "telegram":
        assert len(offer["buttons"]) == 1
        assert f"#{number}" in offer["buttons"][0]
        await ha.presses(offer["buttons"][0])
    else:
        await ha.says("1")
    await resident.hears("mai ong ba quay lai")
    if network == "telegram":
        await ha.presses(offer["buttons"][0])
        await ha.hears("đã gửi rồi")


@pytest.mark.parametrize(("theirs", "other"), [("telegram", "zalo_bot"), ("zalo_bot", "telegram")])
async def test_of_two_who_answer_in_the_same_second_the_second_is_told_before_it_goes_out(
    people: People, stage: Stage, theirs: str, other: str
) -> None:
    ha, lead = (
        await people.staff("Hà Thử", network=theirs),
        await people.staff("Tổ trưởng Thử", network=other, role=Role.LEAD),
    )
    resident = people.resident("smsgate")
    number = await in_hand(ha, resident)
    await asyncio.gather(ha.says(f"tl {number} moi ong ba thu hai"), lead.says(f"tl {number} moi ong ba thu ba"))
    await stage.settled()
    heard = [one["text"] for one in await resident.seen() if "moi ong ba thu" in one["text"]]
    assert len(heard) == 1, heard
    first, second = (ha, lead) if "thu hai" in heard[0] else (lead, ha)
    told = await second.hears(first.name, "vừa trả lời", "chưa gửi")
    if second.network == "telegram":
        assert told["buttons"] == ["Vẫn gửi", "Không gửi"]
        await second.presses("Vẫn gửi")
    else:
        await second.says("1")
    await resident.hears("moi ong ba thu ba" if second is lead else "moi ong ba thu hai")


async def test_signs_under_an_answer_say_that_it_was_taken_and_that_it_left(people: People, stage: Stage) -> None:
    mai, resident = await people.staff("Mai Thử"), people.resident("smsgate")
    number = await in_hand(mai, resident)
    said = await mai.says(f"/tl {number} Mời ông bà tới quầy 9")
    await resident.hears("quay 9")
    await stage.settled()
    own = await mai.door.get("seen", network="telegram", chat=mai.id, own="1")
    signs = next(one for one in own if one["message_id"] == said)["reactions"]
    assert signs[0] in ("👌", "👍")
    assert not any("Đang gửi" in one["text"] for one in await mai.seen()), "the sign says it"


async def test_an_edit_of_ones_own_answer_is_carried_to_the_resident(people: People, stage: Stage) -> None:
    mai, resident = await people.staff("Mai Thử"), people.resident("telegram")
    number = await in_hand(mai, resident)
    said = await mai.says(f"/tl {number} Mời ông bà tới quầy 6")
    await resident.hears("quầy 6")
    await stage.settled()
    await mai.does(edit=said, text=f"/tl {number} Mời ông bà tới quầy 9")
    answer = await resident.sees("quầy 9")
    assert answer["edited"]
    kept = await Message.get(text="Mời ông bà tới quầy 9", ticket__number=number, direction="out")
    assert kept.earlier_texts == ["Mời ông bà tới quầy 6"]
    await mai.says(f"/thuhoi {number}")
    await mai.hears("Đã thu hồi")
    await stage.settled()
    assert not any("quầy" in one["text"] for one in await resident.seen())


@pytest.mark.parametrize("ours", ["telegram", "zalo_bot", "smsgate"])
@pytest.mark.parametrize("theirs", ["zalo_bot", "zalo_oa", "smsgate"])
async def test_where_nothing_sent_can_be_changed_the_officer_is_told_and_can_correct(
    people: People, ours: str, theirs: str
) -> None:
    ha, resident = await people.staff("Hà Thử", network=ours), people.resident(theirs)
    number = await in_hand(ha, resident)
    await ha.says(f"tl {number} Mời ông bà tới quầy 6")
    await resident.hears("quầy 6")
    await ha.says(f"thuhoi {number}")
    await ha.hears("không thu hồi được", f"sua {number}")
    await ha.says(f"sua {number} Mời ông bà tới quầy 9")
    await resident.hears("đính chính", "quầy 9")
    await ha.hears("đã gửi thêm lời đính chính")


@pytest.mark.parametrize("ours", ["zalo_bot", "smsgate"])
async def test_where_the_resident_reads_telegram_words_are_set_right_and_taken_back_from_any_network(
    people: People, stage: Stage, ours: str
) -> None:
    ha, resident = await people.staff("Hà Thử", network=ours), people.resident("telegram")
    number = await in_hand(ha, resident)
    await ha.says(f"tl {number} Mời ông bà tới quầy 6")
    await resident.hears("quầy 6")
    await stage.settled()
    await ha.says(f"sua {number} Mời ông bà tới quầy 9")
    assert (await resident.sees("quầy 9"))["edited"]
    await ha.says(f"thuhoi {number}")
    await ha.hears("Đã thu hồi")
    await stage.settled()
    assert not any("quầy" in one["text"] for one in await resident.seen())


async def test_an_edit_where_the_resident_cannot_see_it_is_offered_as_a_correction(people: People) -> None:
    mai, resident = await people.staff("Mai Thử"), people.resident("zalo_bot")
    number = await in_hand(mai, resident)
    said = await mai.says(f"/tl {number} Mời ông bà tới quầy 6")
    await resident.hears("quầy 6")
    await mai.does(edit=said, text=f"/tl {number} Mời ông bà tới quầy 9")
    await mai.hears("không sửa được", f"#{number}")
    assert not any("quầy 9" in one["text"] for one in await resident.seen())
    await mai.presses("Gửi đính chính")
    await resident.hears("đính chính", "quầy 9")


async def test_an_edited_command_does_nothing_and_says_so(people: People) -> None:
    mai = await people.staff("Mai Thử")
    said = await mai.says("/cuatoi")
    await mai.hears("không giữ")
    await mai.does(edit=said, text="/cho")
    await mai.hears("Sửa lệnh đã gõ không có tác dụng")
