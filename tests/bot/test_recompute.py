"""`tohotro recompute`: stored times agree with the log, differences are named, and `--write` mends them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot import exits
from bot.policies import policy_of
from config import catalogue
from tests.bot.program import ROOT, Ended, tohotro
from tests.config.test_office_shipped import shipped
from tickets import lifecycle
from tickets.models import Contact, Resident, Ticket

MONDAY_8 = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


@pytest.fixture
async def ticket(database: str) -> Ticket:
    policy = policy_of(shipped()[0], catalogue.load())
    resident = await Resident.create(office=policy.office, created_at=MONDAY_8)
    where = {"office": policy.office, "channel": "zalo", "user": "r", "chat": "r", "last_seen_at": MONDAY_8}
    contact = await Contact.create(**where, resident=resident)
    made = await lifecycle.open_ticket(policy, contact, resident, "Xin hỏi khai sinh", MONDAY_8)
    await lifecycle.route(policy, made, "ho-tich", MONDAY_8, by="matcher")
    return made


async def recompute(folder: Path, database: str, *words: str) -> Ended:
    offices = str(ROOT / "config" / "offices" / "bac-nha-trang.yaml")
    environ = {"TOHOTRO_DATABASE_URL": database, "TOHOTRO_OFFICES": offices}
    return await tohotro(folder, "recompute", *words, **environ)


async def test_what_the_log_does_not_say_is_found_named_and_mended(
    tmp_path: Path, database: str, ticket: Ticket
) -> None:
    assert (await recompute(tmp_path, database)).code == 0
    assert ticket.resolve_due is not None
    await Ticket.filter(id=ticket.id).update(resolve_due=ticket.resolve_due + timedelta(hours=1))
    found = await recompute(tmp_path, database)
    assert found.code == exits.FAILED
    assert f"#{ticket.number}: resolve_due is" in found.out
    assert "tohotro recompute --write" in found.out
    mended = await recompute(tmp_path, database, "--write")
    assert (mended.code, "1 tickets brought in line" in mended.out) == (0, True)
    assert (await recompute(tmp_path, database)).code == 0
    assert (await Ticket.get(id=ticket.id)).resolve_due == ticket.resolve_due


async def test_an_office_that_is_not_there(tmp_path: Path, database: str) -> None:
    assert (await recompute(tmp_path, database, "--office", "khong-co")).code == exits.FAILED
