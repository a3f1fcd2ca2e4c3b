"""An alert no network accepts goes on in minutes: by another app of the same person, else to whoever stands in."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot import symptoms
from bot.wiring import App, Desk
from channels import errors
from tests.workers.conftest import Network
from tests.workers.test_crowd import open_many
from tickets import unaccepted
from tickets.hours import Span
from tickets.models import Alert, Contact, OutboxRow, OutboxState, Role, Staff, Ticket
from workers.deadlines import announce_due
from workers.delivery import deliver_chat

Look = Callable[[int], Awaitable[None]]
AFTER_TWO_HOURS = timedelta(hours=3, minutes=2)  # 11:02; a ticket of 08:00 is late for the supervisor


async def join(desk: Desk, name: str, role: Role, channel: str = "rich", **more: Any) -> Staff:
    one = await Staff.create(office=desk.office.id, name=name, role=role, areas=[], created_at=desk.clock.now())
    await also_on(desk, one, channel, name, **more)
    return one


async def also_on(desk: Desk, one: Staff, channel: str, chat: str, days_ago: int = 0) -> None:
    where = {"office": desk.office.id, "channel": channel, "user": chat, "chat": chat}
    seen = desk.clock.now() - timedelta(days=days_ago)
    await Contact.create(**where, staff=one, last_seen_at=seen)


async def told() -> list[str]:
    return [row.chat for row in await OutboxRow.all().order_by("id")]


@pytest.fixture
async def look(app: App, desk: Desk) -> Look:
    """Let so many minutes pass, and do what the worker does each minute."""

    async def make(minutes: int) -> None:
        app.clock.move(timedelta(minutes=minutes))
        await announce_due(app, desk, app.clock.now())

    return make


@pytest.mark.parametrize(
    "refusal",
    [
        pytest.param(errors.Unauthorised("bad token"), id="credentials the network does not accept"),
        pytest.param(errors.QuotaSpent("used up"), id="an allowance that is used up"),
        pytest.param(errors.Unreachable("no route"), id="a network that is silent"),
    ],
)
async def test_the_next_one_is_told_within_minutes_of_working_time(
    desk: Desk, ctx: dict[Any, Any], app: App, rich: Network, look: Look, refusal: errors.SendError
) -> None:
    await join(desk, "supervisor", Role.SUPERVISOR)
    await join(desk, "head", Role.HEAD, "poor")
    await open_many(desk, 1)
    app.clock.move(AFTER_TWO_HOURS)
    await look(0)
    assert await told() == ["supervisor"]
    rich.script.extend([refusal] * 9)
    await deliver_chat(ctx, desk.office.id, "rich", "supervisor")
    assert (await OutboxRow.get(chat="supervisor")).state is OutboxState.QUEUED
    await look(9)
    assert await told() == ["supervisor"]
    await look(2)
    assert await told() == ["supervisor", "head"]
    text = (await OutboxRow.get(chat="head")).text
    assert "Báo anh/chị vì tin báo cho supervisor chưa tới được." in text
    await look(15)
    assert await told() == ["supervisor", "head"]


async def test_their_own_other_app_comes_before_anybody_else(
    desk: Desk, ctx: dict[Any, Any], app: App, rich: Network, poor: Network, look: Look
) -> None:
    boss = await join(desk, "supervisor", Role.SUPERVISOR)
    await also_on(desk, boss, "poor", "zalo của sếp", days_ago=9)
    await join(desk, "head", Role.HEAD, "poor")
    await open_many(desk, 1)
    app.clock.move(AFTER_TWO_HOURS)
    await look(0)
    rich.script.append(errors.Unauthorised("bad token"))
    await deliver_chat(ctx, desk.office.id, "rich", "supervisor")
    await look(11)
    assert await told() == ["supervisor", "zalo của sếp"]
    assert (await OutboxRow.get(chat="supervisor")).state is OutboxState.DROPPED  # and will not come again
    await deliver_chat(ctx, desk.office.id, "poor", "zalo của sếp")
    await look(15)
    assert await told() == ["supervisor", "zalo của sếp"]


async def test_who_can_be_told_past_the_stuck_channel_comes_first(
    desk: Desk, ctx: dict[Any, Any], app: App, rich: Network, look: Look
) -> None:
    await join(desk, "supervisor", Role.SUPERVISOR)
    await join(desk, "head", Role.HEAD)  # on the channel that takes nothing, too
    await join(desk, "lead", Role.LEAD, "poor")
    await open_many(desk, 1)
    app.clock.move(AFTER_TWO_HOURS)
    await look(0)
    await look(11)
    step = await Alert.filter(step="late-2").order_by("id").prefetch_related("staff")
    assert [one.staff.name for one in step if one.staff] == ["supervisor", "lead"]


async def test_nights_do_not_count_and_nobody_is_disturbed(desk: Desk, app: App, look: Look) -> None:
    await join(desk, "supervisor", Role.SUPERVISOR)
    await join(desk, "head", Role.HEAD, "poor")
    await open_many(desk, 1)
    app.clock.move(timedelta(hours=8, minutes=55))  # 16:55, five minutes before closing
    await look(0)
    assert set(await told()) == {"supervisor"}
    await look(60 * 10)
    assert set(await told()) == {"supervisor"}
    await look(60 * 28 + 42)  # the 24th is a holiday; 07:37 on the 25th
    assert "head" in await told()


async def test_an_urgent_matter_goes_on_at_night_too(desk: Desk, app: App, look: Look) -> None:
    await join(desk, "supervisor", Role.SUPERVISOR)
    await join(desk, "head", Role.HEAD, "poor")
    await open_many(desk, 1)
    await Ticket.all().update(urgent=True)
    app.clock.move(timedelta(hours=12))
    await look(0)
    assert set(await told()) == {"supervisor"}
    before = len(await told())
    await look(11)
    assert (await told())[before:] == ["head"] * before


async def test_an_alert_somebody_has_seen_is_not_passed_on(desk: Desk, app: App, look: Look) -> None:
    await join(desk, "supervisor", Role.SUPERVISOR)
    await join(desk, "head", Role.HEAD, "poor")
    await open_many(desk, 1)
    app.clock.move(AFTER_TWO_HOURS)
    await look(0)
    await Ticket.all().update(quiet_until=app.clock.now() + timedelta(hours=2))
    await look(15)
    assert await told() == ["supervisor"]


async def test_a_digest_nobody_accepts_is_the_next_ones_digest(desk: Desk, app: App, look: Look) -> None:
    await join(desk, "supervisor", Role.SUPERVISOR)
    await join(desk, "head", Role.HEAD, "poor")
    await open_many(desk, 300)
    app.clock.move(AFTER_TWO_HOURS)
    await look(0)
    assert await told() == ["supervisor"]
    await look(11)
    assert await told() == ["supervisor", "head"]
    assert "QUÁ HẠN: 300 phiếu" in (await OutboxRow.get(chat="head")).text
    await look(15)
    assert await told() == ["supervisor", "head"]


async def test_how_long_is_waited_is_the_offices_choice(desk: Desk, app: App, look: Look) -> None:
    await join(desk, "supervisor", Role.SUPERVISOR)
    await join(desk, "head", Role.HEAD, "poor")
    await open_many(desk, 1)
    patient = replace(desk.policy, stand_in_after=Span(minutes=45))
    app.clock.move(AFTER_TWO_HOURS)
    await look(0)
    app.clock.move(timedelta(minutes=20))
    assert await unaccepted.alerts(patient, app.clock.now(), 10) == []
    assert len(await unaccepted.alerts(desk.policy, app.clock.now(), 10)) == 1


async def test_doctor_says_whom_no_network_lets_us_tell(desk: Desk, app: App, look: Look) -> None:
    await join(desk, "supervisor", Role.SUPERVISOR)
    await join(desk, "head", Role.HEAD, "poor")
    await open_many(desk, 1)
    app.clock.move(AFTER_TWO_HOURS)
    await look(0)
    await OutboxRow.filter(chat="supervisor").update(error="unauthorised")

    async def lines() -> list[str]:
        found = symptoms.people(desk.policy, tuple(desk.channels), app.clock.now())
        return [str(one) async for one in found if "has not taken alerts" in str(one)]

    assert await lines() == []
    await look(12)
    [said] = await lines()
    assert "rich has not taken alerts for supervisor for 12 min (unauthorised)" in said
    assert "after 10 minutes of working time somebody else is told instead" in said
    await OutboxRow.filter(chat="supervisor").update(state=OutboxState.SENT)
    assert await lines() == []
