"""Conversations: residents on the ward's Zalo Official Account, officers elsewhere."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from bot import alarms, catching_up, grants
from bot.intake import Intake
from bot.stage import Stage
from tests.conversations.conftest import People, number_of
from tests.conversations.test_claiming import QUESTION, opened
from tickets.models import Contact, Event, EventKind, InboxRow, Message, OutboxRow, OutboxState, Resident, Role, Ticket

OA = "zalo_oa"
WEEK = timedelta(days=8)


@pytest.fixture
async def console(stage: Stage) -> AsyncIterator[Any]:
    """What is done in Zalo's console; its clock goes back at the end."""
    network = stage.networks.networks[OA]
    moved = 0.0

    async def does(**body: Any) -> dict[str, Any]:
        nonlocal moved
        moved += body.get("move", 0)
        return await network.console(body)

    yield does
    await network.console({"move": -moved, "package": True})
    network.faults.clear()


async def in_hand(people: People, officer: Any, resident: Any) -> int:
    number = await opened(resident)
    await officer.says(f"nhan {number}")
    await officer.hears(f"#{number}", QUESTION)
    return number


async def test_words_papers_and_choices_go_both_ways(people: People, stage: Stage) -> None:
    mai, resident = await people.staff("Mai Thử"), people.resident(OA, "Nguyễn Thị Hoa")
    number = await in_hand(people, mai, resident)
    await mai.says(f"/tl {number} Mời ông bà tới quầy số 9")
    await resident.hears(f"#{number}", "quầy số 9")
    await resident.says("dạ mấy giờ đóng cửa")
    await mai.hears(f"#{number}", "mấy giờ đóng cửa")
    for paper in ({"photo": True}, {"document": True}):
        await resident.does(**paper)
        assert (await mai.hears(f"#{number}", "1 tệp"))["attachments"]
    await mai.does(photo=True, text=f"/tl {number} mẫu đây ạ")
    assert (await resident.hears("mẫu đây"))["attachments"][0]["kind"] == "photo"
    await mai.says(f"/xong {number}")
    done = await resident.hears(f"#{number}", "1.")
    assert "2." in done["text"]
    await stage.settled()
    assert await OutboxRow.filter(channel="oa", state=OutboxState.FAILED).count() == 0


async def test_whose_words_they_are_is_asked_of_zalo(people: People, stage: Stage, console: Any) -> None:
    mai, resident = await people.staff("Mai Thử"), people.resident(OA, "Nguyễn Thị Hoa")
    number = await opened(resident)
    assert "N. T. Hoa" in (await mai.hears(f"Phiếu #{number}"))["text"]
    await console(package=False)  # then nobody's name is told, and nothing waits for it
    stranger = people.resident(OA, "Trần Văn Lạ")
    await stranger.says(QUESTION)
    card = await mai.hears("Phiếu #", "không tên")
    await console(package=True)
    await stage.time_passes(timedelta(minutes=11))
    await stranger.hears(f"#{number_of(card)}")


async def test_a_form_asks_for_a_telephone_number_and_its_answer_comes_to_the_ticket(
    people: People, stage: Stage
) -> None:
    mai, resident = await people.staff("Mai Thử"), people.resident(OA, "Lê Thị Mai")
    number = await in_hand(people, mai, resident)
    await mai.says(f"/xinlienhe {number}")
    await mai.hears("xin tên và số điện thoại")
    await stage.settled()
    form = (await resident.seen())[-1]["form"]
    assert f"#{number}" in form["title"]
    await resident.does(event="submit_info", data={"name": "Lê Thị Mai", "phone": "84912000000"})
    await mai.hears("84912000000")
    phone = people.resident("smsgate")
    other = await in_hand(people, mai, phone)
    await mai.says(f"/xinlienhe {other}")
    await phone.hears("cho xin ten va so dien thoai")


async def test_a_group_of_the_account_is_one_where_residents_can_ask(people: People, stage: Stage) -> None:
    boss, resident = await people.staff("Bình Thử", areas="", role=Role.SUPERVISOR), people.resident(OA)
    del boss
    await resident.among("g-to-5").says("cống ngõ 5 tắc rồi bà con ơi")
    await stage.settled()
    row = await InboxRow.filter(chat="g:g-to-5").get()
    assert (row.group, row.addressed, row.text) == (True, False, "cống ngõ 5 tắc rồi bà con ơi")
    assert not await Ticket.filter(subject__contains="cống ngõ 5").exists()
    assert await resident.among("g:g-to-5").seen() == []


async def test_what_an_officer_writes_in_the_console_is_an_answer_of_the_ticket(people: People, stage: Stage) -> None:
    mai, resident = await people.staff("Mai Thử"), people.resident(OA)
    number = await in_hand(people, mai, resident)
    await resident.does(event="console", text="Chào bác, mai bác ghé quầy 3 nhé")
    await mai.hears(f"#{number}", "trả lời ngoài chương trình", "quầy 3")
    await stage.settled()
    ticket = await Ticket.get(office="phuong-thu", number=number)
    assert ticket.first_replied_at is not None
    kept = await Message.filter(ticket=ticket, direction="out")
    assert [(one.text, one.author_id) for one in kept] == [("Chào bác, mai bác ghé quầy 3 nhé", None)]
    replied = await Event.get(ticket=ticket, kind=EventKind.REPLIED)
    assert replied.data["elsewhere"] == "oa"


async def test_our_own_words_come_back_and_are_no_answer_of_an_officer(people: People, stage: Stage) -> None:
    await people.staff("Mai Thử")
    resident = people.resident(OA)
    number = await opened(resident)
    await stage.settled()
    ticket = await Ticket.get(office="phuong-thu", number=number)
    assert not await Message.filter(ticket=ticket, direction="out").exists()
    assert ticket.first_replied_at is None


async def test_an_answer_of_zalo_that_is_lost_does_not_send_twice(people: People, stage: Stage) -> None:
    mai, resident = await people.staff("Mai Thử"), people.resident(OA)
    number = await in_hand(people, mai, resident)
    await stage.settled()
    stage.networks.fault(OA, "drop-answer", times=1, chat=resident.id)
    await mai.says(f"/tl {number} Chỉ nói một lần thôi ạ")
    await resident.hears("một lần thôi")
    await stage.settled()
    row = await OutboxRow.filter(channel="oa", text__contains="một lần thôi").get()
    async with asyncio.timeout(30):
        while row.state in (OutboxState.QUEUED, OutboxState.SENDING):
            await stage.time_passes(timedelta(minutes=1))
            await stage.settled()
            await row.refresh_from_db()
    assert row.state is OutboxState.SENT
    assert sum("một lần thôi" in one["text"] for one in await resident.seen()) == 1


async def test_the_window_is_shown_and_refused_here_when_it_is_over(people: People, stage: Stage, console: Any) -> None:
    mai, resident = await people.staff("Mai Thử"), people.resident(OA)
    number = await opened(resident)
    card = await mai.hears(f"Phiếu #{number}")
    assert "Trả lời miễn phí đến" in card["text"]
    await mai.says(f"/nhan {number}")
    await mai.hears("đã nhận")
    await stage.settled()
    asked = len(stage.networks.calls(OA))
    await stage.time_passes(WEEK)
    await mai.says(f"/tl {number} Xin lỗi bác vì chậm")
    failed = await mai.hears("chưa tới được người dân", "trang quản lý Zalo OA")
    assert "quá hạn" in failed["text"]
    await mai.says("/cuatoi")
    await mai.hears(f"#{number}", "hết hạn trả lời từ")
    sent = [one for one in stage.networks.calls(OA)[asked:] if one["chat"] == resident.id]
    assert sent == [], "Zalo was not asked"


async def test_zalo_knows_better_when_its_window_closed(people: People, stage: Stage, console: Any) -> None:
    mai, resident = await people.staff("Mai Thử"), people.resident(OA)
    number = await in_hand(people, mai, resident)
    await stage.settled()
    await console(move=WEEK.total_seconds())
    await mai.says(f"/tl {number} Xin lỗi bác vì chậm")
    await mai.hears("chưa tới được người dân", "quá hạn")
    await mai.says("/cuatoi")
    await mai.hears(f"#{number}", "hết hạn trả lời từ")
    await resident.does(event="click")  # a tap in the chat is enough for Zalo to open it again
    await stage.settled()
    await mai.says(f"/tl {number} Bác ghé quầy 3 nhé")
    await resident.hears("quầy 3")


async def test_who_agreed_is_answered_on_another_channel_and_once(people: People, stage: Stage, console: Any) -> None:
    mai, resident = await people.staff("Mai Thử"), people.resident(OA)
    phone = people.resident("smsgate")
    await phone.says("chao")
    await phone.hears("chao")
    number = await in_hand(people, mai, resident)
    await stage.settled()
    person = (await Ticket.get(office="phuong-thu", number=number).prefetch_related("resident")).resident
    await Contact.filter(channel="sms", user=phone.id).update(resident_id=person.id)
    await stage.time_passes(WEEK)
    await mai.says(f"/tl {number} Chua dong y")
    await mai.hears("chưa tới được người dân")
    await Resident.filter(id=person.id).update(elsewhere=True)
    await mai.says(f"/tl {number} Moi bac ghe quay 5")
    await phone.hears("ghe quay 5")
    await stage.settled()
    assert sum("quay 5" in one["text"] for one in await phone.seen()) == 1
    assert not any("Chua dong y" in one["text"] for one in await phone.seen())
    assert not any("quay 5" in one["text"] for one in await resident.seen())


async def test_a_follower_is_greeted_once(people: People, stage: Stage) -> None:
    resident = people.resident(OA)
    await resident.does(event="follow")
    await resident.hears("UBND phường Thử")
    await resident.does(event="unfollow")
    await resident.does(event="follow")
    await resident.says("xin chao")
    await stage.settled()
    welcomes = [one for one in await resident.seen() if "Tổ hỗ trợ" in one["text"] or "máy" in one["text"]]
    assert len(welcomes) <= 1


async def test_a_wish_to_be_forgotten_reaches_supervisors(people: People, stage: Stage) -> None:
    boss, resident = await people.staff("Bình Thử", areas="", role=Role.SUPERVISOR), people.resident(OA)
    await resident.says("xin chao")
    await resident.does(event="withdraw")
    await boss.hears("ngừng cho dùng dữ liệu")


async def test_a_sticker_and_a_file_that_is_gone(people: People, stage: Stage) -> None:
    mai, resident = await people.staff("Mai Thử"), people.resident(OA)
    number = await in_hand(people, mai, resident)
    await resident.does(sticker=True)
    await mai.hears(f"#{number}", "1 tệp")
    stage.networks.fault(OA, "file-gone", times=1)
    await resident.does(document=True)
    gone = await mai.hears(f"#{number}", "chưa chuyển được")
    assert gone["attachments"] == []


async def test_what_the_webhook_did_not_bring_is_read_and_the_supervisor_hears_why(
    people: People, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catching_up, "_ON_ITS_WAY", timedelta())
    boss = await people.staff("Bình Thử", areas="", role=Role.SUPERVISOR)
    mai, resident = await people.staff("Mai Thử"), people.resident(OA)
    number = await in_hand(people, mai, resident)
    await stage.settled()
    stage.networks.fault(OA, "mute", times=1)
    await resident.says("mất tin này rồi")
    intake = Intake(stage.app)
    await catching_up.catch_up(stage.app, stage.desk, intake, stage.app.clock.now())  # unless a worker was faster
    await mai.hears(f"#{number}", "mất tin này rồi")
    await boss.hears("Zalo có thể đã ngừng báo tin")
    assert await catching_up.catch_up(stage.app, stage.desk, intake, stage.app.clock.now()) == 0
    await intake.close()
    await stage.settled()
    assert await Message.filter(text="mất tin này rồi").count() == 1


async def test_a_package_that_is_too_low_is_told_in_words(people: People, stage: Stage, console: Any) -> None:
    boss = await people.staff("Bình Thử", areas="", role=Role.SUPERVISOR)
    mai, resident = await people.staff("Mai Thử"), people.resident(OA)
    number = await in_hand(people, mai, resident)
    await stage.settled()
    await console(package=False)
    await mai.says(f"/tl {number} Mời bác ghé quầy 3")
    parked = OutboxRow.filter(channel="oa", text__contains="ghé quầy 3", error="package")
    async with asyncio.timeout(30):
        while not await parked.exists():  # noqa: ASYNC110 - rows in PostgreSQL ring no bell in this process
            await asyncio.sleep(0.05)
    assert "buy or renew" in (await parked.get()).detail
    await alarms.parked(stage.app, stage.desk, stage.app.clock.now())  # unless a worker was faster
    await boss.hears("gói dịch vụ chưa cho gửi")
    await console(package=True)
    await stage.time_passes(timedelta(minutes=11))
    await resident.hears("quầy 3")


async def test_a_lost_grant_is_told_and_given_again_by_consent(people: People, stage: Stage, console: Any) -> None:
    boss = await people.staff("Bình Thử", areas="", role=Role.SUPERVISOR)
    mai, resident = await people.staff("Mai Thử"), people.resident(OA)
    number = await in_hand(people, mai, resident)
    await stage.settled()
    await console(void=True)
    await mai.says(f"/tl {number} Mời bác ghé quầy 7")
    async with asyncio.timeout(30):
        while not (await dict(grants.of(stage.desk))["oa"].standing()).reason:  # noqa: ASYNC110 - same
            await asyncio.sleep(0.05)
    await grants.tend(stage.app, stage.desk, stage.app.clock.now())
    await boss.hears("quyền truy cập Zalo đã mất", "zalo-oa connect --office phuong-thu")

    link = await grants.begin(stage.desk, "oa", dict(grants.of(stage.desk))["oa"])
    async with httpx.AsyncClient() as browser:
        forged = await browser.get(f"{stage.desk.public_url}{grants.CALLBACK}?code=x&oa_id=1&state=y")
        assert (forged.status_code, "một giờ" in forged.text) == (400, True)
        back = (await browser.get(link)).headers["Location"]
        assert re.match(rf"{stage.desk.public_url}/zalo-oa/callback\?", back)
        page = await browser.get(back)
        assert (page.status_code, "Đã kết nối UBND phường Thử" in page.text) == (200, True)
        assert (await browser.get(back)).status_code == 400
    await stage.time_passes(timedelta(minutes=11))
    await resident.hears("quầy 7")
    assert (await dict(grants.of(stage.desk))["oa"].standing()).state == "good"
    assert number_of({"text": f"#{number}"}) == number
