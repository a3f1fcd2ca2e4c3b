"""Conversations: one person on several channels, joined by a code, parted again, written to where they want it."""

import pytest

from bot.stage import Stage
from channels.text import plain
from sandbox.person import Person
from tests.conversations.conftest import People
from tests.conversations.test_claiming import opened
from tickets.models import Contact, Ticket

both_ways = pytest.mark.parametrize(
    ("here", "there"),
    [
        pytest.param("telegram", "zalo_bot", id="code on Telegram, typed on Zalo"),
        pytest.param("zalo_bot", "telegram", id="code on Zalo, typed on Telegram"),
    ],
)


async def code_of(resident: Person) -> str:
    await resident.says("/lienket")
    text: str = (await resident.hears("mã nối kênh: "))["text"]
    return text.split(": ")[1].split("\n", maxsplit=1)[0].strip()


@both_ways
async def test_one_person_on_two_channels_and_apart_again(people: People, stage: Stage, here: str, there: str) -> None:
    mai = await people.staff("Mai Thử", network=here)
    ba, also_ba = people.resident(here), people.resident(there)
    first, second = await opened(ba), await opened(also_ba)
    await also_ba.says("/trangthai")
    assert f"#{first}" not in (await also_ba.hears("các việc của ông/bà"))["text"], "the same name joins nobody"
    await also_ba.says(await code_of(ba))
    await also_ba.hears("đã nối với kênh", f"#{first}", f"#{second}")
    await ba.hears("vừa được nối với ông/bà")
    await also_ba.says("/trangthai")
    await also_ba.hears(f"#{first}", f"#{second}")
    await mai.says(f"/nhan {first}")
    await mai.hears("đã nhận phiếu")
    await also_ba.says("/golienket")
    await also_ba.hears("đã gỡ nối kênh")
    await ba.hears("không còn nối")
    await also_ba.says("/trangthai")
    assert f"#{first}" not in (await also_ba.hears("các việc của ông/bà"))["text"]
    await also_ba.says("/golienket")
    await also_ba.hears("chưa nối kênh nào")
    rows = [await Ticket.get(office="phuong-thu", number=one).prefetch_related("contact") for one in (first, second)]
    assert [one.contact.user for one in rows] == [ba.id, also_ba.id]


@pytest.mark.parametrize(
    ("here", "there"),
    [
        pytest.param("telegram", "zalo_bot", id="Telegram and Zalo"),
        pytest.param("zalo_bot", "smsgate", id="Zalo and SMS"),
        pytest.param("smsgate", "telegram", id="SMS and Telegram"),
    ],
)
async def test_what_was_asked_before_between_and_after_is_whose_it_was(
    people: People, stage: Stage, here: str, there: str
) -> None:
    """Each ticket, wherever it was written on, is at the end with the channel it was opened on, and seen there only."""
    mai = await people.staff("Mai Thử", areas="ho-tich,chung-thuc,cu-tru", network=here)
    ba, also_ba = people.resident(here), people.resident(there)
    ours, theirs = [await opened(ba)], [await opened(also_ba)]
    sides = Contact.filter(user__in=[ba.id, also_ba.id]).order_by("id")
    before = await sides.values("id", "user", "resident_id")
    await also_ba.says(await code_of(ba))
    await also_ba.hears("đã nối với kênh")
    for numbers, who in ((ours, ba), (theirs, also_ba)):
        await who.says("/moi")
        await who.hears("hỏi việc gì nữa")
        numbers.append(await opened(who, "chứng thực bản sao bằng đại học ở đâu ạ"))
    await also_ba.says(f"/phieu {ours[1]}")
    await also_ba.hears("tin tiếp theo", f"#{ours[1]}")
    await also_ba.says("tôi viết tiếp từ kênh kia")
    await stage.settled()
    assert (await _user_of(ours[1])) == also_ba.id, "while joined, the answer goes where they wrote last"
    await ba.says("/golienket")
    await ba.hears("đã gỡ nối kênh")
    for numbers, who in ((ours, ba), (theirs, also_ba)):
        await who.says("/moi")
        await who.hears("hỏi việc gì nữa")
        numbers.append(await opened(who, "tôi muốn đăng ký tạm trú cho người thuê nhà"))
    assert (
        await Contact.filter(user__in=[ba.id, also_ba.id]).order_by("id").values("id", "user", "resident_id") == before
    )
    for numbers, who, others in ((ours, ba, theirs), (theirs, also_ba, ours)):
        assert {await _user_of(number) for number in numbers} == {who.id}
        await who.says("/trangthai")
        told = str((await who.hears(*(f"#{number}" for number in numbers)))["text"])
        assert not any(f"#{number}:" in told for number in others), "what is another's is not seen"
    await mai.says(f"/tl {ours[1]} Dạ mời ông/bà ghé quầy số 3")
    await ba.hears("quầy số 3")
    await stage.settled()
    assert not any(plain("quầy số 3") in plain(one["text"]) for one in await also_ba.seen())


async def _user_of(number: int) -> str:
    found = await Ticket.get(office="phuong-thu", number=number).prefetch_related("contact")
    return found.contact.user


@both_ways
async def test_a_wrong_code_and_one_s_own_code_join_nobody(people: People, here: str, there: str) -> None:
    ba, stranger = people.resident(here), people.resident(there, "Kẻ Lạ")
    code = await code_of(ba)
    await ba.says(code)
    await ba.hears("từ ứng dụng khác")
    await stranger.says("NK-2222-3333")
    await stranger.hears("không đúng, đã dùng hoặc hết hạn")
    await stranger.says("/lienket thử đại")
    await stranger.hears("không đúng")


@both_ways
async def test_answers_go_where_the_resident_wants_them(people: People, stage: Stage, here: str, there: str) -> None:
    mai = await people.staff("Mai Thử", network=here)
    ba, also_ba = people.resident(here), people.resident(there)
    number = await opened(ba)
    await ba.says("/kenh")
    await ba.hears("đang dùng một kênh")
    await also_ba.says(await code_of(ba))
    await also_ba.hears("đã nối")
    name = {"telegram": "telegram", "zalo_bot": "zalo"}[there]
    await ba.says("/kenh")
    await ba.hears("Ông/bà muốn nhận tin ở đâu")
    await ba.says(f"/kenh {name}")
    await ba.hears(f"nhắn ông/bà qua {name}")
    await mai.says(f"/tl {number} Dạ mời ông/bà ghé quầy số 3")
    await also_ba.hears("quầy số 3")
    await stage.settled()
    assert not any("quầy số 3" in one["text"] for one in await ba.seen()), "said once"
    await ba.says("/kenh gần nhất")
    await ba.hears("nơi ông/bà viết gần nhất")
    await mai.says(f"/tl {number} Dạ nhớ mang bản chính")
    await ba.hears("bản chính")


async def test_a_closed_way_is_gone_round_with_consent(people: People, stage: Stage) -> None:
    mai = await people.staff("Mai Thử")
    ba, also_ba = people.resident("telegram"), people.resident("zalo_bot")
    number = await opened(ba)
    await also_ba.says(await code_of(ba))
    await also_ba.hears("đã nối")
    await mai.says(f"/nhan {number}")
    await mai.hears("đã nhận phiếu")
    await ba.does(block=True)
    await stage.settled()
    await mai.says(f"/tl {number} Dạ mời ông/bà ghé quầy số 3")
    await mai.hears("chưa tới được người dân")
    await also_ba.says("/kenh đồng ý")
    await also_ba.hears("nhắn kênh khác của ông/bà")
    await mai.says(f"/tl {number} Dạ nhớ mang bản chính")
    await also_ba.hears("bản chính")
    contact = await Contact.get(channel="telegram", user=ba.id)
    assert not contact.reachable


@pytest.mark.parametrize("chosen", [pytest.param("telegram", id="Telegram"), pytest.param("zalo", id="Zalo")])
async def test_staff_choose_where_they_are_told(people: People, chosen: str) -> None:
    mai = await people.staff("Mai Thử")
    await mai.says("/themkenh")
    code = (await mai.hears("Mã thêm kênh"))["text"].split("\n")[0].removeprefix("Mã thêm kênh: ")
    also_mai = people.resident("zalo_bot", "Mai Thử")
    await also_mai.says(code)
    await also_mai.hears("đã vào Tổ hỗ trợ")
    await also_mai.says(f"/kenh {chosen}")
    await also_mai.hears(f"qua {chosen}")
    other, meant = (also_mai, mai) if chosen == "telegram" else (mai, also_mai)
    await other.says("/cuatoi")
    await other.hears("không giữ phiếu nào")
    number = await opened(people.resident("smsgate"))
    await meant.hears(f"#{number}")
    assert not any(f"#{number}" in one["text"] for one in await other.seen())
