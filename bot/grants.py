"""Grants that must be tended: tokens renewed in time, alarms to supervisors before one is lost, and consent anew."""

import hashlib
from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import structlog
from tortoise.transactions import in_transaction

from bot import alarms
from bot.findings import Finding, fine, lasting, notice, wrong
from bot.vault import PostgresVault
from channels import registry
from channels.errors import SendError
from channels.grants import Granted, Standing
from config.office import Office
from tickets.models import ChannelConsent

if TYPE_CHECKING:
    from bot.wiring import App, Desk

log = structlog.get_logger(__name__)

_FOLDER = "grants"  # within the data folder: tokens on their way into the database
CALLBACK = "/zalo-oa/callback"  # where administrators come back to; it stands in the provider's console too
CONSENT_LIVES = timedelta(hours=1)
REMEDY = "tohotro zalo-oa connect"


class NoConsent(Exception):
    """An administrator came back with nothing that can be used; the text says why, for their eyes."""


def of(desk: "Desk") -> Iterator[tuple[str, Granted]]:
    """The channels of an office that were let in by consent, by name."""
    for name, channel in desk.channels.items():
        if isinstance(channel, Granted):
            yield name, channel


async def tend(app: "App", desk: "Desk", now: datetime) -> None:
    """Renew what is due, and tell supervisors of a grant that is lost or soon will be. `now` by the business clock."""
    for name, channel in of(desk):
        try:
            await channel.tend()
        except SendError as error:
            log.warning("tokens not renewed", office=desk.policy.office, channel=name, detail=error.detail)
        try:
            standing = await channel.standing()
        except SendError as error:
            log.warning("tokens cannot be read", office=desk.policy.office, channel=name, detail=error.detail)
            continue
        if standing.state in ("lost", "old"):
            days = (standing.ends_at - datetime.now(UTC)).days if standing.ends_at else 0
            await alarms.raise_once(app, desk, name, f"alarm.grant_{standing.state}", now, days=max(0, days))


async def findings(database_url: str, data_dir: Path, office: Office) -> AsyncIterator[Finding]:
    """How the grants of an office stand, for `doctor`."""
    for account in office.channels:
        channel = registry.build(account)
        if isinstance(channel, Granted):
            channel.use(vault(database_url, office.id, channel.name, data_dir))
            try:
                yield finding(office.id, channel.name, await channel.standing())
            except SendError as error:
                yield wrong(f"{office.id}, {channel.name}: its tokens cannot be read", error.detail)
        await channel.close()


def vault(database_url: str, office: str, channel: str, data_dir: Path) -> PostgresVault:
    """Where the tokens of one account live."""
    return PostgresVault(database_url, office, channel, data_dir / _FOLDER)


def finding(office: str, name: str, standing: Standing) -> Finding:
    """A line of `doctor` and `check --online`."""
    where, now = f"{office}, {name}", datetime.now(UTC)
    remedy = f"{REMEDY} --office {office}"
    if standing.state == "none" or standing.got_at is None or standing.expires_at is None or standing.ends_at is None:
        return wrong(f"{where}: nobody has consented to it yet", remedy)
    age, left = lasting(now - standing.got_at), lasting(standing.ends_at - now)
    if standing.state == "lost":
        working = standing.expires_at > now
        still = f"; it still works for {lasting(standing.expires_at - now)}" if working else ""
        return wrong(f"{where}: its tokens cannot be renewed ({standing.reason}){still}", remedy)
    if standing.state == "old":
        return notice(f"{where}: tokens not renewed for {age}, lost in {left}", f"see the worker's log, or {remedy}")
    return fine(f"{where}: tokens renewed {age} ago")


# ------------------------------------------------------------------------------------------------------------- consent


async def begin(desk: "Desk", name: str, channel: Granted) -> str:
    """A link for the administrator, good once and for an hour."""
    consent = channel.consent(desk.public_url + CALLBACK)
    await ChannelConsent.create(
        office=desk.policy.office, channel=name, state_digest=_digest(consent.state), created_at=datetime.now(UTC)
    )
    return consent.url


async def finish(desks: Mapping[str, "Desk"], code: str, account: str, state: str) -> tuple["Desk", str, str]:
    """What follows when the administrator comes back: the office, the channel, and who we are at the provider.

    Raises `NoConsent` for a state that was not ours, has been used or is too old, and `SendError` from the exchange.
    """
    digest, now = _digest(state), datetime.now(UTC)
    async with in_transaction():
        waiting = await ChannelConsent.get_or_none(state_digest=digest)
        taken = await ChannelConsent.filter(
            state_digest=digest, used_at__isnull=True, created_at__gt=now - CONSENT_LIVES
        ).update(used_at=now)
    if waiting is None or not taken:
        raise NoConsent("consent.stale")
    desk = desks.get(waiting.office)
    channel = dict(of(desk)).get(waiting.channel) if desk is not None else None
    if desk is None or channel is None:
        raise NoConsent("consent.off")
    if not code:
        raise NoConsent("consent.denied")
    who = await channel.consented(code, account, state)
    log.info("consent given", office=waiting.office, channel=waiting.channel)
    return desk, waiting.channel, who


async def let_in_at(office: str, channel: str) -> datetime | None:
    """When an administrator last consented to a channel (real time), None when nobody has."""
    last = (
        await ChannelConsent.filter(office=office, channel=channel, used_at__isnull=False).order_by("-used_at").first()
    )
    return last.used_at if last is not None else None


def _digest(state: str) -> str:
    return hashlib.sha256(state.encode("utf-8", "surrogatepass")).hexdigest()
