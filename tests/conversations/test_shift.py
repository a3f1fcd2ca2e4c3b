"""Conversations: what the day brings, and handing a shift over."""

from datetime import UTC, datetime

import pytest

from bot.stage import Stage
from tests.conversations.conftest import People
from tests.conversations.test_claiming import opened
from tickets import clocks
from tickets.models import Role, ScheduledRun, Status, Ticket

NETWORKS = pytest.mark.parametrize("network", ["telegram", "zalo_bot"])
WEDNESDAY_7 = datetime(2026, 11, 25, 0, 0, tzinfo=UTC)  # 07:00 in Vietnam


@pytest.fixture(autouse=True)
async def _nothing_was_sent_yet(stage: Stage) -> None:
    await ScheduledRun.all().delete()


@NETWORKS
async def test_the_morning_tells_what_the_day_brings(people: People, stage: Stage, network: str) -> None:
    mai = await people.staff("Mai Thử", network=network)
    boss = await people.staff("Bình Thử", areas="", role=Role.SUPERVISOR, network=network)
    number = await opened(people.resident(network))
    await mai.says(f"/nhan {number}")
    await stage.settled()
    await ScheduledRun.all().delete()
    await stage.it_is(WEDNESDAY_7.replace(minute=31))
    digest = await boss.hears("thứ Tư 25/11/2026", "Người giữ:", "Mai Thử 1 (quá hạn 1)")
    for choice in ("Đang chờ", "Xem danh sách"):
        assert choice in f"{digest['text']} {digest['buttons']}"
    await mai.hears("Anh/chị giữ 1 phiếu (quá hạn 1")


@NETWORKS
async def test_a_shift_is_handed_over_in_one_go(people: People, stage: Stage, network: str) -> None:
    mai, nam = await people.staff("Mai Thử", network=network), await people.staff("Nam Thử", network=network)
    resident, other = people.resident("telegram"), people.resident("zalo_bot")
    first, second = await opened(resident), await opened(other)
    await mai.says(f"/nhan {first}")
    await mai.says(f"/doi {second} Bà gửi giúp giấy chứng sinh")
    await mai.hears("đã nhận phiếu")
    await mai.says(f"/nhan {second}")
    await mai.says(f"/doi {second} Bà gửi giúp giấy chứng sinh")
    await mai.hears("chờ người dân")
    await mai.says("/bangiao")
    offer = await mai.hears("đang giữ 2 phiếu", f"#{first}", f"#{second}")
    assert "Giao cho Nam Thử" in (offer["buttons"] if network == "telegram" else offer["text"])
    await mai.says("/bangiao Nam Thử, bà Thử hẹn sáng mai ghé")
    await mai.hears("Đã bàn giao 2 phiếu cho Nam Thử")
    taken = await nam.hears("Mai Thử bàn giao cho anh/chị 2 phiếu", "bà Thử hẹn sáng mai ghé")
    assert f"#{first}" in taken["text"]
    rows = await Ticket.filter(office="phuong-thu", number__in=[first, second]).prefetch_related("assignee")
    assert {one.assignee.name for one in rows if one.assignee} == {"Nam Thử"}
    assert {one.status for one in rows} == {Status.CLAIMED, Status.WAITING}  # waiting goes on
    assert await clocks.differences(stage.desk.policy, rows) == []
    await nam.says(f"/tl {first} Dạ có ạ")
    await resident.hears("Nam Thử")


@NETWORKS
async def test_somebody_without_the_area_gets_nothing(people: People, network: str) -> None:
    mai, ha = (
        await people.staff("Mai Thử", network=network),
        await people.staff("Hà Thử", areas="dat-dai", network=network),
    )
    number = await opened(people.resident(network))
    await mai.says(f"/nhan {number}")
    await mai.says("/bangiao Hà Thử")
    await mai.hears("Đã bàn giao 0 phiếu", f"Còn giữ #{number}")
    await mai.says("/bangiao Ai Đó")
    await mai.hears("Không rõ")
    await ha.says("/bangiao")
    await ha.hears("không giữ phiếu nào")


async def test_a_colleague_is_chosen_by_button(people: People, stage: Stage) -> None:
    mai, nam = await people.staff("Mai Thử"), await people.staff("Nam Thử", network="zalo_bot")
    number = await opened(people.resident("zalo_bot"))
    await mai.says(f"/nhan {number}")
    await mai.hears("đã nhận phiếu")
    await mai.says("/bangiao")
    await mai.hears("đang giữ 1 phiếu")
    await mai.presses("Giao cho Nam Thử")
    await nam.hears("Mai Thử bàn giao cho anh/chị 1 phiếu")
    await nam.says("/bangiao")
    await nam.hears("1. Giao cho Mai Thử")
    await nam.says("1")
    await mai.hears("Nam Thử bàn giao cho anh/chị 1 phiếu")
