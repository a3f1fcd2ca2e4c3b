"""Conversations about figures: how the work stands, as words and picture, and every number opened as its tickets."""

from datetime import timedelta

import pytest

from bot.stage import Stage
from tests.conversations.conftest import People, number_of
from tests.conversations.test_claiming import QUESTION, opened
from tests.conversations.test_lasting import resolved
from tickets.models import Role

NEXT_YEAR = timedelta(days=400)  # no other conversation happened then


async def test_the_figures_of_a_day_in_words_and_as_a_picture(people: People, stage: Stage) -> None:
    stage.app.clock.move(NEXT_YEAR)
    boss = await people.staff("Bình Thử", areas="", role=Role.SUPERVISOR)
    mai = await people.staff("Mai Thử")
    first = await resolved(mai, people.resident("zalo_bot"))
    second = await opened(people.resident("smsgate"))
    await stage.settled()
    await boss.says("/thongke ngày")
    told = await boss.hears("SỐ LIỆU ngày", "Tiếp nhận 2", "giải quyết 1: đúng hẹn 1, trễ hẹn 0")
    assert [one["kind"] for one in told["attachments"]] == ["photo"]
    assert "Hộ tịch 2" in told["text"]
    await boss.presses("Đã giải quyết: 1")
    listed = await boss.hears("Đã giải quyết, ngày", "1 phiếu")
    assert f"#{first} " in listed["text"]
    assert f"#{second} " not in listed["text"]
    await boss.presses("Theo cán bộ")
    await boss.hears("Mai Thử: trả lời 1 · xong 1")


async def test_by_sms_three_lines_and_no_picture(people: People, stage: Stage) -> None:
    stage.app.clock.move(NEXT_YEAR + timedelta(days=7))
    boss = await people.staff("Binh Thu", areas="", role=Role.SUPERVISOR, network="smsgate")
    await people.staff("Mai Thử")
    await opened(people.resident("zalo_bot"))
    await stage.settled()
    await boss.says("Thong ke hom nay")
    told = await boss.hears("nhan 1, xong 0")
    assert len(told["text"]) < 400


@pytest.mark.parametrize(
    "said",
    [
        pytest.param("/thongke tháng 13", id="a month that does not exist"),
        pytest.param("/thongke 31/02", id="a day that does not exist"),
        pytest.param("/thongke từ 20/11 đến 1/11", id="an end before the beginning"),
        pytest.param("/thongke blabla", id="no period at all"),
    ],
)
async def test_a_period_nobody_can_mean_is_explained(people: People, said: str) -> None:
    boss = await people.staff("Bình Thử", areas="", role=Role.SUPERVISOR)
    await boss.says(said)
    await boss.hears("Chưa rõ", "Ví dụ: tuần")


async def test_a_period_without_tickets_says_so(people: People) -> None:
    boss = await people.staff("Bình Thử", areas="", role=Role.SUPERVISOR)
    await boss.says("/thongke năm 2011")
    told = await boss.hears("năm 2011", "Không có phiếu nào")
    assert not told["attachments"]


async def test_members_are_not_shown_the_figures(people: People) -> None:
    mai = await people.staff("Mai Thử")
    await mai.says("/thongke")
    await mai.hears("quyền cao hơn")


async def test_where_a_resident_lives_is_read_and_corrected(people: People, stage: Stage) -> None:
    stage.app.clock.move(NEXT_YEAR + timedelta(days=14))
    boss = await people.staff("Bình Thử", areas="", role=Role.SUPERVISOR)
    mai = await people.staff("Mai Thử")
    resident = people.resident("zalo_bot")
    await resident.says(f"{QUESTION} nha o khu pho 3")
    number = number_of(await resident.hears("#"))
    await stage.settled()
    await stage.time_passes(timedelta(minutes=1))
    await mai.says(f"/todanpho {number} nhà gần chợ")
    await mai.hears("Cú pháp")
    await mai.says(f"/todanpho {number} 7")
    await mai.hears(f"Phiếu #{number}: Tổ dân phố 7")
    await boss.says("thongke todanpho ngày")
    await boss.hears("Theo nơi ở", "Tổ dân phố 7: nhận 1")


async def test_who_found_it_themselves_counts_and_who_asked_after_all_does_not(people: People, stage: Stage) -> None:
    stage.app.clock.move(NEXT_YEAR + timedelta(days=21))
    boss = await people.staff("Bình Thử", areas="", role=Role.SUPERVISOR)
    await people.staff("Mai Thử")
    content, asking = people.resident("telegram"), people.resident("zalo_bot")
    for _ in range(2):
        await content.says("/thutuc 1.001193")
        await content.hears("1.001193")
    await asking.says("/thutuc 1.001193")
    await asking.hears("1.001193")
    await opened(asking)
    await stage.settled()
    await boss.says("/thongke ngày")
    await boss.hears("không cần hỏi: 1 lượt")
    await boss.presses("Tự tra cứu: 1")
    await boss.hears("Người dân tự tra cứu được", ": 2")


async def test_people_are_ranked_by_time_and_content_and_every_time_opens_as_its_tickets(
    people: People, stage: Stage
) -> None:
    stage.app.clock.move(NEXT_YEAR + timedelta(days=28))
    boss = await people.staff("Bình Thử", areas="", role=Role.SUPERVISOR)
    quick, slow = await people.staff("Hà Thử"), await people.staff("Mai Thử")
    first = await resolved(quick, people.resident("zalo_bot"))
    second = await opened(people.resident("telegram"))
    await stage.settled()
    await stage.time_passes(timedelta(minutes=40))
    await slow.says(f"/tl {second} Dạ cần giấy chứng sinh ạ")
    await slow.says(f"/xong {second}")
    await stage.settled()
    await boss.says("/thongke người xếp=p90 ngày")
    ranked = await boss.hears("Theo cán bộ", "Trả lời chậm nhất (p90)", "1. Mai Thử: 40 phút (1)")
    assert ranked["text"].index("Mai Thử") < ranked["text"].index("Hà Thử")
    assert "Giải quyết lâu nhất (trung vị)" in ranked["buttons"]
    await boss.presses("Mai Thử, đã trả lời: 1")
    listed = await boss.hears("Đã trả lời", "1 phiếu", "40 phút")
    assert f"#{second} " in listed["text"]
    assert f"#{first} " not in listed["text"]
    await boss.says("/thongke settled ngày")
    await boss.hears("Đã giải quyết", "2 phiếu")
    await boss.presses("Lâu nhất trước")
    ordered = await boss.hears("Đã giải quyết · Giải quyết lâu nhất")
    assert ordered["text"].index(f"#{second} ") < ordered["text"].index(f"#{first} ")
    await boss.says("/thongke mucgap ngày")
    await boss.hears("Theo mức gấp", "Bình thường: nhận 2")


async def test_reasons_for_transfers_open_as_their_tickets(people: People, stage: Stage) -> None:
    stage.app.clock.move(NEXT_YEAR + timedelta(days=35))
    boss = await people.staff("Bình Thử", areas="", role=Role.SUPERVISOR)
    mai = await people.staff("Mai Thử")
    number = await opened(people.resident("telegram"))
    await mai.says(f"/chuyen {number} chứng thực sai lĩnh vực")
    await stage.settled()
    await boss.says("/thongke lydo ngày")
    await boss.hears("Lý do chuyển", "sai lĩnh vực: 1")
    await boss.presses("sai lĩnh vực: 1")
    await boss.hears("Chuyển lĩnh vực", f"#{number} ")
