"""Conversations: the duty roster of every week is laid down in chat, over the office file; each on every network."""

import pytest

from bot.stage import Stage
from tests.conversations.conftest import People
from tests.conversations.test_claiming import opened
from tests.conversations.test_duty import at, owner_of
from tickets.models import Role, RosterDay, RosterWeek, ScheduledRun

BUILDING = "Xin hỏi thủ tục cấp giấy phép xây dựng nhà ở riêng lẻ"

networks = pytest.mark.parametrize(
    "network",
    [
        pytest.param("telegram", id="on Telegram"),
        pytest.param("zalo_bot", id="on Zalo"),
        pytest.param("smsgate", id="by SMS"),
    ],
)


@pytest.fixture(autouse=True)
async def _nothing_laid_down_yet(stage: Stage) -> None:
    await ScheduledRun.all().delete()
    await RosterDay.all().delete()
    await RosterWeek.all().delete()


@networks
async def test_a_week_laid_down_in_chat_goes_before_the_file_and_a_day_before_the_week(
    people: People, stage: Stage, network: str
) -> None:
    boss = await people.staff("Bình Thử", areas="", role=Role.SUPERVISOR, network=network)
    early = await people.staff("Sáng Thử", areas="giao-thong", network=network)
    late = await people.staff("Chiều Thử", areas="giao-thong", network=network)
    await boss.says("lichtruc hangtuan")
    await boss.hears("Lịch trực hằng tuần", "Giao thông, thứ Hai – thứ Sáu, sáng: Sáng Thử", "chiều: Chiều Thử")
    await boss.says("lichtruc thứ 3 đến thứ 6 sáng @giao-thong Chiều Thử; Sáng Thử học buổi sáng")
    await boss.hears("Từ nay, Giao thông, thứ Ba – thứ Sáu hằng tuần, sáng: Chiều Thử")
    await late.hears("Bình Thử xếp lịch trực có anh/chị: Giao thông, thứ Ba – thứ Sáu hằng tuần, sáng")
    await boss.says("lichtruc 25/11 sáng @giao-thong Sáng Thử")
    await boss.hears("thứ Tư 25/11/2026", "sáng: Sáng Thử")
    await boss.says("lichtruc hangtuan")
    await boss.hears("thứ Hai, sáng: Sáng Thử", "thứ Ba – thứ Sáu, sáng: Chiều Thử")
    await boss.says("lichtruc 24/11")
    await boss.hears("Giao thông, sáng: Chiều Thử")
    await boss.says("lichtruc 25/11")
    await boss.hears("Giao thông, sáng: Sáng Thử")
    await late.says("truc off")
    await late.hears("nghỉ trực")
    await stage.it_is(at(24, "07:31"))
    await late.hears("Đến ca trực")
    await stage.it_is(at(25, "07:31"))
    await early.hears("Đến ca trực")
    await boss.says("lichtruc t3-t6 sáng @giao-thong bo")
    await boss.hears("như tệp cấu hình")
    await boss.says("lichtruc hangtuan")
    await boss.hears("thứ Hai – thứ Sáu, sáng: Sáng Thử")
    await boss.says("nhatky Bình Thử")
    await boss.hears("đổi lịch trực: Giao thông, thứ Ba – thứ Sáu hằng tuần, sáng: Chiều Thử", "học buổi sáng")


@networks
async def test_an_area_the_file_says_nothing_about_is_given_to_those_of_the_week(
    people: People, stage: Stage, network: str
) -> None:
    lead = await people.staff("Lan Thử", areas="xay-dung", role=Role.LEAD, network=network)
    await people.staff("Mai Thử", areas="xay-dung", network=network)
    await people.staff("Nam Thử", areas="xay-dung", network=network)
    await lead.says("lichtruc thứ hai @xay-dung Nam Thử")  # today; the only area of this lead might be left out
    await lead.hears("Từ nay, Xây dựng", "thứ Hai hằng tuần", "sáng, chiều: Nam Thử")
    numbers = [await opened(people.resident(network), BUILDING) for _ in range(2)]
    await stage.settled()
    assert [await owner_of(one) for one in numbers] == ["Nam Thử", "Nam Thử"]


@networks
async def test_nobody_may_be_meant_and_who_may_not_or_does_not_exist_is_told(people: People, network: str) -> None:
    lead = await people.staff("Lan Thử", areas="giao-thong", role=Role.LEAD, network=network)
    early = await people.staff("Sáng Thử", areas="giao-thong", network=network)
    await people.staff("Hà Thử", areas="dat-dai", network=network)
    await early.says("lichtruc t7 @giao-thong Sáng Thử")
    await early.hears("quyền cao hơn")
    await lead.says("lichtruc t7 @dat-dai Hà Thử")
    await lead.hears("quyền cao hơn")
    await lead.says("lichtruc t7 @giao-thong Hà Thử")
    await lead.hears("Hà Thử", "Giao thông")
    await lead.says("lichtruc t7 @giao-thong Người Lạ")
    await lead.hears("Người Lạ")
    assert not await RosterWeek.exists()
    await lead.says("lichtruc thứ sáu chiều khongai")
    await lead.hears("Từ nay, Giao thông, thứ Sáu hằng tuần, chiều: chưa có ai")
    await lead.says("lichtruc 27/11")
    await lead.hears("Giao thông, chiều: chưa có ai")
