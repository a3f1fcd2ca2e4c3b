"""An office with one channel of each way of being called, the proofs its networks bring, and its web server."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx

from bot import running
from bot.wiring import App
from channels.telegram.settings import Settings as Telegram

OFFICE = "phuong-thu"
TOKEN = "7000000009:ABCdefGHIjklMNOpqrSTUvwxYZ0123456789"
KANNEL_PASSWORD = "mat-khau-cua-kannel"
NOBODY = "http://127.0.0.1:9"  # the discard port: nothing listens there

OA: dict[str, str] = {
    "name": "oa", "kind": "zalo_oa", "app_id": "360", "app_secret": "bi-mat-cua-ung-dung", "oa_id": "579",
    "oa_secret": "bi-mat-cua-oa", "api_url": NOBODY, "oauth_url": NOBODY,
}  # fmt: skip
CHANNELS: list[dict[str, Any]] = [
    {"name": "telegram", "kind": "telegram", "token": TOKEN, "mode": "webhook", "api_url": NOBODY},
    {"name": "zalo", "kind": "zalo_bot", "token": "145900:bi-mat-cua-bot", "mode": "polling", "api_url": NOBODY},
    {
        "name": "sms",
        "kind": "sms",
        "gateway": "kannel",
        "api_url": NOBODY,
        "username": "tohotro",
        "password": "mat-khau-gui",
        "sender": "8079",
        "webhook_password": KANNEL_PASSWORD,
    },
    OA,
]


def telegram_secret() -> str:
    """What Telegram repeats in a header, made from the token."""
    return Telegram(**CHANNELS[0]).webhook_secret()


@asynccontextmanager
async def served(app: App) -> AsyncIterator[httpx.AsyncClient]:
    """The web server of an application, and a client of it."""
    async with (
        running.started(app, worker=False, pollers=False) as up,
        httpx.AsyncClient(base_url=up.address, trust_env=False, timeout=20) as client,
    ):
        yield client
