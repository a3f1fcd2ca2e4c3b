"""Do promises follow their written rules through all that happens to a ticket, and does the log retell them?"""

import random
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from tortoise.transactions import in_transaction

from tests.tickets.conftest import Ward
from tickets import calendars, clocks, lifecycle, steering
from tickets.calendars import Change, overlaid
from tickets.deadlines import Promise
from tickets.errors import DomainError
from tickets.hours import Span
from tickets.models import DayKind, EventKind, Message, Role, Staff, Ticket, Urgency
from tickets.policy import Policy
from tickets.promises import Happened, Promises, follow


def at(text: str) -> datetime:
    """A moment of the office's clock, "25/11 08:00"."""
    return datetime.strptime(f"{text} 2026 +0700", "%d/%m %H:%M %Y %z").astimezone(UTC)


@pytest.fixture
def rules(policy: Policy) -> Policy:
    """A reply within an hour, further ones within two, settled within a day of eight hours; urgent by the clock."""
    promise = Promise(Span(minutes=60), Span(minutes=480), 0.75, Span(minutes=120))
    urgent = Promise(Span(real_minutes=15), Span(minutes=240), 0.75, Span(real_minutes=15))
    longer = replace(promise, resolve=Span(days=2))
    return replace(policy, promises={"dat-dai": longer}, default_promise=promise, urgent_promises={"": urgent})


Line = tuple[str, str, dict[str, object]]

STORIES: list[tuple[str, list[Line], dict[str, str | None]]] = [
    (
        "both promises run from the opening",
        [],
        {"first_reply": "25/11 09:00", "resolve": "26/11 08:30", "next_reply": None},
    ),
    (
        "an answer keeps the first; the matter is still to be settled",
        [("replied", "25/11 08:20", {})],
        {"first_reply": "25/11 09:00", "resolve": "26/11 08:30", "next_reply": None},
    ),
    (
        "what the resident writes before any answer starts nothing",
        [("resident_wrote", "25/11 08:10", {})],
        {"next_reply": None},
    ),
    (
        "what they write on is owed an answer",
        [("replied", "25/11 08:20", {}), ("resident_wrote", "25/11 08:30", {})],
        {"next_reply": "25/11 10:30"},
    ),
    (
        "a second word does not put the answer off",
        [
            ("replied", "25/11 08:20", {}),
            ("resident_wrote", "25/11 08:30", {}),
            ("resident_wrote", "25/11 10:00", {}),
        ],
        {"next_reply": "25/11 10:30"},
    ),
    (
        "an answer ends it, the next word starts it anew",
        [
            ("replied", "25/11 08:20", {}),
            ("resident_wrote", "25/11 08:30", {}),
            ("replied", "25/11 08:40", {}),
            ("resident_wrote", "25/11 11:00", {}),
        ],
        {"next_reply": "25/11 15:00"},
    ),
    (
        "thanks are owed nothing",
        [("replied", "25/11 08:20", {}), ("resident_wrote", "25/11 08:30", {"courtesy": True})],
        {"next_reply": None},
    ),
    (
        "thanks do not end waiting",
        [("waiting", "25/11 08:30", {}), ("resident_wrote", "25/11 09:30", {"courtesy": True})],
        {"first_reply": "25/11 09:00", "paused": "25/11 08:30"},
    ),
    (
        "waiting stops every clock",
        [
            ("replied", "25/11 08:20", {}),
            ("resident_wrote", "25/11 08:30", {}),
            ("waiting", "25/11 09:00", {}),
            ("resumed", "25/11 10:00", {}),
        ],
        {"next_reply": "25/11 11:30", "resolve": "26/11 09:30", "paused": None},
    ),
    (
        "a transfer keeps the first answer and gives the new area its time",
        [("transferred", "25/11 08:30", {"area": "dat-dai"})],
        {"first_reply": "25/11 09:00", "resolve": "27/11 17:00"},
    ),
    (
        "urgent counts from the beginning by the clock",
        [("priority", "25/11 08:05", {"urgent": True})],
        {"first_reply": "25/11 08:15", "resolve": "25/11 14:00"},
    ),
    (
        "urgent breaches nothing at once: what would be past counts from now",
        [("priority", "25/11 08:40", {"urgent": True})],
        {"first_reply": "25/11 08:55", "resolve": "25/11 14:00"},
    ),
    (
        "urgent never means later than promised",
        [
            ("priority", "25/11 08:55", {"urgent": True}),
        ],
        {"first_reply": "25/11 09:00"},
    ),
    (
        "what is late already stays late when it becomes urgent",
        [("priority", "25/11 09:30", {"urgent": True})],
        {"first_reply": "25/11 09:00"},
    ),
    (
        "ordinary again counts from the beginning",
        [("priority", "25/11 08:05", {"urgent": True}), ("priority", "25/11 08:10", {"urgent": False})],
        {"first_reply": "25/11 09:00", "resolve": "26/11 08:30"},
    ),
    (
        "urgency remembers the waiting",
        [
            ("waiting", "25/11 08:10", {}),
            ("resumed", "25/11 10:10", {}),
            ("priority", "25/11 10:11", {"urgent": True}),
        ],
        {"first_reply": "25/11 10:15"},
    ),
    (
        "an extension moves what would be late before it, and nothing else",
        [("extended", "25/11 08:30", {"until": "2026-11-25T17:00:00+07:00"})],
        {"first_reply": "25/11 17:00", "resolve": "26/11 08:30"},
    ),
    (
        "an apology promises its new time",
        [("apologised", "25/11 09:30", {"until": "2026-11-25T11:00:00+07:00"})],
        {"first_reply": "25/11 11:00"},
    ),
    (
        "an extension stands still while waiting, too",
        [
            ("extended", "25/11 08:30", {"until": "2026-11-25T11:00:00+07:00"}),
            ("waiting", "25/11 09:00", {}),
            ("resumed", "25/11 10:00", {}),
        ],
        {"first_reply": "25/11 14:00"},
    ),
    (
        "high priority halves what is promised",
        [("priority", "25/11 08:10", {"urgent": False, "grade": "high"})],
        {"first_reply": "25/11 08:30", "resolve": "25/11 14:00"},
    ),
    (
        "what can wait gets twice the time",
        [("priority", "25/11 08:10", {"urgent": False, "grade": "low"})],
        {"first_reply": "25/11 10:00", "resolve": "27/11 09:00"},
    ),
    (
        "high priority given late breaches nothing and is never later than before",
        [("priority", "25/11 08:50", {"urgent": False, "grade": "high"})],
        {"first_reply": "25/11 09:00"},
    ),
    (
        "from low back to normal would be past: it counts from then",
        [
            ("priority", "25/11 08:10", {"urgent": False, "grade": "low"}),
            ("priority", "25/11 09:30", {"urgent": False, "grade": "normal"}),
        ],
        {"first_reply": "25/11 10:00"},
    ),
    (
        "urgent after high is counted by the promise for urgent matters",
        [
            ("priority", "25/11 08:05", {"urgent": False, "grade": "high"}),
            ("priority", "25/11 08:10", {"urgent": True, "grade": "normal"}),
        ],
        {"first_reply": "25/11 08:15"},
    ),
    (
        "while merged into another nothing runs; parted again it goes on where it stood",
        [("merged", "25/11 08:30", {}), ("unmerged", "25/11 10:30", {"status": "open"})],
        {"first_reply": "25/11 11:00", "resolve": "26/11 10:30", "paused": None},
    ),
    (
        "merged while waiting and parted again, it waits on",
        [
            ("waiting", "25/11 08:30", {}),
            ("merged", "25/11 09:00", {}),
            ("unmerged", "25/11 10:00", {"status": "waiting"}),
        ],
        {"first_reply": "25/11 09:00", "paused": "25/11 08:30"},
    ),
    (
        "merged while waiting, parted when its owner has gone: the waiting ends",
        [
            ("waiting", "25/11 08:30", {}),
            ("merged", "25/11 09:00", {}),
            ("unmerged", "25/11 10:30", {"status": "open"}),
        ],
        {"first_reply": "25/11 11:00", "paused": None},
    ),
    (
        "an answer owed to what was merged into this one is owed here",
        [("replied", "25/11 08:20", {}), ("absorbed", "25/11 08:30", {"other": 7, "owed": True})],
        {"next_reply": "25/11 10:30"},
    ),
    (
        "and owed no more once that one is parted",
        [
            ("replied", "25/11 08:20", {}),
            ("absorbed", "25/11 08:30", {"other": 7, "owed": True}),
            ("parted", "25/11 08:40", {"other": 7}),
        ],
        {"next_reply": None},
    ),
    (
        "an answer that only the words split off waited for is owed there",
        [
            ("replied", "25/11 08:20", {}),
            ("resident_wrote", "25/11 08:30", {}),
            ("split", "25/11 08:40", {"new": 8, "messages": [1], "owed": False}),
        ],
        {"next_reply": None},
    ),
    (
        "reopening never breaches at once",
        [("replied", "25/11 08:20", {}), ("resolved", "25/11 08:30", {}), ("reopened", "30/11 09:00", {})],
        {"first_reply": "30/11 10:00", "resolve": "01/12 09:30", "replied": None},
    ),
    (
        "thanks after the end start nothing",
        [
            ("replied", "25/11 08:20", {}),
            ("resolved", "25/11 08:30", {}),
            ("resident_wrote", "25/11 09:00", {"courtesy": True}),
        ],
        {"next_reply": None, "resolve": "26/11 08:30"},
    ),
    (
        "seen rests until its moment and no longer than the matter lasts",
        [("acknowledged", "25/11 09:10", {"until": "2026-11-25T11:10:00+07:00"}), ("resolved", "25/11 09:30", {})],
        {"quiet": None},
    ),
    (
        "handing over changes no clock",
        [("waiting", "25/11 08:30", {}), ("handed_over", "25/11 08:40", {"to": 7})],
        {"first_reply": "25/11 09:00", "paused": "25/11 08:30"},
    ),
]
COLUMNS = {
    "first_reply": "first_reply_due",
    "next_reply": "next_reply_due",
    "resolve": "resolve_due",
    "paused": "paused_at",
    "replied": "first_replied_at",
    "quiet": "quiet_until",
}


def opened(rules: Policy, lines: list[Line]) -> Promises:
    """A ticket of reception opened on Wednesday 25/11 at eight, and what happened since."""
    first = [Happened("opened", at("25/11 08:00"), {}), Happened("routed", at("25/11 08:00"), {"area": "tiep-nhan"})]
    return follow(rules, [*first, *(Happened(kind, at(moment), data) for kind, moment, data in lines)])


@pytest.mark.parametrize(("lines", "expected"), [pytest.param(*row[1:], id=row[0]) for row in STORIES])
def test_a_rule(rules: Policy, lines: list[Line], expected: dict[str, str | None]) -> None:
    columns = opened(rules, lines).columns()
    found = {name: columns[COLUMNS[name]] for name in expected}
    assert found == {name: at(moment) if moment else None for name, moment in expected.items()}


def test_what_came_of_each_promise(rules: Policy) -> None:
    story = opened(
        rules,
        [
            ("replied", "25/11 09:30", {}),
            ("resident_wrote", "25/11 10:00", {}),
            ("replied", "25/11 10:30", {}),
            ("transferred", "25/11 11:00", {"area": "dat-dai"}),
            ("extended", "27/11 16:00", {"until": "2026-11-30T17:00:00+07:00"}),
            ("resolved", "30/11 10:00", {}),
        ],
    )
    told = [(one.name, one.kept, one.dropped, one.extended, one.at <= one.promised) for one in story.ended]
    assert told == [
        ("first_reply", False, False, 0, False),
        ("next_reply", True, False, 0, True),
        ("resolve", True, True, 0, True),
        ("resolve", True, False, 1, False),  # kept by the extension only
    ]


async def test_a_changed_calendar_mends_history_and_rows_follow(ward: Ward) -> None:
    ticket = await ward.ticket(at=at("25/11 16:30"))
    assert ticket.resolve_due == at("26/11 17:00")
    off = Change(date(2026, 11, 26), DayKind.OFF)
    await calendars.change(ward.policy, [off], None, "bão", at("25/11 16:40"))
    stormy = overlaid(ward.policy, await calendars.changes(ward.policy.office))
    [apart] = await clocks.differences(stormy, [ticket])
    assert apart.columns["resolve_due"] == (at("26/11 17:00"), at("27/11 17:00"))
    assert await clocks.mend(stormy) == [ticket.id]
    assert await clocks.apart(stormy) == (1, [])
    assert await clocks.mend(ward.policy, since=at("28/11 00:00")) == []  # all was due before


Deed = Callable[[Policy, Ticket, Staff, datetime], Awaitable[object]]


async def _wrote(policy: Policy, ticket: Ticket, staff: Staff, now: datetime, *, courtesy: bool = False) -> object:
    contact = await ticket.contact
    number = 1 + await Message.all().count()
    return await lifecycle.resident_wrote(
        policy, ticket, contact, "thêm", [], now, inbox_id=number + 1000, courtesy=courtesy
    )


DEEDS: list[Deed] = [
    lifecycle.claim,
    lifecycle.release,
    lambda policy, ticket, staff, now: lifecycle.reply(policy, ticket, staff, "dạ", [], now),
    lifecycle.wait,
    lambda policy, ticket, staff, now: lifecycle.snooze(policy, ticket, staff, now + timedelta(hours=3), now),
    lambda policy, ticket, _, now: lifecycle.resume(policy, ticket, now),
    lambda policy, ticket, staff, now: lifecycle.transfer(policy, ticket, "dat-dai", staff, now),
    lambda policy, ticket, staff, now: lifecycle.transfer(policy, ticket, "ho-tich", staff, now),
    lifecycle.resolve,
    lambda policy, ticket, _, now: lifecycle.reopen(policy, ticket, now),
    lambda policy, ticket, staff, now: lifecycle.assign(policy, ticket, staff, staff, now),
    *(
        lambda policy, ticket, staff, now, to=to: steering.prioritise(policy, ticket, staff, now, to, "")  # type: ignore[misc]  # mypy cannot infer a lambda with a default
        for to in Urgency
    ),
    lambda policy, ticket, _, now: steering.raise_alarm(policy, ticket, now, "fire"),
    lambda policy, ticket, _, now: lifecycle.route(policy, ticket, "dat-dai", now, by="resident", raised=True),
    lambda policy, ticket, staff, now: steering.extend(policy, ticket, staff, now + timedelta(hours=9), "chờ", now),
    steering.acknowledge,
    _wrote,
    lambda policy, ticket, staff, now: _wrote(policy, ticket, staff, now, courtesy=True),
]


async def test_whatever_happens_the_rows_say_what_the_log_says(ward: Ward, rules: Policy) -> None:
    """Thousands of moves at random moments, most of them refused; every row agrees with its log all the way."""
    ward.policy = rules
    boss = await ward.staff("Bình", Role.SUPERVISOR, ())
    chance = random.Random(5)
    happened = 0
    for _ in range(12):
        now = at("23/11 08:00") + timedelta(minutes=chance.randrange(3000))
        ticket = await ward.ticket(area=chance.choice(["", "ho-tich", "dat-dai"]), at=now)
        for _ in range(25):
            now += timedelta(seconds=chance.randrange(20_000))
            deed = chance.choice(DEEDS)
            try:
                async with in_transaction():
                    await deed(rules, await Ticket.get(id=ticket.id), boss, now)
            except DomainError:
                continue
            happened += 1
            assert await clocks.differences(rules, [await Ticket.get(id=ticket.id)]) == []
    assert happened > 100
    assert await clocks.apart(rules) == (12, [])


async def test_extensions_and_apologies_want_reasons_and_sense(ward: Ward) -> None:
    boss = await ward.staff("Bình", Role.SUPERVISOR, ())
    ticket = await ward.ticket(at=at("25/11 08:00"))
    now = at("25/11 08:30")
    with pytest.raises(steering.NoReason):
        await steering.extend(ward.policy, ticket, boss, at("26/11 08:00"), "  ", now)
    with pytest.raises(steering.TooFar):
        await steering.extend(ward.policy, ticket, boss, now + timedelta(days=90), "chờ", now)
    draft = await steering.draft_apology(ward.policy, ticket, boss, "mất điện", at("25/11 10:00"), now)
    newer = await steering.draft_apology(ward.policy, ticket, boss, "mất mạng", at("25/11 10:00"), now)
    with pytest.raises(steering.StaleDraft):
        await steering.apologise(ward.policy, ticket, boss, draft.id, now)
    with pytest.raises(steering.StaleDraft):  # the time it promises has passed
        await steering.apologise(ward.policy, ticket, boss, newer.id, at("25/11 10:01"))
    await steering.apologise(ward.policy, ticket, boss, newer.id, now)
    with pytest.raises(steering.StaleDraft):
        await steering.apologise(ward.policy, ticket, boss, newer.id, now)
    assert (await ticket.events.filter(kind=EventKind.APOLOGISED).get()).reason == "mất mạng"  # type: ignore[attr-defined]  # the reverse side of a relation
