"""What is done for figures and the weekly report because time has passed."""

from datetime import datetime
from typing import TYPE_CHECKING

from tickets.reports import places

if TYPE_CHECKING:
    from bot.wiring import App, Desk


async def reports_due(app: "App", desk: "Desk", now: datetime) -> None:  # noqa: ARG001 - filled below
    """Everything of one office. A failure is the caller's to log."""
    await places.note(desk.policy.office, now)
