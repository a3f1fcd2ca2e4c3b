"""Whose event is it? One app of Zalo's has one webhook, and may have the accounts of several wards."""

import io
import json
from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest

from bot.wiring import App
from channels.zalo_oa.adapter import build
from channels.zalo_oa.settings import Settings
from channels.zalo_oa.signature import HEADER, digest
from tests.bot.web_office import OA, OFFICE, served
from tickets.models import InboxRow

NEIGHBOUR = "phuong-ben"


def body(account: str, number: int = 1) -> bytes:
    return json.dumps(
        {
            "app_id": OA["app_id"],
            "event_name": "user_send_text",
            "timestamp": "1790000002345",
            "sender": {"id": "48"},
            "recipient": {"id": account},
            "message": {"text": "Xin chào", "msg_id": f"m{number}"},
        }
    ).encode()


@pytest.fixture
async def neighbours(app: App) -> AsyncIterator[httpx.AsyncClient]:
    """Two wards in one process, whose accounts are linked to one app."""
    desk = app.desks[OFFICE]
    other = build(Settings(**(OA | {"oa_id": "580"})))
    async with served(
        replace(app, desks={OFFICE: desk, NEIGHBOUR: replace(desk, channels={other.name: other})})
    ) as client:
        yield client
    await other.close()


async def brings(client: httpx.AsyncClient, account: str, number: int = 1) -> int:
    """Zalo calls the one webhook of the app."""
    said = body(account, number)
    proof = digest(OA["app_id"], said, "1790000002345", OA["oa_secret"])
    answer = await client.post(f"/webhooks/{OFFICE}/oa", content=said, headers={HEADER: f"mac={proof}"})
    return answer.status_code


@pytest.mark.parametrize(
    ("account", "kept"),
    [
        pytest.param("579", [OFFICE], id="this ward's own"),
        pytest.param("580", [NEIGHBOUR], id="the neighbouring ward's, served here too"),
        pytest.param("581", [], id="an account nobody serves here"),
    ],
)
async def test_an_event_goes_to_the_ward_whose_account_it_is(
    neighbours: httpx.AsyncClient, account: str, kept: list[str]
) -> None:
    for _ in range(2):
        assert await brings(neighbours, account) == 200
    assert [(row.office, row.channel, row.text) for row in await InboxRow.all()] == [
        (office, "oa", "Xin chào") for office in kept
    ]


async def test_an_account_nobody_serves_is_logged_once_with_a_remedy(
    neighbours: httpx.AsyncClient, log: io.StringIO
) -> None:
    for number in range(3):
        await brings(neighbours, "582", number)
    told = [line for line in log.getvalue().splitlines() if "582" in line]
    assert len(told) == 1
    assert "give it a channel with this app_id, or an app of its own; else unlink it" in told[0]
    assert "Xin chào" not in log.getvalue()
