"""An account whose webhook was never switched on: its residents are heard all the same, and supervisors hear why."""

import dataclasses
import io
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from bot import catching_up
from bot.intake import Intake
from bot.wiring import App, Desk
from channels.zalo_oa.adapter import build
from channels.zalo_oa.settings import Settings
from sandbox import server
from sandbox.server import Sandbox
from tests.bot.web_office import OFFICE
from tests.channels.zalo_oa.memory_vault import MemoryVault
from tickets.models import ChannelConsent, InboxRow


@pytest.fixture
async def networks() -> AsyncIterator[Sandbox]:
    running = await server.start(page=False)
    yield running
    await running.stop()


@pytest.fixture
async def desk(app: App, networks: Sandbox) -> AsyncIterator[Desk]:
    line = {key: value for key, value in networks.networks_line()["zalo_oa"].items() if key in Settings.model_fields}
    oa = build(Settings.model_validate({"name": "oa", **line}))
    oa.use(MemoryVault())
    yield dataclasses.replace(app.desks[OFFICE], channels={"oa": oa})
    await oa.close()


async def test_what_was_said_since_consent_is_read_where_no_webhook_ever_came(
    app: App, desk: Desk, networks: Sandbox, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catching_up, "_ON_ITS_WAY", timedelta())
    await networks.say("zalo_oa", sender="4800000000000000123", text="có ai nghe không")
    intake, now = Intake(app), app.clock.now()
    assert await catching_up.catch_up(app, desk, intake, now) == 0, "nobody has let us in"
    real = datetime.now(UTC)
    consent = await ChannelConsent.create(
        office=OFFICE, channel="oa", state_digest="0" * 64, created_at=real, used_at=real + timedelta(minutes=5)
    )
    assert await catching_up.catch_up(app, desk, intake, now) == 0, "what was said before is not ours"
    consent.used_at = real - timedelta(minutes=5)
    await consent.save()
    assert await catching_up.catch_up(app, desk, intake, now) == 1
    await intake.close()
    assert (await InboxRow.get(office=OFFICE, channel="oa")).text == "có ai nghe không"
    assert "alarm.webhook_silent" in log.getvalue()
