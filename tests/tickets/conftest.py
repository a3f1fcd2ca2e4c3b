"""An office with two areas and a few people, as rows in the private database."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

import pytest

from tickets.deadlines import LadderStep, Promise
from tickets.hours import Calendar, Span
from tickets.models import Contact, Resident, Role, Staff, Ticket
from tickets.policy import Area, OutsideBody, Policy

WEEKDAY = ((time(7, 30), time(11, 30)), (time(13, 30), time(17, 0)))
MONDAY_8 = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # 08:00 in Vietnam


@pytest.fixture
def policy() -> Policy:
    return the_policy()


def the_policy() -> Policy:
    """Also for processes that tests start."""
    return Policy(
        office="phuong-thu",
        name="UBND phường Thử",
        calendar=Calendar(timezone="Asia/Ho_Chi_Minh", week=(*(WEEKDAY,) * 5, (), ())),
        areas={
            "tiep-nhan": Area("tiep-nhan", "Tiếp nhận"),
            "ho-tich": Area("ho-tich", "Hộ tịch"),
            "dat-dai": Area("dat-dai", "Đất đai"),
            "bao-hiem": Area("bao-hiem", "Bảo hiểm", outside=OutsideBody("Bảo hiểm xã hội")),
        },
        reception="tiep-nhan",
        promises={"ho-tich": Promise(first_reply=Span(minutes=30), resolve=Span(minutes=480))},
        default_promise=Promise(first_reply=Span(minutes=60), resolve=Span(minutes=480)),
        ladder=(LadderStep(Span(), "assignee"), LadderStep(Span(minutes=30), "lead")),
        ask_timeout=Span(minutes=10),
        reopen_within=timedelta(days=7),
        close_after=timedelta(days=3),
        code_valid=timedelta(hours=48),
    )


@dataclass
class Ward:
    """Makes rows with as little to say as possible."""

    policy: Policy
    count: int = 0

    async def staff(self, name: str, role: Role = Role.MEMBER, areas: tuple[str, ...] = ("ho-tich",)) -> Staff:
        self.count += 1
        one = await Staff.create(
            office=self.policy.office, name=name, role=role, areas=list(areas), created_at=MONDAY_8
        )
        await self.contact(name, staff=one)
        return one

    async def contact(self, name: str, staff: Staff | None = None, resident: Resident | None = None) -> Contact:
        self.count += 1
        return await Contact.create(
            office=self.policy.office,
            channel="telegram",
            user=f"u{self.count}",
            chat=f"u{self.count}",
            name=name,
            staff=staff,
            resident=resident,
            last_seen_at=MONDAY_8,
        )

    async def resident(self, name: str = "Bà Thử") -> Contact:
        one = await Resident.create(office=self.policy.office, name=name, created_at=MONDAY_8)
        return await self.contact(name, resident=one)

    async def ticket(self, area: str = "ho-tich", contact: Contact | None = None, at: datetime = MONDAY_8) -> Ticket:
        from tickets import lifecycle

        contact = contact or await self.resident()
        resident = await Resident.get(id=contact.resident_id)
        made = await lifecycle.open_ticket(self.policy, contact, resident, "Xin hỏi khai sinh", at)
        if area:
            await lifecycle.route(self.policy, made, area, at, by="matcher")
        return made


@pytest.fixture
def ward(database: str, policy: Policy) -> Ward:
    return Ward(policy)
