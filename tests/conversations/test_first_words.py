"""Conversations: a resident writes for the first time, on each network."""

import pytest

from tests.conversations.conftest import People

NETWORKS = ["telegram", "zalo_bot", "smsgate"]
QUESTION = "lam khai sinh cho be can giay to gi"


@pytest.mark.parametrize("network", NETWORKS)
async def test_a_question_becomes_a_ticket_and_reaches_the_area(people: People, network: str) -> None:
    mai = await people.staff("Mai Thử")
    resident = people.resident(network)
    await resident.says(QUESTION)
    heard = await resident.hears("#")
    card = await mai.hears("Hộ tịch", "khai sinh")
    number = heard["text"].partition("#")[2].split()[0].strip(".,")
    assert f"#{number}" in card["text"]
    await mai.says(f"/nhan {number}")
    await mai.hears(f"#{number}")
