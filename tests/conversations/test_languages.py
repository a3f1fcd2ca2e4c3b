"""Conversations: people are spoken to in the office's language until they choose another."""

from collections.abc import Iterator

import pytest

from bot.stage import Stage
from tests.conversations.conftest import People, number_of


@pytest.fixture
def _english(stage: Stage) -> Iterator[None]:
    """The office speaks English, as if its file said so."""
    spoken = stage.desk.office
    object.__setattr__(stage.desk, "office", spoken.model_copy(update={"language": "en"}))
    yield
    object.__setattr__(stage.desk, "office", spoken)


@pytest.mark.usefixtures("_english")
@pytest.mark.parametrize("network", ["telegram", "zalo_bot", "smsgate"])
async def test_new_residents_and_new_staff_are_spoken_to_as_the_office_speaks(people: People, network: str) -> None:
    mai, resident = await people.staff("Mai Thử", network=network), people.resident(network)
    await resident.says("lam khai sinh cho be can giay to gi")
    number = number_of(await mai.hears("#"))
    await mai.says(f"nhan {number}")
    await mai.hears(f"Ticket #{number} is yours")
    await resident.hears("Mai Thử is looking at your matter")
    await resident.says("status")
    await resident.hears(f"#{number}: Mai Thử is working on it")
    await resident.says("ngonngu vi")
    await resident.hears("tiếng Việt")
    await resident.says("trangthai")
    await resident.hears("Dạ", f"#{number}")
