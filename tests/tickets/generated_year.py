"""A year of an office, made up: tickets by their events, the same for the same seed, put into the database at once."""

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from tickets.models import Contact, Event, EventKind, Resident, Role, Staff, Status, Ticket
from tickets.reports.story import Happening

YEAR_BEGINS = datetime(2025, 12, 31, 17, 0, tzinfo=UTC)  # midnight in Vietnam
YEAR_ENDS = datetime(2026, 12, 31, 17, 0, tzinfo=UTC)
AREAS = ("ho-tich", "chung-thuc", "dat-dai", "bao-tro-xa-hoi", "xay-dung", "ho-kinh-doanh", "cu-tru")
CHANNELS = ("zalo", "telegram", "sms")
PROCEDURES = ("1.001193", "2.000815", "2.000635", "2.000884", "1.004873", "")
REASONS = ("sai lĩnh vực", "cần phòng khác", "")
_SLOWEST = 60 * 24 * 9  # minutes between two things that happen to a ticket


@dataclass
class Year:
    """Everything that happened, by ticket in its order, as the generator meant it."""

    happened: dict[int, list[Happening]] = field(default_factory=dict)
    areas: dict[int, str] = field(default_factory=dict)


class _Life:
    """One ticket while it is being made up: it only does what its state allows."""

    def __init__(self, dice: random.Random, ticket: int, at: datetime, staff: list[int]) -> None:
        self.dice, self.ticket, self.at, self.staff = dice, ticket, at, staff
        self.events: list[Happening] = []
        self.status = Status.NEW

    def add(self, kind: EventKind, who: int | None = None, reason: str = "", /, **data: Any) -> None:
        self.events.append(Happening(self.ticket, kind.value, self.at, who, reason, data))

    def later(self) -> None:
        minutes = self.dice.choice((2, 9, 25, 50, 90, 200, 600, 1500, 4000)) * self.dice.uniform(0.5, 1.5)
        self.at += timedelta(minutes=min(int(minutes) + 1, _SLOWEST))  # whole ones, as the slow recomputation counts

    def lived(self) -> list[Happening]:
        who = self.dice.choice(self.staff)
        self.add(EventKind.OPENED, channel=self.dice.choice(CHANNELS), urgent=False)
        self.add(EventKind.ROUTED, area=self.dice.choice(AREAS), by="matcher", procedure=self.dice.choice(PROCEDURES))
        self.status = Status.OPEN
        for _ in range(self.dice.randint(0, 14)):
            self.later()
            if self.status is not Status.RESOLVED and self.dice.random() < 0.05:
                if not self._merged(who):
                    break
                continue
            match self.status:
                case Status.OPEN if self.dice.random() < 0.15:
                    area, reason = self.dice.choice(AREAS), self.dice.choice(REASONS)
                    self.add(EventKind.TRANSFERRED, who, reason, before="", area=area)
                case Status.OPEN:
                    self.add(EventKind.CLAIMED, who)
                    self.status = Status.CLAIMED
                case Status.CLAIMED:
                    self._work(who)
                case Status.WAITING:
                    self.add(EventKind.RESUMED)
                    self.status = Status.CLAIMED
                case Status.RESOLVED:
                    if not self._after():
                        break
        return self.events

    def _merged(self, who: int) -> bool:
        """It goes into another ticket; whether it comes back as it was."""
        self.add(EventKind.MERGED, who, into=0, status=str(self.status), assignee=who)
        if self.dice.random() < 0.5:
            return False
        self.later()
        self.add(EventKind.UNMERGED, who, into=0, status=str(self.status), assignee=who)
        return True

    def _work(self, who: int) -> None:
        chance = self.dice.random()
        if chance < 0.45:
            self.add(EventKind.REPLIED, who, message=0)
        elif chance < 0.6:
            self.add(EventKind.WAITING, who)
            self.status = Status.WAITING
        elif chance < 0.65:
            self.add(EventKind.RELEASED, who)
            self.status = Status.OPEN
        else:
            self.add(EventKind.RESOLVED, who)
            self.status = Status.RESOLVED

    def _after(self) -> bool:
        chance = self.dice.random()
        if chance < 0.35:
            self.add(EventKind.RATED, rating=self.dice.randint(1, 5))
        elif chance < 0.5:
            self.add(EventKind.REOPENED)
            self.status = Status.OPEN
        else:
            self.add(EventKind.CLOSED)
            return False
        return True


async def make(office: str, *, tickets: int, seed: int) -> Year:
    """Put a year of `tickets` tickets into an empty office."""
    dice = random.Random(seed)
    staff = [
        await Staff.create(office=office, name=f"Cán bộ {n} Thử", role=Role.MEMBER, areas=[], created_at=YEAR_BEGINS)
        for n in range(6)
    ]
    resident = await Resident.create(office=office, name="Bà Thử", created_at=YEAR_BEGINS)
    contact = await Contact.create(
        office=office, channel="zalo", user="u1", chat="u1", resident=resident, last_seen_at=YEAR_BEGINS
    )
    length = (YEAR_ENDS - YEAR_BEGINS).total_seconds()
    opened = sorted(YEAR_BEGINS + timedelta(seconds=60 * int(dice.uniform(0, length / 60))) for _ in range(tickets))
    await Ticket.bulk_create(
        [
            Ticket(office=office, number=number, resident=resident, contact=contact, opened_at=at, status=Status.NEW)
            for number, at in enumerate(opened, start=1)
        ],
        batch_size=2000,
    )
    ids = dict(await Ticket.filter(office=office).values_list("number", "id"))
    year = Year()
    events = []
    for number, at in enumerate(opened, start=1):
        lived = _Life(dice, ids[number], at, [one.id for one in staff]).lived()
        year.happened[ids[number]] = lived
        events += [
            Event(ticket_id=one.ticket, kind=one.kind, staff_id=one.staff, reason=one.reason, data=one.data, at=one.at)
            for one in lived
        ]
    await Event.bulk_create(events, batch_size=2000)
    return year
