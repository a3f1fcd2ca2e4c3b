"""How fast does the pressure of many messages rise, and when is it calm again?"""

from datetime import UTC, datetime, timedelta

import pytest

from tickets import people
from tickets.flood import Patience
from tickets.models import Contact

pytestmark = pytest.mark.usefixtures("database")

NOON = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
PATIENCE = Patience(burst=10, per_minute=6)


async def wrote(at: datetime, user: str = "u1") -> Contact:
    return await people.recognise(
        office="o", channel="c", user=user, chat=user, name="", now=at, at=at, patience=PATIENCE
    )


async def test_pressure_rises_by_one_and_ebbs_with_time() -> None:
    for _ in range(5):
        contact = await wrote(NOON)
    assert contact.pressure == pytest.approx(5)
    contact = await wrote(NOON + timedelta(seconds=20))
    assert contact.pressure == pytest.approx(4)
    contact = await wrote(NOON + timedelta(hours=1))
    assert contact.pressure == pytest.approx(1)


async def test_a_storm_does_not_take_hours_to_forget() -> None:
    for _ in range(60):
        contact = await wrote(NOON)
    assert contact.pressure == PATIENCE.most
    assert PATIENCE.calm_at(contact) == NOON + timedelta(seconds=150)


async def test_what_was_stored_late_is_counted_by_when_it_came() -> None:
    """A worker that was away meets an hour of messages at once; they were no flood."""
    for minute in range(30):
        contact = await wrote(NOON + timedelta(minutes=minute))
    assert contact.pressure == pytest.approx(1)


async def test_a_clock_that_goes_back_frees_nobody() -> None:
    for _ in range(5):
        await wrote(NOON)
    contact = await wrote(NOON - timedelta(hours=2))
    assert contact.pressure == pytest.approx(6)


async def test_each_person_has_their_own() -> None:
    for _ in range(5):
        await wrote(NOON)
    assert (await wrote(NOON, "u2")).pressure == pytest.approx(1)
