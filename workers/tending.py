"""What channels need though nobody writes: tokens renewed ahead of time, messages read that no webhook brought, and
supervisors told of what a provider holds up.
"""

from typing import TYPE_CHECKING, Any

import structlog

from bot import alarms, catching_up, grants, logs
from bot.intake import Intake

if TYPE_CHECKING:
    from bot.wiring import App

log = structlog.get_logger(__name__)

CATCH_UP_EVERY = 5  # minutes between reads of what was missed


async def tend(ctx: dict[Any, Any]) -> None:
    """Job: every office's grants, and every few minutes what its webhooks did not bring. One failure keeps no other."""
    app: App = ctx["app"]
    minute = ctx["minute"] = ctx.get("minute", -1) + 1
    intake = Intake(app)
    for desk in app.desks.values():
        now = desk.clock.now()
        try:
            await grants.tend(app, desk, now)
            await alarms.parked(app, desk, now)
            if minute % CATCH_UP_EVERY == 0:
                await catching_up.catch_up(app, desk, intake, now)
        except Exception:
            app.metrics.failures.labels("tending").inc()
            log.exception("tending failed", reference=logs.reference(), office=desk.policy.office)
    await intake.close()
