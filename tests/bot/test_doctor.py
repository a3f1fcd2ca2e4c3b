"""`tohotro doctor`: each thing that can be wrong is told with a remedy, and a helpdesk in order is told to be so."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot import calendar_check, exits, running, symptoms
from bot.findings import Finding, lasting
from bot.wiring import App
from channels import registry
from config.office import load_offices
from tests.bot.program import tohotro
from tests.bot.web_office import CHANNELS, OFFICE
from tickets.models import Contact, InboxRow, InboxState, OutboxRow, OutboxState, Role, Staff

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
Write = Callable[..., Path]


async def told(findings: AsyncIterator[Finding]) -> list[str]:
    return [f"{one.level}: {one}" async for one in findings]


async def event(number: int, minutes_ago: int, **more: Any) -> None:
    at = NOW - timedelta(minutes=minutes_ago)
    await InboxRow.create(
        office=OFFICE, channel="telegram", event_id=str(number), kind="message", received_at=at, **more
    )


async def message(minutes_ago: int, **more: Any) -> None:
    at = NOW - timedelta(minutes=minutes_ago)
    columns = {"office": OFFICE, "channel": "telegram", "chat": "1", "created_at": at, "due_at": at}
    await OutboxRow.create(**(columns | more))


async def test_fresh_and_finished_rows_are_no_symptom(database: str) -> None:
    await event(1, minutes_ago=0)
    await event(2, minutes_ago=900, state=InboxState.HANDLED)
    await event(3, minutes_ago=3000, state=InboxState.FAILED)
    await message(0)
    await message(900, due_at=NOW + timedelta(hours=1))
    await message(900, state=OutboxState.READ)
    lines = await told(symptoms.queues(NOW))
    assert [line.split(":")[0] for line in lines] == ["fine", "fine", "fine"]


@pytest.mark.parametrize(
    ("rows", "level", "says"),
    [
        pytest.param([(event, 1, 7, {})], "wrong", "1 incoming events wait, the oldest for 7 min", id="an event waits"),
        pytest.param([(message, 30, {})], "wrong", "1 messages are due, the oldest for 30 min", id="a message is due"),
        pytest.param(
            [(message, 30, {"state": OutboxState.SENDING, "lease_until": NOW - timedelta(minutes=1)})],
            "notice",
            "were being sent when their worker ended",
            id="a worker died while sending",
        ),
        pytest.param(
            [(event, 1, 60, {"state": InboxState.FAILED, "reference": "ABCD1234"})],
            "wrong",
            "look for the references ABCD1234",
            id="an event was set aside",
        ),
        pytest.param(
            [(message, 60, {"state": OutboxState.FAILED, "error": "blocked"})],
            "notice",
            "could not be sent since yesterday (blocked)",
            id="a person has blocked us",
        ),
        pytest.param(
            [(message, 1, {"error": "unauthorised"})],
            "wrong",
            "does not accept our credentials",
            id="the network does not accept our credentials",
        ),
    ],
)
async def test_stuck_rows_are_told(database: str, rows: list[tuple[Any, ...]], level: str, says: str) -> None:
    for make, *values, more in rows:
        await make(*values, **more)
    assert any(line.startswith(f"{level}:") and says in line for line in await told(symptoms.queues(NOW)))


async def staff(name: str, role: Role, areas: list[str], **more: Any) -> Staff:
    return await Staff.create(office=OFFICE, name=name, role=role, areas=areas, created_at=NOW, **more)


async def test_people_who_are_missing_are_told_and_how_to_invite_them(app: App) -> None:
    policy = app.desks[OFFICE].policy
    assert "nobody has joined" in (await told(symptoms.people(policy, ["telegram", "zalo"], NOW)))[0]
    member = await staff("Lê Thị Mai", Role.MEMBER, ["ho-tich"])
    lines = await told(symptoms.people(policy, ["telegram", "zalo"], NOW))
    assert any("no supervisor" in line and "staff invite --role supervisor" in line for line in lines)
    assert any("no message reaches Lê Thị Mai" in line for line in lines)
    assert any("nobody on duty for" in line and "Hộ tịch" not in line for line in lines)
    contact = {"office": OFFICE, "channel": "telegram", "last_seen_at": NOW}
    await Contact.create(**contact, user="1", chat="1", staff=member)
    boss = await staff("Trần Văn Bình", Role.SUPERVISOR, [])
    await Contact.create(**contact, user="2", chat="2", staff=boss)
    await staff("Phạm Thị Lan", Role.LEAD, [], on_duty=False)
    lines = await told(symptoms.people(policy, ["telegram", "zalo"], NOW))
    assert not any("supervisor, so late" in line or "Mai" in line for line in lines)
    await Staff.filter(name="Phạm Thị Lan").update(on_duty=True)
    assert not any("nobody on duty" in line for line in await told(symptoms.people(policy, ["telegram", "zalo"], NOW)))


async def test_somebody_whose_app_is_on_a_channel_that_is_off_is_not_called_reachable(app: App) -> None:
    policy = app.desks[OFFICE].policy
    boss = await staff("Trần Văn Bình", Role.SUPERVISOR, [])
    where = {"office": OFFICE, "channel": "telegram", "user": "2", "chat": "2", "last_seen_at": NOW}
    await Contact.create(**where, staff=boss)
    assert not any("no message reaches" in line for line in await told(symptoms.people(policy, ["telegram"], NOW)))
    for on in (["zalo"], []):
        lines = await told(symptoms.people(policy, on, NOW))
        assert any("no message reaches Trần Văn Bình" in line for line in lines)
        assert any("channels that are off: telegram" in line for line in lines)


async def test_a_supervisor_whose_only_channel_is_off_is_named(app: App) -> None:
    boss = await staff("Trần Văn Bình", Role.SUPERVISOR, [])
    where = {"office": OFFICE, "channel": "telegram", "user": "2", "chat": "2", "last_seen_at": NOW}
    contact = await Contact.create(**where, staff=boss)
    office, said = app.desks[OFFICE].office, "alerts meant for Trần Văn Bình go to the next above"
    assert not any(said in line for line in await told(calendar_check.findings(office, NOW)))
    await Contact.filter(id=contact.id).update(channel="telegram-cu")
    assert any(said in line for line in await told(calendar_check.findings(office, NOW)))


async def test_channels_tell_whether_anybody_listens_and_when_they_were_heard_of(app: App) -> None:
    office = app.desks[OFFICE].office
    await event(1, minutes_ago=30, state=InboxState.HANDLED)
    await Contact.create(office=OFFICE, channel="telegram", user="1", reachable=False, last_seen_at=NOW)
    silent = [line for line in await told(symptoms.channels(office, NOW)) if "of this month" not in line]
    assert len(silent) == len(CHANNELS)
    assert all("nobody listens" in line for line in silent)
    assert "last heard 30 min ago, nothing sent yet, 1 people no longer take messages" in silent[0]
    async with running.started(app, web=False, worker=False):
        listened = await told(symptoms.channels(office, NOW))
    assert not any("nobody listens" in line for line in listened)


@pytest.mark.parametrize(
    ("sent", "level", "says"),
    [
        pytest.param(3, "fine", "3 of 10 messages of this month sent", id="as fast as the month goes by"),
        pytest.param(9, "notice", "do not last", id="faster than the month goes by"),
        pytest.param(10, "wrong", "takes no more until the next month", id="used up"),
    ],
)
async def test_the_allowance_of_a_month_is_told_before_it_is_used_up(
    app: App, sent: int, level: str, says: str
) -> None:
    office = app.desks[OFFICE].office
    [zalo] = [one for one in office.channels if getattr(one, "messages_per_month", 0)]
    few = zalo.model_copy(update={"messages_per_month": 10})
    office = office.model_copy(update={"channels": (few,)})
    for number in range(sent):
        await message(60 + number, channel=few.name, state=OutboxState.SENT, sent_at=NOW - timedelta(hours=1))
    await message(60 * 24 * 40, channel=few.name, state=OutboxState.SENT, sent_at=NOW - timedelta(days=40))
    [line] = await told(symptoms.allowances(office, NOW))
    assert line.startswith(level)
    assert says in line


async def test_a_channel_that_is_off_is_told_with_its_variables(office_file: Write) -> None:
    path = office_file(channels=[{"name": "zalo", "kind": "zalo_bot", "token": "${THU_TOKEN}"}])
    (office,) = load_offices(path, {}, registry.schemas()).offices
    assert await told(symptoms.channels(office, NOW)) == [
        "notice: ⚠ phuong-thu, zalo: off → to turn it on, set THU_TOKEN"
    ]


async def test_the_whole_of_a_helpdesk_that_is_down_and_then_up(
    empty_stores: None, app: App, tmp_path: Path, office_file: Write
) -> None:
    environ = {"TOHOTRO_OFFICES": str(office_file(channels=[])), "TOHOTRO_HTTP_PORT": "9"}
    down = await tohotro(tmp_path, "doctor", **environ)
    assert down.code == exits.FAILED
    assert "✘ workers: none is alive" in down.out
    assert "⚠ web: nothing answers" in down.out
    assert "✔ database: PostgreSQL" in down.out
    assert "✔ clocks" in down.out
    assert "✘ phuong-thu: nobody has joined" in down.out
    assert (await tohotro(tmp_path, "doctor", "--worker", **environ)).code == exits.FAILED
    boss = await staff("Trần Văn Bình", Role.SUPERVISOR, [])
    await Contact.create(office=OFFICE, channel="telegram", user="2", chat="2", staff=boss, last_seen_at=NOW)
    async with running.started(app, pollers=False) as up:
        environ["TOHOTRO_HTTP_PORT"] = up.address.rsplit(":", 1)[1]
        fit = await tohotro(tmp_path, "doctor", **environ)
        assert fit.code == 0, fit.out
        assert "✔ workers: at least one is alive" in fit.out
        assert "✔ web: ready" in fit.out
        assert (await tohotro(tmp_path, "doctor", "--worker", **environ)).code == 0


async def test_stores_that_nobody_runs_or_that_are_away_are_told_without_a_traceback(
    no_stores: Path, tmp_path: Path, office_file: Write
) -> None:
    environ = {"TOHOTRO_OFFICES": str(office_file(channels=[]))}
    private = await tohotro(tmp_path, "doctor", **environ)
    assert private.code == exits.FAILED
    assert "✘ private stores: not running" in private.out
    assert "tohotro run" in private.out
    away = {
        "TOHOTRO_DATABASE_URL": "postgresql://a:matkhau@127.0.0.1:9/x",
        "TOHOTRO_REDIS_URL": "redis://127.0.0.1:9/0",
    }
    ended = await tohotro(tmp_path, "doctor", **environ, **away)
    assert ended.code == exits.FAILED
    assert "✘ Redis at redis://127.0.0.1:9/0 does not answer" in ended.out
    assert "✘ PostgreSQL cannot be used" in ended.out
    assert "matkhau" not in ended.out + ended.err
    assert "Traceback" not in ended.err


async def test_mistakes_in_office_files_are_counted_and_sent_to_check(
    no_stores: Path, tmp_path: Path, office_file: Write
) -> None:
    ended = await tohotro(tmp_path, "doctor", TOHOTRO_OFFICES=str(office_file(channels=[], hours={})))
    assert "✘ office files: 1 mistakes → tohotro check" in ended.out


@pytest.mark.parametrize(
    ("length", "said"),
    [
        pytest.param(timedelta(seconds=-5), "0 s", id="a clock that was set back"),
        pytest.param(timedelta(seconds=119), "119 s", id="seconds"),
        pytest.param(timedelta(minutes=2), "2 min", id="minutes"),
        pytest.param(timedelta(hours=47), "47 h", id="hours"),
        pytest.param(timedelta(days=2), "2 days", id="days"),
    ],
)
def test_lengths_of_time_are_said_as_people_say_them(length: timedelta, said: str) -> None:
    assert lasting(length) == said
