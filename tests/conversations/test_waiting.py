"""Conversations: we wait for a resident, remind them kindly in working hours, and settle when nothing comes."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.stage import Stage
from sandbox.person import Person
from tests.conversations.conftest import People
from tests.conversations.test_claiming import opened
from tickets import clocks
from tickets.models import Event, EventKind, Status, Ticket

NETWORKS = pytest.mark.parametrize("network", ["telegram", "zalo_bot", "smsgate"])


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of November 2026 in Vietnam; the 23rd is a Monday."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC) - timedelta(hours=7)


async def waiting(officer: Person, resident: Person) -> int:
    number = await opened(resident)
    await officer.says(f"/nhan {number}")
    await officer.hears("đã nhận phiếu")
    await officer.says(f"/doi {number} Bà gửi giúp giấy chứng sinh")
    await resident.hears("đang chờ ông/bà bổ sung")
    return number


async def chased(number: int) -> int:
    return await Event.filter(ticket__number=number, ticket__office="phuong-thu", kind=EventKind.CHASED).count()


@NETWORKS
async def test_a_resident_is_reminded_twice_and_then_the_ticket_rests(
    people: People, stage: Stage, network: str
) -> None:
    mai, resident = await people.staff("Mai Thử", network=network), people.resident(network)
    number = await waiting(mai, resident)
    await stage.it_is(at(25, 16, 59))  # two whole working days end on Wednesday at five
    await stage.settled()
    assert await chased(number) == 0
    await stage.it_is(at(26, 7, 31))
    await resident.hears("vẫn đang chờ", "giấy chứng sinh", f"#{number}")
    await stage.it_is(at(26, 12, 0))
    await stage.settled()
    assert await chased(number) == 1
    await stage.it_is(datetime(2026, 12, 2, 0, 31, tzinfo=UTC))
    await resident.hears("còn chờ", "sẽ tạm khép lại")
    await stage.it_is(datetime(2026, 12, 9, 0, 31, tzinfo=UTC))
    await resident.hears("tạm khép lại", "cứ nhắn vào đây")
    await mai.hears(f"#{number}", "tự khép lại")
    await stage.settled()
    ticket = await Ticket.get(office="phuong-thu", number=number)
    assert ticket.status is Status.RESOLVED
    assert await clocks.differences(stage.desk.policy, [ticket]) == []
    await resident.says("dạ giấy chứng sinh đây ạ")
    await resident.hears("mở lại", f"#{number}")


@NETWORKS
async def test_who_answers_is_not_reminded(people: People, stage: Stage, network: str) -> None:
    mai, resident = await people.staff("Mai Thử", network=network), people.resident(network)
    number = await waiting(mai, resident)
    await resident.says("dạ tôi gửi rồi đó")
    await mai.hears("tôi gửi rồi đó")
    await stage.it_is(at(27, 9))
    await stage.settled()
    assert await chased(number) == 0


@NETWORKS
async def test_nobody_is_reminded_at_night(people: People, stage: Stage, network: str) -> None:
    """The program was not running when the reminder fell due."""
    mai, resident = await people.staff("Mai Thử", network=network), people.resident("zalo_bot")
    number = await waiting(mai, resident)
    stage.app.clock.set(at(26, 20))
    stage.app.jobs.ring_minute()
    await stage.settled()
    assert await chased(number) == 0
    await stage.it_is(at(27, 7, 31))
    await resident.hears("vẫn đang chờ")
    assert await chased(number) == 1


@NETWORKS
async def test_waiting_anew_begins_anew(people: People, stage: Stage, network: str) -> None:
    mai, resident = await people.staff("Mai Thử", network=network), people.resident(network)
    number = await waiting(mai, resident)
    await stage.it_is(at(26, 7, 31))
    await resident.hears("vẫn đang chờ")
    await resident.says("dạ giấy đây ạ")
    await mai.hears("giấy đây")
    await mai.says(f"/doi {number} Còn thiếu giấy đăng ký kết hôn")
    await resident.hears("đang chờ ông/bà bổ sung")
    await stage.it_is(datetime(2026, 12, 1, 0, 31, tzinfo=UTC))
    await resident.hears("vẫn đang chờ", "đăng ký kết hôn")
