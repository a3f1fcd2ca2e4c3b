"""A network that waits two seconds for its answer and then comes again: what is not stored by then is refused."""

import time
from typing import Any

import asyncpg
import httpx

from bot.intake import PATIENCE
from bot.wiring import App
from channels.zalo_oa.signature import HEADER, digest
from config.database import connection_arguments
from tests.bot.web_office import OA, OFFICE
from tickets.models import InboxRow

BODY = (
    '{"app_id":"360","event_name":"user_send_text","timestamp":"1790000002345","sender":{"id":"48"},'
    '"recipient":{"id":"579"},"message":{"text":"chào","msg_id":"m1"}}'
).encode()


async def test_a_slow_database_is_answered_for_in_time_and_the_retry_is_stored_once(
    app: App, web: httpx.AsyncClient, until: Any
) -> None:
    headers = {HEADER: "mac=" + digest("360", BODY, "1790000002345", OA["oa_secret"])}
    blocker = await asyncpg.connect(**connection_arguments(app.database_url))
    transaction = blocker.transaction()
    await transaction.start()
    await blocker.execute("LOCK TABLE inbox IN ACCESS EXCLUSIVE MODE")
    begun = time.monotonic()
    late = await web.post(f"/webhooks/{OFFICE}/oa", content=BODY, headers=headers)
    took = time.monotonic() - begun
    assert (late.status_code, "Retry-After" in late.headers) == (503, True)
    assert took < 2 < PATIENCE
    await transaction.rollback()
    await blocker.close()
    again = await web.post(f"/webhooks/{OFFICE}/oa", content=BODY, headers=headers | {"num_retry": "1"})
    assert again.status_code == 200
    assert await InboxRow.filter(office=OFFICE, channel="oa").count() == 1
    forged = await web.post(f"/webhooks/{OFFICE}/oa", content=BODY + b" ", headers=headers)
    assert forged.status_code == 401
